"""GeoJSON as PostGIS writes it, read again by an independent reader."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import shapely
from sqlalchemy import text
from square_town import NOW, WEST, insert_area, insert_edition, ring

from cases.roles import actor
from geo.points import LonLat
from layers import cameras, catalog, people
from layers.errors import UnknownLayer
from layers.features import Box, feature_collection
from layers.fixes import Fix
from layers.model import Camera, DutyMode, Person

pytestmark = pytest.mark.db
STREET = actor("street-centre")


def read(conn, layer, now=NOW, box=None, who=STREET):
    return json.loads(feature_collection(conn, layer, now, box, who))


def test_areas_follow_rfc_7946(town):
    collection = read(town, "sectors")
    assert "crs" not in json.dumps(collection)
    assert collection["provisional"] is True
    assert collection["notice"] == "示意边界"
    assert collection["licence"] == "ODbL-1.0"
    assert [one["id"] for one in collection["features"]] == ["140901", "140902"]
    for feature in collection["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert all(part.exterior.is_ccw for part in shape.geoms)
        assert feature["properties"]["provisional"] is True
    assert collection["features"][0]["properties"]["name"] == "西片区"


def test_only_the_edition_in_force_is_drawn(town):
    later = datetime(2026, 6, 1, tzinfo=UTC)
    town.execute(text("UPDATE edition SET valid_to = :later, status = 'retired'"), {"later": later})
    new = insert_edition(town, name="新版", valid_from=later)
    insert_area(town, new, "sector", "140901", "新西片区", "1", ring(WEST))
    draft = insert_edition(town, name="草案", status="draft", valid_from=None)
    insert_area(town, draft, "sector", "140909", "草案片区", "1", ring(WEST))

    def names(now):
        return [one["properties"]["name"] for one in read(town, "sectors", now)["features"]]

    assert names(NOW) == ["西片区", "东片区"]
    assert names(later) == ["新西片区"]
    assert names(later - timedelta(seconds=1)) == ["西片区", "东片区"]
    assert names(datetime(2025, 1, 1, tzinfo=UTC)) == []


def test_box_leaves_out_what_lies_elsewhere(town):
    west = Box(121.2, 31.3, 121.2649, 31.4)
    assert [one["id"] for one in read(town, "sectors", box=west)["features"]] == ["140901"]
    assert read(town, "roads", box=west)["features"] == []


def test_base_layer_and_empty_layer(town):
    (road,) = read(town, "roads")["features"]
    assert road["properties"] == {"id": "R1", "name": "新成路"}
    assert road["geometry"]["type"] == "LineString"
    assert read(town, "water")["features"] == []
    with pytest.raises(UnknownLayer, match="没有名为"):
        read(town, "nothing")


def test_coordinates_have_at_most_seven_decimals(town):
    cameras.upsert(town, [Camera(id="V", name="路口", point=LonLat(121.26123456789, 31.381))], NOW)
    (camera,) = read(town, "cameras")["features"]
    assert camera["geometry"]["coordinates"] == [121.2612346, 31.381]


def test_cases_carry_marks_and_no_text(town, insert_case):
    hour = timedelta(hours=1)
    insert_case(town, "0311-0001", due_at=NOW + 5 * hour, warn_at=NOW + hour)
    insert_case(town, "0311-0002", due_at=NOW + hour, warn_at=NOW)
    insert_case(town, "0311-0003", due_at=NOW, warn_at=NOW - hour, source="grid")
    insert_case(town, "0311-0004")
    insert_case(town, "0311-0005", status="rejected_out_of_area")
    insert_case(town, "0311-0006", status="no_location", lon=None, lat=None)
    features = read(town, "cases")["features"]
    clocks = {one["properties"]["number"]: one["properties"]["clock"] for one in features}
    assert clocks == {
        "0311-0001": "running",
        "0311-0002": "amber",
        "0311-0003": "red",
        "0311-0004": "none",
    }
    assert not {"title", "description", "address"} & set(features[0]["properties"])
    assert read(town, "cases", who=None)["features"] == []
    assert read(town, "cases", who=actor("coordinator-140901"))["features"] == []


def test_personnel_show_duty_and_age(town):
    people.upsert(
        town,
        [
            Person(id="p1", post="巡防队员", name="巡防队员01", chip="巡", duty_mode=DutyMode.FIXED,
                   sector="140901", post_point=LonLat(121.261, 31.381), post_radius_m=80.0),
            Person(id="p2", post="市场监管", name="市场监管01", chip="市", duty_mode=DutyMode.ROTA),
        ],
    )  # fmt: skip
    fix = Fix(device_id="p1", lon=121.262, lat=31.382, crs="WGS84", accuracy_m=8, fix_at=NOW)
    people.record_positions(town, [fix], NOW)
    (person,) = read(town, "personnel", NOW + timedelta(seconds=90))["features"]
    assert person["id"] == "p1"
    shown = person["properties"]
    assert shown["duty_mode"] == "fixed"
    assert shown["duty_label"] == "固点定岗"
    assert shown["age_s"] == 90
    assert datetime.fromisoformat(shown["stale_after"]) == NOW + timedelta(minutes=5)
    assert shown["post_point"] == {"lon": 121.261, "lat": 31.381}
    assert person["geometry"]["coordinates"] == [121.262, 31.382]


def test_catalog_counts_what_each_layer_shows(town, insert_case):
    insert_case(town, "0311-0001")
    lines = {one.id: one for one in catalog.listed(town, NOW, STREET)}
    assert list(lines) == [one.id for one in catalog.CATALOG]
    for id, line in lines.items():
        assert line.count == len(read(town, id)["features"]), id
        assert line.provisional == read(town, id)["provisional"] or line.count == 0
    assert lines["sectors"].provisional
    assert not lines["roads"].provisional
