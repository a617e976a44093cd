"""Tiles against pyproj, which knows nothing of tiles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from layers.tilemath import MOST_ZOOM, Tile, tile_at

WEB = Transformer.from_crs(4326, 3857, always_xy=True)


@given(st.floats(-179.999, 179.999), st.floats(-85, 85), st.integers(0, MOST_ZOOM))
def test_a_place_lies_in_its_tile_in_degrees_and_in_metres(lon, lat, z):
    tile = tile_at(lon, lat, z)
    west, south, east, north = tile.degrees
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9
    x, y = WEB.transform(lon, lat)
    west_m, south_m, east_m, north_m = tile.bounds
    assert west_m - 1e-3 <= x <= east_m + 1e-3
    assert south_m - 1e-3 <= y <= north_m + 1e-3


@given(st.integers(0, MOST_ZOOM - 1), st.data())
def test_four_children_fill_a_tile(z, data):
    x, y = (data.draw(st.integers(0, 2**z - 1)) for _ in "xy")
    west, south, east, north = Tile(z, x, y).bounds
    one, other = Tile(z + 1, 2 * x, 2 * y + 1).bounds, Tile(z + 1, 2 * x + 1, 2 * y).bounds
    assert (one[0], one[1]) == pytest.approx((west, south), abs=1e-6)
    assert (other[2], other[3]) == pytest.approx((east, north), abs=1e-6)
    assert (one[2], one[3]) == pytest.approx((other[0], other[1]), abs=1e-6)


@pytest.mark.parametrize("zxy", [(-1, 0, 0), (23, 0, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0)])
def test_what_is_no_tile_is_refused(zxy):
    with pytest.raises(ValueError, match="zoom"):
        Tile(*zxy)
