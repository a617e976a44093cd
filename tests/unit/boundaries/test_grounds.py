"""How much of a roughly known position lies in each grid."""

import itertools
import math
import time

import numpy as np
import pytest
import shapely
import shipped

from boundaries.grounds import OUTSIDE, TerritoryGrounds
from boundaries.seed import read_seed
from geo.points import LonLat
from geo.projections import to_degrees, to_metres

CENTRE = LonLat(121.270, 31.3865)  # 新望社区
MALU = LonLat(121.30, 31.3885)


@pytest.fixture(scope="module")
def grounds():
    return TerritoryGrounds(shipped.territory())


def at_metres(easting, northing):
    lon, lat = to_degrees(easting=easting, northing=northing)
    return LonLat(float(lon), float(lat))


def by_code(shares):
    return {share.code: share.share for share in shares}


def straight_edge():
    """The middle of the longest straight piece of the dividing line, and its normal to the west."""
    line = shapely.line_merge(shipped.territory().split.line)
    corners = max(
        (piece for part in shapely.get_parts(line)
         for piece in itertools.pairwise(shapely.get_coordinates(part))),
        key=lambda piece: float(np.hypot(*(piece[1] - piece[0]))),
    )  # fmt: skip
    a, b = (np.asarray(corner) for corner in corners)
    along = (b - a) / np.hypot(*(b - a))
    return (a + b) / 2, np.array([-along[1], along[0]]), float(np.hypot(*(b - a)))


@pytest.mark.parametrize("deviations", [-2.05, -1.0, 0.0, 0.4, 1.5, 2.05, 2.8])
def test_beside_a_straight_edge_the_mass_is_the_normal_distributions(grounds, deviations):
    middle, across, length = straight_edge()
    sigma = length / 8
    one_side = at_metres(*(middle + across * deviations * sigma))
    shares = grounds.shares(one_side, sigma)
    sectors = {}
    for share in shares:
        sectors[share.sector] = sectors.get(share.sector, 0.0) + share.share
    expected = 0.5 * (1 + math.erf(abs(deviations) / math.sqrt(2)))
    assert max(sectors.values()) == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize("sigma", [15.0, 60.0, 150.0, 600.0])
def test_the_mass_agrees_with_many_random_points(grounds, sigma):
    chance = np.random.default_rng(4)
    territory = shipped.territory()
    for code in ("14090101", "14090104", "14090203", "14090207"):
        inner = shapely.point_on_surface(territory.community(code).geometry)
        point = LonLat(inner.x, inner.y)
        east, north = to_metres(lon=point.lon, lat=point.lat)
        spread = chance.normal(scale=sigma, size=(2, 40_000))
        lon, lat = to_degrees(easting=east + spread[0], northing=north + spread[1])
        labels = territory.index.labels(lon=lon, lat=lat)
        got = by_code(grounds.shares(point, sigma))
        for label, area in enumerate((None, *(a.code for a in territory.communities))):
            assert got.get(area, 0.0) == pytest.approx(np.mean(labels == label), abs=0.012)


def test_shares_sum_to_one_come_largest_first_and_never_differ(grounds):
    for sigma in (0.0, 8.0, 60.0, 400.0, 5000.0):
        shares = grounds.shares(CENTRE, sigma)
        assert math.isclose(sum(share.share for share in shares), 1.0)
        assert [s.share for s in shares] == sorted((s.share for s in shares), reverse=True)
        assert TerritoryGrounds(shipped.territory()).shares(CENTRE, sigma) == shares


def test_far_from_every_edge_it_is_one_grids_alone(grounds):
    [share] = grounds.shares(CENTRE, 10.0)
    assert (share.code, share.sector, share.share) == ("14090202", "140902", 1.0)
    [beyond] = grounds.shares(MALU, 60.0)
    assert (beyond.code, beyond.name, beyond.sector) == (None, OUTSIDE, None)
    [elsewhere] = grounds.shares(LonLat(80.0, 40.0), 60.0)
    assert elsewhere.code is None


def test_a_call_takes_a_fraction_of_a_millisecond(grounds):
    def took(sigma):
        # The thread's own time: a loaded machine is no fault of the code.
        begun = time.thread_time()
        for _ in range(20):
            grounds.shares(CENTRE, sigma)
        return (time.thread_time() - begun) / 20

    for sigma in (10.0, 60.0):
        assert min(took(sigma) for _ in range(15)) < 0.0006


def test_the_dividing_road_belongs_to_both_sides(grounds):
    [split] = [road for road in read_seed().roads if road.name == "新成路"]
    line = [LonLat(*corner) for corner in shapely.get_coordinates(split.geometry)]
    shares = grounds.along(line)
    west, east = (sum(s.share for s in shares if s.sector == c) for c in ("140901", "140902"))
    assert math.isclose(sum(share.share for share in shares), 1.0)
    assert west == pytest.approx(east, abs=0.1)
    assert min(west, east) > 0.3


def test_a_line_within_a_grid_is_its_alone_and_one_of_a_point_too(grounds):
    further = LonLat(CENTRE.lon + 0.0003, CENTRE.lat)
    for line in ((CENTRE, further), (CENTRE, CENTRE, further), (CENTRE,), (CENTRE, CENTRE)):
        assert by_code(grounds.along(line)) == {"14090202": 1.0}
    assert grounds.along(()) == ()
    half = by_code(grounds.along((CENTRE, LonLat(121.30, 31.3865))))
    assert set(half) >= {None, "14090202"}


def test_towns_and_areas_by_name_and_code(grounds):
    assert grounds.town(MALU) == "马陆镇"
    assert grounds.town(CENTRE) is None
    assert grounds.town(LonLat(116.39, 39.9)) is None
    assert grounds.area("14090101").name == "仓场社区网格"
    assert grounds.area("140901") is grounds.area("") is None
