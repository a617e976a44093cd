"""Points where a point index errs if it can, and two independent ways to say what is right.

`geos_labels` asks GEOS, `rational_label` counts crossings in fractions without any rounding.
Both know nothing of the index.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import shapely

from geo.index import PointIndex
from geo.index_edges import collect_rings, share_edges
from geo.index_grid import lay_grid, line_at


def adversarial_points(polygons, each, *, seed=5):
    """About 23 x `each` points: vertices, points on edges, one ulp off them, level with vertices,
    on the corners of the index's own cells and sub-cells.
    """
    rng = np.random.default_rng(seed)
    edges = share_edges(collect_rings(polygons)).ends
    picked = edges[rng.integers(0, len(edges), each)]
    first, last = picked[:, :2], picked[:, 2:]
    vertices = np.where(rng.random((each, 1)) < 0.5, first, last)
    middles = (first + last) / 2
    anywhere = first + rng.random((each, 1)) * (last - first)
    sets = [vertices, middles, anywhere]
    for base in (vertices, middles, anywhere):
        sets += [_one_ulp(base, axis, towards) for axis in (0, 1) for towards in (-1.0, 1.0)]

    lengths = np.abs(last - first).max(axis=1) * rng.normal(0.0, 3.0, each)
    sets.append(np.c_[vertices[:, 0] + lengths, vertices[:, 1]])  # at the height of a vertex
    sets.append(np.c_[vertices[:, 0], vertices[:, 1] + lengths])  # at the x of a vertex
    sets.append(np.c_[vertices[:, 0], rng.permutation(vertices[:, 1])])
    sets += list(_cell_corners(edges, each, rng))
    return np.ascontiguousarray(np.concatenate(sets))


def _one_ulp(points, axis, towards):
    moved = points.copy()
    moved[:, axis] = np.nextafter(moved[:, axis], towards * np.inf)
    return moved


def _cell_corners(edges, each, rng):
    """Corners of the grid and of its sub-cells, the latter also one ulp aside."""
    frame = lay_grid(edges).frame
    (west, south, _, _, width, height, _, _, columns, rows) = frame
    column, row = rng.integers(0, columns + 1, each), rng.integers(0, rows + 1, each)
    yield np.c_[line_at(west, width, column, 0, 1), line_at(south, height, row, 0, 1)]
    column, row = rng.integers(0, columns, each), rng.integers(0, rows, each)
    parts = 2 ** rng.integers(0, 8, each)
    x_part, y_part = (rng.random((2, each)) * parts).astype(int)
    corners = np.c_[
        line_at(west, width, column, x_part, parts), line_at(south, height, row, y_part, parts)
    ]
    yield corners
    yield _one_ulp(corners, 0, -1.0)
    yield _one_ulp(corners, 1, -1.0)
    # on a vertical line of sub-cells, at the height of a vertex
    yield np.c_[corners[:, 0], edges[rng.integers(0, len(edges), each), 1]]


def assert_exact(polygons, points, *, rational):
    """No difference in any point, of which the first `rational` of a shuffle also in fractions."""
    index = PointIndex.build(polygons)
    lon, lat = points.T
    labels = index.labels(lon=lon, lat=lat)
    assert np.flatnonzero(labels != index.labels_reference(lon=lon, lat=lat)).tolist() == []
    assert np.flatnonzero(labels != geos_labels(polygons, points)).tolist() == []
    some = np.random.default_rng(3).permutation(len(points))[:rational]
    assert np.flatnonzero(labels[some] != rational_labels(polygons, points[some])).tolist() == []
    single = [index.label(lon=x, lat=y) for x, y in points[some].tolist()]
    assert single == labels[some].tolist()


def geos_labels(polygons, points):
    """Smallest label among the polygons that cover each point, by GEOS; 0 for none."""
    found = np.full(len(points), len(polygons) + 1, np.int64)
    tree = shapely.STRtree(polygons)
    at, area = tree.query(shapely.points(points), predicate="covered_by")
    np.minimum.at(found, at, area + 1)
    found[found == len(polygons) + 1] = 0
    return found


def rational_labels(polygons, points):
    """The same by rational arithmetic."""
    boxes = shapely.bounds(polygons)
    rings = {}
    labels = np.zeros(len(points), np.int64)
    for n, (px, py) in enumerate(np.asarray(points).tolist()):
        near = (boxes[:, 0] <= px) & (px <= boxes[:, 2]) & (boxes[:, 1] <= py) & (py <= boxes[:, 3])
        for k in np.flatnonzero(near):
            if k not in rings:
                rings[k] = [r.coords[:] for r in shapely.get_rings(shapely.get_parts(polygons[k]))]
            if covers_exactly(rings[k], px, py):
                labels[n] = k + 1
                break
    return labels


def covers_exactly(rings, px, py):
    """Whether the closed area bounded by rings (lists of points) covers a point."""
    inside = False
    for ring in rings:
        for (ax, ay), (bx, by) in pairwise(ring):
            if max(ay, by) < py or min(ay, by) > py or max(ax, bx) < px:
                continue
            turn = exact_turn(ax, ay, bx, by, px, py)
            if turn == 0 and min(ax, bx) <= px:
                return True
            if (ay > py) != (by > py) and (turn > 0) == (by > ay):
                inside = not inside
    return inside


def exact_turn(ax, ay, bx, by, px, py):
    """Sign of the orientation of three points, in fractions."""
    ax, ay, bx, by, px, py = (Fraction(v) for v in (ax, ay, bx, by, px, py))
    turn = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
    return (turn > 0) - (turn < 0)
