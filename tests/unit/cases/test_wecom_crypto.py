"""The callback's envelope, cross-checked both ways with an independent implementation."""

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import PrpCrypto
from wechatpy.enterprise.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException

from cases.channels.signing import BadSignature
from cases.channels.wecom_crypto import Seal, encrypt, fields, opened, signature

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
KEY = base64.b64encode(bytes(range(32))).decode().rstrip("=")
SEAL = Seal(token="t0ken", aes_key=KEY, receive_id="ww-corp")
THEIRS = WeChatCrypto("t0ken", KEY, "ww-corp")
NOISE = b"0123456789abcdef"


def query(encrypted, *, seal=SEAL, stamp=STAMP, nonce="n1"):
    signed = signature(seal, stamp, nonce, encrypted)
    return {"msg_signature": signed, "timestamp": stamp, "nonce": nonce}


@given(st.binary(max_size=300), st.binary(min_size=16, max_size=16))
def test_what_is_sealed_is_opened(message, noise):
    encrypted = encrypt(SEAL, message, noise)
    assert opened(SEAL, query(encrypted), encrypted, NOW) == message


@pytest.mark.parametrize("message", ["", "<xml/>", "片区城运" * 40, "x" * 31, "x" * 32])
def test_the_other_implementation_opens_ours(message):
    encrypted = encrypt(SEAL, message.encode(), NOISE)
    envelope = f"<xml><Encrypt>{encrypted}</Encrypt></xml>"
    q = query(encrypted)
    plain = THEIRS.decrypt_message(envelope, q["msg_signature"], STAMP, "n1")
    assert (plain.decode() if isinstance(plain, bytes) else plain) == message


@pytest.mark.parametrize("message", ["<xml/>", "片区城运" * 40])
def test_we_open_the_other_implementations(message):
    envelope = THEIRS.encrypt_message(message, "n2", STAMP)
    found = fields(envelope.encode())
    told = {"msg_signature": found["MsgSignature"], "timestamp": STAMP, "nonce": "n2"}
    assert opened(SEAL, told, found["Encrypt"], NOW).decode() == message


def test_the_echo_of_the_set_up():
    echo = PrpCrypto(SEAL.key).encrypt("12345678", "ww-corp").decode()
    q = query(echo)
    assert opened(SEAL, q, echo, NOW) == b"12345678"
    assert THEIRS.check_signature(q["msg_signature"], STAMP, "n1", echo) == "12345678"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"msg_signature": "0" * 40}, "does not match"),
        ({"msg_signature": ""}, "does not match"),
        ({"msg_signature": "签"}, "malformed"),
        ({"nonce": "n2"}, "does not match"),
        ({"timestamp": "１２"}, "malformed"),
        ({"timestamp": "-1"}, "malformed"),
        ({"timestamp": ""}, "malformed"),
    ],
)
def test_what_is_not_signed_stays_closed(change, words):
    encrypted = encrypt(SEAL, b"<xml/>", NOISE)
    with pytest.raises(BadSignature, match=words):
        opened(SEAL, query(encrypted) | change, encrypted, NOW)


def test_a_stranger_is_refused_by_both():
    stranger = Seal(token="other", aes_key=KEY, receive_id="ww-corp")
    encrypted = encrypt(SEAL, b"<xml/>", NOISE)
    q = query(encrypted, seal=stranger)
    with pytest.raises(BadSignature):
        opened(SEAL, q, encrypted, NOW)
    with pytest.raises(InvalidSignatureException):
        THEIRS.decrypt_message(
            f"<xml><Encrypt>{encrypted}</Encrypt></xml>", q["msg_signature"], STAMP, "n1"
        )


def test_an_old_call_is_refused():
    encrypted = encrypt(SEAL, b"<xml/>", NOISE)
    for away in (timedelta(minutes=6), timedelta(minutes=-6)):
        with pytest.raises(BadSignature, match="replay"):
            opened(SEAL, query(encrypted), encrypted, NOW + away)


def test_a_message_for_another_receiver_is_refused():
    other = Seal(token="t0ken", aes_key=KEY, receive_id="ww-other")
    encrypted = encrypt(other, b"<xml/>", NOISE)
    with pytest.raises(BadSignature, match="another receiver"):
        opened(SEAL, query(encrypted), encrypted, NOW)


@given(st.binary(max_size=200))
def test_signed_rubbish_is_refused_and_nothing_else_happens(raw):
    for encrypted in (base64.b64encode(raw).decode(), raw.decode("latin-1")):
        with pytest.raises(BadSignature):
            opened(SEAL, query(encrypted), encrypted, NOW)


@pytest.mark.parametrize("key", ["short", KEY[:-1], KEY + "A", "签" * 43])
def test_a_key_that_is_none_is_said_to_be_none(key):
    with pytest.raises(ValueError, match="EncodingAESKey"):
        _ = Seal(token="t", aes_key=key, receive_id="r").key


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Event>&b;</Event></xml>'
FILE = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><xml><Event>&f;</Event></xml>'


@pytest.mark.parametrize(
    "xml", [BOMB, FILE, b"", b"<xml>", b"\xff\xfe", b"<xml>&nbsp;</xml>", b"<x>" * 30000]
)
def test_xml_that_is_more_than_leaves_is_refused(xml):
    with pytest.raises(BadSignature):
        fields(xml)


def test_leaves_are_read():
    xml = "<xml><Event><![CDATA[点击]]></Event><A/><Deep><B>1</B></Deep></xml>"
    assert fields(xml.encode()) == {"Event": "点击", "A": ""}
    assert re.fullmatch(r"[0-9a-f]{40}", signature(SEAL, "1", "2", "3"))
