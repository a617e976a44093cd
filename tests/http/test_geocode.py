"""The doors between words and places; what a caller reads is what he may read."""

import dataclasses
import json
import uuid
from contextlib import closing
from datetime import UTC, datetime

import pytest
import signed
from fastapi.testclient import TestClient
from map_services import KEY, map_services

from api.app import create_app
from api.runtime import Runtime
from cases.policy import Policy
from geo.datums import Datum, from_cgcs2000
from geo.providers.asking import Asker, make_client
from geo.providers.tianditu import Tianditu
from store.engine import make_engine

pytestmark = pytest.mark.db
NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
SURE, AT = "叶城路505弄", {"lon": 121.2591, "lat": 31.3719}
OPEN = "迎园新村三坊12号门口"
CENTRE, INVOLVED = "street-centre", "station-14090202"


@pytest.fixture(scope="module")
def client(module_database, locator, geocoders):
    """One house for the module: what is asked here is stored nowhere, and cases are few."""
    engine = make_engine(module_database, pool_size=3)
    house = Runtime(
        engine=engine,
        database_url=module_database,
        locator=locator,
        geocoders=geocoders,
        policy=Policy(auto_refuse=True, auto_redispatch=True),
        webhook_secret=b"only for tests",
        now=lambda: NOW,
        new_id=uuid.uuid4,
    )
    with TestClient(create_app(house), base_url="http://127.0.0.1") as client:
        client.event_hooks["request"].append(signed.sign)
        yield client
    engine.dispose()


@pytest.fixture
def ask(client):
    def asked(text, **more):
        return client.post("/v1/geocode", json={"text": text, **more})

    return asked


@pytest.fixture
def bring(client):
    def brought(**told):
        body = {"source": "12345", "title": "积水", "external_id": uuid.uuid4().hex} | told
        return client.post("/v1/cases", json=body).json()["case"]

    return brought


def get(client, path, post=CENTRE, **query):
    return client.get(path, params=query, headers={"X-Pianqu-Post": post})


def shifted(datum, point):
    lon, lat = from_cgcs2000(lon=point["lon"], lat=point["lat"], datum=datum)
    return {"lon": lon, "lat": lat}


# text to place


def test_a_sure_text_has_its_place_grid_and_reasons(ask):
    told = ask(SURE).json()
    assert told["outcome"] == "accepted"
    found = told["found"]
    assert (found["key"], found["shares"][0]["name"]) == (
        "place:p:叶城路505弄",
        "爱里舍花园社区网格",
    )
    assert abs(found["point"]["lon"] - AT["lon"]) < 0.001
    assert found["point"]["lon"] == round(found["point"]["lon"], 7)
    assert told["explanation"]
    assert told["provisional"] is True
    assert told["gazetteer_version"].startswith("g")
    [road, *_] = told["parts"]
    assert SURE[road["start"] : road["end"]] == road["text"] == "叶城路"


def test_what_is_not_sure_comes_with_at_most_five_candidates(ask):
    told = ask(OPEN).json()
    assert (told["outcome"], told["found"]) == ("ask", None)
    assert 1 <= len(told["candidates"]) <= 5
    assert ask("路灯不亮").json()["outcome"] == ask("").json()["outcome"] == "not_found"
    assert ask("马陆镇沪宜公路3145号").json()["belongs_to"] == "马陆镇"


def test_a_pair_beside_the_text_is_checked_and_its_datum_must_be_declared(ask):
    pair = shifted(Datum.GCJ02, AT)
    assert ask(SURE, point=pair | {"crs": "GCJ-02"}).json()["outcome"] == "accepted"
    wrong = ask(SURE, point=pair | {"crs": "WGS84"}).json()
    assert (wrong["outcome"], wrong["datum_inferred"]) == ("ask", "GCJ-02")
    assert wrong["candidates"][0]["key"] == "coordinates:GCJ-02"
    swapped = {"lon": 31.37, "lat": 121.25, "crs": "WGS84"}
    for point, problem in ((pair, "CRS_UNDECLARED"), (swapped, "AXES_SWAPPED")):
        refused = ask(SURE, point=point)
        assert (refused.status_code, refused.json()["reason_code"]) == (422, problem)


def test_too_much_or_unfit_text_is_the_callers_fault(ask, client):
    assert ask("路" * 20_000).status_code == 200
    assert ask("路" * 20_001).status_code == 422
    assert ask("a\x00b").status_code == 422
    assert client.post("/v1/geocode", json={"text": SURE, "color": 1}).status_code == 422


# type-ahead and back


def test_names_are_suggested_by_characters_pinyin_and_initials(client):
    for q in ("爱里", "ailishe", "alshy"):
        told = get(client, "/v1/geocode/suggest", q=q).json()
        assert "place:p:叶城路505弄" in [one["key"] for one in told["suggestions"]], q
        assert told["provisional"] is True
    first, *_ = get(client, "/v1/geocode/suggest", q="爱里", limit=3).json()["suggestions"]
    begin, end = first["match"]
    assert first["label"][begin:end] == "爱里"
    assert len(get(client, "/v1/geocode/suggest", q="路", limit=3).json()["suggestions"]) == 3
    assert get(client, "/v1/geocode/suggest", q="").json()["suggestions"] == []
    assert get(client, "/v1/geocode/suggest", q="路", limit=99).status_code == 422


def test_a_point_is_told_in_words_in_any_declared_datum(client):
    plain = get(client, "/v1/geocode/reverse", **AT, crs="WGS84").json()
    assert plain["doorplate"]["key"] == "place:p:叶城路505弄"
    assert plain["label"]
    shifted_pair = shifted(Datum.BD09, AT)
    twin = get(client, "/v1/geocode/reverse", **shifted_pair, crs="BD-09").json()
    assert twin["label"] == plain["label"]
    undeclared = get(client, "/v1/geocode/reverse", **AT)
    assert (undeclared.status_code, undeclared.json()["reason_code"]) == (422, "CRS_UNDECLARED")


# whose is an address


def test_an_address_is_assigned_or_answered_with_the_grids_it_may_lie_in(client):
    def assigned(**place):
        return client.post("/v1/assignments", json=place)

    sure = assigned(address=SURE).json()
    assert (sure["status"], sure["community"]["name"]) == ("assigned", "爱里舍花园社区网格")
    # The place is sure and its grid is not: as a pair near an edge.
    edge = assigned(address="仓场路331号").json()
    assert (edge["status"], edge["reason_code"]) == ("boundary_review", "NEAR_BOUNDARY")
    assert edge["candidates"][0]["community"]["code"] == "14090205"
    asked = assigned(address="仓场路331号附近").json()
    assert (asked["status"], asked["reason_code"]) == ("no_location", "ADDRESS_AMBIGUOUS")
    assert asked["candidates"][0]["community"]["code"] == "14090205"
    assert abs(sum(one["share"] for one in asked["candidates"]) - 1) < 0.01
    away = assigned(address="马陆镇沪宜公路3145号").json()
    assert (away["status"], away["belongs_to"]["name"]) == ("out_of_area", "马陆镇")
    assert assigned(address="路灯不亮").json()["reason_code"] == "NO_LOCATION"
    both = assigned(address=SURE, lon=121.270, lat=31.3865, crs="WGS84").json()
    assert (both["status"], both["reason_code"]) == ("no_location", "TEXT_DISAGREES")
    undeclared = assigned(address=SURE, lon=121.270, lat=31.3865)
    assert (undeclared.status_code, undeclared.json()["reason_code"]) == (422, "CRS_UNDECLARED")


# the places of a case


def test_a_case_in_words_is_answered_with_its_places_and_moved_by_one_click(client, bring):
    case = bring(address=OPEN)
    assert (case["status"], case["reason_code"]) == ("no_location", "ADDRESS_AMBIGUOUS")
    told = get(client, f"/v1/cases/{case['id']}/places").json()
    assert told["text"] == OPEN
    assert told["geocoded"]["outcome"] == "ask"
    suggested = get(client, "/v1/geocode/suggest", q="爱里舍").json()["suggestions"][0]
    body = {
        "lon": suggested["point"]["lon"],
        "lat": suggested["point"]["lat"],
        "crs": "CGCS2000",
        "accuracy_m": suggested["radius_m"],
        "reason": "电话核实",
        "candidate": suggested["key"],
    }
    url = f"/v1/cases/{case['id']}/location"
    moved = client.post(url, json=body)
    assert moved.status_code == 200, moved.text
    assert moved.json()["community"]["name"] == "爱里舍花园社区网格"
    assert moved.json()["address"] == OPEN, "what was told is never overwritten"
    assert client.post(url, json=body | {"candidate": "no key"}).status_code == 422


def test_who_does_not_hold_the_case_reads_places_of_the_text_without_people(client, bring):
    told = f"联系人：张三丰，电话13800138000，{SURE}门口积水"
    case = bring(description=told, reporter={"name": "张三丰", "phone": "13800138000"})
    assert case["desk"] == "140901"
    accepted = {"community": case["community"]["code"], "kind": "joint", "reason": "多部门",
                "involved": ["14090202"], "grades": ["simple"]}  # fmt: skip
    done = client.post(f"/v1/cases/{case['id']}/acceptance", json=accepted)
    assert done.status_code == 200, done.text
    whole = get(client, f"/v1/cases/{case['id']}/places").json()
    assert "13800138000" in whole["text"]
    bare = get(client, f"/v1/cases/{case['id']}/places", INVOLVED).json()
    assert "13800138000" not in str(bare)
    assert "张三丰" not in str(bare)
    for answer in (whole, bare):
        for part in answer["geocoded"]["parts"]:
            assert answer["text"][part["start"] : part["end"]] == part["text"]
        assert answer["geocoded"]["candidates"][0]["key"] == "place:p:叶城路505弄"


def test_online_geocoders_are_asked_of_the_place_words_alone_and_only_shown(
    client, bring, monkeypatch
):
    """天地图 on loopback stands among the candidates; neither the caller nor the number leaves."""
    house = client.app.state.runtime
    told = "家住嘉定的王女士13812345678反映：阳光花园旁边，仓场路999号门口有人乱停车"
    lon, lat = 121.2671, 31.3842
    with map_services() as services, closing(make_client(None)) as line:
        services.found["tianditu"] = {"lon": str(lon), "lat": str(lat), "level": "门址"}
        asker = Asker([Tianditu(key=KEY, base_url=services.url)], line)
        asking = dataclasses.replace(house, elsewhere=asker.hits)
        monkeypatch.setattr(client.app.state, "runtime", asking)
        case = bring(address=told)
        answer = get(client, f"/v1/cases/{case['id']}/places").json()["geocoded"]
        asker.close()
    (question,) = services.questions("tianditu")
    assert json.loads(question["ds"])["keyWord"].endswith("仓场路999号")
    assert "1381234" not in json.dumps(services.asked, ensure_ascii=False)
    assert answer["outcome"] == "ask"
    assert answer["provider"] == "tianditu"
    (shown,) = [one for one in answer["candidates"] if one["key"] == "provider:tianditu"]
    assert shown["why"] == ["在线地图的回答，仅供参考"]
