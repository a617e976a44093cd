"""GeoJSON of a layer (RFC 7946), made by PostGIS in one statement: no Python object per feature."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from cases.hours import SHANGHAI
from cases.roles import OUTSIDE, Actor
from cases.scope import SEEN, keys_of
from layers import catalog, muster

OVERLAP = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Box:
    """West, south, east, north in CGCS2000 degrees."""

    west: float
    south: float
    east: float
    north: float


_EDITION = """
    edition_now AS (
        SELECT id, provisional, notice, licence FROM edition
        WHERE status IN ('in_force', 'retired')
          AND tstzrange(valid_from, valid_to, '[)') @> CAST(:now AS timestamptz)
        LIMIT 1)"""

# Seven decimals are a centimetre; option 0 leaves out the `crs` member that RFC 7946 forbids and
# that PostGIS writes for EPSG:4490.
_COLLECTION = """
    SELECT json_build_object(
        'type', 'FeatureCollection',
        'provisional', {provisional},
        'notice', (SELECT notice FROM edition_now),
        'licence', (SELECT licence FROM edition_now),
        'at', CAST(:now AS timestamptz),
        'features', coalesce(json_agg(json_build_object(
            'type', 'Feature',
            'id', f.id,
            'geometry', ST_AsGeoJSON(f.geom, 7, 0)::json,
            'properties', f.properties) ORDER BY f.place, f.id), '[]'::json))::text
    FROM shown f
    WHERE CAST(:west AS float8) IS NULL
       OR f.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4490)"""

_AREAS = """
    SELECT a.key AS id, 0 AS place, ST_ForcePolygonCCW(a.geom) AS geom,
           a.properties || jsonb_build_object('code', a.code, 'name', a.name, 'parent', a.parent,
               'provisional', a.provisional, 'edition', e.id) AS properties
    FROM area a JOIN edition_now e ON e.id = a.edition_id
    WHERE a.level = :level"""

_BASE = """
    SELECT id, 0 AS place, geom, properties || jsonb_build_object('id', id) AS properties
    FROM base_feature WHERE layer = :layer"""

_CAMERAS = """
    SELECT id, 0 AS place, geom, jsonb_build_object(
        'id', id, 'name', name, 'heading', heading, 'fov', fov, 'range_m', range_m,
        'status', status, 'sector', sector) AS properties
    FROM camera"""

_PERSONNEL = """
    SELECT id, 0 AS place, geom, jsonb_build_object(
        'id', id, 'chip', chip, 'post', post, 'name', name, 'sector', sector,
        'fix_at', fix_at,
        'age_s', greatest(0, round(extract(epoch FROM CAST(:now AS timestamptz) - fix_at))),
        'stale_after', fix_at + make_interval(secs => :stale_s),
        'accuracy_m', accuracy_m,
        'post_point', CASE WHEN post_geom IS NOT NULL THEN jsonb_build_object(
            'lon', round(ST_X(post_geom)::numeric, 7),
            'lat', round(ST_Y(post_geom)::numeric, 7)) END,
        'post_radius_m', post_radius_m) || m.value AS properties
    FROM person_now JOIN jsonb_each(CAST(:mustered AS jsonb)) m ON m.key = id
    WHERE fix_at IS NOT NULL
      AND (CAST(:since AS timestamptz) IS NULL OR received_at > :since)"""

# Marks only: the text of a case and its reporter never travel with the map.
_CASES = f"""
    SELECT c.id::text AS id, extract(epoch FROM c.received_at) AS place, c.geom,
        jsonb_build_object(
        'id', c.id, 'number', c.number, 'status', c.status, 'source', c.source,
        'kind', c.kind, 'grades', c.grades, 'owner', c.owner,
        'urgent', c.urgent, 'supervised', c.supervised, 'sector', c.sector,
        'community', c.community, 'received_at', c.received_at, 'started_at', c.started_at,
        'warn_at', c.warn_at, 'due_at', c.due_at,
        'clock', CASE WHEN c.due_at IS NULL THEN 'none'
                      WHEN c.due_at <= CAST(:now AS timestamptz) THEN 'red'
                      WHEN c.warn_at <= CAST(:now AS timestamptz) THEN 'amber'
                      ELSE 'running' END) AS properties
    FROM map_case c WHERE {SEEN}"""  # noqa: S608 - a fixed fragment

_SELECTS = {"cameras": _CAMERAS, "personnel": _PERSONNEL, "cases": _CASES}


# Where people and cameras are is for those who command them.
_INSIDE = frozenset({"cameras", "personnel"})
_NOTHING = b'{"type": "FeatureCollection", "features": []}'


def feature_collection(
    conn: Connection,
    layer_id: str,
    now: datetime,
    box: Box | None = None,
    who: Actor | None = None,
    since: datetime | None = None,
) -> bytes:
    """One layer as a GeoJSON FeatureCollection, ready for the wire.

    Args:
        conn: inside a transaction.
        layer_id: which layer of the catalogue.
        now: the moment: whose edition, which colour of a clock.
        box: leaves out what lies elsewhere.
        who: whose cases; nobody sees none, and outside posts see no people and no cameras.
        since: of people, only those heard of since this `at` of an earlier answer.

    Raises:
        UnknownLayer: there is no such layer.
    """
    layer = catalog.layer(layer_id)
    if layer.id in _INSIDE and (who is None or who.role in OUTSIDE):
        return _NOTHING
    values: dict[str, Any] = {
        "now": now,
        "west": box.west if box else None,
        "south": box.south if box else None,
        "east": box.east if box else None,
        "north": box.north if box else None,
    }
    if layer.kind == "area":
        select = _AREAS
        values["level"] = catalog.LEVELS[layer.id]
    elif layer.kind == "base":
        select = _BASE
        values["layer"] = layer.id
    else:
        select = _SELECTS[layer.id]
    if layer.id == "cases":
        values["keys"] = keys_of(who) if who else []
    if layer.id == "personnel":
        stale = muster.stale_after(conn, now)
        values["stale_s"] = stale.total_seconds()
        people = muster.muster(conn, now, stale)
        values["mustered"] = json.dumps({one.id: _told(one) for one in people if one.shown})
        # What was being written when the earlier answer was read is told again rather than lost.
        values["since"] = since and since - OVERLAP
    # Whether a border is official is the edition's word; roads, cameras and cases have no edition.
    edition_says = "coalesce((SELECT provisional FROM edition_now), true)"
    collection = _COLLECTION.format(provisional=edition_says if layer.kind == "area" else "false")
    statement = text(f"WITH {_EDITION}, shown AS ({select}) {collection}")
    written: str = conn.execute(statement, values).scalar_one()
    return written.encode()


def _told(one: muster.Mustered) -> dict[str, Any]:
    """What the roster and the rules of presence add to somebody's mark."""
    since = one.seen.since
    return {
        "duty_mode": one.duty_mode.value,
        "duty_label": one.duty_mode.label,
        "presence": one.seen.state.value,
        "presence_label": one.seen.state.label,
        "presence_since": since.astimezone(SHANGHAI).isoformat() if since else None,
        "stale": one.stale,
        "in_post": one.in_post,
    }
