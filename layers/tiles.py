"""Vector tiles (MVT 2.1) of the layers that can grow large, each made by PostGIS in one statement.

Points are gathered in cells that fill a tile exactly, so that none crosses a seam: one alone in its
cell stays itself, several become a stack with its count by clock. A tile therefore never holds more
than its cells, whatever lies under it. A stack's id is its cell, so that it survives a refresh; of
a few cases at one spot the stack names each, to be fanned out.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from cases import queries
from cases.roles import OUTSIDE, Actor
from layers import muster
from layers.errors import UnknownLayer
from layers.tilemath import HALF_WORLD_M, TILE_PX, Tile

CROWDED = 256  # points in a tile from which the cells are the coarse ones
FINE_PX, COARSE_PX = 32, 64  # a symbol's and a stack's width on the screen
NAMED = 60  # a stack of no more than these names its cases
TILED = frozenset({"cases", "cameras", "personnel"})

_CASES = """
    SELECT c.id::text AS id, c.geom, d.due_at,
           CASE WHEN d.due_at IS NULL THEN 'none'
                WHEN d.due_at <= CAST(:now AS timestamptz) THEN 'red'
                WHEN d.warn_at <= CAST(:now AS timestamptz) THEN 'amber'
                ELSE 'running' END AS clock,
           jsonb_build_object(
               'number', c.number, 'source', c.source, 'status', c.status, 'desk', c.desk,
               -- As `pure/shapes.ts` ranks them: what is urgent is drawn as that.
               'class', CASE WHEN c.urgent OR c.grades && ARRAY['urgent', 'major'] THEN 'urgent'
                             WHEN c.supervised OR 'supervised' = ANY(c.grades) THEN 'supervised'
                             WHEN 'repeat' = ANY(c.grades) THEN 'repeat'
                             WHEN c.kind IS NOT NULL THEN c.kind
                             WHEN c.source IN ('department', 'station') THEN 'joint'
                             ELSE 'community_level' END) AS shown
    FROM case_now c
    LEFT JOIN LATERAL (
        SELECT warn_at, due_at FROM deadline
        WHERE case_id = c.id AND stopped_at IS NULL ORDER BY due_at LIMIT 1) d ON true
    WHERE {where} AND c.geom && (SELECT degrees FROM ground)"""

_CAMERAS = """
    SELECT id, geom, CAST(NULL AS timestamptz) AS due_at,
           CASE status WHEN 'online' THEN 'running' ELSE 'none' END AS clock,
           jsonb_build_object('name', name, 'status', status, 'heading', heading, 'fov', fov,
                              'range_m', range_m, 'sector', sector) AS shown
    FROM camera WHERE geom && (SELECT degrees FROM ground)"""

_PERSONNEL = """
    SELECT id, geom, CAST(NULL AS timestamptz) AS due_at,
           CASE WHEN fix_at + make_interval(secs => :stale_s) < CAST(:now AS timestamptz)
                THEN 'none' ELSE 'running' END AS clock,
           jsonb_build_object(
               'chip', chip, 'name', name, 'post', post, 'duty_mode', duty_mode,
               'sector', sector, 'fix_at', fix_at,
               'stale', fix_at + make_interval(secs => :stale_s) < CAST(:now AS timestamptz)
           ) AS shown
    FROM person_now WHERE id = ANY(CAST(:shown AS text[]))
      AND geom && (SELECT degrees FROM ground)"""

_TILE = """
    WITH ground AS MATERIALIZED (
        -- A hair wider: the edges of a tile are cut in metres below, not by this box.
        SELECT ST_MakeEnvelope(:west - 1e-6, :south - 1e-6, :east + 1e-6, :north + 1e-6, 4490)
               AS degrees, ST_TileEnvelope(:z, :x, :y) AS square),
    found AS ({select}),
    placed AS (
        SELECT f.*, ST_Transform(f.geom, 3857) AS at FROM found f),
    inside AS (
        -- Half open, so that a point on a seam is in one tile only.
        SELECT p.*, CASE WHEN count(*) OVER () > :crowded THEN :coarse_m ELSE :fine_m END AS cell_m
        FROM placed p, ground g
        WHERE ST_X(at) >= ST_XMin(g.square) AND ST_X(at) < ST_XMax(g.square)
          AND ST_Y(at) > ST_YMin(g.square) AND ST_Y(at) <= ST_YMax(g.square)),
    gathered AS (
        SELECT count(*) AS n,
               floor((ST_X(at) + :half) / cell_m)::bigint AS cx,
               floor((:half - ST_Y(at)) / cell_m)::bigint AS cy, max(cell_m) AS cell_m,
               avg(ST_X(at)) AS x, avg(ST_Y(at)) AS y,
               count(*) FILTER (WHERE clock = 'running') AS running,
               count(*) FILTER (WHERE clock = 'amber') AS amber,
               count(*) FILTER (WHERE clock = 'red') AS red,
               count(*) FILTER (WHERE clock = 'none') AS none,
               min(id) AS id, min(clock) AS clock, min(due_at) AS due_at,
               -- One row's own: jsonb has no minimum.
               (array_agg(shown ORDER BY id))[1] AS shown,
               CASE WHEN count(*) BETWEEN 2 AND :named
                    THEN string_agg(id, ' ' ORDER BY due_at NULLS LAST, id) END AS ids,
               max(ST_X(at)) - min(ST_X(at)) < 1 AND max(ST_Y(at)) - min(ST_Y(at)) < 1 AS one_spot
        FROM inside GROUP BY cx, cy),
    drawn AS (
        SELECT ST_AsMVTGeom(ST_SetSRID(ST_MakePoint(x, y), 3857), (SELECT square FROM ground),
                            4096, 0, false) AS geom,
               CASE WHEN n = 1 THEN shown
                    -- The cell's own size is in its name: a stack that splits is another one.
                    ELSE jsonb_build_object('point_count', n, 'running', running, 'amber', amber,
                                            'red', red, 'none', none, 'one_spot', one_spot)
                         || CASE WHEN ids IS NULL THEN '{{}}'::jsonb
                                 ELSE jsonb_build_object('ids', ids) END
               END || jsonb_build_object(
                   'id', CASE WHEN n = 1 THEN id
                              ELSE concat_ws('-', :z, round(:tile_px * cell_m / :side_m), cx, cy)
                         END,
                   'clock', CASE WHEN red > 0 THEN 'red' WHEN amber > 0 THEN 'amber'
                                 WHEN running > 0 THEN 'running' ELSE 'none' END,
                   'order', coalesce(floor(extract(epoch FROM due_at) / 60), 1e9)::bigint)
               AS properties
        FROM gathered)
    SELECT ST_AsMVT(drawn, :layer, 4096, 'geom') FROM drawn"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TileCount:
    """How much there is to draw, before one decides how."""

    cases: int
    people: int
    cameras: int


def tile(
    conn: Connection,
    layer: str,
    at: Tile,
    who: Actor,
    now: datetime,
    wanted: queries.Filter,
) -> bytes:
    """One tile of a layer as this post sees it; empty bytes where there is nothing.

    Raises:
        UnknownLayer: this layer has no tiles.
    """
    if layer not in TILED:
        raise UnknownLayer(layer)
    if layer != "cases" and who.role in OUTSIDE:
        return b""
    west, south, east, north = at.degrees
    values: dict[str, Any] = {
        "now": now, "z": at.z, "x": at.x, "y": at.y, "layer": layer, "west": west, "south": south,
        "east": east, "north": north, "crowded": CROWDED, "named": NAMED, "tile_px": TILE_PX,
        "fine_m": at.cell_m(FINE_PX), "coarse_m": at.cell_m(COARSE_PX), "side_m": at.side_m,
        "half": HALF_WORLD_M,
    }  # fmt: skip
    select = {"cameras": _CAMERAS, "personnel": _PERSONNEL}.get(layer, "")
    if layer == "personnel":
        stale = muster.stale_after(conn, now)
        values["stale_s"] = stale.total_seconds()
        # Who is off duty is on no map.
        values["shown"] = [one.id for one in muster.muster(conn, now, stale) if one.shown]
    if layer == "cases":
        where, more = queries.conditions(wanted, who, now)
        select, values = _CASES.format(where=where), {**more, **values}
    made = conn.execute(text(_TILE.format(select=select)), values).scalar_one()
    return bytes(made or b"")


def counted(conn: Connection, who: Actor, now: datetime) -> TileCount:
    """How many points of each kind this post would have to draw."""
    where, values = queries.conditions(queries.Filter(open=True), who, now)
    row = conn.execute(
        text(
            "SELECT (SELECT count(*) FROM case_now c"  # noqa: S608 - fixed fragments
            f" WHERE {where} AND c.geom IS NOT NULL) AS cases,"
            " (SELECT count(*) FROM person_now WHERE fix_at IS NOT NULL) AS people,"
            " (SELECT count(*) FROM camera) AS cameras"
        ),
        values,
    ).one()
    hidden = who.role in OUTSIDE
    return TileCount(
        cases=row.cases,
        people=0 if hidden else row.people,
        cameras=0 if hidden else row.cameras,
    )
