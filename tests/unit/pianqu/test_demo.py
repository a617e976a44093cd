"""The invented day: what it holds, that it is the same each time, and that nobody is in it."""

import itertools
import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from shapely.geometry import Point

from boundaries.seed import places, read_seed
from cases.hours import SHANGHAI
from cases.roles import actor
from cases.sources import SOURCES
from cases.steps import check
from geo.datums import Datum, LocationProblem, read_point
from geo.points import distance_m
from layers.model import CameraStatus, DutyMode
from pianqu import demo
from pianqu.demo_day import Ground, day, one_more
from pianqu.demo_registers import PeopleWalk, cameras, people

ON = date(2026, 3, 11)
NOON = datetime(2026, 3, 11, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def seed():
    return read_seed()


@pytest.fixture(scope="module")
def ground(seed):
    return Ground.of(seed, places())


@pytest.fixture(scope="module")
def reports(ground):
    return day(ground, seed=7, on=ON)


def test_the_same_day_again(ground, reports):
    assert day(ground, seed=7, on=ON) == reports
    other = day(ground, seed=8, on=ON)
    assert not {one.body["external_id"] for one in other} & {
        one.body["external_id"] for one in reports
    }


def test_it_holds_what_a_desk_meets(reports):
    assert len(reports) == 400
    sources = Counter(one.body["source"] for one in reports)
    assert set(sources) == set(SOURCES)
    assert sources.most_common(2)[0][0] == "12345"
    datums = Counter(one.body.get("crs") for one in reports)
    for datum in (Datum.WGS84, Datum.GCJ02, Datum.BD09, Datum.CGCS2000, Datum.GK120):
        assert datums[datum.value] >= 15, datum
    traits = Counter(one.trait for one in reports)
    least = {
        "inside": 100, "road": 60, "split_line": 8, "outside": 20, "no_location": 20,
        "undeclared": 3, "swapped": 1, "copy": 12, "supplement": 5, "second_way": 9,
    }  # fmt: skip
    assert set(traits) == set(least)
    assert all(traits[trait] >= number for trait, number in least.items()), traits
    assert sum(one.body.get("urgent", False) for one in reports) >= 10
    assert [one.at for one in reports] == sorted(one.at for one in reports)


def test_positions_read_as_their_trait_says(seed, reports):
    street = seed.street.geometry
    for one in reports:
        body = one.body
        read = read_point(lon=body.get("lon"), lat=body.get("lat"), crs=body.get("crs"))
        if one.trait in ("inside", "road"):
            assert street.distance(Point(read.point.lon, read.point.lat)) < 2e-4
        elif one.trait == "outside":
            assert not street.buffer(-2e-4).covers(Point(read.point.lon, read.point.lat))
        elif one.trait == "split_line":
            here = Point(read.point.lon, read.point.lat)
            assert seed.split_line.geometry.distance(here) < 2e-4
        elif one.trait == "no_location":
            assert read.problem is LocationProblem.NO_LOCATION
        elif one.trait == "undeclared":
            assert read.problem is LocationProblem.CRS_UNDECLARED
        elif one.trait == "swapped":
            assert read.problem is LocationProblem.AXES_SWAPPED


def test_numbers_are_unique_but_for_what_comes_again(reports):
    again = ("copy", "supplement")
    first = [one for one in reports if one.trait not in again]
    keys = [(one.body["source"], one.body["external_id"]) for one in first]
    assert len(set(keys)) == len(keys)
    by_number = {one.body["external_id"]: one for one in first}
    for one in reports:
        if one.trait == "copy":
            assert by_number[one.body["external_id"]].body == one.body
        elif one.trait == "supplement":
            assert by_number[one.body["external_id"]].body != one.body
        elif one.trait == "second_way":
            (known,) = one.body["external_ids"]
            assert by_number[known["number"]].body["source"] == known["kind"] == "12345"


def test_who_sends_may_send(reports):
    for one in reports:
        check(None, "Receive", actor(one.post))


def test_nobody_is_in_it(seed, reports):
    """No reporter, no name with a title word, no telephone number, no post that is a person."""
    person = re.compile(r"先生|女士|小姐|阿姨|师傅|我叫|联系人|(?<!\d)1[3-9]\d{9}(?!\d)|@")
    for one in reports:
        assert "reporter" not in one.body
        told = " ".join(str(value) for value in one.body.values())
        assert not person.search(told), told
    for post in people(seed):
        assert re.fullmatch(r"\D+岗|\D+\d\d", post.name), post.name


def test_desks_are_addressed_and_sometimes_wrongly(ground, reports):
    hotline = [one.body for one in reports if "to_sector" in one.body]
    assert len(hotline) > 120
    wrong = 0
    for body in hotline:
        read = read_point(lon=body.get("lon"), lat=body.get("lat"), crs=body.get("crs"))
        right = ground.sector_of(read.point) if read.point else None
        wrong += right is not None and right != body["to_sector"]
    assert 1 <= wrong <= 25


def test_the_last_24_hours_only_grow():
    now = demo.reports_until(NOON)
    assert demo.reports_until(NOON) == now
    assert 330 <= len(now) <= 470
    assert all(NOON - timedelta(days=1) < one.at <= NOON for one in now)
    later = demo.reports_until(NOON + timedelta(minutes=30))
    known = [one for one in later if one.at <= NOON]
    assert known == [one for one in now if one.at > NOON - timedelta(hours=23, minutes=30)]


def test_the_feed_never_repeats_itself(ground):
    made = [one_more(ground, run="7F120000", place=n, at=NOON) for n in range(1, 60)]
    again = [one_more(ground, run="7F120001", place=n, at=NOON) for n in range(1, 60)]
    numbers = {one.body["external_id"] for one in [*made, *again]}
    assert len(numbers) == len(made) + len(again)


def test_only_this_machine_is_reported_to():
    with pytest.raises(demo.DemoFailed, match="this machine only"):
        demo.feed("http://192.0.2.7:8000", "", None)


def test_cameras_stand_on_our_roads(seed):
    register = cameras(seed, 7)
    assert register == cameras(seed, 7)
    assert len(register) == len({one.id for one in register}) == 40
    assert sum(one.status is CameraStatus.OFFLINE for one in register) == 4
    for one in register:
        here = Point(one.point.lon, one.point.lat)
        assert seed.street.geometry.distance(here) < 3e-4
        assert min(road.geometry.distance(here) for road in seed.roads) < 3e-4
        assert 0 <= one.heading < 360


def test_people_walk_and_do_not_jump(seed):
    walk = PeopleWalk.of(seed, 7)
    assert len(walk.people) == 30
    assert {one.duty_mode for one in walk.people} == set(DutyMode)
    moved = 0
    for person in walk.people:
        trail = [walk.position(person, NOON + timedelta(seconds=8 * n)) for n in range(40)]
        steps = [distance_m(a, b) for a, b in itertools.pairwise(trail)]
        assert max(steps) / 8 < 6
        moved += max(distance_m(trail[0], point) for point in trail) > 20
        if person.post_point is not None:
            assert distance_m(person.post_point, trail[0]) < person.post_radius_m
    assert moved >= 18
    assert walk.position(walk.people[20], NOON) == PeopleWalk.of(seed, 7).position(
        walk.people[20], NOON
    )
    assert any(walk.is_silent(person, NOON) for person in walk.people)
