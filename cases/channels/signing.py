"""Signed messages between our outbox and a receiver: HMAC-SHA256 over `timestamp.body`. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

DELIVERY, TIMESTAMP, SIGNATURE = "X-Pianqu-Delivery", "X-Pianqu-Timestamp", "X-Pianqu-Signature"
WINDOW = timedelta(minutes=5)


class BadSignature(Exception):
    """The message is not signed by us, or not recently."""


def signed_headers(
    secret: bytes, *, delivery_id: str, body: bytes, now: datetime
) -> dict[str, str]:
    """The headers a message travels with."""
    stamp = str(int(now.timestamp()))
    return {
        DELIVERY: delivery_id,
        TIMESTAMP: stamp,
        SIGNATURE: "sha256=" + _digest(secret, stamp, body),
        "Content-Type": "application/cloudevents+json",
    }


def verify(secret: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Check signature and age (a replay window of five minutes either way).

    Raises:
        BadSignature: unsigned, wrongly signed, or too old.
    """
    stamp = headers.get(TIMESTAMP, "")
    given = headers.get(SIGNATURE, "").removeprefix("sha256=")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12 or not given.isascii():
        raise BadSignature("missing or malformed signature headers")
    if not hmac.compare_digest(given, _digest(secret, stamp, body)):
        raise BadSignature("signature does not match")
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise BadSignature("outside the replay window")


def _digest(secret: bytes, stamp: str, body: bytes) -> str:
    return hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
