"""Random lives of cases: what `decide` answers `evolve` takes, and history tells it all again."""

import json
from datetime import timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stories import (
    MALU,
    STANDING,
    Story,
    again,
    begun,
    better,
    between_communities,
    between_sectors,
    between_west_and_outside,
    inside,
    nowhere,
    outside,
    refused,
    report,
)

from cases import commands as do
from cases import events as ev
from cases.errors import CaseError
from cases.history import replay
from cases.model import Number, RawPoint, Status, case_from
from cases.notices import notices
from cases.policy import Policy
from cases.words import event_label, next_step

PLACES = [
    inside("14090101"),
    inside("14090102", edge=25.0),
    inside("14090201"),
    between_communities(),
    between_sectors(),
    between_west_and_outside(),
    outside(),
    outside(owner=None),
    outside(edge=30.0),
    nowhere(),
]
POSTS = [
    "coordinator-140901", "coordinator-140902", "coordinator", "street-centre", "courier", "clock",
    "platform-12345", "station-yingyuan",
]  # fmt: skip
SECTOR_CODES = st.sampled_from(["140901", "140902", "149999"])
REPORTS = st.builds(
    report,
    source=st.sampled_from(["12345", "grid", "department"]),
    title=st.text(max_size=8),
    to_sector=st.none() | SECTOR_CODES,
    accuracy_m=st.none() | st.floats(0, 500),
    urgent=st.booleans(),
    supervised=st.booleans(),
    raw=st.none()
    | st.builds(RawPoint, lon=st.none() | st.floats(-200, 200), lat=st.just(1.5), crs=st.none()),
)


def commands(story, draw):
    """A strategy for one command, with ids the case knows and some it does not."""
    known = [refusal.id for refusal in story.case.refusals]
    id = draw(st.sampled_from([*known, *known, story.new_id()]))
    place = draw(st.sampled_from(PLACES))
    sector = draw(SECTOR_CODES)
    community = draw(st.sampled_from([None, "14090101", "14090102", "14090201", "99999999"]))
    owner = draw(st.sampled_from([None, MALU]))
    number = Number(kind="grid", number=draw(st.sampled_from("ABC")))
    clock = draw(st.sampled_from(story.case.clocks))
    return st.sampled_from(
        [
            do.Receive(id=story.new_id(), number="x", report=report(), place=place),
            do.Supplement(report=draw(REPORTS), place=place, new_numbers=(number,)),
            better(place),
            do.Accept(community=community),
            do.Accept(),
            do.Reject(reason="x", belongs_to=owner),
            do.WithdrawRejection(reason="x"),
            do.Acknowledge(refusal_id=id),
            do.Reinstate(reason="x", refusal_id=draw(st.sampled_from([None, id]))),
            do.Reinstate(reason="x", to_sector=sector),
            do.Redispatch(refusal_id=id, to_sector=sector),
            do.Forward(refusal_id=id, belongs_to=owner),
            do.NoteDelivered(refusal_id=id, attempts=1),
            do.NoteUndelivered(refusal_id=id, attempts=20, error="x"),
            do.MarkOverdue(code=clock.code, seq=clock.seq),
        ]
    )


def check(story, before):
    """What must hold after every step."""
    case = story.case
    assert case.version == len(story.records)
    assert [record.version for record in story.records] == list(range(1, case.version + 1))
    # the projection, and history, both through JSON
    assert case_from(json.loads(json.dumps(msgspec.to_builtins(case)))) == case
    assert replay(story.records) == case
    check_clocks(case, before)
    assert (case.accepted_at is not None) == (case.status is Status.ACCEPTED)
    if case.status is Status.REJECTED:
        assert case.refusals
        assert case.refusals[-1].state not in ("withdrawn", "reinstated", "redispatched")
    if case.reinstated or case.status in (Status.ACCEPTED, Status.REJECTED):
        assert case.proposal is None
    assert case.desk in (None, "140901", "140902")
    assert next_step(case)


def check_clocks(case, before):
    assert [clock.seq for clock in case.clocks] == list(range(len(case.clocks)))
    for old, new in zip(before.clocks if before else (), case.clocks, strict=False):
        assert old.stopped_at in (None, new.stopped_at), "no clock is stopped twice"
        assert new.breached or not old.breached
        assert (old.started_at, old.due_at) == (new.started_at, new.due_at)
    running = [clock for clock in case.clocks if clock.stopped_at is None]
    alarms = [clock for clock in running if clock.code == "acceptance_alarm"]
    assert len(alarms) == (1 if case.is_open else 0)
    undelivered = {r.clock_seq for r in case.refusals if r.delivered_at is None}
    free = [c for c in running if c.code == "refusal_feedback" and c.seq not in undelivered]
    assert len(free) <= 1
    waiting = case.is_open and not case.reinstated
    assert not waiting or any(c.code == "refusal_feedback" for c in running)
    assert case.status is not Status.ACCEPTED or not free


@settings(max_examples=2000, deadline=None)
@given(data=st.data())
def test_a_case_can_be_told_again_from_its_events(data):
    story = Story(
        policy=data.draw(
            st.builds(Policy, auto_refuse=st.booleans(), auto_redispatch=st.booleans())
        )
    )
    begin = do.Receive(
        id=story.new_id(),
        number="20260311-0001",
        report=data.draw(REPORTS),
        place=data.draw(st.sampled_from(PLACES)),
    )
    story.play(begin, by="platform-12345")
    check(story, None)
    for _ in range(data.draw(st.integers(1, 25))):
        story.now += timedelta(minutes=data.draw(st.sampled_from([0, 1, 45, 2000])))
        command = data.draw(commands(story, data.draw))
        before, ruled = story.case, story.case.reinstated
        located = before.status is not Status.NO_LOCATION or isinstance(command, do.Supplement)
        try:
            names = story.play(command, by=data.draw(st.sampled_from(POSTS)))
        except CaseError:
            assert story.case == before
            continue
        if "CaseRejected" in names:
            assert not ruled, "no second refusal after a ruling (A-20)"
            assert located, "a missing location is never a refusal (A-20 c)"
        check(story, before)


def test_an_empty_history_is_no_case():
    with pytest.raises(ValueError, match="at least one event"):
        replay([])


def test_every_event_is_stored_under_its_own_name_and_comes_back():
    assert set(ev.TYPES) == {kind.__name__ for kind in get_args(ev.Event)}
    assert all(ev.TYPES[name].__name__ == name for name in ev.TYPES)


def test_an_event_of_another_time_is_refused_by_name():
    with pytest.raises(KeyError):
        ev.from_json("CaseTeleported", {})
    with pytest.raises(msgspec.ValidationError):
        ev.from_json("CaseRejected", {"refusal_id": "x"})


# what leaves the house


def test_each_refusal_makes_one_notice_with_an_id_that_follows_from_it():
    story = refused(outside())
    record = story.records[-1]
    first, again_ = (
        notices(record.event, story.case, record.at, record.actor)[0] for _ in range(2)
    )
    assert first == again_
    assert first.payload["id"] == str(first.id)
    assert first.payload["specversion"] == "1.0"
    assert first.payload["type"] == "cn.cityops.case.out_of_area_rejected"
    assert first.payload["subject"] == str(story.case.id)
    data = first.payload["data"]
    assert data["refusal_id"] == str(story.refusal.id)
    assert data["case_number"] == story.case.number
    assert data["belongs_to"] == {"code": "310114106", "name": "马陆镇"}
    assert data["reason_label"] == "在新成路街道以外"
    assert data["edition"]["provisional"]
    assert data["also_tell"] is None


@pytest.mark.parametrize("source", ["department", "station"])
def test_the_requester_of_a_joint_case_is_told_as_well(source):
    story = refused(outside(), source=source)
    record = story.records[-1]
    data = notices(record.event, story.case, record.at, record.actor)[0].payload["data"]
    assert data["also_tell"] == source


def test_a_withdrawal_is_told_and_nothing_else():
    story = refused(outside())
    story.play(do.WithdrawRejection(reason="看错了"))
    story.play(again(title="又来电"), by="platform-12345")
    told = [
        notice.payload["type"].rpartition(".")[2]
        for record in story.records
        for notice in notices(record.event, story.case, record.at, record.actor)
    ]
    assert told == ["out_of_area_rejected", "rejection_withdrawn"]


def test_every_event_has_a_line_in_the_history():
    story = begun(inside("14090201"), policy=STANDING, to_sector="140901")
    for record in story.records:
        label = event_label(ev.name(record.event), ev.to_json(record.event))
        assert label
        assert label != ev.name(record.event)
