"""What starts and what stops each of the plan's clocks: the words of `cases.clocks`'s table. Pure.

A predicate looks at one `Moment`: the case before and after an event, and the policy and calendar
in force then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from cases import events as ev
from cases.hours import SHANGHAI, Calendar, end_of_day, end_of_next_day
from cases.model import Case, RefusalState, Status
from cases.policy import Policy
from cases.timers import Clock
from cases.work import Duty, Kind


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


# --- 五(二)1: refusal outside the 片区, the street centre hears of it in one natural day (R50) ---


def feedback_starts(m: Moment) -> Iterable[Run]:
    """With receipt at a desk, and again where a refusal is taken back."""
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


def feedback_stops(m: Moment, clock: Clock) -> bool:
    """With delivery of the refusal, or where there is nothing left to refuse."""
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


def alarm_starts(m: Moment) -> Iterable[Run]:
    """Whenever a case begins to wait for acceptance."""
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


def leaves_waiting(m: Moment, _clock: Clock) -> bool:
    """Accepted, refused or gone: nobody waits any more."""
    return not m.after.is_waiting


# --- 五(二)2: a community case goes out to the station within the hour (R51) ---------------------


def dispatch_starts(m: Moment) -> Iterable[Run]:
    """With acceptance of a community case, or when it is the desk's to send again."""
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


def dispatch_stops(m: Moment, _clock: Clock) -> bool:
    """When it has reached the station, or is no community case any more."""
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


def signing_starts(m: Moment) -> Iterable[Run]:
    """When the dispatch has reached the station."""
    delivered = isinstance(m.event, ev.PushDelivered) and m.after.status is Status.DISPATCHED
    sent_back = isinstance(m.event, ev.StationReturnDecided) and not m.event.approved
    again = sent_back and m.after.status is Status.DISPATCHED
    if again or (delivered and _is_dispatch_push(m)):
        yield _minutes(m.policy.signing_minutes, m.at)


def left_dispatched(m: Moment, _clock: Clock) -> bool:
    """Signed or sent back: it no longer waits at the station."""
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


def twenty_starts(m: Moment) -> Iterable[Run]:
    """Simple and complex cases."""
    return _coordination_starts(m, (1, 2))


def ten_starts(m: Moment) -> Iterable[Run]:
    """Urgent cases."""
    return _coordination_starts(m, (3,))


def coordination_stops(m: Moment, clock: Clock) -> bool:
    """When all calls and pushes are done, or there is nothing to coordinate."""
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


def appointment_starts(m: Moment) -> Iterable[Run]:
    """With the coordination that names the moment."""
    if isinstance(m.event, ev.CoordinationStarted):
        yield Run(due_at=max(m.event.coordination.appointment_at, m.at))


def appointment_stops(m: Moment, _clock: Clock) -> bool:
    """When all have answered."""
    return _stands_at(m.after) is not Status.COORDINATING


def agreed_starts(m: Moment) -> Iterable[Run]:
    """For each duty with a limit, and anew where the limit is moved."""
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


def agreed_stops(m: Moment, clock: Clock) -> bool:
    """With the duty done, reported or dropped."""
    duty = _duty(m.after, clock.subject)
    over = duty is None or duty.dropped_at is not None
    return over or (duty is not None and (duty.finished_at or duty.feedback_at) is not None)


def same_day_starts(m: Moment) -> Iterable[Run]:
    """With a duty done; a late report of an earlier day is measured at once."""
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


def same_day_stops(m: Moment, clock: Clock) -> bool:
    """With the duty's feedback."""
    duty = _duty(m.after, clock.subject)
    return duty is None or duty.dropped_at is not None or duty.feedback_at is not None


def _duty(case: Case, subject: str) -> Duty | None:
    return next((d for d in case.work.duties if str(d.id) == subject), None)


# --- 五(二)7: closing within one natural day of the last feedback (R63) --------------------------


def closing_starts(m: Moment) -> Iterable[Run]:
    """When the last feedback is in."""
    arrived = isinstance(m.event, ev.FeedbackSubmitted | ev.DutyDropped)
    if arrived and m.after.status is Status.FEEDBACK_SUBMITTED:
        yield _natural_day(m)


def closing_stops(m: Moment, _clock: Clock) -> bool:
    """With the end, or when the result is void."""
    # Sent back, moved to another grid or turned into another class: the result is void.
    return _stands_at(m.after) not in _RESULT_IN


_RESULT_IN = frozenset({Status.FEEDBACK_SUBMITTED, Status.VERIFYING, Status.UNDER_REVIEW})


# --- section 8: what practice adds ---------------------------------------------------------------


def upstream_starts(m: Moment) -> Iterable[Run]:
    """With a report that brings a limit along."""
    due = m.after.report.due_at
    if isinstance(m.event, ev.CaseReceived) and due is not None:
        yield Run(due_at=max(due, m.at))


def _runs(m: Moment, code: str) -> bool:
    return any(c.code == code and c.runs for c in m.after.clocks)


def never(_m: Moment, _clock: Clock) -> bool:
    """Only the end of the case stops it."""
    return False


def verification_starts(m: Moment) -> Iterable[Run]:
    """With each check that is asked for."""
    if isinstance(m.event, ev.VerificationAsked):
        asked = m.event.verification
        yield Run(due_at=max(asked.due_at, m.at), subject=str(asked.id))


def verification_stops(m: Moment, clock: Clock) -> bool:
    """With its result."""
    return any(
        str(v.id) == clock.subject and v.reported_at is not None for v in m.after.work.verifications
    )


def supervision_starts(m: Moment) -> Iterable[Run]:
    """With each order."""
    if isinstance(m.event, ev.SupervisionIssued):
        order = m.event.supervision
        yield Run(due_at=max(order.due_at, m.at), subject=str(order.id))


def supervision_stops(m: Moment, clock: Clock) -> bool:
    """Answered or lifted."""
    return any(
        str(s.id) == clock.subject and (s.answered_at or s.lifted_at) is not None
        for s in m.after.work.supervisions
    )


def review_starts(m: Moment) -> Iterable[Run]:
    """With the approval of a suspension."""
    if isinstance(m.event, ev.SuspensionDecided) and m.event.approved:
        day = m.after.work.suspensions[-1].review_on
        noon = datetime.combine(day, time(12), SHANGHAI)
        yield Run(due_at=max(end_of_day(noon), m.at))


def left_suspended(m: Moment, _clock: Clock) -> bool:
    """Off the list again."""
    return m.after.status is not Status.SUSPENDED


def contact_starts(m: Moment) -> Iterable[Run]:
    """With the first acceptance of a hotline case, where the policy asks for it."""
    first = isinstance(m.event, ev.CaseAccepted) and not m.after.work.contacts
    first = first and not _runs(m, "first_contact")
    if first and m.policy.enable_first_contact and m.after.report.source == "12345":
        days = m.policy.first_contact_working_days
        yield Run(due_at=m.calendar.plus_working_days(m.at, days))


def contact_stops(m: Moment, _clock: Clock) -> bool:
    """With any contact."""
    return isinstance(m.event, ev.ContactNoted)


def handling_starts(m: Moment) -> Iterable[Run]:
    """With the first acceptance of a hotline case, and with each reopening."""
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
