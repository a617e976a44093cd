"""What people confirmed, kept as examples; a name is learned from two people only (R2–R5).

One person's click may be a slip or a local habit. A name no gazetteer knows becomes a name of a
place when two accounts chose that place for it, each at its last word, and nobody chose another.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import Connection, text

from geo.gazetteer_changes import lock, note
from geo.points import LonLat

__all__ = ["Label", "Offered", "add_label", "labels", "learn", "learned_aliases"]

_PLACE = "place:"
# What may become a name: a few characters of it Chinese, and no number of a person in it.
_NAME = re.compile(r"(?=.*[\u4e00-\u9fff])(?!.*\d{5})[\u4e00-\u9fffA-Za-z0-9()·-]{2,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A candidate that was on the screen."""

    key: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A person's choice.

    Attributes:
        account: whose click it was; two of one account count as one.
        clause: the place words, redacted.
        chosen: the candidate's key; None when the person pointed at the map instead.
        unmatched_name: what in the clause looked like a name and is in no gazetteer.
        outcome: what the geocoder had said of the text.
    """

    id: UUID
    case_id: UUID | None
    at: datetime
    account: str
    clause: str
    chosen: str | None
    point: LonLat | None
    radius_m: float | None
    unmatched_name: str | None
    candidates: tuple[Offered, ...]
    outcome: str
    gazetteer_version: str


def add_label(conn: Connection, label: Label) -> None:
    """Keep a choice, in the transaction that acts on it."""
    if label.unmatched_name is not None:
        # Two people at the same moment: the second sees the first's, and the name is learned.
        lock(conn)
    conn.execute(
        text(
            "INSERT INTO geocode_label (id, case_id, at, account, clause, chosen, geom, radius_m,"
            " unmatched_name, candidates, outcome, gazetteer_version) VALUES (:id, :case_id, :at,"
            " :account, :clause, :chosen,"
            " ST_SetSRID(ST_MakePoint(CAST(:lon AS float8), CAST(:lat AS float8)), 4490),"
            " :radius_m, :unmatched_name, CAST(:candidates AS jsonb), :outcome, :version)"
        ),
        {
            "id": label.id,
            "case_id": label.case_id,
            "at": label.at,
            "account": label.account,
            "clause": label.clause,
            "chosen": label.chosen,
            "lon": label.point.lon if label.point else None,
            "lat": label.point.lat if label.point else None,
            "radius_m": label.radius_m,
            "unmatched_name": label.unmatched_name,
            "candidates": orjson.dumps(label.candidates).decode(),
            "outcome": label.outcome,
            "version": label.gazetteer_version,
        },
    )


def labels(
    conn: Connection, *, since: datetime | None = None, limit: int = 1000
) -> tuple[Label, ...]:
    """The choices, the newest first."""
    rows = conn.execute(
        text(
            "SELECT id, case_id, at, account, clause, chosen, ST_X(geom) AS lon, ST_Y(geom) AS lat,"
            " radius_m, unmatched_name, candidates, outcome, gazetteer_version FROM geocode_label"
            " WHERE CAST(:since AS timestamptz) IS NULL OR at >= :since"
            " ORDER BY at DESC, id LIMIT :limit"
        ),
        {"since": since, "limit": limit},
    ).mappings()
    found = []
    for row in rows:
        values = dict(row)
        lon, lat = values.pop("lon"), values.pop("lat")
        values["candidates"] = tuple(Offered(**told) for told in values["candidates"])
        found.append(Label(**values, point=None if lon is None else LonLat(lon, lat)))
    return tuple(found)


def learned_aliases(conn: Connection) -> tuple[tuple[str, str], ...]:
    """The names learned so far, each with the id of its place."""
    rows = conn.execute(
        text(
            "SELECT text, place_id FROM gazetteer_alias WHERE kind = 'confirmed'"
            " AND place_id IS NOT NULL ORDER BY text, place_id"
        )
    )
    return tuple((row.text, row.place_id) for row in rows)


def learn(
    conn: Connection, *, at: datetime, by: str = "learning", names: Sequence[str] | None = None
) -> tuple[tuple[str, str], ...]:
    """Learn what two people agree on; what was new, as (name, place id).

    Args:
        conn: inside a transaction.
        at: the moment.
        by: who is noted for the change.
        names: look at these names only, such as that of the label just added.
    """
    lock(conn)
    votes: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in conn.execute(text(_LAST_WORDS), {"names": names and list(names)}):
        votes[row.unmatched_name][row.account] = row.chosen
    agreed = [
        (name, next(iter(chosen.values())).removeprefix(_PLACE))
        for name, chosen in sorted(votes.items())
        if len(chosen) >= 2 and len(set(chosen.values())) == 1 and _NAME.fullmatch(name)
    ]
    new = [
        (name, place)
        for name, place in agreed
        if conn.execute(text(_ADD), {"name": name, "place": place}).rowcount
    ]
    if new:
        words = "、".join(name for name, _ in new)
        note(
            conn, by=by, at=at, reason=f"两人以上确认的叫法：{words}", counts={"learned": len(new)}
        )
        conn.info.pop("pianqu_gazetteer", None)
    return tuple(new)


# A choice on the map speaks against none of the places; every other key does.
_LAST_WORDS = """
SELECT DISTINCT ON (unmatched_name, account) unmatched_name, account, chosen FROM geocode_label
WHERE unmatched_name IS NOT NULL AND chosen IS NOT NULL
  AND (CAST(:names AS text[]) IS NULL OR unmatched_name = ANY(:names))
ORDER BY unmatched_name, account, at DESC, id
"""
# Never a name that something else has already: that would move what is understood today.
_ADD = """
INSERT INTO gazetteer_alias (place_id, rank, text, kind)
SELECT p.id, 1000, :name, 'confirmed' FROM gazetteer_place p
WHERE p.id = :place AND p.valid_to IS NULL AND p.quality <> 'D'
  AND NOT EXISTS (SELECT 1 FROM gazetteer_place WHERE name = :name OR road = :name)
  AND NOT EXISTS (SELECT 1 FROM gazetteer_road WHERE name = :name)
  AND NOT EXISTS (SELECT 1 FROM gazetteer_alias WHERE text = :name)
"""
