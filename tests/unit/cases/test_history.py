"""Events to and from JSON, and what leaves the house; random lives are in test_case_lives.py."""

from typing import get_args

import msgspec
import pytest
from stories import (
    STANDING,
    again,
    begun,
    inside,
    outside,
    refused,
)

from cases import commands as do
from cases import events as ev
from cases.effects import EFFECTS
from cases.history import replay
from cases.notices import notices
from cases.rules import RULES
from cases.steps import BY_COMMAND
from cases.words import _WRITERS, event_label


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


def test_every_event_has_an_effect_a_line_and_no_other_has():
    assert set(_WRITERS) == set(ev.TYPES)
    own = {"CaseReceived", "ReportSupplemented", "LocationCorrected", "CaseAccepted",
           "CaseRejected", "ClockBreached", "ClockWarned"}  # fmt: skip
    refusals = {name for name, kind in ev.TYPES.items() if "refusal_id" in kind.__annotations__}
    assert {kind.__name__ for kind in EFFECTS} == set(ev.TYPES) - own - refusals


def test_every_command_has_a_rule_and_a_row():
    commands = set(get_args(do.Command))
    assert set(RULES) == commands
    assert set(BY_COMMAND) == {kind.__name__ for kind in commands}
