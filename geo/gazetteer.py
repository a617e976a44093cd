"""The gazetteer in PostGIS: kept whole, loaded whole, held in memory as long as it is in force."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from threading import Lock

from sqlalchemy import Connection, text

from geo.gazetteer_changes import lock, note, version
from geo.gazetteer_rows import (
    alias_rows,
    anchor_from,
    anchor_rows,
    place_from,
    place_rows,
    road_from,
    road_rows,
)
from geo.places import Gazetteer, NumberAnchor, Place, Quality, Road

__all__ = ["Gazetteers", "Saved", "ensure", "load", "retire", "retired", "save", "store", "version"]

SHANGHAI = timezone(timedelta(hours=8))
_HELD = "pianqu_gazetteer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a change came to."""

    version: str
    places: int
    roads: int
    anchors: int


def load(conn: Connection, day: date) -> Gazetteer:
    """What is valid on a day, in an order of its own (by id), so that ties break one way."""
    names = _names(conn)
    places = conn.execute(text(_PLACES), {"day": day}).mappings().all()
    roads = conn.execute(text(_ROADS), {"day": day}).mappings().all()
    found = tuple(place_from(row, names["place", row["id"]]) for row in places)
    there = {row["id"] for row in roads}
    return Gazetteer(
        version=version(conn),
        places=found,
        roads=tuple(road_from(row, names["road", row["id"]]) for row in roads),
        anchors=tuple(a for a in _anchors(conn, {p.id for p in found}) if a.road_id in there),
        provisional=any(_is_rough(place) for place in found),
    )


_PLACES = """
SELECT id, kind, name, road, lane, sublane, number, suffix, to_number, ST_X(geom) AS lon,
    ST_Y(geom) AS lat, radius_m, size_m, quality, scope, town, area_code, parent, direction, source,
    valid_from, valid_to
FROM gazetteer_place
WHERE (valid_from IS NULL OR valid_from <= :day) AND (valid_to IS NULL OR valid_to > :day)
ORDER BY id COLLATE "C"
"""
_ROADS = """
SELECT id, name, ST_AsBinary(geom) AS wkb, kind, width_m, radius_m, sure_name, source, valid_from,
    valid_to
FROM gazetteer_road
WHERE (valid_from IS NULL OR valid_from <= :day) AND (valid_to IS NULL OR valid_to > :day)
ORDER BY id COLLATE "C"
"""


def _is_rough(place: Place) -> bool:
    """Whether a place of the street has a position that nobody surveyed."""
    unsurveyed = place.quality is not Quality.SURVEYED
    return place.scope == "in" and place.point is not None and unsurveyed


def _names(conn: Connection) -> defaultdict[tuple[str, str], list[tuple[str, str]]]:
    names: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    rows = conn.execute(
        text("SELECT place_id, road_id, text, kind FROM gazetteer_alias ORDER BY rank, id")
    )
    for row in rows:
        owner = ("place", row.place_id) if row.place_id is not None else ("road", row.road_id)
        names[owner].append((row.text, row.kind))
    return names


def _anchors(conn: Connection, places: set[str]) -> Iterable[NumberAnchor]:
    """The numbers along the roads, without those of a place that has gone."""
    rows = conn.execute(
        text(
            "SELECT road_id, road, number, unit, along_m, offset_m, place_id, quality"
            ' FROM gazetteer_anchor ORDER BY road_id COLLATE "C", number, unit COLLATE "C"'
        )
    ).mappings()
    for row in rows:
        if row["place_id"] is None or row["place_id"] in places:
            yield anchor_from(row)


def save(
    conn: Connection, gazetteer: Gazetteer, *, by: str, at: datetime, reason: str, source: str = ""
) -> Saved:
    """Write every place, road and number, new or renewed; what is not named stays as it is.

    Names that people's confirmations taught (`NameKind.CONFIRMED`) stay beside the given ones.
    """
    return store(
        conn,
        gazetteer.places,
        roads=gazetteer.roads,
        anchors=gazetteer.anchors,
        by=by,
        at=at,
        reason=reason,
        source=source,
    )


def store(
    conn: Connection,
    places: Iterable[Place],
    *,
    roads: Iterable[Road] = (),
    anchors: Iterable[NumberAnchor] = (),
    by: str,
    at: datetime,
    reason: str,
    source: str = "",
) -> Saved:
    """The same for some places only."""
    places, roads, anchors = tuple(places), tuple(roads), tuple(anchors)
    lock(conn)
    conn.execute(text(_SAVE_PLACES), {"rows": place_rows(places)})
    conn.execute(text(_SAVE_ROADS), {"rows": road_rows(roads)})
    owners = {"places": [p.id for p in places], "roads": [r.id for r in roads]}
    conn.execute(
        text(
            "DELETE FROM gazetteer_alias WHERE kind <> 'confirmed'"
            " AND (place_id = ANY(:places) OR road_id = ANY(:roads))"
        ),
        owners,
    )
    conn.execute(text(_SAVE_NAMES), {"rows": alias_rows(places, roads)})
    conn.execute(text(_SAVE_ANCHORS), {"rows": anchor_rows(anchors)})
    counts = {"places": len(places), "roads": len(roads), "anchors": len(anchors)}
    number = note(conn, by=by, at=at, reason=reason, source=source, counts=counts)
    conn.info.pop(_HELD, None)
    return Saved(version=f"g{number}", **counts)


_SAVE_PLACES = """
INSERT INTO gazetteer_place AS p (id, kind, name, road, lane, sublane, number, suffix, to_number,
    geom, radius_m, size_m, quality, scope, town, area_code, parent, direction, source, valid_from,
    valid_to)
SELECT id, kind, name, road, lane, sublane, number, suffix, to_number,
    ST_SetSRID(ST_MakePoint(lon, lat), 4490), radius_m, size_m, quality, scope, town, area_code,
    parent, direction, source, valid_from, valid_to
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told (id text, kind text, name text, road text,
    lane integer, sublane integer, number integer, suffix text, to_number integer,
    lon double precision, lat double precision, radius_m double precision, size_m double precision,
    quality text, scope text, town text, area_code text, parent text, direction text, source text,
    valid_from date, valid_to date)
ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, name = excluded.name, road = excluded.road,
    lane = excluded.lane, sublane = excluded.sublane, number = excluded.number,
    suffix = excluded.suffix, to_number = excluded.to_number, geom = excluded.geom,
    radius_m = excluded.radius_m, size_m = excluded.size_m, quality = excluded.quality,
    scope = excluded.scope, town = excluded.town, area_code = excluded.area_code,
    parent = excluded.parent, direction = excluded.direction, source = excluded.source,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""
_SAVE_ROADS = """
INSERT INTO gazetteer_road AS r (id, name, geom, kind, width_m, radius_m, sure_name, source,
    valid_from, valid_to)
SELECT id, name, ST_GeomFromWKB(decode(wkb, 'hex'), 4490), kind, width_m, radius_m, sure_name,
    source, valid_from, valid_to
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told (id text, name text, wkb text, kind text,
    width_m double precision, radius_m double precision, sure_name boolean, source text,
    valid_from date, valid_to date)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, geom = excluded.geom, kind = excluded.kind,
    width_m = excluded.width_m, radius_m = excluded.radius_m, sure_name = excluded.sure_name,
    source = excluded.source, valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""
_SAVE_NAMES = """
INSERT INTO gazetteer_alias (place_id, road_id, rank, text, kind)
SELECT place_id, road_id, rank, text, kind
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told (place_id text, road_id text, rank integer,
    text text, kind text)
ON CONFLICT DO NOTHING
"""
_SAVE_ANCHORS = """
INSERT INTO gazetteer_anchor (road_id, road, number, unit, along_m, offset_m, place_id, quality)
SELECT road_id, road, number, unit, along_m, offset_m, place_id, quality
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told (road_id text, road text, number integer,
    unit text, along_m double precision, offset_m double precision, place_id text, quality text)
ON CONFLICT (road_id, number, unit) DO UPDATE SET road = excluded.road,
    along_m = excluded.along_m, offset_m = excluded.offset_m, place_id = excluded.place_id,
    quality = excluded.quality
"""


def retire(
    conn: Connection, place_id: str, *, on: date, by: str, at: datetime, reason: str
) -> str | None:
    """Let a place be valid until a day and no longer; None when there is no such place.

    It stays in the tables, for old cases and for whoever asks where it was. The day is never
    before the one it began on.
    """
    lock(conn)
    label = conn.execute(
        text(
            "UPDATE gazetteer_place SET valid_to = greatest(:on, valid_from + 1) WHERE id = :id"
            " RETURNING coalesce(name, id)"
        ),
        {"on": on, "id": place_id},
    ).scalar_one_or_none()
    if label is None:
        return None
    note(conn, by=by, at=at, reason=f"撤销 {label}：{reason}", counts={"retired": 1})
    conn.info.pop(_HELD, None)
    return str(label)


def retired(conn: Connection, day: date) -> frozenset[str]:
    """The ids of the places that have gone by a day."""
    rows = conn.execute(
        text("SELECT id FROM gazetteer_place WHERE valid_to <= :day"), {"day": day}
    ).scalars()
    return frozenset(rows)


def ensure(conn: Connection, gazetteer: Gazetteer, *, by: str, at: datetime, reason: str) -> bool:
    """Save a gazetteer where there is none yet; whether that was so."""
    lock(conn)
    if version(conn) != "g0":
        return False
    save(conn, gazetteer, by=by, at=at, reason=reason, source=gazetteer.version)
    return True


class Gazetteers:
    """Answers with the gazetteer in force; a change is picked up at the next question."""

    def __init__(self, keep: int = 2) -> None:
        self._ready: dict[tuple[str, date], Gazetteer] = {}
        self._keep = keep
        self._lock = Lock()

    def current(self, conn: Connection, at: datetime) -> Gazetteer:
        """The gazetteer of a moment; asked twice in one transaction, the same answer for nothing.

        What is valid on a day stays the same object as long as the version does, so that what
        is built from it can be kept beside it.
        """
        day = at.astimezone(SHANGHAI).date()
        asked = (conn.get_transaction(), day)
        held = conn.info.get(_HELD)
        if held is not None and held[0] is asked[0] and held[1] == day:
            remembered: Gazetteer = held[2]
            return remembered
        ready = self._load(conn, day)
        conn.info[_HELD] = (*asked, ready)
        return ready

    def _load(self, conn: Connection, day: date) -> Gazetteer:
        key = (version(conn), day)
        ready = self._ready.get(key)
        if ready is not None:
            return ready
        with self._lock:
            ready = self._ready.get(key)
            if ready is None:
                ready = self._same_as_before(load(conn, day))
                while len(self._ready) >= self._keep:
                    self._ready.pop(next(iter(self._ready)))
                self._ready[key] = ready
        return ready

    def _same_as_before(self, loaded: Gazetteer) -> Gazetteer:
        """Midnight alone changes nothing: the same content is the same object."""
        return next((known for known in self._ready.values() if known == loaded), loaded)
