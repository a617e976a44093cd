"""Editions on the shelf: save a draft, check it, put it in force, list them (R14)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson
import shapely
from sqlalchemy import Connection, Engine, select, text

from boundaries import seed
from boundaries.drafts import DraftArea, DraftFeature
from boundaries.errors import EditionNotFound, EditionsOverlap, UnsoundEdition
from boundaries.findings import Finding, FindingKind
from boundaries.gazetteer_seed import seed_gazetteer
from boundaries.locate import areas_of, edition_from
from boundaries.model import Edition, Level
from boundaries.tables import edition
from boundaries.territory import Territory
from boundaries.topology import findings
from geo import gazetteer
from store import feed
from store.engine import transaction

UNNAMED = "（未命名）"
# The plan's own date: the two 片区 have held since the notice was printed.
SEED_FROM = datetime(2021, 10, 8, tzinfo=timezone(timedelta(hours=8)))


def save_draft(
    conn: Connection,
    *,
    name: str,
    areas: Sequence[DraftArea],
    provisional: bool,
    notice: str,
    licence: str,
    now: datetime,
) -> int:
    """Keep areas as a draft edition; nothing holds yet.

    Returns:
        The edition's number.
    """
    edition_id: int = conn.execute(
        text(
            "INSERT INTO edition (name, provisional, notice, licence, created_at)"
            " VALUES (:name, :provisional, :notice, :licence, :now) RETURNING id"
        ),
        {
            "name": name,
            "provisional": provisional,
            "notice": notice,
            "licence": licence,
            "now": now,
        },
    ).scalar_one()
    rows = [_row(edition_id, at, area) for at, area in enumerate(areas)]
    conn.execute(
        text(
            "INSERT INTO area (edition_id, level, key, code, name, parent, provisional, properties,"
            " geom) VALUES (:edition_id, :level, :key, :code, :name, :parent, :provisional,"
            " CAST(:properties AS jsonb), ST_Multi(ST_GeomFromWKB(:wkb, 4490)))"
        ),
        rows,
    )
    return edition_id


def _row(edition_id: int, at: int, area: DraftArea) -> dict[str, Any]:
    return {
        "edition_id": edition_id,
        "level": area.level,
        "key": area.code or f"{area.level}-{at}",
        "code": area.code,
        "name": area.name or UNNAMED,
        "parent": area.parent,
        "provisional": area.provisional,
        "properties": orjson.dumps(dict(area.properties)).decode(),
        "wkb": shapely.to_wkb(area.geometry),
    }


def check(
    conn: Connection, edition_id: int, split_line: DraftFeature | None
) -> tuple[Finding, ...]:
    """Look for gaps, overlaps, broken nesting and a strayed dividing line; note the findings."""
    _edition(conn, edition_id)
    drafts = [
        DraftArea(
            level=area.level,
            code=area.code,
            name=None if area.name == UNNAMED else area.name,
            parent=area.parent,
            provisional=area.provisional,
            properties=area.properties,
            geometry=area.geometry,
        )
        for area in areas_of(conn, edition_id)
    ]
    found = _findings(drafts, split_line)
    sound = not any(finding.severity == "error" for finding in found)
    conn.execute(
        text(
            "UPDATE edition SET findings = CAST(:findings AS jsonb),"
            " status = CASE WHEN status = 'draft' AND :sound THEN 'checked'"
            " WHEN status = 'checked' AND NOT :sound THEN 'draft' ELSE status END WHERE id = :id"
        ),
        {
            "id": edition_id,
            "sound": sound,
            "findings": orjson.dumps([f.as_json() for f in found], default=str).decode(),
        },
    )
    return found


def _findings(drafts: Sequence[DraftArea], split_line: DraftFeature | None) -> tuple[Finding, ...]:
    of = {level: [d for d in drafts if d.level == level] for level in Level}
    if not of[Level.STREET]:
        # Without the whole there is nothing to measure the parts against.
        return (Finding(kind=FindingKind.MISSING_STREET, detail="没有街道的范围，请补上后再检查"),)
    return findings(
        of[Level.STREET][0],
        of[Level.SECTOR],
        of[Level.COMMUNITY],
        of[Level.POLICE_AREA],
        split_line.geometry if split_line else None,
    )


def put_in_force(
    conn: Connection,
    edition_id: int,
    *,
    valid_from: datetime,
    split_line: DraftFeature | None,
    now: datetime,
) -> Edition:
    """Check an edition once more and let it hold from a moment on; the one before ends there.

    Raises:
        UnsoundEdition: with the findings; nothing changes.
        EditionNotFound: no such edition.
        EditionsOverlap: another one begins at or after the moment.
    """
    found = check(conn, edition_id, split_line)
    errors = [finding for finding in found if finding.severity == "error"]
    if errors:
        raise UnsoundEdition(errors)
    _refuse_overlap(conn, edition_id, valid_from)
    # The very index that will answer must build: a coverage it refuses never comes into force.
    Territory.of(_edition(conn, edition_id), areas_of(conn, edition_id))
    conn.execute(
        text(
            "UPDATE edition SET valid_to = :at, status = 'retired'"
            " WHERE status = 'in_force' AND id <> :id AND valid_from < :at"
            " AND (valid_to IS NULL OR valid_to > :at)"
        ),
        {"at": valid_from, "id": edition_id},
    )
    conn.execute(
        text("UPDATE edition SET status = 'in_force', valid_from = :at WHERE id = :id"),
        {"at": valid_from, "id": edition_id},
    )
    fact = feed.Fact(
        kind="edition", subject=str(edition_id), type="EditionPutInForce", areas=("street",), at=now
    )
    feed.append(conn, [fact])
    return _edition(conn, edition_id)


def _refuse_overlap(conn: Connection, edition_id: int, valid_from: datetime) -> None:
    later = conn.execute(
        text(
            "SELECT name FROM edition WHERE status IN ('in_force', 'retired') AND id <> :id"
            " AND valid_from >= :at ORDER BY valid_from LIMIT 1"
        ),
        {"id": edition_id, "at": valid_from},
    ).scalar_one_or_none()
    if later is not None:
        raise EditionsOverlap(f"“{later}”的启用时间不早于所给时间，请改用更晚的启用时间")


def editions(conn: Connection) -> tuple[Edition, ...]:
    """All editions, the newest first."""
    rows = conn.execute(select(edition).order_by(edition.c.id.desc())).mappings()
    return tuple(edition_from(row) for row in rows)


def _edition(conn: Connection, edition_id: int) -> Edition:
    row = conn.execute(select(edition).where(edition.c.id == edition_id)).mappings().first()
    if row is None:
        raise EditionNotFound(f"没有编号为 {edition_id} 的网格版本")
    return edition_from(row)


def save_base_features(conn: Connection, layer: str, features: Iterable[DraftFeature]) -> None:
    """Replace a base-map layer (roads, water, places, the dividing line)."""
    conn.execute(text("DELETE FROM base_feature WHERE layer = :layer"), {"layer": layer})
    rows = [
        {
            "layer": layer,
            "id": feature.id,
            "properties": orjson.dumps({**dict(feature.properties), "name": feature.name}).decode(),
            "wkb": shapely.to_wkb(feature.geometry),
        }
        for feature in features
    ]
    if rows:
        conn.execute(
            text(
                "INSERT INTO base_feature (layer, id, properties, geom) VALUES (:layer, :id,"
                " CAST(:properties AS jsonb), ST_GeomFromWKB(:wkb, 4490))"
            ),
            rows,
        )


def install_seed(engine: Engine, now: datetime, *, valid_from: datetime = SEED_FROM) -> int:
    """Put the shipped boundaries and gazetteer in, each unless there is one already; once only.

    Returns:
        The number of the seed's edition.
    """
    shipped = seed.read_seed()
    with transaction(engine) as conn:
        conn.execute(text("SELECT pg_advisory_xact_lock(7069616)"))
        # Also beside the street centre's own edition: the names are the same.
        gazetteer.ensure(
            conn, seed_gazetteer(), by="pianqu", at=now, reason="随附的地名地址资料，位置未经实测"
        )
        there = conn.execute(select(edition.c.id).order_by(edition.c.id)).scalars().first()
        if there is not None:
            return int(there)
        edition_id = save_draft(
            conn,
            name=shipped.name,
            areas=shipped.areas,
            provisional=True,
            notice=shipped.notice,
            licence=shipped.licence,
            now=now,
        )
        save_base_features(conn, "roads", shipped.roads)
        save_base_features(conn, "water", shipped.water)
        save_base_features(conn, "split_line", [shipped.split_line])
        save_base_features(conn, "places", _place_features())
        put_in_force(
            conn, edition_id, valid_from=valid_from, split_line=shipped.split_line, now=now
        )
    return edition_id


def _place_features() -> list[DraftFeature]:
    return [
        DraftFeature(
            id=f"P{at:03d}",
            name=place.name or place.address,
            properties={
                "address": place.address,
                "kind": place.kind,
                "quality": place.quality,
                "in_street": place.in_street,
                "notice": place.notice,
            },
            geometry=shapely.Point(place.point.lon, place.point.lat),
        )
        for at, place in enumerate(seed.places(), 1)
        if not place.is_counter_example
    ]
