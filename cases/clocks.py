"""Which clock starts and stops when: the plan's table as data (R50, A-6, A-8)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from cases.hours import end_of_next_day

WARN_SHARE = 0.7


class ClockState(StrEnum):
    """The colour of a clock at a moment."""

    RUNNING = "running"
    AMBER = "amber"
    RED = "red"
    STOPPED = "stopped"
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One clock of one case; `seq` tells the second run of the same clock from the first."""

    code: str
    seq: int
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    internal_due_at: datetime | None = None
    stopped_at: datetime | None = None
    breached: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """A row of the table: the clause, the words, what starts and stops it, and its limit."""

    code: str
    clause: str
    label: str
    policy: bool
    starts: frozenset[str]
    stops: frozenset[str]
    due: Callable[[datetime, int], datetime]
    internal: timedelta | None = None


RULES: tuple[ClockRule, ...] = (
    # 五(二)1: refused outside the 片区, the street centre hears of it within one natural day.
    # It stops when the message is delivered, or is not needed because the case was accepted.
    ClockRule(
        code="refusal_feedback",
        clause="R50",
        label="反馈时限 1个自然日",
        policy=False,
        starts=frozenset({"CaseReceived", "CaseRedispatched"}),
        stops=frozenset({"RejectionDelivered", "CaseAccepted"}),
        due=lambda start, _minutes: end_of_next_day(start),
        internal=timedelta(hours=24),
    ),
    # our own alarm, so that the dispatch clock cannot be dodged by not accepting.
    ClockRule(
        code="acceptance_alarm",
        clause="A-6",
        label="受理提醒（内控）",
        policy=True,
        starts=frozenset(
            {"CaseReceived", "CaseRedispatched", "CaseReinstated", "RejectionWithdrawn"}
        ),
        stops=frozenset({"CaseAccepted", "CaseRejected"}),
        due=lambda start, minutes: start + timedelta(minutes=minutes),
    ),
)
BY_CODE = {rule.code: rule for rule in RULES}


def advanced(
    clocks: tuple[Clock, ...],
    event: str,
    at: datetime,
    *,
    alarm_minutes: int,
    only_seq: int | None = None,
) -> tuple[Clock, ...]:
    """The clocks after an event: stopped ones first, then those it starts.

    Args:
        clocks: as they stood before.
        event: the event's type.
        at: when it happened.
        alarm_minutes: the policy value of A-6 the case was received under.
        only_seq: for RejectionDelivered, the run of the clock that this refusal belongs to.
    """
    for rule in RULES:
        if event in rule.stops:
            clocks = tuple(_stopped(c, rule, at, only_seq) for c in clocks)
        if event in rule.starts:
            clocks = (*clocks, _started(rule, at, alarm_minutes, len(clocks)))
    return clocks


def _stopped(clock: Clock, rule: ClockRule, at: datetime, only_seq: int | None) -> Clock:
    wanted = clock.code == rule.code and clock.stopped_at is None
    if not wanted or (only_seq is not None and clock.seq != only_seq):
        return clock
    return replace(clock, stopped_at=at)


def _started(rule: ClockRule, at: datetime, alarm_minutes: int, seq: int) -> Clock:
    due = rule.due(at, alarm_minutes)
    internal = at + rule.internal if rule.internal else None
    warn = at + (due - at) * WARN_SHARE
    return Clock(
        code=rule.code,
        seq=seq,
        started_at=at,
        warn_at=min(warn, internal) if internal else warn,
        due_at=due,
        internal_due_at=internal,
    )


def state(clock: Clock, now: datetime) -> ClockState:
    """The colour of a clock now; amber from 70 % or from the internal limit on (A-8)."""
    if clock.stopped_at is not None:
        return ClockState.LATE if clock.stopped_at > clock.due_at else ClockState.STOPPED
    if now >= clock.due_at:
        return ClockState.RED
    return ClockState.AMBER if now >= clock.warn_at else ClockState.RUNNING


def used_share(clock: Clock, now: datetime) -> float:
    """How much of the limit is used, 0–1."""
    end = clock.stopped_at or now
    return min(max((end - clock.started_at) / (clock.due_at - clock.started_at), 0.0), 1.0)


def first_due(clocks: tuple[Clock, ...]) -> Clock | None:
    """The running clock that runs out first."""
    return min((c for c in clocks if c.stopped_at is None), key=lambda c: c.due_at, default=None)
