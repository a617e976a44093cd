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
    resumes: frozenset[str] = frozenset()
    internal: timedelta | None = None


RULES: tuple[ClockRule, ...] = (
    # 五(二)1: refused outside the 片区, the street centre hears of it within one natural day.
    # It stops when the message is delivered, or is not needed because the case was accepted or
    # the street centre ruled that it must be.
    ClockRule(
        code="refusal_feedback",
        clause="R50",
        label="反馈时限 1个自然日",
        policy=False,
        starts=frozenset({"CaseReceived", "CaseRedispatched"}),
        stops=frozenset({"RejectionDelivered", "CaseAccepted", "CaseReinstated"}),
        # A refusal taken back after delivery: the day still counts from receipt.
        resumes=frozenset({"RejectionWithdrawn"}),
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
        stops=frozenset({"CaseAccepted", "CaseRejected", "CaseReinstated"}),
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
    spared: frozenset[int] = frozenset(),
) -> tuple[Clock, ...]:
    """The clocks after an event: stopped ones first, then those it starts or resumes.

    Args:
        clocks: as they stood before.
        event: the event's type.
        at: when it happened.
        alarm_minutes: the policy value of A-6 the case was received under.
        spared: the runs that go on although the event is of the kind that stops them.
    """
    for rule in RULES:
        if event in rule.stops:
            clocks = tuple(
                replace(c, stopped_at=at) if _runs(c, rule) and c.seq not in spared else c
                for c in clocks
            )
        if event in rule.starts:
            clocks = (*clocks, _started(rule, at, alarm_minutes, len(clocks)))
        if event in rule.resumes and not any(_runs(c, rule) for c in clocks):
            last = [c for c in clocks if c.code == rule.code][-1]
            clocks = (*clocks, replace(last, seq=len(clocks), stopped_at=None))
    return clocks


def _runs(clock: Clock, rule: ClockRule) -> bool:
    return clock.code == rule.code and clock.stopped_at is None


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
    limit = clock.due_at - clock.started_at
    if not limit:
        return 1.0
    end = clock.stopped_at or now
    return min(max((end - clock.started_at) / limit, 0.0), 1.0)


def first_due(clocks: tuple[Clock, ...]) -> Clock | None:
    """The running clock that runs out first."""
    return min((c for c in clocks if c.stopped_at is None), key=lambda c: c.due_at, default=None)
