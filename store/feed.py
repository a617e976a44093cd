"""Ordered, durable facts: what changed, for those who follow live.

Identity numbers are given at insert but seen at commit, so a reader by id alone can miss a row
(architecture 8.4). Rows carry their transaction's number; readers order by (xid, id) and read only
below the oldest running transaction. A cursor is `epoch.xid.id`; the epoch changes on restore.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

CHANNEL = "pianqu_feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened: ids only, never personal data."""

    kind: str
    subject: str
    type: str
    areas: tuple[str, ...]
    at: datetime
    cursor: str = ""


class StaleCursor(Exception):
    """The cursor is of another epoch or malformed: the follower must read everything anew."""


_INSERT = text(
    "INSERT INTO feed (kind, subject, type, areas, at) VALUES (:kind, :subject, :type, :areas, :at)"
).bindparams(bindparam("areas", type_=ARRAY(Text)))

# f.xid in the order, not xid: the plain name is the answer's text, where '1000' is before '999'.
_READ = text("""
    SELECT f.xid::text AS xid, f.id, f.kind, f.subject, f.type, f.areas, f.at FROM feed f
    WHERE (f.xid, f.id) > (CAST(:xid AS xid8), :id)
      AND f.xid < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY f.xid, f.id LIMIT :limit""")

_HEAD = text("""
    SELECT (SELECT epoch FROM feed_epoch) AS epoch, f.xid::text AS xid, f.id
    FROM (SELECT 1) one LEFT JOIN LATERAL (
        SELECT xid, id FROM feed WHERE xid < pg_snapshot_xmin(pg_current_snapshot())
        ORDER BY xid DESC, id DESC LIMIT 1) f ON true""")

# If the newest row is readable all are. Asked as "is there a row at or above xmin", a table without
# statistics would be read from end to end each time.
_WAITING = text("""
    SELECT coalesce((SELECT xid >= pg_snapshot_xmin(pg_current_snapshot()) FROM feed
        ORDER BY xid DESC, id DESC LIMIT 1), false)""")


def append(conn: Connection, facts: Sequence[Fact]) -> None:
    """Add facts in the caller's transaction and wake the followers when it commits."""
    for fact in facts:
        conn.execute(
            _INSERT,
            {
                "kind": fact.kind,
                "subject": fact.subject,
                "type": fact.type,
                "areas": list(fact.areas),
                "at": fact.at,
            },
        )
    if facts:
        conn.execute(text(f"NOTIFY {CHANNEL}"))


def head(conn: Connection) -> str:
    """The cursor behind the newest readable fact."""
    row = conn.execute(_HEAD).one()
    return f"{row.epoch}.{row.xid or 0}.{row.id or 0}"


def after(conn: Connection, cursor: str, limit: int = 500) -> tuple[Fact, ...]:
    """The facts behind the cursor, in order.

    Raises:
        StaleCursor: the cursor belongs to another epoch or is not one of ours.
    """
    epoch, xid, number = _parts(cursor)
    if conn.execute(text("SELECT epoch FROM feed_epoch")).scalar_one() != epoch:
        raise StaleCursor(cursor)
    rows = conn.execute(_READ, {"xid": str(xid), "id": number, "limit": limit})
    return tuple(
        Fact(
            kind=row.kind,
            subject=row.subject,
            type=row.type,
            areas=tuple(row.areas),
            at=row.at,
            cursor=f"{epoch}.{row.xid}.{row.id}",
        )
        for row in rows
    )


def rows_wait(conn: Connection) -> bool:
    """Whether committed or running rows are not readable yet, so that one must look again soon."""
    return bool(conn.execute(_WAITING).scalar_one())


def _parts(cursor: str) -> tuple[str, int, int]:
    try:
        epoch, xid, number = cursor.split(".")
        parts = epoch, int(xid), int(number)
    except ValueError as error:
        raise StaleCursor(cursor) from error
    if not (0 <= parts[1] < 2**63 and 0 <= parts[2] < 2**63):
        raise StaleCursor(cursor)
    return parts
