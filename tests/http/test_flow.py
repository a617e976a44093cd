"""Acceptance, refusal and the street centre's answers, over HTTP."""

import uuid

import orjson
import pytest
from spots import EAST, MALU, ROAD, SECRET, WEST

from cases.channels.signing import signed_headers

pytestmark = pytest.mark.db
WEST_DESK = {"X-Pianqu-Post": "coordinator-140901"}
EAST_DESK = {"X-Pianqu-Post": "coordinator-140902"}
EAST_INSPECTOR = {"X-Pianqu-Post": "inspector-140902"}
CENTRE = {"X-Pianqu-Post": "street-centre"}


def act(client, case, verb, body=None, by=WEST_DESK):
    return client.post(f"/v1/cases/{case['id']}/{verb}", json=body or {}, headers=by)


def test_a_sure_case_is_accepted_and_its_clocks_stop(client, report):
    case = report(external_id="1", **WEST).json()["case"]
    accepted = act(client, case, "acceptance").json()
    assert accepted["status"] == "accepted"
    assert accepted["assignment"]["explanation"]
    clocks = {clock["code"]: clock["state"] for clock in accepted["clocks"]}
    assert clocks == {
        "refusal_feedback": "stopped",
        "acceptance_alarm": "stopped",
        "dispatch_limit": "running",
        "first_contact": "running",
        "handling_limit": "running",
    }
    again = act(client, case, "acceptance")
    assert (again.status_code, again.json()["type"]) == (409, "/problems/wrong-status")


def test_the_edge_is_chosen_among_the_candidates(client, report):
    case = report(external_id="1", **ROAD).json()["case"]
    assert case["status"] == "boundary_review"
    open_ = act(client, case, "acceptance")
    assert (open_.status_code, open_.json()["type"]) == (409, "/problems/grid-open")
    foreign = act(client, case, "acceptance", {"community": "14090105"})
    assert (foreign.status_code, foreign.json()["type"]) == (409, "/problems/not-permitted")
    other = act(client, case, "acceptance", {"community": "14090201"})
    assert (other.status_code, other.json()["type"]) == (409, "/problems/out-of-area")
    assert other.json()["belongs_to"]["code"] == "140902"
    assert act(client, case, "acceptance", {"community": "14090102"}).json()["desk"] == "140901"


def test_surely_outside_is_refused_by_itself_and_told(client, report):
    case = report(external_id="1", to_sector="140902", **MALU).json()["case"]
    assert case["status"] == "rejected_out_of_area"
    (refusal,) = client.get("/v1/street-centre/refusals").json()["items"]
    assert refusal["automatic"] is True
    assert refusal["belongs_to"]["name"] == "马陆镇"
    assert refusal["on_behalf_of"] == "coordinator-140902"
    assert refusal["delivery"]["status"] == "pending"
    assert refusal["clock"]["code"] == "refusal_feedback"
    assert refusal["clock"]["due_at"] == "2026-03-13T00:00:00+08:00"


def test_unsure_outside_waits_for_a_person(client, report):
    case = report(external_id="1", to_sector="140902", urgent=True, **MALU).json()["case"]
    assert (case["status"], case["proposal"]) == ("received", "rejection")
    taken = act(client, case, "acceptance", by=EAST_DESK)
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/out-of-area")
    assert taken.json()["belongs_to"]["name"] == "马陆镇"
    not_ours = act(client, case, "rejection", {"reason": "在马陆镇"}, by=EAST_INSPECTOR)
    assert (not_ours.status_code, not_ours.json()["type"]) == (403, "/problems/not-your-post")
    refused = act(client, case, "rejection", {"reason": "在马陆镇"}, by=EAST_DESK).json()
    assert refused["status"] == "rejected_out_of_area"
    back = act(client, case, "rejection-withdrawal", {"reason": "看错了"}, by=EAST_DESK).json()
    assert back["status"] == "received"
    assert [r["state"] for r in back["refusals"]] == ["withdrawn"]


def test_the_siblings_case_is_refused_and_sent_on_in_two_acts(client, report):
    case = report(external_id="1", to_sector="140901", **EAST).json()["case"]
    assert (case["status"], case["desk"]) == ("received", "140902")
    events = client.get(f"/v1/cases/{case['id']}/events").json()["items"]
    assert [(e["type"], e["on_behalf_of"]) for e in events] == [
        ("CaseReceived", None),
        ("CaseRejected", "coordinator-140901"),
        ("CaseRedispatched", "street-centre"),
    ]
    # It is the other desk's to do now; the first desk still sees what it refused.
    west = client.get("/v1/summary", params={"desk": "140901"}).json()
    east = client.get("/v1/summary", params={"desk": "140902"}).json()
    assert (west["todo"], west["tabs"]["rejected"], east["todo"]) == (0, 1, 1)
    for query, count in (({"tab": "todo"}, 0), ({"open": True}, 0), ({"tab": "rejected"}, 1)):
        told = client.get("/v1/cases", params={"desk": "140901", **query}).json()
        assert told["total"] == count, query
    assert act(client, case, "acceptance", by=EAST_DESK).json()["status"] == "accepted"


def test_the_street_centre_signs_reinstates_and_forwards(client, report):
    ids = []
    for number in ("1", "2", "3"):
        case = report(external_id=number, to_sector="140902", **MALU).json()["case"]
        ids.append(case["refusals"][0]["id"])
    at = "/v1/street-centre/refusals"
    signed = client.post(f"{at}/{ids[0]}/acknowledgement", json={}, headers=CENTRE).json()
    assert signed["refusals"][0]["state"] == "acknowledged"
    late = act(client, signed, "rejection-withdrawal", {"reason": "x"}, by=EAST_DESK)
    assert late.status_code == 409
    ruled = client.post(f"{at}/{ids[1]}/reinstatement", json={"reason": "特批"}, headers=CENTRE)
    assert (ruled.json()["status"], ruled.json()["reinstated"]) == ("received", True)
    second = act(client, ruled.json(), "rejection", {"reason": "不要"}, by=EAST_DESK)
    assert second.status_code == 409
    assert act(client, ruled.json(), "acceptance", by=EAST_DESK).json()["status"] == "accepted"
    onward = client.post(f"{at}/{ids[2]}/forwarding", json={}, headers=CENTRE).json()
    assert onward["refusals"][0]["state"] == "forwarded"
    moved = client.post(f"{at}/{ids[2]}/redispatch", json={"to_sector": "140901"}, headers=CENTRE)
    assert moved.status_code == 409
    for state in ("acknowledged", "reinstated", "forwarded"):
        assert len(client.get(at, params={"state": state}).json()["items"]) == 1


def test_a_better_place_runs_the_decision_again(client, report):
    case = report(external_id="1", address="仓场路", crs=None).json()["case"]
    body = {**WEST, "crs": "WGS84", "accuracy_m": 10, "reason": "来电核实"}
    moved = act(client, case, "location", body).json()
    assert (moved["status"], moved["community"]["code"]) == ("received", "14090102")
    swapped = {**body, "lon": WEST["lat"], "lat": WEST["lon"]}
    assert act(client, case, "location", swapped).status_code == 409
    assert act(client, moved, "acceptance").json()["status"] == "accepted"
    # Under way it may still be corrected, and stays where it stands while it is the same grid's.
    assert act(client, moved, "location", body).json()["status"] == "accepted"


def test_who_was_slower_hears_the_current_version(client, report):
    case = report(external_id="1", **WEST).json()["case"]
    report(external_id="1", title="补报", **WEST)
    slow = act(client, case, "acceptance", {"version": case["version"]})
    assert (slow.status_code, slow.json()["type"]) == (409, "/problems/version-conflict")
    assert slow.json()["version"] == 2


def test_what_is_not_there_is_not_found(client):
    nobody = str(uuid.uuid4())
    for method, path in (
        ("GET", f"/v1/cases/{nobody}"),
        ("GET", "/v1/cases/0101-0001/events"),
        ("POST", f"/v1/cases/{nobody}/acceptance"),
        ("POST", f"/v1/street-centre/refusals/{nobody}/acknowledgement"),
        ("POST", f"/v1/deliveries/{nobody}/retry"),
        ("GET", f"/v1/reports/{nobody}"),
        ("GET", f"/v1/reports/{nobody}/file"),
        ("GET", "/v1/nothing"),
    ):
        answer = client.request(method, path, json={} if method == "POST" else None)
        assert answer.status_code == 404, path
        assert answer.json()["type"] == "/problems/not-found"
    assert client.delete("/v1/cases").json()["type"] == "/problems/method-not-allowed"


def test_the_inbox_takes_only_what_we_signed(client, clock):
    message = {"id": str(uuid.uuid4()), "type": "t", "specversion": "1.0"}
    body = orjson.dumps(message)
    good = signed_headers(SECRET, delivery_id=message["id"], body=body, now=clock.now)
    send = lambda headers, content=body: client.post(  # noqa: E731
        "/v1/street-centre/inbox", content=content, headers=headers
    )
    assert send(good).status_code == 202
    assert send(good).status_code == 202
    assert send({}).json()["type"] == "/problems/bad-signature"
    assert send(good, body + b" ").status_code == 401
    forged = signed_headers(b"other", delivery_id=message["id"], body=body, now=clock.now)
    assert send(forged).status_code == 401
    clock.on(minutes=6)
    assert send(good).status_code == 401


def test_the_houses_own_posts_cannot_be_claimed(client, report):
    case = report(external_id="1", **WEST).json()["case"]
    for post in ("router", "clock", "courier", "nobody", "coordinator-x y"):
        answer = act(client, case, "acceptance", by={"X-Pianqu-Post": post})
        assert answer.status_code in (401, 403, 422), post


def test_a_report_is_asked_for_and_waited_for(client):
    job = client.post("/v1/reports/situation", json={}).json()
    assert client.get(f"/v1/reports/{job['id']}").json()["status"] == "queued"
    early = client.get(f"/v1/reports/{job['id']}/file")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/not-ready")


def test_the_screen_is_told_what_this_house_is(client, report):
    report(external_id="1", **WEST)
    told = client.get("/v1/config").json()
    assert told["loopback_only"] is True
    assert {post["id"] for post in told["posts"]} == {"coordinator-140901"}
    assert client.get("/v1/summary", params={"desk": "140901"}).json()["todo"] == 1
    assert client.get("/v1/summary", params={"desk": "140902"}).json()["todo"] == 0
    (edition,) = client.get("/v1/editions").json()["items"]
    assert (edition["status"], edition["provisional"]) == ("in_force", True)
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json()["ready"] is True
