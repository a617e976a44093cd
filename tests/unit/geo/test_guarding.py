"""When an online geocoder may be asked: never more than its budget, seldom while it is ill."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.providers.guarding import LONGEST, Guard
from geo.providers.protocol import Failure

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)  # 18:00 in Shanghai
MINUTE = timedelta(minutes=1)


def ill(guard, now=NOW, times=3, failure=Failure.SILENT):
    for _ in range(times):
        assert guard.admits(now)
        guard.failed(failure, now)


def test_two_failures_are_forgiven_and_an_answer_wipes_them_out():
    guard = Guard(budget=100)
    ill(guard, times=2)
    guard.answered()
    ill(guard, times=2)
    assert guard.admits(NOW)


def test_after_a_pause_one_question_tries_and_the_others_wait():
    guard = Guard(budget=100)
    ill(guard)
    assert not guard.admits(NOW + MINUTE - timedelta(seconds=1))
    later = NOW + MINUTE
    assert guard.admits(later)
    assert not guard.admits(later)
    guard.answered()
    assert guard.admits(later)
    assert guard.admits(later)


def test_a_failed_try_pauses_longer_up_to_a_quarter_of_an_hour():
    guard = Guard(budget=100)
    ill(guard)
    now, pauses = NOW, []
    for _ in range(6):
        begun = now
        while guard.is_open(now):
            now += timedelta(seconds=30)
        pauses.append(now - begun)
        ill(guard, now, times=1)
    assert pauses == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, LONGEST, LONGEST]


def test_a_try_whose_outcome_never_came_does_not_hold_for_ever():
    guard = Guard(budget=100)
    ill(guard)
    assert guard.admits(NOW + MINUTE)
    assert not guard.admits(NOW + MINUTE + LONGEST)
    assert guard.admits(NOW + 2 * MINUTE + LONGEST)


@pytest.mark.parametrize(
    ("failure", "pause"),
    [(Failure.KEY, timedelta(hours=1)), (Failure.QUOTA, timedelta(hours=6))],
)
def test_a_refusal_that_will_not_pass_is_respected_at_once(failure, pause):
    guard = Guard(budget=100)
    ill(guard, times=1, failure=failure)
    assert guard.is_open(NOW + pause - timedelta(seconds=1))
    assert guard.admits(NOW + pause)


def test_the_budget_is_of_a_day_in_shanghai():
    guard = Guard(budget=2)
    assert [guard.admits(NOW) for _ in range(3)] == [True, True, False]
    assert guard.left(NOW) == 0
    midnight = NOW + timedelta(hours=6)
    assert not guard.admits(midnight - timedelta(seconds=1))
    assert guard.left(midnight) == 2
    assert guard.admits(midnight)
    assert guard.left(midnight) == 1


def test_a_budget_of_nothing_asks_nobody():
    assert not Guard(budget=0).admits(NOW)


@given(
    budget=st.integers(0, 8),
    steps=st.lists(
        st.tuples(st.integers(0, 900), st.sampled_from(["well", *Failure])), max_size=40
    ),
)
def test_no_day_exceeds_its_budget_whatever_happens(budget, steps):
    guard, now, asked = Guard(budget=budget), NOW, {}
    for seconds, outcome in steps:
        now += timedelta(seconds=seconds)
        if guard.admits(now):
            day = (now + timedelta(hours=8)).date()
            asked[day] = asked.get(day, 0) + 1
            if outcome == "well":
                guard.answered()
            else:
                guard.failed(outcome, now)
    assert all(number <= budget for number in asked.values())
