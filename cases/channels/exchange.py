"""One HTTP exchange with a limit for the whole of it, and the ways it can fail."""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson

MOST_ANSWER = 64 * 1024
# It writes whole addresses at INFO, and WeCom wants its secret and token in the address.
logging.getLogger("httpx2").setLevel(logging.WARNING)


class DeliveryFailed(Exception):
    """The receiver did not take the message; the text says why, without secrets.

    `pause_s` is how long the other side wants us to wait; `final` says that trying again by this
    way cannot help.
    """

    def __init__(self, text: str, *, pause_s: float | None = None, final: bool = False) -> None:
        super().__init__(text)
        self.pause_s = pause_s
        self.final = final


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How we reach a provider: whom we trust, through which proxy, and how long we wait."""

    ca_bundle: Path | None = None
    proxy: str | None = None
    within_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked."""

    method: str
    url: str
    params: Mapping[str, str] | None = None
    body: bytes | None = None
    headers: Mapping[str, str] | None = None


def exchange(line: Line, request: Request) -> tuple[int, bytes]:
    """Ask once; status and the first 64 KiB of the answer.

    A limit for each read alone would let a provider that sends a byte now and then keep the
    courier for ever, hence the event loop.

    Raises:
        DeliveryFailed: no answer in time, or none at all. The address is never in the text.
    """
    try:
        return asyncio.run(asyncio.wait_for(_exchange(line, request), line.within_s))
    except TimeoutError as error:
        raise DeliveryFailed(f"no answer within {line.within_s:g} s") from error
    # InvalidURL is not an HTTPError; a wrong setting must not stop the worker.
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as error:
        raise DeliveryFailed(f"no connection ({type(error).__name__})") from error


async def _exchange(line: Line, request: Request) -> tuple[int, bytes]:
    verify: ssl.SSLContext | bool = True
    if line.ca_bundle:
        verify = ssl.create_default_context(cafile=str(line.ca_bundle))
    async with (
        httpx2.AsyncClient(
            timeout=None, trust_env=False, verify=verify, proxy=line.proxy
        ) as client,
        client.stream(
            request.method,
            request.url,
            params=dict(request.params) if request.params else None,
            content=request.body,
            headers=dict(request.headers) if request.headers else None,
        ) as answer,
    ):
        read = bytearray()
        async for part in answer.aiter_bytes():
            read += part
            if len(read) > MOST_ANSWER:
                break
        return answer.status_code, bytes(read[:MOST_ANSWER])


def json_answer(status: int, body: bytes) -> dict[str, Any]:
    """The JSON object of a good answer.

    Raises:
        DeliveryFailed: another status, or no JSON object.
    """
    if not 200 <= status < 300:
        raise DeliveryFailed(f"HTTP {status}")
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise DeliveryFailed("the answer is no JSON") from error
    if not isinstance(found, dict):
        raise DeliveryFailed("the answer is no JSON object")
    return found
