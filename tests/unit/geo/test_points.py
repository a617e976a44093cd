"""The value of a place, distances and compass words."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import GeoError, NotAPoint
from geo.points import LonLat, bearing_deg, compass, distance_m

HERE = LonLat(121.265, 31.383)
places = st.builds(LonLat, st.floats(120.8, 122.2), st.floats(30.7, 31.9))


@pytest.mark.parametrize(
    ("lon", "lat"), [(181, 0), (0, 91), (float("nan"), 31), (121, float("inf")), (31.3, 121.2)]
)
def test_what_is_no_place_is_refused(lon, lat):
    with pytest.raises(NotAPoint) as caught:
        LonLat(lon, lat)
    assert isinstance(caught.value, GeoError)


def test_a_point_is_a_value():
    assert LonLat(121.265, 31.383) == HERE
    assert len({LonLat(121.265, 31.383), HERE}) == 1
    with pytest.raises(FrozenInstanceError):
        HERE.lon = 1.0


def test_length_of_a_degree():
    """Meridian and parallel arcs of GRS 80 at this latitude, from their series."""
    assert distance_m(LonLat(121.0, 31.0), LonLat(121.0, 32.0)) == pytest.approx(110_878.1, abs=0.2)
    assert distance_m(LonLat(121.0, 31.38), LonLat(121.001, 31.38)) == pytest.approx(
        95.12, abs=0.02
    )


@given(a=places, b=places)
def test_distance_is_symmetric_and_bearings_are_in_range(a, b):
    assert distance_m(a, b) == pytest.approx(distance_m(b, a), abs=1e-6)
    assert 0.0 <= bearing_deg(a, b) < 360.0


@pytest.mark.parametrize(
    ("east", "north", "word"),
    [
        (0, 1, "北"), (1, 1, "东北"), (1, 0, "东"), (1, -1, "东南"),
        (0, -1, "南"), (-1, -1, "西南"), (-1, 0, "西"), (-1, 1, "西北"),
    ],
)  # fmt: skip
def test_eight_directions(east, north, word):
    there = LonLat(HERE.lon + east * 0.01, HERE.lat + north * 0.0085)
    assert compass(bearing_deg(HERE, there)) == word


@pytest.mark.parametrize(
    ("bearing", "word"), [(359.9, "北"), (22.4, "北"), (22.6, "东北"), (337.6, "北"), (720, "北")]
)
def test_edges_of_the_compass(bearing, word):
    assert compass(bearing) == word


def test_no_direction_to_oneself():
    assert distance_m(HERE, HERE) == 0.0
    assert bearing_deg(HERE, HERE) == 0.0
