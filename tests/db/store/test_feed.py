"""The feed: a reader with a cursor never misses a fact, whoever commits when."""

import threading
import time
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from store import feed, outbox
from store.engine import transaction

NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)


def fact(subject, areas=("140901",)):
    return feed.Fact(kind="case", subject=str(subject), type="CaseReceived", areas=areas, at=NOW)


def put(engine, *subjects):
    with transaction(engine) as conn:
        feed.append(conn, [fact(subject) for subject in subjects])


def read(engine, cursor, limit=500):
    with transaction(engine) as conn:
        return feed.after(conn, cursor, limit)


def head(engine):
    with transaction(engine) as conn:
        return feed.head(conn)


@pytest.fixture
def database(lonely_database):
    return lonely_database


@pytest.fixture
def start(engine):
    return head(engine)


def test_facts_come_in_the_order_written_and_each_carries_its_cursor(engine, start):
    put(engine, "a", "b")
    put(engine, "c")
    found = read(engine, start)
    assert [f.subject for f in found] == ["a", "b", "c"]
    assert found[0].areas == ("140901",)
    assert found[0].at == NOW
    assert [f.subject for f in read(engine, found[0].cursor)] == ["b", "c"]
    assert read(engine, found[-1].cursor) == ()
    assert head(engine) == found[-1].cursor


def test_a_page_ends_at_the_limit_and_goes_on_from_there(engine, start):
    put(engine, *range(7))
    cursor, seen = start, []
    while page := read(engine, cursor, limit=3):
        assert len(page) <= 3
        seen += [f.subject for f in page]
        cursor = page[-1].cursor
    assert seen == [str(n) for n in range(7)]


def test_the_head_of_an_empty_feed_is_before_everything(engine):
    with transaction(engine) as conn:
        conn.execute(text("DELETE FROM feed"))
    start = head(engine)
    assert start.endswith(".0.0")
    put(engine, "first")
    assert [f.subject for f in read(engine, start)] == ["first"]


def test_what_is_rolled_back_never_was(engine, start):
    with engine.connect() as conn:
        feed.append(conn, [fact("ghost")])
        conn.rollback()
    put(engine, "real")
    assert [f.subject for f in read(engine, start)] == ["real"]


def test_a_slow_early_transaction_delays_the_feed_and_loses_nothing(engine, start):
    """By id alone a reader would see the quick one, step over the slow one, and never come back."""
    with engine.connect() as slow:
        feed.append(slow, [fact("slow")])
        put(engine, "quick")
        assert read(engine, start) == ()
        with transaction(engine) as conn:
            assert feed.rows_wait(conn)
            assert feed.head(conn) == start
        slow.commit()
    assert [f.subject for f in read(engine, start)] == ["slow", "quick"]
    with transaction(engine) as conn:
        assert not feed.rows_wait(conn)


def test_transaction_numbers_are_ordered_as_numbers(engine):
    """As texts 1000 comes before 999, and a reader in pages would step over the smaller ones."""
    with transaction(engine) as conn:
        conn.execute(text("DELETE FROM feed"))
        start = feed.head(conn)
        for xid in (8, 9, 10, 11, 99, 100, 101):
            conn.execute(
                text(
                    "INSERT INTO feed (xid, kind, subject, type, at)"
                    " VALUES (CAST(:xid AS xid8), 'case', :xid, 'T', :now)"
                ),
                {"xid": str(xid), "now": NOW},
            )
    cursor, seen = start, []
    while page := read(engine, cursor, limit=2):
        seen += [f.subject for f in page]
        cursor = page[-1].cursor
    assert seen == ["8", "9", "10", "11", "99", "100", "101"]
    assert head(engine) == cursor


def run_together(*jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_racing_writers_some_slow_and_a_reader_that_misses_none(engine, start):
    writers, each = 8, 40
    finished, seen = [], []

    def write(number):
        for at in range(each):
            with transaction(engine) as conn:
                feed.append(conn, [fact(f"{number}-{at}")])
                if (number + at) % 7 == 0:
                    time.sleep(0.01)
        finished.append(number)

    def follow():
        cursor, last = start, False
        while not last:
            last = len(finished) == writers
            while page := read(engine, cursor, limit=11):
                seen.extend(f.subject for f in page)
                cursor = page[-1].cursor

    run_together(follow, *(lambda n=n: write(n) for n in range(writers)))
    assert len(seen) == writers * each
    for number in range(writers):
        own = [subject for subject in seen if subject.startswith(f"{number}-")]
        assert own == [f"{number}-{at}" for at in range(each)], "each writer's own order is kept"


def test_after_a_restore_the_epoch_is_another_and_old_cursors_are_stale(engine, start):
    put(engine, "a")
    with transaction(engine) as conn:
        conn.execute(text("UPDATE feed_epoch SET epoch = 'restored'"))
    with pytest.raises(feed.StaleCursor):
        read(engine, start)
    assert head(engine).startswith("restored.")


@pytest.mark.parametrize(
    "cursor", ["", "x", "1.2", "{epoch}.a.1", "{epoch}.1.-1", "{epoch}.99999999999999999999.1", "…"]
)
def test_what_is_no_cursor_of_ours_is_stale(engine, start, cursor):
    with pytest.raises(feed.StaleCursor):
        read(engine, cursor.replace("{epoch}", start.split(".", maxsplit=1)[0]))


def test_followers_are_woken_when_the_facts_are_readable(engine, database):
    import psycopg

    plain = database.replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as listener:
        listener.execute("LISTEN pianqu_feed")
        put(engine, "a", "b")
        woken = list(listener.notifies(timeout=5, stop_after=1))
    assert [notice.channel for notice in woken] == [feed.CHANNEL]
    with transaction(engine) as conn:
        feed.append(conn, [])


def test_a_worker_that_is_sending_does_not_hold_up_the_map(engine):
    """A new case appears within a second, also while a slow receiver keeps the worker waiting."""
    with transaction(engine) as conn:
        outbox.put(conn, id=uuid4(), topic="t", subject="s", payload={}, now=NOW)
        start = feed.head(conn)
    with engine.connect() as sending:
        assert outbox.claim(sending, NOW) is not None
        put(engine, "a")
        assert [f.subject for f in read(engine, start)] == ["a"]
