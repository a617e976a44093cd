"""The inbox on screen: one's own messages, reading them, 已收到."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.bodies import Body
from api.deps import Now, Tx, Who
from api.views import local
from cases import mailbox
from cases.mailbox import Mail
from cases.roles import Actor

router = APIRouter(prefix="/v1", tags=["telling people"])


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """One message; `needs_acknowledgement` as long as an urgent one waits for 已收到."""

    id: UUID
    case_id: UUID | None
    case_number: str | None
    kind: str
    title: str
    text: str
    urgent: bool
    place: str | None
    appointment_at: datetime | None
    created_at: datetime
    read_at: datetime | None
    read_by: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    needs_acknowledgement: bool
    held_until: datetime | None
    unread_minutes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MailList:
    """Unread first, of those the urgent ones, then the newest; with the counts for the badge."""

    items: list[MailView]
    unread: int
    unacknowledged: int


class Seen(Body):
    """A step that needs no words."""


@router.get("/mailbox")
def letters(
    tx: Tx,
    now: Now,
    who: Who,
    unread: Annotated[bool, Query()] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> MailList:
    """The messages to one's own post."""
    found = mailbox.letters(tx, [who.post], unread=unread, limit=limit)
    counts = mailbox.counts(tx, [who.post])
    return MailList(
        items=[view(mail, now) for mail in found],
        unread=counts.unread,
        unacknowledged=counts.unacknowledged,
    )


@router.post("/mailbox/{id}/reading")
def read(id: UUID, _body: Seen, tx: Tx, now: Now, who: Who) -> MailView:
    """Opened: it counts as read from the first time on."""
    return view(mailbox.read(tx, id, posts=[who.post], by=_name(who), now=now), now)


@router.post("/mailbox/{id}/acknowledgement")
def acknowledge(id: UUID, _body: Seen, tx: Tx, now: Now, who: Who) -> MailView:
    """已收到: urgent messages ask for it."""
    return view(mailbox.acknowledge(tx, id, posts=[who.post], by=_name(who), now=now), now)


def view(mail: Mail, now: datetime) -> MailView:
    """A message at a moment."""
    unread = mail.read_at is None
    return MailView(
        id=mail.id,
        case_id=mail.case_id,
        case_number=mail.case_number[4:] if mail.case_number else None,
        kind=mail.kind,
        title=mail.title,
        text=mail.body,
        urgent=mail.urgent,
        place=mail.place,
        appointment_at=local(mail.appointment_at),
        created_at=local(mail.created_at),
        read_at=local(mail.read_at),
        read_by=mail.read_by,
        acknowledged_at=local(mail.acknowledged_at),
        acknowledged_by=mail.acknowledged_by,
        needs_acknowledgement=mail.urgent and mail.acknowledged_at is None,
        held_until=local(mail.hold_until),
        unread_minutes=int((now - mail.created_at).total_seconds() // 60) if unread else None,
    )


def _name(who: Actor) -> str:
    return who.account or who.post
