"""Everybody of the map with what can be said of their presence now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from cases.policies import policy_at
from geo.points import LonLat
from layers.duties import desk_of, duties_at
from layers.model import DutyMode
from layers.presence import Circle, Duty, Heard, Presence, Seen, inside, is_stale, presence

_EVERYBODY = text("""
    SELECT n.id, n.post, n.name, n.duty_mode, n.sector, n.post_radius_m, n.accuracy_m, n.fix_at,
           ST_X(n.post_geom) AS post_lon, ST_Y(n.post_geom) AS post_lat,
           ST_X(n.geom) AS lon, ST_Y(n.geom) AS lat, a.since AS absent_since,
           (SELECT min(d.created_at) FROM person_device d
            WHERE d.person_id = n.id AND d.revoked_at IS NULL) AS phone_since
    FROM person_now n
    LEFT JOIN presence_absence a ON a.person_id = n.id AND a.ended_at IS NULL
    ORDER BY n.id""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mustered:
    """One person of the map; `in_post` only for who has an appointed post and a position."""

    id: str
    post: str
    name: str
    desk: str | None
    duty_mode: DutyMode
    seen: Seen
    stale: bool
    in_post: bool | None
    heard: bool

    @property
    def shown(self) -> bool:
        """Whether the map shows where: never of somebody off duty."""
        return self.heard and self.seen.state is not Presence.OFF_DUTY


def stale_after(conn: Connection, now: datetime) -> timedelta:
    """From which age on a position is old (policy: position_stale_minutes)."""
    return timedelta(minutes=policy_at(conn, now).position_stale_minutes)


def muster(conn: Connection, now: datetime, stale: timedelta | None = None) -> tuple[Mustered, ...]:
    """Everybody with their presence at a moment, by the roster and the newest positions."""
    stale = stale_after(conn, now) if stale is None else stale
    duties = duties_at(conn, now)
    return tuple(_one(row, duties.get(row.post), now, stale) for row in conn.execute(_EVERYBODY))


def _one(row: Row[Any], duty: Duty | None, now: datetime, stale: timedelta) -> Mustered:
    heard = circle = None
    if row.fix_at is not None:
        heard = Heard(point=LonLat(row.lon, row.lat), accuracy_m=row.accuracy_m, fix_at=row.fix_at)
    if row.post_lon is not None:
        circle = Circle(point=LonLat(row.post_lon, row.post_lat), radius_m=row.post_radius_m)
    seen = presence(duty, heard, now, stale_after=stale, circle=circle, phone_since=row.phone_since)
    if seen.state is Presence.ABSENT and row.absent_since is not None:
        seen = Seen(state=seen.state, since=row.absent_since)
    return Mustered(
        id=row.id,
        post=row.post,
        name=row.name,
        desk=row.sector or desk_of(row.post),
        duty_mode=duty.mode if duty else DutyMode(row.duty_mode),
        seen=seen,
        stale=is_stale(heard, now, stale),
        in_post=inside(circle, heard) if circle and heard else None,
        heard=heard is not None,
    )
