"""Natural days in Shanghai, which has no daylight saving time (A-8)."""

from datetime import datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def end_of_next_day(started_at: datetime) -> datetime:
    """24:00 of the day after the start: the day itself is not counted (A-8).

    >>> end_of_next_day(datetime(2026, 3, 11, 9, 9, tzinfo=SHANGHAI)).isoformat()
    '2026-03-13T00:00:00+08:00'
    """
    day = started_at.astimezone(SHANGHAI).date() + timedelta(days=2)
    return datetime.combine(day, time(), SHANGHAI)


def start_of_day(moment: datetime) -> datetime:
    """00:00 of the moment's day in Shanghai."""
    return datetime.combine(moment.astimezone(SHANGHAI).date(), time(), SHANGHAI)
