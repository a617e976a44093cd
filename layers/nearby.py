"""Who is near a place, and how the community grids stand."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from cases.roles import Actor
from cases.scope import SEEN, keys_of
from cases.tabs import OPEN, TABS
from geo.points import LonLat
from layers import muster

PEOPLE_WITHIN_M = 1000.0
MOST = 20

# A desk calls upon its own people and on those of no 片区; the street centre on all.
_PEOPLE = text("""
    SELECT p.id, p.chip, p.name, p.post, p.duty_mode, p.sector,
           greatest(0, extract(epoch FROM CAST(:now AS timestamptz) - p.fix_at)) AS age_s,
           ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat,
           ST_Distance(p.geom::geography, here::geography) AS distance_m
    FROM person_now p, (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4490) AS here) place
    WHERE p.id = ANY(:shown) AND ST_DWithin(p.geom::geography, here::geography, :within_m)
      AND (CAST(:desk AS text) IS NULL OR coalesce(p.sector, :desk) = :desk)
    ORDER BY distance_m, p.id LIMIT :most""").bindparams(bindparam("shown", type_=ARRAY(Text)))

_GRIDS = text(f"""
    WITH edition_now AS (
        SELECT id FROM edition
        WHERE status IN ('in_force', 'retired')
          AND tstzrange(valid_from, valid_to, '[)') @> CAST(:now AS timestamptz) LIMIT 1),
    held AS (
        SELECT c.community AS code, count(*) AS open,
               count(*) FILTER (WHERE {TABS["overdue"]}) AS overdue
        FROM case_now c WHERE {SEEN} AND {OPEN} AND c.community IS NOT NULL GROUP BY 1)
    SELECT a.code, coalesce(a.properties ->> 'short_name', a.name) AS name, a.parent,
           coalesce(h.open, 0) AS open, coalesce(h.overdue, 0) AS overdue,
           ST_Area(ST_Transform(a.geom, 4549)) / 1e6 AS area_km2
    FROM area a JOIN edition_now e ON e.id = a.edition_id
    LEFT JOIN held h ON h.code = a.code
    WHERE a.level = 'community' AND (CAST(:desk AS text) IS NULL OR a.parent = :desk)
    ORDER BY a.code""")  # noqa: S608 - fixed fragments


@dataclass(frozen=True, slots=True, kw_only=True)
class NearPerson:
    """A post on duty near a place; `stale` when nobody knows where it is now."""

    id: str
    chip: str
    name: str
    post: str
    duty_mode: str
    distance_m: float
    age_s: int
    stale: bool
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GridLoad:
    """A community grid and the cases a post sees in it."""

    code: str
    name: str
    sector: str
    open: int
    overdue: int
    area_km2: float
    open_per_km2: float


def people_near(
    conn: Connection,
    point: LonLat,
    who: Actor,
    now: datetime,
    *,
    within_m: float = PEOPLE_WITHIN_M,
    most: int = MOST,
) -> tuple[NearPerson, ...]:
    """The people around a place whom this post may call upon, nearest first."""
    desk = who.desk or ((who.area or "")[:6] or None)
    # Who is off duty is on no map, hence near nothing.
    there = {one.id: one for one in muster.muster(conn, now) if one.shown}
    values = {
        "lon": point.lon, "lat": point.lat, "within_m": within_m, "most": most, "now": now,
        "desk": desk, "shown": sorted(there),
    }  # fmt: skip
    return tuple(
        NearPerson(
            id=row.id,
            chip=row.chip,
            name=row.name,
            post=row.post,
            duty_mode=row.duty_mode,
            distance_m=round(row.distance_m, 1),
            age_s=round(row.age_s),
            stale=there[row.id].stale,
            lon=round(row.lon, 7),
            lat=round(row.lat, 7),
        )
        for row in conn.execute(_PEOPLE, values)
    )


def grid_loads(
    conn: Connection, who: Actor, now: datetime, desk: str | None = None
) -> tuple[GridLoad, ...]:
    """Every community grid in force with the open and late cases this post sees there."""
    values = {"now": now, "keys": keys_of(who), "post": who.post, "desk": desk}
    return tuple(
        GridLoad(
            code=row.code,
            name=row.name,
            sector=row.parent,
            open=row.open,
            overdue=row.overdue,
            area_km2=round(row.area_km2, 4),
            open_per_km2=round(row.open / row.area_km2, 2),
        )
        for row in conn.execute(_GRIDS, values)
    )
