"""What PointIndex answers on small coverages one can check by eye, and how it is asked."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from shapely import MultiPolygon, Polygon, box
from unit.geo.adversarial import rational_labels
from unit.geo.coverages import jagged_coverage, town_points

from geo.index import PointIndex, warm_up

QUARTERS = [box(1, 1, 2, 2), box(0, 1, 1, 2), box(0, 0, 1, 1), box(1, 0, 2, 1)]


def labels_of(index, points):
    lon, lat = np.array(points, float).T
    labels = index.labels(lon=lon, lat=lat)
    assert labels.dtype == np.int32
    assert (labels == index.labels_reference(lon=lon, lat=lat)).all()
    assert labels.tolist() == [index.label(lon=x, lat=y) for x, y in points]
    return labels.tolist()


def test_labels_count_from_one_in_the_order_given():
    index = PointIndex.build(QUARTERS)
    assert labels_of(index, [(1.5, 1.5), (0.5, 1.5), (0.5, 0.5), (1.5, 0.5)]) == [1, 2, 3, 4]


def test_nothing_outside():
    index = PointIndex.build(QUARTERS)
    assert labels_of(index, [(-1, 0.5), (3, 0.5), (0.5, 2.5), (1e300, -1e300)]) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("point", "label"),
    [
        ((1, 1), 1),  # all four meet here
        ((1, 1.5), 1),
        ((0.5, 1), 2),
        ((1, 0.5), 3),
        ((1.5, 1), 1),
        ((2, 0), 4),  # a corner of one alone
        ((0, 0.5), 3),  # the outer edge is inside
    ],
)
def test_a_shared_edge_belongs_to_the_smallest_label(point, label):
    assert labels_of(PointIndex.build(QUARTERS), [point]) == [label]


def test_order_decides_shared_edges_and_nothing_else():
    turned = PointIndex.build(QUARTERS[::-1])
    assert labels_of(turned, [(1.5, 1.5), (0.5, 0.5), (1, 1), (1, 1.5)]) == [4, 2, 1, 3]


def test_one_polygon():
    index = PointIndex.build([Polygon([(0, 0), (4, 1), (2, 5)])])
    assert labels_of(index, [(2, 2), (0, 0), (2, 0.5), (2, 0.4999), (0, 5)]) == [1, 1, 1, 0, 0]


def test_holes_and_islands_in_them():
    ring = box(0, 0, 6, 6) - box(1, 1, 5, 5)
    index = PointIndex.build([ring, box(2, 2, 3, 3)])
    assert labels_of(index, [(0.5, 3), (1.5, 3), (2.5, 2.5), (1, 3), (2, 2.5)]) == [1, 0, 2, 1, 2]


def test_an_enclave_fills_its_hole():
    index = PointIndex.build([box(0, 0, 6, 6) - box(2, 2, 4, 4), box(2, 2, 4, 4)])
    assert labels_of(index, [(3, 3), (2, 3), (1, 1), (4, 4)]) == [2, 1, 1, 1]


def test_parts_of_one_area_may_meet_at_a_point():
    area = MultiPolygon([box(0, 0, 1, 1), box(1, 1, 2, 2), box(5, 0, 6, 1)])
    index = PointIndex.build([area, box(1, 0, 2, 1)])
    assert labels_of(index, [(1, 1), (0.5, 0.5), (5.5, 0.5), (1.5, 0.5), (3, 0.5)]) == [
        1, 1, 1, 2, 0,
    ]  # fmt: skip


def test_not_a_number_and_infinity_are_outside():
    index = PointIndex.build(QUARTERS)
    odd = [float("nan"), float("inf"), float("-inf")]
    assert labels_of(index, [(v, 0.5) for v in odd] + [(0.5, v) for v in odd]) == [0] * 6


def test_minus_zero_is_zero():
    index = PointIndex.build([box(-1, -1, -0.0, 1), box(0.0, -1, 1, 1)])
    assert labels_of(index, [(-0.0, 0.5), (0.0, 0.5), (1e-9, -0.0)]) == [1, 1, 2]


def test_numbers_near_the_smallest_do_not_lose_their_sign():
    tiny = 5e-324
    areas = [Polygon([(0, 0), (1, 0), (1, 3)]), Polygon([(0, 0), (1, 3), (0, 3)])]
    steps = (-1e-200, -3 * tiny, -tiny, 0.0, tiny, 2 * tiny, 3 * tiny, 4 * tiny, 1e-200, 3e-200)
    points = [(x, y) for x in steps for y in steps]
    assert labels_of(PointIndex.build(areas), points) == rational_labels(areas, points).tolist()


@pytest.mark.parametrize("scale", [2.0**-150, 1e-40, 1e28])
def test_scale_does_not_matter(scale):
    areas = [Polygon([(0, 0), (scale, 0), (scale, 3 * scale)])]
    points = [(scale / 3, scale), (scale / 3, np.nextafter(scale, 0)), (scale / 7, 3 * scale / 7)]
    assert labels_of(PointIndex.build(areas), points) == rational_labels(areas, points).tolist()


def test_an_index_far_from_the_origin():
    areas = [box(4e7 + k, 3.4e6, 4e7 + k + 1, 3.4e6 + 1) for k in range(50)]  # Gauss-Krüger zone 40
    points = [(4e7 + k + 0.5, 3.4e6 + 0.5) for k in range(50)]
    assert labels_of(PointIndex.build(areas), points) == list(range(1, 51))


def test_points_come_as_any_kind_of_sequence():
    index = PointIndex.build(QUARTERS)
    fixed = np.array([0.5, 1.5])
    fixed.flags.writeable = False
    strided = np.array([[0.5, 9.0], [1.5, 9.0]])[:, 0]
    for lon in (fixed, strided, fixed.astype(">f8"), fixed.astype(np.float32), [0.5, 1.5]):
        assert index.labels(lon=lon, lat=lon).tolist() == [3, 1]
    assert index.labels(lon=[1], lat=[1]).tolist() == [1]
    assert index.label(lon=1, lat=np.float64(0.5)) == 3
    assert index.labels(lon=[], lat=[]).tolist() == []
    assert index.labels_reference(lon=[], lat=[]).tolist() == []


@pytest.mark.parametrize(("lon", "lat"), [([1.0], [1.0, 2.0]), ([[1.0]], [[1.0]]), (1.0, 1.0)])
def test_points_of_unequal_count_are_refused(lon, lat):
    index = PointIndex.build(QUARTERS)
    with pytest.raises(ValueError, match="one length"):
        index.labels(lon=lon, lat=lat)


def test_threads_share_an_index():
    coverage = jagged_coverage(300)
    index = PointIndex.build(coverage.polygons)
    lon, lat = town_points(coverage, 40_000).T
    alone = index.labels(lon=lon, lat=lat)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda _: index.labels(lon=lon, lat=lat), range(8)))
    assert all((labels == alone).all() for labels in together)
    blocks = [index.labels(lon=lon[k : k + 7], lat=lat[k : k + 7]) for k in range(0, 7000, 7)]
    assert (np.concatenate(blocks) == alone[:7000]).all()


def test_nothing_is_compiled_after_warm_up():
    """A server that says it is ready answers at once."""
    from geo import index_build, index_edges, index_query

    kernels = (
        index_edges._share_edges,
        index_build._fill_grid,
        index_query.label_point,
        index_query.label_points,
    )
    warm_up()
    compiled = [list(kernel.signatures) for kernel in kernels]
    coverage = jagged_coverage(40)
    index = PointIndex.build(coverage.polygons)
    index.label(lon=0, lat=0)
    index.labels(lon=[0], lat=[0])
    assert [list(kernel.signatures) for kernel in kernels] == compiled
    assert all(len(signatures) == 1 for signatures in compiled)
