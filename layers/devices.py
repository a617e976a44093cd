"""The phones of people on duty: a token for each, and what became of what it sent.

The token is shown once and kept as SHA-256. Of a position that was not taken only the reason and
the moment are noted, never the place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from cases.errors import NotPermitted
from cases.people.tokens import digest
from layers.errors import UnknownDevice, UnknownPerson
from layers.fixes import FixProblem

MOST = 10  # open phones of one person
LABEL_MOST = 60
# How exactly we know when a phone was last heard: not a write per position.
_COARSE = timedelta(seconds=30)

_PERSON = text("SELECT id, post, sector FROM person WHERE id = :id")
_OF_POST = text("""
    SELECT id, post, sector FROM person WHERE post = :post ORDER BY id""")
_INSERT = text("""
    INSERT INTO person_device (person_id, label, token_hash, created_at, created_by)
    VALUES (:person, :label, :hash, :now, :by) RETURNING id""")
_OPEN = text("""
    SELECT count(*) FROM person_device WHERE person_id = :person AND revoked_at IS NULL""")
_REVOKE = text("""
    UPDATE person_device SET revoked_at = coalesce(revoked_at, :now),
           revoked_by = coalesce(revoked_by, :by)
    WHERE id = :id AND person_id = :person RETURNING id""")
_BY_TOKEN = text("""
    SELECT d.id, d.person_id, d.last_seen_at FROM person_device d
    WHERE d.token_hash = :hash AND d.revoked_at IS NULL""")
_SEEN = text("UPDATE person_device SET last_seen_at = :now WHERE id = :id")
_LIST = text("""
    SELECT d.id, d.label, d.created_at, d.created_by, d.revoked_at, d.revoked_by, d.last_seen_at,
           w.problem AS last_problem, w.last_at AS last_problem_at,
           (SELECT coalesce(jsonb_object_agg(problem, times), '{}') FROM person_device_problem
            WHERE device_id = d.id) AS problems
    FROM person_device d
    LEFT JOIN LATERAL (
        SELECT problem, last_at FROM person_device_problem
        WHERE device_id = d.id ORDER BY last_at DESC, problem LIMIT 1) w ON true
    WHERE d.person_id = :person ORDER BY d.revoked_at IS NOT NULL, d.id""")
_PROBLEM = text("""
    INSERT INTO person_device_problem (device_id, problem, times, last_at)
    VALUES (:id, :problem, 1, :now)
    ON CONFLICT (device_id, problem) DO UPDATE
    SET times = person_device_problem.times + 1, last_at = excluded.last_at""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A person of the map as far as rights go: the post, and the 片区."""

    id: str
    post: str
    sector: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One phone with an open token."""

    id: int
    person_id: str


def carrier(conn: Connection, person_id: str) -> Carrier:
    """A person by its id.

    Raises:
        UnknownPerson: there is none.
    """
    row = conn.execute(_PERSON, {"id": person_id}).one_or_none()
    if row is None:
        raise UnknownPerson
    return Carrier(id=row.id, post=row.post, sector=row.sector)


def carriers_of(conn: Connection, post: str) -> tuple[Carrier, ...]:
    """The people of the map that a post stands for; nearly always one."""
    rows = conn.execute(_OF_POST, {"post": post})
    return tuple(Carrier(id=row.id, post=row.post, sector=row.sector) for row in rows)


def issue(
    conn: Connection, person_id: str, token: str, *, label: str, by: str, now: datetime
) -> int:
    """Give a person's phone a token; returns the phone's number.

    Raises:
        UnknownPerson: there is no such person.
        NotPermitted: the person has too many phones already.
    """
    carrier(conn, person_id)
    if conn.execute(_OPEN, {"person": person_id}).scalar_one() >= MOST:
        raise NotPermitted(f"此人已登记 {MOST} 台设备，请先停用不用的设备")
    told = {"person": person_id, "label": " ".join(label.split())[:LABEL_MOST] or "手机"}
    id: int = conn.execute(
        _INSERT, {**told, "hash": digest(token), "now": now, "by": by}
    ).scalar_one()
    return id


def revoke(conn: Connection, person_id: str, id: int, *, by: str, now: datetime) -> None:
    """End a phone's token at once; the line stays.

    Raises:
        UnknownDevice: the person has no such phone.
    """
    told = {"id": id, "person": person_id, "now": now, "by": by}
    if conn.execute(_REVOKE, told).first() is None:
        raise UnknownDevice("此人没有这台设备")


def by_token(conn: Connection, token: str, now: datetime) -> Device | None:
    """The phone of a token; None: unknown or revoked."""
    row = conn.execute(_BY_TOKEN, {"hash": digest(token)}).one_or_none()
    if row is None:
        return None
    if row.last_seen_at is None or now - row.last_seen_at >= _COARSE:
        conn.execute(_SEEN, {"id": row.id, "now": now})
    return Device(id=row.id, person_id=row.person_id)


def note_problem(conn: Connection, device: Device, problem: FixProblem, now: datetime) -> None:
    """Count a position that was not taken."""
    conn.execute(_PROBLEM, {"id": device.id, "problem": problem.value, "now": now})


def listed(conn: Connection, person_id: str) -> Sequence[dict[str, Any]]:
    """The phones of a person, open ones first; never a token."""
    rows = conn.execute(_LIST, {"person": person_id}).mappings()
    return [dict(row) for row in rows]
