"""Policy versions: what is in force when, seen at once by every process."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from cases import policies
from cases.policies import PolicyBook, PolicyMoved
from cases.policy import Policy, PolicyInvalid
from store.engine import make_engine, transaction

pytestmark = pytest.mark.db
NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def put(conn, after=None, from_at=None, now=NOW, **values):
    return policies.set_values(
        conn, values, by="street-centre", reason="试行", now=now, from_at=from_at, after=after
    )


def test_the_settings_of_the_installation_become_version_one_once(conn):
    policies.ensure_first(conn, Policy(auto_refuse=True), NOW)
    policies.ensure_first(conn, Policy(auto_refuse=False), NOW + DAY)
    found = policies.policy_at(conn, NOW)
    assert (found.version, found.auto_refuse) == (1, True)
    assert policies.policy_at(conn, NOW - DAY) == found, "there was no other before"


def test_a_change_for_later_does_not_undo_what_is_set_until_then(conn):
    policies.ensure_first(conn, Policy(), NOW)
    put(conn, from_at=NOW + 10 * DAY, alarm_minutes=10)
    put(conn, dispatch_minutes=45)
    book = PolicyBook()
    today, later = book.policy(conn, NOW), book.policy(conn, NOW + 10 * DAY)
    assert (today.version, today.alarm_minutes, today.dispatch_minutes) == (3, 30, 45)
    assert (later.version, later.alarm_minutes, later.dispatch_minutes) == (2, 10, 45)
    assert policies.policy_at(conn, NOW + 10 * DAY) == later


def test_who_was_slower_or_says_nothing_or_speaks_of_the_past_is_refused(conn):
    policies.ensure_first(conn, Policy(), NOW)
    put(conn, after=1, alarm_minutes=20)
    with pytest.raises(PolicyMoved) as slower:
        put(conn, after=1, alarm_minutes=10)
    assert slower.value.version == 2
    with pytest.raises(PolicyInvalid, match="理由"):
        policies.set_values(conn, {"alarm_minutes": 5}, by="admin", reason=" ", now=NOW)
    with pytest.raises(PolicyInvalid, match="早于现在"):
        put(conn, from_at=NOW - DAY, alarm_minutes=5)
    assert policies.newest_version(conn) == 2


REWRITING = ("UPDATE policy_version SET set_by = 'x'", "DELETE FROM policy_version")


@pytest.mark.parametrize("change", [*REWRITING, "TRUNCATE policy_version"])
def test_versions_are_never_rewritten(conn, change):
    policies.ensure_first(conn, Policy(), NOW)
    with pytest.raises(IntegrityError, match="append-only"):
        conn.execute(text(change))


def test_another_process_is_heard_at_the_next_transaction_and_a_rollback_is_not(engine, database):
    other, book = make_engine(database), PolicyBook(Policy(alarm_minutes=7))
    try:
        with transaction(engine) as conn:
            assert book.policy(conn, NOW).alarm_minutes == 7, "nobody has set anything"
        with transaction(other) as conn:
            policies.ensure_first(conn, Policy(alarm_minutes=7), NOW)
            put(conn, alarm_minutes=8)
        with transaction(engine) as conn:
            assert book.policy(conn, NOW).alarm_minutes == 8
        with engine.connect() as conn:
            put(conn, alarm_minutes=9)
            assert book.policy(conn, NOW).alarm_minutes == 9
            conn.rollback()
            assert book.policy(conn, NOW).alarm_minutes == 8
        with transaction(other) as conn:
            put(conn, alarm_minutes=11)
        with transaction(engine) as conn:
            assert book.policy(conn, NOW).alarm_minutes == 11, "version 3 is another's now"
    finally:
        other.dispose()


def test_asking_costs_one_statement_a_transaction(conn):
    policies.ensure_first(conn, Policy(), NOW)
    book = PolicyBook()
    book.policy(conn, NOW)
    conn.info.clear()
    asked = []
    event.listen(conn, "before_cursor_execute", lambda *a: asked.append(a[2]))
    book.policy(conn, NOW)
    book.policy(conn, NOW + DAY)
    assert len(asked) == 1
