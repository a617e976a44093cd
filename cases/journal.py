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
from cases.errors import Conflict
from cases.history import Recorded, replay
from cases.model import Case
from cases.notices import Notice
from store import feed, outbox

_HOLD = text("SELECT 1 FROM case_now WHERE id = :id FOR UPDATE")
_APPEND = text(f"""
WITH events AS (
    INSERT INTO case_event (case_id, version, type, data, actor, on_behalf_of, at)
    SELECT :id, e.version, e.type, e.data, e.actor, e.on_behalf_of, :at
    FROM jsonb_to_recordset(CAST(:events AS jsonb))
        AS e (version int, type text, data jsonb, actor text, on_behalf_of text)
), projection AS (
    INSERT INTO case_now (id, number, version, status, source, title, description, category,
        address, urgent, supervised, desk, sector, community, reason_code, proposal, state,
        received_at, updated_at, accepted_at, geom)
    VALUES (:id, :number, :version, :status, :source, :title, :description, :category, :address,
        :urgent, :supervised, :desk, :sector, :community, :reason_code, :proposal,
        CAST(:state AS jsonb), :received_at, :at, :accepted_at,
        ST_SetSRID(ST_MakePoint(CAST(:lon AS float8), CAST(:lat AS float8)), 4490))
    ON CONFLICT (id) DO UPDATE SET version = excluded.version, status = excluded.status,
        urgent = excluded.urgent, supervised = excluded.supervised,
        desk = excluded.desk, sector = excluded.sector, community = excluded.community,
        reason_code = excluded.reason_code, proposal = excluded.proposal, state = excluded.state,
        updated_at = excluded.updated_at, accepted_at = excluded.accepted_at, geom = excluded.geom
), deadlines AS (
    INSERT INTO deadline (case_id, code, seq, started_at, warn_at, internal_due_at, due_at,
        stopped_at, breached)
    SELECT :id, d.* FROM jsonb_to_recordset(CAST(:clocks AS jsonb)) AS d (code text, seq int,
        started_at timestamptz, warn_at timestamptz, internal_due_at timestamptz,
        due_at timestamptz, stopped_at timestamptz, breached boolean)
    ON CONFLICT (case_id, code, seq) DO UPDATE
        SET stopped_at = excluded.stopped_at, breached = excluded.breached
), refusals AS (
    INSERT INTO refusal (id, case_id, desk, state, rejected_at)
    SELECT r.id, :id, r.desk, r.state, r.rejected_at
    FROM jsonb_to_recordset(CAST(:refusals AS jsonb))
        AS r (id uuid, desk text, state text, rejected_at timestamptz)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state
), letters AS (
    INSERT INTO outbox (id, topic, subject, payload, next_at, created_at)
    SELECT n.id, n.topic, CAST(:id AS text), n.payload, :at, :at
    FROM jsonb_to_recordset(CAST(:notices AS jsonb)) AS n (id uuid, topic text, payload jsonb)
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
            "SELECT version, type, data, actor, on_behalf_of, at FROM case_event"
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
        )
        for row in rows
    )


def replayed(conn: Connection, case_id: UUID) -> Case:
    """The case rebuilt from its events; must equal `queries.case` (tested)."""
    return replay(history(conn, case_id))


def append(
    conn: Connection, case: Case, records: Sequence[Recorded], notices: Sequence[Notice]
) -> None:
    """Write new events and all that follows from them, in the caller's transaction.

    Args:
        conn: inside a transaction that its opener commits.
        case: the case after the last of the records.
        records: the new events; their versions follow on from the stored ones.
        notices: what must leave the house because of them.

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
            conn.execute(_APPEND, _parameters(case, records, notices))
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


def _parameters(
    case: Case, records: Sequence[Recorded], notices: Sequence[Notice]
) -> dict[str, Any]:
    report, point = case.report, case.point
    at: datetime = records[-1].at
    areas = {case.desk, case.sector.code if case.sector else None, "street"}
    areas |= {refusal.desk for refusal in case.refusals}
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
                }
                for record in records
            ]
        ),
        "clocks": _json(case.clocks),
        "refusals": _json(case.refusals),
        "notices": _json(notices),
        "facts": _json([{"kind": "case", "type": ev.name(record.event)} for record in records]),
        "areas": sorted(area for area in areas if area),
    }


def _json(value: Any) -> str:
    return orjson.dumps(msgspec.to_builtins(value)).decode()
