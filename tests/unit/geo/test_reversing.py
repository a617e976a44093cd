"""What is near a point, and that nothing is said of what is not."""

from functools import cache

import numpy as np
import pytest
import shipped
from hypothesis import given
from hypothesis import strategies as st

from boundaries.gazetteer_seed import seed_gazetteer
from boundaries.grounds import TerritoryGrounds
from geo.places import Address, Gazetteer, Place, PlaceKind, Quality, Road
from geo.points import LonLat
from geo.projections import to_degrees, to_metres
from geo.reversing import NOTHING, Reverser

EAST, NORTH = to_metres(lon=121.265, lat=31.383)


def at(east, north):
    lon, lat = to_degrees(easting=EAST + east, northing=NORTH + north)
    return LonLat(lon, lat)


class Town:
    """A map on which everything east of 500 m is another town's."""

    def shares(self, _point, _sigma_m):
        return ()

    def along(self, _line):
        return ()

    def town(self, point):
        return "徐行镇" if point.lon > at(500, 0).lon else None


def road(name, *spots, **given):
    return Road(id=f"{name}{spots[0]}", name=name, line=tuple(at(*spot) for spot in spots), **given)


def plate(number, east, north, **given):
    address = Address(road="甲路", number=number)
    kind = PlaceKind.DOORPLATE
    return Place(id=f"p:{number}", kind=kind, address=address, point=at(east, north), **given)


SURVEYED = {"quality": Quality.SURVEYED, "radius_m": 5.0}
# 甲路 runs north and is crossed by 乙路 at 0 m and 丙路 at 300 m; 丁路 goes its own way.
ROADS = (
    road("甲路", (0, -200), (0, 400)),
    road("乙路", (-300, 0), (300, 0)),
    road("丙路", (-300, 300), (300, 300)),
    road("丁路", (-300, 800), (300, 800), sure_name=False),
    road("环城高速", (-300, 150), (300, 150), kind="motorway"),
    road(None, (20, -200), (20, 400)),
)


def reverser(*places, roads=ROADS):
    return Reverser.of(Gazetteer(version="t", places=places, roads=tuple(roads)), Town())


@pytest.mark.parametrize(
    ("spot", "label"),
    [
        ((20, 100), "甲路（乙路—丙路）东侧"),
        ((-20, 100), "甲路（乙路—丙路）西侧"),
        ((3, 100), "甲路（乙路—丙路）"),  # within the tracing's own error no side is told
        ((-20, 370), "甲路（丙路北面）西侧"),
        ((12, -100), "甲路（乙路南面）东侧"),
        ((5, 2), "甲路/乙路路口"),
        ((100, 20), "乙路（甲路东面）北侧"),
        ((100, -41), NOTHING),
        ((100, 815), "丁路（路名待核）北侧"),
        ((900, 2), f"{NOTHING}，在徐行镇"),
        ((320, 0), "乙路（甲路东面）"),  # beyond the end of the line there is no side
    ],
)
def test_the_road_is_told_with_its_crossings_and_the_side(spot, label):
    if spot == (5, 2):
        assert reverser().reverse(at(*spot)).at_crossing in {"甲路", "乙路"}
        assert set(reverser().reverse(at(*spot)).label.removesuffix("路口").split("/")) == {
            "甲路",
            "乙路",
        }
    else:
        assert reverser().reverse(at(*spot)).label == label


def test_a_road_goes_on_in_its_next_piece():
    pieces = (road("甲路", (0, -200), (0, 100)), road("甲路", (8, 110), (8, 400)), *ROADS[1:3])
    found = reverser(roads=pieces).reverse(at(20, 60))
    assert (found.road, found.between, found.side) == ("甲路", ("乙路", "丙路"), "东")


def test_the_nearest_plate_within_eighty_metres():
    one = reverser(plate(12, 30, 100, **SURVEYED), plate(14, 30, 150, **SURVEYED))
    found = one.reverse(at(30, 118))
    assert found.doorplate.label == "甲路12号"
    assert found.distance_m == pytest.approx(18, abs=0.1)
    assert found.label == "甲路（乙路—丙路）东侧，近甲路12号 约20米"
    assert one.reverse(at(30, 235)).doorplate is None
    assert one.reverse(at(30, 229)).doorplate.label == "甲路14号"


def test_a_coarse_position_is_called_one():
    found = reverser(plate(12, 200, 600)).reverse(at(200, 640))
    assert found.label == "近甲路12号 约40米（其位置误差约150米）"
    assert found.doorplate.quality is Quality.B


def test_what_is_wrong_is_not_named():
    wrong = plate(12, 200, 600, quality=Quality.D, radius_m=1000.0)
    assert reverser(wrong).reverse(at(200, 600)).label == NOTHING


def compound(name, east, north, **given):
    return Place(id=f"c:{name}", kind=PlaceKind.COMPOUND, name=name, point=at(east, north), **given)


def test_a_compound_that_reaches_here_comes_before_a_nearer_one():
    one = reverser(
        compound("百合里", 500, 600, size_m=90.0, **SURVEYED),
        compound("小里", 590, 600, **SURVEYED),
    )
    found = one.reverse(at(580, 600))
    assert (found.compound.label, found.compound.inside) == ("百合里", True)
    assert found.label == "百合里一带，在徐行镇"
    assert one.reverse(at(400, 600)).label == "近百合里 约100米"
    assert one.reverse(at(370, 600)).compound is None


def test_a_place_is_not_named_twice():
    address = Address(road="和政路", lane=228)
    home = compound("百合里", 500, 600, size_m=60.0, address=address, **SURVEYED)
    assert reverser(home).reverse(at(480, 600)).label == "百合里（和政路228弄）一带"
    assert reverser(home).reverse(at(425, 600)).label == "近百合里（和政路228弄） 约75米"


def test_nothing_is_known_in_an_empty_gazetteer():
    found = reverser(roads=()).reverse(at(0, 0))
    assert found.label == NOTHING
    assert (found.doorplate, found.road, found.between, found.compound) == (None,) * 4


@cache
def shipped_reverser():
    return Reverser.of(seed_gazetteer(), TerritoryGrounds(shipped.territory()))


@pytest.mark.parametrize(
    ("lon", "lat", "label"),
    [
        (121.2683, 31.3828, "和政路（仓场路—墅沟路）"),
        (121.2575, 31.3846, "嘉罗公路（迎园中路—仓场路）西侧"),
        (121.2591, 31.3719, "爱里舍花园（叶城路505弄）一带"),
        (121.27, 31.38, NOTHING),
    ],
)
def test_the_shipped_town(lon, lat, label):
    assert shipped_reverser().reverse(LonLat(lon, lat)).label == label


@given(
    st.one_of(
        st.builds(LonLat, st.floats(121.2, 121.3), st.floats(31.3, 31.45)),
        st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90)),
    )
)
def test_it_holds_what_it_says_anywhere_on_earth(point):
    found = shipped_reverser().reverse(point)
    assert found.label
    assert found.doorplate is None or found.distance_m <= 80
    assert found.road is None or found.road_distance_m <= 40
    assert (found.between is None) or any(found.between)
    assert found.compound is None or found.compound.inside or found.compound.distance_m <= 120
    assert np.isfinite(found.point.lon)
