"""Lists, timelines and counts, read from the projections; nothing here changes a case."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, text

from cases.errors import CaseNotFound, RefusalNotFound
from cases.model import Case, case_from
from cases.redaction import redact_body
from cases.roles import Actor
from cases.scope import SEEN, keys_of
from cases.sealing import unseal
from cases.tabs import OPEN, TABS
from cases.texts import texts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a list shows; the same object serves screen and export."""

    tab: str | None = None
    status: str | None = None
    desk: str | None = None
    sector: str | None = None
    community: str | None = None
    source: str | None = None
    kind: str | None = None
    grade: str | None = None
    station: str | None = None
    owner: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    q: str | None = None
    open: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of cases, newest first, with the cursor of the next and the whole count."""

    items: tuple[Case, ...]
    next: str | None
    total: int


class BadCursor(ValueError):
    """The cursor is not one of ours."""


def cases(
    conn: Connection,
    wanted: Filter,
    who: Actor,
    *,
    now: datetime,
    limit: int,
    cursor: str | None,
) -> Page:
    """A page of the cases a post sees.

    Raises:
        BadCursor: the cursor cannot be read.
    """
    where, values = conditions(wanted, who, now)
    total = conn.execute(
        text(f"SELECT count(*) FROM case_now c WHERE {where}"),  # noqa: S608 - fixed fragments
        values,
    ).scalar_one()
    if cursor:
        at, id = _read_cursor(cursor)
        where += " AND (c.received_at, c.id) < (:cursor_at, :cursor_id)"
        values |= {"cursor_at": at, "cursor_id": id}
    rows = conn.execute(
        text(
            f"SELECT c.state FROM case_now c WHERE {where}"  # noqa: S608 - fixed fragments
            " ORDER BY c.received_at DESC, c.id DESC LIMIT :limit"
        ),
        {**values, "limit": limit + 1},
    ).scalars()
    found = [case_from(state) for state in rows]
    more = len(found) > limit
    items = tuple(found[:limit])
    return Page(items=items, next=_cursor(items[-1]) if more else None, total=total)


def conditions(wanted: Filter, who: Actor, now: datetime) -> tuple[str, dict[str, Any]]:
    """A filter as a condition on `case_now c` and its values; lists and files share it."""
    parts: list[str] = [SEEN]
    values: dict[str, Any] = {"now": now, "keys": keys_of(who), "post": who.post}
    if wanted.tab:
        parts.append(TABS[wanted.tab])
    for column in ("status", "sector", "community", "source", "kind", "station", "owner"):
        value = getattr(wanted, column)
        if value is not None:
            parts.append(f"c.{column} = :{column}")
            values[column] = value
    for name, condition in _RANGES.items():
        value = getattr(wanted, name)
        if value is not None:
            parts.append(condition)
            values[name] = value
    if wanted.desk is not None:
        parts.append(_OF_DESK if wanted.tab in (None, "rejected") and not wanted.open else _AT_DESK)
        values["desk"] = wanted.desk
    if wanted.open:
        parts.append(OPEN)
    if wanted.q:
        parts.append(_SEARCH)
        escaped = wanted.q.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        values |= {
            "q": f"%{escaped}%",
            "own_desk": who.desk,
            "all_desks": who.role == "street-centre",
        }
    return " AND ".join(parts), values


_RANGES = {
    "grade": "c.grades @> ARRAY[CAST(:grade AS text)]",
    "since": "c.received_at >= :since",
    "until": "c.received_at < :until",
}
# Texts are searched only by who reads them whole (`redaction.holds`): else one could find out by
# asking whether a telephone number stands in a case.
_SEARCH = (
    "(c.number ILIKE :q"
    " OR EXISTS (SELECT 1 FROM case_number n WHERE n.case_id = c.id AND n.number ILIKE :q"
    " AND n.kind <> 'idempotency-key')"
    " OR ((:all_desks OR CAST(:own_desk AS text) = coalesce(c.desk, :own_desk)"
    " OR :post = ANY(c.parties))"
    " AND (c.title ILIKE :q OR c.address ILIKE :q OR c.description ILIKE :q)))"
)
# What a desk has to do: its own cases and those whose desk is still open.
_AT_DESK = "(c.desk = :desk OR c.desk IS NULL)"
# A desk sees its own cases, those whose desk is still open, and what it has refused itself.
_OF_DESK = (
    "(c.desk = :desk OR c.desk IS NULL"
    " OR EXISTS (SELECT 1 FROM refusal r WHERE r.case_id = c.id AND r.desk = :desk))"
)


def _cursor(case: Case) -> str:
    parts = [case.received_at.isoformat(), str(case.id)]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[datetime, UUID]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, id = orjson.loads(base64.urlsafe_b64decode(padded))
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise BadCursor(cursor)
        return moment, UUID(id)
    except (ValueError, TypeError, AttributeError) as error:
        raise BadCursor(cursor) from error


def case(conn: Connection, case_id: UUID) -> Case:
    """One case.

    Raises:
        CaseNotFound: no such case.
    """
    state = conn.execute(
        text("SELECT state FROM case_now WHERE id = :id"), {"id": case_id}
    ).scalar_one_or_none()
    if state is None:
        raise CaseNotFound("没有这个案件")
    return case_from(state)


def events(conn: Connection, case_id: UUID) -> Sequence[dict[str, Any]]:
    """The history of a case, oldest first, with the texts that are still kept."""
    texts = texts_of(conn, case_id)
    rows = conn.execute(
        text(
            "SELECT version, type, data, actor, account, on_behalf_of, at, clocks FROM case_event"
            " WHERE case_id = :id ORDER BY version"
        ),
        {"id": case_id},
    ).mappings()
    return [{**row, "data": unseal(row["data"], texts)} for row in rows]


def summary(
    conn: Connection, who: Actor, *, desk: str | None, now: datetime, today: datetime
) -> dict[str, Any]:
    """The live numbers of the top bar and of every queue, of the cases a post sees."""
    of_desk = f" AND {_OF_DESK}" if desk else ""
    at_desk = f" AND {_AT_DESK}" if desk else ""
    columns = ", ".join(
        f"count(*) FILTER (WHERE {condition}{'' if tab == 'rejected' else at_desk}) AS {tab}"
        for tab, condition in TABS.items()
    )
    values = {
        "now": now, "today": today, "desk": desk, "keys": keys_of(who), "post": who.post,
    }  # fmt: skip
    row = conn.execute(
        text(
            f"SELECT {columns}, "  # noqa: S608 - fixed fragments
            f"count(*) FILTER (WHERE c.accepted_at >= :today{at_desk}) AS accepted_today, "
            f"count(*) FILTER (WHERE {TABS['closed']} AND c.closed_at >= :today{at_desk})"
            " AS closed_today, "
            "count(*) FILTER (WHERE EXISTS (SELECT 1 FROM deadline d WHERE d.case_id = c.id"
            " AND d.stopped_at IS NULL AND d.due_at > :now AND d.warn_at <= :now)"
            f"{at_desk}) AS amber FROM case_now c WHERE {SEEN}{of_desk}"
        ),
        values,
    ).mappings().one()  # fmt: skip
    states = conn.execute(
        text(
            "SELECT r.state, count(*) AS n FROM refusal r JOIN case_now c ON c.id = r.case_id"  # noqa: S608
            f" WHERE {SEEN} AND (CAST(:desk AS text) IS NULL OR r.desk = :desk)"
            " GROUP BY r.state"
        ),
        values,
    )
    refusals = {state.state: state.n for state in states}
    return {
        "todo": row["todo"],
        "mine": row["mine"],
        "amber": row["amber"],
        "red": row["overdue"],
        "accepted_today": row["accepted_today"],
        "closed_today": row["closed_today"],
        "tabs": {tab: row[tab] for tab in TABS},
        "refusals": {"all": sum(refusals.values()), **refusals},
    }


def refused_cases(
    conn: Connection, who: Actor, *, state: str | None, limit: int = 500
) -> Sequence[tuple[UUID, Case]]:
    """The refusals of the cases a post sees, newest first, each with its case."""
    rows = conn.execute(
        text(
            "SELECT r.id, c.state FROM refusal r JOIN case_now c ON c.id = r.case_id"  # noqa: S608
            f" WHERE {SEEN} AND (CAST(:state AS text) IS NULL OR r.state = :state)"
            " ORDER BY r.rejected_at DESC, r.id LIMIT :limit"
        ),
        {"state": state, "limit": limit, "keys": keys_of(who)},
    )
    return [(row.id, case_from(row.state)) for row in rows]


def case_of_refusal(conn: Connection, refusal_id: UUID, who: Actor) -> UUID:
    """The case a refusal belongs to, if the post sees it.

    Raises:
        RefusalNotFound: there is none, or it is not to be seen.
    """
    found: UUID | None = conn.execute(
        text(
            "SELECT r.case_id FROM refusal r JOIN case_now c ON c.id = r.case_id"  # noqa: S608
            f" WHERE r.id = :id AND {SEEN}"
        ),
        {"id": refusal_id, "keys": keys_of(who)},
    ).scalar_one_or_none()
    if found is None:
        raise RefusalNotFound("没有这条不予受理记录")
    return found


def deliveries(conn: Connection, case_ids: Sequence[UUID]) -> dict[str, dict[str, Any]]:
    """How the messages about some cases stand, by refusal id."""
    rows = conn.execute(
        text(
            "SELECT payload -> 'data' ->> 'refusal_id' AS refusal_id, id, status, attempts,"
            " last_error, next_at, delivered_at FROM outbox"
            " WHERE subject = ANY(:ids) AND payload ->> 'type' LIKE '%rejected'"
        ),
        {"ids": [str(id) for id in case_ids]},
    ).mappings()
    return {row["refusal_id"]: {k: row[k] for k in row if k != "refusal_id"} for row in rows}


def overdue_clocks(conn: Connection, now: datetime, limit: int = 200) -> Sequence[Any]:
    """Clocks whose limit has passed and is not yet in the history."""
    return conn.execute(
        text(
            "SELECT case_id, code, seq FROM deadline WHERE stopped_at IS NULL AND NOT breached"
            " AND due_at <= :now ORDER BY due_at LIMIT :limit"
        ),
        {"now": now, "limit": limit},
    ).all()


def keep_unreadable(
    conn: Connection,
    *,
    body: bytes,
    content_type: str | None,
    detail: Sequence[dict[str, Any]],
    now: datetime,
) -> int:
    """Keep the bytes of a report that could not be read, so that it is not lost."""
    id: int = conn.execute(
        text(
            "INSERT INTO intake_rejected (at, content_type, detail, body)"
            " VALUES (:now, :content_type, CAST(:detail AS jsonb), :body) RETURNING id"
        ),
        {
            "now": now,
            "content_type": content_type,
            "detail": orjson.dumps(detail).decode(),
            "body": body,
        },
    ).scalar_one()
    return id


def unreadable(conn: Connection, limit: int = 200) -> Sequence[dict[str, Any]]:
    """The reports that could not be read, newest first, as text for the screen, without people."""
    rows = conn.execute(
        text(
            "SELECT id, at, content_type, detail, body FROM intake_rejected"
            " ORDER BY id DESC LIMIT :limit"
        ),
        {"limit": limit},
    ).mappings()
    return [
        {**row, "body": redact_body(bytes(row["body"]).decode("utf-8", "replace"))[:4000]}
        for row in rows
    ]
