"""The doors of the map's tools."""

import pytest
import signed

pytestmark = pytest.mark.db
PLACE = {"lon": 121.2580, "lat": 31.3784, "crs": "WGS84"}


def as_post(post):
    return signed.headers(post)


def test_around_a_place_by_post(client):
    told = client.get("/v1/map/around", params=PLACE, headers=as_post("coordinator-140901"))
    assert told.status_code == 200
    assert set(told.json()) == {"cameras", "people"}
    outside = client.get("/v1/map/around", params=PLACE, headers=as_post("department-water"))
    assert outside.json() == {"cameras": [], "people": []}
    swapped = {"lon": 31.38, "lat": 121.26}
    refused = client.get("/v1/map/around", params=swapped, headers=as_post("coordinator-140901"))
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/bad-location")


def test_grids_and_coverage_of_a_desk(client):
    desk = as_post("coordinator-140901")
    grids = client.get("/v1/map/grids", params={"desk": "140901"}, headers=desk).json()["items"]
    assert grids
    assert {grid["sector"] for grid in grids} == {"140901"}
    told = client.get("/v1/map/coverage", params={"desk": "140901"}, headers=desk).json()
    assert told["covered_m2"] + told["uncovered_m2"] == pytest.approx(told["area_m2"], abs=1)
    assert told["uncovered"]["type"] == "MultiPolygon"
    assert "遮挡" in told["notice"]
    unknown = client.get("/v1/map/coverage", params={"desk": "999999"}, headers=desk)
    assert unknown.status_code == 404
    outside = client.get("/v1/map/coverage", headers=as_post("platform-12345"))
    assert outside.status_code == 403
