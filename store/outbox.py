"""Messages that must leave the house: put in the same transaction as the fact they tell.

Each has one id for ever, so a receiver can tell a second copy from a second message. Claiming
takes a lock that dies with the worker, so that nothing is lost and nothing waits on a corpse.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

CHANNEL = "pianqu_outbox"
BACKOFF_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 900)
MAX_ATTEMPTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message and how its delivery stands."""

    id: UUID
    topic: str
    subject: str
    payload: dict[str, Any]
    status: str
    attempts: int
    created_at: datetime
    next_at: datetime
    delivered_at: datetime | None
    last_error: str | None


_COLUMNS = (
    "id, topic, subject, payload, status, attempts, created_at, next_at, delivered_at, last_error"
)
_PUT = text(
    "INSERT INTO outbox (id, topic, subject, payload, next_at, created_at)"
    " VALUES (:id, :topic, :subject, :payload, :at, :at)"
).bindparams(bindparam("payload", type_=JSONB))
_DUE = text(
    "SELECT id FROM outbox WHERE status = 'pending' AND next_at <= :now"
    " ORDER BY next_at, id LIMIT 20"
)
# An advisory lock and not FOR UPDATE: a row lock would give the transaction a number, and the
# live feed waits for the oldest numbered transaction while a slow receiver makes up its mind.
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(CAST(:id AS text), 0))")
_STILL_DUE = text(
    f"SELECT {_COLUMNS} FROM outbox"  # noqa: S608 - fixed column list
    " WHERE id = :id AND status = 'pending' AND next_at <= :now"
)
_NEXT_AT = text("SELECT min(next_at) FROM outbox WHERE status = 'pending'")
_LIST = text(
    f"SELECT {_COLUMNS} FROM outbox"  # noqa: S608 - fixed column list
    " WHERE (CAST(:status AS text) IS NULL OR status = :status)"
    " ORDER BY created_at DESC, id LIMIT :limit"
)


def put(
    conn: Connection, *, id: UUID, topic: str, subject: str, payload: dict[str, Any], now: datetime
) -> None:
    """Add a message in the caller's transaction and wake the worker when it commits."""
    conn.execute(
        _PUT, {"id": id, "topic": topic, "subject": subject, "payload": payload, "at": now}
    )
    conn.execute(text(f"NOTIFY {CHANNEL}"))


def claim(conn: Connection, now: datetime) -> Message | None:
    """Lock the next message that is due; the lock holds until the caller's transaction ends.

    Nothing is written, so the transaction may stay open while the message is on its way.
    """
    for id in conn.execute(_DUE, {"now": now}).scalars().all():
        if conn.execute(_LOCK, {"id": id}).scalar_one():
            # Asked again behind the lock: another worker may have sent it in between.
            row = conn.execute(_STILL_DUE, {"id": id, "now": now}).mappings().first()
            if row:
                return Message(**row)
    return None


def done(conn: Connection, id: UUID, now: datetime) -> None:
    """Note that the receiver has the message."""
    conn.execute(
        text(
            "UPDATE outbox SET status = 'delivered', attempts = attempts + 1, delivered_at = :now,"
            " last_error = NULL WHERE id = :id"
        ),
        {"id": id, "now": now},
    )


def later(conn: Connection, message: Message, *, error: str, now: datetime) -> bool:
    """Note a failed attempt and set the next one; after the last one the letter is dead.

    Returns:
        Whether the message is dead and waits for a person.
    """
    attempts = message.attempts + 1
    dead = attempts >= MAX_ATTEMPTS
    pause = BACKOFF_S[min(attempts, len(BACKOFF_S)) - 1]
    conn.execute(
        text(
            "UPDATE outbox SET attempts = :attempts, last_error = :error, next_at = :next_at,"
            " status = :status WHERE id = :id"
        ),
        {
            "id": message.id,
            "attempts": attempts,
            "error": error[:500],
            "next_at": now + timedelta(seconds=pause),
            "status": "dead" if dead else "pending",
        },
    )
    return dead


def retry(conn: Connection, id: UUID, now: datetime) -> bool:
    """Put a dead or waiting message at the front again; False if there is none."""
    changed = conn.execute(
        text(
            "UPDATE outbox SET status = 'pending', attempts = 0, next_at = :now"
            " WHERE id = :id AND status <> 'delivered' RETURNING id"
        ),
        {"id": id, "now": now},
    ).first()
    if changed:
        conn.execute(text(f"NOTIFY {CHANNEL}"))
    return changed is not None


def next_at(conn: Connection) -> datetime | None:
    """When the next message is due, or None when nothing waits."""
    moment: datetime | None = conn.execute(_NEXT_AT).scalar_one()
    return moment


def messages(conn: Connection, *, status: str | None, limit: int = 200) -> tuple[Message, ...]:
    """The newest messages, of one status or of all."""
    rows = conn.execute(_LIST, {"status": status, "limit": limit}).mappings()
    return tuple(Message(**row) for row in rows)
