"""Forgets what must not be kept for ever: reporters first, then texts; never an event.

The journal refers to texts by hash, so a purged case still verifies; its projection is made anew
from the purged history, so that nothing of the text is left there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import orjson
from sqlalchemy import Connection, text

from cases.audit import recorded
from cases.history import replay
from cases.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What was forgotten, in rows."""

    reporters: int
    texts: int
    cases: int
    access: int
    unreadable: int
    answers: int


_ENDED = (
    "('closed', 'archived', 'withdrawn', 'merged', 'rejected_out_of_area', 'returned_to_source')"
)
_REPORTERS = text(f"""
    DELETE FROM case_reporter p USING case_report r, case_now c
    WHERE r.id = p.report_id AND c.id = r.case_id AND c.status IN {_ENDED}
      AND c.updated_at < :before""")  # noqa: S608 - a fixed list
_OLD = text(f"""
    SELECT c.id FROM case_now c WHERE c.status IN {_ENDED} AND c.updated_at < :before
      AND EXISTS (SELECT FROM case_text t WHERE t.case_id = c.id)
    ORDER BY c.id LIMIT 1000""")  # noqa: S608 - a fixed list
_EVENTS = text("""
    SELECT version, type, data, actor, account, on_behalf_of, at, clocks FROM case_event
    WHERE case_id = :id ORDER BY version""")
_SCRUB = text("""
    UPDATE case_now SET title = :title, description = :description, address = :address,
        state = CAST(:state AS jsonb) WHERE id = :id""")


def run(conn: Connection, policy: Policy, now: datetime) -> Purged:
    """Forget what is over its time, in the caller's transaction; at most 1,000 cases a run.

    Args:
        conn: inside a transaction.
        policy: how long each kind of thing is kept, in days.
        now: the moment the days are counted back from.
    """
    reporters_before = now - timedelta(days=policy.reporter_days)
    texts_before = now - timedelta(days=policy.text_days)
    reporters = conn.execute(_REPORTERS, {"before": reporters_before}).rowcount
    conn.execute(text("SELECT set_config('pianqu.purging', 'yes', true)"))
    cases = texts = 0
    for id in conn.execute(_OLD, {"before": texts_before}).scalars().all():
        texts += _forget(conn, id)
        cases += 1
    conn.execute(text("SELECT set_config('pianqu.purging', '', true)"))
    unreadable = conn.execute(
        text("DELETE FROM intake_rejected WHERE at < :before"), {"before": texts_before}
    ).rowcount
    access = conn.execute(
        text("DELETE FROM access_log WHERE at < :before"),
        {"before": now - timedelta(days=policy.access_log_days)},
    ).rowcount
    answers = conn.execute(
        text("DELETE FROM idempotency WHERE at < :before"), {"before": now - timedelta(days=2)}
    ).rowcount
    done = Purged(
        reporters=reporters,
        texts=texts,
        cases=cases,
        access=access,
        unreadable=unreadable,
        answers=answers,
    )
    _log(conn, done, now, texts_before)
    return done


def _forget(conn: Connection, id: UUID) -> int:
    """One case's texts: beside the journal, in the projection, in reports and in messages."""
    gone = conn.execute(text("DELETE FROM case_text WHERE case_id = :id"), {"id": id}).rowcount
    case = replay(recorded(row, {}) for row in conn.execute(_EVENTS, {"id": id}))
    conn.execute(
        _SCRUB,
        {
            "id": id,
            "title": case.report.title,
            "description": case.report.description,
            "address": case.report.address,
            "state": orjson.dumps(msgspec.to_builtins(case)).decode(),
        },
    )
    for statement in (
        "DELETE FROM case_reporter USING case_report r WHERE r.id = report_id AND r.case_id = :id",
        "UPDATE case_report SET body = '{}' WHERE case_id = :id",
        "DELETE FROM mailbox WHERE case_id = :id",
        "DELETE FROM outbox WHERE subject = CAST(:id AS text)",
        "DELETE FROM street_centre_inbox WHERE message ->> 'subject' = CAST(:id AS text)",
    ):
        conn.execute(text(statement), {"id": id})
    return gone


def _log(conn: Connection, done: Purged, now: datetime, before: datetime) -> None:
    counts: dict[str, Any] = msgspec.to_builtins(done)
    for what, rows in counts.items():
        if rows:
            conn.execute(
                text(
                    "INSERT INTO purge_log (at, what, rows, older_than)"
                    " VALUES (:now, :what, :rows, :before)"
                ),
                {"now": now, "what": what, "rows": rows, "before": before},
            )
