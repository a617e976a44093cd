"""Where somebody was on a day, as a line with times; never longer than a screen can draw.

Every look is a line of the access log: who, whose, which day.
"""

import json
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from cases.hours import SHANGHAI

MOST_POINTS = 2000

# The line of time runs as M beside the place. What is too long is simplified by the smallest of
# some tolerances (degrees; 1e-5 is about a metre), and failing that thinned.
_TRACK = text("""
    WITH told AS (
        SELECT p.geom, at
        FROM person_position p, LATERAL unnest(ARRAY[p.fix_at, p.until_at]) AS at
        WHERE p.person_id = :person AND p.fix_at >= :since AND p.fix_at < :until
          AND at IS NOT NULL),
    line AS (
        SELECT ST_MakeLine(ST_SetSRID(ST_MakePointM(ST_X(geom), ST_Y(geom),
                   extract(epoch FROM at)), 4490) ORDER BY at) AS geom, count(*) AS held
        FROM told),
    fitting AS (
        SELECT held, tolerance, CASE WHEN tolerance = 0 THEN geom
                          ELSE ST_Simplify(geom, tolerance, true) END AS geom
        FROM line, unnest(ARRAY[0, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4]) AS tolerance
        WHERE geom IS NOT NULL AND held > 1),
    chosen AS (
        SELECT * FROM fitting ORDER BY ST_NPoints(geom) > :most, tolerance LIMIT 1),
    points AS (
        SELECT (d.dump).geom AS geom, (d.dump).path[1] AS place, c.held,
               ceil(ST_NPoints(c.geom)::float8 / :most) AS each
        FROM chosen c, LATERAL (SELECT ST_DumpPoints(c.geom) AS dump) d)
    SELECT coalesce(max(held), (SELECT held FROM line)) AS held,
           json_agg(json_build_array(round(ST_X(geom)::numeric, 7), round(ST_Y(geom)::numeric, 7))
                    ORDER BY place) AS coordinates,
           array_agg(to_timestamp(ST_M(geom)) ORDER BY place) AS times
    FROM points WHERE (place - 1) % CAST(each AS bigint) = 0""")
_ONLY = text("""
    SELECT fix_at, ST_X(geom) AS lon, ST_Y(geom) AS lat FROM person_position
    WHERE person_id = :person AND fix_at >= :since AND fix_at < :until""")


def track(conn: Connection, person_id: str, day: date) -> dict[str, Any]:
    """The way of a person on a day of Shanghai, as a GeoJSON Feature with the times beside it.

    A LineString; a Point where there is only one, and no geometry where nothing is kept.
    """
    since = datetime.combine(day, datetime.min.time(), SHANGHAI)
    told = {"person": person_id, "since": since, "until": since + timedelta(days=1)}
    row = conn.execute(_TRACK, {**told, "most": MOST_POINTS}).one()
    geometry: dict[str, Any] | None = None
    times: list[datetime] = []
    held = row.held or 0
    if row.coordinates:
        geometry = {"type": "LineString", "coordinates": _read(row.coordinates)}
        times = row.times
    elif held == 1:
        only = conn.execute(_ONLY, told).one()
        geometry = {"type": "Point", "coordinates": [round(only.lon, 7), round(only.lat, 7)]}
        times = [only.fix_at]
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {
            "person": person_id,
            "day": day.isoformat(),
            "times": [at.astimezone(SHANGHAI).isoformat(timespec="seconds") for at in times],
            "count": held,
            "simplified": len(times) < held,
        },
    }


def _read(coordinates: Any) -> Any:
    return json.loads(coordinates) if isinstance(coordinates, str) else coordinates
