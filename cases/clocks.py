"""The plan's clocks as one table: a row a clause (R50–R63, A-6, A-8, section 8). Pure.

A row says what starts a clock, what stops it, its limit, its calendar, and who is told when it
turns amber and red. `changes` reads the table for one event; what it finds is written into the
event's own record, so that a replay never asks which policy or calendar held then.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cases import clock_rules as on
from cases import events as ev
from cases.clock_rules import Moment, Run
from cases.model import ENDED
from cases.reading import make_ready
from cases.timers import Clock

__all__ = ["BY_CODE", "HOLDER", "RULES", "Changes", "ClockRule", "Moment", "applied", "changes"]

COORDINATOR, DEPUTY, HEAD, STREET = "coordinator", "deputy", "head", "street-centre"
INSPECTOR, HOLDER = "inspector", "holder"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """A row of the table.

    `starts` answers with the runs an event begins; a running clock of the same subject is stopped
    then, unless there may be `several`. `stops` says whether an event ends a run.
    """

    code: str
    clause: str
    label: str
    calendar: str
    limit: str
    from_words: str
    to_words: str
    starts: Callable[[Moment], Iterable[Run]]
    stops: Callable[[Moment, Clock], bool]
    policy: bool = False
    several: bool = False
    amber: tuple[str, ...] = (COORDINATOR,)
    red: tuple[str, ...] = (COORDINATOR, DEPUTY)
    outlives: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an event does to a case's clocks."""

    started: tuple[Clock, ...] = ()
    stopped: tuple[int, ...] = ()


make_ready(Changes)


RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="refusal_feedback", clause="R50", label="反馈时限 1个自然日", calendar="自然日",
        limit="次日24:00", from_words="收到案件", to_words="反馈送达街道城运中心",
        starts=on.feedback_starts, stops=on.feedback_stops,
        red=(COORDINATOR, DEPUTY, STREET), outlives=True, several=True,
    ),
    ClockRule(
        code="acceptance_alarm", clause="A-6", label="受理提醒（内控）", calendar="连续计时",
        limit="30分钟", from_words="收到案件", to_words="受理或不予受理", policy=True,
        starts=on.alarm_starts, stops=on.leaves_waiting,
    ),
    ClockRule(
        code="dispatch_limit", clause="R51", label="派单时限 1小时", calendar="连续计时",
        limit="1小时", from_words="受理", to_words="送达工作站",
        starts=on.dispatch_starts, stops=on.dispatch_stops,
    ),
    ClockRule(
        code="signing_alarm", clause="R51", label="签收提醒（内控）", calendar="连续计时",
        limit="60分钟", from_words="送达工作站", to_words="工作站签收", policy=True,
        starts=on.signing_starts, stops=on.left_dispatched,
        amber=(HOLDER,), red=(HOLDER, COORDINATOR),
    ),
    ClockRule(
        code="coordination_limit", clause="R52、R53", label="协调时限 20分钟", calendar="连续计时",
        limit="20分钟", from_words="受理", to_words="电话、推送送达全部人员",
        starts=on.twenty_starts, stops=on.coordination_stops,
    ),
    ClockRule(
        code="urgent_limit", clause="R54", label="协调时限 10分钟", calendar="连续计时",
        limit="10分钟", from_words="受理", to_words="报网格长、电话、推送三项完成",
        starts=on.ten_starts, stops=on.coordination_stops,
        amber=(COORDINATOR, DEPUTY), red=(COORDINATOR, DEPUTY, HEAD),
    ),
    ClockRule(
        code="appointment", clause="R56", label="到场时间", calendar="约定时间",
        limit="推送约定的时间", from_words="发起协调", to_words="全部响应确认",
        starts=on.appointment_starts, stops=on.appointment_stops,
        amber=(), red=(COORDINATOR,),
    ),
    ClockRule(
        code="agreed_due", clause="R57", label="处置时限（协调商定）", calendar="约定时间",
        limit="协调时明确", from_words="明确分工", to_words="处置完成",
        starts=on.agreed_starts, stops=on.agreed_stops,
        amber=(HOLDER,), red=(HOLDER, COORDINATOR),
    ),
    ClockRule(
        code="same_day", clause="R58", label="当日反馈", calendar="当日",
        limit="当日24:00", from_words="处置完成", to_words="提交处置结果",
        starts=on.same_day_starts, stops=on.same_day_stops,
        amber=(HOLDER,), red=(HOLDER, COORDINATOR),
    ),
    ClockRule(
        code="closing_limit", clause="R63", label="评价时限 1个自然日", calendar="自然日",
        limit="次日24:00", from_words="收到最后一份处置反馈", to_words="评价并结案",
        starts=on.closing_starts, stops=on.closing_stops,
        red=(COORDINATOR, DEPUTY, INSPECTOR),
    ),
    ClockRule(
        code="upstream_due", clause="A-1", label="上级时限", calendar="上级给定",
        limit="来源平台给的办结期限", from_words="收到案件", to_words="结案",
        starts=on.upstream_starts, stops=on.never,
    ),
    ClockRule(
        code="verification_limit", clause="四(二)1", label="核实核查时限（内控）",
        calendar="连续计时", limit="24小时", from_words="派核实、派核查", to_words="核实核查结果",
        policy=True, starts=on.verification_starts, stops=on.verification_stops,
        amber=(HOLDER,), red=(HOLDER, COORDINATOR),
    ),
    ClockRule(
        code="supervision_limit", clause="R8", label="督办时限", calendar="约定时间",
        limit="督办单写明", from_words="发督办单", to_words="督办反馈",
        policy=True, starts=on.supervision_starts, stops=on.supervision_stops,
    ),
    ClockRule(
        code="suspension_review", clause="第8节", label="挂账复看", calendar="当日",
        limit="复看日24:00", from_words="批准挂账", to_words="销账",
        policy=True, starts=on.review_starts, stops=on.left_suspended,
    ),
    ClockRule(
        code="first_contact", clause="第8节", label="先行联系 1个工作日", calendar="工作日",
        limit="1个工作日", from_words="受理", to_words="先行联系",
        policy=True, starts=on.contact_starts, stops=on.contact_stops,
    ),
    ClockRule(
        code="handling_limit", clause="第8节", label="办理时限（工作日）", calendar="工作日",
        limit="5个工作日，重办3个工作日", from_words="受理、重新办理", to_words="结案",
        policy=True, starts=on.handling_starts, stops=on.never,
    ),
)  # fmt: skip
BY_CODE = {rule.code: rule for rule in RULES}


def changes(moment: Moment) -> Changes:
    """Which clocks an event stops and which it starts; `after.clocks` are those before it."""
    clocks = moment.after.clocks
    stopped = {c.seq for c in clocks if c.runs and _is_over(moment, c)}
    started: list[Clock] = []
    for rule in RULES:
        for run in rule.starts(moment):
            if not rule.several:
                same = [c for c in clocks if c.code == rule.code and c.subject == run.subject]
                stopped |= {c.seq for c in same if c.runs}
            started.append(_clock(rule, run, len(clocks) + len(started), moment))
    started += [
        replace(clock, seq=len(clocks) + len(started) + n, stopped_at=None)
        for n, clock in enumerate(_resumed(moment))
    ]
    return Changes(started=tuple(started), stopped=tuple(sorted(stopped)))


# What a case that comes back takes up again: 拆案 all of it, a refusal undone what is not its own.
_KEPT = frozenset({"upstream_due", "supervision_limit"})


def _resumed(m: Moment) -> list[Clock]:
    """The clocks that an ending stopped, where the case turns out not to have ended."""
    if m.before is None or not m.before.is_ended or m.after.is_ended:
        return []
    if isinstance(m.event, ev.CaseReopened):
        return []  # a new handling with limits of its own
    since = m.before.updated_at
    for stage in reversed(m.before.stages):
        if stage.status not in ENDED:
            break
        since = stage.from_at
    all = isinstance(m.event, ev.MergeUndone)
    return [
        c
        for c in m.after.clocks
        if c.stopped_at == since
        and (all or c.code in _KEPT)
        and not BY_CODE[c.code].stops(m, replace(c, stopped_at=None))
    ]


def _is_over(m: Moment, clock: Clock) -> bool:
    rule = BY_CODE.get(clock.code)
    if rule is None:
        return False
    if m.after.is_ended and not rule.outlives:
        return True
    return rule.stops(m, clock)


def _clock(rule: ClockRule, run: Run, seq: int, m: Moment) -> Clock:
    start = run.started_at or m.at
    warn = start + (run.due_at - start) * m.policy.warn_share
    return Clock(
        code=rule.code,
        seq=seq,
        started_at=start,
        warn_at=min(warn, run.internal_due_at) if run.internal_due_at else warn,
        due_at=run.due_at,
        internal_due_at=run.internal_due_at,
        stopped_at=run.stopped_at,
        breached=run.stopped_at is not None and run.stopped_at > run.due_at,
        subject=run.subject,
        policy_version=m.policy.version,
    )


def applied(clocks: tuple[Clock, ...], change: Changes, at: datetime) -> tuple[Clock, ...]:
    """The clocks after a change."""
    if not change.started and not change.stopped:
        return clocks
    kept = tuple(replace(c, stopped_at=at) if c.seq in change.stopped else c for c in clocks)
    return (*kept, *change.started)
