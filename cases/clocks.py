"""The plan's clocks as one table: a row a clause (R50–R63, A-6, A-8, section 8). Pure.

A row says what starts a clock, what stops it, its limit, its calendar, and who is told when it
turns amber and red. `changes` reads the table for one event; what it finds is written into the
event's own record, so that a replay never asks which policy or calendar held then.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from cases import events as ev
from cases.hours import SHANGHAI, Calendar, end_of_day, end_of_next_day
from cases.model import ENDED, Case, RefusalState, Status
from cases.policy import Policy
from cases.timers import Clock
from cases.work import Duty, Kind

COORDINATOR, DEPUTY, HEAD, STREET = "coordinator", "deputy", "head", "street-centre"
INSPECTOR, HOLDER = "inspector", "holder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a row may look at: the case before and after an event, and the values in force."""

    before: Case | None
    after: Case
    event: ev.Event
    at: datetime
    policy: Policy
    calendar: Calendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A clock to start: about what, from when, until when; stopped at once if already over."""

    due_at: datetime
    subject: str = ""
    started_at: datetime | None = None
    internal_due_at: datetime | None = None
    stopped_at: datetime | None = None


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


# --- 五(二)1: refusal outside the 片区, the street centre hears of it in one natural day (R50) ---


def _feedback_starts(m: Moment) -> Iterable[Run]:
    if isinstance(m.event, ev.CaseReceived | ev.CaseRedispatched | ev.CaseSentBack):
        yield _natural_day(m)
    if _comes_to_wait(m):
        yield _natural_day(m)  # under way already, and its new place is perhaps not ours
    if isinstance(m.event, ev.RejectionWithdrawn):
        # A refusal taken back after delivery: the day still counts from receipt.
        own = [c for c in m.after.clocks if c.code == "refusal_feedback"]
        if own and not any(c.runs for c in own):
            yield Run(
                started_at=own[-1].started_at,
                due_at=own[-1].due_at,
                internal_due_at=own[-1].internal_due_at,
            )


def _feedback_stops(m: Moment, clock: Clock) -> bool:
    match m.event:
        case ev.RejectionDelivered():
            refusal = m.after.refusal(m.event.refusal_id)
            # A refusal taken back settles nothing, however late its message is delivered, and a
            # late one says nothing of the run that a later desk is in.
            withdrawn = refusal is None or refusal.state is RefusalState.WITHDRAWN
            return not withdrawn and refusal is not None and refusal.clock_seq == clock.seq
        case ev.CaseAccepted() | ev.CaseReinstated():
            # R50 asks for delivery: the other desk's acceptance does not make up for it.
            return clock.seq not in {
                r.clock_seq
                for r in m.after.refusals
                if r.delivered_at is None and r.state is not RefusalState.WITHDRAWN
            }
        case ev.CaseReturnedToSource() | ev.CaseMerged() | ev.CaseWithdrawn():
            return True
    return False


def _comes_to_wait(m: Moment) -> bool:
    moved = isinstance(m.event, ev.LocationCorrected) and m.before is not None
    return moved and m.after.is_waiting and m.before is not None and not m.before.is_waiting


# --- our own alarm, so that the dispatch clock cannot be dodged by not accepting ------------


def _alarm_starts(m: Moment) -> Iterable[Run]:
    starting = (
        ev.CaseReceived
        | ev.CaseRedispatched
        | ev.CaseReinstated
        | ev.RejectionWithdrawn
        | ev.JointRequested
        | ev.CaseSentBack
    )
    if (isinstance(m.event, starting) and m.after.is_waiting) or _comes_to_wait(m):
        yield Run(due_at=m.at + timedelta(minutes=m.policy.alarm_minutes))


def _leaves_waiting(m: Moment, _clock: Clock) -> bool:
    return not m.after.is_waiting


# --- 五(二)2: a community case goes out to the station within the hour (R51) ---------------------


def _dispatch_starts(m: Moment) -> Iterable[Run]:
    if m.after.work.kind is not Kind.COMMUNITY:
        return
    match m.event:
        case ev.CaseAccepted():
            yield _minutes(m.policy.dispatch_minutes, _ruling_or_now(m))
        case ev.StationReturnDecided(approved=True) | ev.CaseReopened():
            yield _minutes(m.policy.dispatch_minutes, m.at)
        case ev.Reclassified() if m.before and m.before.work.kind is not Kind.COMMUNITY:
            yield _minutes(m.policy.dispatch_minutes, m.at)
        case ev.LocationCorrected() if m.after.status is Status.ACCEPTED and _called_back(m):
            yield _minutes(m.policy.dispatch_minutes, m.at)


def _called_back(m: Moment) -> bool:
    """The station had it; a case that waits for its dispatch anyway gains no second hour."""
    return m.before is not None and m.before.status is not Status.ACCEPTED


def _dispatch_stops(m: Moment, _clock: Clock) -> bool:
    if m.after.work.kind is not Kind.COMMUNITY or m.after.is_waiting:
        return True
    match m.event:
        case ev.PushDelivered():
            return _is_dispatch_push(m)
        case ev.DutySigned():
            # Who signs has it, whatever the courier knows.
            duty = _duty(m.after, str(m.event.duty_id))
            return duty is not None and duty.role == "lead"
    return False


def _is_dispatch_push(m: Moment) -> bool:
    assert isinstance(m.event, ev.PushDelivered)
    work = m.after.work
    # The message of the dispatch that holds: an earlier one's may arrive after the 退单.
    newest = next((p for p in reversed(work.pushes) if p.purpose == "dispatch"), None)
    holds = any(d.role == "lead" and newest and d.post == newest.post for d in work.open_duties)
    return newest is not None and newest.id == m.event.push_id and holds


def _signing_starts(m: Moment) -> Iterable[Run]:
    delivered = isinstance(m.event, ev.PushDelivered) and m.after.status is Status.DISPATCHED
    sent_back = isinstance(m.event, ev.StationReturnDecided) and not m.event.approved
    again = sent_back and m.after.status is Status.DISPATCHED
    if again or (delivered and _is_dispatch_push(m)):
        yield _minutes(m.policy.signing_minutes, m.at)


def _left_dispatched(m: Moment, _clock: Clock) -> bool:
    return _stands_at(m.after) is not Status.DISPATCHED


_ASIDE = frozenset({Status.ESCALATED_1, Status.ESCALATED_2, Status.SUSPENDED})


def _stands_at(case: Case) -> Status:
    """The step a case stands at, also while it is taken up higher or on the list (计时不停)."""
    if case.status in _ASIDE and case.work.resume:
        return Status(case.work.resume)
    return case.status


# --- 五(二)3: coordination within 20 or 10 minutes (R52–R54, A-9, A-16) --------------------------


def _coordination_starts(m: Moment, tiers: tuple[int, ...]) -> Iterable[Run]:
    tier = m.after.work.tier
    if tier not in tiers:
        return
    minutes = {
        1: m.policy.simple_minutes,
        2: m.policy.complex_minutes,
        3: m.policy.urgent_minutes,
    }[tier]
    match m.event:
        case ev.CaseAccepted():
            yield _minutes(minutes, _ruling_or_now(m))
        case ev.CaseReopened():
            yield _minutes(minutes, m.at)
        case ev.Reclassified() if m.before is not None and tier > m.before.work.tier:
            # Raised in mid-flow: a new clock from the reclassification, while there is
            # something to coordinate; after the feedback nobody could stop it any more.
            if _stands_at(m.after) in _COORDINABLE:
                yield _minutes(minutes, m.at)


_COORDINABLE = frozenset(
    {
        Status.ACCEPTED, Status.INSTRUCTION_PENDING, Status.COORDINATING, Status.RESPONDED,
        Status.COORDINATED, Status.DISPOSING, Status.REOPENED,
    }
)  # fmt: skip


def _twenty_starts(m: Moment) -> Iterable[Run]:
    return _coordination_starts(m, (1, 2))


def _ten_starts(m: Moment) -> Iterable[Run]:
    return _coordination_starts(m, (3,))


def _coordination_stops(m: Moment, clock: Clock) -> bool:
    work = m.after.work
    if work.kind is not Kind.JOINT or m.after.is_waiting:
        return True
    if (
        clock.code == "coordination_limit"
        and work.tier == 3
        and isinstance(m.event, ev.Reclassified)
    ):
        return True  # the stricter clock takes over
    round = work.coordination
    return round is not None and round.complete_at is not None and round.complete_at == m.at


# --- 五(二)4–5: arrival (R56), agreed limits (R57), feedback the same day (R58) ------------------


def _appointment_starts(m: Moment) -> Iterable[Run]:
    if isinstance(m.event, ev.CoordinationStarted):
        yield Run(due_at=max(m.event.coordination.appointment_at, m.at))


def _appointment_stops(m: Moment, _clock: Clock) -> bool:
    return _stands_at(m.after) is not Status.COORDINATING


def _agreed_starts(m: Moment) -> Iterable[Run]:
    duties: tuple[Duty, ...] = ()
    match m.event:
        case ev.DutiesAgreed():
            duties = m.event.duties
        case ev.SubTaskAdded() | ev.CaseDispatched():
            duties = (m.event.duty,)
        case ev.ExtensionDecided(approved=True):
            asked = next(e for e in m.after.work.extensions if e.id == m.event.extension_id)
            duties = tuple(d for d in m.after.work.duties if d.id == asked.duty_id)
        case ev.ReworkOrdered():
            again = [d for d in m.after.work.duties if d.id in m.event.duty_ids]
            duties = tuple(d for d in again if d.due_at is not None and d.due_at > m.at)
    for duty in duties:
        if duty.due_at is not None and duty.is_required and duty.finished_at is None:
            yield Run(due_at=max(duty.due_at, m.at), subject=str(duty.id), started_at=duty.given_at)


def _agreed_stops(m: Moment, clock: Clock) -> bool:
    duty = _duty(m.after, clock.subject)
    over = duty is None or duty.dropped_at is not None
    return over or (duty is not None and (duty.finished_at or duty.feedback_at) is not None)


def _same_day_starts(m: Moment) -> Iterable[Run]:
    match m.event:
        case ev.DisposalFinished():
            finished, subject, over = m.event.finished_at, str(m.event.duty_id), None
        case ev.FeedbackSubmitted():
            finished, subject = m.event.feedback.finished_at, str(m.event.feedback.duty_id)
            over = m.at
            if any(
                c.code == "same_day" and c.subject == subject and c.runs for c in m.after.clocks
            ):
                return
        case _:
            return
    due = end_of_day(finished) + timedelta(minutes=m.policy.same_day_grace_minutes)
    yield Run(due_at=due, subject=subject, started_at=finished, stopped_at=over)


def _same_day_stops(m: Moment, clock: Clock) -> bool:
    duty = _duty(m.after, clock.subject)
    return duty is None or duty.dropped_at is not None or duty.feedback_at is not None


def _duty(case: Case, subject: str) -> Duty | None:
    return next((d for d in case.work.duties if str(d.id) == subject), None)


# --- 五(二)7: closing within one natural day of the last feedback (R63) --------------------------


def _closing_starts(m: Moment) -> Iterable[Run]:
    arrived = isinstance(m.event, ev.FeedbackSubmitted | ev.DutyDropped)
    if arrived and m.after.status is Status.FEEDBACK_SUBMITTED:
        yield _natural_day(m)


def _closing_stops(m: Moment, _clock: Clock) -> bool:
    # Sent back, moved to another grid or turned into another class: the result is void.
    return _stands_at(m.after) not in _RESULT_IN


_RESULT_IN = frozenset({Status.FEEDBACK_SUBMITTED, Status.VERIFYING, Status.UNDER_REVIEW})


# --- section 8: what practice adds ---------------------------------------------------------------


def _upstream_starts(m: Moment) -> Iterable[Run]:
    due = m.after.report.due_at
    if isinstance(m.event, ev.CaseReceived) and due is not None:
        yield Run(due_at=max(due, m.at))


def _runs(m: Moment, code: str) -> bool:
    return any(c.code == code and c.runs for c in m.after.clocks)


def _never(_m: Moment, _clock: Clock) -> bool:
    return False


def _verification_starts(m: Moment) -> Iterable[Run]:
    if isinstance(m.event, ev.VerificationAsked):
        asked = m.event.verification
        yield Run(due_at=max(asked.due_at, m.at), subject=str(asked.id))


def _verification_stops(m: Moment, clock: Clock) -> bool:
    return any(
        str(v.id) == clock.subject and v.reported_at is not None for v in m.after.work.verifications
    )


def _supervision_starts(m: Moment) -> Iterable[Run]:
    if isinstance(m.event, ev.SupervisionIssued):
        order = m.event.supervision
        yield Run(due_at=max(order.due_at, m.at), subject=str(order.id))


def _supervision_stops(m: Moment, clock: Clock) -> bool:
    return any(
        str(s.id) == clock.subject and (s.answered_at or s.lifted_at) is not None
        for s in m.after.work.supervisions
    )


def _review_starts(m: Moment) -> Iterable[Run]:
    if isinstance(m.event, ev.SuspensionDecided) and m.event.approved:
        day = m.after.work.suspensions[-1].review_on
        noon = datetime.combine(day, time(12), SHANGHAI)
        yield Run(due_at=max(end_of_day(noon), m.at))


def _left_suspended(m: Moment, _clock: Clock) -> bool:
    return m.after.status is not Status.SUSPENDED


def _contact_starts(m: Moment) -> Iterable[Run]:
    first = isinstance(m.event, ev.CaseAccepted) and not m.after.work.contacts
    first = first and not _runs(m, "first_contact")
    if first and m.policy.enable_first_contact and m.after.report.source == "12345":
        days = m.policy.first_contact_working_days
        yield Run(due_at=m.calendar.plus_working_days(m.at, days))


def _contact_stops(m: Moment, _clock: Clock) -> bool:
    return isinstance(m.event, ev.ContactNoted)


def _handling_starts(m: Moment) -> Iterable[Run]:
    if m.after.report.source != "12345":
        return
    match m.event:
        # Accepted anew, after 提请联动 or a move, the five days go on.
        case ev.CaseAccepted() if not _runs(m, "handling_limit"):
            days = m.policy.handling_working_days
        case ev.CaseReopened():
            days = m.policy.second_handling_working_days
        case _:
            return
    yield Run(due_at=m.calendar.plus_working_days(m.at, days))


def _natural_day(m: Moment) -> Run:
    return Run(
        due_at=end_of_next_day(m.at),
        internal_due_at=m.at + timedelta(hours=m.policy.internal_hours),
    )


def _minutes(minutes: int, start: datetime) -> Run:
    return Run(started_at=start, due_at=start + timedelta(minutes=minutes))


def _ruling_or_now(m: Moment) -> datetime:
    """After 指定受理 the limits run from that ruling (A-20)."""
    ruled = [
        r.settled_at
        for r in m.after.refusals
        if r.state is RefusalState.REINSTATED and r.settled_at is not None
    ]
    again = m.before is not None and m.before.worked is not None
    return max(ruled) if m.after.reinstated and ruled and not again else m.at


RULES: tuple[ClockRule, ...] = (
    ClockRule(
        code="refusal_feedback", clause="R50", label="反馈时限 1个自然日", calendar="自然日",
        limit="次日24:00", from_words="收到案件", to_words="反馈送达街道城运中心",
        starts=_feedback_starts, stops=_feedback_stops,
        red=(COORDINATOR, DEPUTY, STREET), outlives=True, several=True,
    ),
    ClockRule(
        code="acceptance_alarm", clause="A-6", label="受理提醒（内控）", calendar="连续计时",
        limit="30分钟", from_words="收到案件", to_words="受理或不予受理", policy=True,
        starts=_alarm_starts, stops=_leaves_waiting,
    ),
    ClockRule(
        code="dispatch_limit", clause="R51", label="派单时限 1小时", calendar="连续计时",
        limit="1小时", from_words="受理", to_words="送达工作站",
        starts=_dispatch_starts, stops=_dispatch_stops,
    ),
    ClockRule(
        code="signing_alarm", clause="R51", label="签收提醒（内控）", calendar="连续计时",
        limit="60分钟", from_words="送达工作站", to_words="工作站签收", policy=True,
        starts=_signing_starts, stops=_left_dispatched,
        amber=(HOLDER,), red=(HOLDER, COORDINATOR),
    ),
    ClockRule(
        code="coordination_limit", clause="R52、R53", label="协调时限 20分钟", calendar="连续计时",
        limit="20分钟", from_words="受理", to_words="电话、推送送达全部人员",
        starts=_twenty_starts, stops=_coordination_stops,
    ),
    ClockRule(
        code="urgent_limit", clause="R54", label="协调时限 10分钟", calendar="连续计时",
        limit="10分钟", from_words="受理", to_words="报网格长、电话、推送三项完成",
        starts=_ten_starts, stops=_coordination_stops,
        amber=(COORDINATOR, DEPUTY), red=(COORDINATOR, DEPUTY, HEAD),
    ),
    ClockRule(
        code="appointment", clause="R56", label="到场时间", calendar="约定时间",
        limit="推送约定的时间", from_words="发起协调", to_words="全部响应确认",
        starts=_appointment_starts, stops=_appointment_stops,
        amber=(), red=(COORDINATOR,),
    ),
    ClockRule(
        code="agreed_due", clause="R57", label="处置时限（协调商定）", calendar="约定时间",
        limit="协调时明确", from_words="明确分工", to_words="处置完成",
        starts=_agreed_starts, stops=_agreed_stops,
        amber=(HOLDER,), red=(HOLDER, COORDINATOR),
    ),
    ClockRule(
        code="same_day", clause="R58", label="当日反馈", calendar="当日",
        limit="当日24:00", from_words="处置完成", to_words="提交处置结果",
        starts=_same_day_starts, stops=_same_day_stops,
        amber=(HOLDER,), red=(HOLDER, COORDINATOR),
    ),
    ClockRule(
        code="closing_limit", clause="R63", label="评价时限 1个自然日", calendar="自然日",
        limit="次日24:00", from_words="收到最后一份处置反馈", to_words="评价并结案",
        starts=_closing_starts, stops=_closing_stops,
        red=(COORDINATOR, DEPUTY, INSPECTOR),
    ),
    ClockRule(
        code="upstream_due", clause="A-1", label="上级时限", calendar="上级给定",
        limit="来源平台给的办结期限", from_words="收到案件", to_words="结案",
        starts=_upstream_starts, stops=_never,
    ),
    ClockRule(
        code="verification_limit", clause="四(二)1", label="核实核查时限（内控）",
        calendar="连续计时", limit="24小时", from_words="派核实、派核查", to_words="核实核查结果",
        policy=True, starts=_verification_starts, stops=_verification_stops,
        amber=(HOLDER,), red=(HOLDER, COORDINATOR),
    ),
    ClockRule(
        code="supervision_limit", clause="R8", label="督办时限", calendar="约定时间",
        limit="督办单写明", from_words="发督办单", to_words="督办反馈",
        policy=True, starts=_supervision_starts, stops=_supervision_stops,
    ),
    ClockRule(
        code="suspension_review", clause="第8节", label="挂账复看", calendar="当日",
        limit="复看日24:00", from_words="批准挂账", to_words="销账",
        policy=True, starts=_review_starts, stops=_left_suspended,
    ),
    ClockRule(
        code="first_contact", clause="第8节", label="先行联系 1个工作日", calendar="工作日",
        limit="1个工作日", from_words="受理", to_words="先行联系",
        policy=True, starts=_contact_starts, stops=_contact_stops,
    ),
    ClockRule(
        code="handling_limit", clause="第8节", label="办理时限（工作日）", calendar="工作日",
        limit="5个工作日，重办3个工作日", from_words="受理、重新办理", to_words="结案",
        policy=True, starts=_handling_starts, stops=_never,
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
