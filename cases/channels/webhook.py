"""Sends one message to the street centre's receiver; what failed is said, never swallowed."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

import httpx2
import orjson

from cases.channels.exchange import DeliveryFailed
from cases.channels.signing import signed_headers
from store.outbox import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetCentre:
    """Where refusals go: an address and the secret shared with it."""

    url: str
    secret: bytes


def deliver(target: StreetCentre, message: Message, now: datetime, *, within_s: float) -> None:
    """POST a message as a signed CloudEvent.

    Args:
        target: who gets it.
        message: what it gets; its id is the delivery id of every copy.
        now: the moment it is signed at.
        within_s: for the whole exchange. A limit for each read alone would let a receiver that
            sends a byte now and then keep the courier for ever, hence the event loop.

    Raises:
        DeliveryFailed: no answer in time, or any answer but 2xx.
    """
    body = orjson.dumps(message.payload)
    headers = signed_headers(target.secret, delivery_id=str(message.id), body=body, now=now)
    try:
        status = asyncio.run(asyncio.wait_for(_post(target.url, body, headers), within_s))
    except TimeoutError as error:
        raise DeliveryFailed(f"no answer within {within_s:g} s") from error
    # InvalidURL is not an HTTPError; a wrong setting must not stop the worker.
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise DeliveryFailed(f"{type(error).__name__}: {error}"[:300]) from error
    if not 200 <= status < 300:
        raise DeliveryFailed(f"HTTP {status}")


async def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    # The status is the answer; a body, however long, is not read.
    async with (
        httpx2.AsyncClient(timeout=None, trust_env=False) as client,
        client.stream("POST", url, content=body, headers=headers) as answer,
    ):
        return answer.status_code
