"""Whose a case is at any instant, and who may see it. Pure.

A moment without a recorded owner would be an alarm (A-19), so `owner` always answers, and `staged`
writes each change of step or owner down with its time.
"""

from dataclasses import replace
from datetime import datetime

from cases.model import WAITING, Case, Stage, Status

STREET = "street-centre"
_WITH_HOLDER = frozenset(
    {
        Status.DISPATCHED,
        Status.SIGNED_FOR,
        Status.COORDINATED,
        Status.DISPOSING,
        Status.RETURNED_FOR_REWORK,
    }
)


def owner(case: Case) -> str:
    """The post that must act now; after the end the post that keeps the file."""
    work = case.work
    if case.status in (Status.REJECTED, Status.RETURNED_TO_SOURCE, Status.ESCALATED_2):
        return STREET
    # Nobody's yet: whichever desk takes it up, the street centre answers for it.
    if case.desk is None or (work.hand_over is not None and not case.is_ended):
        return STREET
    match case.status:
        case Status.INSTRUCTION_PENDING:
            return f"deputy-{case.desk}"
        case Status.ESCALATED_1:
            return f"head-{case.desk}"
        case Status.VERIFYING:
            waiting = [
                v.post for v in work.verifications if v.kind == "after" and v.reported_at is None
            ]
            return waiting[0] if waiting else f"coordinator-{case.desk}"
    if case.status in _WITH_HOLDER:
        lead = [d.post for d in work.open_duties if d.role == "lead"]
        rest = [d.post for d in work.open_duties]
        return (lead or rest or [f"coordinator-{case.desk}"])[0]
    return f"coordinator-{case.desk}"


def staged(case: Case, at: datetime) -> Case:
    """The case with its newest stage written down; no stretch of time is without one."""
    whose = owner(case)
    last = case.stages[-1] if case.stages else None
    if last is not None and last.status is case.status and last.owner == whose:
        return case
    ended = (*case.stages[:-1], replace(last, to_at=at)) if last is not None else ()
    return replace(case, stages=(*ended, Stage(status=case.status, owner=whose, from_at=at)))


def audience(case: Case) -> frozenset[str]:
    """The scope keys that see a case (`roles.scope_keys`): street, desks, grids, posts."""
    keys = {"street"}
    keys.add(case.desk or "any-desk")
    keys |= {refusal.desk for refusal in case.refusals if refusal.desk}
    keys |= {case.received_from, _platform(case)}
    work = case.work
    if case.status not in WAITING and case.status is not Status.REJECTED:
        keys |= {case.community.code} if case.community and case.community.code else set()
        keys |= {grid.code for grid in work.involved if grid.code}
    if case.worked is not None:
        keys |= {push.post for push in work.pushes}
        keys |= {duty.post for duty in work.duties}
        keys |= {post for round in work.coordinations for post in round.posts}
        keys |= {v.post for v in work.verifications}
        if work.requested_by:
            keys.add(work.requested_by)
    return frozenset(key for key in keys if key)


def _platform(case: Case) -> str:
    return {"12345": "platform-12345", "12319": "platform-12319", "110": "platform-110"}.get(
        case.report.source, "platform-grid" if case.report.source == "grid" else ""
    )


def waits_for(case: Case) -> frozenset[str]:
    """The posts that something is expected of now: the owner, and each party with an open part."""
    if case.is_ended:
        return frozenset()
    work = case.work
    posts = {owner(case), *(duty.post for duty in work.open_duties)}
    if case.status is Status.COORDINATING and work.coordination is not None:
        posts |= set(work.coordination.missing)
    posts |= {v.post for v in work.verifications if v.reported_at is None}
    return frozenset(posts)
