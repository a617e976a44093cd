"""The worker process: tells people, notes lateness, makes reports, beats its heart.

Each act is a transaction of its own, and every claim is a lock that dies with the process:
killed at any line, the next worker finds the same work again.
"""

import logging
import threading
import uuid
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from boundaries.locate import Locator
from cases import anchors, attachments, desk, mailbox, purge, report_jobs
from cases.channels.webhook import StreetCentre
from cases.policies import PolicyBook
from layers import people
from pianqu.bench import Bench, make_channels
from pianqu.courier import send_next
from pianqu.escalating import escalate, unread_minutes
from pianqu.mornings import hand_back
from pianqu.presence_watch import note_absences
from pianqu.present import now
from pianqu.reaching import reaching
from pianqu.settings import Settings, inbox_url, policy, webhook_secret
from pianqu.timekeeping import next_clock_at, note_clocks
from store import outbox
from store.engine import make_engine, transaction
from store.listen import wake_ups

log = logging.getLogger("pianqu.worker")
# However far off the next moment is, the clocks are looked at this often: a clock that was set
# forward, or one that was started meanwhile, is noticed within it.
BEAT = timedelta(seconds=5)
PURGE = timedelta(hours=1)
DAILY = timedelta(days=1)
SEND_FOR = timedelta(seconds=1)


def run_worker(settings: Settings, stop: threading.Event) -> None:
    """Work until `stop` is set; `settings.database_url` is filled in and migrated already."""
    assert settings.database_url is not None
    from pianqu.reporting import make_report  # folium is heavy: only the worker loads it

    ways = make_channels(settings, now)
    bench = Bench(
        engine=make_engine(settings.database_url, pool_size=3),
        office=desk.Office(
            locator=Locator(),
            policy=policy(settings),
            new_id=uuid.uuid4,
            book=PolicyBook(policy(settings)),
        ),
        target=StreetCentre(url=inbox_url(settings), secret=webhook_secret(settings).encode()),
        make_report=make_report,
        now=now,
        reaches=reaching(ways.book),
        channels=ways,
    )
    try:
        _loop(settings.database_url, bench, stop)
    finally:
        bench.engine.dispose()


def _loop(database_url: str, bench: Bench, stop: threading.Event) -> None:
    pause = [0.0]
    purge_due = muster_due = now()
    records_due = now() + PURGE
    channels = [outbox.CHANNEL, report_jobs.CHANNEL]
    for _ in wake_ups(database_url, channels, timeout_s=lambda: pause[0], stopped=stop.is_set):
        try:
            if purge_due <= now():
                purge_due = now() + PURGE
                forget_what_is_old(bench, now())
            if records_due <= now():
                records_due = now() + DAILY
                keep_records(bench, now())
            if muster_due <= now():
                muster_due = now() + BEAT
                note_absences(bench, now())
            pause[0] = work(bench, stop)
        except SQLAlchemyError:
            log.warning("the database is away; trying again")
            pause[0] = 1.0


def work(bench: Bench, stop: threading.Event) -> float:
    """Do all that is due now; return the seconds until something is due again."""
    beat(bench, bench.now())
    # A backlog for a slow receiver must not keep clocks and reports waiting.
    pause_at = bench.now() + SEND_FOR
    while not stop.is_set() and bench.now() < pause_at and send_next(bench, bench.now()):
        beat(bench, bench.now())
    escalate(bench, bench.now())
    hand_back(bench, bench.now())
    note_clocks(bench, bench.now())
    make_next_report(bench, bench.now())
    return pause_until_next(bench, bench.now())


def pause_until_next(bench: Bench, at: datetime) -> float:
    """The seconds until a message, a clock or an unread push is due; at most one heart beat."""
    with transaction(bench.engine) as conn:
        moments = (
            outbox.next_at(conn),
            next_clock_at(conn, at),
            mailbox.next_step_at(conn, at, unread_minutes(bench, conn, at)),
        )
    due = min((moment for moment in moments if moment is not None), default=at + BEAT)
    return max(min(due - bench.now(), BEAT).total_seconds(), 0.05)


def forget_what_is_old(bench: Bench, at: datetime) -> None:
    """Drop positions and unused uploads older than their periods; anchor all chains (hourly)."""
    with transaction(bench.engine) as conn:
        kept = timedelta(days=bench.office.policy_at(conn, at).position_days)
        people.purge_positions(conn, at, kept)
    with transaction(bench.engine) as conn:
        days = bench.office.policy_at(conn, at).unused_file_days
        attachments.purge_orphans(conn, at, timedelta(days=days))
    with transaction(bench.engine) as conn:
        anchors.anchor(conn, at)


def keep_records(bench: Bench, at: datetime) -> None:
    """Forget reporters, texts, files and logs that are over their time (daily)."""
    with transaction(bench.engine) as conn:
        purge.run(conn, bench.office.policy_at(conn, at), at)


def beat(bench: Bench, at: datetime) -> None:
    """Show that the worker is alive."""
    with transaction(bench.engine) as conn:
        conn.execute(
            text(
                "INSERT INTO heartbeat (process, at) VALUES ('worker', :at)"
                " ON CONFLICT (process) DO UPDATE SET at = excluded.at"
            ),
            {"at": at},
        )


def make_next_report(bench: Bench, at: datetime) -> None:
    """Make one report that was asked for."""
    with transaction(bench.engine) as conn:
        job = report_jobs.claim(conn)
        if job is None:
            return
        try:
            with conn.begin_nested():
                content = bench.make_report(conn, job, at)
        except Exception as error:  # a broken report must not stop the courier
            log.exception("report %s failed", job.id)
            report_jobs.fail(conn, job.id, f"{type(error).__name__}: {error}", bench.now())
            return
        report_jobs.finish(conn, job.id, content, bench.now())
