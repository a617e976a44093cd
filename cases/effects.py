"""What each event of the flow changes in a case: the second half of `evolve`. Pure.

Longer than a module should be, and better whole: it is one table from event to effect.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from boundaries.model import AssignmentStatus
from cases import events as ev
from cases.model import Case, Status
from cases.work import (
    Coordination,
    Duty,
    Escalation,
    Kind,
    Push,
    SourceReturn,
    StationReturn,
    Work,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """Who did it and when."""

    by: str
    at: datetime


def waiting_status(status: AssignmentStatus) -> Status:
    """A place outside waits at the desk too: a refusal is an act, not a property of the map."""
    return {
        AssignmentStatus.NO_LOCATION: Status.NO_LOCATION,
        AssignmentStatus.BOUNDARY_REVIEW: Status.BOUNDARY_REVIEW,
    }.get(status, Status.RECEIVED)


def worked(case: Case, event: Any, doing: Doing) -> Case:
    """The case after an event of the flow.

    Raises:
        KeyError: an event nobody has given an effect.
    """
    after = EFFECTS[type(event)](case, event, doing)
    pushes: tuple[Push, ...] = getattr(event, "pushes", ())
    if pushes:
        after = _with(after, pushes=(*after.work.pushes, *pushes))
    return after


def _with(case: Case, status: Status | None = None, **changes: Any) -> Case:
    work = replace(case.work, **changes)
    return replace(case, worked=work, status=status or case.status)


def _push_delivered(case: Case, event: ev.PushDelivered, doing: Doing) -> Case:
    pushes = _one(
        case.work.pushes,
        event.push_id,
        delivered_at=doing.at,
        channel=event.channel,
        failed_at=None,
    )
    return _completed(_with(case, pushes=pushes), doing.at)


def _push_failed(case: Case, event: ev.PushFailed, doing: Doing) -> Case:
    return _with(
        case,
        pushes=_one(case.work.pushes, event.push_id, failed_at=doing.at, channel=event.channel),
    )


def _completed(case: Case, at: datetime) -> Case:
    """A round is complete once all its acts are done (R52–R54): this stops the clock."""
    work = case.work
    round = work.coordination
    if round is None or round.complete_at is not None or not _all_told(work, round):
        return case
    # A round of an earlier acceptance, or of a lower class, has not done what is asked now.
    since = work.clock_from or case.received_at
    if round.started_at < since or (work.tier >= 2 and not _phoned_first(work, round, since)):
        return case
    reported = any(r.kind == "start" for r in work.head_reports)
    if work.tier == 3 and not (reported and round.offline):
        return case
    done = replace(round, complete_at=at)
    return _with(case, coordinations=(*work.coordinations[:-1], done))


def _phoned_first(work: Work, round: Coordination, since: datetime) -> bool:
    """R53: whoever this round pushes to was telephoned before."""
    called = {call.post for call in work.calls if since <= call.at <= round.started_at}
    return set(round.posts) <= called


def _all_told(work: Work, round: Coordination) -> bool:
    told = {
        push.post
        for push in work.pushes
        if push.purpose == "coordination"
        and push.delivered_at is not None
        and push.sent_at >= round.started_at
    }
    return set(round.posts) <= told


def _returned_to_source(case: Case, event: ev.CaseReturnedToSource, doing: Doing) -> Case:
    told = SourceReturn(kind=event.kind, text=event.reason, at=doing.at, by=doing.by)
    return _with(
        case,
        Status.RETURNED_TO_SOURCE,
        source_returns=(*case.work.source_returns, told),
        duties=dropped(case.work.duties, doing.at),
        resume=None,
    )


def _sent_back(case: Case, _event: ev.CaseSentBack, doing: Doing) -> Case:
    returns = case.work.source_returns
    settled = (*returns[:-1], replace(returns[-1], settled_at=doing.at)) if returns else ()
    return _with(case, waiting_status(case.place.status), source_returns=settled, resume=None)


def _dispatched(case: Case, event: ev.CaseDispatched, _doing: Doing) -> Case:
    duties = tuple(
        replace(d, dropped_at=event.duty.given_at)
        if d.role == "lead" and d.dropped_at is None
        else d
        for d in case.work.duties
    )
    station = event.duty.post.removeprefix("station-")
    return _with(case, Status.DISPATCHED, duties=(*duties, event.duty), station=station)


def _signed(case: Case, event: ev.DutySigned, doing: Doing) -> Case:
    duty = next(d for d in case.work.duties if d.id == event.duty_id)
    signed = _one(case.work.duties, event.duty_id, signed_at=doing.at)
    if case.status is Status.DISPATCHED and duty.role == "lead":
        return _with(case, Status.SIGNED_FOR, duties=signed)
    return _with(case, duties=signed)


def _station_returned(case: Case, event: ev.StationReturned, doing: Doing) -> Case:
    told = StationReturn(reason_code=event.reason_code, text=event.reason, at=doing.at, by=doing.by)
    return _with(
        case,
        Status.STATION_RETURNED,
        station_returns=(*case.work.station_returns, told),
        resume=case.status,
    )


def _return_decided(case: Case, event: ev.StationReturnDecided, doing: Doing) -> Case:
    *earlier, last = case.work.station_returns
    returns = (*earlier, replace(last, decided_at=doing.at, approved=event.approved))
    if not event.approved:
        # Not `resume`: an escalation in between has used it.
        signed = any(d.role == "lead" and d.signed_at for d in case.work.open_duties)
        status = Status.SIGNED_FOR if signed else Status.DISPATCHED
        return _with(case, status, station_returns=returns, resume=None)
    return _with(
        case,
        Status.ACCEPTED,
        station_returns=returns,
        duties=dropped(case.work.duties, doing.at),
        resume=None,
    )


def dropped(duties: Iterable[Duty], at: datetime) -> tuple[Duty, ...]:
    """The duties with all that still hold called back; what was fed back stays on record.

    One that is done is called back as well: else a case that begins anew had two leads, or none
    of its parties could be chosen again.
    """
    return tuple(replace(d, dropped_at=at) if d.dropped_at is None else d for d in duties)


def _joint_requested(case: Case, event: ev.JointRequested, doing: Doing) -> Case:
    return _with(
        case,
        Status.RECEIVED,
        kind=Kind.JOINT,
        requested_by=event.by,
        forces=event.forces,
        duties=dropped(case.work.duties, doing.at),
    )


def _instructed(case: Case, event: ev.InstructionGiven, _doing: Doing) -> Case:
    status = Status.ACCEPTED if case.status is Status.INSTRUCTION_PENDING else case.status
    return _with(case, status, instructions=(*case.work.instructions, event.instruction))


def _called(case: Case, event: ev.CallLogged, _doing: Doing) -> Case:
    return _with(case, calls=(*case.work.calls, event.call))


def _head_reported(case: Case, event: ev.HeadReported, doing: Doing) -> Case:
    told = _with(case, head_reports=(*case.work.head_reports, event.head_report))
    return _completed(told, doing.at)


def _coordination_started(case: Case, event: ev.CoordinationStarted, _doing: Doing) -> Case:
    return _with(
        case,
        Status.COORDINATING,
        coordinations=(*case.work.coordinations, event.coordination),
    )


def _responded(case: Case, event: ev.ResponseConfirmed, _doing: Doing) -> Case:
    *earlier, last = case.work.coordinations
    round = replace(last, arrivals=(*last.arrivals, event.arrival))
    there = case.status is Status.COORDINATING and not round.missing
    return _with(case, Status.RESPONDED if there else case.status, coordinations=(*earlier, round))


def _divided(case: Case, event: ev.DutiesAgreed, doing: Doing) -> Case:
    old = dropped(case.work.duties, doing.at)
    return _with(case, Status.COORDINATED, duties=(*old, *event.duties))


def _sub_task(case: Case, event: ev.SubTaskAdded, _doing: Doing) -> Case:
    return _with(case, duties=(*case.work.duties, event.duty))


def _duty_dropped(case: Case, event: ev.DutyDropped, doing: Doing) -> Case:
    after = _with(case, duties=_one(case.work.duties, event.duty_id, dropped_at=doing.at))
    return _all_in(after)


def _disposal_started(case: Case, event: ev.DisposalStarted, doing: Doing) -> Case:
    duties = _one(case.work.duties, event.duty_id, started_at=doing.at)
    return _with(case, Status.DISPOSING, duties=duties)


def _disposal_finished(case: Case, event: ev.DisposalFinished, _doing: Doing) -> Case:
    return _with(case, duties=_one(case.work.duties, event.duty_id, finished_at=event.finished_at))


def _fed_back(case: Case, event: ev.FeedbackSubmitted, doing: Doing) -> Case:
    told = event.feedback
    duties = _one(
        case.work.duties, told.duty_id, finished_at=told.finished_at, feedback_at=doing.at
    )
    after = _with(case, duties=duties, feedbacks=(*case.work.feedbacks, told))
    return _all_in(after)


def _all_in(case: Case) -> Case:
    """The last required feedback moves the case on (R63)."""
    moving = case.status in (
        Status.DISPOSING,
        Status.RETURNED_FOR_REWORK,
        Status.COORDINATED,
        Status.SIGNED_FOR,
    )
    has_one = any(d.feedback_at is not None and d.dropped_at is None for d in case.work.duties)
    if moving and has_one and not case.work.open_duties:
        return _with(case, Status.FEEDBACK_SUBMITTED)
    return case


def _verification_asked(case: Case, event: ev.VerificationAsked, _doing: Doing) -> Case:
    asked = event.verification
    status = Status.VERIFYING if asked.kind == "after" else case.status
    return _with(case, status, verifications=(*case.work.verifications, asked))


def _verification_reported(case: Case, event: ev.VerificationReported, doing: Doing) -> Case:
    verifications = _one(
        case.work.verifications,
        event.verification_id,
        reported_at=doing.at,
        result=event.result,
        text=event.text,
        attachments=event.attachments,
    )
    waits = any(v.kind == "after" and v.reported_at is None for v in verifications)
    back = case.status is Status.VERIFYING and not waits
    if not waits and case.work.resume == Status.VERIFYING:
        # Reported while it was taken up higher, or stood on the list: nothing to wait for then.
        return _with(case, verifications=verifications, resume=Status.FEEDBACK_SUBMITTED)
    return _with(
        case, Status.FEEDBACK_SUBMITTED if back else case.status, verifications=verifications
    )


def _review_started(case: Case, _event: ev.ReviewStarted, _doing: Doing) -> Case:
    return _with(case, Status.UNDER_REVIEW)


def _drafted(case: Case, _event: ev.EvaluationDrafted, _doing: Doing) -> Case:
    return _with(case)


def _reworked(case: Case, event: ev.ReworkOrdered, _doing: Doing) -> Case:
    again = set(event.duty_ids)
    duties = tuple(
        replace(d, feedback_at=None, finished_at=None, started_at=None) if d.id in again else d
        for d in case.work.duties
    )
    return _with(case, Status.RETURNED_FOR_REWORK, duties=duties, reworks=case.work.reworks + 1)


def _closed(case: Case, event: ev.CaseClosed, doing: Doing) -> Case:
    return _with(case, Status.CLOSED, evaluation=event.evaluation, closed_at=doing.at)


def _escalated(case: Case, event: ev.CaseEscalated, doing: Doing) -> Case:
    up = Escalation(
        level=event.level,
        reason_code=event.reason_code,
        text=event.reason,
        at=doing.at,
        by=doing.by,
    )
    first = case.status not in (Status.ESCALATED_1, Status.ESCALATED_2)
    return _with(
        case,
        Status.ESCALATED_1 if event.level == 1 else Status.ESCALATED_2,
        escalations=(*case.work.escalations, up),
        resume=case.status if first else case.work.resume,
    )


def _head_coordinated(case: Case, _event: ev.HeadCoordinated, doing: Doing) -> Case:
    *earlier, last = case.work.escalations
    return _with(case, escalations=(*earlier, replace(last, head_coordinated_at=doing.at)))


def _escalation_settled(case: Case, _event: ev.EscalationSettled, doing: Doing) -> Case:
    settled = tuple(
        e if e.settled_at else replace(e, settled_at=doing.at) for e in case.work.escalations
    )
    return _resumed(case, escalations=settled)


def _resumed(case: Case, **changes: Any) -> Case:
    return _with(case, Status(case.work.resume or Status.ACCEPTED), resume=None, **changes)


def _urged(case: Case, _event: ev.Urged, _doing: Doing) -> Case:
    return _with(case, urgings=case.work.urgings + 1)


def _help_asked(case: Case, _event: ev.HelpAsked, _doing: Doing) -> Case:
    return case  # the case stands where it stood; the history and the desk's mail tell it


def _supervised(case: Case, event: ev.SupervisionIssued, _doing: Doing) -> Case:
    return _with(case, supervisions=(*case.work.supervisions, event.supervision))


def _supervision_answered(case: Case, event: ev.SupervisionAnswered, doing: Doing) -> Case:
    orders = _one(case.work.supervisions, event.supervision_id, answered_at=doing.at)
    return _with(case, supervisions=orders)


def _supervision_lifted(case: Case, event: ev.SupervisionLifted, doing: Doing) -> Case:
    orders = _one(case.work.supervisions, event.supervision_id, lifted_at=doing.at)
    return _with(case, supervisions=orders)


def _extension_asked(case: Case, event: ev.ExtensionAsked, _doing: Doing) -> Case:
    return _with(case, extensions=(*case.work.extensions, event.extension))


def _extension_decided(case: Case, event: ev.ExtensionDecided, doing: Doing) -> Case:
    extensions = _one(
        case.work.extensions, event.extension_id, decided_at=doing.at, approved=event.approved
    )
    asked = next(e for e in extensions if e.id == event.extension_id)
    duties = case.work.duties
    if event.approved:
        duties = _one(duties, asked.duty_id, due_at=asked.new_due_at)
    return _with(case, extensions=extensions, duties=duties)


def _suspension_asked(case: Case, event: ev.SuspensionAsked, _doing: Doing) -> Case:
    return _with(case, suspensions=(*case.work.suspensions, event.suspension))


def _suspension_decided(case: Case, event: ev.SuspensionDecided, doing: Doing) -> Case:
    suspensions = _one(
        case.work.suspensions, event.suspension_id, decided_at=doing.at, approved=event.approved
    )
    if not event.approved:
        return _with(case, suspensions=suspensions)
    return _with(case, Status.SUSPENDED, suspensions=suspensions, resume=case.status)


def _suspension_ended(case: Case, event: ev.SuspensionEnded, doing: Doing) -> Case:
    return _resumed(
        case, suspensions=_one(case.work.suspensions, event.suspension_id, ended_at=doing.at)
    )


def _handed_over(case: Case, event: ev.HandedOver, _doing: Doing) -> Case:
    return _with(case, hand_overs=(*case.work.hand_overs, event.hand_over))


def _handed_back(case: Case, _event: ev.HandedBack, doing: Doing) -> Case:
    *earlier, last = case.work.hand_overs
    return _with(case, hand_overs=(*earlier, replace(last, returned_at=doing.at)))


def _reclassified(case: Case, event: ev.Reclassified, doing: Doing) -> Case:
    before, work = case.work.tier, case.work
    report = case.report
    if event.category is not None:
        report = replace(report, category=event.category)
    after = replace(
        _with(
            case,
            kind=event.kind,
            grades=event.grades,
            spans=event.spans,
            involved=event.involved,
        ),
        report=report,
    )
    if work.kind is Kind.COMMUNITY and event.kind is Kind.JOINT:
        # Another way altogether: what the station had is called back.
        after = _with(
            after,
            duties=dropped(after.work.duties, doing.at),
            station_returns=_settled_returns(after, doing.at),
            station=None,
            clock_from=doing.at,
            resume=None,
        )
        return _with(after, _entry(after))
    if work.kind is Kind.JOINT and event.kind is Kind.COMMUNITY:
        after = _with(after, duties=dropped(after.work.duties, doing.at))
        return _with(after, Status.ACCEPTED)
    untouched = case.status in (Status.ACCEPTED, Status.INSTRUCTION_PENDING)
    if untouched and after.work.tier != before and not after.work.instructions:
        return _with(after, _entry(after))
    return after


def _settled_returns(case: Case, at: datetime) -> tuple[StationReturn, ...]:
    """A 退单 that is answered by turning the case into 联动 (section 8)."""
    return tuple(
        r if r.decided_at else replace(r, decided_at=at, approved=True)
        for r in case.work.station_returns
    )


def _entry(case: Case) -> Status:
    """Where a joint case begins: the stricter classes wait for an instruction (R53, R54)."""
    needs = case.work.tier >= 2 and not case.work.instructions
    return Status.INSTRUCTION_PENDING if needs else Status.ACCEPTED


def _merged(case: Case, event: ev.CaseMerged, _doing: Doing) -> Case:
    return _with(case, Status.MERGED, links=(*case.work.links, event.link))


def _linked(case: Case, event: ev.CaseLinked, _doing: Doing) -> Case:
    return _with(case, links=(*case.work.links, event.link))


def _absorbed(case: Case, event: ev.CaseAbsorbed, _doing: Doing) -> Case:
    return _with(case, links=(*case.work.links, event.link))


def _merge_undone(case: Case, _event: ev.MergeUndone, _doing: Doing) -> Case:
    links = tuple(link for link in case.work.links if link.kind != "duplicate_of")
    # Not `resume`: the case may have been taken up higher, or on the list, when it was merged.
    stood = next(s.status for s in reversed(case.stages) if s.status is not Status.MERGED)
    return _with(case, stood, links=links)


def _withdrawn(case: Case, _event: ev.CaseWithdrawn, _doing: Doing) -> Case:
    return _with(case, Status.WITHDRAWN)


def _contacted(case: Case, event: ev.ContactNoted, _doing: Doing) -> Case:
    return _with(case, contacts=(*case.work.contacts, event.contact))


def _visited(case: Case, event: ev.VisitNoted, _doing: Doing) -> Case:
    return _with(case, visits=(*case.work.visits, event.visit))


def _reopened(case: Case, _event: ev.CaseReopened, doing: Doing) -> Case:
    return _with(
        case,
        Status.REOPENED,
        reopenings=case.work.reopenings + 1,
        duties=dropped(case.work.duties, doing.at),
        instructions=(),
        head_reports=(),
        station=None,
        clock_from=doing.at,
    )


def _archived(case: Case, _event: ev.CaseArchived, doing: Doing) -> Case:
    return _with(case, Status.ARCHIVED, archived_at=doing.at)


def _one(items: tuple[Any, ...], id: UUID, **changes: Any) -> tuple[Any, ...]:
    return tuple(replace(item, **changes) if item.id == id else item for item in items)


EFFECTS: dict[type, Callable[[Case, Any, Doing], Case]] = {
    ev.PushDelivered: _push_delivered,
    ev.PushFailed: _push_failed,
    ev.CaseReturnedToSource: _returned_to_source,
    ev.CaseSentBack: _sent_back,
    ev.CaseDispatched: _dispatched,
    ev.DutySigned: _signed,
    ev.StationReturned: _station_returned,
    ev.StationReturnDecided: _return_decided,
    ev.JointRequested: _joint_requested,
    ev.InstructionGiven: _instructed,
    ev.CallLogged: _called,
    ev.HeadReported: _head_reported,
    ev.CoordinationStarted: _coordination_started,
    ev.ResponseConfirmed: _responded,
    ev.DutiesAgreed: _divided,
    ev.SubTaskAdded: _sub_task,
    ev.DutyDropped: _duty_dropped,
    ev.DisposalStarted: _disposal_started,
    ev.DisposalFinished: _disposal_finished,
    ev.FeedbackSubmitted: _fed_back,
    ev.VerificationAsked: _verification_asked,
    ev.VerificationReported: _verification_reported,
    ev.ReviewStarted: _review_started,
    ev.EvaluationDrafted: _drafted,
    ev.ReworkOrdered: _reworked,
    ev.CaseClosed: _closed,
    ev.CaseEscalated: _escalated,
    ev.HeadCoordinated: _head_coordinated,
    ev.EscalationSettled: _escalation_settled,
    ev.Urged: _urged,
    ev.HelpAsked: _help_asked,
    ev.SupervisionIssued: _supervised,
    ev.SupervisionAnswered: _supervision_answered,
    ev.SupervisionLifted: _supervision_lifted,
    ev.ExtensionAsked: _extension_asked,
    ev.ExtensionDecided: _extension_decided,
    ev.SuspensionAsked: _suspension_asked,
    ev.SuspensionDecided: _suspension_decided,
    ev.SuspensionEnded: _suspension_ended,
    ev.HandedOver: _handed_over,
    ev.HandedBack: _handed_back,
    ev.Reclassified: _reclassified,
    ev.CaseMerged: _merged,
    ev.CaseAbsorbed: _absorbed,
    ev.MergeUndone: _merge_undone,
    ev.CaseLinked: _linked,
    ev.CaseWithdrawn: _withdrawn,
    ev.ContactNoted: _contacted,
    ev.VisitNoted: _visited,
    ev.CaseReopened: _reopened,
    ev.CaseArchived: _archived,
}
