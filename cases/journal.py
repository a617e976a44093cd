"""The only writer of cases: events, projection, deadlines, notices and feed in one statement.

`take` reads a case and locks its row in one statement that tells whether somebody was quicker in
between, so two racing writers never both decide on the same version (architecture 7). Every event
is chained by hash to the one before it, and what people wrote lies beside it (`cases.sealing`).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import orjson
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from cases import events as ev
from cases.chain import Sealed, event_hash, genesis
from cases.clocks import Changes
from cases.errors import CaseNotFound, Conflict
from cases.history import NO_CHANGES, Recorded, replay
from cases.model import Case
from cases.notices import Notice
from cases.ownership import audience, owner, waits_for
from cases.sealing import seal, unseal
from cases.texts import texts_of
from store import feed, outbox

_HOLD = text("SELECT 1 FROM case_now WHERE id = :id FOR UPDATE")
# The inner query reads as of the statement's beginning, the outer row as of when the lock was
# got: where they differ, another writer was quicker while we waited.
_TAKE = text("""
SELECT CAST(c.state AS text) AS state, c.version, c.chain_head,
    (SELECT s.version FROM case_now s WHERE s.id = :id) AS seen,
    (SELECT coalesce(max(p.version), 0) FROM policy_version p) AS policy,
    (SELECT e.id FROM edition e WHERE e.status IN ('in_force', 'retired')
        AND e.valid_from <= :at AND (e.valid_to IS NULL OR e.valid_to > :at)) AS edition
FROM case_now c
WHERE c.id = :id AND (CAST(:keys AS text[]) IS NULL OR c.audience && CAST(:keys AS text[]))
FOR UPDATE""")
_WRITE = f"""
WITH events AS (
    INSERT INTO case_event (case_id, version, type, data, actor, account, on_behalf_of, at, clocks,
        prev_hash, hash)
    SELECT :id, e.version, e.type, e.data, e.actor, e.account, e.on_behalf_of, :at, e.clocks,
        decode(e.prev_hash, 'hex'), decode(e.hash, 'hex')
    FROM jsonb_to_recordset(CAST(:events AS jsonb))
        AS e (version int, type text, data jsonb, actor text, account text, on_behalf_of text,
              clocks jsonb, prev_hash text, hash text)
), texts AS (
    INSERT INTO case_text (digest, case_id, salt, value)
    SELECT t.digest, :id, decode(t.salt, 'hex'), t.value
    FROM jsonb_to_recordset(CAST(:texts AS jsonb)) AS t (digest text, salt text, value text)
), projection AS (
    INSERT INTO case_now (id, number, version, status, source, title, description, category,
        address, urgent, supervised, desk, sector, community, reason_code, proposal, state,
        received_at, updated_at, accepted_at, closed_at, kind, grades, owner, station, audience,
        parties, handed_over, chain_head, geom)
    VALUES (:id, :number, :version, :status, :source, :title, :description, :category, :address,
        :urgent, :supervised, :desk, :sector, :community, :reason_code, :proposal,
        CAST(:state AS jsonb), :received_at, :at, :accepted_at, :closed_at, :kind,
        CAST(:grades AS text[]), :owner, :station, CAST(:audience AS text[]),
        CAST(:parties AS text[]), :handed_over, :head,
        CAST(:geom AS geometry))
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status,
        urgent = excluded.urgent, supervised = excluded.supervised,
        desk = excluded.desk, sector = excluded.sector, community = excluded.community,
        reason_code = excluded.reason_code, proposal = excluded.proposal, state = excluded.state,
        updated_at = excluded.updated_at, accepted_at = excluded.accepted_at,
        closed_at = excluded.closed_at, kind = excluded.kind, grades = excluded.grades,
        owner = excluded.owner, station = excluded.station, audience = excluded.audience,
        parties = excluded.parties, handed_over = excluded.handed_over,
        category = excluded.category, chain_head = excluded.chain_head, geom = excluded.geom
), deadlines AS (
    INSERT INTO deadline (case_id, code, seq, started_at, warn_at, internal_due_at, due_at,
        stopped_at, breached, warned, subject, policy_version)
    SELECT :id, d.* FROM jsonb_to_recordset(CAST(:clocks AS jsonb)) AS d (code text, seq int,
        started_at timestamptz, warn_at timestamptz, internal_due_at timestamptz,
        due_at timestamptz, stopped_at timestamptz, breached boolean, warned boolean,
        subject text, policy_version int)
    ON CONFLICT (case_id, code, seq) DO UPDATE
        SET stopped_at = excluded.stopped_at, breached = excluded.breached,
            warned = excluded.warned
), refusals AS (
    INSERT INTO refusal (id, case_id, desk, state, rejected_at)
    SELECT r.id, :id, r.desk, r.state, r.rejected_at
    FROM jsonb_to_recordset(CAST(:refusals AS jsonb))
        AS r (id uuid, desk text, state text, rejected_at timestamptz)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state
), told AS (
    SELECT * FROM jsonb_to_recordset(CAST(:notices AS jsonb))
        AS n (id uuid, topic text, payload jsonb, recipient text, mail boolean)
), letters AS (
    INSERT INTO outbox (id, topic, subject, payload, recipient, next_at, created_at)
    SELECT id, topic, CAST(:id AS text), payload, recipient, :at, :at FROM told
), mail AS (
    INSERT INTO mailbox (id, recipient, case_id, case_number, kind, title, body, urgent, place,
        appointment_at, created_at)
    SELECT id, recipient, :id, :number, payload ->> 'kind', payload ->> 'title',
        payload ->> 'text', CAST(payload ->> 'urgent' AS boolean), payload ->> 'place',
        CAST(payload ->> 'appointment_at' AS timestamptz), :at
    FROM told WHERE mail
), facts AS (
    INSERT INTO feed (kind, subject, type, areas, at)
    SELECT f.kind, CAST(:id AS text), f.type, CAST(:areas AS text[]), :at
    FROM jsonb_to_recordset(CAST(:facts AS jsonb)) AS f (kind text, type text)
)
SELECT pg_notify('{feed.CHANNEL}', ''), CASE WHEN :told THEN pg_notify('{outbox.CHANNEL}', '') END
"""  # noqa: S608 - our own channel names
# Without its line breaks it is short enough for the driver to remember how it is sent.
_APPEND = text(" ".join(_WRITE.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A case whose row is locked until the transaction ends, with the head of its chain.

    `policy` and `edition` are the newest policy version and the edition in force, asked for in
    the same breath, so that who has them at hand need not ask again.
    """

    case: Case
    head: bytes
    policy: int
    edition: int | None


def take(conn: Connection, case_id: UUID, at: datetime, keys: Sequence[str] | None = None) -> Taken:
    """A case to be changed in this transaction.

    Args:
        conn: inside a transaction.
        case_id: which.
        at: the moment whose edition of the boundaries is asked for.
        keys: only if its audience holds one of these; None: whoever asks may see it.

    Raises:
        CaseNotFound: no such case, or not to be seen.
        Conflict: somebody changed it while we waited for it; the house's own notes do not count.
    """
    values = {"id": case_id, "at": at, "keys": list(keys) if keys is not None else None}
    row = conn.execute(_TAKE, values).one_or_none()
    if row is None:
        raise CaseNotFound("没有这个案件")
    if row.seen != row.version and not _only_noted(conn, case_id, row.seen):
        raise Conflict(case_id, row.version)
    return Taken(
        case=msgspec.json.decode(row.state, type=Case),
        head=bytes(row.chain_head or genesis(case_id)),
        policy=row.policy,
        edition=row.edition,
    )


def _only_noted(conn: Connection, case_id: UUID, seen: int) -> bool:
    """Whether what came in between was only noted by the house: a delivery, a clock.

    Nobody was quicker then, and who gave no version is not sent back for it.
    """
    noted: bool | None = conn.execute(
        text(
            "SELECT bool_and(actor IN ('courier', 'clock')) FROM case_event"
            " WHERE case_id = :id AND version > :seen"
        ),
        {"id": case_id, "seen": seen},
    ).scalar_one()
    return bool(noted)


def history(conn: Connection, case_id: UUID) -> tuple[Recorded, ...]:
    """All events of a case in order, with the texts that are still kept."""
    texts = texts_of(conn, case_id)
    rows = conn.execute(
        text(
            "SELECT version, type, data, actor, account, on_behalf_of, at, clocks FROM case_event"
            " WHERE case_id = :id ORDER BY version"
        ),
        {"id": case_id},
    )
    return tuple(
        Recorded(
            version=row.version,
            event=ev.from_json(row.type, unseal(row.data, texts)),
            actor=row.actor,
            account=row.account,
            on_behalf_of=row.on_behalf_of,
            at=row.at,
            clocks=msgspec.convert(row.clocks, Changes) if row.clocks else NO_CHANGES,
        )
        for row in rows
    )


def replayed(conn: Connection, case_id: UUID) -> Case:
    """The case rebuilt from its events; must equal `queries.case` (tested)."""
    return replay(history(conn, case_id))


def append(
    conn: Connection,
    case: Case,
    records: Sequence[Recorded],
    notices: Sequence[Notice],
    *,
    head: bytes | None = None,
    seen_by: frozenset[str] = frozenset(),
) -> None:
    """Write new events and all that follows from them, in the caller's transaction.

    Args:
        conn: inside a transaction that its opener commits; the case was got by `take` in it.
        case: the case after the last of the records.
        records: the new events; their versions follow on from the stored ones.
        notices: what must leave the house because of them.
        head: the hash of the event before the first; None for a new case.
        seen_by: the audience before them, who must hear that the case has gone.

    Raises:
        Conflict: another writer has used the version.
    """
    values = _parameters(case, records, notices, seen_by)
    events, texts, newest = _chained(case.id, records, head or genesis(case.id))
    try:
        conn.execute(_APPEND, {**values, "events": events, "texts": texts, "head": newest})
    except IntegrityError as error:
        if not _is_race(error):
            raise
        raise Conflict(case.id, case.version) from error


def _chained(case_id: UUID, records: Sequence[Recorded], head: bytes) -> tuple[str, str, bytes]:
    """The rows of the events and of their texts, as JSON, and the new head."""
    rows, texts = [], []
    for record in records:
        data, sealed = seal(ev.to_json(record.event), _salt)
        clocks = msgspec.to_builtins(record.clocks) if record.clocks != NO_CHANGES else None
        stored = Sealed(
            case_id=case_id,
            version=record.version,
            type=ev.name(record.event),
            data=data,
            actor=record.actor,
            account=record.account,
            on_behalf_of=record.on_behalf_of,
            at=record.at,
            clocks=clocks,
        )
        newest = event_hash(head, stored)
        rows.append(
            {
                "version": stored.version,
                "type": stored.type,
                "data": data,
                "actor": stored.actor,
                "account": stored.account,
                "on_behalf_of": stored.on_behalf_of,
                "clocks": clocks,
                "prev_hash": head.hex(),
                "hash": newest.hex(),
            }
        )
        texts += [
            {"digest": one.digest, "salt": one.salt.hex(), "value": one.value} for one in sealed
        ]
        head = newest
    return orjson.dumps(rows).decode(), orjson.dumps(texts).decode(), head


def _salt() -> bytes:
    return secrets.token_bytes(16)


def _is_race(error: IntegrityError) -> bool:
    """Whether another writer has used the version, and not a fault of ours."""
    fault = error.orig
    return isinstance(fault, UniqueViolation) and fault.diag.constraint_name == "case_event_pkey"


def hold(conn: Connection, case_id: UUID) -> None:
    """Hold a case's row until the transaction ends, before several cases are changed in it."""
    conn.execute(_HOLD, {"id": case_id})


def _parameters(
    case: Case,
    records: Sequence[Recorded],
    notices: Sequence[Notice],
    seen_by: frozenset[str],
) -> dict[str, Any]:
    report, point, work = case.report, case.point, case.work
    at: datetime = records[-1].at
    seers = audience(case)
    return {
        "id": case.id,
        "number": case.number,
        "version": case.version,
        "status": case.status.value,
        "source": report.source,
        "title": report.title,
        "description": report.description,
        "category": report.category,
        "address": report.address,
        "urgent": report.urgent,
        "supervised": report.supervised,
        "desk": case.desk,
        "sector": case.sector.code if case.sector else None,
        "community": case.community.code if case.community else None,
        "reason_code": case.location_problem or case.place.reason_code,
        "proposal": case.proposal,
        "state": _json(case),
        "received_at": case.received_at,
        "at": at,
        "accepted_at": case.accepted_at,
        "geom": f"SRID=4490;POINT({point.lon!r} {point.lat!r})" if point else None,
        "told": bool(notices),
        "clocks": _json(case.clocks),
        "refusals": _json(case.refusals),
        "notices": _json(notices),
        "facts": _json([{"kind": "case", "type": ev.name(record.event)} for record in records]),
        "areas": sorted(seers | seen_by),
        "closed_at": work.closed_at,
        "kind": work.kind,
        "grades": list(work.grades),
        "owner": owner(case),
        "station": work.station,
        "audience": sorted(seers),
        "parties": sorted(waits_for(case)),
        "handed_over": work.hand_over is not None,
    }


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
