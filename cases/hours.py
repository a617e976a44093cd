"""Days and hours in Shanghai, which has no daylight saving time (A-8, R47, R48). Pure.

Everything is reckoned from aware moments; nothing counts elapsed seconds, so neither a leap second
nor a clock that jumps or a restart changes an answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
BASIS = timedelta(hours=8)  # R47
OPENS, CLOSES = time(8, 30), time(16, 30)
_DAY = timedelta(days=1)
# A desk that never runs must not be searched for ever.
_FARTHEST = timedelta(days=3660)

Span = tuple[datetime, datetime]


def end_of_next_day(started_at: datetime) -> datetime:
    """24:00 of the day after the start: the day itself is not counted (A-8).

    >>> end_of_next_day(datetime(2026, 3, 11, 9, 9, tzinfo=SHANGHAI)).isoformat()
    '2026-03-13T00:00:00+08:00'
    """
    return _midnight(_day(started_at) + 2 * _DAY)


def start_of_day(moment: datetime) -> datetime:
    """00:00 of the moment's day in Shanghai."""
    return _midnight(_day(moment))


def end_of_day(moment: datetime) -> datetime:
    """24:00 of the moment's day in Shanghai (A-11)."""
    return start_of_day(moment) + _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """When a desk runs, from a day on (R47): the basis is 8 hours, extendable at both ends.

    `closes` of 00:00 is 24:00 of the day; one that is not after `opens` is on the next day.
    """

    desk: str
    from_day: date
    opens: time = OPENS
    closes: time = CLOSES
    on_weekends: bool = False
    on_holidays: bool = False

    def span(self, day: date) -> Span:
        """The hours of a day as moments."""
        return span(day, self.opens, self.closes)

    @property
    def length(self) -> timedelta:
        """How long a day is run."""
        start, end = self.span(self.from_day)
        return end - start


def span(day: date, opens: time, closes: time) -> Span:
    """From a time of a day until another, which may be on the next day.

    >>> start, end = span(date(2026, 3, 11), time(22), time(6))
    >>> (end - start).seconds // 3600
    8
    """
    start = datetime.combine(day, opens, SHANGHAI)
    end = datetime.combine(day, closes, SHANGHAI)
    return start, end if end > start else end + _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days off and running hours as values; without any, weekends are off and 8:30–16:30 runs.

    `shifts` are the hours written down for a desk's single day; they take the place of the rule,
    and an empty tuple says that the desk does not run that day. Beyond `known_until` nobody has
    announced the holidays yet: there only weekends (and the street centre's own days) are off.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    running: tuple[Running, ...] = ()
    shifts: Mapping[tuple[str, date], tuple[Span, ...]] = field(default_factory=dict, hash=False)
    known_until: date | None = None

    def is_workday(self, day: date) -> bool:
        """Whether a day is worked: not a holiday, and no weekend but for make-up days (调休)."""
        if day in self.workdays:
            return True
        return day not in self.holidays and day.weekday() < 5

    def is_known(self, day: date) -> bool:
        """Whether the holidays of a day's year have been announced to us."""
        return self.known_until is None or day <= self.known_until

    def hours_of(self, desk: str, day: date) -> Running:
        """The rule that holds for a desk on a day."""
        own = [r for r in self.running if r.desk == desk and r.from_day <= day]
        return max(own, key=lambda r: r.from_day, default=Running(desk=desk, from_day=day))

    def spans(self, desk: str, day: date) -> tuple[Span, ...]:
        """When a desk runs on a day; the end may lie on the next one."""
        written = self.shifts.get((desk, day))
        if written is not None:
            return written
        hours = self.hours_of(desk, day)
        if self.is_workday(day) or self._runs_off_days(hours, day):
            return (hours.span(day),)
        return ()

    def _runs_off_days(self, hours: Running, day: date) -> bool:
        return hours.on_holidays if day in self.holidays else hours.on_weekends

    def is_running(self, desk: str, at: datetime) -> bool:
        """Whether a desk runs at a moment; its closing time is not run any more."""
        today = _day(at)
        return any(
            start <= at < end
            for day in (today - _DAY, today)
            for start, end in self.spans(desk, day)
        )

    def opened_at(self, desk: str, at: datetime) -> datetime | None:
        """Since when a desk has been running at a moment; None while it is not."""
        today = _day(at)
        found = [
            start
            for day in (today - _DAY, today)
            for start, end in self.spans(desk, day)
            if start <= at < end
        ]
        return min(found, default=None)

    def off_hours_reason(self, desk: str, at: datetime) -> str | None:
        """Why a desk does not run: "holiday" (weekends too), "evening", or None (R48, A-19).

        Before opening on a workday is "evening" too: the plan knows only these two.
        """
        if self.is_running(desk, at):
            return None
        return "evening" if self.is_workday(_day(at)) else "holiday"

    def plus_working_days(self, start: datetime, days: int) -> datetime:
        """24:00 of the n-th working day after the start's own day.

        >>> friday = datetime(2026, 3, 13, 15, 0, tzinfo=SHANGHAI)
        >>> Calendar().plus_working_days(friday, 1).isoformat()
        '2026-03-17T00:00:00+08:00'
        """
        day, left = _day(start), days
        while left > 0:
            day += _DAY
            left -= self.is_workday(day)
        return _midnight(day + _DAY)

    def plus_working_hours(self, desk: str, start: datetime, hours: float) -> datetime:
        """The moment at which a desk has run for some hours since the start.

        Raises:
            ValueError: the desk does not run that long within ten years.
        """
        left = timedelta(hours=hours)
        if left <= timedelta():
            return start
        for opens, closes in self._runs(desk, start, start + _FARTHEST):
            if closes - opens >= left:
                return (opens + left).astimezone(SHANGHAI)
            left -= closes - opens
        raise ValueError(f"{desk} does not run for {hours} hours after {start}")

    def minutes_of_running(self, desk: str, a: datetime, b: datetime) -> float:
        """How many minutes a desk runs between two moments."""
        total = sum((end - start for start, end in self._runs(desk, a, b)), timedelta())
        return total / timedelta(minutes=1)

    def _runs(self, desk: str, a: datetime, b: datetime) -> Iterator[Span]:
        """The stretches a desk runs between two moments, in order, none twice."""
        day, until = _day(a) - _DAY, a
        while day <= _day(b):
            for start, end in sorted(self.spans(desk, day)):
                start, end = max(start, until), min(end, b)  # noqa: PLW2901 - clipped
                if start < end:
                    yield start, end
                    until = end
            day += _DAY


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
