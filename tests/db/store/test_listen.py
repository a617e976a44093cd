"""LISTEN that survives the loss of its connection, and migrations under a lock."""

import threading
import time

import psycopg
from sqlalchemy import text

from store import migrate
from store.engine import normal_url, transaction
from store.listen import wake_ups

CHANNEL = "pianqu_test"


def notify(database, channel=CHANNEL):
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as conn:
        conn.execute(f"NOTIFY {channel}")


def terminate_listeners(database):
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as conn:
        return conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        ).rowcount


def follow(database, timeout=0.2, channels=(CHANNEL,)):
    """A running listener and the list it fills."""
    stop, heard = threading.Event(), []

    def run():
        for wake in wake_ups(
            database, channels, timeout_s=lambda: timeout, stopped=stop.is_set, reconnect_s=0.05
        ):
            heard.append(wake)

    thread = threading.Thread(target=run)
    thread.start()
    return stop, heard, thread


def until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come to that")


def test_it_says_none_at_once_then_each_wake_up_and_ticks_when_nothing_comes(database):
    stop, heard, thread = follow(database, channels=(CHANNEL, "pianqu_other"))
    try:
        until(lambda: heard == [None])
        notify(database)
        until(lambda: CHANNEL in heard)
        notify(database, "pianqu_other")
        until(lambda: "pianqu_other" in heard)
        quiet = len(heard)
        until(lambda: len(heard) >= quiet + 2)
        assert set(heard[quiet:]) == {None}
    finally:
        stop.set()
        thread.join(5)
    assert not thread.is_alive()


def test_a_lost_connection_is_taken_up_again_and_the_caller_told_to_look(database):
    stop, heard, thread = follow(database, timeout=30)
    try:
        until(lambda: heard == [None])
        assert terminate_listeners(database) == 1
        until(lambda: len(heard) == 2)
        assert heard[1] is None
        notify(database)
        until(lambda: heard[2:] == [CHANNEL])
    finally:
        stop.set()
        notify(database)
        thread.join(5)
    assert not thread.is_alive()


def test_a_stopped_listener_does_not_reconnect(database):
    stop, heard, thread = follow(database, timeout=30)
    until(lambda: heard == [None])
    stop.set()
    terminate_listeners(database)
    thread.join(5)
    assert not thread.is_alive()
    assert heard == [None]


def test_addresses_without_a_driver_get_ours():
    assert normal_url("postgres://h/d") == "postgresql+psycopg://h/d"
    assert normal_url("postgresql://h/d") == "postgresql+psycopg://h/d"
    assert normal_url("postgresql+psycopg://h/d") == "postgresql+psycopg://h/d"


def test_a_session_speaks_utc_and_does_not_wait_for_ever(engine):
    with transaction(engine) as conn:
        assert conn.execute(text("SHOW timezone")).scalar_one() == "UTC"
        assert conn.execute(text("SHOW statement_timeout")).scalar_one() == "1min"


def test_a_restarted_cluster_is_no_error_for_the_next_request(engine, database):
    with transaction(engine) as conn:
        pid = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
    with transaction(engine) as conn:
        assert conn.execute(text("SELECT 1")).scalar_one() == 1


def test_two_starters_migrate_at_once_and_do_not_collide(database):
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("DROP SCHEMA public CASCADE")
        admin.execute("CREATE SCHEMA public")
    errors = []

    def start():
        try:
            migrate.upgrade(database)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    current, newest = migrate.revisions(database)
    assert current == newest
