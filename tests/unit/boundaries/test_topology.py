"""The check finds nothing in the shipped set and something in every spoiled one."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box

from boundaries.drafts import DraftArea
from boundaries.model import Level
from boundaries.seed import read_seed
from boundaries.topology import FindingKind, Severity, _ground, findings
from geo.projections import geometry_to_degrees, geometry_to_metres

SEED = read_seed()
SPLIT = SEED.split_line.geometry
KIND = FindingKind


def check(*, street=SEED.street, sectors=SEED.sectors, communities=SEED.communities,
          police=SEED.police_areas, split=SPLIT):  # fmt: skip
    return findings(street, sectors, communities, police, split)


def kinds(found):
    return {finding.kind for finding in found}


def swap(areas, at, **changes):
    return (*areas[:at], replace(areas[at], **changes), *areas[at + 1 :])


def moved_vertex(polygon, at, east_m, north_m):
    """The polygon with one vertex (not the closing one) pushed away by metres."""
    ring = shapely.get_coordinates(geometry_to_metres(polygon))[:-1]
    ring[at % len(ring)] += (east_m, north_m)
    return geometry_to_degrees(Polygon(ring))


def shrunk(polygon, metres):
    return geometry_to_degrees(geometry_to_metres(polygon).buffer(-metres))


def test_the_shipped_set_is_sound():
    assert check() == ()


def test_ring_direction_is_no_fault():
    turned = swap(SEED.communities, 0, geometry=SEED.communities[0].geometry.reverse())
    assert check(communities=turned) == ()


def test_how_many_areas_is_not_a_constant():
    """Two community grids merged into one are as sound as before."""
    a, b, *rest = SEED.communities[5:]
    merged = shapely.coverage_union_all(
        [SEED.communities[0].geometry, SEED.communities[1].geometry]
    )
    assert merged.geom_type == "Polygon"
    first = replace(SEED.communities[0], geometry=merged)
    assert check(communities=(first, *SEED.communities[2:5], a, b, *rest)) == ()


def test_an_overlap_too_thin_to_have_a_length_in_metres_is_a_sliver():
    east, north = np.nextafter(121.269, 999), np.nextafter(31.382, 999)
    north2 = np.nextafter(north, 999)
    thin = Polygon([(east, north), (east, north2), (np.nextafter(east, 999), north)])
    assert thin.area > 0
    assert geometry_to_metres(thin).length == 0
    (found,) = _ground(FindingKind.OVERLAP, ("1", "2"), "一与二重叠", [thin])
    assert found.kind is FindingKind.SLIVER


community = st.integers(0, len(SEED.communities) - 1)
push = st.floats(0.05, 400).flatmap(
    lambda r: st.floats(0, 2 * np.pi).map(lambda a: (r * np.cos(a), r * np.sin(a)))
)


@given(which=community, vertex=st.integers(0, 200), away=push)
@settings(max_examples=40, deadline=None)
def test_a_moved_vertex_is_found(which, vertex, away):
    geometry = moved_vertex(SEED.communities[which].geometry, vertex, *away)
    found = check(communities=swap(SEED.communities, which, geometry=geometry))
    assert found
    assert {finding.severity for finding in found} == {Severity.ERROR}
    code = SEED.communities[which].code
    assert any(code in f.codes or SEED.communities[which].parent in f.codes for f in found)


@given(which=community)
@settings(max_examples=12, deadline=None)
def test_a_missing_area_is_a_gap_of_its_size(which):
    lost = SEED.communities[which]
    found = check(communities=tuple(c for c in SEED.communities if c is not lost))
    assert kinds(found) == {KIND.GAP}
    assert found[0].codes == (lost.parent,)
    size = geometry_to_metres(lost.geometry).area
    assert sum(finding.amount for finding in found) == pytest.approx(size, rel=1e-6)
    where = found[0].where
    assert lost.geometry.covers(Point(where.lon, where.lat))


@given(which=community)
@settings(max_examples=12, deadline=None)
def test_a_doubled_area_is_found(which):
    double = SEED.communities[which]
    found = check(communities=(*SEED.communities, double))
    assert kinds(found) == {KIND.DUPLICATE_CODE, KIND.OVERLAP}
    (overlap,) = (finding for finding in found if finding.kind is KIND.OVERLAP)
    size = geometry_to_metres(double.geometry).area
    assert overlap.amount == pytest.approx(size, rel=1e-6)
    assert overlap.unit == "m²"


@given(which=community, metres=st.floats(0.1, 30))
@settings(max_examples=15, deadline=None)
def test_a_shrunk_area_is_found(which, metres):
    geometry = shrunk(SEED.communities[which].geometry, metres)
    found = check(communities=swap(SEED.communities, which, geometry=geometry))
    assert kinds(found) & {KIND.GAP, KIND.SLIVER}


@given(which=community, metres=st.floats(0.1, 30))
@settings(max_examples=15, deadline=None)
def test_a_swollen_area_is_found(which, metres):
    geometry = shrunk(SEED.communities[which].geometry, -metres)
    found = check(communities=swap(SEED.communities, which, geometry=geometry))
    assert kinds(found) & {KIND.OVERLAP, KIND.OUTSIDE_PARENT, KIND.SLIVER}


@given(which=community, at=st.integers(0, 200), share=st.floats(0.2, 0.8))
@settings(max_examples=15, deadline=None)
def test_a_vertex_the_neighbour_lacks_is_found(which, at, share):
    """Even a node in the middle of an edge: the index needs common edges to be identical."""
    ring = shapely.get_coordinates(SEED.communities[which].geometry)
    at %= len(ring) - 1
    middle = ring[at] + share * (ring[at + 1] - ring[at])
    geometry = Polygon(np.insert(ring, at + 1, middle, axis=0))
    others = [c.geometry for i, c in enumerate(SEED.communities) if i != which]
    is_shared = any(g.boundary.distance(Point(middle)) < 1e-9 for g in others)
    found = check(communities=swap(SEED.communities, which, geometry=geometry))
    if is_shared:
        assert kinds(found) & {KIND.EDGE_MISMATCH, KIND.SLIVER, KIND.OVERLAP}


def test_slivers_are_told_from_contested_ground():
    thin = geometry_to_degrees(geometry_to_metres(SEED.communities[0].geometry).buffer(0.05))
    found = check(communities=swap(SEED.communities, 0, geometry=thin))
    assert kinds(found) == {KIND.SLIVER}
    assert all(finding.severity is Severity.ERROR for finding in found)


def test_a_hole_inside_the_street_is_a_gap():
    east, north = 620_600.0, 3_474_800.0
    hole = geometry_to_degrees(box(east, north, east + 40, north + 25))
    at, area = next((i, c) for i, c in enumerate(SEED.communities) if c.geometry.contains(hole))
    found = check(communities=swap(SEED.communities, at, geometry=area.geometry - hole))
    assert kinds(found) == {KIND.GAP}
    assert found[0].amount == pytest.approx(1000, rel=1e-3)
    assert hole.covers(Point(found[0].where.lon, found[0].where.lat))
    assert "1000.0 平方米" in found[0].detail


def test_sectors_must_fill_the_street():
    found = check(
        sectors=SEED.sectors[:1], communities=SEED.communities[:5], police=SEED.police_areas[:1]
    )
    assert kinds(found) == {KIND.GAP, KIND.SPLIT_LINE_OFF}
    assert ("310114001",) in {finding.codes for finding in found}


def test_a_child_outside_its_parent():
    """A community filed under the other 片区: outside it, and missing from its own."""
    found = check(communities=swap(SEED.communities, 5, parent="140901"))
    assert kinds(found) == {KIND.OUTSIDE_PARENT, KIND.GAP}
    (outside,) = (finding for finding in found if finding.kind is KIND.OUTSIDE_PARENT)
    assert outside.codes == ("14090201", "140901")


def test_unknown_parents():
    found = check(communities=swap(SEED.communities, 3, parent="140903"))
    assert KIND.UNKNOWN_PARENT in kinds(found)
    found = check(sectors=swap(SEED.sectors, 0, parent=None))
    assert kinds(found) == {KIND.UNKNOWN_PARENT}


@pytest.mark.parametrize(
    ("changes", "kind"),
    [({"code": None}, KIND.MISSING_CODE), ({"code": ""}, KIND.MISSING_CODE),
     ({"name": None}, KIND.MISSING_NAME), ({"code": "14090102"}, KIND.DUPLICATE_CODE)],
)  # fmt: skip
def test_names_and_codes(changes, kind):
    found = check(communities=swap(SEED.communities, 0, **changes))
    assert kinds(found) == {kind}


def test_every_level_needs_codes():
    nameless = {"code": None, "name": None}
    for found in (
        check(street=replace(SEED.street, **nameless)),
        check(sectors=swap(SEED.sectors, 0, **nameless)),
        check(police=swap(SEED.police_areas, 0, **nameless)),
    ):
        assert {KIND.MISSING_CODE, KIND.MISSING_NAME} <= kinds(found)


def bow_tie():
    return Polygon([(121.26, 31.38), (121.27, 31.39), (121.27, 31.38), (121.26, 31.39)])


@pytest.mark.parametrize(
    ("geometry", "kind"),
    [
        (bow_tie(), KIND.INVALID_RING),
        (Polygon(), KIND.NOT_POLYGON),
        (None, KIND.NOT_POLYGON),
        (LineString([(121.26, 31.38), (121.27, 31.39)]), KIND.NOT_POLYGON),
        (box(31.36, 121.24, 31.40, 121.28), KIND.OUT_OF_RANGE),
        (box(620_000, 3_474_000, 621_000, 3_475_000), KIND.OUT_OF_RANGE),
    ],
)
def test_broken_shapes(geometry, kind):
    found = check(communities=swap(SEED.communities, 2, geometry=geometry))
    assert kinds(found) == {kind}
    assert found[0].codes == ("14090103",)
    if kind is KIND.INVALID_RING:
        assert (found[0].where.lon, found[0].where.lat) == pytest.approx((121.265, 31.385))


def dividing(points_off):
    """The dividing line, some of its vertices pushed sideways by metres."""
    line = shapely.get_coordinates(geometry_to_metres(SPLIT))
    for at, east in points_off.items():
        line[at] += (east, 0.0)
    return geometry_to_degrees(LineString(line))


@pytest.mark.parametrize(
    ("off_m", "is_found"), [(0.004, False), (0.8, False), (1.5, True), (9, True)]
)
def test_the_shared_edge_keeps_to_the_dividing_line(off_m, is_found):
    found = check(split=dividing({9: off_m}))
    assert kinds(found) == ({KIND.SPLIT_LINE_OFF} if is_found else set())
    if is_found:
        assert found[0].amount == pytest.approx(off_m, rel=0.15)
        assert found[0].unit == "m"
        assert SEED.street.geometry.covers(Point(found[0].where.lon, found[0].where.lat))


def test_a_dividing_road_may_run_on_beyond_the_street():
    line = shapely.get_coordinates(geometry_to_metres(SPLIT))
    longer = np.vstack(
        [line[0] + 10 * (line[0] - line[1]), line, line[-1] + 5 * (line[-1] - line[-2])]
    )
    assert check(split=geometry_to_degrees(LineString(longer))) == ()
    assert check(split=None) == ()


def test_half_a_dividing_line_is_found():
    half = LineString(shapely.get_coordinates(SPLIT)[:10])
    (found,) = check(split=half)
    assert found.kind is KIND.SPLIT_LINE_OFF
    assert found.amount > 500


def test_police_areas_that_differ_are_a_warning():
    """R9 says they correspond; that they coincide is our check."""
    other = shrunk(SEED.police_areas[0].geometry, 5)
    found = check(police=swap(SEED.police_areas, 0, geometry=other))
    assert kinds(found) == {KIND.POLICE_MISMATCH}
    assert found[0].severity is Severity.WARNING
    assert found[0].codes == ("140901", "police-1")
    found = check(police=())
    assert kinds(found) == {KIND.POLICE_MISMATCH}
    assert len(found) == 2


def test_police_areas_that_overlap_are_an_error():
    found = check(police=swap(SEED.police_areas, 1, geometry=SEED.street.geometry))
    assert found[0].kind is KIND.OVERLAP
    assert found[-1].severity is Severity.WARNING  # errors come first


def test_many_small_pieces_are_told_together():
    corners = [(620_000.0 + 40 * i, 3_474_800.0) for i in range(25)]
    comb = geometry_to_degrees(np.array([box(e, n, e + 20, n + 20) for e, n in corners]))
    holed = SEED.street.geometry - shapely.union_all(comb)
    one = DraftArea(level=Level.COMMUNITY, code="1", name="一", parent="1", geometry=holed)
    sector = DraftArea(level=Level.SECTOR, code="1", name="一", parent=SEED.street.code,
                       geometry=SEED.street.geometry)  # fmt: skip
    police = DraftArea(level=Level.POLICE_AREA, code="p", name="一", parent="1",
                       geometry=SEED.street.geometry)  # fmt: skip
    found = check(sectors=[sector], communities=[one], police=[police], split=None)
    assert len(found) == 10
    assert "共 16 处" in found[-1].detail
    assert sum(finding.amount for finding in found) == pytest.approx(25 * 400, rel=0.02)


def test_findings_are_plain_values_for_the_record():
    import json

    found = check(communities=SEED.communities[1:])
    record = json.loads(json.dumps([finding.as_json() for finding in found], ensure_ascii=False))
    assert record[0]["kind"] == "GAP"
    assert record[0]["severity"] == "error"
    assert record[0]["where"]["lon"] == found[0].where.lon
