"""Asks the enabled online geocoders side by side, within one time limit, and never raises.

Only the redacted location clause leaves the house, behind 上海市嘉定区 (`geocoding.md` 3.7 and 5).
What comes back is material for a person or for the score, never an accepted place by itself.
"""

import json
import logging
import re
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx2

from geo.hits import ProviderHit
from geo.providers.guarding import Guard
from geo.providers.protocol import Failure, Provider, ProviderFailed

__all__ = ["TIMEOUT_S", "Asker", "make_client", "sendable"]

log = logging.getLogger(__name__)
# It would write every address, key included.
logging.getLogger("httpx2").setLevel(logging.WARNING)

TIMEOUT_S = 2.0
# A geocoder's answer has some hundred bytes; more is not read.
MOST_BYTES = 256_000
# Longer than any place is named.
LONGEST_CLAUSE = 60
_PER_PROVIDER = 4
# The clause is made of recognised place words; these guard against a fault up there.
_ADMIN = re.compile(r"^(?:上海市?)?(?:嘉定区)?")
_PRIVATE = re.compile(r"\d{7,}|\d{3}[- ]\d{4}[- ]?\d{4}|@|先生|女士|联系人|电话|手机")


@dataclass(frozen=True, slots=True)
class _Desk:
    provider: Provider
    guard: Guard


class Asker:
    """The enabled providers of this process; safe to share between threads."""

    def __init__(
        self,
        providers: Sequence[Provider],
        client: httpx2.Client,
        *,
        budget: int = 1000,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Put the providers behind their guards.

        Args:
            providers: the enabled ones; without any, nothing is ever sent.
            client: without redirects and cookies; closed by who made it.
            budget: questions a day and provider.
            timeout_s: for all of them together.
        """
        self._desks = [_Desk(one, Guard(budget=budget)) for one in providers]
        self._client = client
        self._timeout_s = timeout_s
        self._pool = (
            ThreadPoolExecutor(_PER_PROVIDER * len(self._desks), thread_name_prefix="provider")
            if self._desks
            else None
        )
        self._closed = threading.Event()

    @property
    def names(self) -> tuple[str, ...]:
        """Who would be asked."""
        return tuple(desk.provider.name for desk in self._desks)

    def hits(self, clause: str, now: datetime) -> tuple[ProviderHit, ...]:
        """What the providers know of a clause, in their fixed order; nothing when nobody does.

        Args:
            clause: `Geocoded.clause`, the place words alone.
            now: for the budget and the circuit breaker.
        """
        place = sendable(clause)
        if place is None or self._pool is None or self._closed.is_set():
            return ()
        asked: list[tuple[_Desk, Future[tuple[ProviderHit, ...]]]] = []
        for desk in self._desks:
            params = desk.provider.params(place)
            if params is not None and desk.guard.admits(now):
                try:
                    asked.append((desk, self._pool.submit(self._ask, desk.provider, params)))
                except RuntimeError:  # closed meanwhile
                    return ()
        wait([future for _, future in asked], timeout=self._timeout_s)
        return tuple(hit for desk, future in asked for hit in _outcome(desk, future, now))

    def close(self) -> None:
        """Ask nobody any more; who is being asked is not waited for."""
        self._closed.set()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, provider: Provider, params: dict[str, str]) -> tuple[ProviderHit, ...]:
        deadline = time.monotonic() + self._timeout_s
        try:
            with self._client.stream(
                "GET",
                provider.url,
                params=params,
                timeout=self._timeout_s,
                follow_redirects=False,
            ) as answer:
                body = b""
                for piece in answer.iter_bytes():
                    body += piece
                    # The library's limit is per piece: a drip would go on for ever.
                    if time.monotonic() > deadline:
                        raise ProviderFailed(Failure.SILENT, "slow")
                    if len(body) > MOST_BYTES:
                        raise ProviderFailed(Failure.BROKEN, "long")
                status = answer.status_code
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise ProviderFailed(Failure.SILENT, type(error).__name__) from None
        if status == 429:
            raise ProviderFailed(Failure.BUSY, "429")
        return provider.read(_json(body, status))


def make_client(proxy: str | None = None) -> httpx2.Client:
    """A client for `Asker`: nothing of the environment, no redirects, no cookies."""
    return httpx2.Client(
        # Nobody there is to know one question of ours from the next.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        proxy=proxy,
        trust_env=False,
        follow_redirects=False,
        limits=httpx2.Limits(max_connections=16, max_keepalive_connections=4),
    )


def sendable(clause: str) -> str | None:
    """The clause as it may leave the house; None when there is nothing, or too much, in it.

    >>> sendable("上海市嘉定区和政路228弄"), sendable("和政路 13812345678")
    ('和政路228弄', None)
    """
    place = _ADMIN.sub("", re.sub(r"[\s\x00]+", "", clause))
    if not place or len(place) > LONGEST_CLAUSE:
        return None
    return None if _PRIVATE.search(clause) or _PRIVATE.search(place) else place


def _json(body: bytes, status: int) -> dict[str, object]:
    try:
        found = json.loads(body) if status < 500 else None
    except (ValueError, RecursionError):
        found = None
    # Some refuse with 403 and a body that says why, so the body counts before the status.
    if not isinstance(found, dict) or (status >= 300 and not found):
        raise ProviderFailed(Failure.KEY if status in (401, 403) else Failure.BROKEN, str(status))
    return found


def _outcome(
    desk: _Desk, future: "Future[tuple[ProviderHit, ...]]", now: datetime
) -> tuple[ProviderHit, ...]:
    failure, code = Failure.SILENT, "slow"
    if future.done():
        try:
            hits = future.result()
        except ProviderFailed as error:
            failure, code = error.failure, error.code
        except Exception as error:
            failure, code = Failure.BROKEN, type(error).__name__
        else:
            desk.guard.answered()
            return hits
    else:
        future.cancel()
    desk.guard.failed(failure, now)
    # Neither what was asked nor the address it went to: the key is in it.
    log.warning("%s did not answer: %s %s", desk.provider.name, failure.value, code)
    return ()
