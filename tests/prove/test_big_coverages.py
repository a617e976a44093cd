"""Exactness of the point index on sets too big for `make test`: run by `make prove`.

Zero differences from GEOS, from the numpy reference and from rational arithmetic.
"""

import numpy as np
import pytest
import shapely
from unit.geo.adversarial import adversarial_points, assert_exact
from unit.geo.atlas import clean_counties, read_counties
from unit.geo.coverages import PROVINCE, QUARTER, jagged_coverage, town_points

pytestmark = pytest.mark.slow


def test_a_hundred_thousand_areas():
    coverage = jagged_coverage(100_000, box=PROVINCE, clusters=60)
    assert len(coverage.polygons) == 100_000
    points = [adversarial_points(coverage.polygons, 40_000), town_points(coverage, 1_000_000)]
    assert_exact(coverage.polygons, np.concatenate(points), rational=20_000)


def test_six_thousand_areas():
    coverage = jagged_coverage(6_000, seed=8)
    points = [adversarial_points(coverage.polygons, 60_000), town_points(coverage, 1_000_000)]
    assert_exact(coverage.polygons, np.concatenate(points), rational=20_000)


def test_real_counties():
    counties = clean_counties(read_counties())
    west, south, east, north = shapely.total_bounds(counties)
    anywhere = np.random.default_rng(1).uniform((west, south), (east, north), (1_000_000, 2))
    points = np.concatenate([adversarial_points(counties, 60_000), anywhere])
    assert_exact(counties, points, rational=20_000)


@pytest.mark.parametrize("seed", range(100))
def test_many_small_coverages(seed):
    coverage = jagged_coverage(
        1 + 3 * seed, box=QUARTER, seed=seed, clusters=seed % 4, mean_pieces=2 + seed % 20
    )
    points = adversarial_points(coverage.polygons, 2_000, seed=seed)
    assert_exact(coverage.polygons, points, rational=500)
