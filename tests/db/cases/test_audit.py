"""Tampering shows: every way of touching a history is found by `audit.verify`."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import msgspec
import orjson
import pytest
from sqlalchemy import text
from stories import NOW

from cases import anchors, audit, desk, purge, queries
from cases import commands as do
from cases.chain import Sealed, event_hash
from cases.intake import Reporter
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
        ("UPDATE case_now SET audience = audience || '{patrol-140902}'",
         "重放结果与案件记录不符"),
        ("UPDATE case_now SET title = '别的'", "重放结果与案件记录不符"),
        ("DELETE FROM case_text WHERE value = '请尽快'", "文字缺失，并非按期清除"),
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


@pytest.mark.usefixtures("lived")
def test_an_event_put_in_between_is_found(conn):
    tamper(conn, "UPDATE case_event SET version = version + 10 WHERE version > 1")
    tamper(
        conn,
        "INSERT INTO case_event (case_id, version, type, data, actor, at, prev_hash, hash)"
        " SELECT case_id, 2, type, data, actor, at, prev_hash, hash FROM case_event"
        " WHERE version = 12",
    )
    tamper(conn, "UPDATE case_event SET version = version - 9 WHERE version > 10")
    assert (2, "内容与哈希不符") in {
        (one.version, one.fault) for one in audit.verify(conn).findings
    }


def cut_the_tail(conn, case_id):
    """The last of four events goes, and the case is set back so that all else fits."""
    of = {"id": case_id, "subject": str(case_id)}
    tamper(conn, "DELETE FROM case_event WHERE case_id = :id AND version = 4", id=case_id)
    tamper(conn, "DELETE FROM feed WHERE subject = :subject AND type = 'Urged'", **of)
    tamper(
        conn,
        "UPDATE case_now SET version = 3, state = CAST(:state AS jsonb), chain_head ="
        " (SELECT hash FROM case_event WHERE case_id = :id AND version = 3) WHERE id = :id",
        state=orjson.dumps(msgspec.to_builtins(replayed(conn, case_id))).decode(),
        **of,
    )


def test_a_tail_cut_off_with_its_head_is_missed_by_the_anchors(conn, lived):
    anchors.anchor(conn, NOW)
    cut_the_tail(conn, lived.id)
    assert faults(conn) == {"锚点里的事件已不在"}
    # Also when time has gone on, and for the case alone.
    anchors.anchor(conn, NOW + timedelta(hours=1))
    assert [(f.case, f.version) for f in audit.verify(conn, lived.id).findings] == [
        (str(lived.id), 4)
    ]


def test_a_digest_written_down_outside_holds_or_is_missed(conn, lived, bring):
    first = anchors.anchor(conn, NOW)
    assert anchors.anchor(conn, NOW + timedelta(hours=1)) == first, "nothing moved"
    bring(conn, title="井盖", numbers=())
    last = anchors.anchor(conn, NOW + timedelta(hours=2))
    assert (last.cases, last.events) == (2, 5)
    assert audit.verify(conn, against=first.digest).findings == ()
    assert audit.verify(conn, against=last.digest).findings == ()
    assert len(audit.verify(conn, against="0" * 64).findings) == 1
    # Whoever takes the anchors away as well cannot take away what is on paper.
    cut_the_tail(conn, lived.id)
    tamper(conn, "DELETE FROM audit_head")
    tamper(conn, "DELETE FROM audit_anchor")
    assert faults(conn) == set()
    assert len(audit.verify(conn, against=last.digest).findings) == 1


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("statement", [
    "UPDATE audit_anchor SET at = at - interval '1 day'",
    "UPDATE audit_head SET version = 1",
    "DELETE FROM audit_head",
])  # fmt: skip
def test_an_anchor_touched_is_found(conn, statement):
    anchors.anchor(conn, NOW)
    tamper(conn, statement)
    assert "锚点内容与摘要不符" in faults(conn)


@pytest.mark.usefixtures("lived")
@pytest.mark.parametrize("statement", [
    "UPDATE case_event SET actor = 'x'", "DELETE FROM case_event", "TRUNCATE case_event",
    "UPDATE case_text SET value = 'x'", "DELETE FROM case_text", "TRUNCATE case_text",
    "UPDATE audit_anchor SET digest = ''", "DELETE FROM audit_head",
    "TRUNCATE audit_anchor CASCADE",
])  # fmt: skip
def test_nobody_rewrites(conn, statement):
    anchors.anchor(conn, NOW)
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


def test_a_reporter_goes_first_and_no_hash_of_the_number_stays(conn, bring, office):
    told = {"title": "占道", "extra": {"联系人": "老客户"}}
    came = bring(conn, reporter=Reporter(name="测试人", phone="00000000000"), **told).case
    before = conn.execute(text("SELECT content_hash FROM case_report")).scalar_one()
    policy = Policy(reporter_days=30, text_days=180)
    assert purge.run(conn, policy, NOW + timedelta(days=31)).reporters == 0, "it is still open"
    source = actor("platform-12345")
    desk.handle(conn, office, came.id, do.Withdraw(reason="误报"), actor=source, now=NOW)
    done = purge.run(conn, policy, NOW + timedelta(days=31))
    assert (done.reporters, done.cases) == (1, 0)
    assert conn.execute(text("SELECT count(*) FROM case_reporter")).scalar_one() == 0
    row = conn.execute(text("SELECT content_hash, CAST(body AS text) AS body FROM case_report"))
    kept = row.one()
    assert kept.content_hash != before
    assert "老客户" not in kept.body
    assert "占道" in kept.body, "texts stay until their own time"
    assert conn.execute(text("SELECT what, rows FROM purge_log")).all() == [("reporters", 1)]


def test_a_text_taken_after_a_purge_is_no_purge(conn, lived, office):
    desk.handle(
        conn, office, lived.id, do.Withdraw(reason="误报"), actor=actor("platform-12345"), now=NOW
    )
    later = NOW + timedelta(days=181)
    purge.run(conn, Policy(text_days=180, reporter_days=30), later)
    assert faults(conn) == set()
    tamper(conn, "UPDATE case_purge SET version = 3")
    assert "文字缺失，并非按期清除" in faults(conn)


@pytest.mark.parametrize(
    "value",
    [1.0, -0.0, 1e-9, 1e22, 121.26036400000001, 5e-324, 0.1, "\u4e2d\U0001f6a6\n\"\\",
     {"b": 1, "a": {}}, [None, True, 2.50]],
)  # fmt: skip
def test_what_postgresql_gives_back_has_the_hash_of_what_was_given(conn, value):
    event = Sealed(
        case_id=UUID(int=1), version=1, type="x", data={"v": value}, actor="a", account=None,
        on_behalf_of=None, at=NOW, clocks=None,
    )  # fmt: skip
    stored = conn.execute(
        text("SELECT CAST(:data AS jsonb) AS data, CAST(:at AS timestamptz) AS at"),
        {"data": orjson.dumps(event.data).decode(), "at": NOW},
    ).one()
    again = replace(event, data=stored.data, at=stored.at)
    assert event_hash(b"", again) == event_hash(b"", event)
