"""Which answers of online geocoders may be looked at, and when two agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.datums import Datum, from_cgcs2000
from geo.hits import HitLevel, ProviderHit, agreement, family, middle_of, names_overlap, refusal
from geo.places import Gazetteer, Place, PlaceKind
from geo.points import LonLat
from geo.projections import to_degrees, to_metres

MIDDLE = LonLat(121.2668, 31.383)
EAST, NORTH = to_metres(lon=MIDDLE.lon, lat=MIDDLE.lat)


def at(east, north):
    return LonLat(*to_degrees(easting=EAST + east, northing=NORTH + north))


def hit(provider="tianditu", point=MIDDLE, datum=Datum.CGCS2000, level=HitLevel.DOOR, **given):
    lon, lat = from_cgcs2000(lon=point.lon, lat=point.lat, datum=datum)
    whole = {"radius_m": 30.0} | given
    return ProviderHit.read(provider=provider, lon=lon, lat=lat, datum=datum, level=level, **whole)


@pytest.mark.parametrize(
    ("one", "word"),
    [
        (hit(), None),
        (hit(adcode="310114"), None),
        (hit(adcode="310114001"), None),
        (hit(adcode="310113"), "不在本区"),
        (hit(level=HitLevel.AREA), "中心"),
        (hit(level=HitLevel.ROAD), "整条道路"),
        (hit(point=at(5990, 0)), None),
        (hit(point=at(6010, 0)), "6 公里"),
        (hit(point=at(0, -6010)), "6 公里"),
        (hit(point=LonLat(0.0, 0.0)), "6 公里"),
        (hit(point=LonLat(-60.0, 89.9)), "6 公里"),
    ],
)
def test_what_is_refused_and_why(one, word):
    told = refusal(one, middle=MIDDLE)
    assert (told is None) if word is None else (word in told)


def test_a_default_point_is_refused_in_any_datum_and_its_neighbour_is_not():
    lon, lat = 121.2653, 31.375602
    named = {"provider": "p", "level": HitLevel.POI, "radius_m": 10.0}
    known = ProviderHit.read(lon=lon, lat=lat, datum=Datum.GCJ02, **named)
    assert "默认点" in refusal(known, middle=MIDDLE)
    same = hit(point=known.point, datum=Datum.BD09)
    assert "默认点" in refusal(same, middle=MIDDLE)
    beside = ProviderHit.read(lon=lon + 0.0002, lat=lat, datum=Datum.GCJ02, **named)
    assert refusal(beside, middle=MIDDLE) is None


def test_numbers_outside_the_datums_country_are_no_hit():
    named = {"provider": "amap", "level": HitLevel.DOOR, "radius_m": 10.0}
    assert ProviderHit.read(lon=0.0, lat=0.0, datum=Datum.GCJ02, **named) is None
    assert ProviderHit.read(lon=500.0, lat=0.0, datum=Datum.CGCS2000, **named) is None


def test_the_datum_families():
    assert family(Datum.WGS84) == family(Datum.CGCS2000)
    assert len({family(Datum.CGCS2000), family(Datum.GCJ02), family(Datum.BD09)}) == 3


def test_the_middle_of_our_own_places():
    def place(number, point, scope="in"):
        return Place(id=str(number), kind=PlaceKind.POI, point=point, scope=scope)

    places = (
        place(1, LonLat(121.26, 31.38)),
        place(2, LonLat(121.28, 31.39)),
        place(3, LonLat(121.5, 31.2), "ring"),
        place(4, None),
    )
    found = middle_of(Gazetteer(version="t", places=places, roads=()))
    assert (found.lon, found.lat) == pytest.approx((121.27, 31.385))
    assert middle_of(Gazetteer(version="t", places=places[2:], roads=())) is None


@pytest.mark.parametrize(
    ("query", "name", "overlap"),
    [
        ("和政路228弄", "上海市嘉定区和政路228弄", True),
        ("和政路228弄", "上海市嘉定区和政路228弄百合里", True),
        ("和政路228弄", "上海市嘉定区和政路230弄", False),
        ("和政路228弄", "上海市嘉定区", False),
        ("和政路228弄", "上海市嘉定区新成路街道", False),
        ("和政路墅沟路路口", "上海市嘉定区和政路/墅沟路", True),
        ("迎园医院", "上海市嘉定区新成路街道社区卫生服务中心", False),
        ("迎园新村三坊12号", "上海市嘉定区迎园新村", True),
        ("", "和政路", False),
        ("228", "228", False),
    ],
)
def test_a_name_must_speak_of_what_was_asked(query, name, overlap):
    assert names_overlap(query, name) is overlap


NAMED = {"name": "上海市嘉定区和政路228弄"}
ASKED = "和政路228弄"


def other(**given):
    return hit(**({"provider": "amap", "datum": Datum.GCJ02} | NAMED | given))


@pytest.mark.parametrize(
    ("second", "agrees"),
    [
        (other(), True),
        (other(point=at(49, 0)), True),
        (other(point=at(51, 0)), False),
        (other(radius_m=51.0), False),
        (other(level=HitLevel.ROAD), False),
        (other(level=HitLevel.COMPOUND), False),
        (other(level=HitLevel.CROSSING), True),
        (other(name=""), False),
        (other(name="上海市嘉定区和政路230弄"), False),
        (other(datum=Datum.WGS84), False),
        (other(provider="tianditu"), False),
    ],
)
def test_when_two_agree(second, agrees):
    found = agreement([hit(), second], ASKED)
    assert (found is not None) is agrees
    assert found is None or set(found.providers) == {"tianditu", "amap"}


def test_one_alone_never_agrees_and_the_order_says_nothing():
    assert agreement([other()], ASKED) is None
    three = [hit(point=at(30, 0)), other(), hit(provider="baidu", datum=Datum.BD09, point=at(5, 0))]
    assert agreement(three, ASKED) == agreement(three[::-1], ASKED)
    assert agreement(three, ASKED).providers == ("amap", "baidu")


@given(st.text(max_size=30), st.text(max_size=30))
def test_names_are_compared_whatever_they_are(query, name):
    assert names_overlap(query, name) in {True, False}


def test_a_hit_is_shown_with_whose_word_it_is():
    assert other().label == "上海市嘉定区和政路228弄（高德）"
    assert hit(provider="baidu").label == "未说明名称的位置（百度）"
