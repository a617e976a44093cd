"""Cases that may be the same event, or the same trouble again: shown side by side, never merged.

Three ways to be alike: near, at the same written address, of the same matter in the same grid.
What is found is for a person to look at; 并案 and 关联 are steps of their own.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from cases.model import Case, case_from
from cases.roles import Actor
from cases.scope import SEEN, keys_of

NEAR_M = 100.0
WITHIN = timedelta(days=30)
# What each likeness adds; time passed takes away up to TIME_POINTS.
POINTS = {"near": 50.0, "address": 30.0, "matter": 20.0}
TIME_POINTS = 20.0

# Each way has its own index: the map's, and the grid's within some days.
_FOUND = text(f"""
    WITH own AS (
        SELECT id, geom, nullif(address, '') AS address, category, community FROM case_now
        WHERE id = :id
    ), near AS (
        SELECT c.id FROM own JOIN case_now c ON c.geom && ST_Expand(own.geom, 0.0012)
        WHERE c.id <> own.id AND c.received_at BETWEEN :since AND :until AND {SEEN}
          AND ST_DWithin(c.geom::geography, own.geom::geography, :near_m)
        ORDER BY c.received_at DESC LIMIT 60
    ), told AS (
        SELECT c.id FROM own JOIN case_now c ON c.address = own.address
        WHERE c.id <> own.id AND c.received_at BETWEEN :since AND :until AND {SEEN}
        ORDER BY c.received_at DESC LIMIT 60
    ), matter AS (
        SELECT c.id FROM own
        JOIN case_now c ON c.category = own.category AND c.community = own.community
        WHERE c.id <> own.id AND c.received_at BETWEEN :since AND :until AND {SEEN}
        ORDER BY c.received_at DESC LIMIT 20
    )
    SELECT c.state, c.address = own.address AS same_address,
           c.category = own.category AND c.community = own.community AS same_matter,
           ST_Distance(c.geom::geography, own.geom::geography) AS distance_m
    FROM own, case_now c
    WHERE c.id IN (SELECT id FROM near UNION SELECT id FROM told UNION SELECT id FROM matter)
    """)  # noqa: S608 - fixed fragments


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Another case with how it is like the one in question."""

    case: Case
    distance_m: float | None
    score: float
    why: tuple[str, ...]


def similar(conn: Connection, case: Case, who: Actor, *, limit: int = 8) -> tuple[Alike, ...]:
    """The cases most like one, of those a post sees, best first."""
    values: dict[str, Any] = {
        "id": case.id,
        "since": case.received_at - WITHIN,
        "until": case.received_at + WITHIN,
        "near_m": NEAR_M,
        "keys": keys_of(who),
    }
    found = [
        alike(
            case_from(row.state),
            to=case.received_at,
            distance_m=row.distance_m,
            same_address=bool(row.same_address),
            same_matter=bool(row.same_matter),
        )
        for row in conn.execute(_FOUND, values)
    ]
    found.sort(key=lambda one: (-one.score, one.case.number))
    return tuple(found[:limit])


def alike(
    other: Case, *, to: datetime, distance_m: float | None, same_address: bool, same_matter: bool
) -> Alike:
    """One case beside another: its points and its reasons."""
    points, why = 0.0, []
    if distance_m is not None and distance_m <= NEAR_M:
        points += POINTS["near"] * (1 - distance_m / NEAR_M / 2)
        why.append(f"相距 {round(distance_m)} 米")
    if same_address:
        points += POINTS["address"]
        why.append("同一地址")
    if same_matter:
        points += POINTS["matter"]
        why.append("同网格同一事项")
    apart = abs(other.received_at - to)
    points -= TIME_POINTS * (apart / WITHIN)
    if apart < timedelta(hours=1):
        why.append("1 小时内先后收到")
    elif apart < timedelta(days=1):
        why.append("1 天内先后收到")
    return Alike(case=other, distance_m=distance_m, score=round(points, 1), why=tuple(why))
