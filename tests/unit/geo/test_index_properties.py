"""Properties of PointIndex over coverages and points that hypothesis invents."""

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from unit.geo.adversarial import adversarial_points, exact_turn, geos_labels, rational_labels
from unit.geo.coverages import jagged_coverage, town_points

from geo.index import PointIndex
from geo.index_reference import orient
from geo.predicates import is_on_edge, orientation, side

seeds = st.integers(0, 2**32 - 1)
thorough = settings(max_examples=60, deadline=None)


@st.composite
def coverages(draw):
    """A generated coverage, stretched and moved: still valid, but with other roundings."""
    coverage = jagged_coverage(
        draw(st.integers(1, 40)), seed=draw(seeds), clusters=draw(st.integers(0, 3)), mean_pieces=4
    )
    stretch = draw(st.floats(1e-3, 1e5)), draw(st.floats(1e-3, 1e5))
    shift = draw(st.floats(-1e7, 1e7)), draw(st.floats(-1e7, 1e7))
    polygons = shapely.transform(coverage.polygons, lambda points: points * stretch + shift)
    assume(shapely.is_valid(polygons).all() and shapely.coverage_is_valid(polygons))
    return polygons


@thorough
@given(coverages(), seeds)
def test_kernel_reference_and_geos_agree(polygons, seed):
    index = PointIndex.build(polygons)
    points = adversarial_points(polygons, 40, seed=seed)
    lon, lat = points.T
    labels = index.labels(lon=lon, lat=lat)
    assert (labels == index.labels_reference(lon=lon, lat=lat)).all()
    assert (labels == geos_labels(polygons, points)).all()
    assert labels.tolist() == [index.label(lon=x, lat=y) for x, y in points.tolist()]


@thorough
@given(coverages(), seeds)
def test_another_order_changes_only_whose_the_shared_edges_are(polygons, seed):
    order = np.random.default_rng(seed).permutation(len(polygons))
    points = adversarial_points(polygons, 40, seed=seed)
    lon, lat = points.T
    before = PointIndex.build(polygons).labels(lon=lon, lat=lat)
    after = PointIndex.build(polygons[order]).labels(lon=lon, lat=lat)
    at, area = shapely.STRtree(polygons).query(shapely.points(points), predicate="covered_by")
    assert (before == _smallest(at, area + 1, len(points))).all()
    assert (after == _smallest(at, np.argsort(order)[area] + 1, len(points))).all()


def _smallest(at, labels, count):
    smallest = np.full(count, 10**6)
    np.minimum.at(smallest, at, labels)
    return np.where(smallest == 10**6, 0, smallest)


@st.composite
def lattices(draw):
    """A map of whole-number squares, each owned by one of a few areas or none, then sheared.

    Full of what real borders rarely have: level edges, corners where four areas meet, areas in
    many parts, holes that touch their rim.
    """
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    owner = st.integers(0, 5)
    owners = np.array(draw(st.lists(owner, min_size=rows * columns, max_size=rows * columns)))
    shear = np.array(
        draw(st.sampled_from([(1, 0, 0, 1), (1, 0, 2, 1), (3, 1, -1, 2), (0, 1, -1, 0)]))
    )
    return owners.reshape(rows, columns), shear.reshape(2, 2)


@thorough
@given(lattices(), seeds)
def test_a_lattice_is_answered_square_by_square(lattice, seed):
    owners, shear = lattice
    present = np.unique(owners[owners > 0])
    assume(len(present) > 0)
    squares = {
        k: [shapely.box(c, r, c + 1, r + 1) for r, c in np.argwhere(owners == k)] for k in present
    }
    areas = [shapely.coverage_union_all(squares[k]) for k in present]
    areas = [shapely.transform(area, lambda points: points @ shear) for area in areas]
    assume(shapely.coverage_is_valid(areas))
    index = PointIndex.build(areas)

    rows, columns = owners.shape
    y, x = np.mgrid[-0.5 : rows + 1 : 0.5, -0.5 : columns + 1 : 0.5].reshape(2, -1)
    lon, lat = (np.column_stack([x, y]) @ shear).T
    expected = [_smallest_around(owners, present, *point) for point in zip(x, y, strict=True)]
    assert index.labels(lon=lon, lat=lat).tolist() == expected
    points = adversarial_points(areas, 10, seed=seed)
    assert (
        index.labels(lon=points[:, 0], lat=points[:, 1]) == rational_labels(areas, points)
    ).all()


def _smallest_around(owners, present, x, y):
    """The rule for shared edges, read off the lattice: the squares whose closure has the point."""
    rows, columns = owners.shape
    found = [
        int(np.searchsorted(present, owners[r, c])) + 1
        for r in range(rows)
        for c in range(columns)
        if owners[r, c] > 0 and c <= x <= c + 1 and r <= y <= r + 1
    ]
    return min(found, default=0)


numbers = st.one_of(
    st.integers(-3, 3).map(float),
    st.sampled_from([0.1, 0.2, 0.3, 0.7, 121.25, 31.375, -121.25, 1e-30, 4e7]),
    st.floats(-1e6, 1e6).filter(lambda v: v == 0 or abs(v) > 1e-50),
)


@settings(max_examples=500, deadline=None)
@given(st.tuples(numbers, numbers), st.tuples(numbers, numbers), st.floats(0, 1), st.integers(0, 8))
def test_the_predicates_are_exact_for_points_next_to_a_line(a, b, t, step):
    """Points as near to the line as float64 allows, where a rounded determinant is noise."""
    (ax, ay), (bx, by) = a, b
    px, py = ax + t * (bx - ax), ay + t * (by - ay)
    for _ in range(step % 3):
        px = float(np.nextafter(px, np.inf))
    for _ in range(step // 3):
        py = float(np.nextafter(py, -np.inf))
    turn = exact_turn(ax, ay, bx, by, px, py)
    assert orientation(ax, ay, bx, by, px, py) == turn
    assert orient(*(np.array([v]) for v in (ax, ay, bx, by, px, py))).tolist() == [turn]
    in_box = min(ax, bx) <= px <= max(ax, bx) and min(ay, by) <= py <= max(ay, by)
    assert is_on_edge(ax, ay, bx, by, px, py) == (turn == 0 and in_box)
    if a != b:
        moved = side(ax, ay, bx, by, px, py)
        assert moved == (turn or _turn_after_move(ax, ay, bx, by))
        assert moved == -side(bx, by, ax, ay, px, py)


def _turn_after_move(ax, ay, bx, by):
    """Side of a point on the line after a step east, or north when the edge is level."""
    return exact_turn(0, 0, bx - ax, by - ay, 1, 0) or exact_turn(0, 0, bx - ax, by - ay, 0, 1)


@pytest.mark.parametrize("count", [1, 2, 511, 512, 513, 1025])
def test_blocks_of_any_length(count):
    coverage = jagged_coverage(50)
    lon, lat = town_points(coverage, count).T
    index = PointIndex.build(coverage.polygons)
    expected = [index.label(lon=x, lat=y) for x, y in zip(lon.tolist(), lat.tolist(), strict=True)]
    assert index.labels(lon=lon, lat=lat).tolist() == expected
