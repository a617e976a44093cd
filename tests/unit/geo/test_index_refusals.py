"""What is no valid coverage is refused, with findings that say where."""

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Polygon, box
from unit.geo.adversarial import geos_labels
from unit.geo.atlas import read_counties
from unit.geo.coverages import jagged_coverage

from geo.coverage_errors import CoverageFault, InvalidCoverage
from geo.errors import GeoError
from geo.index import PointIndex

BOW_TIE = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
FLAT = Polygon([(0, 0), (1, 1), (0, 0), (1, 1), (0, 0)])
with np.errstate(invalid="ignore"):
    NOT_A_NUMBER = Polygon([(0, 0), (1, np.nan), (1, 1)])
FLAT_HOLE = Polygon(box(0, 0, 3, 3).exterior, [[(1, 1), (2, 2), (1, 1), (1, 1)]])


def findings_of(polygons, **how):
    with pytest.raises(InvalidCoverage) as caught:
        PointIndex.build(polygons, **how)
    return caught.value.findings


@pytest.mark.parametrize(
    ("polygons", "fault", "labels"),
    [
        ([], CoverageFault.EMPTY, ()),
        ([box(0, 0, 1, 1), LineString([(0, 0), (1, 1)])], CoverageFault.NOT_POLYGON, (2,)),
        ([Polygon(), box(0, 0, 1, 1)], CoverageFault.NOT_POLYGON, (1,)),
        ([box(0, 0, 1, 1), None], CoverageFault.NOT_POLYGON, (2,)),
        ([box(0, 0, 1e99, 1)], CoverageFault.OUT_OF_RANGE, (1,)),
        ([box(0, 0, 1e-99, 1)], CoverageFault.OUT_OF_RANGE, (1,)),
        ([Polygon([(0, 0), (np.inf, 0), (1, 1)])], CoverageFault.OUT_OF_RANGE, (1,)),
        ([NOT_A_NUMBER], CoverageFault.OUT_OF_RANGE, (1,)),
        ([box(5, 0, 6, 1), FLAT], CoverageFault.DEGENERATE_RING, (2,)),
        ([FLAT_HOLE], CoverageFault.DEGENERATE_RING, (1,)),
        ([box(5, 0, 6, 1), BOW_TIE], CoverageFault.INVALID_POLYGON, (2,)),
        ([MultiPolygon([box(0, 0, 1, 1), box(1, 0, 2, 1)])], CoverageFault.INVALID_POLYGON, (1,)),
        ([box(0, 0, 2, 1), box(1, 0, 3, 1)], CoverageFault.EDGE_MISMATCH, (1,)),
        ([box(0, 0, 2, 2), box(2, 0, 3, 1)], CoverageFault.EDGE_MISMATCH, (1,)),  # no vertex
        ([box(0, 0, 1, 1), box(0, 0, 1, 1)], CoverageFault.EDGE_MISMATCH, (1,)),
        ([box(0, 0, 9, 9), box(1, 1, 2, 2)], CoverageFault.EDGE_MISMATCH, (2,)),
        ([box(0, 0, 2, 2), box(0, 0, 2, 2), box(0, 0, 2, 2)], CoverageFault.EDGE_MISMATCH, (1,)),
    ],
)
def test_findings_name_the_fault_and_the_label(polygons, fault, labels):
    first = findings_of(polygons)[0]
    assert (first.fault, first.labels) == (fault, labels)
    assert fault.message in str(first)


@pytest.mark.parametrize(
    ("polygons", "where"),
    [([BOW_TIE], (1, 1)), ([FLAT], (0, 0)), ([box(0, 0, 2, 1), box(2, 0, 3, 2)], None)],
)
def test_findings_say_where(polygons, where):
    found = findings_of(polygons)[0].where
    assert found == where or (where is None and found[0] == 2)


@pytest.mark.parametrize(
    "polygons",
    [
        [box(0, 0, 1, 1)] * 3,
        [MultiPolygon([box(0, 0, 1, 1), box(1, 0, 2, 1)])],
    ],
)
def test_an_edge_used_too_often_is_refused_even_when_the_caller_has_checked(polygons):
    findings = findings_of(polygons, checked=True)
    assert {finding.fault for finding in findings} == {CoverageFault.EDGE_OVERUSED}
    assert all(1 in finding.labels and finding.where for finding in findings)


def test_a_refusal_is_one_of_geos_errors_and_a_value_error():
    with pytest.raises(GeoError, match=r"EMPTY .*没有任何区域"):
        PointIndex.build([])
    assert issubclass(InvalidCoverage, ValueError)


def test_a_vertex_moved_by_one_ulp_makes_an_overlap_or_a_gap():
    """An overlap is refused, however thin; a gap is none of our business, and answered exactly."""
    original = jagged_coverage(80).polygons
    rng = np.random.default_rng(2)
    refused = 0
    for moved in range(len(original)):
        polygons = original.copy()
        points = shapely.get_coordinates(polygons[moved])
        vertex, axis = rng.integers(1, len(points) - 1), rng.integers(0, 2)
        points[vertex, axis] = np.nextafter(points[vertex, axis], rng.choice([-np.inf, np.inf]))
        polygons[moved] = Polygon(points)
        near = _around(points[vertex - 1 : vertex + 2])
        try:
            index = PointIndex.build(polygons)
        except InvalidCoverage:
            refused += 1
        else:
            labels = index.labels(lon=near[:, 0], lat=near[:, 1])
            assert (labels == geos_labels(polygons, near)).all()
    assert 20 < refused < 60


def _around(corner):
    """Points along the two edges of a corner and up to two ulps off them."""
    t = np.linspace(0.0, 1.0, 15)[:, None]
    line = np.concatenate([corner[1] * (1 - t) + corner[k] * t for k in (0, 2)])
    steps = np.array([(i, j) for i in range(-2, 3) for j in range(-2, 3)])
    return (line[:, None, :] + steps * np.spacing(line)[:, None, :]).reshape(-1, 2)


def test_real_counties_with_all_their_faults_are_refused():
    findings = findings_of(read_counties())
    assert len(findings) == 22
    assert {finding.fault for finding in findings} == {CoverageFault.INVALID_POLYGON}
    assert all(finding.where for finding in findings)


def test_gaps_and_areas_apart_are_no_fault():
    index = PointIndex.build([box(0, 0, 1, 1), box(7, 7, 8, 8), box(1, 1, 2, 2)])
    assert index.label(lon=7.5, lat=7.5) == 2
