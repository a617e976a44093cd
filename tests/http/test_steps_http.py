"""The verbs of the plan over HTTP: bodies, versions, sending twice, and what the answer tells."""

from datetime import datetime, timedelta
from itertools import pairwise
from threading import Barrier, Thread
from uuid import UUID

import pytest
from spots import WEST

from cases.steps import STEPS

pytestmark = pytest.mark.db
DESK = "coordinator-140901"
STATION = "station-14090102"
STREET = "street-centre"


@pytest.fixture
def give(client):
    """Give a command as a post; returns the whole answer."""

    def sent(case, path, body=None, post=DESK, **headers):
        return client.post(
            f"/v1/cases/{case['id']}/{path}",
            json=body if body is not None else {},
            headers={"X-Pianqu-Post": post, **headers},
        )

    return sent


@pytest.fixture
def see(client):
    """Read as a post."""

    def read(path, post=DESK, **params):
        return client.get(f"/v1/{path}", params=params, headers={"X-Pianqu-Post": post})

    return read


def in_hours(clock, hours):
    return (clock.now + timedelta(hours=hours)).isoformat()


def test_a_community_case_goes_all_the_way(report, give, see, clock):
    case = report(external_id="1", due_at="2026-03-20T18:00:00", **WEST).json()["case"]
    assert case["due_at"] == "2026-03-20T18:00:00+08:00"
    assert "upstream_due" in {one["code"] for one in case["clocks"]}
    assert [step["path"] for step in case["steps"]][:2] == ["acceptance", "rejection"]
    accepted = give(case, "acceptance").json()
    assert (accepted["kind_label"], accepted["owner"]) == ("社区层面", DESK)
    clock.on(minutes=5)
    sent = give(case, "dispatch", {"station": "14090102", "text": "请处置"}).json()
    assert (sent["station"], sent["owner"]) == ("14090102", STATION)
    assert sent["work"]["duties"][0]["role_label"] == "主办"
    assert {step["path"] for step in sent["steps"]} >= {"urging", "sub-task"}
    assert see(f"cases/{case['id']}", STATION).json()["steps"][0]["path"] == "signing"
    assert see("cases", STATION, tab="mine").json()["total"] == 1
    assert see("cases", DESK, tab="disposing", owner=STATION).json()["total"] == 1
    give(case, "signing", post=STATION)
    told = {"text": "已修好", "finished_at": clock.now.isoformat()}
    back = give(case, "feedback", told, post=STATION).json()
    assert back["status"] == "feedback_submitted"
    assert back["work"]["feedbacks"][0]["outcome_label"] == "实际解决"
    points = [
        {"code": code, "passed": True}
        for code in ("description", "law", "opinion", "photos", "language")
    ]
    closing = {"points": points, "report": "已办结"}
    closed = give(case, "closing", closing).json()
    assert closed["status"] == "closed"
    assert closed["work"]["evaluation"]["points"][0]["code_label"] == "案件信息描述齐全"
    assert see("summary").json()["closed_today"] == 1
    stages = closed["stages"]
    assert all(stage["to_at"] == later["from_at"] for stage, later in pairwise(stages))


def test_a_joint_case_is_called_together(report, give, see, clock):
    told = {"source": "department", "external_id": "1", **WEST}
    case = report(**told).json()["case"]
    body = {"kind": "joint", "grades": ["complex"], "spans": ["cross_field"], "reason": "多部门"}
    accepted = give(case, "acceptance", body).json()
    assert accepted["grade_labels"] == ["复杂联动"]
    assert (accepted["status"], accepted["owner"]) == ("instruction_pending", "deputy-140901")
    assert see("cases", "deputy-140901", tab="to_instruct").json()["total"] == 1
    assert see("cases", "deputy-140901", tab="mine").json()["total"] == 1
    instructed = give(case, "instruction", {"text": "现场协调"}, post="deputy-140901").json()
    assert instructed["work"]["instructions"][0]["by_label"] == "迎园片区专职副网格长"
    post = "police-140901"
    called = give(
        case,
        "phone-call",
        {"post": post, "outcome": "reached", "number": "13800138000"},
    ).json()
    assert called["work"]["calls"][0]["number"] == "138****8000"
    meeting = {
        "posts": [post], "place": "迎园路口", "appointment_at": in_hours(clock, 1),
        "lon": WEST["lon"], "lat": WEST["lat"], "crs": "GCJ-02",
    }  # fmt: skip
    started = give(case, "coordination", meeting).json()
    (round,) = started["work"]["coordinations"]
    # Read in the datum it was given in: about half a kilometre from the bare numbers.
    assert 0.003 < abs(round["lon"] - WEST["lon"]) + abs(round["lat"] - WEST["lat"]) < 0.02
    assert round["missing_posts_labels"] == ["迎园片区派出所片区负责人"]
    swapped = {"lon": WEST["lat"], "lat": WEST["lon"], "crs": "WGS84"}
    bad = give(case, "response", swapped, post=post)
    assert (bad.status_code, bad.json()["reason_code"]) == (422, "AXES_SWAPPED")
    undeclared = give(case, "response", {**WEST}, post=post)
    assert (undeclared.status_code, undeclared.json()["reason_code"]) == (422, "CRS_UNDECLARED")
    here = {"lon": WEST["lon"], "lat": WEST["lat"], "crs": "GCJ-02", "accuracy_m": 10}
    there = give(case, "response", here, post=post).json()
    assert there["status"] == "responded"
    assert there["work"]["coordinations"][0]["arrivals"][0]["within"] is True
    duties = [{"post": post, "role": "lead", "text": "劝离", "due_at": in_hours(clock, 3)}]
    divided = give(case, "coordination-result", {"duties": duties}).json()
    assert divided["status"] == "coordinated"
    begun = give(case, "disposal", post=post).json()
    assert (begun["status"], begun["owner"]) == ("disposing", post)
    assert see("cases", post, tab="mine").json()["total"] == 1


def test_one_sent_twice_is_done_once(report, give, see):
    case = report(external_id="1", **WEST).json()["case"]
    key = {"Idempotency-Key": "k1"}
    first = give(case, "acceptance", **key)
    assert first.headers["etag"] == '"2"'
    give(case, "urging", {"post": STATION, "text": "快"})
    again = give(case, "acceptance", **key)
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.status_code, again.headers["etag"]) == (200, '"2"')
    assert again.json()["status"] == "accepted"
    assert len(see(f"cases/{case['id']}/events").json()["items"]) == 3
    other = give(case, "acceptance", {"reason": "另一份"}, **key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/idempotency-key")
    elsewhere = give(case, "urging", {"post": STATION, "text": "快"}, **key)
    assert elsewhere.json()["type"] == "/problems/idempotency-key"
    # Another account's key is another key, and a refused command leaves none behind.
    assert (
        give(case, "dispatch", {"station": "14090199"}, **{"Idempotency-Key": "k2"}).json()["type"]
        == "/problems/not-permitted"
    )
    sent = give(case, "dispatch", {"station": "14090102"}, **{"Idempotency-Key": "k2"})
    assert sent.json()["status"] == "dispatched"
    assert give(case, "signing", post=STATION, **key).json()["status"] == "signed_for"


def test_two_at_once_under_one_key_are_one(report, give, see):
    case = report(external_id="1", **WEST).json()["case"]
    give(case, "acceptance")
    together, answers = Barrier(4), []

    def urge():
        together.wait()
        body = {"post": STATION, "text": "请抓紧"}
        answers.append(give(case, "urging", body, **{"Idempotency-Key": "same"}))

    threads = [Thread(target=urge) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(a.status_code, a.json()["version"]) for a in answers} == {(200, 3)}
    types = [row["type"] for row in see(f"cases/{case['id']}/events").json()["items"]]
    assert types.count("Urged") == 1


def test_the_version_that_was_looked_at(report, give, see):
    case = report(external_id="1", **WEST).json()["case"]
    assert see(f"cases/{case['id']}").headers["etag"] == '"1"'
    assert give(case, "acceptance", **{"If-Match": '"1"'}).status_code == 200
    slow = give(case, "dispatch", {"station": "14090102"}, **{"If-Match": '"1"'})
    assert (slow.status_code, slow.json()["version"]) == (409, 2)
    assert slow.json()["type"] == "/problems/version-conflict"
    for match, version in (("x", None), ('"2"', 1)):
        wrong = give(case, "urging", {"post": STATION, "text": "x", "version": version},
                     **{"If-Match": match})  # fmt: skip
        assert (wrong.status_code, wrong.json()["reason_code"]) == (422, "BAD_INPUT")
    any_ = give(case, "dispatch", {"station": "14090102"}, **{"If-Match": "*"})
    assert any_.headers["etag"] == '"3"'


SOON = "2026-03-11T18:00:00+08:00"
WHY = {"reason": "说明"}
SAID = {"text": "说明"}
POINT = {"code": "law", "passed": True}
FULL = {
    "acceptance": {"community": "14090102", "kind": "community_level", "involved": ["14090101"]},
    "rejection": {**WHY, "belongs_to": {"name": "马陆镇"}},
    "location": {**WHY, **WEST, "crs": "WGS84", "accuracy_m": 5},
    "rejection-withdrawal": WHY,
    "reinstatement": {**WHY, "to_sector": "140901"},
    "return-to-source": {**WHY, "kind": "police", "call_outcome": "reached"},
    "send-back": WHY,
    "dispatch": {"station": "14090102", "due_at": SOON},
    "signing": {},
    "station-return": {**WHY, "reason_code": "other"},
    "station-return-decision": {**WHY, "approve": True},
    "joint-request": {**WHY, "forces": ["城管"]},
    "instruction": {**SAID, "channel": "phone"},
    "phone-call": {"post": STATION, "outcome": "reached", "claimed_at": SOON},
    "head-report": {**SAID, "kind": "start"},
    "coordination": {"posts": [STATION], "place": "路口", "appointment_at": SOON, **WEST},
    "response": {**WHY, "post": STATION},
    "coordination-result": {
        "duties": [{"post": STATION, "role": "lead", "text": "x", "due_at": SOON}]
    },
    "sub-task": {**SAID, "post": "responder-140901-1", "due_at": SOON},
    "duty-dropping": {**WHY, "duty_id": str(UUID(int=1))},
    "disposal": {},
    "disposal-end": {"finished_at": SOON},
    "feedback": {**SAID, "outcome": "explained", "finished_at": SOON},
    "verification": {"kind": "before", "post": STATION, "due_at": SOON},
    "verification-result": {**SAID, "result": "true"},
    "evaluation": {"report": "x", "points": [POINT]},
    "return": {**WHY, "posts": [STATION]},
    "closing": {"report": "x", "points": [POINT], "outcome": "solved"},
    "escalation": {**WHY, "level": 1, "reason_code": "hard"},
    "head-coordination": SAID,
    "escalation-settlement": SAID,
    "urging": {**SAID, "post": STATION},
    "help-request": {**SAID, "lon": 121.26, "lat": 31.39, "crs": "WGS84"},
    "supervision": {**WHY, "due_at": SOON},
    "supervision-answer": {**SAID, "supervision_id": str(UUID(int=1))},
    "supervision-lifting": WHY,
    "extension": {**WHY, "new_due_at": SOON, "duty_id": str(UUID(int=1))},
    "extension-decision": {**WHY, "approve": True, "upstream_consent": True},
    "suspension": {**WHY, "owner": STATION, "review_on": "2026-04-01"},
    "suspension-decision": {**WHY, "approve": True},
    "suspension-end": WHY,
    "hand-over": {**WHY, "declared": True},
    "hand-back": {},
    "reclassification": {**WHY, "kind": "joint", "grades": ["urgent"], "spans": ["cross_level"]},
    "merge": None,
    "merge-undoing": WHY,
    "link": None,
    "withdrawal": WHY,
    "first-contact": {"made": True, "person": "某", "at": SOON},
    "return-visit": {"satisfaction": "fair"},
    "reopening": {**WHY, "cause": "again"},
    "archiving": {},
}


def test_every_step_is_understood_and_answered(report, give):
    """Done, or refused with its reason; none is unread, none breaks."""
    assert set(FULL) == {step.path for step in STEPS if step.path}
    other = report(external_id="0", **WEST).json()["case"]
    bodies = FULL | {
        "merge": {**WHY, "into": other["number"]},
        "link": {**WHY, "kind": "related_to", "other": other["id"]},
    }
    case = report(external_id="1", **WEST).json()["case"]
    done = set()
    for path, body in sorted(bodies.items(), key=lambda told: told[0] == "return-to-source"):
        for post in (DESK, "deputy-140901"):
            answer = give(case, path, body, post=post)
            assert answer.status_code in (200, 403, 404, 409), (path, answer.text)
            done |= {path} if answer.status_code == 200 else set()
    photo = {"sha256": "0" * 64, "kind": "after", "name": "a.jpg"}
    unknown = give(other, "feedback", {**SAID, "attachments": [photo]}, post=STATION)
    assert unknown.status_code in (404, 422), "no such case for the station, or no such photo"
    assert done >= {"acceptance", "dispatch", "sub-task", "supervision", "merge", "merge-undoing"}


def test_what_cannot_be_meant_is_422(report, give):
    case = report(external_id="1", **WEST).json()["case"]
    for path, body in (
        ("acceptance", {"comunity": "14090102"}),
        ("acceptance", {"grades": ["worst"]}),
        ("dispatch", {"station": "1"}),
        ("escalation", {"level": 3, "reason_code": "hard", "reason": "x"}),
        ("feedback", {"text": "x", "attachments": [{"sha256": "1", "kind": "after", "name": "a"}]}),
        ("suspension", {"owner": "x", "reason": "x", "review_on": "9999-01-01"}),
        ("phone-call", {"post": "x", "outcome": "reached", "note": "\x00"}),
    ):
        answer = give(case, path, body)
        assert (answer.status_code, answer.json()["type"]) == (422, "/problems/bad-input"), path


def test_two_reports_of_one_event_become_one(report, give, see):
    main = report(external_id="1", **WEST).json()["case"]
    same = report(external_id="2", **WEST).json()["case"]
    merged = give(same, "merge", {"into": main["number"], "reason": "同一处"})
    assert merged.json()["status"] == "merged"
    (link,) = merged.json()["work"]["links"]
    assert (link["kind_label"], link["other"]) == ("同一事件（并案）", main["id"])
    (other,) = see(f"cases/{main['id']}").json()["work"]["links"]
    assert other["other_number"] == same["full_number"]
    related = {"kind": "related_to", "other": same["id"], "reason": "同一工地"}
    assert len(give(main, "link", related).json()["work"]["links"]) == 2
    nowhere = give(main, "link", {**related, "other": "0101-0001"})
    assert nowhere.status_code == 404


def test_where_it_has_been_and_its_clocks(report, give, see, clock):
    case = report(external_id="1", address="仓场路", crs=None).json()["case"]
    clock.on(minutes=1)
    give(case, "location", {**WEST, "crs": "WGS84", "accuracy_m": 10, "reason": "来电核实"})
    give(case, "acceptance")
    give(case, "dispatch", {"station": "14090102"})
    lines = see(f"cases/{case['id']}/assignments").json()["items"]
    assert [line["type"] for line in lines] == [
        "CaseReceived", "LocationCorrected", "CaseDispatched",
    ]  # fmt: skip
    assert [line["station"] for line in lines] == [None, None, "14090102"]
    assert lines[1]["assignment"]["explanation"]
    clocks = see(f"cases/{case['id']}/clocks").json()["items"]
    first = next(one for one in clocks if one["code"] == "acceptance_alarm")
    assert (first["from"], first["to"], first["state"]) == ("收到案件", "受理或不予受理", "stopped")


def test_lists_are_narrowed(report, give, see):
    case = report(external_id="1", **WEST).json()["case"]
    give(case, "acceptance")
    report(external_id="2", **WEST)
    day = datetime.fromisoformat(case["received_at"]).date()
    for wanted, count in (
        ({"tab": "to_dispatch"}, 1),
        ({"tab": "received"}, 1),
        ({"kind": "community_level"}, 1),
        ({"grade": "urgent"}, 0),
        ({"since": day, "until": day}, 2),
        ({"since": day + timedelta(days=1)}, 0),
        ({"until": day - timedelta(days=1)}, 0),
        ({"owner": DESK}, 2),
    ):
        assert see("cases", **wanted).json()["total"] == count, wanted
    tabs = see("summary").json()["tabs"]
    assert (tabs["to_dispatch"], tabs["received"], tabs["mine"]) == (1, 1, 2)
