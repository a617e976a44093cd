"""The outbox: every message leaves at least once, under one id, whoever dies."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import text

from store import outbox
from store.engine import transaction

NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def put(conn, *, at=NOW, subject=None, recipient=None, **told):
    id = uuid.uuid4()
    outbox.put(
        conn,
        id=id,
        topic="t",
        subject=subject or str(id),
        recipient=recipient,
        payload={"type": "x", "字": 1, **told},
        now=at,
    )
    return id


def one(conn, id):
    return next(m for m in outbox.messages(conn, status=None) if m.id == id)


def test_a_message_is_put_claimed_and_done(conn):
    id = put(conn)
    assert outbox.next_at(conn) == NOW
    message = outbox.claim(conn, NOW)
    assert (message.id, message.payload, message.attempts) == (id, {"type": "x", "字": 1}, 0)
    outbox.done(conn, id, NOW + SECOND)
    after = one(conn, id)
    assert (after.status, after.attempts, after.delivered_at) == ("delivered", 1, NOW + SECOND)
    assert outbox.claim(conn, NOW + SECOND) is None
    assert outbox.next_at(conn) is None
    assert not outbox.retry(conn, id, NOW), "what was delivered is not sent again"


def test_what_is_not_due_yet_is_not_claimed(conn):
    put(conn, at=NOW + SECOND)
    assert outbox.claim(conn, NOW) is None
    assert outbox.claim(conn, NOW + SECOND) is not None


def test_the_longest_waiting_goes_first(conn):
    late, early = put(conn, at=NOW), put(conn, at=NOW - SECOND)
    assert outbox.claim(conn, NOW).id == early
    outbox.done(conn, early, NOW)
    assert outbox.claim(conn, NOW).id == late


def test_the_pauses_grow_and_after_the_last_attempt_the_letter_is_dead(conn):
    id, now, pauses = put(conn), NOW, []
    while (message := one(conn, id)).status == "pending":
        dead = outbox.later(conn, message, error="HTTP 500", now=now)
        after = one(conn, id)
        pauses.append((after.next_at - now).total_seconds())
        assert dead == (after.status == "dead")
        assert after.last_error == "HTTP 500"
        now = after.next_at
    assert len(pauses) == outbox.MAX_ATTEMPTS
    assert pauses[: len(outbox.BACKOFF_S)] == list(outbox.BACKOFF_S)
    assert set(pauses[len(outbox.BACKOFF_S) :]) == {900}
    assert outbox.claim(conn, now + timedelta(days=9)) is None
    assert outbox.messages(conn, status="dead")[0].id == id


def test_a_dead_letter_can_be_sent_again_by_hand(conn):
    id = put(conn)
    conn.execute(text("UPDATE outbox SET attempts = 19"))
    assert outbox.later(conn, one(conn, id), error="x" * 2000, now=NOW)
    assert len(one(conn, id).last_error) == 500
    assert outbox.retry(conn, id, NOW + SECOND)
    assert outbox.claim(conn, NOW + SECOND).attempts == 0
    assert not outbox.retry(conn, uuid.uuid4(), NOW)


def test_lists_by_status_newest_first(conn):
    a, b = put(conn, at=NOW), put(conn, at=NOW + SECOND)
    outbox.done(conn, a, NOW)
    assert [m.id for m in outbox.messages(conn, status=None)][:2] == [b, a]
    assert [m.id for m in outbox.messages(conn, status="delivered")] == [a]
    assert len(outbox.messages(conn, status=None, limit=1)) == 1


def test_two_workers_never_hold_the_same_message(engine):
    with transaction(engine) as conn:
        ids = {put(conn), put(conn)}
    with engine.connect() as one_worker, engine.connect() as other, engine.connect() as third:
        held = {outbox.claim(one_worker, NOW).id, outbox.claim(other, NOW).id}
        assert held == ids
        assert outbox.claim(third, NOW) is None


def test_what_another_worker_has_sent_meanwhile_is_passed_over(engine):
    with transaction(engine) as conn:
        first, second = put(conn), put(conn, at=NOW + SECOND)
    with engine.connect() as quick, engine.connect() as slow:
        outbox.done(quick, outbox.claim(quick, NOW + SECOND).id, NOW)
        quick.commit()
        assert outbox.claim(slow, NOW + SECOND).id == second
    with transaction(engine) as conn:
        assert one(conn, first).status == "delivered"


def test_a_claim_dies_with_the_worker(engine, database):
    with transaction(engine) as conn:
        id = put(conn)
    with engine.connect() as doomed:
        assert outbox.claim(doomed, NOW).id == id
        pid = doomed.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with engine.connect() as conn:
            assert outbox.claim(conn, NOW) is None
        with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
        with pytest.raises(Exception, match="terminating connection"):
            doomed.execute(text("SELECT 1"))
    with transaction(engine) as conn:
        assert outbox.claim(conn, NOW).id == id


def test_many_workers_send_each_message_once(engine):
    with transaction(engine) as conn:
        ids = {put(conn) for _ in range(60)}
    sent, lock = [], threading.Lock()

    def work():
        while True:
            with transaction(engine) as conn:
                message = outbox.claim(conn, NOW)
                if message is None:
                    return
                with lock:
                    sent.append(message.id)
                outbox.done(conn, message.id, NOW)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(engine) as conn:
        # A worker that finds all the rest claimed goes home; the wake-up brings it back.
        while message := outbox.claim(conn, NOW):
            sent.append(message.id)
            outbox.done(conn, message.id, NOW)
    assert sorted(sent) == sorted(ids)


def test_putting_wakes_the_worker(engine, database):
    with psycopg.connect(database.replace("+psycopg", ""), autocommit=True) as listener:
        listener.execute("LISTEN pianqu_outbox")
        with transaction(engine) as conn:
            id = put(conn)
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1
        with transaction(engine) as conn:
            outbox.retry(conn, id, NOW)
        assert len(list(listener.notifies(timeout=5, stop_after=1))) == 1


def test_one_recipient_hears_of_one_subject_in_order(conn):
    first, second = put(conn, subject="case"), put(conn, subject="case")
    other = put(conn, subject="case", recipient="station-14090101", at=NOW + SECOND)
    failed = outbox.claim(conn, NOW + SECOND)
    assert failed.id == first
    outbox.later(conn, failed, error="HTTP 500", now=NOW + SECOND)
    # The second waits with the first; another recipient does not.
    assert outbox.claim(conn, NOW + SECOND).id == other
    outbox.done(conn, other, NOW)
    assert outbox.claim(conn, NOW + SECOND) is None
    assert outbox.next_at(conn) == NOW + 2 * SECOND
    outbox.done(conn, first, NOW)
    assert outbox.claim(conn, NOW + SECOND).id == second


def test_a_dead_letter_holds_nobody_up_and_does_not_come_after_its_successor(conn):
    first, second = put(conn, subject="case"), put(conn, subject="case")
    assert outbox.later(conn, one(conn, first), error="gone", now=NOW, final=True)
    assert outbox.claim(conn, NOW).id == second
    outbox.done(conn, second, NOW)
    with pytest.raises(outbox.Overtaken):
        outbox.retry(conn, first, NOW)
    to_post = [put(conn, subject="case", recipient="p") for _ in range(2)]
    outbox.later(conn, one(conn, to_post[0]), error="gone", now=NOW, final=True)
    outbox.done(conn, to_post[1], NOW)
    assert outbox.retry(conn, to_post[0], NOW), "a person can tell an old message from a new one"


def test_urgent_ones_go_first(conn):
    put(conn, at=NOW - SECOND)
    urgent = put(conn, urgent=True)
    assert outbox.claim(conn, NOW).id == urgent


def test_the_other_sides_pause_and_the_morning_are_kept(conn):
    id = put(conn)
    outbox.later(conn, one(conn, id), error="45009", now=NOW, pause_s=60, channel="wecom")
    after = one(conn, id)
    assert (after.next_at - NOW, after.channel) == (60 * SECOND, "wecom")
    outbox.hold(conn, id, NOW + timedelta(hours=8))
    held = one(conn, id)
    assert (held.next_at, held.attempts) == (NOW + timedelta(hours=8), 1)


def test_what_arrived_keeps_its_way_and_its_number(conn):
    id = put(conn, recipient="p")
    outbox.done(conn, id, NOW, channel="wecom", provider_id="m1", note="政务微信未送达：S2")
    sent = outbox.messages(conn, status=None, recipient="p")[0]
    assert (sent.channel, sent.provider_id, sent.last_error) == (
        "wecom",
        "m1",
        "政务微信未送达：S2",
    )
    assert outbox.messages(conn, status=None, subject=sent.subject) == (sent,)
    assert outbox.some(conn, [id, uuid.uuid4()]) == (sent,)
    assert outbox.one(conn, uuid.uuid4()) is None


def test_read_on_screen_is_arrived_however_the_other_ways_stand(conn):
    dead, done = put(conn), put(conn)
    outbox.later(conn, one(conn, dead), error="x", now=NOW, final=True)
    outbox.done(conn, done, NOW)
    for id in (dead, done):
        outbox.note_read(conn, id, NOW + SECOND)
        outbox.note_read(conn, id, NOW + 2 * SECOND)
    claimed = outbox.claim(conn, NOW + SECOND)
    assert (claimed.id, claimed.read_at) == (dead, NOW + SECOND)
    assert one(conn, done).status == "delivered"


def test_racing_workers_keep_the_order_of_a_lane(engine):
    with transaction(engine) as conn:
        ids = [put(conn, subject="case", recipient="p") for _ in range(12)]
    sent, lock = [], threading.Lock()

    def work():
        while len(sent) < len(ids):
            with transaction(engine) as conn:
                if message := outbox.claim(conn, NOW):
                    with lock:
                        sent.append(message.id)
                    outbox.done(conn, message.id, NOW)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sent == ids
