"""The shipped gazetteer says what the shipped files and the findings say, and nothing better."""

from collections import Counter

import pytest

from boundaries.gazetteer_seed import seed_gazetteer
from boundaries.seed import crossings, place_along, places, read_seed, rows
from geo.places import RADIUS_M, Address, NameKind, PlaceKind, Quality
from geo.points import distance_m
from geo.projections import geometry_to_metres


@pytest.fixture(scope="module")
def gazetteer():
    return seed_gazetteer()


@pytest.fixture(scope="module")
def of(gazetteer):
    return {place.id: place for place in gazetteer.places}


def listed(of):
    return [place for key, place in of.items() if key.startswith("p:")]


def test_every_row_is_a_place_once(gazetteer, of):
    assert len(of) == len(gazetteer.places)
    assert list(of) == sorted(of)
    assert len(listed(of)) == len(places()) == 115
    assert Counter(p.quality for p in listed(of)) == Counter(Quality(p.quality) for p in places())


def test_the_outline_agrees_with_the_lists_own_column(of):
    inside = {known.address for known in places() if known.in_street}
    assert len(inside) == 45
    assert {p.id.removeprefix("p:") for p in listed(of) if p.scope == "in"} == inside


def test_counter_examples_are_of_the_ring_and_coarse(of):
    negatives = [p for p in of.values() if p.quality is Quality.D]
    assert len(negatives) == 4
    assert {p.scope for p in negatives} == {"ring"}
    assert {p.radius_m for p in negatives} == {RADIUS_M[Quality.D]}


def test_places_of_the_ring_have_a_town(of):
    towns = {p.name for p in of.values() if p.kind is PlaceKind.TOWN}
    ring = [p for p in listed(of) if p.scope == "ring"]
    assert {p.town for p in ring} == {"嘉定镇街道", "菊园街道", "马陆镇", "徐行镇"}
    assert {p.town for p in of.values() if p.town} <= towns


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("p:迎园路300弄151支弄", Address(road="迎园路", lane=300, sublane=151)),
        ("p:民乐社区民乐路100弄", Address(road="民乐路", lane=100)),
        ("p:立新路80弄A区", Address(road="立新路", lane=80)),
        ("k:迎园新村四坊", Address(road="仓场路", number=40, to_number=73)),
        ("p:东大小区", None),
    ],
)
def test_plates_are_read(of, key, address):
    assert of[key].address == address


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("p:叶城路505弄", "爱里舍"),
        ("p:仓场路331号", "皋城菜场"),
        ("p:新成路118号", "嘉定体育馆"),
        ("p:迎园十坊", "迎园新村十坊"),
        ("p:澄浏中路3128弄", "嘉定百联"),
        ("k:迎园医院", "新成路街道社区卫生服务中心"),
        ("c:14090101", "仓场居委"),
        ("t:菊园街道", "菊园新区"),
    ],
)
def test_known_names(of, key, name):
    assert name in {of[key].name, *(alias.text for alias in of[key].aliases)}


def test_no_name_means_two_places(of):
    names = Counter(
        name for p in of.values() for name in {p.name, *(a.text for a in p.aliases)} if name
    )
    assert [name for name, times in names.items() if times > 1] == []
    kinds = {alias.kind for p in of.values() for alias in p.aliases}
    assert NameKind.CONFIRMED not in kinds


def test_what_nobody_located_has_no_point(of):
    for key in ("k:迎园新村四坊", "k:嘉乐花园", "k:迎园医院", "e:迎园新村", "c:14090101"):
        assert of[key].point is None
    corner = next(c for c in crossings() if (c.road_a, c.road_b) == ("和政路", "迎园路"))
    assert distance_m(of["k:迎园路306号"].point, corner.point) < 1


def test_blocks_belong_to_their_estate(of):
    blocks = {p.id for p in of.values() if p.parent == "e:迎园新村"}
    assert blocks == {"p:迎园十坊", "p:迎园东一坊", "p:迎园新村五八坊", "k:迎园新村四坊"}


def test_areas(of):
    communities = [p for p in of.values() if p.kind is PlaceKind.COMMUNITY and p.scope == "in"]
    grids = (*read_seed().communities, *read_seed().sectors)
    assert {p.area_code for p in communities} == {area.code for area in grids}
    around = {r["code12"] for r in rows("codes.csv") if r["street_code"] != "310114001"}
    assert around == {p.area_code for p in of.values() if p.area_code and len(p.area_code) == 12}
    assert sum(p.kind is PlaceKind.DISTRICT for p in of.values()) == 16


def test_roads(gazetteer):
    roads = {road.id: road for road in gazetteer.roads}
    assert len(roads) == 27
    assert {r.name for r in roads.values() if r.kind == "motorway"} == {
        "沪嘉高速(S5)",
        "G1503上海绕城高速",
    }
    assert {r.id for r in roads.values() if r.radius_m == 40} == {"R09", "R10", "R15"}
    unsure = {r.id for r in roads.values() if not r.sure_name}
    assert unsure == {"R12", *(r.id for r in roads.values() if r.name is None)}


def test_anchors_lie_at_their_places(gazetteer, of):
    lines = {road.id: geometry_to_metres(road.geometry) for road in read_seed().roads}
    assert len(gazetteer.anchors) == 39
    for anchor in gazetteer.anchors:
        point = place_along(
            lines[anchor.road_id],
            chainage_m=anchor.along_m,
            offset_m=abs(anchor.offset_m),
            side="left" if anchor.offset_m > 0 else "right",
        )
        assert distance_m(point, of[anchor.place_id].point) < 0.01


def test_its_version_tells_its_content(gazetteer):
    assert gazetteer.version.startswith("seed-")
    assert gazetteer.provisional
