"""Files of words in, files with places out: every row kept, a position only where it is sure."""

import csv
import json

import openpyxl
import pytest
import shipped

from boundaries.gazetteer_seed import seed_gazetteer
from boundaries.geocoders import Finders
from geo.datums import Datum, from_cgcs2000
from pianqu.assign_judging import UnusableFile
from pianqu.geocode_files import ANSWER_COLUMNS, TextColumns, geocode_file
from pianqu.geocoding import explained

SURE, OPEN, AWAY = "叶城路505弄", "迎园新村三坊12号门口", "马陆镇沪宜公路3145号"
AT = (121.2591, 31.3719)
ROWS = [["1", SURE], ["2", OPEN], ["3", AWAY], ["4", ""], ["5", "=1+1"]]
OUTCOMES = ["已定位", "待确认", "非本片区", "未找到", "未找到"]


@pytest.fixture(scope="module")
def finders():
    return Finders.of(seed_gazetteer(), shipped.territory())


@pytest.fixture
def run(finders, tmp_path):
    def ran(source, ending, crs=None, **columns):
        output, seen = tmp_path / f"out{ending}", []
        geocode_file(
            source,
            output,
            columns=TextColumns(address="地址", **columns),
            crs=crs,
            geocoder=finders.geocoder,
            progress=seen.append,
        )
        return output, seen

    return ran


@pytest.fixture
def table(tmp_path):
    source = tmp_path / "in.csv"
    with source.open("w", encoding="gb18030", newline="") as out:
        csv.writer(out).writerows([["编号", "地址"], *ROWS])
    return source


@pytest.fixture
def book(tmp_path):
    source, workbook = tmp_path / "in.xlsx", openpyxl.Workbook()
    for row in [["编号", "地址"], *ROWS]:
        workbook.active.append(row)
    for cell in workbook.active["B"]:
        cell.data_type = "s"
    workbook.save(source)
    return source


def as_rows(path):
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_row_of_a_table_stays_and_gains_the_answer(run, table):
    output, seen = run(table, ".csv")
    rows = as_rows(output)
    assert [[row["编号"], row["地址"]] for row in rows] == ROWS
    assert [row["判定"] for row in rows] == OUTCOMES
    assert list(rows[0])[2:] == list(ANSWER_COLUMNS)
    assert seen[-1] == len(ROWS)
    sure, asked, away, *_ = rows
    assert abs(float(sure["经度"]) - AT[0]) < 0.001
    assert (sure["网格"], sure["片区编号"]) == ("爱里舍花园社区网格", "140901")
    assert sure["定位"] == "爱里舍花园（叶城路505弄）"
    for row in rows[1:]:
        assert row["经度"] == row["网格编号"] == ""
    assert "迎园" in asked["候选"]
    assert asked["说明"]
    assert "马陆镇" in away["说明"] + away["候选"]


@pytest.mark.parametrize("ending", [".xlsx", ".geojson"])
def test_a_book_becomes_a_book_or_a_map(run, book, ending):
    output, _ = run(book, ending)
    if ending == ".xlsx":
        header, *rows = openpyxl.load_workbook(output).active.iter_rows(values_only=True)
        told = [dict(zip(header, row, strict=True)) for row in rows]
        points = [(row["经度"], row["纬度"]) if row["经度"] else None for row in told]
    else:
        features = json.loads(output.read_text())["features"]
        told = [one["properties"] for one in features]
        points = [one["geometry"] and tuple(one["geometry"]["coordinates"]) for one in features]
    assert [row["判定"] for row in told] == OUTCOMES
    assert [row["编号"] for row in told] == ["1", "2", "3", "4", "5"]
    assert told[4]["地址"] == "=1+1", "words that begin like a formula stay words"
    assert [point is not None for point in points] == [True, False, False, False, False]


def test_pairs_beside_the_words_are_their_check(run, tmp_path):
    source = tmp_path / "pairs.csv"
    lon, lat = from_cgcs2000(lon=AT[0], lat=AT[1], datum=Datum.GCJ02)
    source.write_text(f"地址,lon,lat\n{SURE},{lon},{lat}\n{SURE},,\n{SURE},x,\n", encoding="utf-8")
    at = {"lon": "lon", "lat": "lat"}
    for crs, expected in (("GCJ-02", "已定位"), ("WGS84", "待确认"), (None, "待确认")):
        rows = as_rows(run(source, ".csv", crs=crs, **at)[0])
        assert [row["判定"] for row in rows] == [expected, "已定位", "已定位"], crs


@pytest.mark.parametrize(
    ("name", "content", "ending"),
    [
        ("in.txt", "地址\n", ".csv"),
        ("in.csv", "address\n", ".csv"),
        ("in.csv", "地址\n", ".pdf"),
        ("in.csv", "", ".csv"),
        ("in.xlsx", "地址\n", ".csv"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(
    run, tmp_path, name, content, ending
):
    source = tmp_path / name
    source.write_text(content, encoding="utf-8")
    with pytest.raises(UnusableFile):
        run(source, ending)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_one_text_is_explained_line_by_line(finders):
    sure, asked = (list(explained(finders, words)) for words in (SURE, OPEN))
    assert sure[0] == "已定位：爱里舍花园（叶城路505弄）"
    assert "CGCS2000 121.259" in sure[1]
    assert asked[0] == "待确认"
    assert any(line.startswith("  1 ") for line in asked)
    assert asked[-1].strip() == f"地名版本 {finders.gazetteer.version}"
