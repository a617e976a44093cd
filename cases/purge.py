"""Forgets what must not be kept for ever: reporters first, then texts; never an event.

The journal refers to texts by hash, so a purged case still verifies; its projection is made anew
from the purged history, so that nothing of the text is left there.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import orjson
from sqlalchemy import Connection, text

from cases.attachments import forget_case
from cases.audit import recorded
from cases.history import replay
from cases.model import ENDED
from cases.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What was forgotten, in rows."""

    reporters: int
    texts: int
    cases: int
    files: int
    access: int
    unreadable: int
    answers: int

    def __add__(self, other: "Purged") -> "Purged":
        """What two rounds forgot together."""
        return Purged(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )


MOST = 1000
_OLD_CASE = (
    f"c.status IN ({', '.join(repr(one.value) for one in sorted(ENDED))})"
    " AND c.updated_at < :before"
)
# With the reporter goes the hash of the report, as a telephone number could be guessed from it,
# and what the source sent beyond our fields.
_REPORTERS = text(f"""
    WITH gone AS (
        DELETE FROM case_reporter p USING case_report r, case_now c
        WHERE r.id = p.report_id AND c.id = r.case_id AND {_OLD_CASE} RETURNING p.report_id
    ), hidden AS (
        UPDATE case_report r SET content_hash = 'purged ' || r.id, body = r.body - 'extra'
        FROM case_now c WHERE c.id = r.case_id AND {_OLD_CASE}
          AND r.content_hash NOT LIKE 'purged %')
    SELECT count(*) FROM gone""")  # noqa: S608 - a fixed list
# Held until the transaction ends, so that no writer's newer projection is overwritten.
_OLD = text(f"""
    SELECT c.id FROM case_now c WHERE {_OLD_CASE}
      AND EXISTS (SELECT FROM case_text t WHERE t.case_id = c.id)
    ORDER BY c.id LIMIT :most FOR UPDATE OF c SKIP LOCKED""")  # noqa: S608 - a fixed list
_OLD_FILES = text(f"""
    SELECT c.id FROM case_now c WHERE {_OLD_CASE}
      AND EXISTS (SELECT FROM case_attachment a WHERE a.case_id = c.id)
    ORDER BY c.id LIMIT :most""")  # noqa: S608 - a fixed list
_EVENTS = text("""
    SELECT version, type, data, actor, account, on_behalf_of, at, clocks FROM case_event
    WHERE case_id = :id ORDER BY version""")
_SCRUB = text("""
    UPDATE case_now SET title = :title, description = :description, address = :address,
        state = CAST(:state AS jsonb) WHERE id = :id""")


def run(conn: Connection, policy: Policy, now: datetime, most: int = MOST) -> Purged:
    """Forget what is over its time, in the caller's transaction.

    Args:
        conn: inside a transaction.
        policy: how long each kind of thing is kept, in days.
        now: the moment the days are counted back from.
        most: how many cases at a time; where `cases` or `files` comes to it, run again.
    """
    reporters_before = now - timedelta(days=policy.reporter_days)
    texts_before = now - timedelta(days=policy.text_days)
    files_before = now - timedelta(days=policy.attachments_days)
    reporters = conn.execute(_REPORTERS, {"before": reporters_before}).scalar_one()
    conn.execute(text("SELECT set_config('pianqu.purging', 'yes', true)"))
    cases = texts = 0
    for id in conn.execute(_OLD, {"before": texts_before, "most": most}).scalars().all():
        texts += _forget(conn, id, now)
        cases += 1
    conn.execute(text("SELECT set_config('pianqu.purging', '', true)"))
    old_files = conn.execute(_OLD_FILES, {"before": files_before, "most": most}).scalars().all()
    for id in old_files:
        forget_case(conn, id)
    # They hold a name and a number as often as not.
    unreadable = conn.execute(
        text("DELETE FROM intake_rejected WHERE at < :before"), {"before": reporters_before}
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
        files=len(old_files),
        access=access,
        unreadable=unreadable,
        answers=answers,
    )
    before = {
        "reporters": reporters_before,
        "unreadable": reporters_before,
        "texts": texts_before,
        "cases": texts_before,
        "files": files_before,
        "access": now - timedelta(days=policy.access_log_days),
        "answers": now - timedelta(days=2),
    }
    _log(conn, done, now, before)
    return done


def _forget(conn: Connection, id: UUID, now: datetime) -> int:
    """One case's texts: beside the journal, in the projection, in reports and in messages."""
    gone = conn.execute(text("DELETE FROM case_text WHERE case_id = :id"), {"id": id}).rowcount
    case = replay(recorded(row, {}) for row in conn.execute(_EVENTS, {"id": id}))
    conn.execute(
        text(
            "INSERT INTO case_purge (case_id, version, at) VALUES (:id, :version, :now)"
            " ON CONFLICT DO NOTHING"
        ),
        {"id": id, "version": case.version, "now": now},
    )
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
        "UPDATE case_report SET body = '{}', content_hash = 'purged ' || id WHERE case_id = :id",
        "UPDATE case_attachment SET name = '' WHERE case_id = :id",
        "DELETE FROM mailbox WHERE case_id = :id",
        "DELETE FROM outbox WHERE subject = CAST(:id AS text)",
        "DELETE FROM street_centre_inbox WHERE message ->> 'subject' = CAST(:id AS text)",
    ):
        conn.execute(text(statement), {"id": id})
    return gone


def _log(conn: Connection, done: Purged, now: datetime, before: dict[str, datetime]) -> None:
    counts: dict[str, Any] = msgspec.to_builtins(done)
    for what, rows in counts.items():
        if rows:
            conn.execute(
                text(
                    "INSERT INTO purge_log (at, what, rows, older_than)"
                    " VALUES (:now, :what, :rows, :before)"
                ),
                {"now": now, "what": what, "rows": rows, "before": before[what]},
            )
