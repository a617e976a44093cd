"""The register of posts, and where the people on duty are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from geo.points import LonLat
from layers.fixes import LIMITS, Believed, Fix, FixLimits, FixProblem, LastFix, judge, stays
from layers.model import DutyMode, Person, PersonNow

# Positions are not facts: told by a plain, lossy notice, never on the durable feed (arch. 7 C).
CHANNEL = "pianqu_positions"
KEPT = timedelta(days=30)  # interfaces 7

# (person, moment) → on duty then
OnDuty = Callable[[str, datetime], bool]

_UPSERT = text("""
    INSERT INTO person (id, post, name, chip, duty_mode, sector, post_geom, post_radius_m)
    VALUES (:id, :post, :name, :chip, :duty_mode, :sector,
            ST_SetSRID(ST_MakePoint(:post_lon, :post_lat), 4490), :post_radius_m)
    ON CONFLICT (id) DO UPDATE SET
        post = excluded.post, name = excluded.name, chip = excluded.chip,
        duty_mode = excluded.duty_mode, sector = excluded.sector,
        post_geom = excluded.post_geom, post_radius_m = excluded.post_radius_m""")

_LAST = text("""
    SELECT p.id, f.fix_at AS since, coalesce(f.until_at, f.fix_at) AS fix_at, f.accuracy_m,
           ST_X(f.geom) AS lon, ST_Y(f.geom) AS lat
    FROM person p
    LEFT JOIN LATERAL (
        SELECT * FROM person_position
        WHERE person_id = p.id ORDER BY fix_at DESC LIMIT 1) f ON true
    WHERE p.id = ANY(:ids)""").bindparams(bindparam("ids", type_=ARRAY(Text)))

# One statement for however many. What lies within a stay that is there already has been told.
_INSERT = text("""
    INSERT INTO person_position (person_id, fix_at, geom, accuracy_m, received_at)
    SELECT n.person_id, n.fix_at, ST_SetSRID(ST_MakePoint(n.lon, n.lat), 4490), n.accuracy_m, :now
    FROM unnest(CAST(:person_id AS text[]), CAST(:fix_at AS timestamptz[]),
                CAST(:lon AS float8[]), CAST(:lat AS float8[]), CAST(:accuracy_m AS real[]))
        AS n (person_id, fix_at, lon, lat, accuracy_m)
    WHERE NOT EXISTS (
        SELECT FROM person_position q
        WHERE q.person_id = n.person_id AND q.until_at >= n.fix_at
          AND q.fix_at BETWEEN n.fix_at - make_interval(secs => :stay_s) AND n.fix_at)
    ON CONFLICT DO NOTHING RETURNING person_id, fix_at""")
_STAY = text("""
    UPDATE person_position p
    SET until_at = greatest(coalesce(p.until_at, n.until_at), n.until_at), received_at = :now
    FROM unnest(CAST(:person_id AS text[]), CAST(:since AS timestamptz[]),
                CAST(:until_at AS timestamptz[])) AS n (person_id, since, until_at)
    WHERE p.person_id = n.person_id AND p.fix_at = n.since""")

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
    """Add or renew role accounts; the devices and the positions stay.

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
    conn: Connection,
    fixes: Sequence[Fix],
    now: datetime,
    limits: FixLimits = LIMITS,
    on_duty: OnDuty | None = None,
) -> PositionIntake:
    """Store the positions that can be believed; name the reason for each that cannot.

    A batch is judged in order of time, each fix against the one believed before it, so that a
    phone that was off line can send its queue in any order. It is written in two statements.

    Args:
        conn: inside a transaction.
        fixes: as the phones sent them; `device_id` is the person's id.
        now: the moment of the call.
        limits: of belief.
        on_duty: who was on duty at a moment; the doors always say. None: everybody.
    """
    batch = _Batch(_last_fixes(conn, {fix.device_id for fix in fixes}), limits)
    rejected: list[Rejection] = []
    for fix in sorted(fixes, key=lambda one: one.fix_at):
        problem = batch.take(fix, now, on_duty)
        if problem is not None:
            rejected.append(_rejection(fix.device_id, fix.fix_at, problem))
    for person_id, fix_at in batch.write(conn, now):
        rejected.append(_rejection(person_id, fix_at, FixProblem.DUPLICATE))
    accepted = len(fixes) - len(rejected)
    if accepted:
        conn.execute(text(f"NOTIFY {CHANNEL}"))
    return PositionIntake(accepted=accepted, rejected=tuple(rejected))


def _rejection(device_id: str, fix_at: datetime, problem: FixProblem) -> Rejection:
    return Rejection(device_id=device_id, fix_at=fix_at, problem=problem)


class _Batch:
    """What a batch comes to: new rows, and stays that last longer."""

    def __init__(self, last: dict[str, LastFix | None], limits: FixLimits) -> None:
        self._last = last
        self._limits = limits
        self._new: dict[tuple[str, datetime], Believed] = {}
        self._stays: dict[tuple[str, datetime], datetime] = {}

    def take(self, fix: Fix, now: datetime, on_duty: OnDuty | None) -> FixProblem | None:
        """Take one fix in, or say why not."""
        if fix.device_id not in self._last:
            return FixProblem.UNKNOWN_DEVICE
        last = self._last[fix.device_id]
        verdict = judge(fix, last, now, self._limits)
        if isinstance(verdict, FixProblem):
            return verdict
        key = verdict.person_id, verdict.fix_at
        if key in self._new:
            return FixProblem.DUPLICATE
        if on_duty is not None and not on_duty(*key):
            return FixProblem.OFF_DUTY
        if last is not None and stays(last, verdict, self._limits):
            self._stays[verdict.person_id, last.since] = verdict.fix_at
            self._last[verdict.person_id] = replace(last, fix_at=verdict.fix_at)
            return None
        self._new[key] = verdict
        if last is None or last.fix_at < verdict.fix_at:
            self._last[verdict.person_id] = LastFix(
                point=verdict.point,
                accuracy_m=verdict.accuracy_m,
                fix_at=verdict.fix_at,
                since=verdict.fix_at,
            )
        return None

    def write(self, conn: Connection, now: datetime) -> list[tuple[str, datetime]]:
        """Write it; returns what was there already."""
        written = set()
        if self._new:
            new = list(self._new.values())
            columns = {
                "person_id": [one.person_id for one in new],
                "fix_at": [one.fix_at for one in new],
                "lon": [one.point.lon for one in new],
                "lat": [one.point.lat for one in new],
                "accuracy_m": [one.accuracy_m for one in new],
                "stay_s": self._limits.stay.total_seconds(),
            }
            written = {
                (r.person_id, r.fix_at) for r in conn.execute(_INSERT, {**columns, "now": now})
            }
        if self._stays:
            columns = {
                "person_id": [person for person, _ in self._stays],
                "since": [since for _, since in self._stays],
                "until_at": list(self._stays.values()),
            }
            conn.execute(_STAY, {**columns, "now": now})
        return [key for key in self._new if key not in written]


def _last_fixes(conn: Connection, ids: set[str]) -> dict[str, LastFix | None]:
    """The newest believed position of each registered device; None where there is none yet."""
    return {
        row.id: None
        if row.fix_at is None
        else LastFix(
            point=LonLat(row.lon, row.lat),
            accuracy_m=row.accuracy_m,
            fix_at=row.fix_at,
            since=row.since,
        )
        for row in conn.execute(_LAST, {"ids": sorted(ids)})
    }


def purge_positions(conn: Connection, now: datetime, kept: timedelta = KEPT) -> int:
    """Delete positions, and absences that are over, older than the retention time.

    Returns:
        How many positions went.
    """
    told = {"before": now - kept}
    conn.execute(text("DELETE FROM presence_absence WHERE ended_at < :before"), told)
    return conn.execute(text("DELETE FROM person_position WHERE fix_at < :before"), told).rowcount
