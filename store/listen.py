"""LISTEN as a generator that reconnects and also ticks when nothing comes."""

import time
from collections.abc import Callable, Iterator, Sequence

import psycopg
from psycopg import sql

from store.engine import normal_url

# A signal does not interrupt the wait, so it is asked this often whether to stop.
TURN_S = 0.5


def wake_ups(
    url: str,
    channels: Sequence[str],
    *,
    timeout_s: Callable[[], float],
    stopped: Callable[[], bool],
    reconnect_s: float = 0.5,
) -> Iterator[str | None]:
    """Yield a channel's name for each wake-up, None for each quiet time-out.

    After each (re)connection None comes at once, since what was told meanwhile is lost and the
    caller must look at the tables. A lost connection is retried until `stopped()`.
    """
    address = normal_url(url).replace("postgresql+psycopg://", "postgresql://", 1)
    while not stopped():
        try:
            with psycopg.connect(address, autocommit=True) as connection:
                for channel in channels:
                    connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                yield None
                yield from _until_lost(connection, timeout_s, stopped)
        except psycopg.OperationalError:
            if not stopped():
                time.sleep(reconnect_s)


def _until_lost(
    connection: "psycopg.Connection[tuple[object, ...]]",
    timeout_s: Callable[[], float],
    stopped: Callable[[], bool],
) -> Iterator[str | None]:
    while not stopped():
        quiet_at = time.monotonic() + timeout_s()
        heard: list[str | None] = []
        while not heard and not stopped() and (left := quiet_at - time.monotonic()) > 0:
            told = connection.notifies(timeout=min(left, TURN_S), stop_after=1)
            # One answer comes with all that was told by then: a burst is one wake-up a channel.
            heard = list(dict.fromkeys(notice.channel for notice in told))
        yield from heard or [None]
