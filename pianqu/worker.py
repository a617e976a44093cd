"""The worker process: delivers refusals, notes lateness, makes reports, beats its heart.

Each act is a transaction of its own, and every claim is a lock that dies with the process:
killed at any line, the next worker finds the same work again.
"""

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from boundaries.locate import Locator
from cases import commands as do
from cases import desk, queries, report_jobs
from cases.channels.webhook import DeliveryFailed, StreetCentre, deliver
from cases.errors import Conflict
from cases.roles import CLOCK, COURIER, Actor
from layers import people
from pianqu.server import now, policy
from pianqu.settings import Settings, inbox_url, webhook_secret
from store import outbox
from store.engine import make_engine, transaction
from store.listen import wake_ups

log = logging.getLogger("pianqu.worker")
BEAT = timedelta(seconds=5)
PURGE = timedelta(hours=1)
TRIES = 8
SEND_TIMEOUT_S = 5.0
SEND_FOR = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the worker works with."""

    engine: Engine
    office: desk.Office
    target: StreetCentre
    make_report: Callable[[Connection, report_jobs.Job, datetime], bytes]


def run_worker(settings: Settings, stop: threading.Event) -> None:
    """Work until `stop` is set; `settings.database_url` is filled in and migrated already."""
    assert settings.database_url is not None
    from pianqu.reporting import make_report  # folium is heavy: only the worker loads it

    bench = Bench(
        engine=make_engine(settings.database_url, pool_size=3),
        office=desk.Office(locator=Locator(), policy=policy(settings), new_id=uuid.uuid4),
        target=StreetCentre(url=inbox_url(settings), secret=webhook_secret(settings).encode()),
        make_report=make_report,
    )
    pause = [0.0]
    purge_due = now()
    channels = [outbox.CHANNEL, report_jobs.CHANNEL]
    for _ in wake_ups(
        settings.database_url, channels, timeout_s=lambda: pause[0], stopped=stop.is_set
    ):
        try:
            if purge_due <= now():
                purge_due = now() + PURGE
                forget_old_positions(bench, now())
            pause[0] = work(bench, stop)
        except SQLAlchemyError:
            log.warning("the database is away; trying again")
            pause[0] = 1.0


def work(bench: Bench, stop: threading.Event) -> float:
    """Do all that is due now; return the seconds until something is due again."""
    beat(bench, now())
    # A backlog for a slow receiver must not keep clocks and reports waiting.
    pause_at = now() + SEND_FOR
    while not stop.is_set() and now() < pause_at and send_next(bench, now()):
        beat(bench, now())
    note_lateness(bench, now())
    make_next_report(bench, now())
    with transaction(bench.engine) as conn:
        due = outbox.next_at(conn)
    pause = min(due - now(), BEAT) if due else BEAT
    return max(pause.total_seconds(), 0.05)


def forget_old_positions(bench: Bench, at: datetime) -> None:
    """Drop positions of people older than the retention period (30 days)."""
    with transaction(bench.engine) as conn:
        people.purge_positions(conn, at)


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


def send_next(bench: Bench, at: datetime) -> bool:
    """Send one message that is due; False when none is.

    The message stays locked from claim to note, without a row being touched before the answer is
    there. Dying after the send and before the commit sends it once more, with the same id: at
    least once, and the receiver can tell.
    """
    with transaction(bench.engine) as conn:
        message = outbox.claim(conn, at)
        if message is None:
            return False
        try:
            deliver(bench.target, message, at, within_s=SEND_TIMEOUT_S)
        except DeliveryFailed as failure:
            log.warning("delivery %s failed: %s", message.id, failure)
            dead = outbox.later(conn, message, error=str(failure), now=now())
            if dead:
                _note(bench, conn, message, str(failure))
            return True
        outbox.done(conn, message.id, now())
        _note(bench, conn, message, None)
    return True


def _note(bench: Bench, conn: Connection, message: outbox.Message, error: str | None) -> None:
    """Write the outcome into the case's own history."""
    if not message.payload["type"].endswith("rejected"):
        return
    refusal_id = uuid.UUID(message.payload["data"]["refusal_id"])
    attempts = message.attempts + 1
    command: do.Command = (
        do.NoteDelivered(refusal_id=refusal_id, attempts=attempts)
        if error is None
        else do.NoteUndelivered(refusal_id=refusal_id, attempts=attempts, error=error)
    )
    _insist(bench, conn, uuid.UUID(message.subject), command, COURIER)


def _insist(
    bench: Bench, conn: Connection, case_id: uuid.UUID, command: do.Command, who: Actor
) -> None:
    """Give a command whose only enemy is a quicker writer."""
    for attempt in range(TRIES):
        try:
            desk.handle(conn, bench.office, case_id, command, actor=who, now=now())
        except Conflict:
            if attempt == TRIES - 1:
                raise
        else:
            return


def note_lateness(bench: Bench, at: datetime) -> None:
    """Write each limit that has passed into its case's history: lateness is an event."""
    with transaction(bench.engine) as conn:
        late = queries.overdue_clocks(conn, at)
    for row in late:
        try:
            with transaction(bench.engine) as conn:
                command = do.MarkOverdue(code=row.code, seq=row.seq)
                desk.handle(conn, bench.office, row.case_id, command, actor=CLOCK, now=at)
        except Conflict:
            log.info("case %s moved on; its clock is looked at again", row.case_id)


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
            report_jobs.fail(conn, job.id, f"{type(error).__name__}: {error}", now())
            return
        report_jobs.finish(conn, job.id, content, now())
