"""Files in, files out: nothing lost, nothing altered, the verdict beside it."""

import csv
import datetime
import json
import sqlite3

import geopandas
import numpy as np
import openpyxl
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from boundaries.batch import decide_batch
from boundaries.model import Area, Edition
from boundaries.seed import places, read_seed
from boundaries.territory import Territory
from geo.datums import Datum, from_cgcs2000
from pianqu.assign_files import VERDICT_COLUMNS, Columns, Judge, UnusableFile, assign_file
from pianqu.assign_judging import CHUNK

SEED = read_seed()
EDITION = "示意边界"
KNOWN = {place.address: place.point for place in places()}
# Inside 仓场社区, on the dividing line, in 马陆镇.
INSIDE, ON_LINE, OUTSIDE = (121.2600, 31.3820), (121.2636769, 31.3844737), (121.2750, 31.3600)


@pytest.fixture(scope="module")
def judge():
    areas = [
        Area(level=area.level, key=area.code or f"{at}", code=area.code, name=area.name,
             parent=area.parent, provisional=True, geometry=area.geometry)
        for at, area in enumerate(SEED.areas)
    ]  # fmt: skip
    edition = Edition(id=1, name=EDITION, status="in_force", valid_from=None, valid_to=None,
                      provisional=True, notice="", licence="")  # fmt: skip
    territory = Territory.of(edition, areas)

    def build(crs):
        return Judge(
            crs=crs,
            names={area.code: area.name for area in areas if area.code},
            decide=lambda lon, lat, datum, accuracy: decide_batch(
                territory, lon=lon, lat=lat, crs=datum, accuracy_m=accuracy
            ),
        )

    return build


@pytest.fixture
def run(judge, tmp_path):
    def run(source, *, crs="WGS84", lon="经度", lat="纬度", accuracy=None, name=None):
        output = tmp_path / (name or f"out{source.suffix}")
        seen = []
        assign_file(
            source,
            output,
            columns=Columns(lon=lon, lat=lat, accuracy=accuracy),
            judge=judge(crs),
            progress=lambda done, total: seen.append((done, total)),
        )
        assert seen[-1][0] == seen[-1][1]
        assert not list(tmp_path.glob(".*.part"))
        return output

    return run


def read_csv(path, encoding="utf-8"):
    with path.open(encoding=encoding, newline="") as lines:
        return list(csv.DictReader(lines))


def write(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


ROWS = [
    (f"{INSIDE[0]}", f"{INSIDE[1]}", "", "已定网格", "仓场社区网格", None),
    (f"{ON_LINE[0]}", f"{ON_LINE[1]}", "", "边界待定", "", "在界路（新成路）上"),
    (f"{OUTSIDE[0]}", f"{OUTSIDE[1]}", "", "非本片区", "", "在新成路街道以外"),
    (f"{INSIDE[1]}", f"{INSIDE[0]}", "", "待确认位置", "", "经纬度疑似颠倒"),
    ("0", "0", "", "待确认位置", "", "坐标为（0，0）"),
    ("121", "31", "", "待确认位置", "", "坐标只到整度"),
    ("", "31.38", "", "待确认位置", "", "没有位置"),
    ("东经121.26", "31.38", "", "待确认位置", "", "坐标不是数字"),
    ("nan", "31.38", "", "待确认位置", "", "坐标不是数字"),
    ("1_21.26", "31.38", "", "待确认位置", "", "坐标不是数字"),
    ("1e400", "31.38", "", "待确认位置", "", "坐标不是数字"),
    ("-74.0060", "40.7128", "", "待确认位置", "", "坐标在中国范围以外"),
    (f"{INSIDE[0]}", f"{INSIDE[1]}", "约十米", "未判定", "", "误差不是有效数字"),
    (f"{INSIDE[0]}", f"{INSIDE[1]}", "-5", "未判定", "", "误差不是有效数字"),
    (f"{INSIDE[0]}", f"{INSIDE[1]}", "500", "边界待定", "", "靠近网格边界"),
]


def test_every_row_of_a_csv_gets_its_verdict(run, tmp_path):
    lines = ["编号,经度,纬度,误差", *(f"{i},{r[0]},{r[1]},{r[2]}" for i, r in enumerate(ROWS))]
    out = read_csv(run(write(tmp_path / "in.csv", "\n".join(lines) + "\n"), accuracy="误差"))
    assert len(out) == len(ROWS)
    assert list(out[0]) == ["编号", "经度", "纬度", "误差", *VERDICT_COLUMNS]
    for at, (row, (lon, lat, accuracy, status, community, reason)) in enumerate(
        zip(out, ROWS, strict=True)
    ):
        assert (row["编号"], row["经度"], row["纬度"]) == (str(at), lon, lat)
        assert row["误差"] == accuracy
        assert (row["判定"], row["网格"]) == (status, community)
        if reason is not None:
            assert row["原因"] == reason
        assert row["版本"] == EDITION
    assert (out[0]["片区编号"], out[0]["片区"]) == ("140901", "迎园片区网格")
    assert (out[0]["网格编号"], out[0]["误差米"]) == ("14090101", "20")
    assert out[2]["片区"] == out[4]["误差米"] == ""
    assert out[14]["误差米"] == "500"


@pytest.mark.parametrize("crs", list(Datum))
def test_the_same_places_in_every_datum(run, tmp_path, crs):
    pairs = [from_cgcs2000(lon=x, lat=y, datum=crs) for x, y in (INSIDE, ON_LINE, OUTSIDE)]
    text = "经度,纬度\n" + "".join(f"{x!r},{y!r}\n" for x, y in pairs)
    out = read_csv(run(write(tmp_path / "in.csv", text), crs=str(crs)))
    assert [row["判定"] for row in out] == ["已定网格", "边界待定", "非本片区"]
    assert out[0]["误差米"] == ("22" if crs in {"GCJ-02", "BD-09"} else "20")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize(("delimiter", "end"), [(",", "\n"), ("\t", "\r\n"), (";", "\n")])
def test_a_csv_keeps_its_encoding_and_dialect(run, tmp_path, encoding, delimiter, end):
    rows = [["内容", "经度", "纬度"], ["暴露垃圾㐀", str(INSIDE[0]), str(INSIDE[1])]]
    text = end.join(delimiter.join(row) for row in rows) + end
    out = run(write(tmp_path / "in.csv", text, encoding)).read_bytes()
    assert out.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    lines = out.decode(encoding).split(end)
    assert len(lines) == 3
    assert lines[1].startswith(delimiter.join(rows[1]) + delimiter + "140901")


def test_hostile_and_odd_cells_stay_as_they_were(run, tmp_path):
    cells = [
        "=cmd|'/c calc'!A0",
        "+1",
        "@x",
        "-2",
        'a "b" c',
        "两行\n一格",
        "0012",
        "<script>",
        " x ",
    ]
    source = tmp_path / "in.csv"
    with source.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["内容", "经度", "纬度"])
        writer.writerows([cell, *INSIDE] for cell in cells)
    out = read_csv(run(source))
    assert [row["内容"] for row in out] == cells
    assert {row["判定"] for row in out} == {"已定网格"}


def test_ragged_rows_lose_nothing(run, tmp_path):
    text = f"经度,纬度,内容\n{INSIDE[0]},{INSIDE[1]}\n{INSIDE[0]},{INSIDE[1]},a,b,c\n\n121.26\n"
    with run(write(tmp_path / "in.csv", text)).open(encoding="utf-8", newline="") as lines:
        header, short, long, empty, lone = list(csv.reader(lines))
    assert len(header) == len(short) == len(empty) == 11
    assert short[:3] == [str(INSIDE[0]), str(INSIDE[1]), ""]
    assert long[:3] == [str(INSIDE[0]), str(INSIDE[1]), "a"]
    assert long[11:] == ["b", "c"]
    assert long[header.index("判定")] == short[header.index("判定")] == "已定网格"
    assert empty[header.index("原因")] == lone[header.index("原因")] == "没有位置"


def test_a_second_run_does_not_overwrite_the_first(run, tmp_path):
    text = f"经度,纬度\n{INSIDE[0]},{INSIDE[1]}\n"
    once = run(write(tmp_path / "in.csv", text))
    (row,) = read_csv(run(once, name="twice.csv"))
    assert row["片区编号"] == row["片区编号_2"] == "140901"


def test_many_rows_go_in_chunks(run, tmp_path):
    rng = np.random.default_rng(3)
    count = 2 * CHUNK + 7
    lon, lat = rng.uniform(121.25, 121.28, count), rng.uniform(31.37, 31.40, count)
    text = "经度,纬度\n" + "".join(f"{x:.7f},{y:.7f}\n" for x, y in zip(lon, lat, strict=True))
    out = read_csv(run(write(tmp_path / "in.csv", text)))
    assert len(out) == count
    assert [row["经度"] for row in out] == [f"{x:.7f}" for x in lon]
    assert len({row["网格"] for row in out}) == 13


def test_a_long_cell_is_no_obstacle(run, tmp_path):
    text = f"内容,经度,纬度\n{'长' * 200_000},{INSIDE[0]},{INSIDE[1]}\n"
    (row,) = read_csv(run(write(tmp_path / "in.csv", text)))
    assert len(row["内容"]) == 200_000


def test_a_workbook_keeps_all_it_had(run, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "案件"
    sheet.append(["编号", "经度", "纬度", "时间", "备注", "误差"])
    when = datetime.datetime.fromisoformat("2026-07-01T08:30")
    sheet.append(["0012", *INSIDE, when, "=1+1", None])
    sheet.append(["0013", str(ON_LINE[0]), str(ON_LINE[1]), when, "=危险", 30])
    sheet["E3"].data_type = "s"
    sheet.append([None] * 6)
    sheet.append(["0014", "不详", True, None, None, None])
    sheet["A2"].font = openpyxl.styles.Font(bold=True)
    sheet["D2"].number_format = "yyyy年m月d日"
    book.create_sheet("说明")["A1"] = "不要动"
    source = tmp_path / "in.xlsx"
    book.save(source)
    out = openpyxl.load_workbook(run(source, accuracy="误差"))
    assert out.sheetnames == ["案件", "说明"]
    assert out["说明"]["A1"].value == "不要动"
    rows = list(out["案件"].iter_rows())
    values = [[cell.value for cell in row] for row in rows]
    assert values[0] == ["编号", "经度", "纬度", "时间", "备注", "误差", *VERDICT_COLUMNS]
    assert values[1][:6] == ["0012", *INSIDE, when, "=1+1", None]
    assert values[2][:5] == ["0013", str(ON_LINE[0]), str(ON_LINE[1]), when, "=危险"]
    assert rows[1][0].font.bold
    assert rows[1][3].number_format == "yyyy年m月d日"
    assert (rows[1][4].data_type, rows[2][4].data_type) == ("f", "s")
    assert values[1][6:] == [
        "140901", "迎园片区网格", "14090101", "仓场社区网格", "已定网格", None, 20, EDITION,
    ]  # fmt: skip
    assert values[2][10:13] == ["边界待定", "在界路（新成路）上", 30]
    assert set(values[3]) == {None}
    assert values[4][10:12] == ["待确认位置", "坐标不是数字"]


def feature(geometry, **properties):
    return {"type": "Feature", "id": properties.get("n"), "geometry": geometry,
            "properties": properties or None}  # fmt: skip


def point(pair):
    return {"type": "Point", "coordinates": list(pair)}


def test_geojson_keeps_geometry_and_members(run, tmp_path):
    content = {
        "type": "FeatureCollection",
        "name": "案件",
        "features": [
            feature(point(INSIDE), n=1, 误差=30, 深={"a": [1, 2]}),
            feature(point((*ON_LINE, 4.5)), n=2),
            feature(None, n=3),
            feature({"type": "LineString", "coordinates": [INSIDE, OUTSIDE]}, n=4),
            feature(point([])),
            feature(point(("x", None)), n=6),
        ],
    }
    source = write(tmp_path / "in.geojson", json.dumps(content, ensure_ascii=False))
    out = json.loads(run(source, accuracy="误差").read_text(encoding="utf-8"))
    verdicts = []
    for given, got in zip(content["features"], out["features"], strict=True):
        verdicts.append([got["properties"].pop(name) for name in VERDICT_COLUMNS])
        assert got | {"properties": given["properties"]} == json.loads(json.dumps(given))
        assert got["properties"] == (given["properties"] or {})
    assert out["name"] == "案件"
    assert verdicts[0] == [
        "140901", "迎园片区网格", "14090101", "仓场社区网格", "已定网格", None, 30.0, EDITION,
    ]  # fmt: skip
    assert [v[4] for v in verdicts[1:]] == ["边界待定", *["待确认位置"] * 4]
    assert [v[5] for v in verdicts[2:]] == ["没有位置", "坐标不是数字", "没有位置", "没有位置"]


def test_geopackage_keeps_all_it_had(run, tmp_path):
    frame = geopandas.GeoDataFrame(
        {
            "编号": ["甲", "乙", "丙", "丁"],
            "次数": [1, None, 3, 4],
            "误差": [30.0, None, None, -1.0],
            "at": [datetime.datetime.fromisoformat("2026-07-01T08:30")] * 4,
        },
        geometry=[shapely.Point(p) for p in (INSIDE, ON_LINE, OUTSIDE)] + [None],
        crs=4326,
    )
    frame["次数"] = frame["次数"].astype("Int64")
    source = tmp_path / "in.gpkg"
    frame.to_file(source, layer="案 件")
    output = run(source, accuracy="误差")
    out = geopandas.read_file(output)
    assert list(out.columns) == ["编号", "次数", "误差", "at", *VERDICT_COLUMNS, "geometry"]
    kept = geopandas.read_file(source)
    assert_geodataframe_equal(out[kept.columns], kept)
    assert list(out["判定"]) == ["已定网格", "边界待定", "非本片区", "未判定"]
    assert list(out["网格编号"])[:1] == ["14090101"]
    assert out["误差米"][0] == 30.0
    with sqlite3.connect(output) as package:
        names = {row[0] for row in package.execute("SELECT name FROM sqlite_master")}
    package.close()
    assert any(name.startswith("rtree_") for name in names)


def test_geopackage_in_a_plane(run, tmp_path):
    frame = geopandas.GeoDataFrame(geometry=[shapely.Point(INSIDE)], crs=4490).to_crs(4549)
    source = tmp_path / "in.gpkg"
    frame.to_file(source)
    assert geopandas.read_file(run(source, crs="EPSG:4549"))["判定"][0] == "已定网格"
    with pytest.raises(UnusableFile, match="declares"):
        run(source, crs="WGS84")


def test_known_addresses_land_where_their_grid_is(run, tmp_path):
    text = "地址,经度,纬度\n" + "".join(f"{a},{p.lon!r},{p.lat!r}\n" for a, p in KNOWN.items())
    out = {row["地址"]: row for row in read_csv(run(write(tmp_path / "in.csv", text)))}
    assert out["叶城路505弄"]["网格"] == "爱里舍花园社区网格"
    assert out["迎园新村五八坊"]["判定"] == "边界待定"  # 17 m from the dividing line
    assert out["迎园路488弄"]["片区"] == "新成片区网格"
    assert out["平城路388弄"]["判定"] == "非本片区"


def csv_of(folder, text="经度,纬度\n121.26,31.38\n", name="in.csv"):
    return write(folder / name, text)


@pytest.mark.parametrize(
    ("make", "options", "words"),
    [
        (csv_of, {"lon": "lon"}, "no column lon; it has 经度、纬度"),
        (csv_of, {"accuracy": "误差"}, "no column 误差"),
        (csv_of, {"crs": "北京54"}, "unknown reference system"),
        (csv_of, {"name": "out.xlsx"}, "format of the source"),
        (csv_of, {"name": "in.csv"}, "the source itself"),
        (lambda d: csv_of(d, ""), {}, "empty"),
        (lambda d: csv_of(d, name="in.txt"), {}, "must be one of"),
        (lambda d: csv_of(d, name="in.xlsx"), {}, "in.xlsx"),
        (lambda d: csv_of(d, name="in.gpkg"), {}, "in.gpkg"),
        (lambda d: csv_of(d, name="in.geojson"), {}, "in.geojson"),
        (lambda d: csv_of(d, "[1]", name="in.geojson"), {}, "FeatureCollection"),
        (lambda d: d / "missing.csv", {}, "missing.csv"),
    ],
)
def test_what_cannot_be_done_says_why_and_leaves_nothing(run, tmp_path, make, options, words):
    source = make(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(UnusableFile, match=words):
        run(source, **options)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_bytes_of_no_known_encoding(run, tmp_path):
    source = tmp_path / "in.csv"
    source.write_bytes("经度,纬度\n".encode() + b"\xff\xfe\xff\n")
    with pytest.raises(UnusableFile, match="UTF-8"):
        run(source)
