"""Two people on one case see each other: a sign of life while it is open, and who else is there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from api.bodies import Body
from api.cases import Key
from api.deps import Now, Tx, Who
from api.views import local
from cases import viewing
from cases.roles import label

router = APIRouter(prefix="/v1", tags=["live"])
# A random name that a browser gives itself; only it knows it.
Seat = Annotated[str, Field(min_length=8, max_length=60, pattern=r"^[0-9A-Za-z-]+$")]


class Looking(Body):
    """That a case is open at a seat; `step` where a form for a step is open."""

    seat: Seat
    step: Annotated[str | None, Field(max_length=40, pattern=r"^[a-z-]+$")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerView:
    """A seat with the case open, by its post; gone at `until` unless it is heard of again."""

    case: UUID
    mark: str
    post: str
    label: str | None
    step: str | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerList:
    """Who has the case open; `mark` is the asking seat's own."""

    mark: str
    items: list[ViewerView]


@router.put("/cases/{key}/viewing")
def look(key: Key, body: Looking, tx: Tx, now: Now, who: Who) -> ViewerList:
    """Say every 20 seconds that a case is open here. Kept for 45 seconds, never longer."""
    case_id = viewing.look(tx, key, who, seat=body.seat, step=body.step, now=now)
    found = viewing.present(tx, now=now, case_id=case_id)
    return ViewerList(mark=viewing.mark_of(body.seat), items=views(found))


@router.delete("/cases/{key}/viewing", status_code=204)
def leave(key: Key, seat: Annotated[Seat, Query()], tx: Tx, who: Who) -> None:
    """Say that the case is closed here."""
    viewing.leave(tx, key, who, seat=seat)


def views(found: Iterable[viewing.Viewing]) -> list[ViewerView]:
    """The seats as the screen shows them."""
    return [
        ViewerView(
            case=one.case_id,
            mark=one.mark,
            post=one.post,
            label=label(one.post),
            step=one.step,
            until=local(one.until),
        )
        for one in found
    ]
