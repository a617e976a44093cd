"""Whose is this place? Over HTTP, one by one and in bulk."""

import json

import pytest
from spots import EAST, MALU, NOBODY, ROAD, WEST

from geo.datums import Datum, from_cgcs2000

pytestmark = pytest.mark.db


def ask(client, **body):
    return client.post("/v1/assignments", json=body)


def test_a_place_inside_is_assigned_and_explained(client):
    answer = ask(client, **WEST, crs="WGS84", accuracy_m=10).json()
    assert answer["status"] == "assigned"
    assert answer["sector"]["code"] == "140901"
    assert answer["community"]["name"] == "迎园社区网格"
    assert answer["police_area"]["name"] == "新成路派出所第一责任区"
    assert answer["provisional"] is True
    assert answer["edition"]["provisional"] is True
    assert any("示意边界" in line for line in answer["explanation"])


@pytest.mark.parametrize("datum", list(Datum))
def test_every_datum_lands_where_its_twin_lands(client, datum):
    lon, lat = from_cgcs2000(**WEST, datum=datum)
    answer = ask(client, lon=lon, lat=lat, crs=datum.value, accuracy_m=10).json()
    assert answer["community"]["code"] == "14090102"
    assert answer["point"]["lon"] == pytest.approx(WEST["lon"], abs=1e-7)
    assert answer["point"]["lat"] == pytest.approx(WEST["lat"], abs=1e-7)


def test_on_the_dividing_road_a_person_chooses(client):
    answer = ask(client, **ROAD, crs="WGS84", accuracy_m=10).json()
    assert answer["status"] == "boundary_review"
    assert answer["reason_code"] == "BOUNDARY_ROAD"
    assert answer["sector"] is None
    assert {c["sector"]["code"] for c in answer["candidates"]} == {"140901", "140902"}
    assert sum(c["share"] for c in answer["candidates"]) == pytest.approx(1, abs=0.01)


def test_outside_the_neighbour_is_named(client):
    answer = ask(client, **MALU, crs="WGS84", accuracy_m=10).json()
    assert answer["status"] == "out_of_area"
    assert answer["belongs_to"]["name"] == "马陆镇"
    assert answer["direction"] == "东"
    assert answer["distance_to_boundary_m"] == pytest.approx(2220, abs=30)
    assert ask(client, **NOBODY, crs="WGS84").json()["belongs_to"] is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (WEST, "CRS_UNDECLARED"),
        ({"lon": WEST["lat"], "lat": WEST["lon"], "crs": "WGS84"}, "AXES_SWAPPED"),
        ({"lon": 0, "lat": 0, "crs": "WGS84"}, "ZERO_ISLAND"),
        ({"lon": 121, "lat": 31, "crs": "WGS84"}, "INTEGER_DEGREES"),
        ({**WEST, "crs": "Beijing54"}, "CRS_UNKNOWN"),
        ({"lon": -70.1, "lat": 40.2, "crs": "WGS84"}, "OUTSIDE_CHINA"),
        ({"lon": WEST["lon"], "crs": "WGS84"}, "NO_LOCATION"),
    ],
)
def test_what_is_not_clear_is_refused_not_guessed(client, body, reason):
    answer = ask(client, **body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/bad-location"
    assert answer.json()["reason_code"] == reason
    told = client.get("/v1/coverage", params=body)
    assert (told.status_code, told.json()["reason_code"]) == (422, reason)


def test_no_coordinates_at_all_is_an_answer(client):
    assert ask(client).json()["status"] == "no_location"


@pytest.mark.parametrize(
    ("place", "covered"), [(WEST, True), (EAST, True), (MALU, False), (ROAD, None)]
)
def test_coverage_is_the_same_decision_as_yes_or_no(client, place, covered):
    query = {**place, "crs": "WGS84", "accuracy_m": 10}
    told = client.get("/v1/coverage", params=query).json()
    assert told["covered"] is covered
    assert told["assignment"] == ask(client, **query).json()


def test_a_batch_answers_as_one_by_one(client):
    places = [WEST, EAST, ROAD, MALU, NOBODY]
    body = {
        "lon": [p["lon"] for p in places] + [None],
        "lat": [p["lat"] for p in places] + [31.0],
        "crs": "WGS84",
        "accuracy_m": [10, 10, 10, None, 10, 10],
    }
    told = client.post("/v1/assignments/batch", json=body).json()
    alone = [ask(client, **p, crs="WGS84", accuracy_m=10).json() for p in places]
    assert told["status"] == [a["status"] for a in alone] + ["no_location"]
    assert told["community"][:2] == ["14090102", "14090202"]
    assert told["sector"][:4] == ["140901", "140902", None, None]
    outside = ["OUTSIDE_STREET", "OUTSIDE_STREET"]
    assert told["reason_code"] == [None, None, "BOUNDARY_ROAD", *outside, "NO_LOCATION"]


def test_a_batch_may_be_geojson(client):
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [WEST["lon"], WEST["lat"]]},
        "properties": {"accuracy_m": 10},
    }
    body = {"type": "FeatureCollection", "features": [feature, {**feature, "geometry": None}]}
    told = client.post("/v1/assignments/batch", json=body).json()
    assert told["status"] == ["assigned", "no_location"]
    lon, lat = from_cgcs2000(**WEST, datum=Datum.GCJ02)
    feature["geometry"]["coordinates"] = [lon, lat]
    body = {"type": "FeatureCollection", "datum": "GCJ-02", "features": [feature]}
    assert client.post("/v1/assignments/batch", json=body).json()["community"] == ["14090102"]


def test_ten_thousand_points_a_call_and_no_more(client):
    body = {"lon": [WEST["lon"]] * 10_000, "lat": [WEST["lat"]] * 10_000, "crs": "WGS84"}
    told = client.post("/v1/assignments/batch", json=body).json()
    assert told["community"] == ["14090102"] * 10_000
    body["lon"].append(121.0)
    body["lat"].append(31.0)
    answer = client.post("/v1/assignments/batch", json=body)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"lon": "x", "lat": []}',
        b'{"lon": [1], "lat": []}',
        b'{"lon": [121.1], "lat": [31.1], "crs": "WGS84", "accuracy_m": [-1]}',
        b'{"features": 3}',
        b"\xff\xfe",
        json.dumps({"lon": [1], "lat": [2], "crs": 7}).encode(),
    ],
)
def test_a_batch_that_cannot_be_read_says_so(client, body):
    answer = client.post("/v1/assignments/batch", content=body)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/bad-location"
