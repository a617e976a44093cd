"""A register's rows: columns found, numbers read, conflicts seen, nothing guessed."""

import io
import json

import geopandas
import openpyxl
import pytest
import shapely

from geo.datums import Datum, from_cgcs2000
from geo.places import Address, Alias, Gazetteer, Place, PlaceKind, Quality
from geo.points import LonLat, distance_m
from geo.registers.comparing import plan
from geo.registers.errors import UnusableRegister
from geo.registers.mapping import draft, find_columns
from geo.registers.reading import read

HERE = LonLat(121.2650, 31.3830)
MARKET = Place(
    id="p:仓场路331号",
    kind=PlaceKind.POI,
    name="皋城菜场",
    address=Address(road="仓场路", number=331),
    aliases=(Alias(text="皋城菜市场"),),
    point=HERE,
    radius_m=60.0,
    source="旧",
)
GAZETTEER = Gazetteer(version="g1", places=(MARKET,), roads=())


def drafts(text, told=None, datum=Datum.CGCS2000):
    register = read("a.csv", text.encode())
    columns = find_columns(register.headers, told or {})
    return [
        draft(row, line, columns, datum=datum, quality=Quality.A, source="新")
        for line, row in enumerate(register.rows, 2)
    ]


def planned(text, where=lambda _: ("in", None), **more):
    return plan(drafts(text), GAZETTEER, where, **more)


def problems(text, **more):
    return [conflict.problem for conflict in planned(text, **more).conflicts]


TABLE = [["名称", "地址"], ["某店", "仓场路12号"]]


def sheet():
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in TABLE:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "名称,地址\n某店,仓场路12号\n".encode()),
        ("a.csv", "\ufeff名称;地址\r\n某店;仓场路12号\r\n".encode()),
        ("a.tsv", "名称\t地址\n某店\t仓场路12号\n".encode("gb18030")),
        ("a.xlsx", sheet()),
    ],
)
def test_tables_are_read(name, content):
    register = read(name, content)
    assert [list(register.headers), *map(list, register.rows)] == TABLE


def layer(**more):
    point = {"type": "Point", "coordinates": [HERE.lon, HERE.lat]}
    feature = {"type": "Feature", "properties": {"名称": "某店"}, "geometry": point}
    return json.dumps({"type": "FeatureCollection", "features": [feature], **more}).encode()


def test_a_layer_says_its_datum_only_where_it_can():
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    assert read("a.geojson", layer()).crs is None
    declared = read("a.geojson", layer(crs=crs))
    assert declared.crs == "EPSG:4490"
    assert declared.headers == ("名称", "经度", "纬度")


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4326", "EPSG:4549"])
def test_a_geopackage_is_read_in_the_system_it_declares(crs, tmp_path):
    """Written by GDAL, east before north whatever the system's own order is."""
    frame = geopandas.GeoDataFrame(
        {"名称": ["某店"], "地址": ["仓场路12号"], "楼层": [2.0]},
        geometry=[shapely.Point(HERE.lon, HERE.lat)],
        crs="EPSG:4490",
    ).to_crs(crs)
    frame.to_file(tmp_path / "点.gpkg", layer="门牌")
    register = read("点.gpkg", (tmp_path / "点.gpkg").read_bytes())
    assert (register.crs, register.is_layer) == (crs, True)
    columns = find_columns(register.headers, {})
    found = draft(
        register.rows[0], 2, columns, datum=Datum.parse(crs), quality=Quality.SURVEYED, source="新"
    ).place
    assert (found.name, found.address) == ("某店", Address(road="仓场路", number=12))
    assert distance_m(found.point, HERE) < 0.5


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.docx", b"x"),
        ("a.csv", b""),
        ("a.csv", b"\xff\xff\xff"),
        ("a.xlsx", b"no book"),
        ("a.geojson", b"{}"),
        ("a.csv", "名称,名称\na,b\n".encode()),
    ],
)
def test_what_is_no_register_is_refused(name, content):
    with pytest.raises(UnusableRegister):
        read(name, content)


@pytest.mark.parametrize(
    ("row", "address"),
    [
        ("新成路,118,", Address(road="新成路", number=118)),
        ("新成路,118号甲,", Address(road="新成路", number=118, suffix="甲")),
        ("迎园路,12号,300弄", Address(road="迎园路", lane=300, number=12)),
        ("迎园路,300弄12号,", Address(road="迎园路", lane=300, number=12)),
        ("仓场路,40-73号,", Address(road="仓场路", number=40, to_number=73)),
        ("仓场路,３３１号201室,", Address(road="仓场路", number=331)),
        ("叶城路,12幢,505", Address(road="叶城路", lane=505, number=12)),
    ],
)
def test_numbers_are_read(row, address):
    assert drafts(f"路名,门牌号,弄\n{row}\n")[0].place.address == address


@pytest.mark.parametrize("row", ["新成路,拐角,", "新成路,12又3,", "新成路,12,八"])
def test_numbers_are_never_guessed(row):
    (found,) = drafts(f"路名,门牌号,弄\n{row}\n")
    assert (found.place, found.problem) == (None, "unreadable_number")


def test_columns_are_named_or_found():
    headers = ("X", "Y", "店名", "门牌地址")
    found = find_columns(headers, {"lon": "Y", "lat": "x", "name": "店名"})
    assert found.at == {"lon": 1, "lat": 0, "name": 2, "address": 3}
    for told in ({"lon": "Y"}, {"lon": "没有"}, {"colour": "X"}):
        with pytest.raises(UnusableRegister):
            find_columns(headers, told)


def test_another_datum_is_converted_and_costs_certainty():
    lon, lat = from_cgcs2000(lon=HERE.lon, lat=HERE.lat, datum=Datum.GCJ02)
    text = f"名称,经度,纬度\n某店,{lon},{lat}\n"
    (found,) = drafts(text, datum=Datum.GCJ02)
    assert distance_m(found.place.point, HERE) < 0.01
    assert found.place.radius_m == 62.0
    assert distance_m(drafts(text)[0].place.point, HERE) > 400


def test_swapped_axes_are_shown_not_turned():
    assert problems("名称,经度,纬度\n某店,31.383,121.265\n") == ["unreadable_position"]


HEAD = "名称,地址,经度,纬度\n"


def test_the_same_again_is_unchanged():
    found = planned(f"名称,地址,经度,纬度,误差\n皋城菜场,仓场路331号,{HERE.lon},{HERE.lat},60\n")
    assert (found.new, found.conflicts) == ((), ())
    assert [p.quality for p in found.changed] == [Quality.A]
    again = plan(
        drafts(f"名称,地址,经度,纬度,误差\n皋城菜场,仓场路331号,{HERE.lon},{HERE.lat},60\n"),
        Gazetteer(version="g2", places=found.changed, roads=()),
        lambda _: ("in", None),
    )
    assert (again.new, again.changed, again.unchanged) == ((), (), 1)


def test_a_better_position_changes_a_place_and_keeps_its_names():
    (place,) = planned(f"{HEAD}皋城菜市场,仓场路331号,121.2652,31.3831\n").changed
    assert (place.id, place.name, place.aliases) == (MARKET.id, "皋城菜场", MARKET.aliases)
    assert place.point == LonLat(121.2652, 31.3831)


def test_two_may_live_at_one_door():
    (place,) = planned(f"{HEAD}面馆,仓场路331号,{HERE.lon},{HERE.lat}\n").new
    assert place.id == "p:仓场路331号/面馆"


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (",仓场路331号,121.2690,31.3830\n", "moved"),
        ("皋城菜场,仓场路99号,121.2690,31.3830\n", "same_name"),
        ("甲店,仓场路1号,121.265,31.383\n甲店,仓场路9号,121.269,31.383\n", "same_name"),
        (",仓场路1号,121.265,31.383\n,仓场路1号,121.269,31.383\n", "duplicate"),
        (",苍场路1号,121.265,31.383\n", "unknown_road"),
        (",,121.265,31.383\n", "empty"),
    ],
)
def test_conflicts_are_seen(rows, problem):
    assert problems(HEAD + rows) == [problem]


def test_outside_everything_and_retired():
    row = f"{HEAD},仓场路1号,121.265,31.383\n"
    assert problems(row, where=lambda _: None) == ["outside"]
    assert problems(row, retired=frozenset({"p:仓场路1号"})) == ["retired"]


def test_a_repeated_row_is_counted_and_left():
    found = planned(HEAD + ",仓场路1号,121.265,31.383\n" * 3)
    assert (len(found.new), found.repeated, found.conflicts) == (1, 2, ())
