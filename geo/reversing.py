"""What stands near a point, in words for people: door plate, road between crossings, compound.

For a click on the map and for a phone's position (A-3, A-4). Distances are metres of EPSG:4549.
Nothing is made up: what is not near is not named, a side is not told within the road's own
uncertainty, and a coarse position is called one. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.places import Gazetteer, Place, PlaceKind, Quality
from geo.points import LonLat, bearing_deg, compass, distance_m
from geo.projections import to_metres
from geo.reversing_roads import NearRoad, Streets

__all__ = ["Near", "Reversed", "Reverser"]

PLATE_M = 80.0
COMPOUND_M = 120.0
# Positions worse than this have their error told, and are called coarse beyond that.
EXACT_M = 20.0
COARSE_M = 100.0
NOTHING = "附近没有已知的门牌、道路或小区"
_LIVED_IN = frozenset({PlaceKind.COMPOUND, PlaceKind.ESTATE, PlaceKind.VILLAGE})

Geometries = NDArray[np.object_]


class Ground(Protocol):
    """What of the map is asked here; `geo.geocoding.Grounds` has it and more."""

    def town(self, point: LonLat) -> str | None:
        """The neighbouring town of a point outside."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A place near the point; `radius_m` and `quality` say how well its own position is known."""

    key: str
    label: str
    point: LonLat
    distance_m: float
    inside: bool
    radius_m: float
    quality: Quality
    in_ring: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed:
    """What is near a point; None for what is not.

    Attributes:
        point: the one that was asked about, CGCS2000.
        doorplate: the nearest numbered place within 80 m.
        distance_m: how far that is.
        road: the nearest named road within 40 m.
        road_distance_m: how far its traced centreline is.
        road_sure: whether the traced line surely bears that name.
        between: the roads whose crossings enclose the point; None at an open end.
        at_crossing: the road it crosses right here.
        side: on which side of the road; None when too near to tell.
        compound: the one that reaches here, or the nearest within 120 m.
        town: the neighbouring town, when the point is outside.
        label: one line for people.
    """

    point: LonLat
    doorplate: Near | None
    distance_m: float | None
    road: str | None
    road_distance_m: float | None
    road_sure: bool | None
    between: tuple[str | None, str | None] | None
    at_crossing: str | None
    side: str | None
    compound: Near | None
    town: str | None
    label: str


class Reverser:
    """One gazetteer, indexed by place; safe to share between threads."""

    __slots__ = ("_grounds", "_lived_in", "_plates", "_streets")

    def __init__(self, gazetteer: Gazetteer, grounds: Ground) -> None:
        known = [
            place
            for place in gazetteer.places
            if place.point is not None and place.quality is not Quality.D
        ]
        self._grounds = grounds
        self._streets = Streets(gazetteer)
        self._plates = _Places([place for place in known if _numbered(place)])
        self._lived_in = _Places(
            [place for place in known if place.kind in _LIVED_IN and (place.name or place.address)]
        )

    @classmethod
    def of(cls, gazetteer: Gazetteer, grounds: Ground) -> "Reverser":
        """Index the places and roads of a gazetteer."""
        return cls(gazetteer, grounds)

    def reverse(self, point: LonLat) -> Reversed:
        """What is near a point anywhere on earth."""
        plate = self._plates.nearest(point, PLATE_M, reach=False)
        compound = self._lived_in.nearest(point, COMPOUND_M, reach=True)
        street = self._streets.nearest(point)
        # Off the plane nobody's town is near.
        on_plane = bool(np.isfinite(to_metres(lon=point.lon, lat=point.lat)).all())
        town = self._grounds.town(point) if on_plane else None
        return Reversed(
            point=point,
            doorplate=plate,
            distance_m=plate.distance_m if plate else None,
            road=street.name if street else None,
            road_distance_m=street.distance_m if street else None,
            road_sure=street.sure if street else None,
            between=street.between if street else None,
            at_crossing=street.at_crossing if street else None,
            side=street.side if street else None,
            compound=compound,
            town=town,
            label=_label(point, street, plate, compound, town),
        )


class _Places:
    """Places by their points in metres; those that reach far are asked how far."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = sorted(places, key=lambda place: place.id)
        points = [place.point for place in self._places if place.point is not None]
        east, north = to_metres(
            lon=np.array([point.lon for point in points]),
            lat=np.array([point.lat for point in points]),
        )
        self._tree = shapely.STRtree(shapely.points(east, north))
        self._furthest = max((place.size_m for place in self._places), default=0.0)

    def nearest(self, point: LonLat, within_m: float, *, reach: bool) -> Near | None:
        """The nearest within a distance; with `reach`, one that reaches the point comes first."""
        east, north = to_metres(lon=point.lon, lat=point.lat)
        if not self._places or not np.isfinite(east + north):
            return None
        search = max(within_m, self._furthest) if reach else within_m
        # The tree finds candidates only; the distance is geodesic, so it holds far off the plane.
        found = self._tree.query(shapely.Point(east, north).buffer(search * 1.01 + 1.0))
        near = [self._near(self._places[int(at)], point, reach=reach) for at in sorted(found)]
        kept = [one for one in near if one.inside or one.distance_m <= within_m]
        return min(kept, key=lambda one: (not one.inside, one.distance_m, one.key), default=None)

    def _near(self, place: Place, point: LonLat, *, reach: bool) -> Near:
        assert place.point is not None
        distance = distance_m(point, place.point)
        return Near(
            key=f"place:{place.id}",
            label=place.label,
            point=place.point,
            distance_m=distance,
            inside=reach and place.size_m > 0.0 and distance <= place.size_m,
            radius_m=place.radius_m,
            quality=place.quality,
            in_ring=place.scope != "in",
        )


def _numbered(place: Place) -> bool:
    address = place.address
    return address is not None and (address.number is not None or address.lane is not None)


def _label(
    point: LonLat,
    street: NearRoad | None,
    plate: Near | None,
    compound: Near | None,
    town: str | None,
) -> str:
    """Such as 和政路（墅沟路—仓场路）东侧，近和政路228弄 约45米."""
    said = [_street_words(point, street)] if street else []
    if compound and compound.inside:
        said.append(f"{compound.label}一带{_coarse(compound)}")
    if plate and (compound is None or not compound.inside or plate.key != compound.key):
        said.append(f"近{plate.label} {_about(plate)}")
    elif compound and not compound.inside:
        said.append(f"近{compound.label} {_about(compound)}")
    if not said:
        said.append(NOTHING)
    if town:
        said.append(f"在{town}")
    return "，".join(said)


def _street_words(point: LonLat, street: NearRoad) -> str:
    name = street.name if street.sure else f"{street.name}（路名待核）"
    if street.at_crossing:
        return f"{name}/{street.at_crossing}路口"
    if street.between is None:
        where = ""
    else:
        a, b = street.between
        if a and b:
            where = f"（{a}—{b}）" if a != b else f"（{a}附近）"
        else:
            known = street.known_crossing
            assert known is not None
            where = f"（{a or b}{compass(bearing_deg(known, point))}面）"
    return f"{name}{where}{f'{street.side}侧' if street.side else ''}"


def _about(near: Near) -> str:
    """A distance, and how far off the place's own position may be where that matters."""
    metres = f"约{max(5, round(near.distance_m / 5) * 5)}米"
    return metres if near.radius_m <= EXACT_M else f"{metres}（其位置误差约{near.radius_m:.0f}米）"


def _coarse(near: Near) -> str:
    return "（其位置粗略）" if near.radius_m >= COARSE_M else ""
