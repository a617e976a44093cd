"""Puts the invented day into a running house by its own HTTP doors, and keeps it going."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from urllib.parse import urlsplit

import httpx2
from sqlalchemy import Connection

from boundaries.seed import places, read_seed
from cases.hours import SHANGHAI
from layers import cameras, people
from pianqu import demo_desk, demo_phones
from pianqu.demo_day import DemoReport, Ground, day, one_more
from pianqu.demo_posts import Passes
from pianqu.demo_registers import PeopleWalk
from pianqu.demo_registers import cameras as invented_cameras
from pianqu.demo_registers import people as invented_people
from store.engine import make_engine, transaction

SEED = 1409
CASE_EVERY_S = 6.0
POSITIONS_EVERY_S = 2.0
# Each tick sends a part of the posts, so that one post reports about every eight seconds.
_TURNS = 4
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Tell = Callable[[int, int], None]


class DemoFailed(Exception):
    """A report of the invented day was not taken; the message says which, and the answer."""


def install_registers(conn: Connection, now: datetime, *, seed: int = SEED) -> None:
    """Write the invented cameras and posts; safe to repeat."""
    ground = read_seed()
    cameras.upsert(conn, invented_cameras(ground, seed), now)
    people.upsert(conn, invented_people(ground))
    demo_phones.man(conn, invented_people(ground), now)


def reports_until(now: datetime, *, seed: int = SEED) -> list[DemoReport]:
    """The reports of the 24 hours up to now, of today's day and of yesterday's.

    What a report says depends on seed and date alone, so asking again later adds only what has
    happened since.
    """
    ground = Ground.of(read_seed(), places())
    today = now.astimezone(SHANGHAI).date()
    reports = [
        report
        for on in (today - timedelta(days=1), today)
        for report in day(ground, seed=seed, on=on)
    ]
    return [report for report in reports if now - timedelta(days=1) < report.at <= now]


def seed_day(
    base_url: str,
    database_url: str,
    *,
    tell: Tell,
    stop: threading.Event,
    seed: int = SEED,
    now: datetime | None = None,
) -> None:
    """Install the registers, then report the last 24 hours through the real HTTP door.

    Numbers are known the second time, so a repeat makes no second case and goes on where an
    interrupted one stopped.
    """
    now = now or _clock()
    engine = make_engine(database_url, pool_size=1)
    try:
        with transaction(engine) as connection:
            install_registers(connection, now, seed=seed)
    finally:
        engine.dispose()
    reports = reports_until(now, seed=seed)
    with _client(base_url, database_url) as client:
        for done, report in enumerate(reports, start=1):
            if stop.is_set():
                return
            _send(client, report)
            tell(done, len(reports))
    walk = PeopleWalk.of(read_seed(), seed)
    with _phones(base_url, database_url, walk, now) as phones:
        phones.report(range(len(walk.people)), _clock())


def work_off_the_day(base_url: str, database_url: str, stop: threading.Event) -> None:
    """Let the demo's coordinators handle all but the newest cases."""
    with _client(base_url, database_url) as client:
        demo_desk.catch_up(client, stop)


def feed(
    base_url: str,
    database_url: str,
    stop: threading.Event,
    *,
    seed: int = SEED,
    every_s: float = CASE_EVERY_S,
) -> None:
    """Report a case every few seconds and move the people, until stopped.

    A server that is away for a while is waited for; nothing is queued up meanwhile.
    """
    ground = Ground.of(read_seed(), places())
    walk = PeopleWalk.of(read_seed(), seed)
    # The start enters the numbers: a second run of the feed reports new cases.
    run = f"{seed}F{_clock():%m%d%H%M%S}"
    told = 0
    with (
        _client(base_url, database_url) as client,
        _phones(base_url, database_url, walk, _clock()) as phones,
    ):
        for tick in count(1):
            if stop.wait(POSITIONS_EVERY_S):
                return
            try:
                phones.report(range(tick % _TURNS, len(walk.people), _TURNS), _clock())
                if tick * POSITIONS_EVERY_S >= (told + 1) * every_s:
                    told += 1
                    _send(client, one_more(ground, run=run, place=told, at=_clock()))
                    demo_desk.go_on(client, stop)
            except (httpx2.HTTPError, DemoFailed):
                continue


def _send(client: httpx2.Client, report: DemoReport) -> None:
    answer = client.post("/v1/cases", json=report.body, headers={"X-Pianqu-Post": report.post})
    if answer.status_code not in (200, 201):
        number = report.body["external_id"]
        raise DemoFailed(f"{number}: {answer.status_code} {answer.text[:300]}")


def _phones(
    base_url: str, database_url: str, walk: PeopleWalk, now: datetime
) -> demo_phones.Phones:
    _refuse_others(base_url)
    return demo_phones.Phones(base_url, database_url, walk, now)


def _client(base_url: str, database_url: str) -> httpx2.Client:
    """A client for our own server; invented cases are never sent to another machine."""
    _refuse_others(base_url)
    return httpx2.Client(
        base_url=base_url,
        timeout=30,
        trust_env=False,
        event_hooks={"request": [Passes(database_url, _clock())]},
    )


def _refuse_others(base_url: str) -> None:
    if urlsplit(base_url).hostname not in _LOOPBACK:
        raise DemoFailed(f"the demo reports to this machine only, not to {base_url}")


def _clock() -> datetime:
    return datetime.now(tz=SHANGHAI)
