"""The doors of the map's tools."""

import mvt
import pytest
import signed

from api import tiles

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


def test_tiles_over_http(client, report):
    report(external_id="T-1", lon=PLACE["lon"], lat=PLACE["lat"])
    desk = as_post("street-centre")
    url = "/v1/tiles/cases/14/13710/6686.mvt"
    tile = client.get(url, headers=desk)
    assert (tile.status_code, tile.headers["content-type"]) == (200, tiles.MVT)
    assert len(mvt.read(tile.content)["cases"]) == 1
    assert "private" in tile.headers["cache-control"]
    again = client.get(url, headers=desk | {"If-None-Match": tile.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    none = client.get(url, params={"source": "110"}, headers=desk)
    assert none.content == b""
    for bad, status in (("14/99999/1", 404), ("23/0/0", 404), ("a/0/0", 422)):
        answer = client.get(f"/v1/tiles/cases/{bad}.mvt", headers=desk)
        assert (answer.status_code, answer.headers["content-type"]) == (
            status,
            "application/problem+json",
        )
    assert client.get("/v1/tiles/roads/1/0/0.mvt", headers=desk).status_code == 422
    assert client.get(url, params={"source": "x"}, headers=desk).status_code == 422


def test_how_much_there_is_to_draw(client, report):
    report(external_id="T-2", lon=PLACE["lon"], lat=PLACE["lat"])
    told = client.get("/v1/map/summary", headers=as_post("street-centre")).json()
    assert (told["cases"], told["tiles_above"], told["tiles"]) == (1, 3000, False)


def test_list_by_the_limit_that_comes_first(client, report, clock):
    for number in ("T-5", "T-6"):
        report(external_id=number, lon=PLACE["lon"], lat=PLACE["lat"])
        clock.on(minutes=5)
    desk = as_post("street-centre")
    page = client.get("/v1/cases", params={"order": "due", "open": True}, headers=desk).json()
    assert [item["external_ids"][0]["number"] for item in page["items"]] == ["T-5", "T-6"]
    assert (page["next"], page["total"]) == (None, 2)


def test_only_who_moved_since(client, clock):
    desk = as_post("coordinator-140901")
    first = client.get("/v1/layers/personnel", headers=desk).json()
    clock.on(minutes=1)
    since = {"since": first["at"]}
    assert client.get("/v1/layers/personnel", params=since, headers=desk).json()["features"] == []
    bad = client.get("/v1/layers/personnel", params={"since": "gestern"}, headers=desk)
    assert bad.status_code == 422
