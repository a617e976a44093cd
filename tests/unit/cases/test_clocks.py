"""Which clock runs when (R50, A-6, A-8): the plan's table, played."""

from datetime import datetime, timedelta

import pytest
from stories import (
    NOW,
    STANDING,
    again,
    begun,
    better,
    between_communities,
    inside,
    nowhere,
    outside,
    refused,
)

from cases import commands as do
from cases.clocks import BY_CODE, RULES
from cases.hours import SHANGHAI
from cases.policy import Policy
from cases.timers import ClockState, first_due, state, used_share

FEEDBACK, ALARM = "refusal_feedback", "acceptance_alarm"
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def of(story, code):
    return [clock for clock in story.case.clocks if clock.code == code]


def running(story):
    return sorted((clock.code, clock.seq) for clock in story.running)


def received_at(*parts):
    """The clocks of a case that came in at a time of Shanghai."""
    return begun(now=datetime(*parts, tzinfo=SHANGHAI)).case.clocks


def test_every_clock_names_its_clause_and_whether_it_is_a_policy_value():
    assert {(rule.code, rule.clause, rule.policy) for rule in RULES} == {
        (FEEDBACK, "R50", False),
        (ALARM, "A-6", True),
        ("dispatch_limit", "R51", False),
        ("signing_alarm", "R51", True),
        ("coordination_limit", "R52、R53", False),
        ("urgent_limit", "R54", False),
        ("appointment", "R56", False),
        ("agreed_due", "R57", False),
        ("same_day", "R58", False),
        ("closing_limit", "R63", False),
        ("upstream_due", "A-1", False),
        ("verification_limit", "四(二)1", True),
        ("supervision_limit", "R8", True),
        ("suspension_review", "第8节", True),
        ("first_contact", "第8节", True),
        ("handling_limit", "第8节", True),
    }
    assert BY_CODE[FEEDBACK].label == "反馈时限 1个自然日"
    assert BY_CODE[ALARM].label == "受理提醒（内控）"


# the colours


@pytest.mark.parametrize(
    ("received", "due", "internal", "warn"),
    [
        # at midnight the day is 48 h long: the internal 24 h warn first
        ((2026, 3, 11), (2026, 3, 13), (2026, 3, 12), (2026, 3, 12)),
        # at noon 70 % of 36 h is 25.2 h: the internal 24 h again
        ((2026, 3, 11, 12), (2026, 3, 13), (2026, 3, 12, 12), (2026, 3, 12, 12)),
        # in the last second 70 % of 24 h 1 s is the earlier one
        (
            (2026, 3, 11, 23, 59, 59),
            (2026, 3, 13),
            (2026, 3, 12, 23, 59, 59),
            (2026, 3, 12, 16, 47, 59, 700_000),
        ),
    ],
)
def test_the_feedback_clock(received, due, internal, warn):
    clock = received_at(*received)[0]
    assert clock.due_at == datetime(*due, tzinfo=SHANGHAI)
    assert clock.internal_due_at == datetime(*internal, tzinfo=SHANGHAI)
    assert clock.warn_at == datetime(*warn, tzinfo=SHANGHAI)
    assert state(clock, clock.started_at) is ClockState.RUNNING
    assert state(clock, clock.warn_at - SECOND) is ClockState.RUNNING
    assert state(clock, clock.warn_at) is ClockState.AMBER
    # past the internal 24 h it is amber still; red only at the formal limit
    assert state(clock, clock.due_at - SECOND) is ClockState.AMBER
    assert state(clock, clock.due_at) is ClockState.RED


def test_the_alarm_is_amber_from_70_percent_and_red_at_30_minutes():
    clock = received_at(2026, 3, 11, 23, 50)[1]
    assert clock.due_at - clock.started_at == timedelta(minutes=30)
    assert clock.warn_at - clock.started_at == timedelta(minutes=21)
    assert clock.internal_due_at is None
    assert state(clock, clock.due_at - SECOND) is ClockState.AMBER
    assert state(clock, clock.due_at) is ClockState.RED


def test_a_stopped_clock_keeps_its_colour_for_ever():
    story = begun()
    story.at(minutes=29).play(do.Accept())
    alarm = of(story, ALARM)[0]
    assert state(alarm, NOW + 9 * DAY) is ClockState.STOPPED
    assert used_share(alarm, NOW + 9 * DAY) == pytest.approx(29 / 30)
    late = begun()
    late.at(minutes=31).play(do.Accept())
    assert state(of(late, ALARM)[0], NOW + 9 * DAY) is ClockState.LATE
    assert used_share(of(late, ALARM)[0], NOW + 9 * DAY) == 1.0


def test_stopping_on_the_very_limit_is_in_time():
    story = begun()
    story.at(minutes=30).play(do.Accept())
    assert state(of(story, ALARM)[0], story.now) is ClockState.STOPPED


def test_an_alarm_of_no_minutes_breaks_nothing():
    story = begun(policy=Policy(alarm_minutes=0))
    alarm = of(story, ALARM)[0]
    assert state(alarm, NOW) is ClockState.RED
    assert used_share(alarm, NOW) == 1.0


def test_a_clock_keeps_the_policy_it_was_started_under_and_a_new_run_names_the_new_one():
    story = refused(policy=Policy(alarm_minutes=10, version=1))
    story.policy = Policy(alarm_minutes=99, version=2)
    story.at(hours=1).play(do.Reinstate(reason="管辖明确"), by="street-centre")
    first, second = of(story, ALARM)
    assert (first.due_at, first.policy_version) == (NOW + timedelta(minutes=10), 1)
    assert (second.due_at, second.policy_version) == (story.now + timedelta(minutes=99), 2)


def test_the_clock_that_runs_out_first():
    story = begun()
    assert first_due(story.case.clocks).code == ALARM
    assert first_due(()) is None
    story.play(do.Accept())
    assert first_due(story.case.clocks).code == "dispatch_limit"


# what starts and stops


def test_receipt_starts_both_and_acceptance_stops_both():
    story = begun()
    assert running(story) == [(ALARM, 1), (FEEDBACK, 0)]
    story.play(do.Accept())
    codes = {code for code, _ in running(story)}
    assert codes == {"dispatch_limit", "first_contact", "handling_limit"}


@pytest.mark.parametrize("place", [nowhere(), between_communities(), outside()])
def test_waiting_for_a_place_or_a_person_stops_no_clock(place):
    story = begun(place)
    assert running(story) == [(ALARM, 1), (FEEDBACK, 0)]
    story.at(hours=1).play(better(inside()))
    assert running(story) == [(ALARM, 1), (FEEDBACK, 0)]
    story.play(again(inside()), by="platform-12345")
    assert running(story) == [(ALARM, 1), (FEEDBACK, 0)]


def test_a_refusal_stops_the_alarm_and_only_delivery_stops_the_feedback_clock():
    story = refused()
    assert running(story) == [(FEEDBACK, 0)]
    story.play(do.NoteUndelivered(refusal_id=story.refusal.id, attempts=20, error="x"), "courier")
    story.play(do.Acknowledge(refusal_id=story.refusal.id), by="street-centre")
    assert running(story) == [(FEEDBACK, 0)]
    story.at(minutes=1).play(do.NoteDelivered(refusal_id=story.refusal.id, attempts=1), "courier")
    assert running(story) == []
    assert of(story, FEEDBACK)[0].stopped_at == story.now


def test_the_other_desks_clocks_start_at_its_own_receipt():
    story = refused(inside("14090201"))
    story.at(hours=3).play(
        do.Redispatch(refusal_id=story.refusal.id, to_sector="140902"), by="street-centre"
    )
    assert running(story) == [(ALARM, 3), (FEEDBACK, 0), (FEEDBACK, 2)]
    assert of(story, FEEDBACK)[1].started_at == story.now


def test_delivery_stops_the_run_of_its_own_refusal_only():
    story = refused(inside("14090201"), policy=STANDING)
    assert running(story) == [(ALARM, 3), (FEEDBACK, 0), (FEEDBACK, 2)]
    first = story.refusal.id
    story.at(hours=1).play(do.NoteDelivered(refusal_id=first, attempts=1), by="courier")
    assert running(story) == [(ALARM, 3), (FEEDBACK, 2)]


def test_the_second_desks_refusal_has_the_second_run():
    story = refused(outside())
    first = story.refusal.id
    story.play(do.Redispatch(refusal_id=first, to_sector="140902"), by="street-centre")
    story.at(hours=1).play(do.Reject(reason="也不在本片区"), by="coordinator-140902")
    assert story.refusal.clock_seq == 2
    story.play(do.NoteDelivered(refusal_id=story.refusal.id, attempts=1), by="courier")
    assert running(story) == [(FEEDBACK, 0)]


def test_the_other_desks_acceptance_does_not_make_up_for_a_missing_delivery():
    """R50 runs from receipt to feedback sent and delivered, whatever happens to the case."""
    story = refused(inside("14090201"), policy=STANDING)
    story.at(minutes=5).play(do.Accept(), by="coordinator-140902")
    assert (FEEDBACK, 0) in running(story)
    story.play(do.NoteDelivered(refusal_id=story.refusal.id, attempts=1), by="courier")
    assert FEEDBACK not in {code for code, _ in running(story)}


def test_a_withdrawn_refusal_lets_the_first_day_run_on():
    story = refused()
    story.at(minutes=5).play(do.WithdrawRejection(reason="看错了"))
    assert running(story) == [(ALARM, 2), (FEEDBACK, 0)]


def test_a_late_delivery_of_a_withdrawn_refusal_stops_nothing():
    story = refused()
    first = story.refusal.id
    story.at(minutes=5).play(do.WithdrawRejection(reason="看错了"))
    story.at(minutes=5).play(do.NoteDelivered(refusal_id=first, attempts=2), by="courier")
    assert running(story) == [(ALARM, 2), (FEEDBACK, 0)]


def test_withdrawn_after_delivery_the_day_counts_from_receipt_still():
    story = refused()
    story.play(do.NoteDelivered(refusal_id=story.refusal.id, attempts=1), by="courier")
    story.at(hours=2).play(do.WithdrawRejection(reason="看错了"))
    assert running(story) == [(ALARM, 3), (FEEDBACK, 2)]
    first, second = of(story, FEEDBACK)
    assert (second.started_at, second.due_at) == (first.started_at, first.due_at)
    story.play(do.Reject(reason="仍不在本片区"))
    assert story.refusal.clock_seq == 2
    story.at(days=3).play(do.NoteDelivered(refusal_id=story.refusal.id, attempts=9), by="courier")
    assert [state(clock, story.now) for clock in of(story, FEEDBACK)] == [
        ClockState.STOPPED,
        ClockState.LATE,
    ]


def test_a_ruling_ends_the_other_desks_clocks_and_starts_an_alarm():
    story = refused(inside("14090201"), policy=STANDING)
    story.play(do.NoteDelivered(refusal_id=story.refusal.id, attempts=1), by="courier")
    story.at(hours=1).play(do.Reinstate(reason="由迎园受理"), by="street-centre")
    assert [clock.code for clock in story.running] == [ALARM]
    assert story.running[0].started_at == story.now


# lateness is history


def test_lateness_is_noted_at_the_formal_limit_and_once():
    story = begun()
    feedback = of(story, FEEDBACK)[0]
    late = do.MarkOverdue(code=FEEDBACK, seq=0)
    story.now = feedback.due_at - SECOND
    assert story.play(late, by="clock") == ()
    story.now = feedback.due_at
    assert story.play(late, by="clock") == ("ClockBreached",)
    assert of(story, FEEDBACK)[0].breached
    assert story.play(late, by="clock") == ()
    assert story.play(do.MarkOverdue(code=FEEDBACK, seq=7), by="clock") == ()


def test_a_stopped_clock_is_never_breached():
    story = begun()
    story.play(do.Accept())
    story.at(days=9)
    assert story.play(do.MarkOverdue(code=ALARM, seq=1), by="clock") == ()
