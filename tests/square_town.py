"""A square town for the layers: two 片区 side by side and their communities."""

import json
from datetime import UTC, datetime

from sqlalchemy import text

NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)

WEST = [(121.26, 31.38), (121.265, 31.38), (121.265, 31.39), (121.26, 31.39)]
EAST = [(121.265, 31.38), (121.27, 31.38), (121.27, 31.39), (121.265, 31.39)]


def ring(corners, *, clockwise=False):
    corners = list(reversed(corners)) if clockwise else corners
    return {"type": "MultiPolygon", "coordinates": [[[*corners, corners[0]]]]}


def insert_area(conn, edition, level, code, name, parent, geometry):
    conn.execute(
        text(
            "INSERT INTO area (edition_id, level, key, code, name, parent, provisional, geom)"
            " VALUES (:edition, :level, :code, :code, :name, :parent, true,"
            " ST_SetSRID(ST_GeomFromGeoJSON(:geometry), 4490))"
        ),
        {
            "edition": edition,
            "level": level,
            "code": code,
            "name": name,
            "parent": parent,
            "geometry": json.dumps(geometry),
        },
    )


def insert_edition(
    conn,
    name="试用版",
    status="in_force",
    valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    valid_to=None,
):
    return conn.execute(
        text(
            "INSERT INTO edition (name, status, provisional, valid_from, valid_to, notice, licence,"
            " created_at) VALUES (:name, :status, true, :valid_from, :valid_to, '示意边界',"
            " 'ODbL-1.0', now()) RETURNING id"
        ),
        {"name": name, "status": status, "valid_from": valid_from, "valid_to": valid_to},
    ).scalar_one()
