"""Type-ahead: any spelling finds the place, what is ours comes first, nothing is ever raised."""

from functools import cache

import pytest
import shipped
from hypothesis import example, given
from hypothesis import strategies as st

from boundaries.gazetteer_seed import seed_gazetteer
from boundaries.grounds import TerritoryGrounds
from geo.places import Address, Alias, Gazetteer, Place, PlaceKind, Quality, Road
from geo.points import LonLat
from geo.readings import GridShare
from geo.suggesting import MOST, Suggester

HERE = LonLat(121.265, 31.383)


@cache
def shipped_suggester():
    return Suggester.of(seed_gazetteer(), TerritoryGrounds(shipped.territory()))


class Everywhere:
    """A map on which all is inside, for gazetteers made up here."""

    def shares(self, _point, _sigma_m):
        return ()

    def along(self, _line):
        return (GridShare(code="1", name="一格", sector=None, share=1.0),)

    def town(self, _point):
        return None


def suggester(*places, roads=()):
    return Suggester.of(Gazetteer(version="t", places=places, roads=tuple(roads)), Everywhere())


def place(name=None, at="p:1", **given):
    return Place(id=at, kind=given.pop("kind", PlaceKind.COMPOUND), name=name, point=HERE, **given)


def labels(typed, of=None):
    return [one.label for one in (of or shipped_suggester()).suggest(typed)]


def marked(typed, of=None):
    first = (of or shipped_suggester()).suggest(typed)[0]
    return first.label[slice(*first.match)]


@pytest.mark.parametrize(
    ("typed", "first", "match"),
    [
        ("和政", "和政路", "和政"),
        ("hezheng", "和政路", "和政"),
        ("hezhenglu", "和政路", "和政路"),
        ("HeZheng LU", "和政路", "和政路"),
        ("hé zhèng", "和政路", "和政"),
        ("hzl", "和政路", "和政路"),
        ("和zheng", "和政路", "和政"),
        ("hez路", "和政路", "和政路"),
        ("和政路228弄", "百合里（和政路228弄）", "和政路228弄"),
        ("２２８弄", "百合里（和政路228弄）", "228弄"),
        ("和政路二百二十八弄", "百合里（和政路228弄）", "和政路228弄"),
        ("hzl228", "百合里（和政路228弄）", "和政路228"),
        ("505nong", "爱里舍花园（叶城路505弄）", "505弄"),
        ("505long", "爱里舍花园（叶城路505弄）", "505弄"),
        ("愛里舍", "爱里舍花园（叶城路505弄）", "爱里舍"),
        ("新成8坊", "新成八坊（迎园路488弄）", "新成八坊"),
        ("xinchengbafang", "新成八坊（迎园路488弄）", "新成八坊"),
        ("和政路/墅沟路", "和政路/墅沟路路口", "和政路/墅沟路"),
        ("墅沟路×和政路", "墅沟路/和政路路口", "墅沟路/和政路"),
        ("和政路墅", "和政路/墅沟路路口", "和政路/墅"),
        ("和政路与墅沟路路口", "和政路/墅沟路路口", "和政路/墅沟路"),
        ("迎园路近和政路", "迎园路/和政路路口", "迎园路/和政路"),
        ("迎园路和政路口", "迎园路/和政路路口", "迎园路/和政路"),
        ("和政 墅沟", "和政路/墅沟路路口", "和政"),
        ("hzlsgl", "和政路/墅沟路路口", "和政路/墅沟路"),
        ("体育中心", "嘉定体育中心（新成路118号）", "体育中心"),
    ],
)
def test_any_spelling_finds_it(typed, first, match):
    assert labels(typed)[0] == first
    assert marked(typed) == match


@pytest.mark.parametrize("typed", ["", " ", "。！", "28弄号", "zzzz", "塔城路/墅沟路", "绝无此地"])
def test_what_is_not_there_is_not_suggested(typed):
    assert labels(typed) == []


def test_a_number_is_not_found_from_its_middle():
    one = suggester(place(address=Address(road="和政路", lane=228)))
    assert labels("28弄", one) == []
    assert labels("228", one) == ["和政路228弄"]


def test_numerals_are_found_both_ways():
    one = suggester(place("新成八坊"), place("迎园新村12坊", at="p:2"))
    assert labels("8坊", one) == labels("八坊", one) == ["新成八坊"]
    assert labels("十二坊", one) == labels("12坊", one) == ["迎园新村12坊"]


def test_our_own_come_first_then_beginnings_then_the_shorter():
    one = suggester(
        place("新华苑", at="p:1", scope="ring", town="马陆镇"),
        place("老新华", at="p:2"),
        place("新华书店嘉定店", at="p:3", kind=PlaceKind.POI),
        place("新华书店", at="p:4", kind=PlaceKind.POI),
    )
    assert labels("新华", one) == ["新华书店", "新华书店嘉定店", "老新华", "新华苑"]
    assert one.suggest("新华")[-1].town == "马陆镇"
    assert one.suggest("新华")[-1].in_ring


def test_a_road_stands_before_its_plates():
    line = (HERE, LonLat(121.265, 31.386))
    one = suggester(
        place(address=Address(road="和政路", number=3), kind=PlaceKind.DOORPLATE),
        roads=[Road(id="R1", name="和政路", line=line, aliases=(Alias(text="老和政"),))],
    )
    assert labels("hz", one) == ["和政路", "和政路3号"]
    assert labels("老和", one) == ["和政路，又称老和政"]
    assert marked("老和", one) == "老和"
    road = one.suggest("hz")[0]
    assert road.key == "road:和政路"
    assert 100 < road.radius_m < 200


def test_an_alias_is_shown_with_the_name():
    one = suggester(place("新成路街道社区卫生服务中心", aliases=(Alias(text="迎园医院"),)))
    assert labels("yyyy", one) == ["新成路街道社区卫生服务中心，又称迎园医院"]
    assert marked("迎园", one) == "迎园"


def test_what_is_wrong_is_a_negative_only():
    assert labels("陈泽路", suggester(place("陈泽路", quality=Quality.D))) == []


def test_a_part_is_named_with_its_whole():
    one = suggester(
        place("迎园新村三坊", at="c"),
        place("12号楼", at="b", kind=PlaceKind.BUILDING, parent="c"),
        place(at="g", kind=PlaceKind.GATE, parent="c", direction="东"),
    )
    assert labels("迎园三坊", one) == []
    assert labels("迎园新村三坊东", one) == ["迎园新村三坊东门"]
    assert labels("12号楼", one) == ["迎园新村三坊12号楼"]


def test_at_most_eight_and_each_once():
    assert len(labels("路")) == MOST
    assert len(shipped_suggester().suggest("路", limit=3)) == 3
    assert shipped_suggester().suggest("路", limit=-1) == ()
    every = [one.key for one in shipped_suggester().suggest("yingyuan")]
    assert len(every) == len(set(every))


def test_an_empty_gazetteer_suggests_nothing():
    assert labels("和政路", suggester()) == []


def test_every_road_and_named_place_is_found_by_its_name():
    gazetteer = seed_gazetteer()
    for name in {road.name for road in gazetteer.roads if road.name}:
        assert labels(name)[0].startswith(name)
    for one in gazetteer.places:
        if one.name and one.quality is not Quality.D and not one.parent:
            assert any(one.name in label for label in labels(one.name)), one.id


@given(
    st.one_of(
        st.text(max_size=80),
        st.text("和政路墅沟弄号坊228八hezlnsgu/ ×", max_size=40),
    )
)
@example("h" * 64)
@example("l" * 200 + "路")
@example("\x00\ud800𠮷ü²٣")
def test_nothing_is_ever_raised_and_marks_are_within_the_label(typed):
    for one in shipped_suggester().suggest(typed):
        start, end = one.match
        assert 0 <= start < end <= len(one.label)
