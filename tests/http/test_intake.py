"""Reports over HTTP: every one is kept, a known number is one case, nothing is guessed."""

import json

import pytest
from spots import EAST, MALU, ROAD, WEST
from sqlalchemy import text

pytestmark = pytest.mark.db


def test_a_case_is_made_placed_and_answered(client, report):
    answer = report(external_id="A-1", **WEST)
    assert answer.status_code == 201
    told = answer.json()
    case = told["case"]
    assert told["created"] is True
    assert case["status"] == "received"
    assert case["desk"] == "140901"
    assert case["community"]["code"] == "14090102"
    assert case["number"] == "0311-0001"
    assert {clock["code"] for clock in case["clocks"]} == {"refusal_feedback", "acceptance_alarm"}
    for key in (case["id"], case["full_number"], case["number"]):
        assert client.get(f"/v1/cases/{key}").json()["id"] == case["id"]
    (event,) = client.get(f"/v1/cases/{case['id']}/events").json()["items"]
    assert event["type"] == "CaseReceived"
    assert event["label"].startswith("收到12345转办件")


def test_the_same_report_twice_is_one_case(client, report):
    first = report(external_id="A-2", **WEST)
    again = report(external_id="A-2", **WEST)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["case"]["id"] == first.json()["case"]["id"]
    assert again.json()["supplemented"] is False
    assert again.json()["case"]["version"] == 1
    other = report(external_id="A-2", title="路灯还是不亮", **WEST)
    assert (other.status_code, other.json()["supplemented"]) == (200, True)
    events = client.get(f"/v1/cases/{first.json()['case']['id']}/events").json()["items"]
    assert [event["type"] for event in events] == ["CaseReceived", "ReportSupplemented"]


def test_any_known_number_attaches_to_its_case(report):
    first = report(external_id="H-1", **WEST).json()["case"]
    known = {"kind": "12345", "number": "H-1"}
    again = report(source="grid", external_id="G-1", external_ids=[known], **WEST)
    assert again.status_code == 200
    assert again.json()["case"]["id"] == first["id"]
    third = report(source="grid", external_id="G-1", title="第三次", **WEST)
    assert third.json()["case"]["id"] == first["id"]
    assert {"kind": "grid", "number": "G-1"} in third.json()["case"]["external_ids"]


def test_an_idempotency_key_stands_for_a_number(client):
    body = {"source": "machine", "title": "井盖报警", **WEST, "crs": "WGS84"}
    first = client.post("/v1/cases", json=body, headers={"Idempotency-Key": "k1"})
    again = client.post("/v1/cases", json=body, headers={"Idempotency-Key": "k1"})
    other = client.post("/v1/cases", json=body, headers={"Idempotency-Key": "k2"})
    assert [a.status_code for a in (first, again, other)] == [201, 200, 201]
    assert again.json()["case"]["id"] == first.json()["case"]["id"]


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ({"lon": 121.26, "lat": 31.38, "crs": None}, "CRS_UNDECLARED"),
        ({"lon": 31.38, "lat": 121.26}, "AXES_SWAPPED"),
        ({"lon": 0, "lat": 0}, "ZERO_ISLAND"),
        ({"lon": 121, "lat": 31}, "INTEGER_DEGREES"),
        ({"lon": 121.26, "lat": 31.38, "crs": "城建坐标"}, "CRS_UNKNOWN"),
        ({"crs": None}, "NO_LOCATION"),
        ({"address": "仓场路", "crs": None}, "ADDRESS_AMBIGUOUS"),
    ],
)
def test_a_case_that_cannot_be_placed_waits_with_its_raw_pair(report, told, problem):
    answer = report(**told)
    assert answer.status_code == 201
    case = answer.json()["case"]
    assert case["status"] == "no_location"
    assert case["location_problem"] == problem
    assert case["point"] is None
    assert case["next_step"] == "定位置"
    if told.get("lon") is not None:
        assert (case["raw"]["lon"], case["raw"]["lat"]) == (told["lon"], told["lat"])


def test_words_we_do_not_know_are_kept_with_the_report(report, house):
    case = report(external_id="X-1", 工单等级="三级", **WEST).json()["case"]
    with house.engine.connect() as conn:
        body = conn.execute(text("SELECT body FROM case_report")).scalar_one()
    assert body["extra"] == {"工单等级": "三级"}
    assert case["status"] == "received"


UNREADABLE = [
    (b"{not json", "application/json"),
    (b'{"source": "12345"}', "application/json"),
    (b'{"source": "nobody", "title": "x"}', "application/json"),
    (b'{"source": "12345", "title": "\\u0000"}', "application/json"),
    (b'{"source": "12345", "title": "\\ud800"}', "application/json"),
    (b'{"source": "12345", "title": "x", "accuracy_m": -5}', "application/json"),
    (b'{"source": "12345", "title": "x", "lon": "east"}', "application/json"),
    (b'{"source": "12345", "title": "x", "reported_at": "0001-01-01T00:00:00Z"}', "text/json"),
    (b"\xff\xfe\x00", "application/json"),
    (b"source=12345&title=x", "application/x-www-form-urlencoded"),
    ("<案件/>".encode("gb18030"), "text/xml"),
    (b"", "application/json"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), UNREADABLE)
def test_a_report_that_cannot_be_read_is_kept(client, house, body, kind):
    answer = client.post("/v1/cases", content=body, headers={"Content-Type": kind})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    with house.engine.connect() as conn:
        kept = conn.execute(text("SELECT body FROM intake_rejected")).scalars().all()
    assert [bytes(one) for one in kept] == [body]
    (shown,) = client.get("/v1/intake-rejected").json()["items"]
    assert shown["detail"]


@pytest.mark.parametrize("pair", [("NaN", "31.38"), ("Infinity", "31"), ("1e400", "31")])
def test_numbers_that_are_none_wait_for_a_place(client, pair):
    body = f'{{"source":"12345","title":"x","crs":"WGS84","lon":{pair[0]},"lat":{pair[1]}}}'
    answer = client.post("/v1/cases", content=body.encode())
    assert answer.status_code in (201, 422)
    if answer.status_code == 201:
        assert answer.json()["case"]["location_problem"] == "NOT_FINITE"


def test_the_reporter_is_shown_nowhere(client, report, house):
    secret = {"name": "陈隐名", "phone": "13900001111"}
    for number, place in enumerate((WEST, EAST, ROAD, MALU)):
        report(external_id=f"R-{number}", reporter=secret, **place)
    with house.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM case_reporter")).scalar_one() == 4
    case = client.get("/v1/cases").json()["items"][0]
    for path in (
        "/v1/cases",
        f"/v1/cases/{case['id']}",
        f"/v1/cases/{case['id']}/events",
        "/v1/street-centre/refusals",
        "/v1/deliveries",
        "/v1/layers/cases",
        "/v1/summary",
        "/v1/config",
    ):
        words = client.get(path).text
        assert secret["name"] not in words, path
        assert secret["phone"] not in words, path


def test_hostile_text_comes_back_as_it_went_in(report):
    evil = "<img src=x onerror=alert(1)>'\"; DROP TABLE case_now; -- ${x} {{x}} \u202e"
    case = report(title=evil[:200], description=evil, **WEST).json()["case"]
    assert case["description"] == evil


def test_a_list_walks_by_cursor_and_filters(client, report):
    for number in range(7):
        report(external_id=f"L-{number}", **(WEST if number % 2 else EAST))
    whole = client.get("/v1/cases", params={"limit": 100}).json()
    assert whole["total"] == 7
    walked, cursor = [], None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/cases", params=query).json()
        walked += [case["id"] for case in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert walked == [case["id"] for case in whole["items"]]
    west = client.get("/v1/cases", params={"desk": "140901"}).json()
    assert {case["sector"]["code"] for case in west["items"]} == {"140901"}
    assert client.get("/v1/cases", params={"q": "L-3"}).json()["total"] == 1
    assert client.get("/v1/cases", params={"q": "%"}).json()["total"] == 0
    bad = client.get("/v1/cases", params={"cursor": "nonsense"})
    assert (bad.status_code, bad.json()["type"]) == (422, "/problems/bad-input")
    assert client.get("/v1/cases", params={"tab": "none"}).status_code == 422


def test_layers_speak_geojson(client, report):
    report(external_id="M-1", **WEST)
    names = [layer["id"] for layer in client.get("/v1/layers").json()["items"]]
    for name in names:
        answer = client.get(f"/v1/layers/{name}")
        assert answer.headers["content-type"] == "application/geo+json"
        assert json.loads(answer.content)["type"] == "FeatureCollection"
    assert client.get("/v1/layers/none").status_code == 404
    assert client.get("/v1/layers/roads", params={"bbox": "1,2,3"}).status_code == 422
