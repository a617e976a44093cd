"""What happened while somebody was away: one question, one digest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.bodies import Moment
from api.deps import Now, Tx, Who
from api.views import local
from cases import changes
from cases.model import Status
from cases.words import STATUS

router = APIRouter(prefix="/v1", tags=["live"])


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedView:
    """A case and what happened to it: new, overdue, closed, refused, assigned."""

    id: UUID
    number: str
    title: str
    status_label: str
    urgent: bool
    kinds: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """Counts of all that happened after `since`; `items` are the weightiest, at most `limit`."""

    since: datetime
    until: datetime
    total: int
    new: int
    overdue: int
    closed: int
    refused: int
    assigned: int
    items: list[ChangedView]


@router.get("/changes")
def happened(
    tx: Tx,
    now: Now,
    who: Who,
    since: Annotated[Moment, Query(description="RFC 3339; at most seven days back.")],
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DigestView:
    """What happened since a moment, in the cases this post sees."""
    digest = changes.since(tx, who, since=since, now=now, limit=limit)
    return DigestView(
        since=local(digest.since),
        until=local(now),
        total=digest.total,
        **digest.counts,
        items=[
            ChangedView(
                id=one.id,
                number=one.number[4:],
                title=one.title,
                status_label=STATUS[Status(one.status)],
                urgent=one.urgent,
                kinds=one.kinds,
                at=local(one.at),
            )
            for one in digest.items
        ],
    )
