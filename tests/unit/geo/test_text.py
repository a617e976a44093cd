"""A text in one form: every sign knows where it came from, and what is no house number is blank."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.sounds import blurred, every_reading, initials, readings
from geo.text.admins import foreign_admins
from geo.text.clauses import cues_of
from geo.text.normalise import BLANK, normal_form, normalise
from geo.text.numerals import number_of
from geo.text.unknowns import unknown_names


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("塔城東路４９５弄", "塔城东路495弄"),
        ("仓场路 三百三十一号", "仓场路331号"),
        ("仓场路三三幺号", "仓场路331号"),
        ("仓场路3O1号", "仓场路301号"),
        ("迎园新村　三坊", "迎园新村3坊"),
        ("迎园新村三街坊", "迎园新村3坊"),
        ("叶城路505弄3#楼", "叶城路505弄3号楼"),
        ("叶城路505弄3幢", "叶城路505弄3号楼"),
        ("仓场路331#", "仓场路331号"),
        ("三皇桥社区", "三皇桥社区"),
        ("往东五十m", "往东50米"),
        ("往东50m", "往东50米"),
        ("嘉罗公路，嗯，1465号", "嘉罗公路,1465号"),
        ("仓场路对过", "仓场路对面"),
    ],
)
def test_one_form(raw, normal):
    assert normalise(raw).text == normal


@pytest.mark.parametrize(
    "number",
    [
        "13812345678",
        "138 1234 5678",
        "021-59530000",
        "工单号SH20260311000123",
        "2026年3月4号",
        "3月4号",
        "下午3点半",
        "14:30",
        "沪A12345",
        "12345",
        "300元",
        "3层",
    ],
)
def test_what_is_no_house_number_is_blanked(number):
    masked = normalise(f"在{number}，仓场路331号").masked
    assert not any(sign.isdigit() for sign in masked.split(",")[0])
    assert "仓场路331号" in masked


@given(st.text(max_size=60))
def test_every_sign_knows_where_it_came_from(raw):
    normal = normalise(raw)
    assert len(normal.text) == len(normal.masked) == len(normal.starts) == len(normal.ends)
    assert all(0 <= a < b <= len(raw) for a, b in zip(normal.starts, normal.ends, strict=True))
    assert list(normal.starts) == sorted(normal.starts)
    assert all(a in (b, BLANK) for a, b in zip(normal.masked, normal.text, strict=True))


def test_the_way_back_holds_for_what_grows_and_shrinks():
    raw = "🙂㈱仓场路 三百三十一号"
    normal = normalise(raw)
    at = normal.text.index("331")
    assert raw.__getitem__(slice(*normal.raw_span(at, at + 3))) == "三百三十一"
    assert normal.raw_span(0, 0) == (0, 0)


@given(st.integers(min_value=1, max_value=9999))
def test_numerals_said_as_a_quantity_or_sign_by_sign(number):
    digits = "零一二三四五六七八九"
    assert number_of("".join(digits[int(one)] for one in str(number))) == number
    assert number_of(_quantity(number)) == number


def _quantity(number):
    digits, words = "零一二三四五六七八九", ""
    parts = [(1000, "千"), (100, "百"), (10, "十"), (1, "")]
    zero = False
    for scale, name in parts:
        digit, number = divmod(number, scale)
        if digit:
            words += ("零" if zero and words else "") + digits[digit] + name
            zero = False
        else:
            zero = True
    return words


@pytest.mark.parametrize("run", ["", "百百", "一二三四五六七八九零", "号"])
def test_what_means_no_number(run):
    assert number_of(run) is None


def test_numerals_in_names_are_one_form():
    assert normal_form("迎园新村三坊") == normal_form("迎园新村3坊") == normal_form("迎園新村３坊")


def test_sounds():
    assert readings("弄") == ("nong", "long")
    assert ("chong", "fu") in every_reading("重复")
    assert len(every_reading("行" * 10)) <= 24
    assert {blurred(one) for one in ("zhang", "zang", "zan")} == {"zan"}
    assert blurred("huang") == blurred("wang")
    assert initials("迎园路8号") == "yyl8h"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("新疆塔城市塔城路1号", ["新疆"]),
        ("北京市朝阳区建国路88号", ["北京市"]),
        ("北京路和南京东路", []),
        ("兰州拉面店油烟", []),
        ("小区居民到超市买菜，城市管理", []),
        ("昆山花桥镇", ["昆山", "花桥镇"]),
    ],
)
def test_administrations_elsewhere(text, names):
    assert [name for _, _, name in foreign_admins(text)] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("马路上有人占路，道路通行不便", []),
        ("小区花园里垃圾", []),
        ("在花园路123号", ["花园路"]),
        ("反映阳光花园垃圾", ["阳光花园"]),
        ("楼下广场舞扰民", []),
    ],
)
def test_names_we_do_not_know(text, names):
    assert [name for _, _, name in unknown_names(text)] == names


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("我住在|甲路", "caller"),
        ("家住|甲路", "caller"),
        ("我住在乙路，反映|甲路", "incident"),
        ("我住在乙路。|甲路", "incident"),
        ("|甲路有垃圾", "incident"),
        ("本人在|甲路看到", "incident"),
        ("我是|甲小区的业主", "caller"),
    ],
)
def test_whose_place_is_spoken_of(text, role):
    before, after = text.split("|")
    assert cues_of(before + after).role_at(len(before)) == role
