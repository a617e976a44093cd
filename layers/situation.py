"""Reads the figures of one moment from the map's views, in one transaction."""

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from cases.hours import SHANGHAI, start_of_day
from cases.model import Status
from cases.redaction import redact
from layers.features import feature_collection
from layers.figures import CameraMark, CaseMark, Situation

GROUND = ("neighbours", "street", "sectors", "communities", "split_line", "roads", "water")
LONGEST_TEXT = 200
MOST_CASES = 3000  # a file that one sends by mail stays a few megabytes

_EDITION = text("""
    SELECT name, provisional, notice, licence FROM edition
    WHERE status IN ('in_force', 'retired')
      AND tstzrange(valid_from, valid_to, '[)') @> CAST(:now AS timestamptz) LIMIT 1""")

_CASES = text("""
    SELECT m.number, m.source, m.status, m.title, c.description, c.category,
           a.name AS community, m.urgent, m.supervised, m.received_at, m.warn_at, m.due_at,
           least(m.received_at,
                 CAST(c.state #>> '{report,reported_at}' AS timestamptz)) AS reported_at,
           ST_X(m.geom) AS lon, ST_Y(m.geom) AS lat, count(*) OVER () AS in_all,
           -- Names and telephone numbers of the reporters, to be taken out of the texts.
           ARRAY(SELECT told FROM case_report r JOIN case_reporter p ON p.report_id = r.id,
                 unnest(ARRAY[p.name, p.phone]) told
                 WHERE r.case_id = m.id AND told IS NOT NULL) AS known
    FROM map_case m
    JOIN case_now c ON c.id = m.id
    LEFT JOIN LATERAL (
        SELECT a.name FROM area a JOIN edition e ON e.id = a.edition_id
        WHERE a.level = 'community' AND a.code = m.community
          AND e.status IN ('in_force', 'retired')
          AND tstzrange(e.valid_from, e.valid_to, '[)') @> CAST(:now AS timestamptz)
        LIMIT 1) a ON true
    WHERE m.received_at <= :now
      AND (CAST(:desk AS text) IS NULL OR coalesce(m.desk, m.sector) = :desk)
    ORDER BY m.received_at DESC, m.number DESC LIMIT :most""")

_COUNTS = text("""
    SELECT count(*) FILTER (WHERE received_at >= :day) AS received_today,
           count(*) FILTER (WHERE received_at >= :day AND status = :refused) AS refused_today,
           count(*) FILTER (WHERE status = :no_location) AS without_location
    FROM case_now
    WHERE received_at <= :now
      AND (CAST(:desk AS text) IS NULL OR coalesce(desk, sector) = :desk)""")

_CAMERAS = text("""
    SELECT name, heading, fov, range_m, status, ST_X(geom) AS lon, ST_Y(geom) AS lat
    FROM camera WHERE CAST(:desk AS text) IS NULL OR sector = :desk ORDER BY id""")

_DESK_NAME = text("""
    SELECT a.name FROM area a JOIN edition e ON e.id = a.edition_id
    WHERE a.level = 'sector' AND a.code = :desk AND e.status IN ('in_force', 'retired')
      AND tstzrange(e.valid_from, e.valid_to, '[)') @> CAST(:now AS timestamptz) LIMIT 1""")


def situation(conn: Connection, now: datetime, desk: str | None = None) -> Situation:
    """The situation at a moment, of the whole street or of one desk's 片区."""
    values: dict[str, Any] = {
        "now": now,
        "day": start_of_day(now),
        "desk": desk,
        "most": MOST_CASES,
        "refused": Status.REJECTED.value,
        "no_location": Status.NO_LOCATION.value,
    }
    edition = conn.execute(_EDITION, values).one_or_none()
    cases = conn.execute(_CASES, values).all()
    counts = conn.execute(_COUNTS, values).one()
    return Situation(
        at=_whole(now),
        since=_whole(now) - timedelta(days=1),
        desk=desk,
        desk_name=_desk_name(conn, values),
        edition=edition.name if edition else "",
        provisional=edition.provisional if edition else True,
        notice=edition.notice if edition else "",
        licence=edition.licence if edition else "",
        ground={name: json.loads(feature_collection(conn, name, now)) for name in GROUND},
        cases=tuple(_case_mark(row._mapping) for row in reversed(cases)),
        cases_in_all=cases[0].in_all if cases else 0,
        received_today=counts.received_today,
        refused_today=counts.refused_today,
        without_location=counts.without_location,
        cameras=tuple(_camera_mark(row._mapping) for row in conn.execute(_CAMERAS, values)),
    )


def _desk_name(conn: Connection, values: dict[str, Any]) -> str:
    if values["desk"] is None:
        return "新成路街道"
    name: str | None = conn.execute(_DESK_NAME, values).scalar_one_or_none()
    return name or str(values["desk"])


def _case_mark(row: Any) -> CaseMark:
    fields = {key: row[key] for key in CaseMark.__dataclass_fields__}
    for moment in ("reported_at", "received_at", "warn_at", "due_at"):
        fields[moment] = fields[moment] and _whole(fields[moment])
    for told in ("title", "description"):
        fields[told] = redact(fields[told], row["known"])[:LONGEST_TEXT]
    return CaseMark(**fields)


def _camera_mark(row: Any) -> CameraMark:
    fields = {key: row[key] for key in CameraMark.__dataclass_fields__ if key != "online"}
    return CameraMark(**fields, online=row["status"] == "online")


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI).replace(microsecond=0)
