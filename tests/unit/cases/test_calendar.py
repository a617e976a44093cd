"""Working days and running hours against a simulator that looks at every single minute."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.hours import SHANGHAI, Calendar, Running, end_of_day, span

DESK = "140901"
MINUTE = timedelta(minutes=1)
FIRST = date(2026, 9, 28)  # National Day: 1–7 October off, 10 October worked
DAYS = [FIRST + timedelta(days=n) for n in range(16)]
OFF = frozenset(date(2026, 10, n) for n in range(1, 8))
WORKED = frozenset({date(2026, 10, 10)})


def at(day, hour=0, minute=0):
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def runs(calendar, moment):
    """The simulator: whether a minute is run, from the rule's own words."""
    local = moment.astimezone(SHANGHAI)
    for day in (local.date() - timedelta(days=1), local.date()):
        written = calendar.shifts.get((DESK, day))
        if written is not None:
            spans = written
        else:
            rules = [r for r in calendar.running if r.from_day <= day]
            rule = max(rules, key=lambda r: r.from_day) if rules else None
            worked = day in calendar.workdays or (
                day.weekday() < 5 and day not in calendar.holidays
            )
            extra = rule and (rule.on_holidays if day in calendar.holidays else rule.on_weekends)
            if not worked and not extra:
                continue
            opens, closes = (rule.opens, rule.closes) if rule else (time(8, 30), time(16, 30))
            spans = (span(day, opens, closes),)
        if any(start <= moment < end for start, end in spans):
            return True
    return False


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 7, 30, 59]))
rules = st.builds(
    Running, desk=st.just(DESK), from_day=st.sampled_from(DAYS), opens=times, closes=times,
    on_weekends=st.booleans(), on_holidays=st.booleans(),
)  # fmt: skip


@st.composite
def written_days(draw):
    found = {}
    for day in draw(st.lists(st.sampled_from(DAYS), max_size=2, unique=True)):
        spans = draw(st.lists(st.tuples(times, times), max_size=2))
        found[DESK, day] = tuple(span(day, *pair) for pair in spans)
    return found


calendars = st.builds(
    Calendar, holidays=st.just(OFF), workdays=st.just(WORKED),
    running=st.lists(rules, max_size=2, unique_by=lambda r: r.from_day).map(tuple),
    shifts=written_days(),
)  # fmt: skip
moments = st.builds(
    lambda day, minute: at(day) + minute * MINUTE,
    st.sampled_from(DAYS[:12]),
    st.integers(0, 1439),
)


@settings(max_examples=40, deadline=None)
@given(calendar=calendars, start=moments, length=st.integers(0, 3 * 1440))
def test_running_minutes_are_those_the_simulator_counts(calendar, start, length):
    counted = sum(runs(calendar, start + n * MINUTE) for n in range(length))
    assert calendar.minutes_of_running(DESK, start, start + length * MINUTE) == counted


@settings(max_examples=25, deadline=None)
@given(calendar=calendars, start=moments, minutes=st.integers(1, 1200))
def test_working_hours_end_where_the_simulator_arrives(calendar, start, minutes):
    left, moment = minutes, start
    while left:
        left -= runs(calendar, moment)
        moment += MINUTE
    assert calendar.plus_working_hours(DESK, start, minutes / 60) == moment


@settings(max_examples=60, deadline=None)
@given(calendar=calendars, moment=moments)
def test_the_reason_names_evening_or_holiday_and_nothing_while_running(calendar, moment):
    reason = calendar.off_hours_reason(DESK, moment)
    assert calendar.is_running(DESK, moment) == runs(calendar, moment) == (reason is None)
    if reason:
        assert reason == ("evening" if calendar.is_workday(moment.date()) else "holiday")


@settings(max_examples=60, deadline=None)
@given(start=moments, days=st.integers(1, 6))
def test_working_days_are_counted_one_by_one(start, days):
    calendar = Calendar(holidays=OFF, workdays=WORKED)
    day, left = start.date(), days
    while left:
        day += timedelta(days=1)
        left -= day in WORKED or (day.weekday() < 5 and day not in OFF)
    due = calendar.plus_working_days(start, days)
    assert due == end_of_day(at(day))
    assert calendar.plus_working_days(start.astimezone(UTC), days) == due


def test_the_golden_week_is_off_and_its_make_up_day_is_worked():
    calendar = Calendar(holidays=OFF, workdays=WORKED)
    assert calendar.off_hours_reason(DESK, at(date(2026, 10, 1), 10)) == "holiday"
    assert calendar.off_hours_reason(DESK, at(date(2026, 10, 10), 10)) is None
    assert calendar.off_hours_reason(DESK, at(date(2026, 10, 10), 16, 30)) == "evening"
    eve = at(date(2026, 9, 30), 17)
    assert calendar.plus_working_days(eve, 1) == at(date(2026, 10, 9))
    assert calendar.plus_working_days(eve, 3) == at(date(2026, 10, 11))


def test_a_day_is_run_past_midnight_and_up_to_24():
    late = Running(desk=DESK, from_day=FIRST, opens=time(8), closes=time())
    night = Running(desk=DESK, from_day=FIRST, opens=time(18), closes=time(2))
    assert (late.length, night.length) == (timedelta(hours=16), timedelta(hours=8))
    calendar = Calendar(running=(night,), holidays=OFF)
    assert calendar.is_running(DESK, at(date(2026, 10, 1), 1, 59)), "Wednesday's night"
    assert not calendar.is_running(DESK, at(date(2026, 10, 1), 2))
    assert not calendar.is_running("140902", at(date(2026, 9, 29), 20))


def test_a_desk_that_never_runs_is_not_searched_for_ever():
    closed = {(DESK, FIRST + timedelta(days=n)): () for n in range(4000)}
    with pytest.raises(ValueError, match="does not run"):
        Calendar(shifts=closed).plus_working_hours(DESK, at(FIRST), 1)


def test_after_the_announced_years_only_weekends_are_off():
    calendar = Calendar(holidays=OFF, known_until=date(2026, 12, 31))
    assert calendar.is_workday(date(2027, 1, 1)), "a Friday nobody has announced yet"
    assert not calendar.is_known(date(2027, 1, 1))
    assert not calendar.is_workday(date(2027, 1, 2))
