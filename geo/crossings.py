"""Where two roads meet, derived from their centrelines. Pure.

Traced lines miss each other by some metres, so roads that come within 40 m count as meeting, with
the gap told; more than ten metres of it is for a person to confirm (`geocoding.md` 3.5).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot

import shapely

from geo.places import Gazetteer
from geo.points import LonLat
from geo.streets import Piece, Spot2, StreetMap, bearing, distance, lonlat

__all__ = ["Arm", "Crossing", "crossing_index", "crossings"]

REACH_M = 40.0
SURE_GAP_M = 10.0
_APART_M = 80.0


@dataclass(frozen=True, slots=True)
class Arm:
    """A road leaving a crossing: its piece, where the crossing is on it, and which way it goes."""

    road: str
    piece: Piece
    along: float
    step: int  # +1 with the line's direction, -1 against it
    heading: float  # degrees from north, over the first 40 m

    @property
    def length_m(self) -> float:
        """How far the traced line goes that way."""
        return float(self.piece.line.length) - self.along if self.step > 0 else self.along


@dataclass(frozen=True, slots=True)
class Crossing:
    """A place where two named roads meet."""

    road_a: str
    road_b: str
    point: LonLat
    spot: Spot2
    radius_m: float
    gap_m: float
    half_width_m: float
    arms: tuple[Arm, ...]

    @property
    def key(self) -> str:
        """The candidate's key, the same whichever road is named first."""
        return f"crossing:{'×'.join(sorted((self.road_a, self.road_b)))}"

    @property
    def label(self) -> str:
        """What the screen calls it."""
        return f"{self.road_a}与{self.road_b}路口"


def crossings(gazetteer: Gazetteer) -> tuple[Crossing, ...]:
    """All crossings of named roads; motorways make none."""
    index = crossing_index(StreetMap(gazetteer))
    return tuple(crossing for found in index.values() for crossing in found)


def crossing_index(streets: StreetMap) -> dict[frozenset[str], tuple[Crossing, ...]]:
    """The crossings of each pair of names; more than one when they meet twice, > 80 m apart."""
    meetings: dict[frozenset[str], list[tuple[Spot2, float, Piece, Piece]]] = defaultdict(list)
    pieces = [p for found in streets.pieces.values() for p in found if p.road.kind != "motorway"]
    tree = shapely.STRtree([p.line for p in pieces])
    near = {
        (min(a, b), max(a, b))
        for a, piece in enumerate(pieces)
        for b in tree.query(piece.line, predicate="dwithin", distance=REACH_M)
    }
    for a, b in sorted(near):
        one, other = pieces[a], pieces[b]
        if one.road.name != other.road.name:
            key = frozenset((str(one.road.name), str(other.road.name)))
            meetings[key].extend((spot, gap, one, other) for spot, gap in _meetings(one, other))
    return {key: tuple(_clusters(found)) for key, found in meetings.items()}


def _meetings(one: Piece, other: Piece) -> Iterator[tuple[Spot2, float]]:
    shared = shapely.intersection(one.line, other.line)
    if not shared.is_empty:
        for part in shapely.get_parts(shared):
            centre = part.centroid
            yield (float(centre.x), float(centre.y)), 0.0
        return
    link = shapely.shortest_line(one.line, other.line)
    middle = shapely.line_interpolate_point(link, 0.5, normalized=True)
    yield (float(middle.x), float(middle.y)), float(link.length)


def _clusters(found: list[tuple[Spot2, float, Piece, Piece]]) -> Iterator[Crossing]:
    """Meetings nearer than 80 m to each other are one crossing, the true ones before gaps."""
    groups: list[list[tuple[Spot2, float, Piece, Piece]]] = []
    for meeting in sorted(found, key=lambda m: m[1]):
        for group in groups:
            if any(distance(meeting[0], other[0]) <= _APART_M for other in group):
                group.append(meeting)
                break
        else:
            groups.append([meeting])
    for group in groups:
        best = [m for m in group if m[1] <= max(group[0][1], 0.5)]
        spot = (sum(m[0][0] for m in best) / len(best), sum(m[0][1] for m in best) / len(best))
        pieces = {p.road.id: p for m in group for p in m[2:]}
        widths = [piece.road.width_m for piece in pieces.values()]
        traced = max(piece.road.radius_m for piece in pieces.values())
        gap, half = group[0][1], max(widths) / 2
        one, other = group[0][2], group[0][3]
        yield Crossing(
            road_a=str(one.road.name),
            road_b=str(other.road.name),
            point=lonlat(spot),
            spot=spot,
            radius_m=round(hypot(8.0 + half, traced, gap), 1),
            gap_m=round(gap, 1),
            half_width_m=half,
            arms=tuple(arm for piece in pieces.values() for arm in _arms(piece, spot)),
        )


def _arms(piece: Piece, spot: Spot2) -> Iterator[Arm]:
    along = piece.along(spot)
    length = float(piece.line.length)
    here = piece.at(along)
    for step, ahead in ((1, length - along), (-1, along)):
        if ahead > 15.0:
            there = piece.at(along + step * min(40.0, ahead))
            yield Arm(str(piece.road.name), piece, along, step, bearing(here, there))
