"""A pair of numbers and a text that came together check each other (V8, datum guard). Pure.

A pair in an undeclared or wrongly declared datum is caught by the text: GCJ-02 lies 475 m off here,
BD-09 1.1 km. Nothing is read anew silently; the readings become candidates for a person.
"""

from dataclasses import dataclass

from geo.datums import Datum, read_point
from geo.points import LonLat, distance_m
from geo.readings import Found, Precision, Veto

__all__ = ["Given", "PairCheck", "check_pair"]

_AT_LEAST_M = 100.0
_READING_M = 80.0
_GUESSES = (Datum.WGS84, Datum.GCJ02, Datum.BD09)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The pair a report came with, as it came."""

    lon: float | None
    lat: float | None
    crs: str | None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCheck:
    """Whether text and pair agree, and what to show when they do not."""

    agrees: bool
    candidates: tuple[Found, ...] = ()
    vetoes: tuple[Veto, ...] = ()
    lines: tuple[str, ...] = ()
    inferred: str | None = None


def check_pair(given: Given, best: Found | None, *, trusted: bool) -> PairCheck:
    """Hold a pair against the best place of the text; `trusted` if that place is sure in itself."""
    if given.lon is None or given.lat is None:
        return PairCheck(agrees=True)
    declared = read_point(lon=given.lon, lat=given.lat, crs=given.crs)
    place = best.point if best is not None else None
    radius = best.radius_m if best is not None else 0.0
    if declared.point is None:
        return _undeclared(given, place, radius)
    if place is None or not trusted:
        return PairCheck(agrees=True)
    gap = distance_m(declared.point, place)
    # A rough pair is no excuse: GCJ-02 read as WGS 84 would pass at a stated accuracy of 160 m.
    limit = max(_AT_LEAST_M, 3.0 * radius)
    if gap <= limit:
        return PairCheck(agrees=True, lines=(f"坐标与文字相符，相差 {gap:.0f} 米",))
    inferred = _only_reading(given, place, radius, besides=declared.datum)
    words = f"坐标与文字所说的地点相差 {_far(gap)}"
    if inferred is not None:
        words += f"；按 {inferred} 读则相符，坐标系可能标错"
    return PairCheck(
        agrees=False,
        candidates=_readings(given),
        vetoes=(Veto(code="V8", text=words),),
        lines=(f"{words}，请确认",),
        inferred=inferred,
    )


def _undeclared(given: Given, place: LonLat | None, radius: float) -> PairCheck:
    """No datum declared, or not readable in it: the text may tell which reading is meant."""
    inferred = _only_reading(given, place, radius) if place is not None else None
    words = "坐标没有可用的坐标系"
    if inferred is not None:
        words += f"；按 {inferred} 读与文字相符"
    return PairCheck(
        agrees=False,
        candidates=_readings(given),
        vetoes=(Veto(code="V8", text=words),),
        lines=(f"{words}，请确认",),
        inferred=inferred,
    )


def _only_reading(
    given: Given, place: LonLat, radius: float, besides: Datum | None = None
) -> str | None:
    """The one datum in which the pair lies at the text's place; None if none or several do."""
    near = [
        str(datum)
        for datum in _GUESSES
        if datum is not besides
        and (point := _read(given, datum)) is not None
        and distance_m(point, place) <= max(_READING_M, 2.0 * radius)
    ]
    return near[0] if len(near) == 1 else None


def _readings(given: Given) -> tuple[Found, ...]:
    found = []
    for datum in _GUESSES:
        point = _read(given, datum)
        if point is not None:
            found.append(
                Found(
                    key=f"coordinates:{datum}",
                    label=f"坐标按 {datum} 读",
                    point=point,
                    radius_m=max(given.accuracy_m or 20.0, 20.0),
                    confidence=0.3,
                    precision=Precision.COORDINATES,
                    why=("报送的坐标",),
                )
            )
    return tuple(found)


def _read(given: Given, datum: Datum) -> LonLat | None:
    return read_point(lon=given.lon, lat=given.lat, crs=str(datum)).point


def _far(metres: float) -> str:
    return f"{metres / 1000:.1f} 公里" if metres >= 1000 else f"{metres:.0f} 米"
