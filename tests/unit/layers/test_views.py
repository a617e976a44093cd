"""What cameras see, judged by area alone."""

import json

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Polygon

from geo.points import LonLat, bearing_deg, distance_m
from geo.projections import geometry_to_degrees
from layers.cameras import _sees
from layers.model import Camera, CameraStatus
from layers.views import DEFAULT_RANGE_M, coverage, view

AREA = Polygon([(121.26, 31.38), (121.27, 31.38), (121.27, 31.39), (121.26, 31.39)])
POINTS = st.builds(LonLat, st.floats(121.258, 121.272), st.floats(31.378, 31.392))
CAMERAS = st.builds(
    Camera,
    id=st.just("V"),
    name=st.just("路口"),
    point=POINTS,
    heading=st.none() | st.floats(0, 359.9),
    fov=st.none() | st.floats(5, 360),
    range_m=st.none() | st.floats(5, 400),
    status=st.sampled_from(CameraStatus),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(CAMERAS, max_size=6), CAMERAS)
def test_covered_and_uncovered_are_the_area_and_more_cameras_never_see_less(cameras, another):
    told = coverage(AREA, cameras)
    assert told.covered_m2 + told.uncovered_m2 == pytest.approx(told.area_m2, abs=1.0)
    assert told.uncovered.is_valid
    # A long edge straight in metres bends by millimetres in degrees.
    assert AREA.buffer(1e-7).covers(told.uncovered)
    assert coverage(AREA, [*cameras, another]).covered_m2 >= told.covered_m2 - 1e-3


@settings(max_examples=60, deadline=None)
@given(CAMERAS.filter(lambda c: c.status is CameraStatus.ONLINE and c.range_m), POINTS)
def test_the_wedge_is_what_the_list_of_near_cameras_calls_seen(camera, point):
    away = distance_m(camera.point, point)
    wedge = geometry_to_degrees(view(camera))
    seen = wedge.covers(shapely.Point(point.lon, point.lat))
    edge = geometry_to_degrees(view(camera)).boundary
    if edge.distance(shapely.Point(point.lon, point.lat)) < 5e-6 + 0.002 * camera.range_m / 1e5:
        return  # half a metre about the edge, which is drawn with chords
    assert seen == _sees(camera, point, away) or away < 1.0


def test_a_camera_without_range_and_direction_is_a_disc_of_the_stated_size():
    told = coverage(AREA, [Camera(id="V", name="球机", point=LonLat(121.265, 31.385))])
    assert told.covered_m2 == pytest.approx(3.1416 * DEFAULT_RANGE_M**2, rel=0.005)
    assert told.assumed_range == 1


def test_a_wedge_looks_where_it_is_headed_and_one_that_is_off_sees_nothing():
    east = {"heading": 90.0, "fov": 60.0, "range_m": 100.0, "point": LonLat(121.265, 31.385)}
    wedge = geometry_to_degrees(view(Camera(id="V", name="枪机", **east)))
    assert bearing_deg(east["point"], LonLat(*wedge.centroid.coords[0])) == pytest.approx(90, abs=1)
    off = Camera(id="V", name="枪机", status=CameraStatus.OFFLINE, **east)
    told = coverage(AREA, [off])
    assert (told.covered_m2, told.cameras) == (0.0, 0)
    assert json.loads(shapely.to_geojson(told.uncovered))["type"] == "MultiPolygon"
