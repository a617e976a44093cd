"""The gazetteer's version: one row a change, written one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, text

__all__ = ["Change", "changes", "lock", "note", "version"]

_LOCK = 7069617


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changed the gazetteer, when and why."""

    version: int
    at: datetime
    by: str
    reason: str
    source: str
    counts: Mapping[str, int]


def lock(conn: Connection) -> None:
    """Write alone until the end of the transaction, so that versions are seen in their order."""
    conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def version(conn: Connection) -> str:
    """The version in force, such as `g12`; it costs one look into an index."""
    return f"g{conn.execute(text(_VERSION)).scalar_one()}"


_VERSION = "SELECT coalesce(max(version), 0) FROM gazetteer_change"


def note(
    conn: Connection,
    *,
    by: str,
    at: datetime,
    reason: str,
    source: str = "",
    counts: Mapping[str, int],
) -> int:
    """Write a change down; its number is the new version."""
    number: int = conn.execute(
        text(
            "INSERT INTO gazetteer_change (at, by, reason, source, counts)"
            " VALUES (:at, :by, :reason, :source, CAST(:counts AS jsonb)) RETURNING version"
        ),
        {
            "at": at,
            "by": by,
            "reason": reason,
            "source": source,
            "counts": orjson.dumps(dict(counts)).decode(),
        },
    ).scalar_one()
    return number


def changes(conn: Connection, limit: int = 20) -> tuple[Change, ...]:
    """The last changes, the newest first."""
    found = conn.execute(
        text(
            "SELECT version, at, by, reason, source, counts FROM gazetteer_change"
            " ORDER BY version DESC LIMIT :limit"
        ),
        {"limit": limit},
    ).mappings()
    return tuple(Change(**row) for row in found)
