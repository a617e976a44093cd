"""Roster, duty, policy values and 交办事项 over HTTP: who may what, and what two may not undo."""

import pytest
from sqlalchemy import text

from boundaries.locate import edition_in_force
from cases import policies
from cases.people import seed_roster
from cases.policy import Policy
from store.engine import transaction

pytestmark = pytest.mark.db
STREET, DEPUTY, OTHER = "street-centre", "deputy-140901", "deputy-140902"


@pytest.fixture
def ask(client, house, signed_in):
    now = house.now()
    with transaction(house.engine) as conn:
        seed_roster.install(conn, edition_in_force(conn, now), now)
        policies.ensure_first(conn, Policy(), now)

    def asked(method, path, post, body=None, **headers):
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.request(method, f"/v1/{path}", json=body, headers=signed_in(post) | told)

    return asked


@pytest.fixture
def signed_in():
    """The headers by which a post is known."""
    return lambda post: {"X-Pianqu-Post": post}


def staff(ask, id="A", post=STREET):
    return ask("POST", "roster/staff", post, {"id": id, "name": f"账号{id}", "body": "police"})


def test_values_are_set_by_version_and_never_looser_than_the_plan(ask):
    seen = ask("GET", "policy", "coordinator-140901")
    assert (seen.json()["version"], seen.headers["etag"]) == (1, '"1"')
    assert not seen.json()["may_set"]
    change = {"values": {"dispatch_minutes": 45}, "reason": "试行"}
    assert ask("PUT", "policy", DEPUTY, change, If_Match='"1"').status_code == 403
    assert ask("PUT", "policy", STREET, change).status_code == 428
    done = ask("PUT", "policy", STREET, change, If_Match='"1"')
    assert (done.status_code, done.json()["version"], done.headers["etag"]) == (200, 2, '"2"')
    slower = ask("PUT", "policy", "admin", change, If_Match='"1"')
    assert (slower.status_code, slower.json()["version"]) == (412, 2)
    looser = {"values": {"dispatch_minutes": 90}, "reason": "x"}
    refused = ask("PUT", "policy", STREET, looser, If_Match='"2"')
    assert refused.status_code == 422
    assert "只能收紧" in refused.json()["errors"][0]["detail"]
    items = ask("GET", "policy/history", DEPUTY).json()["items"]
    assert [(v["version"], v["set_by"], v["reason"]) for v in items] == [
        (2, STREET, "试行"), (1, "admin", "初始值"),
    ]  # fmt: skip


def test_who_writes_and_reads_which_roster(ask):
    assert staff(ask, post=DEPUTY).status_code == 403
    assert staff(ask).status_code == 201
    held = {"post": "coordinator-140901", "staff_id": "A", "from_at": "2026-03-01T00:00:00+08:00"}
    assert ask("POST", "roster/holdings", OTHER, held).status_code == 403
    made = ask("POST", "roster/holdings", DEPUTY, held)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    again = ask("POST", "roster/holdings", DEPUTY, held)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/post-taken")
    shift = {"desk": "140901", "day": "2026-03-11", "start": "20:00", "end": "04:00",
             "staff_id": "A"}  # fmt: skip
    assert ask("POST", "roster/shifts", OTHER, shift).status_code == 403
    assert ask("POST", "roster/shifts", DEPUTY, shift).status_code == 201
    own = ask("GET", "roster", "station-14090101").json()
    assert own["desk"] == "140901"
    assert {h["post"] for h in own["holdings"]} == {"coordinator-140901"}
    assert [s["end_at"] for s in own["shifts"]] == ["2026-03-12T04:00:00+08:00"]
    assert ask("GET", "roster?desk=140902", DEPUTY).status_code == 403
    assert ask("GET", "roster", "department-water").status_code == 403
    assert ask("GET", "roster", OTHER).json()["staff"] == []
    assert len(ask("GET", "roster", STREET).json()["strength"]) == 2


def test_a_holding_is_ended_by_its_version_and_a_shift_taken_back(ask, house):
    staff(ask)
    held = {"post": "head-140901", "staff_id": "A", "from_at": "2026-03-01T00:00:00+08:00"}
    id = ask("POST", "roster/holdings", STREET, held).json()["id"]
    path = f"roster/holdings/{id}/ending"
    assert ask("POST", path, DEPUTY, {}).status_code == 428
    assert ask("POST", path, OTHER, {}, If_Match='"1"').status_code == 403
    assert ask("POST", path, DEPUTY, {}, If_Match='"7"').status_code == 412
    assert ask("POST", path, DEPUTY, {}, If_Match='"1"').headers["etag"] == '"2"'
    assert ask("POST", "roster/holdings/999/ending", STREET, {}, If_Match='"1"').status_code == 404
    shift = {"desk": "140901", "day": "2026-03-11", "start": "08:00", "end": "16:00",
             "staff_id": "A"}  # fmt: skip
    number = ask("POST", "roster/shifts", STREET, shift).json()["id"]
    assert ask("DELETE", f"roster/shifts/{number}", OTHER).status_code == 403
    assert ask("DELETE", f"roster/shifts/{number}", DEPUTY).status_code == 204
    assert ask("GET", "roster", DEPUTY).json()["shifts"] == []
    with transaction(house.engine) as conn:
        assert conn.execute(text("SELECT count(*) FROM shift")).scalar_one() == 1


def test_duty_counts_who_is_there(ask):
    staff(ask)
    held = {"post": "coordinator-140901", "staff_id": "A", "from_at": "2026-03-01T00:00:00+08:00"}
    ask("POST", "roster/holdings", STREET, held)
    there = ask("GET", "duty", "coordinator-140901").json()
    assert (there["running"], there["strength"]) == (
        True, {"needed": 4, "on_duty": 1, "short": True},
    )  # fmt: skip
    gone = ask("POST", "duty/signing", "coordinator-140901", {"present": False})
    assert gone.json() == {"id": "A"}
    assert ask("GET", "duty", "coordinator-140901").json()["forces"][0]["why"] == "已离岗"
    assert ask("POST", "duty/signing", "patrol-140901", {"staff_id": "A"}).status_code == 403
    night = ask("GET", "duty?at=2026-10-01T10:00:00%2B08:00", DEPUTY).json()
    assert (night["running"], night["off_hours_reason"]) == (False, "holiday")
    hours = {"desk": "140901", "from_day": "2026-03-01", "opens": "07:00", "closes": "21:00"}
    assert ask("POST", "roster/running-hours", DEPUTY, hours).status_code == 403
    assert ask("POST", "roster/running-hours", STREET, hours).status_code == 201
    assert ask("GET", "duty?at=2026-03-11T20:00:00%2B08:00", DEPUTY).json()["running"]


@pytest.mark.usefixtures("ask")
def test_a_file_is_checked_and_taken_in(client, signed_in):
    rows = "人员编号,称呼,单位编号\nB,账号B,police\nC,,police\n"

    def send(words, post=STREET, **query):
        file = {"file": ("人员.csv", words.encode(), "text/csv")}
        return client.post("/v1/roster/import", params=query, files=file, headers=signed_in(post))

    refused = send(rows).json()
    assert not refused["written"]
    assert [(e["row"], e["column"]) for e in refused["errors"]] == [(3, "称呼")]
    assert send(rows.replace("C,,", "C,账号C,"), dry_run="true").json()["written"] is False
    assert send(rows.replace("C,,", "C,账号C,")).json()["changes"]["staff"] == 2
    assert send(rows, post="coordinator-140901").status_code == 403
    assert "街道城运中心" in send(rows, post=DEPUTY).json()["errors"][0]["detail"]


def test_a_task_without_a_case(ask):
    told = {"title": "查排水口", "to_post": "station-14090101", "due_at": "2026-03-12T00:00:00Z"}
    made = ask("POST", "tasks", DEPUTY, told)
    assert made.status_code == 201
    path = f"tasks/{made.json()['id']}"
    assert made.headers["location"] == f"/v1/{path}"
    assert ask("GET", path, OTHER).status_code == 404
    assert ask("GET", path, "station-14090101").json()["steps"] == ["taking-up", "feedback"]
    station = "station-14090101"
    assert ask("POST", f"{path}/feedback", station, {"text": ""}).status_code == 409
    done = ask("POST", f"{path}/feedback", station, {"text": "已查"}, If_Match='"1"')
    assert (done.json()["status_label"], done.headers["etag"]) == ("已反馈", '"2"')
    slower = ask("POST", f"{path}/closing", DEPUTY, {}, If_Match='"1"')
    assert (slower.status_code, slower.json()["version"]) == (409, 2)
    assert ask("POST", f"{path}/closing", DEPUTY, {}).json()["status"] == "closed"
    assert [t["late"] for t in ask("GET", "tasks", station).json()["items"]] == [False]
