"""The named road nearest to a point, the crossings it lies between, and the side. Pure."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import shapely

from geo.crossings import Crossing, crossings
from geo.places import Gazetteer, Road
from geo.points import LonLat, bearing_deg, compass, distance_m
from geo.projections import to_degrees, to_metres

__all__ = ["NearRoad", "Streets"]

ROAD_M = 40.0
# A crossing belongs to a traced piece when it lies this near to it: pieces miss each other.
_ON_PIECE_M = 40.0
# Two pieces of one road that end this near to each other are one road.
_JOINED_M = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NearRoad:
    """Where on a road a point is; see `geo.reversing.Reversed`."""

    name: str
    distance_m: float
    sure: bool
    between: tuple[str | None, str | None] | None
    at_crossing: str | None
    side: str | None
    # Where the one known crossing is, when only one side has one.
    known_crossing: LonLat | None


@dataclass(frozen=True, slots=True)
class _Stop:
    along: float
    other: str
    point: LonLat
    radius_m: float


class Streets:
    """The named pieces of all roads, and the crossings along each of them."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        pieces = sorted(
            (road for road in gazetteer.roads if road.name and len(road.line) > 1),
            key=lambda road: road.id,
        )
        self._pieces = pieces
        self._lines = [_line(road) for road in pieces]
        self._tree = shapely.STRtree(self._lines)
        of_road: dict[str, list[Crossing]] = defaultdict(list)
        for crossing in crossings(gazetteer):
            of_road[crossing.road_a].append(crossing)
            of_road[crossing.road_b].append(crossing)
        self._stops = [
            self._along(road, line, of_road[road.name or ""])
            for road, line in zip(pieces, self._lines, strict=True)
        ]
        self._beyond = [
            (self._next(at, 0.0), self._next(at, float(line.length)))
            for at, line in enumerate(self._lines)
        ]

    def nearest(self, point: LonLat) -> NearRoad | None:
        """The nearest named road within 40 m."""
        east, north = to_metres(lon=point.lon, lat=point.lat)
        if not self._pieces or not np.isfinite(east + north):
            return None
        here = shapely.Point(east, north)
        found = self._tree.query(here, predicate="dwithin", distance=ROAD_M)
        if not len(found):
            return None
        at = min(map(int, found), key=lambda one: (float(self._lines[one].distance(here)), one))
        return self._told(at, point, here)

    def _told(self, at: int, point: LonLat, here: shapely.Point) -> NearRoad:
        road, line, stops = self._pieces[at], self._lines[at], self._stops[at]
        along = float(line.project(here))
        foot = line.interpolate(along)
        lon, lat = to_degrees(easting=foot.x, northing=foot.y)
        on_road = LonLat(float(lon), float(lat))
        apart = float(foot.distance(here))
        before = [stop for stop in stops if stop.along <= along]
        after = [stop for stop in stops if stop.along > along]
        near = min(stops, key=lambda stop: distance_m(stop.point, point), default=None)
        at_crossing = (
            near.other if near and distance_m(near.point, point) <= near.radius_m + 10.0 else None
        )
        first = before[-1] if before else self._beyond[at][0]
        last = after[0] if after else self._beyond[at][1]
        only = (first or last) if (first is None) != (last is None) else None
        # Within the tracing's own error, or beyond the line's end, a side says nothing.
        telling = apart > road.radius_m and 0.0 < along < line.length
        return NearRoad(
            name=road.name or "",
            distance_m=apart,
            sure=road.sure_name,
            between=(first.other if first else None, last.other if last else None)
            if first or last
            else None,
            at_crossing=at_crossing,
            side=compass(bearing_deg(on_road, point)) if telling else None,
            known_crossing=only.point if only else None,
        )

    def _next(self, at: int, end: float) -> _Stop | None:
        """The first crossing on the piece that goes on where this one ends, if one does."""
        here = self._lines[at].interpolate(end)
        for other, line in enumerate(self._lines):
            if other == at or self._pieces[other].name != self._pieces[at].name:
                continue
            entry = float(line.project(here))
            at_an_end = min(entry, float(line.length) - entry) <= _JOINED_M
            if at_an_end and line.distance(here) <= _JOINED_M and self._stops[other]:
                return min(self._stops[other], key=lambda stop: abs(stop.along - entry))
        return None

    def _along(
        self, road: Road, line: shapely.LineString, found: list[Crossing]
    ) -> tuple[_Stop, ...]:
        stops = []
        for crossing in found:
            east, north = to_metres(lon=crossing.point.lon, lat=crossing.point.lat)
            there = shapely.Point(east, north)
            if line.distance(there) > _ON_PIECE_M:
                continue
            other = crossing.road_b if crossing.road_a == road.name else crossing.road_a
            stops.append(
                _Stop(float(line.project(there)), other, crossing.point, crossing.radius_m)
            )
        return tuple(sorted(stops, key=lambda stop: (stop.along, stop.other)))


def _line(road: Road) -> shapely.LineString:
    east, north = to_metres(
        lon=np.array([point.lon for point in road.line]),
        lat=np.array([point.lat for point in road.line]),
    )
    return shapely.LineString(np.column_stack([east, north]))
