"""The register of posts, and where the people on duty are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from geo.points import LonLat
from layers.fixes import LIMITS, Believed, Fix, FixLimits, FixProblem, LastFix, judge
from layers.model import DutyMode, Person, PersonNow

# Positions are not facts: told by a plain, lossy notice, never on the durable feed (arch. 7 C).
CHANNEL = "pianqu_positions"
KEPT = timedelta(days=30)  # interfaces 7

_UPSERT = text("""
    INSERT INTO person (id, post, name, chip, duty_mode, sector, post_geom, post_radius_m)
    VALUES (:id, :post, :name, :chip, :duty_mode, :sector,
            ST_SetSRID(ST_MakePoint(:post_lon, :post_lat), 4490), :post_radius_m)
    ON CONFLICT (id) DO UPDATE SET
        post = excluded.post, name = excluded.name, chip = excluded.chip,
        duty_mode = excluded.duty_mode, sector = excluded.sector,
        post_geom = excluded.post_geom, post_radius_m = excluded.post_radius_m""")

_LAST = text("""
    SELECT id, fix_at, accuracy_m, ST_X(geom) AS lon, ST_Y(geom) AS lat
    FROM person_now WHERE id = ANY(:ids)""").bindparams(bindparam("ids", type_=ARRAY(Text)))

_INSERT = text("""
    INSERT INTO person_position (person_id, fix_at, geom, accuracy_m, received_at)
    VALUES (:person_id, :fix_at, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), :accuracy_m, :now)
    ON CONFLICT DO NOTHING RETURNING 1""")

_NOW = text("""
    SELECT id, post, name, chip, duty_mode, sector, ST_X(post_geom) AS post_lon,
           ST_Y(post_geom) AS post_lat, post_radius_m, fix_at, accuracy_m,
           ST_X(geom) AS lon, ST_Y(geom) AS lat
    FROM person_now ORDER BY id""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A position that was not taken, and why."""

    device_id: str
    fix_at: datetime
    problem: FixProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionIntake:
    """What became of a batch of positions."""

    accepted: int
    rejected: tuple[Rejection, ...]


def upsert(conn: Connection, people: Iterable[Person]) -> int:
    """Add or renew role accounts; a device's token and the positions stay.

    Returns:
        How many rows were written.
    """
    rows = [
        {
            "id": person.id,
            "post": person.post,
            "name": person.name,
            "chip": person.chip,
            "duty_mode": person.duty_mode.value,
            "sector": person.sector,
            "post_lon": person.post_point.lon if person.post_point else None,
            "post_lat": person.post_point.lat if person.post_point else None,
            "post_radius_m": person.post_radius_m,
        }
        for person in people
    ]
    if rows:
        conn.execute(_UPSERT, rows)
    return len(rows)


def people_now(conn: Connection) -> tuple[PersonNow, ...]:
    """Every role account with its newest position, also those that never sent one."""
    return tuple(_person_now(row) for row in conn.execute(_NOW))


def _person_now(row: Row[Any]) -> PersonNow:
    return PersonNow(
        person=Person(
            id=row.id,
            post=row.post,
            name=row.name,
            chip=row.chip,
            duty_mode=DutyMode(row.duty_mode),
            sector=row.sector,
            post_point=None if row.post_lon is None else LonLat(row.post_lon, row.post_lat),
            post_radius_m=row.post_radius_m,
        ),
        point=None if row.lon is None else LonLat(row.lon, row.lat),
        accuracy_m=row.accuracy_m,
        fix_at=row.fix_at,
    )


def record_positions(
    conn: Connection, fixes: Sequence[Fix], now: datetime, limits: FixLimits = LIMITS
) -> PositionIntake:
    """Store the positions that can be believed; name the reason for each that cannot.

    A batch is judged in order of time, each fix against the one believed before it, so that a
    phone that was off line can send its queue in any order.
    """
    ids = {fix.device_id for fix in fixes}
    last = _last_fixes(conn, ids)
    rejected: list[Rejection] = []
    accepted = 0
    for fix in sorted(fixes, key=lambda one: one.fix_at):
        verdict: FixProblem | None = FixProblem.UNKNOWN_DEVICE
        if fix.device_id in last:
            verdict = _record(conn, fix, last, now, limits)
        if verdict is None:
            accepted += 1
        else:
            rejected.append(Rejection(device_id=fix.device_id, fix_at=fix.fix_at, problem=verdict))
    if accepted:
        conn.execute(text(f"NOTIFY {CHANNEL}"))
    return PositionIntake(accepted=accepted, rejected=tuple(rejected))


def _record(
    conn: Connection, fix: Fix, last: dict[str, LastFix | None], now: datetime, limits: FixLimits
) -> FixProblem | None:
    verdict = judge(fix, last[fix.device_id], now, limits)
    if isinstance(verdict, FixProblem):
        return verdict
    if not _insert(conn, verdict, now):
        return FixProblem.DUPLICATE
    before = last[fix.device_id]
    if before is None or before.fix_at < verdict.fix_at:
        last[fix.device_id] = LastFix(
            point=verdict.point, accuracy_m=verdict.accuracy_m, fix_at=verdict.fix_at
        )
    return None


def _last_fixes(conn: Connection, ids: set[str]) -> dict[str, LastFix | None]:
    """The newest believed position of each registered device; None where there is none yet."""
    return {
        row.id: None
        if row.fix_at is None
        else LastFix(point=LonLat(row.lon, row.lat), accuracy_m=row.accuracy_m, fix_at=row.fix_at)
        for row in conn.execute(_LAST, {"ids": sorted(ids)})
    }


def _insert(conn: Connection, fix: Believed, now: datetime) -> bool:
    """Store one position; False when this moment of this device is there already."""
    written = conn.execute(
        _INSERT,
        {
            "person_id": fix.person_id,
            "fix_at": fix.fix_at,
            "lon": fix.point.lon,
            "lat": fix.point.lat,
            "accuracy_m": fix.accuracy_m,
            "now": now,
        },
    )
    return written.first() is not None


def purge_positions(conn: Connection, now: datetime, kept: timedelta = KEPT) -> int:
    """Delete positions older than the retention time; returns how many went."""
    return conn.execute(
        text("DELETE FROM person_position WHERE fix_at < :before"), {"before": now - kept}
    ).rowcount
