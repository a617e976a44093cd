"""The clocks against a simulator that walks minute by minute, written without `cases.clocks`."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from stories import begun, inside

from cases import commands as do
from cases.hours import SHANGHAI, Calendar
from cases.timers import ClockState, state
from cases.work import Grade

MINUTE = timedelta(minutes=1)
# Two public holidays in a row before a weekend, and the Sunday that makes up for one of them.
OFF = frozenset({date(2026, 5, 28), date(2026, 5, 29)})
MADE_UP = frozenset({date(2026, 5, 31)})
CALENDAR = Calendar(holidays=OFF, workdays=MADE_UP)
FIRST = datetime(2026, 5, 20, tzinfo=SHANGHAI)
STARTS = st.integers(0, 16 * 1440).map(lambda minutes: FIRST + minutes * MINUTE)


def walk(start, is_over):
    """The first minute at which a limit is over, found on foot."""
    at = start
    while not is_over(at):
        at += MINUTE
    return at


def worked(day):
    return day in MADE_UP or (day.weekday() < 5 and day not in OFF)


def after_midnights(start, *, wanted, counts=lambda _day: True):
    """The minute that ends the n-th counted day after the start's own."""
    passed, at = 0, start
    while True:
        before, at = at, at + MINUTE
        if at.date() != before.date():
            if before.date() != start.date() and counts(before.date()):
                passed += 1
            if passed == wanted:
                return at


def due(story, code):
    return story.clocks(code)[-1].due_at


@settings(max_examples=12, deadline=None)
@given(start=STARTS, wait=st.integers(0, 700))
def test_a_community_cases_clocks_run_side_by_side(start, wait):
    story = begun(inside(), to_sector="140901", now=start)
    story.calendar = CALENDAR
    assert due(story, "refusal_feedback") == after_midnights(start, wanted=1)
    story.at(minutes=wait).play(do.Accept())
    taken = story.now
    assert due(story, "dispatch_limit") == walk(taken, lambda at: at - taken >= timedelta(hours=1))
    assert due(story, "first_contact") == after_midnights(taken, wanted=1, counts=worked)
    assert due(story, "handling_limit") == after_midnights(taken, wanted=5, counts=worked)
    story.play(do.Dispatch(station="14090101"))
    story.deliver()
    story.play(do.Sign(), "station-14090101")
    story.at(minutes=wait).play(do.FinishDisposal(), "station-14090101")
    end = walk(story.now + MINUTE, lambda at: at.date() != story.now.date())
    assert due(story, "same_day") == end
    story.at(minutes=5).play(do.SubmitFeedback(text="已办"), "station-14090101")
    assert due(story, "closing_limit") == after_midnights(story.now, wanted=1)


@settings(max_examples=15, deadline=None)
@given(start=STARTS, grade=st.sampled_from(list(Grade)), minutes=st.integers(0, 40))
def test_the_colour_of_a_coordination_clock_at_every_minute(start, grade, minutes):
    story = begun(
        inside(), source="department", by="department-water", to_sector="140901", now=start
    )
    story.play(do.Accept(grades=(grade,), reason="定类"))
    limit = 10 if grade in (Grade.URGENT, Grade.MAJOR) else 20
    clock = story.clocks("urgent_limit" if limit == 10 else "coordination_limit")[-1]
    for passed in range(minutes + 1):
        wanted = ClockState.RUNNING
        if passed * 10 >= limit * 7:
            wanted = ClockState.AMBER
        if passed >= limit:
            wanted = ClockState.RED
        assert state(clock, start + passed * MINUTE) is wanted


@settings(max_examples=12, deadline=None)
@given(start=STARTS, ruling=st.integers(0, 300), wait=st.integers(0, 90))
def test_after_a_ruling_the_hour_counts_from_the_ruling(start, ruling, wait):
    story = begun(inside("14090201"), to_sector="140901", now=start)
    story.play(do.Reject(reason="在另一片区"))
    story.at(minutes=ruling).play(do.Reinstate(reason="由迎园受理"), "street-centre")
    ruled = story.now
    story.at(minutes=wait).play(do.Accept())
    assert due(story, "dispatch_limit") == walk(ruled, lambda at: at - ruled >= timedelta(hours=1))


@settings(max_examples=12, deadline=None)
@given(start=STARTS, up=st.integers(0, 19), down=st.integers(0, 9))
def test_raised_and_lowered_again_the_stricter_limit_stands(start, up, down):
    story = begun(
        inside(), source="department", by="department-water", to_sector="140901", now=start
    )
    story.play(do.Accept())
    story.at(minutes=up).play(do.Reclassify(grades=(Grade.MAJOR,), reason="有人受伤"))
    raised = story.now
    story.at(minutes=down).play(do.Reclassify(grades=(Grade.SIMPLE,), reason="并无大碍"))
    running = [c for c in story.running if c.code.endswith("_limit")]
    assert [c.code for c in running] == ["urgent_limit"]
    assert running[0].due_at == walk(raised, lambda at: at - raised >= timedelta(minutes=10))
