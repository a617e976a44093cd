"""The case list as a file: the rows of the screen, nobody's name, and who took it out."""

import csv
import io

import pytest
from openpyxl import load_workbook
from spots import EAST, WEST

from cases import exporting

pytestmark = pytest.mark.db
PATH = "/v1/cases/export"
OTHER = {"X-Pianqu-Post": "coordinator-140902"}
MARK = "导出水印"


@pytest.fixture
def received(report):
    """The cases of some reports, as told."""
    return lambda *told: [report(**one).json()["case"] for one in told]


def table(answer):
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def numbers(rows):
    return [row["编号"] for row in rows]


def test_a_file_of_what_the_screen_shows_has_its_rows_in_its_order(client, received):
    made = received(*({"title": f"第{n}件", **WEST} for n in range(4)))
    order = [made[i] for i in (2, 0, 3)]
    body = {"ids": [case["id"] for case in order], "filter": "待受理"}
    answer = client.post(PATH, json=body)
    rows = table(answer)
    assert numbers(rows) == [case["full_number"] for case in order]
    assert answer.headers["X-Pianqu-Rows"] == "3"
    assert {row["状态"] for row in rows} == {"待受理"}
    assert rows[0]["事项"] == "第2件"
    assert rows[0]["社区网格"] == made[2]["community"]["name"]
    assert rows[0]["时限情况"] == "按时"


def test_each_line_says_who_took_it_out_and_the_log_how_many(client, received):
    case = received({**WEST})[0]
    mark = table(client.post(PATH, json={"ids": [case["id"]], "filter": "电话13800138000"}))[0][
        MARK
    ]
    assert "迎园片区协调指挥员" in mark
    assert "2026-03-11 09:30" in mark
    street = {"X-Pianqu-Post": "street-centre"}
    log = client.get("/v1/access-log", headers=street).json()["items"]
    line = next(one for one in log if one["action"] == "cases.export")
    assert line["subject"] in mark
    assert line["account"] in mark
    assert line["detail"] == {
        "post": "coordinator-140901",
        "rows": 1,
        "format": "csv",
        "filter": "电话【电话】",
    }


def test_an_xlsx_has_the_mark_at_the_head_and_on_each_page(client, received):
    cases = received({"title": "=HYPERLINK(1)", **WEST}, {"title": "二", **WEST})
    answer = client.post(PATH, json={"format": "xlsx", "ids": [case["id"] for case in cases]})
    sheet = load_workbook(io.BytesIO(answer.content))["案件清单"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0].startswith("内部资料，不得外传 · 导出编号 ")
    assert rows[1] == (*exporting.COLUMNS, MARK)
    assert [row[0] for row in rows[2:]] == [case["full_number"] for case in cases]
    assert rows[2][-1] in sheet.oddHeader.center.text
    title = sheet.cell(row=3, column=exporting.COLUMNS.index("事项") + 1)
    assert (title.data_type, title.value) == ("s", "'=HYPERLINK(1)")


def test_no_person_and_no_formula_leaves_the_house(client, received):
    evil = ("=1+1", "@SUM(1)", "+86", "-2+3", "\t=1", " =1", "＝1")
    made = received(
        {
            "title": "王小明反映路灯，电话13800138000",
            "address": "仓场路331弄5号601室",
            "reporter": {"name": "王小明", "phone": "13800138000"},
            **WEST,
        },
        *({"title": title, "description": "一", **WEST} for title in evil),
    )
    answer = client.post(PATH, json={"ids": [case["id"] for case in made]})
    for secret in ("王小明", "13800138000", "601室"):
        assert secret not in answer.content.decode()
    for row in table(answer):
        for value in row.values():
            bare = value.strip()
            assert not bare.startswith(("=", "@", "+", "-", "＝")), value


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"tab": "received"},
        {"tab": "rejected", "desk": "140901"},
        {"tab": "todo", "desk": "140901"},
        {"source": "grid"},
        {"q": "第1"},
        {"open": "true"},
        {"since": "2026-03-11"},
        {"until": "2026-03-10"},
    ],
)
def test_a_file_of_a_filter_is_the_list_of_that_filter(client, received, query):
    received(
        {"title": "第1件", **WEST}, {"title": "第2件", "source": "grid", **WEST},
        {"title": "无位置", "crs": None}, {"title": "第3件", **EAST},
    )  # fmt: skip
    listed = client.get("/v1/cases", params=query).json()["items"]
    rows = table(client.get(PATH, params=query))
    assert numbers(rows) == [case["full_number"] for case in listed]


def test_what_a_post_does_not_see_is_not_in_its_file(client, received):
    west = received({**WEST})[0]
    client.post(f"/v1/cases/{west['id']}/acceptance", json={})
    assert table(client.post(PATH, json={"ids": [west["id"]]}, headers=OTHER)) == []
    assert west["full_number"] not in numbers(table(client.get(PATH, headers=OTHER)))


def test_many_rows_pass_in_batches(client, received, monkeypatch):
    monkeypatch.setattr(exporting, "BATCH", 2)
    made = received(*({"title": f"{n}", **WEST} for n in range(5)))
    ids = [case["id"] for case in made]
    expected = [case["full_number"] for case in made]
    assert numbers(table(client.post(PATH, json={"ids": ids}))) == expected
    assert sorted(numbers(table(client.get(PATH)))) == sorted(expected)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": []},
        {"ids": ["x"]},
        {"ids": ["0" * 32] * 20_001},
        {"ids": ["0" * 32], "format": "pdf"},
    ],
)
def test_a_wrong_order_is_refused(client, body):
    assert client.post(PATH, json=body).status_code == 422
