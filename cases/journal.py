"""The only writer of cases: events, projection, deadlines, notices and feed in one statement.

Optimistic: the key (case, version) lets one of two racing writers through (architecture 7).
"""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import orjson
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from cases import events as ev
from cases.clocks import Changes
from cases.errors import Conflict
from cases.history import NO_CHANGES, Recorded, replay
from cases.model import Case
from cases.notices import Notice
from cases.ownership import audience, owner, waits_for
from store import feed, outbox

_HOLD = text("SELECT 1 FROM case_now WHERE id = :id FOR UPDATE")
_APPEND = text(f"""
WITH events AS (
    INSERT INTO case_event (case_id, version, type, data, actor, on_behalf_of, at, clocks)
    SELECT :id, e.version, e.type, e.data, e.actor, e.on_behalf_of, :at, e.clocks
    FROM jsonb_to_recordset(CAST(:events AS jsonb))
        AS e (version int, type text, data jsonb, actor text, on_behalf_of text, clocks jsonb)
), projection AS (
    INSERT INTO case_now (id, number, version, status, source, title, description, category,
        address, urgent, supervised, desk, sector, community, reason_code, proposal, state,
        received_at, updated_at, accepted_at, closed_at, kind, grades, owner, station, audience,
        parties, handed_over, geom)
    VALUES (:id, :number, :version, :status, :source, :title, :description, :category, :address,
        :urgent, :supervised, :desk, :sector, :community, :reason_code, :proposal,
        CAST(:state AS jsonb), :received_at, :at, :accepted_at, :closed_at, :kind,
        CAST(:grades AS text[]), :owner, :station, CAST(:audience AS text[]),
        CAST(:parties AS text[]), :handed_over,
        ST_SetSRID(ST_MakePoint(CAST(:lon AS float8), CAST(:lat AS float8)), 4490))
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status,
        urgent = excluded.urgent, supervised = excluded.supervised,
        desk = excluded.desk, sector = excluded.sector, community = excluded.community,
        reason_code = excluded.reason_code, proposal = excluded.proposal, state = excluded.state,
        updated_at = excluded.updated_at, accepted_at = excluded.accepted_at,
        closed_at = excluded.closed_at, kind = excluded.kind, grades = excluded.grades,
        owner = excluded.owner, station = excluded.station, audience = excluded.audience,
        parties = excluded.parties, handed_over = excluded.handed_over,
        category = excluded.category, geom = excluded.geom
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
), letters AS (
    INSERT INTO outbox (id, topic, subject, payload, recipient, next_at, created_at)
    SELECT n.id, n.topic, CAST(:id AS text), n.payload, n.recipient, :at, :at
    FROM jsonb_to_recordset(CAST(:notices AS jsonb))
        AS n (id uuid, topic text, payload jsonb, recipient text)
), mail AS (
    INSERT INTO mailbox (id, recipient, case_id, case_number, kind, title, body, urgent, place,
        appointment_at, created_at)
    SELECT n.id, n.recipient, :id, :number, n.payload ->> 'kind', n.payload ->> 'title',
        n.payload ->> 'text', CAST(n.payload ->> 'urgent' AS boolean), n.payload ->> 'place',
        CAST(n.payload ->> 'appointment_at' AS timestamptz), :at
    FROM jsonb_to_recordset(CAST(:notices AS jsonb))
        AS n (id uuid, payload jsonb, recipient text, mail boolean)
    WHERE n.mail
), facts AS (
    INSERT INTO feed (kind, subject, type, areas, at)
    SELECT f.kind, CAST(:id AS text), f.type, CAST(:areas AS text[]), :at
    FROM jsonb_to_recordset(CAST(:facts AS jsonb)) AS f (kind text, type text)
)
SELECT pg_notify('{feed.CHANNEL}', ''),
    CASE WHEN jsonb_array_length(CAST(:notices AS jsonb)) > 0
        THEN pg_notify('{outbox.CHANNEL}', '') END
""")  # noqa: S608 - our own channel names


def history(conn: Connection, case_id: UUID) -> tuple[Recorded, ...]:
    """All events of a case in order."""
    rows = conn.execute(
        text(
            "SELECT version, type, data, actor, on_behalf_of, at, clocks FROM case_event"
            " WHERE case_id = :id ORDER BY version"
        ),
        {"id": case_id},
    )
    return tuple(
        Recorded(
            version=row.version,
            event=ev.from_json(row.type, row.data),
            actor=row.actor,
            on_behalf_of=row.on_behalf_of,
            at=row.at,
            clocks=msgspec.convert(row.clocks, Changes) if row.clocks else Changes(),
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
    seen_by: frozenset[str] = frozenset(),
) -> None:
    """Write new events and all that follows from them, in the caller's transaction.

    Args:
        conn: inside a transaction that its opener commits.
        case: the case after the last of the records.
        records: the new events; their versions follow on from the stored ones.
        notices: what must leave the house because of them.
        seen_by: the audience before them, who must hear that the case has gone.

    Raises:
        Conflict: another writer has used the version.
    """
    # A new case needs no mark to return to: its id is new, so there is nobody to race with.
    first = len(records) == case.version
    try:
        with nullcontext() if first else conn.begin_nested():
            if not first:
                # First the case's own row, as `intake` does: the parts of the statement run in no
                # promised order, and two writers would wait for each other in a ring.
                conn.execute(_HOLD, {"id": case.id})
            conn.execute(_APPEND, _parameters(case, records, notices, seen_by))
    except IntegrityError as error:
        if not _is_race(error):
            raise
        raise Conflict(case.id, case.version if first else _version(conn, case.id)) from error


def _is_race(error: IntegrityError) -> bool:
    """Whether another writer has used the version, and not a fault of ours."""
    fault = error.orig
    return isinstance(fault, UniqueViolation) and fault.diag.constraint_name == "case_event_pkey"


def _version(conn: Connection, case_id: UUID) -> int:
    found: int = conn.execute(
        text("SELECT coalesce(max(version), 0) FROM case_event WHERE case_id = :id"),
        {"id": case_id},
    ).scalar_one()
    return found


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
        "lon": point.lon if point else None,
        "lat": point.lat if point else None,
        "events": _json(
            [
                {
                    "version": record.version,
                    "type": ev.name(record.event),
                    "data": ev.to_json(record.event),
                    "actor": record.actor,
                    "on_behalf_of": record.on_behalf_of,
                    "clocks": record.clocks if record.clocks != NO_CHANGES else None,
                }
                for record in records
            ]
        ),
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
    return orjson.dumps(msgspec.to_builtins(value)).decode()
