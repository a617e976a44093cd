"""What a post does not see is not there: list, map, counts, file, stream, command and text."""

import pytest
from spots import EAST, WEST

pytestmark = pytest.mark.db
DESK, OTHER = "coordinator-140901", "coordinator-140902"
STATION, STREET, ADMIN = "station-14090102", "street-centre", "admin"
SOURCE, FOREIGN = "platform-12345", "platform-grid"
NOBODYS = ("station-14090101", "responder-140901-1", "department-water", FOREIGN, ADMIN, OTHER)


@pytest.fixture
def as_post(client):
    """A request as a post."""

    def sent(post, method, path, **more):
        headers = {"X-Pianqu-Post": post, **more.pop("headers", {})}
        return client.request(method, f"/v1/{path}", headers=headers, **more)

    return sent


@pytest.fixture
def case(as_post):
    """A case of 迎园社区网格 that its platform brought, with a person in its text."""
    body = {
        "source": "12345", "external_id": "1", "title": "路灯不亮", "crs": "WGS84",
        "description": "王小明来电，电话13800138000", "accuracy_m": 10, **WEST,
        "reporter": {"name": "王小明", "phone": "13800138000"},
    }  # fmt: skip
    return as_post(SOURCE, "POST", "cases", json=body).json()["case"]


def seen_by(as_post, post, id):
    """Which doors show the case to the post."""
    cases = as_post(post, "GET", "cases").json()
    features = as_post(post, "GET", "layers/cases").json()["features"]
    layers = {one["id"]: one["count"] for one in as_post(post, "GET", "layers").json()["items"]}
    return {
        "list": [one["id"] for one in cases["items"]] == [id] and cases["total"] == 1,
        "map": [one["id"] for one in features] == [id],
        "count": layers["cases"] == 1,
        **{
            path: as_post(post, "GET", f"cases/{id}{path}").status_code == 200
            for path in ("", "/events", "/clocks", "/assignments")
        },
    }


def test_every_door_agrees_who_sees_a_case(as_post, case):
    for post in (DESK, STREET, SOURCE, "deputy-140901", "police-140901"):
        assert set(seen_by(as_post, post, case["id"]).values()) == {True}, post
    for post in NOBODYS:
        assert set(seen_by(as_post, post, case["id"]).values()) == {False}, post
        hidden = as_post(post, "POST", f"cases/{case['id']}/acceptance", json={})
        assert (hidden.status_code, hidden.json()["type"]) == (404, "/problems/not-found"), post
        assert as_post(post, "GET", f"cases/{case['number']}").status_code == 404
        assert not any(as_post(post, "GET", "summary").json()["tabs"].values())
    # The station sees what is given to it, no earlier.
    assert not any(seen_by(as_post, STATION, case["id"]).values())
    as_post(DESK, "POST", f"cases/{case['id']}/acceptance", json={})
    as_post(DESK, "POST", f"cases/{case['id']}/dispatch", json={"station": "14090102"})
    assert all(seen_by(as_post, STATION, case["id"]).values())


def test_who_only_looks_on_reads_it_without_people(as_post, case):
    as_post(DESK, "POST", f"cases/{case['id']}/acceptance",
            json={"involved": ["14090101"], "spans": ["cross_grid"]})  # fmt: skip
    on_look = "station-14090101"
    told = as_post(on_look, "GET", f"cases/{case['id']}")
    assert told.status_code == 200
    events = as_post(on_look, "GET", f"cases/{case['id']}/events")
    listed = as_post(on_look, "GET", "cases")
    for answer in (told, events, listed):
        assert "13800138000" not in answer.text
        assert "王小明" not in answer.text
    assert "13800138000" in as_post(DESK, "GET", f"cases/{case['id']}").text
    # Nor can it find out by asking.
    search = {"q": "13800138000"}
    assert as_post(on_look, "GET", "cases", params=search).json()["total"] == 0
    assert as_post(DESK, "GET", "cases", params=search).json()["total"] == 1
    assert as_post(on_look, "GET", "cases", params={"q": case["number"]}).json()["total"] == 1


def test_a_refusal_is_its_desks_and_the_streets(as_post):
    body = {"source": "12345", "external_id": "9", "title": "x", "crs": "WGS84",
            "accuracy_m": 10, "to_sector": "140901", "urgent": True, **EAST}  # fmt: skip
    case = as_post(SOURCE, "POST", "cases", json=body).json()["case"]
    refused = as_post(DESK, "POST", f"cases/{case['id']}/rejection", json={"reason": "在东边"})
    (refusal,) = refused.json()["refusals"]
    at = "street-centre/refusals"
    assert len(as_post(STREET, "GET", at).json()["items"]) == 1
    assert len(as_post(DESK, "GET", at).json()["items"]) == 1
    for post in (OTHER, ADMIN, FOREIGN):
        assert as_post(post, "GET", at).json()["items"] == []
        act = as_post(post, "POST", f"{at}/{refusal['id']}/acknowledgement", json={})
        assert act.status_code == 404
    own = as_post(DESK, "POST", f"{at}/{refusal['id']}/acknowledgement", json={})
    assert (own.status_code, own.json()["type"]) == (403, "/problems/not-your-post")
    key = {"Idempotency-Key": "a"}
    body = {"to_sector": "140902"}
    for _ in range(2):
        moved = as_post(STREET, "POST", f"{at}/{refusal['id']}/redispatch", json=body, headers=key)
        assert moved.status_code == 200
    assert as_post(OTHER, "GET", f"cases/{case['id']}").json()["status"] == "received"


def test_a_map_to_share_is_of_the_own_desk(as_post):
    for post, desk, status in (
        (STREET, None, 202), (STREET, "140902", 202), (DESK, None, 202), (DESK, "140901", 202),
        (DESK, "140902", 403), (STATION, None, 403), (SOURCE, None, 403), (ADMIN, None, 403),
    ):  # fmt: skip
        body = {"desk": desk} if desk else {}
        assert as_post(post, "POST", "reports/situation", json=body).status_code == status, post
    own = as_post(DESK, "POST", "reports/situation", json={}).json()["id"]
    all_ = as_post(STREET, "POST", "reports/situation", json={}).json()["id"]
    for post, job, status in (
        (DESK, own, 200), (STREET, own, 200), (OTHER, own, 404), (STATION, own, 404),
        (STREET, all_, 200), (DESK, all_, 404), (ADMIN, all_, 404),
    ):  # fmt: skip
        assert as_post(post, "GET", f"reports/{job}").status_code == status, (post, job)


def test_what_could_not_be_read_is_for_who_takes_reports_in(as_post):
    as_post(SOURCE, "POST", "cases", content=b"{")
    for post, status in ((STREET, 200), (DESK, 200), (STATION, 403), (SOURCE, 403), (ADMIN, 403)):
        answer = as_post(post, "GET", "intake-rejected")
        assert answer.status_code == status, post
