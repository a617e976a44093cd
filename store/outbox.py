"""Messages that must leave the house: put in the same transaction as the fact they tell.

Each has one id for ever, so a receiver can tell a second copy from a second message. Claiming
takes a lock that dies with the worker, so that nothing is lost and nothing waits on a corpse.

What is told one recipient about one subject goes in the order of writing (`seq`): a withdrawal
never overtakes its refusal. A dead letter does not hold up those behind it.
"""

from collections.abc import Sequence
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
    seq: int = 0
    recipient: str | None = None
    channel: str | None = None
    provider_id: str | None = None
    read_at: datetime | None = None


class Overtaken(Exception):
    """A later message to the same recipient is there already: this one would undo it."""


_COLUMNS = (
    "m.id, m.topic, m.subject, m.payload, m.status, m.attempts, m.created_at, m.next_at,"
    " m.delivered_at, m.last_error, m.seq, m.recipient, m.channel, m.provider_id, m.read_at"
)
_PUT = text(
    "INSERT INTO outbox (id, topic, subject, recipient, payload, next_at, created_at)"
    " VALUES (:id, :topic, :subject, :recipient, :payload, :at, :at)"
).bindparams(bindparam("payload", type_=JSONB))
# Nothing earlier in the same lane is still on its way.
_FIRST_IN_LANE = (
    "NOT EXISTS (SELECT 1 FROM outbox e WHERE e.subject = m.subject AND e.topic = m.topic"
    " AND e.recipient IS NOT DISTINCT FROM m.recipient AND e.status = 'pending' AND e.seq < m.seq)"
)
_DUE = text(
    "SELECT m.id FROM outbox m WHERE m.status = 'pending' AND m.next_at <= :now"  # noqa: S608
    f" AND {_FIRST_IN_LANE}"
    " ORDER BY (m.payload -> 'urgent') IS NOT DISTINCT FROM 'true'::jsonb DESC, m.next_at, m.seq"
    " LIMIT 20"
)
# An advisory lock and not FOR UPDATE: a row lock would give the transaction a number, and the
# live feed waits for the oldest numbered transaction while a slow receiver makes up its mind.
_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended(CAST(:id AS text), 0))")
_STILL_DUE = text(
    f"SELECT {_COLUMNS} FROM outbox m"  # noqa: S608 - fixed column list
    f" WHERE m.id = :id AND m.status = 'pending' AND m.next_at <= :now AND {_FIRST_IN_LANE}"
)
_NEXT_AT = text(
    "SELECT min(m.next_at) FROM outbox m"  # noqa: S608 - fixed condition
    f" WHERE m.status = 'pending' AND {_FIRST_IN_LANE}"
)
_LIST = text(
    f"SELECT {_COLUMNS} FROM outbox m"  # noqa: S608 - fixed column list
    " WHERE (CAST(:status AS text) IS NULL OR m.status = :status)"
    " AND (CAST(:recipient AS text) IS NULL OR m.recipient = :recipient)"
    " AND (CAST(:subject AS text) IS NULL OR m.subject = :subject)"
    " ORDER BY m.created_at DESC, m.seq DESC LIMIT :limit"
)
_SOME = text(
    f"SELECT {_COLUMNS} FROM outbox m WHERE m.id = ANY(:ids)"  # noqa: S608 - fixed column list
    " ORDER BY m.created_at DESC, m.seq DESC"
)
_DONE = text(
    "UPDATE outbox SET status = 'delivered', attempts = attempts + 1, delivered_at = :now,"
    " channel = coalesce(:channel, channel), provider_id = :provider_id, last_error = :note"
    " WHERE id = :id"
)
_LATER = text(
    "UPDATE outbox SET attempts = :attempts, last_error = :error, next_at = :next_at,"
    " status = :status, channel = coalesce(:channel, channel) WHERE id = :id"
)
_OVERTAKEN = text(
    "SELECT 1 FROM outbox m JOIN outbox l ON l.subject = m.subject AND l.topic = m.topic"
    " AND l.recipient IS NOT DISTINCT FROM m.recipient AND l.seq > m.seq"
    " WHERE m.id = :id AND m.recipient IS NULL AND m.status <> 'delivered'"
    " AND l.status = 'delivered'"
)
_RETRY = text(
    "UPDATE outbox SET status = 'pending', attempts = 0, next_at = :now"
    " WHERE id = :id AND status <> 'delivered' RETURNING id"
)


def put(
    conn: Connection,
    *,
    id: UUID,
    topic: str,
    subject: str,
    payload: dict[str, Any],
    now: datetime,
    recipient: str | None = None,
) -> None:
    """Add a message in the caller's transaction and wake the worker when it commits."""
    conn.execute(
        _PUT,
        {
            "id": id,
            "topic": topic,
            "subject": subject,
            "recipient": recipient,
            "payload": payload,
            "at": now,
        },
    )
    _wake(conn)


def claim(conn: Connection, now: datetime) -> Message | None:
    """Lock the next message that is due, urgent ones first; held until the transaction ends.

    Nothing is written, so the transaction may stay open while the message is on its way.
    """
    for id in conn.execute(_DUE, {"now": now}).scalars().all():
        if conn.execute(_LOCK, {"id": id}).scalar_one():
            # Asked again behind the lock: another worker may have sent it in between.
            row = conn.execute(_STILL_DUE, {"id": id, "now": now}).mappings().first()
            if row:
                return Message(**row)
    return None


def done(
    conn: Connection,
    id: UUID,
    now: datetime,
    *,
    channel: str | None = None,
    provider_id: str | None = None,
    note: str | None = None,
) -> None:
    """Note that the receiver has the message.

    Args:
        conn: the transaction that claimed it.
        id: of the message.
        now: when it was there.
        channel: by which way.
        provider_id: the number the way gave it.
        note: what was not as it should be although it arrived, such as one holder of two.
    """
    values = {"id": id, "now": now, "channel": channel, "provider_id": provider_id}
    conn.execute(_DONE, {**values, "note": note[:500] if note else None})


def later(
    conn: Connection,
    message: Message,
    *,
    error: str,
    now: datetime,
    channel: str | None = None,
    pause_s: float | None = None,
    final: bool = False,
) -> bool:
    """Note a failed attempt and set the next one; after the last one the letter is dead.

    Args:
        conn: the transaction that claimed it.
        message: as it was claimed.
        error: why it failed.
        now: when.
        channel: by which way.
        pause_s: what the other side asks for, where that is longer than our own pause.
        final: no further attempt can help.

    Returns:
        Whether the message is dead and waits for a person.
    """
    attempts = message.attempts + 1
    dead = final or attempts >= MAX_ATTEMPTS
    pause = max(BACKOFF_S[min(attempts, len(BACKOFF_S)) - 1], pause_s or 0)
    conn.execute(
        _LATER,
        {
            "id": message.id,
            "attempts": attempts,
            "error": error[:500],
            "next_at": now + timedelta(seconds=pause),
            "status": "dead" if dead else "pending",
            "channel": channel,
        },
    )
    return dead


def hold(conn: Connection, id: UUID, until: datetime) -> None:
    """Let a message wait until a moment; that is no attempt."""
    conn.execute(
        text("UPDATE outbox SET next_at = :until WHERE id = :id AND status = 'pending'"),
        {"id": id, "until": until},
    )


def retry(conn: Connection, id: UUID, now: datetime) -> bool:
    """Put a dead or waiting message at the front again; False if there is none.

    Raises:
        Overtaken: it goes to another system, which has a later message on the same subject.
    """
    if conn.execute(_OVERTAKEN, {"id": id}).first():
        raise Overtaken(str(id))
    changed = conn.execute(_RETRY, {"id": id, "now": now}).first()
    if changed:
        _wake(conn)
    return changed is not None


def note_read(conn: Connection, id: UUID, now: datetime) -> None:
    """Note that the recipient has read it; what was still underway has thereby arrived."""
    changed = conn.execute(
        text(
            "UPDATE outbox SET read_at = :now,"
            " status = CASE WHEN status = 'dead' THEN 'pending' ELSE status END,"
            " next_at = CASE WHEN status = 'delivered' THEN next_at ELSE :now END"
            " WHERE id = :id AND read_at IS NULL RETURNING status"
        ),
        {"id": id, "now": now},
    ).scalar_one_or_none()
    if changed == "pending":
        _wake(conn)


def next_at(conn: Connection) -> datetime | None:
    """When the next message is due, or None when nothing waits."""
    moment: datetime | None = conn.execute(_NEXT_AT).scalar_one()
    return moment


def one(conn: Connection, id: UUID) -> Message | None:
    """One message."""
    row = conn.execute(
        text(f"SELECT {_COLUMNS} FROM outbox m WHERE m.id = :id"),  # noqa: S608 - fixed columns
        {"id": id},
    ).mappings().first()  # fmt: skip
    return Message(**row) if row else None


def some(conn: Connection, ids: Sequence[UUID]) -> tuple[Message, ...]:
    """Messages by id, newest first."""
    rows = conn.execute(_SOME, {"ids": list(ids)}).mappings()
    return tuple(Message(**row) for row in rows)


def messages(
    conn: Connection,
    *,
    status: str | None,
    recipient: str | None = None,
    subject: str | None = None,
    limit: int = 200,
) -> tuple[Message, ...]:
    """The newest messages, of one status, recipient or subject, or of all."""
    rows = conn.execute(
        _LIST, {"status": status, "recipient": recipient, "subject": subject, "limit": limit}
    ).mappings()
    return tuple(Message(**row) for row in rows)


def _wake(conn: Connection) -> None:
    conn.execute(text(f"NOTIFY {CHANNEL}"))
