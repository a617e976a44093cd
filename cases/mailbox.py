"""The inbox on screen: what a post is told, whether it has read it, who is told next.

Always there, whatever else is set up (R52, R55). A message unread is a message unread: it says
nothing of who is logged in where (A-10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from cases.notices import Notice
from store import feed, outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message to one post, and what became of it."""

    id: UUID
    recipient: str
    case_id: UUID | None
    case_number: str | None
    kind: str
    title: str
    body: str
    urgent: bool
    place: str | None
    appointment_at: datetime | None
    created_at: datetime
    read_at: datetime | None
    read_by: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    reminded_at: datetime | None
    hold_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What waits in the mailboxes of some posts."""

    unread: int
    unacknowledged: int


class MailNotFound(Exception):
    """There is no such message for this post."""


_COLUMNS = (
    "m.id, m.recipient, m.case_id, m.case_number, m.kind, m.title, m.body, m.urgent, m.place,"
    " m.appointment_at, m.created_at, m.read_at, m.read_by, m.acknowledged_at, m.acknowledged_by,"
    " m.reminded_at, m.hold_until"
)
_POSTS = bindparam("posts", type_=ARRAY(Text))
# `cases.journal` writes the same row from the same Notice, in the statement of its event.
_WRITE = text("""
    INSERT INTO mailbox (id, recipient, case_id, case_number, kind, title, body, urgent, place,
        appointment_at, created_at)
    VALUES (:id, :recipient, CAST(:case_id AS uuid), :case_number, :kind, :title, :body, :urgent,
        :place, CAST(:appointment_at AS timestamptz), :at)""")
_LIST = text(
    f"SELECT {_COLUMNS} FROM mailbox m"  # noqa: S608 - fixed column list
    " WHERE m.recipient = ANY(:posts) AND (NOT :unread OR m.read_at IS NULL)"
    " ORDER BY (m.read_at IS NULL) DESC, (m.read_at IS NULL AND m.urgent) DESC,"
    " m.created_at DESC, m.id LIMIT :limit"
).bindparams(_POSTS)
_COUNT = text(
    "SELECT count(*) FILTER (WHERE read_at IS NULL) AS unread,"
    " count(*) FILTER (WHERE urgent AND acknowledged_at IS NULL) AS unacknowledged"
    " FROM mailbox WHERE recipient = ANY(:posts)"
    " AND (read_at IS NULL OR (urgent AND acknowledged_at IS NULL))"
).bindparams(_POSTS)
_READ = text(
    "UPDATE mailbox m SET read_at = coalesce(m.read_at, :now),"  # noqa: S608 - fixed column list
    " read_by = coalesce(m.read_by, :by)"
    f" WHERE m.id = :id AND m.recipient = ANY(:posts) RETURNING {_COLUMNS}"
).bindparams(_POSTS)
_ACKNOWLEDGE = text(
    "UPDATE mailbox m SET read_at = coalesce(m.read_at, :now),"  # noqa: S608 - fixed column list
    " read_by = coalesce(m.read_by, :by),"
    " acknowledged_at = coalesce(m.acknowledged_at, :now),"
    " acknowledged_by = coalesce(m.acknowledged_by, :by)"
    f" WHERE m.id = :id AND m.recipient = ANY(:posts) RETURNING {_COLUMNS}"
).bindparams(_POSTS)
# One step each `minutes`; nothing more for a message whose line of people is at its end, nor for
# one whose case has left it behind.
_WHEN = (
    "m.created_at + make_interval(mins => :minutes) * (2 + coalesce("
    "(SELECT max(s.step) FROM mailbox_step s WHERE s.mail_id = m.id), -1))"
)
_WAITS = (
    "m.urgent AND m.read_at IS NULL AND m.acknowledged_at IS NULL AND m.kind <> 'unread'"
    " AND NOT EXISTS (SELECT 1 FROM mailbox_step s WHERE s.mail_id = m.id AND s.step = :last)"
    " AND (c.status IS NULL OR c.status NOT IN"
    " ('closed', 'archived', 'withdrawn', 'merged', 'rejected_out_of_area'))"
)
_UNANSWERED = text(
    f"SELECT {_COLUMNS}, c.desk,"  # noqa: S608 - fixed fragments
    " (SELECT max(s.step) FROM mailbox_step s WHERE s.mail_id = m.id) AS step"
    " FROM mailbox m LEFT JOIN case_now c ON c.id = m.case_id"
    f" WHERE {_WAITS} AND {_WHEN} <= :at"
    " ORDER BY m.created_at, m.id LIMIT :limit"
)
_STEP = text(
    "INSERT INTO mailbox_step (mail_id, step, told, at) VALUES (:id, :step, :told, :now)"
    " ON CONFLICT DO NOTHING RETURNING mail_id"
)
_NEXT_ROLE = text("SELECT next_role FROM next_in_line WHERE role = :role AND step = :step")
_NEXT_DUE = text(
    f"SELECT min({_WHEN})"  # noqa: S608 - fixed fragments
    " FROM mailbox m LEFT JOIN case_now c ON c.id = m.case_id"
    f" WHERE {_WAITS} AND {_WHEN} > :at"
)
# The step that says: there is nobody left to tell.
LAST = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An urgent message nobody has read, and the last step that was taken (None: none yet)."""

    mail: Mail
    desk: str | None
    step: int | None


def send(conn: Connection, notice: Notice, *, subject: str, now: datetime) -> None:
    """Tell a post something that is no case's event (交办事项, roster, a reminder).

    Both rows, mailbox and outbox, are written in the caller's transaction.
    """
    payload = notice.payload
    if notice.mail and notice.recipient:
        conn.execute(
            _WRITE,
            {
                "id": notice.id,
                "recipient": notice.recipient,
                "case_id": payload.get("case_id"),
                "case_number": payload.get("case_number"),
                "kind": payload["kind"],
                "title": payload["title"],
                "body": payload.get("text") or "",
                "urgent": bool(payload.get("urgent")),
                "place": payload.get("place"),
                "appointment_at": payload.get("appointment_at"),
                "at": now,
            },
        )
        areas = (notice.recipient,)
        fact = feed.Fact(
            kind="mail", subject=str(notice.id), type="mail.received", areas=areas, at=now
        )
        feed.append(conn, [fact])
    outbox.put(
        conn,
        id=notice.id,
        topic=notice.topic,
        subject=subject,
        payload=payload,
        now=now,
        recipient=notice.recipient,
    )


def letters(
    conn: Connection, posts: Sequence[str], *, unread: bool = False, limit: int = 200
) -> tuple[Mail, ...]:
    """The messages of some posts: unread first, of those the urgent ones, then the newest."""
    rows = conn.execute(_LIST, {"posts": list(posts), "unread": unread, "limit": limit}).mappings()
    return tuple(Mail(**row) for row in rows)


def counts(conn: Connection, posts: Sequence[str]) -> Counts:
    """How many wait to be read, and how many urgent ones to be acknowledged."""
    return Counts(**conn.execute(_COUNT, {"posts": list(posts)}).mappings().one())


def read(conn: Connection, id: UUID, *, posts: Sequence[str], by: str, now: datetime) -> Mail:
    """Note that a post has read a message; the first reading counts.

    Raises:
        MailNotFound: none such for these posts.
    """
    return _changed(conn, _READ, id, posts, by, now)


def acknowledge(
    conn: Connection, id: UUID, *, posts: Sequence[str], by: str, now: datetime
) -> Mail:
    """Note 已收到: read, and taken on; needed for urgent ones.

    Raises:
        MailNotFound: none such for these posts.
    """
    return _changed(conn, _ACKNOWLEDGE, id, posts, by, now)


def _changed(
    conn: Connection,
    statement: TextClause,
    id: UUID,
    posts: Sequence[str],
    by: str,
    now: datetime,
) -> Mail:
    values = {"id": id, "posts": list(posts), "by": by, "now": now}
    row = conn.execute(statement, values).mappings().first()
    if row is None:
        raise MailNotFound("没有这条消息")
    # Read on screen is arrived, however the other ways stand.
    outbox.note_read(conn, id, now)
    return Mail(**row)


def hold(conn: Connection, id: UUID, until: datetime) -> None:
    """Show that a message will not ring before the morning; on screen it is there already."""
    conn.execute(
        text("UPDATE mailbox SET hold_until = :until WHERE id = :id"), {"id": id, "until": until}
    )


def unanswered(
    conn: Connection, at: datetime, minutes: int, limit: int = 200
) -> tuple[Waiting, ...]:
    """Urgent messages nobody has read, whose next step is due, oldest first.

    The first step is due after so many minutes, and each further one as many later.
    """
    values = {"at": at, "minutes": minutes, "limit": limit, "last": LAST}
    rows = conn.execute(_UNANSWERED, values).mappings()
    return tuple(
        Waiting(
            mail=Mail(**{key: row[key] for key in row if key not in ("desk", "step")}),
            desk=row["desk"],
            step=row["step"],
        )
        for row in rows
    )


def take_step(conn: Connection, id: UUID, step: int, told: str, now: datetime) -> bool:
    """Record that somebody is told of an unanswered message; False when it was done before."""
    values = {"id": id, "step": step, "told": told, "now": now}
    if conn.execute(_STEP, values).first() is None:
        return False
    if step == 0:
        conn.execute(
            text("UPDATE mailbox SET reminded_at = :now WHERE id = :id"), {"id": id, "now": now}
        )
    return True


def next_role(conn: Connection, role: str, step: int) -> str | None:
    """Who is told at a step when a role does not answer; None after the last."""
    found: str | None = conn.execute(_NEXT_ROLE, {"role": role, "step": step}).scalar_one_or_none()
    return found


def next_step_at(conn: Connection, at: datetime, minutes: int) -> datetime | None:
    """When the next step for an unanswered message will be due."""
    moment: datetime | None = conn.execute(
        _NEXT_DUE, {"at": at, "minutes": minutes, "last": LAST}
    ).scalar_one()
    return moment
