"""Natural days in Shanghai (A-8)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.hours import SHANGHAI, end_of_next_day, start_of_day

MOMENTS = st.integers(946_684_800, 4_070_908_800).map(lambda s: datetime.fromtimestamp(s, UTC))


def shanghai(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (shanghai(2026, 3, 11, 9, 9), shanghai(2026, 3, 13)),
        (shanghai(2026, 3, 11, 0, 0, 0), shanghai(2026, 3, 13)),
        (shanghai(2026, 3, 11, 23, 59, 59), shanghai(2026, 3, 13)),
        (shanghai(2026, 3, 12, 0, 0, 0), shanghai(2026, 3, 14)),
        # no roll-over for a weekend (Friday) or the spring festival (A-8: 203(1) does not apply)
        (shanghai(2026, 3, 13, 18, 0), shanghai(2026, 3, 15)),
        (shanghai(2026, 2, 16, 12, 0), shanghai(2026, 2, 18)),
        (shanghai(2026, 12, 31, 12, 0), shanghai(2027, 1, 2)),
        (shanghai(2028, 2, 28, 12, 0), shanghai(2028, 3, 1)),
        # 16:30 UTC is the next day in Shanghai already
        (datetime(2026, 3, 11, 16, 30, tzinfo=UTC), shanghai(2026, 3, 14)),
    ],
)
def test_one_natural_day_ends_at_24_of_the_day_after(start, due):
    assert end_of_next_day(start) == due


@given(MOMENTS)
def test_a_natural_day_is_more_than_one_and_at_most_two_days_long(start):
    assert timedelta(days=1) < end_of_next_day(start) - start <= timedelta(days=2)


@given(MOMENTS)
def test_the_day_starts_at_midnight_in_shanghai(moment):
    start = start_of_day(moment)
    assert (start.hour, start.minute, start.utcoffset()) == (0, 0, timedelta(hours=8))
    assert timedelta(0) <= moment - start < timedelta(days=1)
    assert end_of_next_day(moment) == start + timedelta(days=2)
