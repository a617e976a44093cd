"""Where all chains stand, written down now and then: a tail cut off with its head is missed.

An anchor names the heads that moved since the one before it, and its digest covers that one's: so
one digest that is written down outside the house stands for all that was anchored up to it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from cases.chain import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One digest over all chains, and how much it covers."""

    cases: int
    events: int
    digest: str


_LAST = text("SELECT digest, cases, events FROM audit_anchor ORDER BY id DESC LIMIT 1")
_MOVED = text("""
    SELECT c.id AS case_id, c.version, encode(c.chain_head, 'hex') AS hash FROM case_now c
    WHERE c.chain_head IS NOT NULL AND NOT EXISTS (
        SELECT FROM audit_head h
        WHERE h.case_id = c.id AND h.version = c.version AND h.hash = c.chain_head)
    ORDER BY c.id""")
_COUNT = text("SELECT count(*) AS cases, coalesce(sum(version), 0) AS events FROM case_now")
_WRITE = text("""
    WITH anchor AS (
        INSERT INTO audit_anchor (at, cases, events, digest)
        VALUES (:at, :cases, :events, :digest) RETURNING id)
    INSERT INTO audit_head (anchor_id, case_id, version, hash)
    SELECT anchor.id, m.case_id, m.version, decode(m.hash, 'hex') FROM anchor, unnest(
        CAST(:ids AS uuid[]), CAST(:versions AS int[]), CAST(:hashes AS text[]))
        AS m (case_id, version, hash)""")
_ALL = text("""
    SELECT a.id, a.at, a.cases, a.events, a.digest, h.case_id, h.version,
        encode(h.hash, 'hex') AS hash
    FROM audit_anchor a LEFT JOIN audit_head h ON h.anchor_id = a.id
    ORDER BY a.id, h.case_id""").execution_options(stream_results=True)
_MISSING = text("""
    SELECT h.case_id, min(h.version) AS version FROM audit_head h
    LEFT JOIN case_event e
        ON e.case_id = h.case_id AND e.version = h.version AND e.hash = h.hash
    WHERE e.case_id IS NULL AND (CAST(:case AS uuid) IS NULL OR h.case_id = :case)
    GROUP BY h.case_id ORDER BY h.case_id LIMIT 1000""")


def anchor(conn: Connection, now: datetime) -> Head:
    """Write down where all chains stand; nothing where none has moved.

    Args:
        conn: inside a transaction; another anchor waits until it ends.
        now: the moment the anchor bears.
    """
    conn.execute(text("LOCK TABLE audit_anchor IN SHARE ROW EXCLUSIVE MODE"))
    last = conn.execute(_LAST).one_or_none()
    moved = conn.execute(_MOVED).all()
    if last is not None and not moved:
        return Head(cases=last.cases, events=last.events, digest=last.digest)
    count = conn.execute(_COUNT).one()
    head = Head(
        cases=count.cases,
        events=count.events,
        digest=_digest(last.digest if last else "", now, (count.cases, count.events), moved),
    )
    conn.execute(
        _WRITE,
        {
            "at": now,
            "cases": head.cases,
            "events": head.events,
            "digest": head.digest,
            "ids": [row.case_id for row in moved],
            "versions": [row.version for row in moved],
            "hashes": [row.hash for row in moved],
        },
    )
    return head


def heads(conn: Connection) -> Head:
    """One digest over where all chains stand at this moment, for a backup's manifest."""
    rows = conn.execute(
        text("SELECT id, version, encode(chain_head, 'hex') AS head FROM case_now ORDER BY id")
    )
    whole, cases, events = hashlib.sha256(), 0, 0
    for row in rows:
        whole.update(f"{row.id} {row.version} {row.head}\n".encode())
        cases, events = cases + 1, events + row.version
    return Head(cases=cases, events=events, digest=whole.hexdigest())


def faults(
    conn: Connection, case_id: UUID | None = None, against: str | None = None
) -> Iterator[Finding]:
    """What the anchors say against the histories, and whether they are as they were written.

    Args:
        conn: reads only.
        case_id: look for the heads of one case only.
        against: a digest of an earlier `anchor` that must be among them.
    """
    known, before = set(), ""
    for (id, at, cases, events, digest), rows in groupby(conn.execute(_ALL), lambda row: row[:5]):
        moved = [row for row in rows if row.case_id is not None]
        if digest != _digest(before, at, (cases, events), moved):
            yield Finding(case=f"锚点 {id}", version=None, fault="锚点内容与摘要不符")
        before = digest
        known.add(digest)
    if against is not None and against not in known:
        yield Finding(case="锚点", version=None, fault="没有与所给摘要相符的锚点")
    for gone in conn.execute(_MISSING, {"case": case_id}):
        yield Finding(case=str(gone.case_id), version=gone.version, fault="锚点里的事件已不在")


def _digest(before: str, at: datetime, counts: tuple[int, int], moved: Iterable[Any]) -> str:
    """Covers the anchor before, the moment, the counts and each head that moved."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    whole = hashlib.sha256(f"{before} {moment} {counts[0]} {counts[1]}\n".encode())
    for row in moved:
        whole.update(f"{row.case_id} {row.version} {row.hash}\n".encode())
    return whole.hexdigest()
