"""Bodies that try to break in, and people who must not come out."""

import json

import pytest
from spots import WEST
from sqlalchemy import text

pytestmark = pytest.mark.db

PERSON = {"name": "陈隐名", "phone": "13900001111"}


def nested(depth):
    return "[" * depth + "]" * depth


HARD = {
    "deep, the parser takes it": f'{{"source":"12345","title":"x","e":{nested(400)}}}',
    "deeper than any parser": f'{{"source":"12345","title":"x","e":{nested(100_000)}}}',
    "an integer beyond 64 bits": f'{{"source":"12345","title":"x","e":{2**70}}}',
    "a number that is none": '{"source":"12345","title":"x","crs":"WGS84","lon":NaN,"lat":31.4}',
    "infinity": '{"source":"12345","title":"x","crs":"WGS84","lon":1e999,"lat":31.4}',
    "infinity in a field we do not know": '{"source":"12345","title":"x","e":[-Infinity]}',
    "NUL in a field we do not know": '{"source":"12345","title":"x","e":{"a\\u0000":1}}',
    "a lone surrogate deep inside": '{"source":"12345","title":"x","e":[{"a":["\\udfff"]}]}',
    "a list": '[{"source":"12345","title":"x"}]',
    "a word": '"x"',
    "nothing": "null",
    "two bodies": '{"source":"12345","title":"x"}{}',
    "numbers in heaps": json.dumps(
        {
            "source": "12345",
            "title": "x",
            "external_ids": [{"kind": "a", "number": str(n)} for n in range(21)],
        }
    ),
    "a moment beyond the calendar": (
        '{"source":"12345","title":"x","reported_at":"9999-12-31T23:59:59-12:00"}'
    ),
}


def test_a_hard_body_is_refused_in_words_and_kept_to_the_byte(client, house):
    for name, body in HARD.items():
        sent = body.encode()
        answer = client.post("/v1/cases", content=sent)
        assert answer.status_code == 422, f"{name}: {answer.text[:300]}"
        assert answer.json()["type"] == "/problems/bad-input"
        with house.engine.connect() as conn:
            newest = text("SELECT body FROM intake_rejected ORDER BY id DESC LIMIT 1")
            assert bytes(conn.execute(newest).scalar_one()) == sent, name
    with house.engine.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM case_now")).scalar_one() == 0


def test_what_is_merely_odd_is_taken(client):
    odd = {
        "source": "12345",
        "title": "  ",
        "description": "𠮷\n\u202e<script>alert(1)</script>'; DROP TABLE case_now; --\\",
        "external_id": " A1 ",
        "深": [[[[{"n": 2**63}]]]],
        "reported_at": "2026-03-11 08:00",
    }
    case = client.post("/v1/cases", json=odd).json()["case"]
    assert case["description"] == odd["description"]
    assert case["external_ids"] == [{"kind": "12345", "number": "A1"}]
    assert case["reported_at"] == "2026-03-11T08:00:00+08:00"


ADDRESSES = [
    "/v1/cases?status=%00",
    "/v1/cases?status=' OR 1=1",
    "/v1/cases?q=%00",
    "/v1/cases?limit=0",
    "/v1/cases?limit=99999",
    "/v1/cases?cursor=%00",
    "/v1/cases?cursor=WyIyMDI2LTAxLTAxIiwgIngiXQ",
    "/v1/cases?desk=140901%00",
    "/v1/cases?nonsense=1",
    "/v1/cases/%00",
    "/v1/cases/%25%25%25%25%25%25%25%25%25",
    "/v1/layers/cases?bbox=nan,1,2,3",
    "/v1/layers/%00",
    "/v1/coverage?lon=nan&lat=31&crs=WGS84",
    "/v1/coverage?lon=1e999&lat=31&crs=WGS84",
    "/v1/street-centre/refusals?state=x",
    "/v1/reports/x",
]


def test_hard_addresses_are_the_callers_fault(client):
    answers = {path: client.get(path).status_code for path in ADDRESSES}
    assert {path: code for path, code in answers.items() if code not in (404, 422)} == {}


def test_a_search_takes_signs_as_signs(client, report):
    report(external_id="1", title="路灯不亮", **WEST)
    for q in ["%", "_", "\\", "'", "路灯_", "%%%%"]:
        assert client.get("/v1/cases", params={"q": q}).json()["total"] == 0
    assert client.get("/v1/cases", params={"q": "路灯"}).json()["total"] == 1


def test_an_idempotency_key_is_its_senders_own_and_no_number_of_the_case(client):
    def sent(by, title):
        return client.post(
            "/v1/cases",
            json={"source": "machine", "title": title, **WEST, "crs": "WGS84"},
            headers={"Idempotency-Key": "1", "X-Pianqu-Post": by},
        )

    first, other = sent("platform-12345", "井盖"), sent("platform-12319", "路灯")
    assert [first.status_code, other.status_code] == [201, 201]
    assert first.json()["case"]["id"] != other.json()["case"]["id"]
    assert first.json()["case"]["external_ids"] == []
    again = sent("platform-12345", "井盖")
    assert (again.status_code, again.json()["supplemented"]) == (200, False)
    assert again.json()["case"]["id"] == first.json()["case"]["id"]


def test_a_repeat_under_another_key_is_no_supplement(client):
    body = {"source": "12345", "external_id": "A", "title": "x", **WEST, "crs": "WGS84"}
    for key in "ab":
        answer = client.post("/v1/cases", json=body, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["supplemented"]) == (200, False)
    for key in "ab":
        bare = {"source": "12345", "title": "x", **WEST, "crs": "WGS84"}
        known = client.post("/v1/cases", json=bare, headers={"Idempotency-Key": key})
        assert known.json()["case"]["id"] == answer.json()["case"]["id"]


UNREAD = [
    {"source": "nobody", "title": "x", "reporter": PERSON},
    {"source": "12345", "title": "x", "lon": "east", "reporter": [PERSON]},
    {"source": "12345", "title": f"联系人陈隐名，{PERSON['phone']}", "accuracy_m": -1},
    {"source": "12345", "reporter": PERSON},
]


def test_people_are_shown_nowhere_not_even_in_what_could_not_be_read(client, report, house):
    report(external_id="R", reporter=PERSON, **WEST)
    report(external_id="R", title="又来电", reporter=PERSON, **WEST)
    report(external_id="O", to_sector="140901", lon=121.30, lat=31.3885, reporter=PERSON)
    for body in UNREAD:
        text_ = json.dumps(body, ensure_ascii=False)
        assert client.post("/v1/cases", content=text_.encode()).status_code == 422
        broken = text_.encode()[:-2]
        assert client.post("/v1/cases", content=broken).status_code == 422
    cases = client.get("/v1/cases").json()["items"]
    paths = {
        path
        for path, verbs in client.app.openapi()["paths"].items()
        if "get" in verbs and "{" not in path and path != "/v1/live"
    }
    paths |= {f"/v1/cases/{case['id']}{tail}" for case in cases for tail in ("", "/events")}
    paths |= {f"/v1/layers/{layer['id']}" for layer in client.get("/v1/layers").json()["items"]}
    assert len(paths) > 20
    for path in paths:
        said = client.get(path).text
        assert PERSON["name"] not in said, path
        assert PERSON["phone"] not in said, path
    with house.engine.connect() as conn:
        sent = conn.execute(text("SELECT payload::text FROM outbox")).scalars().all()
    assert sent
    assert not [one for one in sent if PERSON["name"] in one or PERSON["phone"] in one]


def test_a_mistake_in_the_reporter_does_not_say_his_name(client):
    body = {"source": "12345", "title": "x", "reporter": {"name": PERSON["name"] * 99}}
    answer = client.post("/v1/cases", json=body)
    assert answer.status_code == 422
    assert PERSON["name"] not in answer.text
