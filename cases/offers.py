"""Of the steps a post may take, those that make sense now: what the screen offers. Pure.

`steps.allowed` is the right; this is the tact: no 批准延期 where nobody asked for one.
"""

from collections.abc import Callable

from cases.model import Case, Status
from cases.roles import UNIT_LEADS, Actor
from cases.steps import Step, allowed
from cases.work import Kind

Fits = Callable[[Case, Actor], bool]


def _joint(case: Case, _who: Actor) -> bool:
    return case.work.kind is Kind.JOINT


def _community(case: Case, _who: Actor) -> bool:
    return case.work.kind is not Kind.JOINT


def _instruction(case: Case, who: Actor) -> bool:
    least = 3 if who.role in UNIT_LEADS else 2
    return case.work.kind is Kind.JOINT and case.work.tier >= least and not case.work.instructions


def _open_duty(case: Case, who: Actor) -> bool:
    return any(duty.post == who.post for duty in case.work.open_duties)


def _unsigned(case: Case, who: Actor) -> bool:
    return any(d.post == who.post and d.signed_at is None for d in case.work.open_duties)


def _unstarted(case: Case, who: Actor) -> bool:
    return any(d.post == who.post and d.started_at is None for d in case.work.open_duties)


def _unfinished(case: Case, who: Actor) -> bool:
    return any(d.post == who.post and d.finished_at is None for d in case.work.open_duties)


def _awaited(case: Case, who: Actor) -> bool:
    round = case.work.coordination
    if round is None:
        return False
    if who.role in ("coordinator", "street-centre"):
        return bool(round.missing)
    return who.post in round.missing


def _order_waits(case: Case, _who: Actor) -> bool:
    return any(o.answered_at is None and o.lifted_at is None for o in case.work.supervisions)


def _order_stands(case: Case, who: Actor) -> bool:
    return any(
        o.lifted_at is None and who.post in (o.issuer, "street-centre")
        for o in case.work.supervisions
    )


def _head_report(case: Case, who: Actor) -> bool:
    told = {report.kind for report in case.work.head_reports}
    if case.work.tier < 3:
        return False
    wants_result = who.role == "deputy" and bool(case.work.feedbacks) and "result" not in told
    return wants_result or ("start" not in told and case.status is not Status.CLOSED)


def _assistants(case: Case, _who: Actor) -> bool:
    return any(duty.role == "assist" for duty in case.work.open_duties)


def _level(case: Case, who: Actor) -> bool:
    if case.status is not Status.ESCALATED_1:
        return who.role == "deputy"
    return case.work.escalations[-1].head_coordinated_at is not None


def _settles(case: Case, who: Actor) -> bool:
    return who.role == ("head" if case.status is Status.ESCALATED_1 else "street-centre")


FITS: dict[str, Fits] = {
    "Reject": lambda case, _who: not case.reinstated,
    "Dispatch": _community,
    "Coordinate": _joint,
    "Instruct": _instruction,
    "ReportToHead": _head_report,
    "LogCall": lambda case, _who: case.work.kind is Kind.JOINT or case.is_waiting,
    "Sign": _unsigned,
    "StartDisposal": _unstarted,
    "FinishDisposal": _unfinished,
    "SubmitFeedback": _open_duty,
    "ReturnStation": _open_duty,
    "RequestJoint": _open_duty,
    "Respond": _awaited,
    "DropDuty": _assistants,
    "AnswerSupervision": _order_waits,
    "LiftSupervision": _order_stands,
    "AskExtension": lambda case, _who: any(d.due_at for d in case.work.open_duties),
    "DecideExtension": lambda case, who: any(
        e.decided_at is None and e.asked_by != who.post for e in case.work.extensions
    ),
    "AskSuspension": lambda case, _who: all(s.decided_at for s in case.work.suspensions),
    "DecideSuspension": lambda case, _who: any(s.decided_at is None for s in case.work.suspensions),
    "HandOverToStreet": lambda case, _who: case.work.hand_over is None,
    "HandBack": lambda case, _who: case.work.hand_over is not None,
    "NoteContact": lambda case, _who: case.report.source == "12345" and not case.work.contacts,
    "Escalate": _level,
    "SettleEscalation": _settles,
}


def offered(case: Case, who: Actor) -> tuple[Step, ...]:
    """The steps to show a post on a case, in the table's order."""
    return tuple(
        step
        for step in allowed(case, who)
        if step.command not in FITS or FITS[step.command](case, who)
    )
