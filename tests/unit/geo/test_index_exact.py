"""PointIndex against GEOS and against rational arithmetic: zero differences, always.

Fixed samples; `tests/prove/test_big_coverages.py` asks more points of bigger sets.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import shape
from unit.geo.adversarial import adversarial_points, assert_exact
from unit.geo.atlas import clean_counties, read_counties
from unit.geo.coverages import QUARTER, jagged_coverage, town_points


SHIPPED = Path(__file__).parents[3] / "boundaries/data/communities.geojson"


def shipped_communities():
    features = json.loads(SHIPPED.read_text())["features"]
    return np.array([shape(feature["geometry"]) for feature in features], dtype=object)


@pytest.fixture(scope="module")
def counties():
    return read_counties()


def test_the_shipped_communities():
    communities = shipped_communities()
    assert len(communities) == 12
    west, south, east, north = shapely.total_bounds(communities)
    anywhere = np.random.default_rng(1).uniform((west, south), (east, north), (100_000, 2))
    points = np.concatenate([adversarial_points(communities, 5_000), anywhere])
    assert_exact(communities, points, rational=6_000)


def test_twelve_generated_areas():
    coverage = jagged_coverage(12, box=QUARTER, clusters=0, mean_pieces=18)
    points = [adversarial_points(coverage.polygons, 5_000), town_points(coverage, 50_000)]
    assert_exact(coverage.polygons, np.concatenate(points), rational=3_000)


def test_six_thousand_generated_areas():
    coverage = jagged_coverage(6_000)
    assert len(coverage.polygons) == 6_000
    points = [adversarial_points(coverage.polygons, 10_000), town_points(coverage, 100_000)]
    assert_exact(coverage.polygons, np.concatenate(points), rational=3_000)


def test_real_counties(counties):
    """A first version of this index passed all synthetic sets and failed here (levels touched
    by the end of an edge, across a corner's column).
    """
    clean = clean_counties(counties)
    assert len(clean) == 3_192
    assert_exact(clean, adversarial_points(clean, 12_000), rational=3_000)
