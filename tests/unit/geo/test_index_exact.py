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

from geo.index_edges import collect_rings, share_edges
from geo.index_grid import lay_grid, line_at

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


@pytest.mark.parametrize("seed", range(12))
def test_edges_on_the_lines_of_the_index_itself(seed):
    """Corners of cells then lie on edges, or an ulp beside, and every comparison is a tie."""
    rng = np.random.default_rng(seed)
    any_lines = [np.linspace(low, high, 13) for low, high in ((121.2, 121.3), (31.3, 31.4))]
    west, south, _, _, width, height, _, _, columns, rows = lay_grid(_edges_of(any_lines)).frame
    lines = [
        _some_lines(rng, west, width, columns, any_lines[0]),
        _some_lines(rng, south, height, rows, any_lines[1]),
    ]
    areas = _boxes(*lines)
    across, up = (
        np.concatenate([v, np.nextafter(v, -np.inf), np.nextafter(v, np.inf)]) for v in lines
    )
    crossings = np.array([(x, y) for x in across for y in up])
    points = np.concatenate([crossings, adversarial_points(areas, 1_000, seed=seed)])
    assert_exact(areas, points, rational=500)


def _some_lines(rng, low, step, cells, ends):
    """Thirteen coordinates: both ends, and lines of cells and sub-cells or an ulp beside."""
    cell = rng.integers(0, cells, 40)
    parts = 2 ** rng.integers(0, 6, 40)
    inner = line_at(low, step, cell, rng.integers(0, parts), parts)
    inner = np.nextafter(inner, inner + rng.integers(-1, 2, 40))
    inner = np.unique(inner[(inner > ends[0]) & (inner < ends[-1])])
    return np.sort(np.concatenate([ends[[0, -1]], rng.permutation(inner)[: len(ends) - 2]]))


def _boxes(xs, ys):
    west, south = (v.ravel() for v in np.meshgrid(xs[:-1], ys[:-1]))
    east, north = (v.ravel() for v in np.meshgrid(xs[1:], ys[1:]))
    return shapely.box(west, south, east, north)


def _edges_of(lines):
    return share_edges(collect_rings(_boxes(*lines))).ends


def test_real_counties(counties):
    """A first version of this index passed all synthetic sets and failed here (levels touched
    by the end of an edge, across a corner's column).
    """
    clean = clean_counties(counties)
    assert len(clean) == 3_192
    assert_exact(clean, adversarial_points(clean, 8_000), rational=2_000)
