"""The one function that decides whose a place is; every door asks it (A-3, R10–R14).

A disc of `radius_m` around the point stands for what is not known of the position. Each level is
decided by itself: the disc lies wholly in one area and the level is sure, or it touches an edge
and a person chooses. A point exactly on a shared edge is the lower code's; see `geo.index`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.model import (
    Assignment,
    AssignmentStatus,
    Candidate,
    Named,
    ReasonCode,
)
from boundaries.territory import Territory
from boundaries.words import assigned_words, out_of_area_words, review_words
from geo.points import LonLat, bearing_deg, compass
from geo.projections import to_degrees, to_metres

MIN_RADIUS_M = 20.0
CARRIAGEWAY_M = 15.0  # half the width of 新成路 with its pavements: within it a case is 界路
SLIVER_M = 50.0  # a neighbour this near owns what falls into a sliver between two outlines
_MM = 3  # distances are compared in whole millimetres, so that every machine decides alike

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The verdicts on n points as arrays; -1 where a level stays open.

    `community`, `sector` and `police_area` are positions in the territory's tuples of areas.
    """

    status: NDArray[np.str_]
    community: NDArray[np.int32]
    sector: NDArray[np.int32]
    police_area: NDArray[np.int32]
    reason: NDArray[np.str_]
    edge_m: Floats
    sector_edge_m: Floats
    split_m: Floats
    outline_m: Floats
    easting: Floats
    northing: Floats


def radius_m(accuracy_m: float | None, default_m: float = MIN_RADIUS_M) -> float:
    """The disc's radius: the stated accuracy or the source's default, never below 20 m."""
    return max(default_m if accuracy_m is None else accuracy_m, MIN_RADIUS_M)


def decide(territory: Territory, *, lon: Floats, lat: Floats, radius: Floats) -> Decisions:
    """Decide n points (CGCS2000 degrees) with n radii (metres)."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    easting, northing = to_metres(lon=lon, lat=lat)
    points = shapely.points(easting, northing)
    label = territory.index.labels(lon=lon, lat=lat) - 1
    police = territory.police_index.labels(lon=lon, lat=lat) - 1
    edge = np.round(territory.community_edges.distance(points), _MM)
    sector_edge = np.round(territory.sector_edges.distance(points), _MM)
    police_edge = np.round(territory.police_edges.distance(points), _MM)
    outline = np.round(territory.outline.distance(points), _MM)
    split = np.round(territory.split.distance(points), _MM)

    inside = label >= 0
    community = np.where(inside & (edge >= radius), label, -1).astype(np.int32)
    sector = np.where(inside & (sector_edge >= radius), territory.sector_of[label], -1)
    status = np.full(len(lon), AssignmentStatus.BOUNDARY_REVIEW.value, dtype="<U16")
    status[community >= 0] = AssignmentStatus.ASSIGNED
    outside = ~inside & (outline >= radius)
    status[outside] = AssignmentStatus.OUT_OF_AREA

    reason = np.full(len(lon), ReasonCode.NEAR_BOUNDARY.value, dtype="<U20")
    reason[edge == 0] = ReasonCode.ON_BOUNDARY
    reason[split <= CARRIAGEWAY_M] = ReasonCode.BOUNDARY_ROAD
    reason[status == AssignmentStatus.ASSIGNED] = ""
    reason[outside] = ReasonCode.OUTSIDE_STREET
    return Decisions(
        status=status,
        community=community,
        sector=sector.astype(np.int32),
        police_area=np.where((police >= 0) & (police_edge >= radius), police, -1).astype(np.int32),
        reason=reason,
        edge_m=edge,
        sector_edge_m=sector_edge,
        split_m=split,
        outline_m=outline,
        easting=easting,
        northing=northing,
    )


def assign(
    territory: Territory, *, point: LonLat, radius: float, given: Sequence[str] = ()
) -> Assignment:
    """Decide one point and explain the decision.

    Args:
        territory: the edition in force.
        point: CGCS2000 longitude and latitude.
        radius: metres, from `radius_m`.
        given: lines that tell how the point came about, put before the explanation.
    """
    found = decide(
        territory, lon=np.array([point.lon]), lat=np.array([point.lat]), radius=np.array([radius])
    )
    status = AssignmentStatus(str(found.status[0]))
    if status is AssignmentStatus.OUT_OF_AREA:
        return _out_of_area(territory, found, point, radius, given)
    community = _named(territory.communities, found.community[0])
    sector = _named(territory.sectors, found.sector[0])
    edge = float(found.edge_m[0])
    candidates: tuple[Candidate, ...] = ()
    if status is AssignmentStatus.ASSIGNED:
        words = assigned_words(sector, community, edge)
    else:
        candidates = _candidates(territory, found, radius)
        words = review_words(
            str(found.reason[0]), sector, candidates, edge_m=edge, split_m=float(found.split_m[0])
        )
    return Assignment(
        status=status,
        sector=sector,
        community=community,
        police_area=_named(territory.police_areas, found.police_area[0]),
        point=point,
        radius_m=round(radius, 1),
        edition=territory.edition.named,
        provisional=territory.edition.provisional,
        distance_to_boundary_m=round(edge, 1),
        distance_to_sector_edge_m=round(float(found.sector_edge_m[0]), 1),
        reason_code=str(found.reason[0]) or None,
        candidates=candidates,
        explanation=(*given, *words, territory.edition_line),
    )


def _out_of_area(
    territory: Territory, found: Decisions, point: LonLat, radius: float, given: Sequence[str]
) -> Assignment:
    here = shapely.Point(found.easting[0], found.northing[0])
    near = shapely.shortest_line(territory.outline.line, here).coords[0]
    lon, lat = to_degrees(easting=np.array([near[0]]), northing=np.array([near[1]]))
    direction = compass(bearing_deg(LonLat(lon=float(lon[0]), lat=float(lat[0])), point))
    owner = belongs_to(territory, point, here)
    distance = float(found.outline_m[0])
    return Assignment(
        status=AssignmentStatus.OUT_OF_AREA,
        point=point,
        radius_m=round(radius, 1),
        edition=territory.edition.named,
        provisional=territory.edition.provisional,
        distance_to_boundary_m=round(distance, 1),
        distance_to_sector_edge_m=round(distance, 1),
        direction=direction,
        reason_code=ReasonCode.OUTSIDE_STREET,
        belongs_to=owner,
        explanation=(
            *given,
            *out_of_area_words(territory.street.name, owner, distance, direction),
            territory.edition_line,
        ),
    )


def belongs_to(territory: Territory, point: LonLat, here: shapely.Point) -> Named | None:
    """The neighbouring town a place outside lies in, the nearest within 50 m, or None."""
    spot = shapely.Point(point.lon, point.lat)
    for area in territory.neighbours:
        if shapely.covers(area.geometry, spot):
            return area.named
    gaps = shapely.distance(territory.neighbour_shapes, here)
    if len(gaps) and float(np.min(gaps)) <= SLIVER_M:
        return territory.neighbours[int(np.argmin(gaps))].named
    return None


def _candidates(territory: Territory, found: Decisions, radius: float) -> tuple[Candidate, ...]:
    """Who owns which share of the disc, largest first; equal shares by the lower code.

    Whoever the disc touches is named, be it by a hair: an edge is open only because of them.
    """
    here = shapely.Point(found.easting[0], found.northing[0])
    disc = here.buffer(radius, quad_segs=32)
    shares = shapely.area(shapely.intersection(territory.community_shapes, disc)) / disc.area
    touched = np.round(shapely.distance(territory.community_shapes, here), _MM) < radius
    known = [
        Candidate(
            sector=territory.sectors[territory.sector_of[at]].named,
            community=territory.communities[at].named,
            share=round(float(shares[at]), 3),
        )
        for at in np.flatnonzero(touched)
    ]
    if found.outline_m[0] < radius:
        rest = shapely.difference(disc, territory.street_shape)
        parts = shapely.area(shapely.intersection(territory.neighbour_shapes, rest))
        likely = int(np.argmax(parts)) if len(parts) and parts.max() > 0 else None
        known.append(
            Candidate(
                sector=None,
                community=None,
                share=max(round(1.0 - float(shares.sum()), 3), 0.0),
                outside=True,
                belongs_to=None if likely is None else territory.neighbours[likely].named,
            )
        )
    return tuple(
        sorted(known, key=lambda c: (-c.share, c.community.code or "" if c.community else "~"))
    )


def _named(areas: Sequence[object], at: np.int32) -> Named | None:
    return areas[int(at)].named if at >= 0 else None  # type: ignore[attr-defined]
