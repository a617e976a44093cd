"""Every status × command × role × own or foreign, against a table written from the plan.

The table below was written from 五(二) and `words.md`, not from `cases.steps`: who does a thing,
and where a case may stand when it is done.
"""

from dataclasses import replace
from itertools import product
from typing import get_args

import pytest
from stories import begun, inside

from cases import commands as do
from cases.errors import NotPermitted, NotYourPost, WrongStatus
from cases.model import Status
from cases.roles import LABELS, actor
from cases.steps import check
from cases.work import Coordination, Duty, DutyRole, HandOver, Verification, Work

W = "received no_location boundary_review"
PREPARE = "accepted instruction_pending"
STATION = "dispatched signed_for station_returned"
MEET = "coordinating responded coordinated"
DO = "disposing returned_for_rework"
JUDGE = "feedback_submitted verifying under_review"
UP = "escalated_1 escalated_2"
LEVEL = f"{PREPARE} {STATION} {MEET} {DO} {JUDGE} reopened"
UNDER_WAY = f"{LEVEL} {UP} suspended"
ALL = " ".join(Status)
HAND = "signed_for coordinated disposing returned_for_rework"
MEETABLE = f"{PREPARE} {MEET} disposing reopened"
PARTY = "station responder department police chengguan market patrol deputy"
DESK = "coordinator street-centre"
LEADS = "police chengguan market"

# command: who (words.md 6 and the plan), where (words.md 5)
TABLE = {
    "Receive": ("platform platform-grid street-centre coordinator department station inspector"
                " patrol responder router " + LEADS, ""),
    "Supplement": ("platform platform-grid street-centre coordinator department station inspector"
                   " patrol responder router " + LEADS, ALL),
    "Accept": (DESK, W),
    "Reject": (DESK, W),
    "CorrectLocation": (DESK, f"{W} {LEVEL}"),
    "WithdrawRejection": ("coordinator", ALL),
    "Acknowledge": ("street-centre", ALL),
    "Reinstate": ("street-centre", ALL),
    "Redispatch": ("street-centre", ALL),
    "Forward": ("street-centre", ALL),
    "ReturnToSource": (DESK, f"{W} {PREPARE} station_returned"),
    "SendBack": ("street-centre", "returned_to_source"),
    "Dispatch": (DESK, "accepted reopened"),
    "Sign": (PARTY, f"dispatched {HAND}"),
    "ReturnStation": ("station", "dispatched signed_for"),
    "DecideStationReturn": (f"{DESK} deputy", "station_returned"),
    "RequestJoint": ("station", "dispatched signed_for disposing"),
    "Instruct": (f"deputy street-centre {LEADS}", MEETABLE),
    "LogCall": (f"{DESK} deputy", f"{W} {UNDER_WAY}"),
    "ReportToHead": (f"{DESK} deputy", f"{UNDER_WAY} closed"),
    "Coordinate": (DESK, MEETABLE),
    "Respond": (f"{PARTY} head {DESK}", MEET),
    "Divide": (DESK, "responded coordinated"),
    "AddSubTask": (DESK, "dispatched signed_for coordinated disposing"),
    "DropDuty": (DESK, f"dispatched {HAND}"),
    "StartDisposal": (PARTY, HAND),
    "FinishDisposal": (PARTY, HAND),
    "SubmitFeedback": (PARTY, HAND),
    "AskVerification": (DESK, LEVEL),
    "ReportVerification": (f"{PARTY} inspector coordinator", UNDER_WAY),
    "DraftEvaluation": (DESK, JUDGE),
    "ReturnForRework": (DESK, "feedback_submitted under_review"),
    "Close": (DESK, "feedback_submitted under_review"),
    "Escalate": ("deputy head", f"{LEVEL} escalated_1"),
    "NoteHeadCoordination": ("head deputy", "escalated_1"),
    "SettleEscalation": ("head street-centre", UP),
    "Urge": (f"{DESK} deputy head", UNDER_WAY),
    "AskHelp": (PARTY, UNDER_WAY),
    "IssueSupervision": ("deputy head street-centre", f"{W} {UNDER_WAY}"),
    "AnswerSupervision": (DESK, f"{W} {UNDER_WAY} closed"),
    "LiftSupervision": ("deputy head street-centre", ALL),
    "AskExtension": (f"{PARTY} {DESK}", HAND),
    "DecideExtension": (f"{DESK} deputy", UNDER_WAY),
    "AskSuspension": (f"{DESK} station", LEVEL),
    "DecideSuspension": ("deputy", LEVEL),
    "EndSuspension": (f"{DESK} deputy", "suspended"),
    "HandOverToStreet": ("coordinator deputy", f"{W} {UNDER_WAY}"),
    "HandBack": ("street-centre clock", f"{W} {UNDER_WAY}"),
    "Reclassify": (DESK, LEVEL),
    "Merge": (DESK, f"{W} {UNDER_WAY}"),
    "Absorb": (DESK, f"{W} {UNDER_WAY}"),
    "UndoMerge": (DESK, "merged"),
    "LinkCase": (DESK, ALL),
    "Withdraw": ("platform platform-grid department station street-centre",
                 f"{W} {UNDER_WAY} returned_to_source rejected_out_of_area"),
    "NoteContact": (f"{DESK} station", f"{UNDER_WAY} closed"),
    "NoteVisit": (f"{DESK} platform", "closed"),
    "Reopen": (f"{DESK} platform platform-grid", "closed"),
    "Archive": (DESK, "closed"),
    "NotePush": ("courier", ALL),
    "NoteDelivered": ("courier", ALL),
    "NoteUndelivered": ("courier", ALL),
    "MarkWarned": ("clock", ALL),
    "MarkOverdue": ("clock", ALL),
}  # fmt: skip
# Deeds that are no matter of whose case it is: reports, the house itself, the street's own.
ANYWHERE = {
    "Receive", "Supplement", "WithdrawRejection", "Acknowledge", "Reinstate", "Redispatch",
    "Forward", "SendBack", "NotePush", "NoteDelivered", "NoteUndelivered", "MarkWarned",
    "MarkOverdue",
}  # fmt: skip
STREET_EVERYWHERE = {
    "SettleEscalation", "Urge", "IssueSupervision", "LiftSupervision", "HandBack", "Withdraw",
    "NoteVisit", "Reopen", "Archive",
}  # fmt: skip
OWN = {
    "coordinator": "coordinator-140901", "deputy": "deputy-140901", "head": "head-140901",
    "inspector": "inspector-140901", "police": "police-140901", "chengguan": "chengguan-140901",
    "market": "market-140901", "patrol": "patrol-140901-1", "responder": "responder-140901-1",
    "station": "station-14090101", "department": "department-water", "platform": "platform-12345",
    "platform-grid": "platform-grid",
}  # fmt: skip
FOREIGN = {
    role: post.replace("14090101", "14090201").replace("140901", "140902")
    .replace("water", "green").replace("12345", "12319")
    for role, post in OWN.items()
}  # fmt: skip
ROLES = sorted(LABELS)


def case_at(status, *, ours=True):
    """A case of the west desk at a step, in which the west's posts have every part there is."""
    case = begun(inside(), to_sector="140901").case
    at = case.received_at
    posts = tuple(OWN.values()) if ours else ()
    shared = {"by": "coordinator-140901", "place": "x", "lon": None, "lat": None}
    work = Work(
        duties=tuple(
            Duty(id=case.id, post=post, role=DutyRole.ASSIST, text="x", given_at=at, due_at=None)
            for post in posts
        ),
        coordinations=(
            Coordination(
                round=1, started_at=at, posts=posts, radius_m=1.0, appointment_at=at,
                offline=False, text="", without_instruction=None, **shared,
            ),
        ),
        verifications=tuple(
            Verification(id=case.id, kind="after", post=post, asked_at=at, due_at=at, note="")
            for post in posts
        ),
        hand_overs=(
            HandOver(at=at, by="deputy-140901", condition="evening", on_duty=0, needed=4,
                     declared=False, reason="x"),
        ) if ours else (),
        requested_by="platform-grid" if ours else None,
    )  # fmt: skip
    department = replace(case, received_from="department-water") if ours else case
    return replace(department, status=status, worked=work)


def expected(command, role, status, *, own):
    """What the plan's table answers."""
    who, where = TABLE[command]
    if role not in who.split():
        return NotYourPost
    free = command in ANYWHERE or role in ("clock", "courier", "router")
    free = free or (role == "street-centre" and command in STREET_EVERYWHERE)
    if not own and not free:
        return NotPermitted
    return None if status in where.split() else WrongStatus


def answer(case, command, post):
    try:
        check(case, command, actor(post))
    except NotPermitted as refused:
        return type(refused)
    return None


def test_the_table_names_every_command_and_only_roles_and_statuses_there_are():
    assert set(TABLE) == {kind.__name__ for kind in get_args(do.Command)}
    for who, where in TABLE.values():
        assert set(who.split()) <= set(LABELS)
        assert set(where.split()) <= set(Status)


@pytest.mark.parametrize("command", sorted(TABLE))
def test_own_and_foreign(command):
    wrong = []
    for own in (True, False):
        for status, role in product(Status, ROLES):
            post = (OWN if own else FOREIGN).get(role, role)
            if own and role in ("platform", "station") and command == "Withdraw":
                continue  # their own report, below
            found = answer(case_at(status, ours=own), command, post)
            wanted = expected(command, role, status, own=own)
            if found is not wanted:
                wrong.append((own, role, str(status), found, wanted))
    assert not wrong, wrong[:6]


def test_only_who_brought_a_case_takes_it_back():
    case = begun(inside(), source="station", by="station-14090101", to_sector="140901").case
    assert answer(case, "Withdraw", "station-14090101") is None
    assert answer(case, "Withdraw", "station-14090102") is NotPermitted
    assert answer(case, "Withdraw", "platform-12345") is NotPermitted
    assert answer(begun(inside()).case, "Withdraw", "platform-12345") is None
