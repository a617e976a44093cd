"""The inbox on screen: who is told, who has read, what waits too long, what WeCom confirms."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import text
from stories import NOW

from cases import mailbox, receipts
from cases.mailbox import LAST, MailNotFound
from cases.notices import Notice
from store import feed, outbox

STATION = "station-14090101"
MINUTE = timedelta(minutes=1)


def send(conn, *, to=STATION, now=NOW, mail=True, **told):
    id = uuid.uuid4()
    payload = {"kind": "task", "title": "交办", "text": "请办", "urgent": False} | told
    notice = Notice(id=id, topic="push", payload=payload, recipient=to, mail=mail)
    mailbox.send(conn, notice, subject=str(id), now=now)
    return id


def test_a_message_is_on_screen_and_on_its_way_at_once(conn):
    id = send(conn, place="仓场路口", appointment_at=NOW.isoformat())
    (mail,) = mailbox.letters(conn, [STATION])
    assert (mail.id, mail.title, mail.body, mail.place) == (id, "交办", "请办", "仓场路口")
    assert (mail.appointment_at, mail.case_id, mail.read_at) == (NOW, None, None)
    message = outbox.one(conn, id)
    assert (message.topic, message.recipient, message.status) == ("push", STATION, "pending")
    told = conn.execute(text("SELECT kind, areas FROM feed ORDER BY id DESC LIMIT 1")).one()
    assert tuple(told) == ("mail", [STATION])
    assert feed.head(conn)
    send(conn, mail=False)
    assert len(mailbox.letters(conn, [STATION])) == 1


def test_unread_first_and_of_those_the_urgent(conn):
    old, urgent = send(conn, now=NOW - 9 * MINUTE), send(conn, now=NOW - 8 * MINUTE, urgent=True)
    read, newest = send(conn, now=NOW - MINUTE), send(conn)
    send(conn, to="deputy-140901")
    mailbox.read(conn, read, posts=[STATION], by="S1", now=NOW)
    assert [m.id for m in mailbox.letters(conn, [STATION])] == [urgent, newest, old, read]
    assert [m.id for m in mailbox.letters(conn, [STATION], unread=True, limit=2)] == [
        urgent,
        newest,
    ]
    counts = mailbox.counts(conn, [STATION])
    assert (counts.unread, counts.unacknowledged) == (3, 1)
    assert len(mailbox.letters(conn, [STATION, "deputy-140901"])) == 5


def test_the_first_reading_counts_and_says_arrived(conn):
    id = send(conn, urgent=True)
    first = mailbox.read(conn, id, posts=[STATION], by="S1", now=NOW)
    again = mailbox.read(conn, id, posts=[STATION], by="S2", now=NOW + MINUTE)
    assert (again.read_at, again.read_by) == (NOW, "S1") == (first.read_at, first.read_by)
    assert mailbox.counts(conn, [STATION]).unacknowledged == 1, "read is not 已收到"
    done = mailbox.acknowledge(conn, id, posts=[STATION], by="S2", now=NOW + MINUTE)
    assert (done.read_by, done.acknowledged_by, done.acknowledged_at) == ("S1", "S2", NOW + MINUTE)
    assert mailbox.counts(conn, [STATION]).unacknowledged == 0
    assert outbox.one(conn, id).read_at == NOW


def test_another_posts_message_is_not_there(conn):
    id = send(conn)
    for act in (mailbox.read, mailbox.acknowledge):
        with pytest.raises(MailNotFound):
            act(conn, id, posts=["station-14090102"], by="x", now=NOW)
        with pytest.raises(MailNotFound):
            act(conn, uuid.uuid4(), posts=[STATION], by="x", now=NOW)


def test_only_urgent_and_unread_ones_wait_and_each_step_is_taken_once(conn):
    send(conn)
    id = send(conn, urgent=True)
    read = send(conn, urgent=True)
    mailbox.read(conn, read, posts=[STATION], by="S1", now=NOW)
    send(conn, urgent=True, kind="unread")
    assert mailbox.unanswered(conn, NOW + 4 * MINUTE, 5) == ()
    assert mailbox.next_step_at(conn, NOW, 5) == NOW + 5 * MINUTE
    at = NOW + 5 * MINUTE
    (waiting,) = mailbox.unanswered(conn, at, 5)
    assert (waiting.mail.id, waiting.step, waiting.desk) == (id, None, None)
    assert mailbox.take_step(conn, id, 0, STATION, at)
    assert not mailbox.take_step(conn, id, 0, STATION, at)
    (reminded,) = (mail for mail in mailbox.letters(conn, [STATION]) if mail.id == id)
    assert reminded.reminded_at == at
    assert mailbox.unanswered(conn, NOW + 9 * MINUTE, 5) == ()
    assert mailbox.next_step_at(conn, at, 5) == NOW + 10 * MINUTE
    (waiting,) = mailbox.unanswered(conn, NOW + 10 * MINUTE, 5)
    assert waiting.step == 0
    mailbox.take_step(conn, id, LAST, "-", at)
    assert mailbox.unanswered(conn, NOW + timedelta(days=1), 5) == ()
    assert mailbox.next_step_at(conn, at, 5) is None


def test_who_is_next_is_data(conn):
    assert mailbox.next_role(conn, "station", 1) == "coordinator"
    assert mailbox.next_role(conn, "station", 3) is None
    conn.execute(text("UPDATE next_in_line SET next_role = 'head' WHERE role = 'station'"))
    assert mailbox.next_role(conn, "station", 1) == "head"


def take(conn, mail_id, *, signature="s1", event="template_card_event"):
    return receipts.take(
        conn, signature=signature, event=event, from_user="Li", mail_id=mail_id, now=NOW
    )


def test_a_pressed_card_is_received_once(conn):
    id = send(conn, urgent=True)
    assert take(conn, id)
    (mail,) = mailbox.letters(conn, [STATION])
    assert (mail.acknowledged_at, mail.acknowledged_by) == (NOW, "wecom")
    assert not take(conn, id), "a copy of the call"
    assert take(conn, uuid.uuid4(), signature="s2"), "a card of another life is no error"


def test_other_events_are_noted_and_change_nothing(conn):
    id = send(conn, urgent=True)
    assert take(conn, id, event="enter_agent")
    assert mailbox.letters(conn, [STATION])[0].read_at is None
