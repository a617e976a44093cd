"""Whom to send and what is alike, over HTTP: from the roster, the positions and the cases."""

from datetime import timedelta

import pytest
from spots import EAST, WEST
from sqlalchemy import text

from boundaries import library
from cases.people import seed_roster
from store.engine import transaction

pytestmark = pytest.mark.db
DESK = {"X-Pianqu-Post": "coordinator-140901"}


@pytest.fixture
def manned(house):
    """The plan's roster with a role account in each post, and one patrol's phone on the map."""
    now = house.now()
    with transaction(house.engine) as conn:
        edition = next(e for e in library.editions(conn) if e.status == "in_force")
        seed_roster.install(conn, edition, now - timedelta(days=1), holders=True)
        conn.execute(
            text(
                "INSERT INTO person (id, post, name, chip, duty_mode, sector)"
                " VALUES ('p1', 'police-140901', '警', '警', 'fixed', '140901')"
            )
        )
        conn.execute(
            text(
                "INSERT INTO person_position (person_id, fix_at, geom, accuracy_m, received_at)"
                " VALUES ('p1', :at, ST_SetSRID(ST_MakePoint(121.2610566, 31.3922594), 4490), 10,"
                " :at)"
            ),
            {"at": now - timedelta(seconds=90)},
        )


def read(client, case, what, post=DESK):
    return client.get(f"/v1/cases/{case['id']}/{what}", headers=post)


@pytest.mark.usefixtures("manned")
def test_people_come_by_duty_distance_and_load(client, report):
    case = report(external_id="1", **WEST).json()["case"]
    told = read(client, case, "proposals").json()
    best = told["people"][0]
    assert (best["post"], best["label"]) == ("police-140901", "迎园片区派出所片区负责人")
    assert best["why"] == ["在岗", "距现场 200 米", "手上没有案件", "位置 1 分钟前"]
    assert best["on_duty"]
    scores = [one["score"] for one in told["people"]]
    assert scores == sorted(scores, reverse=True)
    posts = {one["post"] for one in told["people"]}
    assert "station-14090102" in posts
    assert not {"coordinator-140901", "deputy-140901", "head-140901"} & posts
    away = next(one for one in told["people"] if one["post"].startswith("responder"))
    assert away["why"][0] == "不在岗（未报到）"
    assert {one["label"] for one in told["departments"]} >= {"水务部门"}


@pytest.mark.usefixtures("manned")
def test_the_grids_own_station_comes_first_and_its_load_grows(client, report):
    first = report(external_id="1", **WEST).json()["case"]
    client.post(f"/v1/cases/{first['id']}/acceptance", json={}, headers=DESK)
    body = {"station": "14090102"}
    client.post(f"/v1/cases/{first['id']}/dispatch", json=body, headers=DESK)
    second = report(external_id="2", **WEST).json()["case"]
    told = read(client, second, "proposals").json()
    code = second["community"]["code"]
    assert told["station"]["code"] == code == told["stations"][0]["code"]
    assert told["station"]["why"] == ["本网格工作站", "在岗 1 人", "手上 1 件"]
    # The case in question itself counts for nobody.
    assert read(client, first, "proposals").json()["station"]["open_cases"] == 0


@pytest.mark.usefixtures("manned")
def test_without_a_place_there_is_no_station_and_no_distance(client, report):
    case = report(external_id="1").json()["case"]
    told = read(client, case, "proposals").json()
    assert told["station"] is None
    assert all(one["distance_m"] is None for one in told["people"])


def test_alike_are_those_near_or_at_the_same_address_in_thirty_days(client, report, clock):
    old = report(external_id="0", **WEST).json()["case"]
    clock.on(days=31)
    first = report(external_id="1", address="迎园路1号", **WEST).json()["case"]
    clock.on(minutes=20)
    near = {"lon": WEST["lon"] + 0.0003, "lat": WEST["lat"]}  # 29 m
    second = report(external_id="2", source="grid", **near).json()["case"]
    same = report(external_id="3", address="迎园路1号", source="12319", **EAST).json()["case"]
    found = read(client, first, "similar").json()["items"]
    assert found[0]["id"] == second["id"]
    assert found[0]["why"] == ["相距 29 米", "1 小时内先后收到"]
    assert old["id"] not in {one["id"] for one in found}
    assert next(one for one in found if one["id"] == same["id"])["why"][0] == "同一地址"
    link = {"kind": "repeat_of", "other": second["number"], "reason": "同一处"}
    assert client.post(f"/v1/cases/{first['id']}/link", json=link, headers=DESK).status_code == 200
    assert read(client, first, "similar").json()["items"][0]["linked"] == "repeat_of"


def test_who_only_works_on_a_case_is_not_told_of_others(client, report):
    case = report(external_id="1", **WEST).json()["case"]
    client.post(f"/v1/cases/{case['id']}/acceptance", json={}, headers=DESK)
    client.post(f"/v1/cases/{case['id']}/dispatch", json={"station": "14090102"}, headers=DESK)
    for what in ("proposals", "similar"):
        assert read(client, case, what, {"X-Pianqu-Post": "station-14090102"}).status_code == 403
        assert read(client, case, what, {"X-Pianqu-Post": "coordinator-140902"}).status_code == 404
