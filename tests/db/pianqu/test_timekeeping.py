"""When the worker wakes up for a clock."""

import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from pianqu.timekeeping import next_clock_at

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def start(conn, *, warn, due, **told):
    values = {"stopped_at": None, "breached": False, "warned": False} | told
    conn.execute(
        text(
            "INSERT INTO deadline (case_id, code, seq, started_at, warn_at, due_at, stopped_at,"
            " breached, warned) VALUES (:id, 'dispatch_limit', 1, :now, :warn, :due, :stopped_at,"
            " :breached, :warned)"
        ),
        {"id": uuid.uuid4(), "now": NOW, "warn": NOW + warn * MINUTE, "due": NOW + due * MINUTE}
        | values,
    )


def test_the_next_moment_is_the_next_warning_or_limit_of_a_running_clock(conn):
    assert next_clock_at(conn, NOW) is None
    start(conn, warn=1, due=2, stopped_at=NOW)
    start(conn, warn=1, due=2, breached=True)
    assert next_clock_at(conn, NOW) is None
    start(conn, warn=42, due=60)
    assert next_clock_at(conn, NOW) == NOW + 42 * MINUTE
    assert next_clock_at(conn, NOW + 42 * MINUTE) == NOW + 60 * MINUTE
    assert next_clock_at(conn, NOW + 60 * MINUTE) is None
    start(conn, warn=50, due=55)
    assert next_clock_at(conn, NOW + 43 * MINUTE) == NOW + 50 * MINUTE
