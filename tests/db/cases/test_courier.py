"""From a command to the history of its push, and from a clock to the history of its warning."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from stories import NOW
from wecom_stub import AGENT, CORP, SECRET, wecom_stub

from cases import commands as do
from cases import desk, mailbox, queries
from cases.channels.choosing import Reach
from cases.channels.exchange import Line
from cases.channels.webhook import StreetCentre
from cases.channels.wecom import Account, WeCom
from cases.roles import actor
from pianqu.bench import Bench, Channels
from pianqu.courier import send_next
from pianqu.timekeeping import next_clock_at, note_clocks
from pianqu.worker import work
from store import outbox
from store.engine import transaction

COORDINATOR = actor("coordinator-140901")


class Clock:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def bench(engine, office, clock):
    return Bench(
        engine=engine,
        office=office,
        target=StreetCentre(url="http://127.0.0.1:1/", secret=b"x"),
        make_report=lambda *_: b"",
        now=clock,
        reaches=lambda *_: (),
    )


@pytest.fixture
def give(bench, clock):
    def given(case, command, who=COORDINATOR):
        with transaction(bench.engine) as conn:
            return desk.handle(conn, bench.office, case.id, command, actor=who, now=clock.now)

    return given


def events(bench, case):
    with transaction(bench.engine) as conn:
        return [event["type"] for event in queries.events(conn, case.id)]


def test_a_push_reaches_the_station_and_the_history_says_so(bench, engine, bring, give, clock):
    case = bring(engine).case
    case = give(case, do.Accept())
    give(case, do.Dispatch(station=case.community.code))
    station = f"station-{case.community.code}"
    with transaction(engine) as conn:
        (mail,) = mailbox.letters(conn, [station])
        assert (mail.case_id, mail.kind, mail.case_number) == (case.id, "dispatch", case.number)
    while send_next(bench, clock.now):
        pass
    assert events(bench, case)[-1] == "PushDelivered"
    with transaction(engine) as conn:
        sent = outbox.messages(conn, status="delivered", recipient=station)
        assert [message.channel for message in sent] == ["mailbox"]


def test_a_push_that_fails_is_history_and_opening_it_on_screen_is_arrival(
    bench, engine, bring, give, clock
):
    with wecom_stub("Wang") as stub:
        account = Account(base_url=stub.url, corp_id=CORP, agent_id=AGENT, secret=SECRET)
        channels = Channels(wecom=WeCom(account, Line(), clock))
        gone = Reach(staff_id="S1", wecom_id="Gone")
        bench = replace(
            bench,
            channels=channels,
            reaches=lambda _c, post, _a: (gone,) if post.startswith("station") else (),
        )
        case = give(bring(engine).case, do.Accept())
        case = give(case, do.Dispatch(station=case.community.code))
        while send_next(bench, clock.now):
            pass
    assert events(bench, case)[-1] == "PushFailed"
    station = f"station-{case.community.code}"
    with transaction(engine) as conn:
        told = mailbox.letters(conn, ["coordinator-140901"])
        assert any(mail.kind == "push_failed" and mail.urgent for mail in told)
        (mail,) = mailbox.letters(conn, [station])
        mailbox.read(conn, mail.id, posts=[station], by=station, now=clock.now)
    while send_next(bench, clock.now):
        pass
    assert events(bench, case)[-1] == "PushDelivered"


def test_lateness_is_warned_of_and_noted_each_once(bench, engine, bring, give, clock):
    case = give(bring(engine).case, do.Accept())
    for _ in range(200):
        note_clocks(bench, clock.now)
        note_clocks(bench, clock.now)
        with transaction(engine) as conn:
            due = next_clock_at(conn, clock.now)
        if due is None or due > NOW + timedelta(hours=2):
            break
        clock.now = due
    seen = events(bench, case)
    assert (seen.count("ClockWarned"), seen.count("ClockBreached")) == (1, 1)
    with transaction(engine) as conn:
        now = queries.case(conn, case.id)
        assert all(c.breached for c in now.clocks if not c.stopped_at and c.due_at <= clock.now)


def test_a_push_of_a_case_that_is_gone_is_sent_once(bench, engine, clock):
    """A push whose case has gone is delivered once, and not for ever again."""
    with transaction(engine) as conn:
        outbox.put(
            conn,
            id=bench.office.new_id(),
            topic="push",
            subject="gone",
            recipient="station-14090101",
            payload={
                "kind": "dispatch",
                "title": "x",
                "case_id": str(bench.office.new_id()),
                "push_id": str(bench.office.new_id()),
            },
            now=NOW,
        )
    assert send_next(bench, clock.now)
    with transaction(engine) as conn:
        assert outbox.messages(conn, status="pending", recipient="station-14090101") == ()


def test_the_worker_wakes_up_exactly_when_something_is_due(bench, engine, bring, give, clock):
    stop = threading.Event()
    assert work(bench, stop) == 5.0, "nothing is due: the next heart beat"
    case = give(bring(engine).case, do.Accept())
    with transaction(engine) as conn:
        due = next_clock_at(conn, clock.now)
    clock.now = due - timedelta(seconds=2)
    work(bench, stop)
    assert work(bench, stop) == pytest.approx(2.0)
    clock.now = due
    work(bench, stop)
    assert events(bench, case)[-1] == "ClockWarned"
