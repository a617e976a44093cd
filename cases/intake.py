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
from cases.by_words import texts_of
from cases.desk import Office, carry_out, hold, locate, take
from cases.filing import Paper, add_paper, open_file
from cases.hours import SHANGHAI
from cases.model import Case, Number, Report
from cases.numbers import attach_numbers, known_case
from cases.queries import case as load
from cases.roles import Actor
from cases.sources import SOURCES
from cases.work import Attachment


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
    attachments: tuple[Attachment, ...] = ()

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
    case_id, paper = office.new_id(), _paper(office, incoming, now)
    # Most reports are new, so the numbers are claimed first and looked up only when that fails.
    day = now.astimezone(SHANGHAI).date()
    own = open_file(conn, incoming.numbers, case_id, paper, day)
    if own is not None:
        _keep_reporter(conn, paper, incoming.reporter)
        return _new_case(conn, office, incoming, actor, now, (case_id, own))
    known = known_case(conn, incoming.numbers)
    assert known is not None
    return _same_again(conn, office, incoming, actor, known, paper)


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
        office,
        conn,
        raw=report.raw,
        accuracy_m=report.accuracy_m,
        default_m=default,
        at=now,
        words=texts_of(report),
    )
    command = do.Receive(
        id=case_id,
        number=number,
        report=report,
        place=placed.place,
        location_problem=placed.problem,
        attachments=incoming.attachments,
    )
    case = carry_out(conn, office, None, command, actor, now)
    return Received(case=case, created=True, supplemented=False)


def _same_again(
    conn: Connection,
    office: Office,
    incoming: Incoming,
    actor: Actor,
    case_id: UUID,
    paper: Paper,
) -> Received:
    report, now = incoming.report, paper.received_at
    # One supplement after the other: a second copy must find what the first has stored.
    hold(conn, case_id)
    numbers = attach_numbers(conn, incoming.numbers, case_id)
    fresh = tuple(number for number in numbers if number != incoming.key)
    if not add_paper(conn, case_id, paper):
        return Received(case=load(conn, case_id), created=False, supplemented=False)
    _keep_reporter(conn, paper, incoming.reporter)
    taken = take(conn, case_id, now)
    default = SOURCES[report.source].default_accuracy_m
    placed = locate(
        office,
        conn,
        raw=report.raw,
        accuracy_m=report.accuracy_m,
        default_m=default,
        at=now,
        words=texts_of(report),
    )
    command = do.Supplement(report=report, place=placed.place, new_numbers=fresh)
    case = carry_out(conn, office, taken, command, actor, now)
    return Received(case=case, created=False, supplemented=True)


def _paper(office: Office, incoming: Incoming, now: datetime) -> Paper:
    report, reporter, extra = incoming.report, incoming.reporter, incoming.extra
    content = orjson.dumps(
        {"report": msgspec.to_builtins(report), "extra": extra}, option=orjson.OPT_SORT_KEYS
    )
    told = orjson.dumps(msgspec.to_builtins(reporter)) if reporter else b""
    digest = hashlib.sha256(content + told).hexdigest()
    return Paper(id=office.new_id(), digest=digest, body=content.decode(), received_at=now)


def _keep_reporter(conn: Connection, paper: Paper, reporter: Reporter | None) -> None:
    if reporter and (reporter.name or reporter.phone):
        conn.execute(
            text("INSERT INTO case_reporter (report_id, name, phone) VALUES (:id, :name, :phone)"),
            {"id": paper.id, "name": reporter.name, "phone": reporter.phone},
        )
