"""An invented day of reports about real places: pure, and the same for the same seed and date.

It holds what a desk meets: nine sources, five reference systems, orders on the dividing road,
places that are a neighbour's, copies, orders that arrive a second time through the grid platform,
and reports with a position that is missing, undeclared or swapped.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from boundaries.seed import KnownPlace, Seed
from cases.hours import SHANGHAI
from geo.datums import Datum, from_cgcs2000
from geo.points import LonLat
from geo.projections import geometry_to_metres, to_degrees
from pianqu import demo_matters as words
from pianqu.demo_matters import ANY, COMPOUND, ROAD, Matter
from pianqu.demo_registers import RoadInside, roads_inside

REPORTS = 400

# Share of each source, and how exactly and in which systems it places a report.
_SOURCES: dict[str, tuple[int, tuple[Datum | None, ...], tuple[float | None, ...]]] = {
    "12345": (38, (Datum.GCJ02, Datum.GCJ02, Datum.BD09, None), (30.0, 50.0, None)),
    "grid": (24, (Datum.CGCS2000, Datum.GK120), (5.0, 10.0)),
    "12319": (8, (Datum.BD09, Datum.GCJ02), (30.0, None)),
    "110": (6, (Datum.WGS84,), (10.0, 20.0)),
    "department": (4, (Datum.GK120, Datum.CGCS2000), (5.0,)),
    "station": (6, (Datum.WGS84, Datum.GCJ02), (8.0, 15.0)),
    "video_patrol": (6, (Datum.CGCS2000,), (15.0,)),
    "inspection": (4, (Datum.WGS84,), (6.0,)),
    "machine": (4, (Datum.WGS84,), (5.0,)),
}
# Reports an hour, from midnight: few at night, two peaks by day.
_HOURS = (3, 2, 1, 1, 2, 5, 12, 24, 34, 36, 34, 28, 20, 22, 28, 30, 28, 26, 24, 22, 20, 14, 8, 5)
_WHEN = ("夜间", "清晨", "上午", "下午", "晚间")
_HOTLINES = ("12345", "12319")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """One report: who sends it (a post), when, what, and which trait of the day it shows.

    Traits: inside, road, split_line, outside, no_location, undeclared, swapped, copy, supplement,
    second_way.
    """

    post: str
    at: datetime
    trait: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The real places a day is made of."""

    sectors: tuple[tuple[str, BaseGeometry], ...]
    roads: tuple[RoadInside, ...]
    split_line: BaseGeometry
    inside: tuple[KnownPlace, ...]
    outside: tuple[KnownPlace, ...]

    @classmethod
    def of(cls, seed: Seed, places: Sequence[KnownPlace]) -> "Ground":
        """Take the places whose position can be believed; a namesake (quality D) is none."""
        street = seed.street.geometry
        believed = [place for place in places if not place.is_counter_example]
        covered = {
            place.address: bool(street.covers(Point(place.point.lon, place.point.lat)))
            for place in believed
        }
        return cls(
            sectors=tuple((str(one.code), one.geometry) for one in seed.sectors),
            roads=roads_inside(seed),
            split_line=geometry_to_metres(seed.split_line.geometry),
            inside=tuple(place for place in believed if covered[place.address]),
            outside=tuple(place for place in believed if not covered[place.address]),
        )

    def sector_of(self, point: LonLat) -> str | None:
        """The 片区 a point lies in; the lower code on the edge (A-3)."""
        here = Point(point.lon, point.lat)
        return next((code for code, ground in self.sectors if ground.covers(here)), None)


@dataclass(frozen=True, slots=True)
class _Spot:
    words: str
    address: str
    point: LonLat
    trait: str
    on_road: bool


def day(ground: Ground, *, seed: int, on: date, number: int = REPORTS) -> list[DemoReport]:
    """A day's reports in the order in which they come.

    The numbers of the reports derive from seed and date, and nothing else enters their content,
    so sending the same day twice makes no second case.
    """
    chance = random.Random(f"day {seed} {on.isoformat()}")
    moments = sorted(_moment(on, chance) for _ in range(number - _EXTRAS))
    reports = [_report(ground, f"{seed}", place, at, chance) for place, at in enumerate(moments, 1)]
    reports += _copies(reports, chance)
    return sorted(reports, key=lambda one: (one.at, one.trait in ("copy", "supplement")))


def one_more(ground: Ground, *, run: str, place: int, at: datetime) -> DemoReport:
    """One more report of a run, made up when it is due."""
    chance = random.Random(f"more {run} {place}")
    return _report(ground, run, place, at.replace(microsecond=0), chance)


def _moment(on: date, chance: random.Random) -> datetime:
    hour = chance.choices(range(24), weights=_HOURS)[0]
    clock = time(hour, chance.randrange(60), chance.randrange(60))
    return datetime.combine(on, clock, tzinfo=SHANGHAI)


def _report(
    ground: Ground, seed: str, place: int, at: datetime, chance: random.Random
) -> DemoReport:
    source = chance.choices(list(_SOURCES), weights=[share for share, _, _ in _SOURCES.values()])[0]
    spot = _spot(ground, source, chance)
    body: dict[str, Any] = {
        "source": source,
        "external_id": f"{_PREFIX.get(source, '')}{at:%Y%m%d}-{seed}-{place:04d}",
        "reported_at": at.isoformat(),
        "address": spot.address,
        **_matter(source, spot, at, chance),
    }
    trait = _locate(body, spot, source, chance)
    if source in _HOTLINES:
        # R2: hotline orders come through the street centre, addressed to the desk it thinks right.
        body |= {
            "forwarded_by": "街道城运中心",
            "forwarded_at": (at + timedelta(minutes=chance.randint(2, 25))).isoformat(),
            "forward_no": f"新成转{at:%m%d}-{place:04d}",
            "to_sector": _addressee(ground, spot.point, chance),
        }
    post = _post(source, ground.sector_of(spot.point) or "140901", chance)
    return DemoReport(post=post, at=at, trait=trait, body=body)


_PREFIX = {
    "grid": "WG", "110": "JJ", "department": "BM", "station": "GZZ", "video_patrol": "SP",
    "inspection": "DC", "machine": "ZN",
}  # fmt: skip


def _addressee(ground: Ground, point: LonLat, chance: random.Random) -> str:
    right = ground.sector_of(point) or chance.choice(ground.sectors)[0]
    others = [code for code, _ in ground.sectors if code != right]
    # Now and then the street centre names the sibling's desk: the first leg of A-20.
    return chance.choice(others) if chance.random() < 0.05 else right


def _post(source: str, sector: str, chance: random.Random) -> str:
    posts = {
        "department": f"department-{chance.choice(('water', 'housing', 'fire'))}",
        "station": f"station-{sector}01",
        "video_patrol": f"coordinator-{sector}",
        "inspection": f"inspector-{sector}",
        "machine": "platform-machine",
    }
    return posts.get(source, f"platform-{source}")


def _spot(ground: Ground, source: str, chance: random.Random) -> _Spot:
    # What our own posts and cameras see lies in the street; the others' callers err.
    may_err = source in ("12345", "12319", "110", "grid", "department")
    draw = chance.random()
    if draw < 0.05:
        return _on_split_line(ground, chance)
    if may_err and draw < 0.17:
        return _at_place(chance.choice(ground.outside), "outside", chance)
    if source in ("video_patrol", "machine") or draw > 0.66:
        return _on_road(chance.choice(ground.roads), chance)
    return _at_place(chance.choice(ground.inside), "inside", chance)


def _at_place(place: KnownPlace, trait: str, chance: random.Random) -> _Spot:
    # A few metres about the known point: two reports of one compound are not one spot.
    lon = place.point.lon + chance.uniform(-12, 12) / 95_000
    lat = place.point.lat + chance.uniform(-12, 12) / 110_900
    words = place.name if place.name and chance.random() < 0.4 else place.address
    return _Spot(words, place.address, LonLat(lon, lat), trait, on_road=False)


def _on_road(road: RoadInside, chance: random.Random) -> _Spot:
    point = _degrees(road.line.interpolate(chance.uniform(0.05, 0.95), normalized=True), chance)
    words = f"{road.name}{chance.choice(('路段', '沿线', '公交站附近', '人行道'))}"
    return _Spot(words, road.name, point, "road", on_road=True)


def _on_split_line(ground: Ground, chance: random.Random) -> _Spot:
    share = chance.uniform(0.1, 0.9)
    point = _degrees(ground.split_line.interpolate(share, normalized=True), chance)
    side = chance.choice(("中间隔离带", "东侧人行道", "西侧人行道", "路口"))
    return _Spot(f"新成路{side}", "新成路", point, "split_line", on_road=True)


def _degrees(metres: Point, chance: random.Random) -> LonLat:
    lon, lat = to_degrees(
        easting=metres.x + chance.uniform(-6, 6), northing=metres.y + chance.uniform(-6, 6)
    )
    return LonLat(float(lon), float(lat))


def _matter(source: str, spot: _Spot, at: datetime, chance: random.Random) -> dict[str, Any]:
    if source in ("department", "station"):
        title, telling = chance.choice(words.JOINT_REQUESTS)
        return {"title": title, "description": telling.format(at=spot.words), "urgent": False}
    if source in ("video_patrol", "machine"):
        seen = words.SEEN_ON_SCREEN if source == "video_patrol" else words.SENSED
        category, title, telling = chance.choice(seen)
        return {
            "title": title,
            "category": category,
            "description": telling.format(at=spot.words),
            "urgent": False,
        }
    matter = _choose(ROAD if spot.on_road else COMPOUND, chance)
    telling = chance.choice(matter.tellings).format(at=spot.words, when=_when(at))
    return {
        "title": matter.title,
        "category": matter.category,
        "description": telling,
        "urgent": matter.urgent and chance.random() < 0.3,
        "supervised": chance.random() < 0.03,
    }


def _choose(where: str, chance: random.Random) -> Matter:
    fitting = [one for one in words.MATTERS if one.where in (where, ANY)]
    return chance.choices(fitting, weights=[one.weight for one in fitting])[0]


def _when(at: datetime) -> str:
    return _WHEN[
        0 if at.hour < 5 else 1 if at.hour < 8 else 2 if at.hour < 12 else 3 + (at.hour > 17)
    ]


def _locate(body: dict[str, Any], spot: _Spot, source: str, chance: random.Random) -> str:
    """Write the position as this source would; returns the trait that results."""
    _, datums, accuracies = _SOURCES[source]
    datum = chance.choice(datums)
    draw = chance.random()
    if datum is None or draw < 0.02:
        _by_words_only(body, spot, chance)
        return "no_location"
    lon, lat = from_cgcs2000(lon=spot.point.lon, lat=spot.point.lat, datum=datum)
    digits = 3 if datum.in_metres else 6
    body |= {"lon": round(lon, digits), "lat": round(lat, digits), "crs": datum.value}
    accuracy = chance.choice(accuracies)
    if accuracy is not None:
        body["accuracy_m"] = accuracy
    if draw < 0.045:
        del body["crs"]
        return "undeclared"
    if draw < 0.053 and not datum.in_metres:
        body["lon"], body["lat"] = body["lat"], body["lon"]
        return "swapped"
    return spot.trait


def _by_words_only(body: dict[str, Any], spot: _Spot, chance: random.Random) -> None:
    """As it was dictated: written rightly, by its sound, or so that nobody can tell where it is."""
    way = chance.choice(("written", "heard", "heard", "vague", "nowhere"))
    if way == "heard":
        heard = spot.address
        for road in sorted(words.HEARD, key=len, reverse=True):
            if road in heard:
                heard = heard.replace(road, words.HEARD[road])
                break
        told = heard
    elif way == "vague":
        told = f"{spot.address}附近"
    elif way == "nowhere":
        told = chance.choice(words.NOWHERE)
    else:
        return
    body["address"] = None if way == "nowhere" else told
    body["description"] = body["description"].replace(spot.words, told)


_COPIES, _SUPPLEMENTS, _SECOND_WAYS = 12, 5, 9
_EXTRAS = _COPIES + _SUPPLEMENTS + _SECOND_WAYS


def _copies(reports: Sequence[DemoReport], chance: random.Random) -> list[DemoReport]:
    """Reports that come again: as they were, with more to say, or by another platform."""
    hotline = [one for one in reports if one.body["source"] == "12345"]
    chosen = chance.sample(hotline, k=_EXTRAS)
    again = []
    for place, first in enumerate(chosen):
        at = first.at + timedelta(seconds=chance.randint(5, 90))
        if place < _COPIES:
            again.append(DemoReport(post=first.post, at=at, trait="copy", body=dict(first.body)))
        elif place < _COPIES + _SUPPLEMENTS:
            more = {"description": first.body["description"] + "来电人再次反映，情况仍未改善。"}
            again.append(
                DemoReport(post=first.post, at=at, trait="supplement", body=first.body | more)
            )
        else:
            again.append(_second_way(first, at, place))
    return again


def _second_way(first: DemoReport, at: datetime, place: int) -> DemoReport:
    """A hotline order that the grid platform sends on under a number of its own (R3)."""
    number = first.body["external_id"]
    kept = ("title", "description", "category", "address", "urgent", "reported_at")
    body = {key: first.body[key] for key in kept if key in first.body}
    body |= {
        key: first.body[key] for key in ("lon", "lat", "crs", "accuracy_m") if key in first.body
    }
    body |= {
        "source": "grid",
        "external_id": f"WG{number}-R{place:02d}",
        "external_ids": [{"kind": "12345", "number": number}],
    }
    return DemoReport(post="platform-grid", at=at, trait="second_way", body=body)
