"""The deciding function on the shipped street: exact, by each level, the same at every door."""

import itertools
import math

import numpy as np
import pytest
import shapely
import shipped
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.assignment import CARRIAGEWAY_M, assign, decide, radius_m
from boundaries.batch import decide_batch
from boundaries.model import AssignmentStatus
from boundaries.seed import read_seed
from geo.datums import Datum, added_uncertainty_m, from_cgcs2000, read_point
from geo.points import LonLat, bearing_deg, compass, distance_m
from geo.projections import to_degrees, to_metres

SEED = 20211008  # the notice's own date


@pytest.fixture(scope="module")
def territory():
    return shipped.territory()


@pytest.fixture(scope="module")
def street():
    return read_seed().street.geometry


def random_points(shape, count, seed=SEED):
    """So many points inside a shape, the same on every machine."""
    chance, west, south, east, north = np.random.default_rng(seed), *shape.bounds
    kept = np.empty((0, 2))
    while len(kept) < count:
        more = chance.uniform((west, south), (east, north), (count, 2))
        kept = np.vstack([kept, more[shapely.contains_properly(shape, shapely.points(more))]])
    return kept[:count].T


def shared_edges():
    """The edges two communities have in common, once each, as (start, end) in degrees."""
    seen, shared = set(), []
    for shape in shipped.communities()[1]:
        for part in shapely.get_parts(shape):
            for ring in (part.exterior, *part.interiors):
                corners = [tuple(c) for c in shapely.get_coordinates(ring)]
                for edge in itertools.pairwise(corners):
                    key = tuple(sorted(edge))
                    if key in seen:
                        shared.append(key)
                    seen.add(key)
    return np.array(shared)


def vertices():
    every = np.vstack([shapely.get_coordinates(shape) for shape in shipped.communities()[1]])
    return np.unique(every, axis=0).T


def at_metres(easting, northing):
    lon, lat = to_degrees(easting=np.atleast_1d(easting), northing=np.atleast_1d(northing))
    return LonLat(float(lon[0]), float(lat[0]))


def beside(line_m, along, off):
    """A point `off` metres to the left of a line in metres, at a share of its length."""
    here = np.array(line_m.interpolate(along, normalized=True).coords[0])
    there = np.array(line_m.interpolate(min(along + 1e-4, 1.0), normalized=True).coords[0])
    if along + 1e-4 > 1.0:
        there, here = here, np.array(line_m.interpolate(along - 1e-4, normalized=True).coords[0])
    east, north = (there - here) / np.hypot(*(there - here))
    return at_metres(here[0] - off * north, here[1] + off * east)


# R14: the acceptance test of the shipped edition


def test_every_random_point_of_the_street_lies_in_exactly_one_community(territory, street):
    lon, lat = random_points(street, 100_000)
    count, lowest = shipped.covering(lon, lat)
    assert (count == 1).all()
    assert (territory.index.labels(lon=lon, lat=lat) == lowest).all()


def test_every_vertex_gets_one_community_the_lowest_code_that_covers(territory):
    lon, lat = vertices()
    count, lowest = shipped.covering(lon, lat)
    assert (count >= 1).all()
    assert (count >= 2).any()
    assert (territory.index.labels(lon=lon, lat=lat) == lowest).all()


def test_every_shared_edge_midpoint_gets_one_community(territory):
    (a, b) = shared_edges().transpose(1, 0, 2)
    lon, lat = ((a + b) / 2).T
    assert len(lon) > 50
    labels = territory.index.labels(lon=lon, lat=lat)
    assert (labels == shipped.covering(lon, lat)[1]).all()
    assert (labels > 0).all(), "rounding of a midpoint must never open a gap"


def test_the_sector_of_the_community_is_the_sector_of_the_point(territory, street):
    lon, lat = random_points(street, 20_000)
    points = shapely.points(lon, lat)
    labels = territory.index.labels(lon=lon, lat=lat) - 1
    for at, sector in enumerate(territory.sectors):
        inside = shapely.covers(sector.geometry, points)
        assert (inside == (territory.sector_of[labels] == at)).all()


def test_twelve_grids_five_west_and_seven_east(territory):
    parents = [area.parent for area in territory.communities]
    assert [parents.count(code) for code in ("140901", "140902")] == [5, 7]
    assert [area.code for area in territory.sectors] == ["140901", "140902"]
    assert [area.parent for area in territory.police_areas] == ["140901", "140902"]


def test_police_areas_coincide_with_the_sectors(territory, street):
    lon, lat = random_points(street, 20_000, seed=9)
    police = territory.police_index.labels(lon=lon, lat=lat) - 1
    sector = territory.sector_of[territory.index.labels(lon=lon, lat=lat) - 1]
    assert (police == sector).all()


# the tie


def test_a_vertex_of_the_dividing_line_belongs_to_140901(territory):
    line = shapely.get_coordinates(read_seed().split_line.geometry)
    on_both = [
        corner
        for corner in line
        if all(shapely.covers(s.geometry, shapely.Point(corner)) for s in territory.sectors)
    ]
    assert len(on_both) >= 3, "the dividing line's own corners are corners of both 片区"
    lon, lat = np.array(on_both).T
    labels = territory.index.labels(lon=lon, lat=lat) - 1
    assert {territory.sectors[territory.sector_of[label]].code for label in labels} == {"140901"}


def test_a_point_on_the_line_waits_for_a_person_but_has_its_lower_code_label(territory):
    corner = shared_edges()[0][0]
    answer = assign(territory, point=LonLat(*map(float, corner)), radius=20.0)
    assert answer.status is AssignmentStatus.BOUNDARY_REVIEW
    assert answer.community is None
    assert answer.distance_to_boundary_m == 0.0
    assert answer.reason_code in {"ON_BOUNDARY", "BOUNDARY_ROAD"}


# the disc


@pytest.fixture(scope="module")
def split_m(territory):
    return shapely.line_merge(territory.split.line)


def test_the_radius_is_the_stated_accuracy_or_the_sources_default_but_never_below_20():
    assert radius_m(None) == radius_m(None, 5.0) == radius_m(0.0) == radius_m(19.9) == 20.0
    assert radius_m(None, 50.0) == 50.0
    assert radius_m(80.0, 50.0) == 80.0
    assert radius_m(30.0, 50.0) == 30.0


def inner_point(territory, at):
    """A place deep inside a community, and how far its nearest edge is."""
    shape = territory.community_shapes[at]
    inner = shapely.maximum_inscribed_circle(shape, tolerance=1.0)
    centre = shapely.get_coordinates(inner)[0]
    return at_metres(*centre), float(shapely.length(inner))


@pytest.mark.parametrize("at", range(12))
def test_a_disc_wholly_inside_is_assigned_at_every_level(territory, at):
    point, room = inner_point(territory, at)
    answer = assign(territory, point=point, radius=max(20.0, room - 5))
    community = territory.communities[at]
    assert answer.status is AssignmentStatus.ASSIGNED
    assert answer.community == community.named
    assert answer.sector.code == community.parent
    assert answer.police_area == territory.police_area_of(community.parent).named
    assert answer.candidates == ()
    assert answer.reason_code is None
    assert answer.provisional
    assert community.name in answer.explanation[0]
    assert answer.edition.name in answer.explanation[-1]


@pytest.mark.parametrize("at", range(12))
def test_the_same_disc_a_little_larger_waits_for_a_person(territory, at):
    point, room = inner_point(territory, at)
    answer = assign(territory, point=point, radius=room + 5)
    assert answer.status is AssignmentStatus.BOUNDARY_REVIEW
    assert answer.community is None
    assert len(answer.candidates) >= 2


def community_edge_within_a_sector(territory):
    """A point on an edge of two communities of one 片区, far from every other 片区."""
    for a, b in shared_edges():
        lon, lat = (a + b) / 2
        easting, northing = to_metres(lon=np.array([lon]), lat=np.array([lat]))
        if territory.sector_edges.distance(shapely.points(easting, northing))[0] > 60:
            return LonLat(float(lon), float(lat))
    raise AssertionError("no such edge")


def test_across_a_community_edge_the_sector_stays_sure(territory):
    point = community_edge_within_a_sector(territory)
    answer = assign(territory, point=point, radius=25.0)
    assert answer.status is AssignmentStatus.BOUNDARY_REVIEW
    assert answer.community is None
    assert answer.sector is not None
    assert answer.police_area is not None
    assert {c.sector for c in answer.candidates} == {answer.sector}
    assert not any(c.outside for c in answer.candidates)
    assert "片区已定" in answer.explanation[1]


def test_across_the_dividing_line_both_levels_are_open(territory, split_m):
    answer = assign(territory, point=beside(split_m, 0.5, 3.0), radius=20.0)
    assert answer.status is AssignmentStatus.BOUNDARY_REVIEW
    assert answer.sector is answer.community is answer.police_area is None
    assert answer.reason_code == "BOUNDARY_ROAD"
    assert {c.sector.code for c in answer.candidates} == {"140901", "140902"}
    assert "新成路" in answer.explanation[0]


def test_beside_the_carriageway_it_is_only_near_the_boundary(territory, split_m):
    answer = assign(territory, point=beside(split_m, 0.5, CARRIAGEWAY_M + 2), radius=25.0)
    assert answer.reason_code == "NEAR_BOUNDARY"
    assert answer.sector is None


def outside_point(territory, along, off):
    """A point about `off` metres outside the street, near a share of its outline."""
    ring = shapely.get_parts(territory.outline.line)[0]
    for step in np.arange(along, along + 0.2, 0.01):
        for sign in (1, -1):
            point = beside(ring, step % 1.0, sign * off)
            spot = shapely.points(*to_metres(lon=np.array([point.lon]), lat=np.array([point.lat])))
            gap = shapely.distance(territory.street_shape, spot)[0]
            if gap > 0.9 * off:
                return point
    raise AssertionError("no side of the outline lies outside")


def test_across_the_outline_one_candidate_is_outside_and_names_a_neighbour(territory):
    answer = assign(territory, point=outside_point(territory, 0.3, 5.0), radius=30.0)
    assert answer.status is AssignmentStatus.BOUNDARY_REVIEW
    outside = [c for c in answer.candidates if c.outside]
    assert len(outside) == 1
    assert outside[0].community is outside[0].sector is None
    assert outside[0].belongs_to is not None
    assert answer.sector is None
    assert "误差圆跨出街道边界" in answer.explanation[1]


@pytest.mark.parametrize("along", [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95])
def test_wholly_outside_tells_distance_direction_and_neighbour(territory, along):
    point = outside_point(territory, along, 120.0)
    answer = assign(territory, point=point, radius=20.0)
    assert answer.status is AssignmentStatus.OUT_OF_AREA
    assert answer.reason_code == "OUTSIDE_STREET"
    assert answer.sector is answer.community is answer.police_area is None
    assert 100.0 <= answer.distance_to_boundary_m <= 121.0
    assert answer.belongs_to in [area.named for area in territory.neighbours]
    assert answer.belongs_to.name in answer.explanation[-2]
    spot = shapely.Point(point.lon, point.lat)
    owner = next(a for a in territory.neighbours if a.named == answer.belongs_to)
    assert shapely.covers(owner.geometry, spot)


def test_the_direction_is_seen_from_the_nearest_border(territory):
    east = assign(territory, point=LonLat(121.33, 31.388), radius=20.0)
    west = assign(territory, point=LonLat(121.20, 31.388), radius=20.0)
    assert (east.direction, west.direction) == ("东", "西")


def test_distances_agree_with_the_geodesic(territory):
    point = outside_point(territory, 0.5, 500.0)
    answer = assign(territory, point=point, radius=20.0)
    outline = shapely.boundary(shapely.union_all([s.geometry for s in territory.sectors]))
    corners = [LonLat(*c) for c in shapely.get_coordinates(shapely.segmentize(outline, 1e-5))]
    nearest = min(corners, key=lambda corner: distance_m(corner, point))
    assert answer.distance_to_boundary_m == pytest.approx(distance_m(nearest, point), abs=0.5)
    assert answer.direction == compass(bearing_deg(nearest, point))


def test_far_away_belongs_to_nobody_we_know(territory):
    answer = assign(territory, point=LonLat(121.50, 31.23), radius=20.0)
    assert answer.status is AssignmentStatus.OUT_OF_AREA
    assert answer.belongs_to is None
    assert "先核对地址和坐标系" in answer.explanation[-2]


def test_a_disc_as_large_as_the_district_is_never_sure(territory):
    answer = assign(territory, point=LonLat(121.2655, 31.3885), radius=100_000.0)
    assert answer.status is AssignmentStatus.BOUNDARY_REVIEW
    assert sum(c.share for c in answer.candidates) == pytest.approx(1.0, abs=0.01)


WEST, SOUTH, EAST, NORTH = read_seed().street.geometry.bounds
AROUND = st.builds(
    LonLat,
    st.floats(WEST - 0.003, EAST + 0.003),
    st.floats(SOUTH - 0.003, NORTH + 0.003),
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(point=AROUND, radius=st.floats(20.0, 400.0))
def test_what_must_hold_anywhere(point, radius):
    territory = shipped.territory()
    answer = assign(territory, point=point, radius=radius)
    assert answer == assign(territory, point=point, radius=radius)
    assert answer.explanation
    match answer.status:
        case AssignmentStatus.ASSIGNED:
            assert answer.community
            assert answer.sector
            assert answer.distance_to_boundary_m >= round(radius, 1) - 0.1
            assert answer.sector.code == territory.community(answer.community.code).parent
        case AssignmentStatus.OUT_OF_AREA:
            assert answer.sector is answer.community is None
            assert answer.direction
        case AssignmentStatus.BOUNDARY_REVIEW:
            assert answer.community is None
            assert sum(c.share for c in answer.candidates) == pytest.approx(1.0, abs=0.01)
            shares = [c.share for c in answer.candidates]
            assert shares == sorted(shares, reverse=True)
            owners = {c.sector for c in answer.candidates}
            assert (answer.sector is not None) == (len(owners) == 1), answer
            assert len(answer.candidates) >= 2, answer
            if answer.sector is None and not any(c.outside for c in answer.candidates):
                assert "误差圆跨两个片区" in answer.explanation[1]


@pytest.mark.parametrize("short_m", [0.001, 0.01, 0.1, 0.5])
def test_a_disc_that_only_just_crosses_still_names_both_sides(territory, split_m, short_m):
    point = beside(split_m, 0.5, 40.0)
    spot = shapely.points(*to_metres(lon=np.array([point.lon]), lat=np.array([point.lat])))
    radius = float(territory.sector_edges.distance(spot)[0]) + short_m
    answer = assign(territory, point=point, radius=radius)
    assert answer.status is AssignmentStatus.BOUNDARY_REVIEW
    assert {c.sector.code for c in answer.candidates if c.sector} == {"140901", "140902"}


@pytest.mark.parametrize("short_m", [0.001, 0.01, 0.1])
def test_a_disc_that_only_just_leaves_the_street_says_so(territory, short_m):
    line = shapely.get_parts(territory.outline.line)[0]
    for off in (60.0, -60.0):
        point = beside(line, 0.37, off)
        spot = shapely.points(*to_metres(lon=np.array([point.lon]), lat=np.array([point.lat])))
        if shapely.covers(territory.street_shape, spot)[0]:
            break
    radius = float(territory.outline.distance(spot)[0]) + short_m
    answer = assign(territory, point=point, radius=radius)
    assert any(c.outside for c in answer.candidates), answer
    assert "误差圆跨出街道边界" in answer.explanation[1]


# every door gives the same answer


@pytest.fixture(scope="module")
def sample(street):
    inside = random_points(street, 300, seed=1)
    wide = random_points(street.buffer(0.01), 200, seed=2)
    return np.hstack([inside, wide])


@pytest.mark.parametrize("crs", list(Datum))
def test_batch_and_single_agree(territory, sample, crs):
    lon, lat = from_cgcs2000(lon=sample[0], lat=sample[1], datum=crs)
    accuracy = np.random.default_rng(3).choice([np.nan, 5.0, 20.0, 45.0, 150.0], len(lon))
    batch = decide_batch(territory, lon=lon, lat=lat, crs=str(crs), accuracy_m=accuracy)
    singles = []
    for x, y, stated in zip(lon, lat, accuracy, strict=True):
        read = read_point(lon=float(x), lat=float(y), crs=str(crs))
        radius = radius_m(None if math.isnan(stated) else stated) + added_uncertainty_m(read.datum)
        singles.append(assign(territory, point=read.point, radius=radius))
    assert batch.status == [str(a.status) for a in singles]
    assert batch.sector == [a.sector.code if a.sector else None for a in singles]
    assert batch.community == [a.community.code if a.community else None for a in singles]
    assert batch.reason_code == [a.reason_code for a in singles]
    assert {"assigned", "boundary_review", "out_of_area"} <= set(batch.status)


def test_a_shifted_pair_lands_where_its_twin_lands(territory, sample):
    twin_lon, twin_lat = from_cgcs2000(lon=sample[0], lat=sample[1], datum=Datum.GCJ02)
    for x, y, gx, gy in zip(*sample, twin_lon, twin_lat, strict=True):
        here = assign(territory, point=LonLat(x, y), radius=22.0)
        read = read_point(lon=float(gx), lat=float(gy), crs="gcj02")
        there = assign(territory, point=read.point, radius=22.0)
        assert (here.status, here.sector, here.community) == (
            there.status,
            there.sector,
            there.community,
        )


def test_batch_leaves_bad_points_without_a_place_and_decides_the_others(territory):
    lon = np.array([121.2655, np.nan, 31.3885, 0.0, 121.0, np.inf])
    lat = np.array([31.3885, 31.3885, 121.2655, 0.0, 31.0, 31.3885])
    batch = decide_batch(territory, lon=lon, lat=lat, crs="WGS84", accuracy_m=np.full(6, np.nan))
    assert batch.status == ["assigned"] + ["no_location"] * 5
    assert batch.reason_code[1:] == [
        "NO_LOCATION",
        "AXES_SWAPPED",
        "ZERO_ISLAND",
        "INTEGER_DEGREES",
        "NOT_FINITE",
    ]
    assert batch.community[1:] == batch.sector[1:] == [None] * 5


def test_batch_without_a_declared_datum_places_nothing(territory):
    one = np.array([121.2655])
    batch = decide_batch(
        territory, lon=one, lat=np.array([31.3885]), crs=None, accuracy_m=np.array([10.0])
    )
    assert (batch.status, batch.reason_code) == (["no_location"], ["CRS_UNDECLARED"])


def test_batch_of_nothing_is_nothing(territory):
    none = np.array([])
    batch = decide_batch(territory, lon=none, lat=none, crs="WGS84", accuracy_m=none)
    assert batch.status == []


def test_many_points_are_decided_alike_in_any_company(territory, sample):
    lon, lat = sample
    radius = np.full(len(lon), 25.0)
    whole = decide(territory, lon=lon, lat=lat, radius=radius)
    turned = decide(territory, lon=lon[::-1], lat=lat[::-1], radius=radius)
    assert (whole.community == turned.community[::-1]).all()
    assert (whole.edge_m == turned.edge_m[::-1]).all()
