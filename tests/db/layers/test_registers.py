"""Cameras and people: intake, filters, retention."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from square_town import NOW

from geo.points import LonLat, distance_m
from layers import cameras, people
from layers.errors import BadRegister
from layers.fixes import Fix, FixProblem
from layers.model import Camera, CameraStatus, DutyMode, Person

pytestmark = pytest.mark.db

PATROL = Person(
    id="patrol-01", post="巡防队员", name="巡防队员01", chip="巡", duty_mode=DutyMode.ROTA
)


def fix(
    lon=121.262, lat=31.382, *, device="patrol-01", after_s=0.0, crs="CGCS2000", accuracy_m=8.0
):
    at = NOW + timedelta(seconds=after_s)
    return Fix(device_id=device, lon=lon, lat=lat, crs=crs, accuracy_m=accuracy_m, fix_at=at)


@pytest.fixture
def patrol(town):
    people.upsert(town, [PATROL])
    return town


def problems(intake):
    return [one.problem for one in intake.rejected]


def test_register_takes_its_sector_from_the_map(town):
    cameras.upsert(
        town,
        [
            Camera(id="A", name="西", point=LonLat(121.262, 31.385)),
            Camera(id="B", name="界上", point=LonLat(121.265, 31.385)),
            Camera(id="C", name="外", point=LonLat(121.3, 31.385)),
            Camera(id="D", name="登记为东", point=LonLat(121.262, 31.385), sector="140902"),
        ],
        NOW,
    )
    near = cameras.cameras_near(town, LonLat(121.265, 31.385), within_m=10_000)
    sectors = {one.camera.id: one.camera.sector for one in near}
    # On the edge the lower code has it.
    assert sectors == {"A": "140901", "B": "140901", "C": None, "D": "140902"}


def test_upsert_renews(town):
    here = LonLat(121.262, 31.385)
    cameras.upsert(town, [Camera(id="A", name="旧", point=here)], NOW)
    renewed = Camera(id="A", name="新", point=here, status=CameraStatus.OFFLINE)
    assert cameras.upsert(town, [renewed], NOW) == 1
    (near,) = cameras.cameras_near(town, here)
    assert (near.camera.name, near.camera.status, near.sees) == ("新", "offline", False)


def test_cameras_near_knows_who_looks_there(town):
    east = dict(heading=90.0, fov=60.0, range_m=100.0)
    cameras.upsert(
        town,
        [
            Camera(id="looks", name="1", point=LonLat(121.2620, 31.385), **east),
            Camera(id="turned", name="2", point=LonLat(121.2632, 31.385), **east),
            Camera(id="far", name="3", point=LonLat(121.2610, 31.385), **east),
            Camera(id="dome", name="4", point=LonLat(121.2626, 31.3855), range_m=80.0),
        ],
        NOW,
    )
    place = LonLat(121.2626, 31.385)
    near = {one.camera.id: one for one in cameras.cameras_near(town, place, within_m=200)}
    assert {id: one.sees for id, one in near.items()} == {
        "looks": True,
        "turned": False,
        "far": False,
        "dome": True,
    }
    for one in near.values():
        assert one.distance_m == pytest.approx(distance_m(one.camera.point, place), abs=1e-3)


def test_csv_register_is_taken_whole_or_not_at_all():
    good = "id,name,lon,lat,heading,fov\nA,路口,121.262,31.385,450,60\n"
    (camera,) = cameras.read_register(good, crs="WGS84")
    assert camera.heading == 90.0
    bad = good + "A,重复,121.262,31.385,,\nB,换轴,31.385,121.262,,\nC,错,x,31.3,,\n"
    with pytest.raises(BadRegister) as refused:
        cameras.read_register(bad, crs="WGS84")
    assert len(refused.value.problems) == 3
    with pytest.raises(BadRegister, match="缺少列"):
        cameras.read_register("id,name\n", crs="WGS84")


def test_a_believed_position_is_the_newest(patrol):
    first = people.record_positions(patrol, [fix(), fix(121.2621, after_s=10)], NOW)
    assert first == people.PositionIntake(accepted=2, rejected=())
    (now,) = people.people_now(patrol)
    assert now.point == LonLat(121.2621, 31.382)
    # A queue that a phone sends late does not move it back.
    people.record_positions(patrol, [fix(121.2619, after_s=-30)], NOW)
    (now,) = people.people_now(patrol)
    assert now.point == LonLat(121.2621, 31.382)


def test_gcj02_is_converted_at_the_door(patrol):
    people.record_positions(patrol, [fix(121.2694455, 31.3810404, crs="GCJ-02")], NOW)
    (now,) = people.people_now(patrol)
    assert distance_m(now.point, LonLat(121.265, 31.383)) < 1.0


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (fix(device="nobody"), FixProblem.UNKNOWN_DEVICE),
        (fix(float("nan")), FixProblem.INVALID),
        (fix(31.382, 121.262), FixProblem.INVALID),
        (fix(crs=None), FixProblem.INVALID),
        (fix(accuracy_m=-1.0), FixProblem.INVALID),
        (fix(0.0, 0.0), FixProblem.ZERO),
        (fix(after_s=121), FixProblem.FUTURE),
        (fix(after_s=-86_401), FixProblem.PAST),
        (fix(accuracy_m=501), FixProblem.INACCURATE),
        (fix(after_s=-60), FixProblem.DUPLICATE),
        (fix(121.27, 31.39, after_s=-58), FixProblem.TOO_FAST),
    ],
)
def test_each_refusal_has_its_reason(patrol, bad, problem):
    people.record_positions(patrol, [fix(after_s=-60)], NOW)
    intake = people.record_positions(patrol, [bad], NOW)
    assert intake.accepted == 0
    assert problems(intake) == [problem]
    assert problem.message.endswith("。")


def test_the_same_batch_twice_adds_nothing(patrol):
    batch = [fix(121.262 + n / 1e5, after_s=-n) for n in range(5)]
    assert people.record_positions(patrol, batch, NOW).accepted == 5
    again = people.record_positions(patrol, batch, NOW)
    assert again.accepted == 0
    assert set(problems(again)) == {FixProblem.DUPLICATE}


def rows(conn):
    found = conn.execute(text("SELECT fix_at, until_at FROM person_position ORDER BY fix_at"))
    return [((a - NOW).total_seconds(), b and (b - NOW).total_seconds()) for a, b in found]


def test_one_who_stands_still_is_heard_and_fills_no_table(patrol):
    people.record_positions(patrol, [fix(after_s=-600)], NOW)
    for n in range(1, 60):
        people.record_positions(patrol, [fix(121.262 + n % 3 / 1e5, after_s=-600 + 10 * n)], NOW)
    (now,) = people.people_now(patrol)
    assert now.fix_at == NOW - timedelta(seconds=10)
    assert rows(patrol) == [(-600, -300), (-290, -10)]
    # A phone that sends it all again, in any order, adds nothing.
    again = [fix(after_s=-600 + 10 * n) for n in (59, 3, 31, 0, 17)]
    assert people.record_positions(patrol, again, NOW).accepted == 0
    assert len(rows(patrol)) == 2
    # Who goes on is a row of its own at once.
    people.record_positions(patrol, [fix(121.2622, after_s=-2)], NOW)
    assert len(rows(patrol)) == 3


def test_off_duty_nothing_is_kept(patrol):
    duty = NOW - timedelta(seconds=60)
    batch = [fix(121.262 + n / 1e4, after_s=-20 * n) for n in range(6)]
    intake = people.record_positions(patrol, batch, NOW, on_duty=lambda _, at: at > duty)
    assert intake.accepted == 3
    assert set(problems(intake)) == {FixProblem.OFF_DUTY}
    assert len(rows(patrol)) == 3


def test_a_wild_first_fix_heals(patrol):
    people.record_positions(patrol, [fix(121.40, after_s=-600)], NOW)
    soon = people.record_positions(patrol, [fix(after_s=-540)], NOW)
    later = people.record_positions(patrol, [fix(after_s=-300)], NOW)
    assert problems(soon) == [FixProblem.TOO_FAST]
    assert later.accepted == 1


def test_positions_older_than_the_retention_go(patrol):
    people.record_positions(patrol, [fix(), fix(121.2625, after_s=30)], NOW)
    assert people.purge_positions(patrol, NOW + timedelta(days=30)) == 0
    assert people.purge_positions(patrol, NOW + timedelta(days=30, seconds=1)) == 1
    assert people.purge_positions(patrol, NOW + timedelta(days=31)) == 1
