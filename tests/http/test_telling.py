"""The inbox, the deliveries and the callback of 政务微信 over HTTP."""

import base64
import uuid
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from lent import application
from spots import MALU

from cases import mailbox
from cases.channels.wecom_crypto import Seal, encrypt, signature
from cases.notices import Notice
from store import outbox
from store.engine import transaction

SEAL = Seal(
    token="t0ken",
    aes_key=base64.b64encode(bytes(range(32))).decode().rstrip("="),
    receive_id="ww-corp",
)
WEST = {"X-Pianqu-Post": "coordinator-140901"}
EAST = {"X-Pianqu-Post": "coordinator-140902"}
STATION = {"X-Pianqu-Post": "station-14090101"}
CENTRE = {"X-Pianqu-Post": "street-centre"}


@pytest.fixture
def mail(house, clock):
    def sent(to="station-14090101", **told):
        id = uuid.uuid4()
        payload = {"kind": "task", "title": "交办", "text": "请办", "urgent": True} | told
        with transaction(house.engine) as conn:
            notice = Notice(id=id, topic="push", payload=payload, recipient=to, mail=True)
            mailbox.send(conn, notice, subject=str(id), now=clock.now)
        return id

    return sent


def test_one_sees_reads_and_acknowledges_ones_own(client, clock, mail):
    id = mail(case_number="20260311-0001")
    clock.on(minutes=6)
    box = client.get("/v1/mailbox", headers=STATION).json()
    assert (box["unread"], box["unacknowledged"]) == (1, 1)
    shown = box["items"][0]
    assert (shown["id"], shown["title"], shown["case_number"]) == (str(id), "交办", "0311-0001")
    assert (shown["unread_minutes"], shown["needs_acknowledgement"]) == (6, True)
    assert client.get("/v1/mailbox", headers=WEST).json()["items"] == []
    read = client.post(f"/v1/mailbox/{id}/reading", json={}, headers=STATION).json()
    assert (read["read_at"], read["unread_minutes"]) == ("2026-03-11T09:36:00+08:00", None)
    assert read["needs_acknowledgement"]
    unread = client.get("/v1/mailbox", params={"unread": True}, headers=STATION).json()
    assert unread["items"] == []
    done = client.post(f"/v1/mailbox/{id}/acknowledgement", json={}, headers=STATION).json()
    assert not done["needs_acknowledgement"]


def test_another_posts_message_is_not_found(client, mail):
    id = mail()
    for step in ("reading", "acknowledgement"):
        answer = client.post(f"/v1/mailbox/{id}/{step}", json={}, headers=WEST)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_deliveries_are_seen_by_whom_they_concern(client, report, mail):
    mail(text="姓名和电话")
    mail(to="coordinator-140902")
    case = report(to_sector="140901", external_id="1", **MALU).json()["case"]
    assert case["refusals"]

    def seen(headers, **params):
        answer = client.get("/v1/deliveries", headers=headers, params=params)
        assert "姓名和电话" not in answer.text
        return sorted(row["recipient"] or row["topic"] for row in answer.json()["items"])

    everything = ["coordinator-140902", "station-14090101", "street_centre"]
    assert seen(CENTRE) == seen({"X-Pianqu-Post": "admin"}) == everything
    assert seen(WEST) == ["station-14090101", "street_centre"]
    assert seen(EAST) == ["coordinator-140902"]
    assert seen(STATION) == ["station-14090101"]
    assert seen(CENTRE, recipient="station-14090101", status="pending") == ["station-14090101"]
    row = client.get("/v1/deliveries", headers=STATION).json()["items"][0]
    assert (row["label"], row["type"], row["channel"]) == ("待发送", "task", None)


def test_who_may_send_again(client, house, clock, mail):
    id = mail()
    with transaction(house.engine) as conn:
        outbox.later(conn, outbox.one(conn, id), error="x", now=clock.now, final=True)
    path = f"/v1/deliveries/{id}/retry"
    assert client.post(path, headers=STATION).status_code == 403
    assert client.post(path, headers=EAST).status_code == 404
    assert client.post(path, headers=WEST).status_code == 202
    with transaction(house.engine) as conn:
        outbox.done(conn, id, clock.now)
    assert client.post(path, headers=CENTRE).status_code == 404


def test_a_refusal_is_not_sent_after_its_withdrawal(client, house, clock):
    with transaction(house.engine) as conn:
        ids = [uuid.uuid4(), uuid.uuid4()]
        for id in ids:
            outbox.put(conn, id=id, topic="street_centre", subject="c", payload={}, now=clock.now)
        outbox.later(conn, outbox.one(conn, ids[0]), error="x", now=clock.now, final=True)
        outbox.done(conn, ids[1], clock.now)
    answer = client.post(f"/v1/deliveries/{ids[0]}/retry", headers=CENTRE)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-permitted")


@pytest.fixture
def called(house, clock):
    """Call the callback as WeCom does, without an account."""
    with (
        application(replace(house, wecom=SEAL)) as app,
        TestClient(app, base_url="http://127.0.0.1") as client,
    ):

        def call(method, message, *, nonce="n", seal=SEAL):
            encrypted = encrypt(seal, message.encode(), b"0123456789abcdef")
            stamp = str(int(clock.now.timestamp()))
            query = {"msg_signature": signature(seal, stamp, nonce, encrypted)}
            query |= {"timestamp": stamp, "nonce": nonce}
            if method == "GET":
                return client.get("/v1/wecom/callback", params=query | {"echostr": encrypted})
            body = f"<xml><ToUserName>ww-corp</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
            return client.post("/v1/wecom/callback", params=query, content=body)

        yield call


def test_the_set_up_of_the_callback(called, client):
    assert called("GET", "7712345").text == "7712345"
    stranger = replace(SEAL, token="other")
    assert called("GET", "7712345", seal=stranger).status_code == 401
    assert client.get("/v1/wecom/callback").status_code == 422
    query = {"msg_signature": "x", "timestamp": "1", "nonce": "n", "echostr": "e"}
    assert client.get("/v1/wecom/callback", params=query).status_code == 404, "not set up"


def test_a_pressed_card_is_the_receipt(called, client, mail):
    id = mail()
    pressed = (
        "<xml><FromUserName>Li</FromUserName><MsgType>event</MsgType>"
        f"<Event>template_card_event</Event><TaskId>{id}@1773192600</TaskId></xml>"
    )
    forged = called("POST", pressed, seal=replace(SEAL, receive_id="ww-other"))
    assert (forged.status_code, forged.json()["type"]) == (401, "/problems/bad-signature")
    for _ in range(2):
        answer = called("POST", pressed)
        assert (answer.status_code, answer.text) == (200, "")
    shown = client.get("/v1/mailbox", headers=STATION).json()["items"][0]
    assert shown["acknowledged_at"] is not None
    assert called("POST", "<xml><MsgType>text</MsgType></xml>", nonce="m").status_code == 200
    bomb = '<!DOCTYPE x [<!ENTITY a "a">]><xml><Event>&a;</Event></xml>'
    assert called("POST", bomb).status_code == 401
