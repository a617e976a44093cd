"""Tampering shows: every way of touching a history is found by `audit.verify`."""

from datetime import timedelta

import msgspec
import orjson
import pytest
from sqlalchemy import text
from stories import NOW

from cases import audit, desk, purge, queries
from cases import commands as do
from cases.journal import history, replayed
from cases.policy import Policy
from cases.roles import actor

WEST = actor("coordinator-140901")


@pytest.fixture
def lived(conn, bring, office):
    """A case with four events."""
    came = bring(conn, title="路灯不亮", description="第1盏").case
    case = desk.handle(conn, office, came.id, do.Accept(), actor=WEST, now=NOW)
    case = desk.handle(
        conn, office, case.id, do.Dispatch(station=case.community.code), actor=WEST, now=NOW
    )
    desk.handle(
        conn, office, case.id, do.Urge(post=f"station-{case.community.code}", text="请尽快"),
        actor=WEST, now=NOW,
    )  # fmt: skip
    return case


def faults(conn):
    return {finding.fault for finding in audit.verify(conn).findings}


def tamper(conn, statement, **values):
    """As a superuser would: with the triggers off."""
    conn.execute(text("SET LOCAL session_replication_role = replica"))
    assert conn.execute(text(statement), values).rowcount
    conn.execute(text("SET LOCAL session_replication_role = origin"))


@pytest.mark.usefixtures("lived")
def test_an_untouched_history_verifies(conn):
    verdict = audit.verify(conn)
    assert verdict.findings == ()
    assert (verdict.cases, verdict.events) == (1, 4)
    assert verdict.texts >= 2


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE case_event SET data = jsonb_set(data, '{reason}', '\"x\"') WHERE version = 2",
         "内容与哈希不符"),
        ("UPDATE case_event SET actor = 'coordinator-140902' WHERE version = 2", "内容与哈希不符"),
        ("UPDATE case_event SET account = 'x' WHERE version = 1", "内容与哈希不符"),
        ("UPDATE case_event SET at = at - interval '1 hour' WHERE version = 3", "内容与哈希不符"),
        ("UPDATE case_event SET clocks = NULL WHERE version = 2", "内容与哈希不符"),
        ("UPDATE case_event SET hash = prev_hash WHERE version = 2", "内容与哈希不符"),
        ("DELETE FROM case_event WHERE version = 2", "版本不连续，应为 2"),
        ("UPDATE case_event SET version = version + 1 WHERE version = 4",
         "版本不连续，应为 4"),
        ("DELETE FROM case_event WHERE version = 4", "链头与案件记录不符"),
        ("UPDATE case_text SET value = '请慢慢来' WHERE value = '请尽快'", "文字与哈希不符"),
        ("UPDATE case_now SET state = jsonb_set(state, '{desk}', '\"140902\"')",
         "重放结果与案件记录不符"),
        ("DELETE FROM feed WHERE type = 'Urged'", "事件 4 条，实时流 3 条"),
    ],
)  # fmt: skip
def test_each_way_of_tampering_is_found(conn, statement, fault):
    tamper(conn, statement)
    assert fault in faults(conn)


@pytest.mark.usefixtures("lived")
def test_two_events_changed_for_each_other_are_found(conn):
    tamper(
        conn,
        "UPDATE case_event e SET type = o.type, data = o.data FROM case_event o"
        " WHERE (e.version, o.version) IN ((2, 3), (3, 2)) AND e.case_id = o.case_id",
    )
    assert "内容与哈希不符" in faults(conn)


def test_a_tail_cut_off_with_its_head_is_missed_by_the_anchor(conn, lived):
    audit.anchor(conn, NOW)
    conn.execute(text("SET LOCAL session_replication_role = replica"))
    conn.execute(text("DELETE FROM case_event WHERE version = 4"))
    conn.execute(text("DELETE FROM feed WHERE type = 'Urged'"))
    told = replayed(conn, lived.id)
    conn.execute(
        text(
            "UPDATE case_now SET version = 3, chain_head = (SELECT hash FROM case_event"
            " WHERE version = 3), state = CAST(:state AS jsonb)"
        ),
        {"state": orjson.dumps(msgspec.to_builtins(told)).decode()},
    )
    assert faults(conn) == {"锚点里的事件已不在"}


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("statement", [
    "UPDATE case_event SET actor = 'x'", "DELETE FROM case_event", "TRUNCATE case_event",
    "UPDATE case_text SET value = 'x'", "DELETE FROM case_text", "TRUNCATE case_text",
])  # fmt: skip
def test_nobody_rewrites(conn, statement):
    with pytest.raises(Exception, match=r"append-only|texts of the journal"):
        conn.execute(text(statement))


def test_no_text_lies_in_the_journal(conn, lived):
    whole = conn.execute(text("SELECT string_agg(CAST(data AS text), ' ') FROM case_event"))
    written = whole.scalar_one()
    assert "路灯" not in written
    assert "第1盏" not in written
    assert "请尽快" not in written
    assert "请尽快" in str(queries.events(conn, lived.id)[-1]["data"])


def test_what_is_purged_is_gone_and_the_chain_still_verifies(conn, lived, office):
    source = actor("platform-12345")
    desk.handle(conn, office, lived.id, do.Withdraw(reason="误报"), actor=source, now=NOW)
    policy = Policy(text_days=180, reporter_days=30)
    assert purge.run(conn, policy, NOW + timedelta(days=179)).cases == 0
    done = purge.run(conn, policy, NOW + timedelta(days=181))
    assert (done.cases, done.texts >= 3) == (1, True)
    for table in ("case_event", "case_now", "case_report", "case_text", "mailbox", "outbox"):
        rows = conn.execute(text(f"SELECT CAST(t AS text) FROM {table} t")).scalars()
        assert not any("路灯" in row or "请尽快" in row for row in rows), table
    verdict = audit.verify(conn)
    assert verdict.findings == ()
    assert verdict.purged >= 3
    assert history(conn, lived.id)[-1].event.reason == "（已按期清除）"
    assert replayed(conn, lived.id) == queries.case(conn, lived.id)


@pytest.mark.usefixtures("lived")
def test_a_purge_of_nothing_writes_nothing(conn):
    purge.run(conn, Policy(), NOW)
    assert conn.execute(text("SELECT count(*) FROM purge_log")).scalar_one() == 0
