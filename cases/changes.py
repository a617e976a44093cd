"""What happened since a moment, in the cases a post sees: the digest after an absence (issue 5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, RowMapping, text

from cases.roles import Actor
from cases.scope import SEEN, keys_of

# Whoever was away longer starts from the lists, not from a digest.
LONGEST = timedelta(days=7)
KINDS = ("new", "overdue", "closed", "refused", "assigned")

# A case refused here that belongs to the sibling is still seen; what no desk has is everybody's.
# `assigned`: whose the case is, since when, is told by the last of its stages.
_SINCE = text(f"""
    WITH told AS (
        SELECT c.id, 'new' AS kind, c.received_at AS at FROM case_now c
        WHERE c.received_at > :since AND c.received_at <= :now AND {SEEN}
      UNION ALL
        SELECT c.id, 'overdue', min(d.due_at) FROM deadline d JOIN case_now c ON c.id = d.case_id
        WHERE d.stopped_at IS NULL AND d.due_at > :since AND d.due_at <= :now AND {SEEN}
        GROUP BY c.id
      UNION ALL
        SELECT c.id, 'closed', c.closed_at FROM case_now c
        WHERE c.closed_at > :since AND c.closed_at <= :now AND {SEEN}
      UNION ALL
        SELECT c.id, 'refused', max(r.rejected_at) FROM refusal r
        JOIN case_now c ON c.id = r.case_id
        WHERE r.rejected_at > :since AND r.rejected_at <= :now AND {SEEN}
          AND (CAST(:desk AS text) IS NULL OR r.desk IS NULL OR r.desk = :desk)
        GROUP BY c.id
      UNION ALL
        SELECT c.id, 'assigned', CAST(c.state #>> '{{stages,-1,from_at}}' AS timestamptz)
        FROM case_now c
        WHERE c.owner = :post AND {SEEN}
          AND CAST(c.state #>> '{{stages,-1,from_at}}' AS timestamptz) > :since),
    summed AS (
        SELECT id, array_agg(DISTINCT kind) AS kinds, max(at) AS at FROM told GROUP BY id)
    SELECT s.kinds, s.at, c.id, c.number, c.title, c.status, c.urgent,
           count(*) OVER () AS total,
           count(*) FILTER (WHERE 'new' = ANY(s.kinds)) OVER () AS new,
           count(*) FILTER (WHERE 'overdue' = ANY(s.kinds)) OVER () AS overdue,
           count(*) FILTER (WHERE 'closed' = ANY(s.kinds)) OVER () AS closed,
           count(*) FILTER (WHERE 'refused' = ANY(s.kinds)) OVER () AS refused,
           count(*) FILTER (WHERE 'assigned' = ANY(s.kinds)) OVER () AS assigned
    FROM summed s JOIN case_now c ON c.id = s.id
    ORDER BY c.urgent DESC, 'overdue' = ANY(s.kinds) DESC, s.at DESC, c.id
    LIMIT :limit""")  # noqa: S608 - fixed fragments


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A case something happened to, and what: `kinds` are some of KINDS, `at` the last of it."""

    id: UUID
    number: str
    title: str
    status: str
    urgent: bool
    kinds: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The counts are of all that happened, the items the weightiest of it."""

    since: datetime
    total: int
    counts: Mapping[str, int]
    items: Sequence[Changed]


def since(conn: Connection, who: Actor, *, since: datetime, now: datetime, limit: int) -> Digest:
    """What happened after `since`, at most seven days back; urgent and overdue cases first."""
    from_at = max(since, now - LONGEST)
    rows: Sequence[RowMapping] = (
        conn.execute(
            _SINCE,
            {
                "since": from_at,
                "now": now,
                "keys": keys_of(who),
                "desk": who.desk,
                "post": who.post,
                "limit": limit,
            },
        )
        .mappings()
        .all()
    )
    return Digest(
        since=from_at,
        total=rows[0]["total"] if rows else 0,
        counts={kind: rows[0][kind] if rows else 0 for kind in KINDS},
        items=[
            Changed(
                id=row["id"],
                number=row["number"],
                title=row["title"],
                status=row["status"],
                urgent=row["urgent"],
                kinds=tuple(kind for kind in KINDS if kind in row["kinds"]),
                at=row["at"],
            )
            for row in rows
        ],
    )
