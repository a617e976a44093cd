"""When a provider may be asked: a circuit breaker and a daily budget. Pure but for its memory.

Both live in one process's memory and count from zero after a restart: `pianqu serve` is one
process, so a day's budget is exceeded at most once per restart, and the provider's own limit then
answers. Neither is worth a table and a write per question.
"""

import threading
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from geo.providers.protocol import Failure

__all__ = ["Guard"]

_SHANGHAI = ZoneInfo("Asia/Shanghai")
# So many failures in a row open the circuit; a refused key opens it at once.
TRIES = 3
_PAUSE: Mapping[Failure, timedelta] = {
    Failure.SILENT: timedelta(minutes=1),
    Failure.BROKEN: timedelta(minutes=1),
    Failure.BUSY: timedelta(minutes=1),
    Failure.KEY: timedelta(hours=1),
}
LONGEST = timedelta(minutes=15)


class Guard:
    """One provider's; safe to share between threads."""

    def __init__(self, *, budget: int) -> None:
        self._budget = budget
        self._lock = threading.Lock()
        self._day: date | None = None
        self._spent = 0
        self._failures = 0
        self._opened = 0  # how often in a row: each time it stays open longer
        self._open_until: datetime | None = None
        self._trying: datetime | None = None

    def admits(self, now: datetime) -> bool:
        """Take one question out of the budget, if one may be asked now.

        After a pause one question is let through to try; the others wait for its outcome.
        """
        with self._lock:
            day = now.astimezone(_SHANGHAI).date()
            if day != self._day:
                self._day, self._spent = day, 0
            if self._spent >= self._budget:
                return False
            if self._open_until is not None:
                # A trial whose outcome never came must not hold the circuit open for ever.
                lost = self._trying is not None and now - self._trying > LONGEST
                if now < self._open_until or (self._trying is not None and not lost):
                    return False
                self._trying = now
            self._spent += 1
            return True

    def answered(self) -> None:
        """It answered, also when it found nothing: the circuit closes."""
        with self._lock:
            self._failures = self._opened = 0
            self._open_until = self._trying = None

    def failed(self, failure: Failure, now: datetime) -> None:
        """It did not answer: after some failures in a row it is left alone for a while."""
        with self._lock:
            self._failures += 1
            trial, self._trying = self._trying is not None, None
            if failure is Failure.QUOTA:
                self._open_until = _next_day(now)
            elif failure is Failure.KEY or trial or self._failures >= TRIES:
                pause = _PAUSE[failure]
                longest = max(LONGEST, pause)
                self._open_until = now + min(pause * 2 ** min(self._opened, 10), longest)
                self._opened += 1

    def left(self, now: datetime) -> int:
        """How many questions of the day are left."""
        with self._lock:
            today = now.astimezone(_SHANGHAI).date() == self._day
            return max(0, self._budget - (self._spent if today else 0))

    def is_open(self, now: datetime) -> bool:
        """Whether it is left alone now."""
        with self._lock:
            return self._open_until is not None and now < self._open_until


def _next_day(now: datetime) -> datetime:
    """The allowances of all four begin anew at midnight in Shanghai."""
    local = now.astimezone(_SHANGHAI)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
