"""Proves that no history was touched: chains, texts, versions, heads, projections and anchors."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, text

from cases import anchors
from cases import events as ev
from cases.chain import Finding, Sealed, event_hash, genesis
from cases.clocks import Changes
from cases.history import NO_CHANGES, Recorded, replay
from cases.model import Case, case_from
from cases.ownership import audience, owner
from cases.sealing import digest, digests, unseal

BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was looked at and what was found."""

    cases: int
    events: int
    texts: int
    purged: int
    findings: tuple[Finding, ...]


_CASES = text("""
    SELECT c.id, c.number, c.version, c.chain_head, c.state, c.status, c.desk, c.title,
        c.description, c.address, c.owner, c.audience, c.urgent, c.supervised, c.closed_at,
        (SELECT coalesce(max(p.version), 0) FROM case_purge p WHERE p.case_id = c.id) AS purged
    FROM case_now c
    WHERE (CAST(:case AS uuid) IS NULL OR c.id = :case) AND c.id > :after
    ORDER BY c.id LIMIT :batch""")
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
    *,
    against: str | None = None,
) -> Verdict:
    """Go through all cases, or one, and say all that is amiss.

    Args:
        conn: reads only; best in one REPEATABLE READ transaction, so that nothing moves meanwhile.
        case_id: one case, or None for all.
        progress: is told how many cases are done.
        against: a digest of `anchors.anchor` that was written down outside and must still hold.
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
    findings += anchors.faults(conn, case_id, against)
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
    wanted = [(row.version, one) for row in events for one in digests(row.data)]
    faults = [*_chain_faults(case, events), *_text_faults(case.purged, wanted, texts)]
    if not faults and events:
        fault = _projection(case, events, {key: row.value for key, row in texts.items()})
        faults += [(None, fault)] if fault else []
    gone = sum(one not in texts for _, one in wanted)
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


def _text_faults(
    purged: int, wanted: list[tuple[int, str]], texts: dict[str, Any]
) -> Iterator[tuple[int | None, str]]:
    for version, one in wanted:
        kept = texts.get(one)
        if kept is None:
            if version > purged:
                yield version, "文字缺失，并非按期清除"
        elif digest(bytes(kept.salt), kept.value) != one:
            yield version, "文字与哈希不符"


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
    same = told == case_from(case.state) and _columns(told) == {
        name: getattr(case, name) for name in _columns(told)
    }
    return None if same else "重放结果与案件记录不符"


def _columns(case: Case) -> dict[str, Any]:
    """What lists, maps and rights read of a case beside its state."""
    return {
        "number": case.number,
        "status": case.status.value,
        "desk": case.desk,
        "title": case.report.title,
        "description": case.report.description,
        "address": case.report.address,
        "urgent": case.report.urgent,
        "supervised": case.report.supervised,
        "owner": owner(case),
        "audience": sorted(audience(case)),
        "closed_at": case.work.closed_at,
    }


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
