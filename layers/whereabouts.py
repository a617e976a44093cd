"""How far the people behind some posts are from a place, by their newest position."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from geo.points import LonLat
from layers.muster import stale_after

# Of a post with several devices the newest position counts.
_AWAY = text("""
    SELECT DISTINCT ON (post) post, fix_at,
           ST_Distance(geom::geography,
                       ST_SetSRID(ST_MakePoint(:lon, :lat), 4490)::geography) AS distance_m
    FROM person_now WHERE post = ANY(:posts) AND geom IS NOT NULL AND fix_at IS NOT NULL
    ORDER BY post, fix_at DESC, id""").bindparams(bindparam("posts", type_=ARRAY(Text)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """How far away, how old the position is, and whether it is too old to rely on."""

    distance_m: float
    age_s: int
    stale: bool


def whereabouts(
    conn: Connection, posts: Sequence[str], place: LonLat, now: datetime
) -> dict[str, Whereabouts]:
    """Of each post with a position, where it is from a place."""
    old = stale_after(conn, now)
    rows = conn.execute(_AWAY, {"posts": sorted(posts), "lon": place.lon, "lat": place.lat})
    return {
        row.post: Whereabouts(
            distance_m=row.distance_m,
            age_s=max(0, int((now - row.fix_at).total_seconds())),
            stale=now - row.fix_at >= old,
        )
        for row in rows
    }
