"""HMAC over `timestamp.body`, with a window of five minutes."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.channels.signing import (
    DELIVERY,
    SIGNATURE,
    TIMESTAMP,
    WINDOW,
    BadSignature,
    signed_headers,
    verify,
)

NOW = datetime(2026, 3, 11, 1, 30, 0, 500_000, tzinfo=UTC)
SECRET, BODY = b"between us", '{"id": "反馈"}'.encode()


def headers(**given):
    return signed_headers(
        **{"secret": SECRET, "delivery_id": "D1", "body": BODY, "now": NOW} | given
    )


def test_the_signature_is_what_any_receiver_can_compute():
    made = headers()
    expected = hmac.new(SECRET, b"1773192600." + BODY, hashlib.sha256).hexdigest()
    assert made[SIGNATURE] == f"sha256={expected}"
    assert made[TIMESTAMP] == "1773192600"
    assert made[DELIVERY] == "D1"


@given(secret=st.binary(min_size=1), body=st.binary())
def test_what_was_signed_is_verified(secret, body):
    verify(secret, headers(secret=secret, body=body), body, NOW)


@given(body=st.binary(), other=st.binary())
def test_another_body_is_not(body, other):
    if body != other:
        with pytest.raises(BadSignature):
            verify(SECRET, headers(body=body), other, NOW)


@pytest.mark.parametrize(
    "tampered",
    [
        {},
        {TIMESTAMP: "1773192601"},
        {SIGNATURE: "sha256="},
        {SIGNATURE: "sha256=" + "0" * 64},
        {SIGNATURE: "签名"},
        {TIMESTAMP: ""},
        {TIMESTAMP: "-1773192600"},
        {TIMESTAMP: "²"},
        {TIMESTAMP: "１７７３１９２６００"},
        {TIMESTAMP: "9" * 13},
        {TIMESTAMP: "1e9"},
    ],
)
def test_tampered_headers_are_refused(tampered):
    given_headers = headers() | tampered if tampered else {}
    with pytest.raises(BadSignature):
        verify(SECRET, given_headers, BODY, NOW)


def test_another_secret_is_refused():
    with pytest.raises(BadSignature):
        verify(b"another", headers(), BODY, NOW)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_replay_window_is_five_minutes_either_way(sign):
    exact = NOW.replace(microsecond=0)
    verify(SECRET, headers(), BODY, exact + sign * WINDOW)
    with pytest.raises(BadSignature, match="window"):
        verify(SECRET, headers(), BODY, exact + sign * (WINDOW + timedelta(seconds=1)))


def test_a_signed_moment_beyond_the_calendar_is_refused_and_breaks_nothing():
    stamp = "9" * 12
    digest = hmac.new(SECRET, stamp.encode() + b"." + BODY, hashlib.sha256).hexdigest()
    with pytest.raises(BadSignature):
        verify(SECRET, {TIMESTAMP: stamp, SIGNATURE: digest}, BODY, NOW)
