"""Who is near, how the grids stand and what no camera sees, from a square town."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from square_town import NOW

from cases.roles import actor
from geo.points import LonLat
from layers import cameras, people
from layers.coverage import Coverages
from layers.features import feature_collection
from layers.fixes import Fix
from layers.model import Camera, CameraStatus, DutyMode, Person
from layers.nearby import grid_loads, people_near

pytestmark = pytest.mark.db
HERE = LonLat(121.262, 31.385)


def stand(conn, id, lon, sector, ago_s):
    people.upsert(
        conn,
        [
            Person(
                id=id, post="巡防队员", name=id, chip="巡", duty_mode=DutyMode.ROTA, sector=sector
            )
        ],
    )
    at = NOW - timedelta(seconds=ago_s)
    fix = Fix(device_id=id, lon=lon, lat=31.385, crs="CGCS2000", accuracy_m=8, fix_at=at)
    people.record_positions(conn, [fix], NOW)


def test_people_near_are_ones_own_nearest_first_and_old_positions_say_so(town):
    stand(town, "far", 121.264, "140901", 10)
    stand(town, "near", 121.2621, None, 600)
    stand(town, "theirs", 121.262, "140902", 10)
    stand(town, "gone", 121.3, "140901", 10)
    west = people_near(town, HERE, actor("coordinator-140901"), NOW)
    assert [(one.id, one.stale, one.age_s) for one in west] == [
        ("near", True, 600),
        ("far", False, 10),
    ]
    assert west[0].distance_m == pytest.approx(9.5, abs=0.2)
    street = people_near(town, HERE, actor("street-centre"), NOW)
    assert [one.id for one in street] == ["theirs", "near", "far"]
    station = people_near(town, HERE, actor("station-14090201"), NOW)
    assert [one.id for one in station] == ["theirs", "near"]


def test_grids_count_what_a_post_sees(town, insert_case):
    hour = timedelta(hours=1)
    insert_case(town, "0311-0001", due_at=NOW + 5 * hour, warn_at=NOW + hour)
    insert_case(town, "0311-0002", due_at=NOW - hour, warn_at=NOW - 2 * hour)
    insert_case(town, "0311-0003", status="closed")
    west, east = grid_loads(town, actor("street-centre"), NOW)
    assert (west.code, west.open, west.overdue) == ("14090101", 2, 1)
    assert (east.code, east.open, east.overdue) == ("14090201", 0, 0)
    assert west.area_km2 == pytest.approx(0.5275, rel=0.01)
    assert west.open_per_km2 == pytest.approx(2 / west.area_km2, rel=0.01)
    assert grid_loads(town, actor("coordinator-140901"), NOW, "140901")[0].open == 0


def test_coverage_is_kept_until_a_camera_changes(town):
    town.execute(text("DELETE FROM camera"))
    kept = Coverages()
    dome = Camera(id="V1", name="球机", point=HERE, range_m=100.0)
    cameras.upsert(town, [dome], NOW)
    first = kept.of(town, "140901", NOW)
    assert first.coverage.covered_m2 == pytest.approx(31_400, rel=0.01)
    assert first.provisional
    assert kept.of(town, "140901", NOW).coverage is first.coverage
    off = Camera(id="V1", name="球机", point=HERE, range_m=100.0, status=CameraStatus.OFFLINE)
    cameras.upsert(town, [off], NOW)
    assert kept.of(town, "140901", NOW).coverage.covered_m2 == 0.0
    whole = kept.of(town, None, NOW).coverage.area_m2
    assert whole == pytest.approx(2 * first.coverage.area_m2, rel=0.01)
    assert kept.of(town, "140999", NOW) is None


def test_only_people_heard_of_since_the_last_answer(town):
    stand(town, "p1", 121.262, "140901", 10)
    first = json.loads(feature_collection(town, "personnel", NOW, who=actor("street-centre")))
    assert datetime.fromisoformat(first["at"]) == NOW
    minute = NOW + timedelta(minutes=1)

    def moved(now):
        told = feature_collection(
            town, "personnel", now, who=actor("street-centre"), since=now - timedelta(seconds=30)
        )
        return [one["id"] for one in json.loads(told)["features"]]

    assert moved(minute) == []
    stand(town, "p2", 121.263, "140901", 0)
    assert moved(NOW + timedelta(seconds=20)) == ["p1", "p2"]
