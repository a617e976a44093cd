"""Who sees which case: the one condition that list, map, file, stream, detail and command share.

A case keeps its audience (`ownership.audience`), a post has its keys (`roles.scope_keys`); it is
seen when they have one in common. What a post does not see is not there: 404, never 403.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Connection, text

from cases.errors import CaseNotFound
from cases.roles import Actor, scope_keys

# As a condition on `case_now c` (or its view `map_case c`) with the parameter `keys`.
SEEN = "c.audience && CAST(:keys AS text[])"


def keys_of(who: Actor) -> list[str]:
    """A post's keys as the parameter `keys`."""
    return sorted(scope_keys(who))


def seen_id(conn: Connection, key: str, who: Actor) -> UUID:
    """The id of a case a post sees: by its id, its number, or the day's short one (1124-0031).

    Raises:
        CaseNotFound: there is none, or it is not to be seen; the answer is the same.
    """
    try:
        named = "c.id = :key"
        wanted: UUID | str = UUID(key)
    except ValueError:
        # Both have an index of their own (`ix_case_now_short`), so nothing is read end to end.
        named = "(c.number = :key OR substr(c.number, 5) = :key)"
        wanted = key
    found: UUID | None = conn.execute(
        text(
            f"SELECT c.id FROM case_now c WHERE {named} AND {SEEN}"  # noqa: S608 - fixed fragments
            " ORDER BY c.received_at DESC LIMIT 1"
        ),
        {"key": wanted, "keys": keys_of(who)},
    ).scalar_one_or_none()
    if found is None:
        raise CaseNotFound("没有这个案件")
    return found


def seen_by(areas: Collection[str], keys: frozenset[str]) -> bool:
    """The same condition for a fact of the feed, whose `areas` are the case's audience."""
    return not keys.isdisjoint(areas)
