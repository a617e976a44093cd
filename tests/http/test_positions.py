"""Phones at the door: whose they are, what is answered, what is kept; tracks and who looked."""

from datetime import timedelta

import pytest
from duty_people import POST, give_phone, put_on_duty
from sqlalchemy import text

from store.engine import transaction

pytestmark = pytest.mark.db
NOBODY = {"X-Test-Nobody": "yes"}
HERE = {"lat": 31.39, "lon": 121.26, "accuracy": 9}


@pytest.fixture
def phone(house, clock):
    with transaction(house.engine) as conn:
        put_on_duty(conn, clock())
        put_on_duty(conn, clock(), person="P2", post="patrol-140902", sector="140902")
        token, number = give_phone(conn, clock())
    return {"token": token, "id": number}


def kept(house):
    with transaction(house.engine) as conn:
        return conn.execute(
            text("SELECT person_id, fix_at, until_at FROM person_position ORDER BY fix_at")
        ).all()


def send(client, token, clock, *, after_s=0, **told):
    at = int(clock().timestamp()) + after_s
    fields = {"id": token, **HERE, "timestamp": at} | told
    return client.post("/v1/positions/osmand", data=fields, headers=NOBODY)


def problems(client, person="P1"):
    items = client.get(f"/v1/personnel/{person}/devices").json()["items"]
    return items[0]["problems"]


def test_traccar_client_is_heard_and_never_told_to_send_again(client, house, clock, phone):
    assert send(client, phone["token"], clock).status_code == 200
    query = {
        "id": phone["token"],
        **HERE,
        "lat": 31.3903,
        "timestamp": int(clock().timestamp()) + 9,
    }
    clock.on(seconds=9)
    assert client.get("/v1/positions/osmand", params=query, headers=NOBODY).text == "OK"
    assert len(kept(house)) == 2
    # Replayed, without a position, wild or broken: answered with success, counted, not kept.
    for odd in ({}, {"lat": "x"}, {"lat": 0, "lon": 0}, {"accuracy": 900}, {"timestamp": "9" * 30},
                {"lat": 31.45, "timestamp": int(clock().timestamp()) + 1}):  # fmt: skip
        later = 1 if odd else 0
        assert send(client, phone["token"], clock, after_s=later, **odd).status_code == 200, odd
    beat = {"id": phone["token"]}
    answer = client.get("/v1/positions/osmand", params=beat, headers=NOBODY)
    assert answer.status_code == 200
    assert len(kept(house)) == 2
    told = problems(client)
    assert told == {"DUPLICATE": 1, "INVALID": 1, "ZERO": 1, "INACCURATE": 1, "PAST": 1,
                    "TOO_FAST": 1}  # fmt: skip


def test_owntracks_is_heard_and_told_nothing_of_others(client, house, clock, phone):
    door, auth = "/v1/positions/owntracks", ("whoever", phone["token"])
    limits = {"X-Limit-U": "P2", "X-Limit-D": "phone"}
    told = {"_type": "location", "lat": 31.39, "lon": 121.26, "acc": 9,
            "tst": int(clock().timestamp())}  # fmt: skip
    answer = client.post(door, json=told, auth=auth, headers=limits)
    assert (answer.status_code, answer.json()) == (200, [])
    assert [row.person_id for row in kept(house)] == ["P1"]
    for other in ({"_type": "lwt"}, {"_type": "card", "face": "x" * 100_000}, []):
        assert client.post(door, json=other, auth=auth).json() == []
    assert client.post(door, content=b"", auth=auth).json() == []
    assert len(kept(house)) == 1


def test_only_a_phones_own_token_opens(client, house, clock, phone):
    wrong = ["", "x", phone["token"] + "x", "pq_test_coordinator-140901", "P1", "\x00", "0' OR 1=1"]
    for token in wrong:
        assert send(client, token, clock).status_code == 401, token
        answer = client.post("/v1/positions/owntracks", json={}, auth=("P1", token))
        assert answer.status_code == 401, token
    assert client.get("/v1/positions/osmand", headers=NOBODY).status_code == 401
    # The number in the devices list is no token, and the list tells none.
    listed = client.get("/v1/personnel/P1/devices")
    assert phone["token"] not in listed.text
    assert client.delete(f"/v1/personnel/P2/devices/{phone['id']}").status_code == 403
    assert client.delete(f"/v1/personnel/P1/devices/{phone['id']}").status_code == 204
    assert send(client, phone["token"], clock).status_code == 401
    assert kept(house) == []


def test_nobody_reports_anybody_else(client, house, clock, phone):
    body = {"lon": 121.26, "lat": 31.39, "fix_at": clock().isoformat()}
    by_phone = {"Authorization": f"Bearer {phone['token']}"}
    other = client.post("/v1/positions", json=body | {"device_id": "P2"}, headers=by_phone)
    assert other.status_code == 403
    for post, device, status in (
        (POST, "P2", 403), (POST, "P1", 204), ("coordinator-140901", "P1", 403),
        ("coordinator-140901", None, 422), ("admin", "P1", 403), ("patrol-140902", "P1", 403),
    ):  # fmt: skip
        told = body | ({"device_id": device} if device else {})
        answer = client.post("/v1/positions", json=told, headers={"X-Pianqu-Post": post})
        assert answer.status_code == status, (post, device, answer.text)
    clock.on(seconds=10)
    later = body | {"lat": 31.3905, "fix_at": clock().isoformat()}
    assert client.post("/v1/positions", json=later, headers=by_phone).status_code == 204
    again = client.post("/v1/positions", json=later, headers=by_phone)
    assert (again.status_code, again.json()["reason_code"]) == (422, "DUPLICATE")
    assert {row.person_id for row in kept(house)} == {"P1"}
    assert problems(client) == {"DUPLICATE": 1}
    # The phone's token opens nothing else.
    assert client.get("/v1/cases", headers=by_phone).status_code == 401


def test_off_duty_nothing_is_kept_and_nothing_is_shown(client, house, clock, phone):
    assert send(client, phone["token"], clock).status_code == 200
    shown = client.get("/v1/layers/personnel").json()["features"]
    (told,) = [one["properties"] for one in shown]
    assert (told["presence"], told["presence_label"], told["stale"]) == ("on_duty", "在岗", False)
    assert told["presence_since"] == "2026-03-11T08:30:00+08:00"
    clock.on(minutes=6)
    (told,) = [o["properties"] for o in client.get("/v1/layers/personnel").json()["features"]]
    assert (told["presence"], told["stale"], told["age_s"]) == ("stale", True, 360)
    # 20:00: the desk is closed.
    clock.on(hours=10)
    assert send(client, phone["token"], clock).status_code == 200
    # What the phone kept from the morning is still of duty time.
    assert send(client, phone["token"], clock, after_s=-9 * 3600, lat=31.391).status_code == 200
    assert len(kept(house)) == 2
    assert problems(client) == {"OFF_DUTY": 1}
    assert client.get("/v1/layers/personnel").json()["features"] == []


def test_a_track_is_for_few_and_every_look_is_noted(client, clock, phone):
    start = clock()
    for n in range(4):
        send(client, phone["token"], clock, lat=31.39 + n / 2000)
        clock.on(minutes=1)
    own = {"X-Pianqu-Post": POST}
    found = client.get("/v1/personnel/P1/track", params={"day": "2026-03-11"})
    assert found.headers["content-type"] == "application/geo+json"
    assert found.headers["cache-control"] == "no-store"
    line = found.json()
    assert line["geometry"]["type"] == "LineString"
    assert len(line["geometry"]["coordinates"]) == len(line["properties"]["times"]) == 4
    assert line["properties"]["times"][0] == "2026-03-11T09:30:00+08:00"
    assert client.get("/v1/personnel/P1/track", headers=own).json() == line
    empty = client.get("/v1/personnel/P1/track", params={"day": "2026-03-10"}).json()
    assert empty["geometry"] is None
    for post in ("deputy-140902", "patrol-140902", "police-140901", "admin", "platform-12345"):
        refused = client.get("/v1/personnel/P1/track", headers={"X-Pianqu-Post": post})
        assert refused.status_code == 403, post
    assert client.get("/v1/personnel/nobody/track").status_code == 404
    for odd in ("P1/track?day=x", "P1/track?day=9999-12-31", "P1/track?day=0001-01-01",
                "%00/track", f"{'x' * 61}/track", "P1%00/devices"):  # fmt: skip
        assert client.get(f"/v1/personnel/{odd}").status_code == 422, odd
    deputy = {"X-Pianqu-Post": "deputy-140901"}
    log = client.get("/v1/access-log", params={"subject": "P1"}, headers=deputy).json()["items"]
    looks = [(one["detail"]["post"], one["detail"]["day"]) for one in log]
    assert looks == [
        ("coordinator-140901", "2026-03-10"), (POST, "2026-03-11"),
        ("coordinator-140901", "2026-03-11"),
    ]  # fmt: skip
    other = client.get("/v1/access-log", params={"subject": "P1"},
                       headers={"X-Pianqu-Post": "deputy-140902"})  # fmt: skip
    assert other.json()["items"] == []
    assert clock() - start == timedelta(minutes=4)


@pytest.mark.usefixtures("phone")
def test_a_long_day_is_simplified(client, house, clock):
    with transaction(house.engine) as conn:
        conn.execute(
            text(
                "INSERT INTO person_position (person_id, fix_at, geom, accuracy_m, received_at)"
                " SELECT 'P1', :start + n * interval '3 s', ST_SetSRID(ST_MakePoint("
                " 121.26 + n * 1e-6, 31.39 + 1e-3 * sin(n / 3.0)), 4490), 8, :start"
                " FROM generate_series(0, 5999) n"
            ),
            {"start": clock() - timedelta(hours=6)},
        )
    told = client.get("/v1/personnel/P1/track").json()
    count = len(told["geometry"]["coordinates"])
    assert 500 < count <= 2000
    assert len(told["properties"]["times"]) == count
    assert told["properties"]["simplified"]
    assert told["properties"]["count"] == 6000
    assert told["properties"]["times"] == sorted(told["properties"]["times"])
