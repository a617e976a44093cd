"""A report comes in: kept as it came, and made a case unless one of its numbers is known.

One table of numbers makes any known number unique, so the same report twice is one case, also
when fifty copies race: all but one wait on the key and then find the case.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import orjson
from sqlalchemy import Connection, text

from cases import commands as do
from cases.desk import Office, carry_out, locate
from cases.hours import SHANGHAI
from cases.model import Case, Number, Report
from cases.numbers import attach_numbers, claim_numbers, known_case
from cases.queries import case as load
from cases.roles import Actor
from cases.sources import SOURCES


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who reported; kept apart and never shown without a right (PIPL)."""

    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A report on its way in: what was told, by whom, and fields we do not know.

    `key` is the sender's own name for this one sending (Idempotency-Key): known like a number,
    but no number anybody else calls the case by.
    """

    report: Report
    reporter: Reporter | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    key: Number | None = None

    @property
    def numbers(self) -> tuple[Number, ...]:
        """All that the case is known by."""
        return (*self.report.numbers, self.key) if self.key else self.report.numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """The answer to a report: the case it belongs to, and whether it made that case."""

    case: Case
    created: bool
    supplemented: bool


def receive(
    conn: Connection, office: Office, incoming: Incoming, *, actor: Actor, now: datetime
) -> Received:
    """Store a report, and make a case of it unless one of its numbers is known already.

    Args:
        conn: inside a transaction.
        office: map, policy, ids.
        incoming: what the source told us.
        actor: who brings it.
        now: the moment of receipt, which starts R50.
    """
    numbers = incoming.numbers
    case_id = office.new_id()
    # Most reports are new, so the numbers are claimed first and looked up only when that fails.
    own = claim_numbers(conn, numbers, case_id, now.astimezone(SHANGHAI).date())
    if own is not None:
        return _new_case(conn, office, incoming, actor, now, (case_id, own))
    known = known_case(conn, numbers)
    assert known is not None
    return _same_again(conn, office, incoming, actor, now, known)


def _new_case(
    conn: Connection,
    office: Office,
    incoming: Incoming,
    actor: Actor,
    now: datetime,
    named: tuple[UUID, str],
) -> Received:
    case_id, number = named
    report = incoming.report
    default = SOURCES[report.source].default_accuracy_m
    placed = locate(
        office, conn, raw=report.raw, accuracy_m=report.accuracy_m, default_m=default, at=now
    )
    _keep_report(conn, office, case_id, incoming, now, first=True)
    command = do.Receive(
        id=case_id,
        number=number,
        report=report,
        place=placed.place,
        location_problem=placed.problem,
    )
    case = carry_out(conn, office, None, command, actor, now)
    return Received(case=case, created=True, supplemented=False)


def _same_again(
    conn: Connection,
    office: Office,
    incoming: Incoming,
    actor: Actor,
    now: datetime,
    case_id: UUID,
) -> Received:
    report = incoming.report
    # One supplement after the other: a second copy must find what the first has stored.
    conn.execute(text("SELECT 1 FROM case_now WHERE id = :id FOR UPDATE"), {"id": case_id})
    taken = attach_numbers(conn, incoming.numbers, case_id)
    fresh = tuple(number for number in taken if number != incoming.key)
    if not _keep_report(conn, office, case_id, incoming, now):
        return Received(case=load(conn, case_id), created=False, supplemented=False)
    case = load(conn, case_id)
    default = SOURCES[report.source].default_accuracy_m
    placed = locate(
        office, conn, raw=report.raw, accuracy_m=report.accuracy_m, default_m=default, at=now
    )
    command = do.Supplement(report=report, place=placed.place, new_numbers=fresh)
    case = carry_out(conn, office, case, command, actor, now)
    return Received(case=case, created=False, supplemented=True)


def _keep_report(
    conn: Connection,
    office: Office,
    case_id: UUID,
    incoming: Incoming,
    now: datetime,
    *,
    first: bool = False,
) -> bool:
    """Keep a report as it came; False when the very same content is kept already."""
    report, reporter, extra = incoming.report, incoming.reporter, incoming.extra
    content = orjson.dumps(
        {"report": msgspec.to_builtins(report), "extra": extra}, option=orjson.OPT_SORT_KEYS
    )
    told = orjson.dumps(msgspec.to_builtins(reporter)) if reporter else b""
    digest = hashlib.sha256(content + told).hexdigest()
    if not first and _is_kept(conn, case_id, digest):
        return False
    report_id = office.new_id()
    conn.execute(
        text(
            "INSERT INTO case_report (id, case_id, content_hash, body, received_at)"
            " VALUES (:id, :case_id, :digest, CAST(:body AS jsonb), :now)"
        ),
        {
            "id": report_id,
            "case_id": case_id,
            "digest": digest,
            "body": content.decode(),
            "now": now,
        },
    )
    if reporter and (reporter.name or reporter.phone):
        conn.execute(
            text("INSERT INTO case_reporter (report_id, name, phone) VALUES (:id, :name, :phone)"),
            {"id": report_id, "name": reporter.name, "phone": reporter.phone},
        )
    return True


def _is_kept(conn: Connection, case_id: UUID, digest: str) -> bool:
    same = conn.execute(
        text("SELECT 1 FROM case_report WHERE case_id = :id AND content_hash = :digest"),
        {"id": case_id, "digest": digest},
    ).first()
    return same is not None
