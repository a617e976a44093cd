"""Proves that no history was touched: chains, texts, versions, heads, projections and anchors."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import orjson
from sqlalchemy import Connection, text

from cases import events as ev
from cases.chain import Sealed, event_hash, genesis
from cases.clocks import Changes
from cases.history import NO_CHANGES, Recorded, replay
from cases.model import case_from
from cases.sealing import digest, digests, unseal

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing amiss: in which case, at which version, and what."""

    case: str
    version: int | None
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was looked at and what was found."""

    cases: int
    events: int
    texts: int
    purged: int
    findings: tuple[Finding, ...]


_CASES = text("""
    SELECT id, number, version, chain_head, state FROM case_now
    WHERE (CAST(:case AS uuid) IS NULL OR id = :case) AND id > :after ORDER BY id LIMIT :batch""")
_EVENTS = text("""
    SELECT case_id, version, type, data, actor, account, on_behalf_of, at, clocks, prev_hash, hash
    FROM case_event WHERE case_id = ANY(:ids) ORDER BY case_id, version""")
_TEXTS = text("SELECT case_id, digest, salt, value FROM case_text WHERE case_id = ANY(:ids)")
_ORPHANS = text("""
    SELECT DISTINCT e.case_id FROM case_event e
    WHERE NOT EXISTS (SELECT FROM case_now c WHERE c.id = e.case_id) LIMIT 100""")
_UNTOLD = text("""
    SELECT c.number, c.version, count(f.id) AS told FROM case_now c
    LEFT JOIN feed f ON f.kind = 'case' AND f.subject = CAST(c.id AS text)
    WHERE c.id = ANY(:ids) GROUP BY c.id HAVING count(f.id) <> c.version""")


def verify(
    conn: Connection,
    case_id: UUID | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Verdict:
    """Go through all cases, or one, and say all that is amiss.

    Args:
        conn: reads only; best in one REPEATABLE READ transaction, so that nothing moves meanwhile.
        case_id: one case, or None for all.
        progress: is told how many cases are done.
    """
    findings: list[Finding] = []
    cases = events = texts = purged = 0
    for batch in _batches(conn, case_id):
        ids = [row.id for row in batch]
        by_case: dict[UUID, list[Any]] = {id: [] for id in ids}
        for row in conn.execute(_EVENTS, {"ids": ids}):
            by_case[row.case_id].append(row)
        kept: dict[UUID, dict[str, Any]] = {id: {} for id in ids}
        for row in conn.execute(_TEXTS, {"ids": ids}):
            kept[row.case_id][row.digest] = row
        for row in batch:
            own = kept[row.id]
            found, gone = _one(row, by_case[row.id], own)
            findings += found
            purged += gone
            cases, events, texts = cases + 1, events + len(by_case[row.id]), texts + len(own)
        for row in conn.execute(_UNTOLD, {"ids": ids}):
            fault = f"事件 {row.version} 条，实时流 {row.told} 条"
            findings.append(Finding(case=row.number, version=None, fault=fault))
        progress(cases)
    if case_id is None:
        for id in conn.execute(_ORPHANS).scalars():
            findings.append(Finding(case=str(id), version=None, fault="有事件而没有案件"))
        findings += _anchors(conn)
    return Verdict(cases=cases, events=events, texts=texts, purged=purged, findings=tuple(findings))


def _batches(conn: Connection, case_id: UUID | None) -> Iterator[list[Any]]:
    after = UUID(int=0)
    while True:
        rows = conn.execute(_CASES, {"case": case_id, "after": after, "batch": BATCH}).all()
        if not rows:
            return
        yield list(rows)
        after = rows[-1].id


def _one(case: Any, events: list[Any], texts: dict[str, Any]) -> tuple[list[Finding], int]:
    faults = [*_chain_faults(case, events), *_text_faults(events, texts)]
    if not faults and events:
        fault = _projection(case, events, {key: row.value for key, row in texts.items()})
        faults += [(None, fault)] if fault else []
    gone = sum(one not in texts for row in events for one in digests(row.data))
    found = [Finding(case=case.number, version=version, fault=fault) for version, fault in faults]
    return found, gone


def _chain_faults(case: Any, events: list[Any]) -> Iterator[tuple[int | None, str]]:
    head = genesis(case.id)
    for place, row in enumerate(events, start=1):
        before, head = head, event_hash(head, _sealed(row))
        if row.version != place:
            fault = f"版本不连续，应为 {place}"
        elif bytes(row.prev_hash or b"") != before:
            fault = "与前一事件不相接"
        elif bytes(row.hash or b"") != head:
            fault = "内容与哈希不符"
        else:
            continue
        # One fault moves all that follows, so the first says enough.
        yield row.version, fault
        return
    if len(events) != case.version:
        yield None, f"案件版本 {case.version}，事件 {len(events)} 条"
    if bytes(case.chain_head or b"") != head:
        yield None, "链头与案件记录不符"


def _text_faults(events: list[Any], texts: dict[str, Any]) -> Iterator[tuple[int | None, str]]:
    for row in events:
        for one in digests(row.data):
            kept = texts.get(one)
            if kept is not None and digest(bytes(kept.salt), kept.value) != one:
                yield row.version, "文字与哈希不符"


def _sealed(row: Any) -> Sealed:
    return Sealed(
        case_id=row.case_id,
        version=row.version,
        type=row.type,
        data=row.data,
        actor=row.actor,
        account=row.account,
        on_behalf_of=row.on_behalf_of,
        at=row.at,
        clocks=row.clocks,
    )


def _projection(case: Any, events: list[Any], texts: dict[str, str]) -> str | None:
    try:
        told = replay(recorded(row, texts) for row in events)
    except (KeyError, ValueError, msgspec.ValidationError) as error:
        return f"事件不能重放：{type(error).__name__}"
    return None if told == case_from(case.state) else "重放结果与案件记录不符"


def recorded(row: Any, texts: dict[str, str]) -> Recorded:
    """An event row with its texts as the rules see it."""
    return Recorded(
        version=row.version,
        event=ev.from_json(row.type, unseal(row.data, texts)),
        actor=row.actor,
        account=row.account,
        on_behalf_of=row.on_behalf_of,
        at=row.at,
        clocks=msgspec.convert(row.clocks, Changes) if row.clocks else NO_CHANGES,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One digest over the heads of all chains: to be written down outside the house."""

    cases: int
    events: int
    digest: str


def heads(conn: Connection) -> tuple[Head, dict[str, list[Any]]]:
    """The digest over all heads now, and each case's [version, head]."""
    rows = conn.execute(
        text("SELECT id, version, encode(chain_head, 'hex') AS head FROM case_now ORDER BY id")
    ).all()
    whole = hashlib.sha256()
    for row in rows:
        whole.update(f"{row.id} {row.version} {row.head}\n".encode())
    head = Head(cases=len(rows), events=sum(row.version for row in rows), digest=whole.hexdigest())
    return head, {str(row.id): [row.version, row.head] for row in rows}


def anchor(conn: Connection, now: datetime) -> Head:
    """Write down where all chains stand, so that a tail cut off later is missed."""
    head, each = heads(conn)
    last = conn.execute(
        text("SELECT digest FROM audit_anchor ORDER BY id DESC LIMIT 1")
    ).scalar_one_or_none()
    if last != head.digest:
        conn.execute(
            text(
                "INSERT INTO audit_anchor (at, cases, events, digest, heads)"
                " VALUES (:now, :cases, :events, :digest, CAST(:heads AS jsonb))"
            ),
            {
                "now": now,
                "cases": head.cases,
                "events": head.events,
                "digest": head.digest,
                "heads": orjson.dumps(each).decode(),
            },
        )
    return head


def _anchors(conn: Connection) -> list[Finding]:
    """Every head of the newest anchor is still in its chain, and the anchors are as written."""
    found: list[Finding] = []
    rows = conn.execute(text("SELECT id, digest, heads FROM audit_anchor ORDER BY id DESC LIMIT 1"))
    for row in rows:
        whole = hashlib.sha256()
        for id in sorted(row.heads, key=UUID):
            version, head = row.heads[id]
            whole.update(f"{id} {version} {head}\n".encode())
        if whole.hexdigest() != row.digest:
            found.append(Finding(case=f"锚点 {row.id}", version=None, fault="锚点内容与摘要不符"))
        missing = conn.execute(
            text(
                "SELECT a.key AS id, CAST(a.value ->> 0 AS int) AS version"
                " FROM jsonb_each(CAST(:heads AS jsonb)) a"
                " LEFT JOIN case_event e ON e.case_id = CAST(a.key AS uuid)"
                "  AND e.version = CAST(a.value ->> 0 AS int)"
                "  AND encode(e.hash, 'hex') = a.value ->> 1"
                " WHERE e.case_id IS NULL"
            ),
            {"heads": orjson.dumps(row.heads).decode()},
        )
        for gone in missing:
            fault = "锚点里的事件已不在"
            found.append(Finding(case=gone.id, version=gone.version, fault=fault))
    return found
