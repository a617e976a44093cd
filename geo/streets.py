"""Roads, plates and numbers of a gazetteer in metres, ready to be walked along. Pure.

All lines are in EPSG:4549 metres; positions along a line are measured from its first vertex.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import atan2, cos, degrees, hypot, radians, sin
from typing import Any

import numpy as np
import shapely

from geo.places import Gazetteer, NumberAnchor, Place, Quality, Road
from geo.points import LonLat
from geo.projections import to_degrees, to_metres

__all__ = ["COMPASS", "Piece", "Plate", "Spot2", "StreetMap", "bearing", "lonlat", "metres_of"]

Spot2 = tuple[float, float]

COMPASS = {
    "北": 0.0, "东北": 45.0, "东": 90.0, "东南": 135.0,
    "南": 180.0, "西南": 225.0, "西": 270.0, "西北": 315.0,
}  # fmt: skip


def metres_of(point: LonLat) -> Spot2:
    """Easting and northing of a point."""
    east, north = to_metres(lon=point.lon, lat=point.lat)
    return float(east), float(north)


def lonlat(spot: Spot2) -> LonLat:
    """The point of an easting and a northing, to a tenth of a millimetre's worth of digits."""
    lon, lat = to_degrees(easting=spot[0], northing=spot[1])
    return LonLat(lon=round(float(lon), 9), lat=round(float(lat), 9))


def bearing(a: Spot2, b: Spot2) -> float:
    """Degrees from grid north, clockwise, from a to b."""
    return degrees(atan2(b[0] - a[0], b[1] - a[1])) % 360.0


def moved(spot: Spot2, direction: float, metres: float) -> Spot2:
    """The spot so far away in that direction."""
    angle = radians(direction)
    return spot[0] + metres * sin(angle), spot[1] + metres * cos(angle)


@dataclass(frozen=True, slots=True)
class Piece:
    """One traced piece of a road."""

    road: Road
    line: Any  # shapely LineString, metres

    def at(self, along: float) -> Spot2:
        """The spot so far along the line."""
        point = shapely.line_interpolate_point(self.line, along)
        return float(point.x), float(point.y)

    def along(self, spot: Spot2) -> float:
        """How far along the line a spot stands."""
        return float(shapely.line_locate_point(self.line, shapely.Point(spot)))

    def heading(self, along: float) -> float:
        """The line's direction there, in degrees from north."""
        length = self.line.length
        return bearing(self.at(max(along - 5.0, 0.0)), self.at(min(along + 5.0, length)))

    def beside(self, along: float, left_m: float) -> Spot2:
        """A spot beside the line; left of its direction is positive."""
        return moved(self.at(along), self.heading(along) - 90.0, left_m)


@dataclass(frozen=True, slots=True)
class Plate:
    """A number on a road whose position is known: as chainage if the road is traced there."""

    number: int
    unit: str
    spot: Spot2
    radius_m: float
    in_ring: bool
    town: str | None
    quality: Quality
    place: Place | None
    piece: Piece | None = None
    along: float = 0.0
    left_m: float = 0.0

    @property
    def is_odd(self) -> bool:
        """Which side of the road by the usual rule."""
        return self.number % 2 == 1


# A plate farther from its traced road than this is not on the traced stretch of it.
_BESIDE_M = 160.0


class StreetMap:
    """What the geocoder walks along."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.places = {place.id: place for place in gazetteer.places}
        self.spots = {p.id: metres_of(p.point) for p in gazetteer.places if p.point is not None}
        self.pieces: dict[str, list[Piece]] = defaultdict(list)
        self._by_road_id: dict[str, Piece] = {}
        for road in gazetteer.roads:
            if len(road.line) < 2:
                continue
            piece = Piece(road, _line(road.line))
            self._by_road_id[road.id] = piece
            if road.name:
                self.pieces[road.name].append(piece)
        self.plates: dict[str, list[Plate]] = defaultdict(list)
        self.by_road: dict[str, list[Place]] = defaultdict(list)
        self.children: dict[str, list[Place]] = defaultdict(list)
        for place in gazetteer.places:
            if place.address:
                self.by_road[place.address.road].append(place)
            if place.parent:
                self.children[place.parent].append(place)
        self._put_plates(gazetteer.anchors)

    def _put_plates(self, anchors: Sequence[NumberAnchor]) -> None:
        anchored: set[str] = set()
        for anchor in anchors:
            piece = self._by_road_id.get(anchor.road_id)
            place = self.places.get(anchor.place_id or "")
            if piece is None or anchor.quality in (Quality.C, Quality.D):
                continue
            spot = piece.beside(anchor.along_m, anchor.offset_m)
            if place is not None:
                anchored.add(place.id)
            self.plates[anchor.road].append(
                Plate(
                    number=anchor.number,
                    unit=anchor.unit,
                    spot=self.spots.get(place.id, spot) if place else spot,
                    radius_m=place.radius_m if place else 30.0,
                    in_ring=place.scope == "ring" if place else False,
                    town=place.town if place else None,
                    quality=anchor.quality,
                    place=place,
                    piece=piece,
                    along=anchor.along_m,
                    left_m=anchor.offset_m,
                )
            )
        for places in self.by_road.values():
            for place in places:
                self._put_plate(place, anchored)

    def _put_plate(self, place: Place, anchored: set[str]) -> None:
        address, spot = place.address, self.spots.get(place.id)
        if address is None or spot is None or place.id in anchored or address.sublane is not None:
            return
        number = address.lane if address.lane is not None else address.number
        if number is None or place.quality is Quality.D:
            return
        piece, along, left = self._beside(address.road, spot)
        self.plates[address.road].append(
            Plate(
                number=number,
                unit="弄" if address.lane is not None else "号",
                spot=spot,
                radius_m=place.radius_m,
                in_ring=place.scope == "ring",
                town=place.town,
                quality=place.quality,
                place=place,
                piece=piece,
                along=along,
                left_m=left,
            )
        )

    def _beside(self, road: str, spot: Spot2) -> tuple[Piece | None, float, float]:
        nearest: tuple[float, Piece] | None = None
        for piece in self.pieces.get(road, ()):
            gap = float(shapely.distance(piece.line, shapely.Point(spot)))
            if gap <= _BESIDE_M and (nearest is None or gap < nearest[0]):
                nearest = gap, piece
        if nearest is None:
            return None, 0.0, 0.0
        gap, piece = nearest
        along = piece.along(spot)
        foot = piece.at(along)
        turn = (bearing(foot, spot) - piece.heading(along)) % 360.0 if gap > 0.01 else 0.0
        return piece, along, gap if turn > 180.0 else -gap

    def line_of(self, road: str) -> tuple[LonLat, ...]:
        """All traced vertices of a road, piece after piece."""
        return tuple(point for piece in self.pieces.get(road, ()) for point in piece.road.line)

    def numbers(self, road: str, *, odd: bool) -> list[Plate]:
        """The known plates of one side, by number."""
        return sorted(
            (p for p in self.plates.get(road, ()) if p.is_odd == odd), key=lambda p: p.number
        )

    def nearest_piece(self, spot: Spot2, within_m: float) -> tuple[Piece, float] | None:
        """The traced piece nearest to a spot, with its distance."""
        found = self._tree.query_nearest(
            shapely.Point(spot), max_distance=within_m, return_distance=True, all_matches=False
        )
        if len(found[0]) == 0:
            return None
        return self._all[int(found[0][0])], float(found[1][0])

    @cached_property
    def _all(self) -> list[Piece]:
        return list(self._by_road_id.values())

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree([piece.line for piece in self._all])


def _line(points: Sequence[LonLat]) -> Any:
    lon = np.array([p.lon for p in points])
    lat = np.array([p.lat for p in points])
    east, north = to_metres(lon=lon, lat=lat)
    return shapely.linestrings(np.column_stack([east, north]))


def distance(a: Spot2, b: Spot2) -> float:
    """Metres between two spots."""
    return hypot(a[0] - b[0], a[1] - b[1])
