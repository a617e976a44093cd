"""How messages stand on their way out, and sending one again (送达情况)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from api.deps import Now, Tx, Who
from api.views import local
from cases import deliveries
from cases.errors import NotYourPost
from cases.roles import label
from store.outbox import Message

router = APIRouter(prefix="/v1", tags=["telling people"])


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """A message and how it stands; what it says is not shown here."""

    id: UUID
    topic: str
    case: str
    type: str
    recipient: str | None
    recipient_label: str | None
    channel: str | None
    status: str
    label: str
    attempts: int
    last_error: str | None
    created_at: datetime
    next_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryList:
    """Messages, newest first."""

    items: list[DeliveryRow]


@router.get("/deliveries")
def sent(
    tx: Tx,
    who: Who,
    status: Annotated[Literal["pending", "delivered", "dead"] | None, Query()] = None,
    recipient: Annotated[str | None, Query(max_length=60)] = None,
) -> DeliveryList:
    """The street centre and the administrator see all, a desk those of its cases."""
    found = deliveries.seen_by(tx, who, status=status, recipient=recipient)
    return DeliveryList(items=[_row(message) for message in found])


@router.post("/deliveries/{id}/retry", status_code=202)
def retry(id: UUID, tx: Tx, now: Now, who: Who) -> dict[str, UUID]:
    """重发: put a dead or waiting message at the front again."""
    deliveries.send_again(tx, who, id, now)
    return {"id": id}


def _row(message: Message) -> DeliveryRow:
    payload = message.payload
    return DeliveryRow(
        id=message.id,
        topic=message.topic,
        case=message.subject,
        type=str(payload.get("type") or payload.get("kind") or message.topic),
        recipient=message.recipient,
        recipient_label=_label(message.recipient),
        channel=message.channel,
        status=message.status,
        label=deliveries.words(message),
        attempts=message.attempts,
        last_error=message.last_error,
        created_at=local(message.created_at),
        next_at=local(message.next_at),
        delivered_at=local(message.delivered_at),
        read_at=local(message.read_at),
    )


def _label(post: str | None) -> str | None:
    try:
        return label(post)
    except NotYourPost:
        return post
