"""The gate before an index is built: is this set of polygons a valid coverage?

Valid means: every polygon valid in itself, neighbours share edges vertex by vertex, no point in
the interior of two. Gaps are allowed. With an overlap the index would answer the exclusive or of
two labels, so everything doubtful is refused with its place.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.coverage_errors import CoverageFault, CoverageFinding
from geo.index_edges import Edges
from geo.predicates import LARGEST, SMALLEST

Geometries = npt.NDArray[np.object_]


def find_faults(polygons: Sequence[Polygon | MultiPolygon]) -> tuple[CoverageFinding, ...]:
    """All faults of the first kind that occurs; later checks assume the earlier ones passed."""
    if len(polygons) == 0:
        return (CoverageFinding(CoverageFault.EMPTY),)
    areas: Geometries = np.array(polygons, dtype=object)
    for check in (_not_polygons, _out_of_range, _broken, _mismatched, _overlapping):
        if findings := tuple(check(areas)):
            return findings
    return ()


def find_misuse(edges: Edges) -> tuple[CoverageFinding, ...]:
    """Edges that three rings use, or one area twice."""
    return tuple(
        CoverageFinding(
            CoverageFault.EDGE_OVERUSED,
            tuple(int(label) for label in edges.owners[edge] if label),
            (float(edges.ends[edge, 0]), float(edges.ends[edge, 1])),
        )
        for edge in edges.misused
    )


def _not_polygons(areas: Geometries) -> Iterable[CoverageFinding]:
    kinds = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
    wrong = ~np.isin(shapely.get_type_id(areas), kinds) | shapely.is_empty(areas)
    for k in np.flatnonzero(wrong):
        kind = areas[k].geom_type if areas[k] is not None else "None"
        yield CoverageFinding(CoverageFault.NOT_POLYGON, (int(k) + 1,), detail=kind)


def _out_of_range(areas: Geometries) -> Iterable[CoverageFinding]:
    coordinates, owner = shapely.get_coordinates(areas, return_index=True)
    size = np.abs(coordinates)
    fine = (size <= LARGEST) & ((size >= SMALLEST) | (size == 0.0))
    for k in np.unique(owner[~fine.all(axis=1)]):
        yield CoverageFinding(CoverageFault.OUT_OF_RANGE, (int(k) + 1,))


def _broken(areas: Geometries) -> Iterable[CoverageFinding]:
    for k in np.flatnonzero(~shapely.is_valid(areas)):
        label = (int(k) + 1,)
        if ring := _degenerate_ring(areas[k]):
            yield CoverageFinding(CoverageFault.DEGENERATE_RING, label, ring)
        else:
            reason = shapely.is_valid_reason(areas[k])
            yield CoverageFinding(CoverageFault.INVALID_POLYGON, label, _place_in(reason), reason)


def _place_in(reason: str) -> tuple[float, float] | None:
    """GEOS names the place only in its sentence: `Self-intersection[114.1 22.5]`."""
    place = re.search(r"\[(\S+) (\S+)\]", reason)
    return (float(place[1]), float(place[2])) if place else None


def _degenerate_ring(area: Polygon | MultiPolygon) -> tuple[float, float] | None:
    """First point of a ring with fewer than three different points."""
    for ring in shapely.get_rings(shapely.get_parts(area)):
        points = shapely.get_coordinates(ring)
        if len(np.unique(points, axis=0)) < 3:
            return float(points[0, 0]), float(points[0, 1])
    return None


def _mismatched(areas: Geometries) -> Iterable[CoverageFinding]:
    if shapely.coverage_is_valid(areas):
        return
    edges = shapely.coverage_invalid_edges(areas)
    for k in np.flatnonzero(~shapely.is_empty(edges)):
        x, y = shapely.get_coordinates(edges[k])[0]
        yield CoverageFinding(CoverageFault.EDGE_MISMATCH, (int(k) + 1,), (float(x), float(y)))


def _overlapping(areas: Geometries) -> Iterable[CoverageFinding]:
    """Pairs whose interiors meet: on real data the coverage check alone has missed some."""
    tree = shapely.STRtree(areas)
    for predicate in ("overlaps", "contains_properly"):
        for a, b in tree.query(areas, predicate=predicate).T:
            if a < b or (a != b and predicate == "contains_properly"):
                where = shapely.intersection(areas[a], areas[b]).representative_point()
                yield CoverageFinding(
                    CoverageFault.OVERLAP, (int(a) + 1, int(b) + 1), (where.x, where.y)
                )
