"""Sends one message to the street centre's receiver; what failed is said, never swallowed."""

from dataclasses import dataclass
from datetime import datetime

import httpx2
import orjson

from cases.channels.signing import signed_headers
from store.outbox import Message


class DeliveryFailed(Exception):
    """The receiver did not take the message; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetCentre:
    """Where refusals go: an address and the secret shared with it."""

    url: str
    secret: bytes


def deliver(client: httpx2.Client, target: StreetCentre, message: Message, now: datetime) -> None:
    """POST a message as a signed CloudEvent.

    Raises:
        DeliveryFailed: no answer, or any answer but 2xx.
    """
    body = orjson.dumps(message.payload)
    headers = signed_headers(target.secret, delivery_id=str(message.id), body=body, now=now)
    try:
        answer = client.post(target.url, content=body, headers=headers)
    except httpx2.HTTPError as error:
        raise DeliveryFailed(f"{type(error).__name__}: {error}"[:300]) from error
    if not answer.is_success:
        raise DeliveryFailed(f"HTTP {answer.status_code}")
