"""One clock of one case as a value, and its colour at a moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ClockState(StrEnum):
    """The colour of a clock at a moment."""

    RUNNING = "running"
    AMBER = "amber"
    RED = "red"
    STOPPED = "stopped"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock of one case; `seq` tells the second run of the same clock from the first.

    `subject` is the duty, verification or 督办单 it is about, where there may be several;
    `policy_version` names the values it was started under.
    """

    code: str
    seq: int
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    internal_due_at: datetime | None = None
    stopped_at: datetime | None = None
    breached: bool = False
    warned: bool = False
    subject: str = ""
    policy_version: int = 0

    @property
    def runs(self) -> bool:
        """Whether it has not been stopped."""
        return self.stopped_at is None


def state(clock: Clock, now: datetime) -> ClockState:
    """The colour of a clock now; amber from 70 % or from the internal limit on (A-8)."""
    if clock.stopped_at is not None:
        return ClockState.LATE if clock.stopped_at > clock.due_at else ClockState.STOPPED
    if now >= clock.due_at:
        return ClockState.RED
    return ClockState.AMBER if now >= clock.warn_at else ClockState.RUNNING


def used_share(clock: Clock, now: datetime) -> float:
    """How much of the limit is used, 0–1."""
    limit = clock.due_at - clock.started_at
    if not limit:
        return 1.0
    end = clock.stopped_at or now
    return min(max((end - clock.started_at) / limit, 0.0), 1.0)


def first_due(clocks: tuple[Clock, ...]) -> Clock | None:
    """The running clock that runs out first."""
    return min((c for c in clocks if c.runs), key=lambda c: c.due_at, default=None)
