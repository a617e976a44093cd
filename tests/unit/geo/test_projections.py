"""Metres and degrees."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.points import LonLat, distance_m
from geo.projections import geometry_to_degrees, geometry_to_metres, to_degrees, to_metres

BOX = shapely.box(121.24, 31.36, 121.30, 31.41)


def test_published_vector():
    assert to_metres(lon=121.265, lat=31.383) == pytest.approx((620331.85, 3474130.42), abs=0.006)
    assert to_metres(lon=121.265, lat=31.383, epsg=4528)[0] == pytest.approx(40620331.85, abs=0.006)


@given(lon=st.floats(118.5, 122.3), lat=st.floats(20, 50))
@settings(deadline=None)
def test_round_trip(lon, lat):
    east, north = to_metres(lon=lon, lat=lat)
    assert to_degrees(easting=east, northing=north) == pytest.approx((lon, lat), abs=1e-11)


def test_scale_at_jiading_is_that_of_the_standard():
    a, b = LonLat(121.26, 31.385), LonLat(121.261, 31.385)
    (ax, ay), (bx, by) = to_metres(lon=a.lon, lat=a.lat), to_metres(lon=b.lon, lat=b.lat)
    assert np.hypot(bx - ax, by - ay) / distance_m(a, b) == pytest.approx(1.000177, abs=2e-6)


def test_geometries_and_arrays_of_them():
    metres = geometry_to_metres(BOX)
    assert metres.area == pytest.approx(31.6e6, rel=0.01)
    back = geometry_to_degrees(geometry_to_metres(np.array([BOX, BOX.centroid])))
    assert shapely.equals_exact(back, [BOX, BOX.centroid], tolerance=1e-11).all()
    assert geometry_to_metres(shapely.Polygon()).is_empty


def test_threads_do_not_disturb_each_other():
    """One cached Transformer serves all threads of the server."""
    lon, lat = np.linspace(121, 122, 500), np.linspace(31, 32, 500)
    expected = to_metres(lon=lon, lat=lat)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: to_metres(lon=lon, lat=lat), range(64)))
    for answer in answers:
        np.testing.assert_array_equal(answer, expected)
