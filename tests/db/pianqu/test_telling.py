"""The courier and the line of people, with a real 政务微信 stub and a real database."""

import threading
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from receiver import receiver
from sqlalchemy import text
from wecom_stub import AGENT, CORP, ROBOT_KEY, SECRET, wecom_stub

from boundaries.locate import Locator
from cases import mailbox
from cases.channels.choosing import Reach
from cases.channels.exchange import Line
from cases.channels.sms import Gateway
from cases.channels.webhook import StreetCentre
from cases.channels.wecom import Account, Robot, WeCom
from cases.desk import Office
from cases.notices import Notice
from cases.policy import Policy
from pianqu.bench import Bench, Channels
from pianqu.courier import URGENT_ATTEMPTS, send_next
from pianqu.escalating import escalate
from pianqu.settings import Settings
from pianqu.worker import run_worker
from store import outbox
from store.engine import transaction

STATION = "station-14090101"
LI = Reach(staff_id="S1", wecom_id="Li", phone="13800000001")
WANG = Reach(staff_id="S2", wecom_id="Wang")
MINUTE = timedelta(minutes=1)


class Clock:
    # Ten in the morning in Shanghai.
    now = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def stub():
    with wecom_stub("Li", "Wang") as stub:
        yield stub


@pytest.fixture
def bench(engine, clock):
    return Bench(
        engine=engine,
        office=Office(locator=Locator(), policy=Policy(), new_id=uuid.uuid4),
        target=StreetCentre(url="http://127.0.0.1:1/", secret=b"x"),
        make_report=lambda *_: b"",
        now=clock,
        reaches=lambda *_: (LI,),
    )


def with_wecom(bench, stub, **more):
    account = Account(base_url=stub.url, corp_id=CORP, agent_id=AGENT, secret=SECRET)
    wecom = WeCom(account, Line(), bench.now)
    return replace(bench, channels=Channels(wecom=wecom, **more))


def tell(bench, *, to=STATION, mail=True, **told):
    id = uuid.uuid4()
    payload = {"kind": "task", "title": "交办", "text": "请办", "urgent": False} | told
    with transaction(bench.engine) as conn:
        notice = Notice(id=id, topic="push", payload=payload, recipient=to, mail=mail)
        mailbox.send(conn, notice, subject=str(id), now=bench.now())
    return id


def stands(bench, id):
    with transaction(bench.engine) as conn:
        return outbox.one(conn, id)


def send_all(bench):
    while send_next(bench, bench.now()):
        pass


def test_without_a_way_outside_the_mailbox_is_the_way(bench):
    id = tell(bench)
    send_all(bench)
    sent = stands(bench, id)
    assert (sent.status, sent.channel, sent.attempts) == ("delivered", "mailbox", 1)


def test_wecom_reaches_all_who_hold_the_post_and_names_who_was_not(bench, stub):
    bench = with_wecom(replace(bench, reaches=lambda *_: (LI, WANG)), stub)
    id = tell(bench, urgent=True)
    send_all(bench)
    sent = stands(bench, id)
    assert (sent.status, sent.channel, sent.provider_id) == ("delivered", "wecom", "msg-1")
    assert sent.last_error is None
    assert stub.sent[0]["users"] == ["Li", "Wang"]
    stub.users = {"Wang"}
    part = tell(bench, title="第二条")
    send_all(bench)
    assert stands(bench, part).last_error == "政务微信未送达：S1"
    assert stands(bench, part).status == "delivered"


def test_whom_wecom_does_not_know_is_not_told_is_a_dead_letter_at_once(bench, stub):
    bench = with_wecom(bench, stub)
    stub.users = {"Wang"}
    id = tell(bench)
    send_all(bench)
    assert (stands(bench, id).status, stands(bench, id).attempts) == ("dead", 1)
    # It is on screen all the same, and reading it there is arrival.
    with transaction(bench.engine) as conn:
        mailbox.read(conn, id, posts=[STATION], by="S1", now=bench.now())
    send_all(bench)
    assert (stands(bench, id).status, stands(bench, id).channel) == ("delivered", "mailbox")


def test_an_urgent_push_falls_back_to_a_text_message(bench, stub, clock):
    with receiver("secret") as gateway:
        sms = Gateway(url=gateway.url, secret=b"secret", line=Line(), now=clock)
        bench = with_wecom(bench, stub, sms=sms)
        stub.users = {"Wang"}
        id = tell(bench, urgent=True, text="姓名和电话")
        send_all(bench)
        assert (stands(bench, id).channel, stands(bench, id).status) == ("sms", "delivered")
        assert gateway.came[0].body["to"] == "13800000001"
        assert "姓名和电话" not in gateway.came[0].body["text"]
        # Away instead of unknown: two attempts first.
        stub.users, stub.plan = {"Li"}, ["502", "502"]
        id = tell(bench, urgent=True)
        for _ in range(3):
            send_all(bench)
            clock.now += timedelta(seconds=5)
        assert (stands(bench, id).channel, stands(bench, id).attempts) == ("sms", 3)
        # What is not urgent does not go to a phone.
        stub.users = set()
        id = tell(bench)
        send_all(bench)
        assert stands(bench, id).status == "dead"
        assert len(gateway.came) == 2


def test_an_urgent_push_is_given_up_in_time_for_a_phone_call(bench, stub, clock):
    bench = with_wecom(bench, stub)
    stub.plan = ["502"] * 50
    begun, id = clock.now, tell(bench, urgent=True)
    while stands(bench, id).status == "pending":
        send_all(bench)
        clock.now = stands(bench, id).next_at
    assert stands(bench, id).attempts == URGENT_ATTEMPTS
    assert clock.now - begun < 3 * MINUTE


def test_too_often_is_waited_for(bench, stub):
    bench = with_wecom(bench, stub)
    stub.plan = [None, 45009]
    id = tell(bench)
    send_all(bench)
    assert stands(bench, id).next_at == bench.now() + MINUTE


def test_the_form_of_the_message(bench, stub):
    bench = with_wecom(bench, stub, cards=True, link="https://desk.example")
    tell(bench, urgent=True)
    case_id = str(uuid.uuid4())
    tell(bench, case_id=case_id, case_number="20261124-0031")
    tell(bench)
    send_all(bench)
    assert [sent["msgtype"] for sent in stub.sent] == ["template_card", "textcard", "text"]
    assert stub.sent[1]["textcard"]["url"] == f"https://desk.example/?case={case_id}"


def test_what_can_wait_rings_in_the_morning_and_is_on_screen_now(bench, stub, clock):
    clock.now = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
    bench = with_wecom(bench, stub)
    id, urgent = tell(bench), tell(bench, urgent=True)
    send_all(bench)
    morning = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert stands(bench, urgent).status == "delivered"
    assert (stands(bench, id).next_at, stands(bench, id).attempts) == (morning, 0)
    with transaction(bench.engine) as conn:
        held = mailbox.letters(conn, [STATION])[-1]
        assert held.hold_until == morning
    clock.now = morning
    send_all(bench)
    assert stands(bench, id).channel == "wecom"


def test_an_unknown_topic_stops_nobody(bench):
    with transaction(bench.engine) as conn:
        id = uuid.uuid4()
        outbox.put(conn, id=id, topic="pigeon", subject="x", payload={}, now=bench.now())
    assert send_next(bench, bench.now())
    assert stands(bench, id).status == "dead"


def test_who_does_not_answer_is_reminded_and_then_the_next_are_told_each_once(bench, stub, clock):
    robot = Robot(f"{stub.url}/cgi-bin/webhook/send?key={ROBOT_KEY}", Line(), clock)
    bench = with_wecom(bench, stub, robot=robot)
    id = tell(bench, urgent=True, title="请到场")
    for _ in range(25):
        escalate(bench, clock.now)
        escalate(bench, clock.now)
        send_all(bench)
        clock.now += MINUTE
    with transaction(bench.engine) as conn:
        steps = conn.execute(
            text("SELECT step, told FROM mailbox_step WHERE mail_id = :id ORDER BY step"),
            {"id": id},
        ).all()
        coordinator = mailbox.letters(conn, ["coordinator-140901"])
        deputy = mailbox.letters(conn, ["deputy-140901"])
        assert len(mailbox.letters(conn, [STATION])) == 1, "a reminder is no second message"
    assert [tuple(step) for step in steps] == [
        (0, STATION),
        (1, "coordinator-140901"),
        (2, "deputy-140901"),
        (99, "-"),
    ]
    assert [mail.title for mail in (*coordinator, *deputy)] == [
        "推送未读 10 分钟",
        "推送未读 15 分钟",
    ]
    assert coordinator[0].body == "迎园片区工作站参勤人员尚未阅读：请到场"
    assert stub.said == [
        "推送未读 10 分钟：迎园片区工作站参勤人员",
        "推送未读 15 分钟：迎园片区工作站参勤人员",
    ]
    assert sum("推送未读 5 分钟" in sent["text"]["content"] for sent in stub.sent) == 1


def test_who_reads_in_time_is_left_alone(bench, clock):
    id = tell(bench, urgent=True)
    clock.now += 6 * MINUTE
    escalate(bench, clock.now)
    with transaction(bench.engine) as conn:
        mailbox.read(conn, id, posts=[STATION], by="S1", now=clock.now)
    clock.now += 60 * MINUTE
    escalate(bench, clock.now)
    with transaction(bench.engine) as conn:
        assert mailbox.letters(conn, ["coordinator-140901"]) == ()


@pytest.mark.parametrize(
    ("post", "expected"),
    [
        ("department-water", ["street-centre", "-"]),
        ("head-140902", ["deputy-140902", "street-centre", "-"]),
        ("coordinator-140901", ["deputy-140901", "head-140901", "-"]),
        ("admin", ["-"]),
    ],
)
def test_who_is_next(bench, clock, post, expected):
    id = tell(bench, urgent=True, to=post)
    for _ in range(30):
        clock.now += MINUTE
        escalate(bench, clock.now)
    with transaction(bench.engine) as conn:
        told = conn.execute(
            text("SELECT told FROM mailbox_step WHERE mail_id = :id ORDER BY step"), {"id": id}
        ).scalars()
        assert list(told) == [post, *expected]


ROSTER = """
    INSERT INTO body (id, kind, name) VALUES ('B1', 'station', '仓场工作站');
    INSERT INTO post (id, role, area, body, label)
        VALUES ('station-14090101', 'station', '14090101', 'B1', '工作站参勤人员');
    INSERT INTO staff (id, name, body, wecom_id)
        VALUES ('S1', '站点01', 'B1', 'Li'), ('S2', '站点02', 'B1', 'Wang');
    INSERT INTO holding (post, staff_id, from_at, to_at)
        VALUES ('station-14090101', 'S1', now() - interval '9 days', NULL);
    INSERT INTO holding (post, staff_id, from_at, to_at, stand_in, authorised_by, reason)
        VALUES ('station-14090101', 'S2', now() - interval '1 hour', now() + interval '1 hour',
            true, 'deputy-140901', '休假');
"""


def test_the_whole_worker_from_settings_to_the_holders_phone(engine, database, stub, tmp_path):
    """Set up as an operator does it: environment, roster, and a worker woken by the message."""
    with transaction(engine) as conn:
        conn.execute(text("DELETE FROM holding WHERE post = 'station-14090101'"))
        for statement in filter(str.strip, ROSTER.split(";")):
            conn.execute(text(statement))
    settings = Settings(
        database_url=database,
        state_dir=tmp_path,
        wecom_base_url=stub.url,
        wecom_corp_id=CORP,
        wecom_agent_id=AGENT,
        wecom_secret=SECRET,
    )
    stop = threading.Event()
    worker = threading.Thread(target=run_worker, args=(settings, stop))
    worker.start()
    try:
        id, real = uuid.uuid4(), datetime.now(UTC)
        payload = {"kind": "task", "title": "交办", "text": "请办", "urgent": True}
        notice = Notice(id=id, topic="push", payload=payload, recipient=STATION, mail=True)
        with transaction(engine) as conn:
            mailbox.send(conn, notice, subject=str(id), now=real)
        until = time.monotonic() + 20
        while not stub.sent and time.monotonic() < until:
            time.sleep(0.02)
    finally:
        stop.set()
        worker.join()
    assert [sorted(sent["users"]) for sent in stub.sent] == [["Li", "Wang"]]
    with transaction(engine) as conn:
        assert outbox.one(conn, id).status == "delivered"
