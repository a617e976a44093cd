"""Who reported a case: masked for everybody, whole for a few who say why, and that is noted.

Names and numbers stay in a table of their own (PIPL); this is the only module that reads it
for the screen. Every reveal is a line of the access log, and the log can be read by those who
answer for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, text

from cases.errors import NotPermitted, NotYourPost
from cases.masking import masked_name, masked_phone
from cases.model import Case
from cases.redaction import holds, redact
from cases.roles import Actor

__all__ = [
    "AccessQuery", "ReporterView", "access_log", "known", "looks", "may_reveal", "note_access",
    "reporters", "reveal", "visible_text",
]  # fmt: skip

REVEAL = "reporter.reveal"
SHORTEST_REASON = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterView:
    """One who reported, with the report's id; `masked` says whether it is the short form."""

    report_id: UUID
    received_at: datetime
    name: str | None
    phone: str | None
    masked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessQuery:
    """Which lines of the access log: of one subject (a case's id), of one account."""

    subject: str | None = None
    account: str | None = None
    limit: int = 200


def reporters(conn: Connection, case_id: UUID) -> tuple[ReporterView, ...]:
    """Who reported a case, in the masked form (王**, 138****1234), oldest first."""
    return tuple(
        ReporterView(
            report_id=row.id,
            received_at=row.received_at,
            name=masked_name(row.name),
            phone=masked_phone(row.phone),
            masked=True,
        )
        for row in _rows(conn, case_id)
    )


def reveal(
    conn: Connection, case: Case, reason: str, *, who: Actor, now: datetime
) -> tuple[ReporterView, ...]:
    """Who reported a case, whole; the reveal is noted in the same transaction.

    Raises:
        NotYourPost: only the case's coordinator, deputy, inspector and the street centre.
        NotPermitted: no reason that says anything.
    """
    if not may_reveal(who, case):
        raise NotYourPost(
            "诉求人信息由本案分中心的协调指挥员、综合督查员、专职副网格长或街道城运中心查看"
        )
    if len("".join(reason.split())) < SHORTEST_REASON:
        raise NotPermitted("请写明查看诉求人信息的事由（至少 4 个字），查看会留下记录")
    found = tuple(
        ReporterView(
            report_id=row.id,
            received_at=row.received_at,
            name=row.name,
            phone=row.phone,
            masked=False,
        )
        for row in _rows(conn, case.id)
    )
    note_access(
        conn,
        action=REVEAL,
        subject=str(case.id),
        # What was typed as a reason must not carry the number it was asked for.
        reason=redact(reason.strip()),
        detail={"case_number": case.number, "reporters": len(found), "version": case.version},
        who=who,
        now=now,
    )
    return found


def may_reveal(who: Actor, case: Case) -> bool:
    """Whether a post may see who reported a case.

    The case must be one it sees at all; a case whose desk is open is every desk's.
    """
    if who.role == "street-centre":
        return True
    own = who.role in {"coordinator", "deputy", "inspector"}
    return own and who.desk is not None and case.desk in (None, who.desk)


def _rows(conn: Connection, case_id: UUID) -> Sequence[Any]:
    return conn.execute(
        text(
            "SELECT p.id, p.received_at, r.name, r.phone FROM case_report p"
            " JOIN case_reporter r ON r.report_id = p.id WHERE p.case_id = :case_id"
            " ORDER BY p.received_at, p.id"
        ),
        {"case_id": case_id},
    ).all()


def known(conn: Connection, case_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    """Names and numbers of reporters by case, for `redact`'s exact values; never to be shown."""
    rows = conn.execute(
        text(
            "SELECT p.case_id, r.name, r.phone FROM case_report p"
            " JOIN case_reporter r ON r.report_id = p.id WHERE p.case_id = ANY(:ids)"
        ),
        {"ids": list(case_ids)},
    )
    found: dict[UUID, tuple[str, ...]] = {}
    for case_id, name, phone in rows:
        found[case_id] = (*found.get(case_id, ()), *filter(None, (name, phone)))
    return found


def visible_text(
    case: Case, actor: Actor | None, known: Sequence[str] = ()
) -> dict[str, str | None]:
    """Title, description and address as a post may read them.

    Whole for who holds the case, else without people; `actor` None is outside the house.
    """
    report = case.report
    told = {"title": report.title, "description": report.description, "address": report.address}
    if actor is not None and holds(actor, case):
        return told
    return {name: redact(words, known) if words else words for name, words in told.items()}


def note_access(
    conn: Connection,
    *,
    action: str,
    subject: str,
    reason: str | None,
    detail: dict[str, Any],
    who: Actor,
    now: datetime,
) -> None:
    """Write one line of the access log."""
    conn.execute(
        text(
            "INSERT INTO access_log (at, account, action, subject, reason, detail)"
            " VALUES (:now, :account, :action, :subject, :reason, CAST(:detail AS jsonb))"
        ),
        {
            "now": now,
            "account": who.account or who.post,
            "action": action,
            "subject": subject,
            "reason": reason,
            "detail": orjson.dumps({**detail, "post": who.post}).decode(),
        },
    )


def looks(conn: Connection, case_id: UUID) -> Sequence[dict[str, Any]]:
    """Who has looked at a case's reporters, oldest first: lines for its history."""
    rows = conn.execute(
        text(
            "SELECT at, account, action, reason, detail ->> 'post' AS post FROM access_log"
            " WHERE subject = :subject ORDER BY at, id"
        ),
        {"subject": str(case_id)},
    ).mappings()
    return [dict(row) for row in rows]


def access_log(conn: Connection, wanted: AccessQuery, who: Actor) -> Sequence[dict[str, Any]]:
    """Lines of the access log, newest first.

    The street centre and the administrator read all of it; the deputy what concerns the cases of
    the own desk, and who looked at the tracks of its people.

    Raises:
        NotYourPost: anybody else.
    """
    if who.role not in {"street-centre", "admin", "deputy"} or (
        who.role == "deputy" and who.desk is None
    ):
        raise NotYourPost("查看记录由街道城运中心、系统管理员和本片区专职副网格长查阅")
    rows = conn.execute(
        text("""
            SELECT l.at, l.account, l.action, l.subject, l.reason, l.detail
            FROM access_log l
            WHERE (CAST(:subject AS text) IS NULL OR l.subject = :subject)
                AND (CAST(:account AS text) IS NULL OR l.account = :account)
                AND (CAST(:desk AS text) IS NULL OR EXISTS (
                    SELECT 1 FROM case_now c
                    WHERE CAST(c.id AS text) = l.subject AND c.desk = :desk)
                    OR (l.action = 'track.view' AND l.detail ->> 'desk' = :desk))
            ORDER BY l.at DESC, l.id DESC LIMIT :limit
        """),
        {
            "subject": wanted.subject,
            "account": wanted.account,
            "desk": who.desk if who.role == "deputy" else None,
            "limit": wanted.limit,
        },
    ).mappings()
    return [dict(row) for row in rows]
