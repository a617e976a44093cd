"""Time-based one-time codes (RFC 6238: SHA-1, six digits, 30 s), as every authenticator app has.

A code counts once: the newest step that was taken is kept, and only later ones are.
"""

import hmac
from base64 import b32decode, b32encode
from datetime import datetime
from hashlib import sha1
from urllib.parse import quote

STEP_S, DIGITS = 30, 6
# One step to either side, for a clock that is not quite right.
DRIFT = 1
ISSUER = "pianqu"


def secret_of(chance: bytes) -> str:
    """A secret in the form apps take, of 20 random bytes."""
    return b32encode(chance).decode()


def uri(secret: str, name: str) -> str:
    """What the QR code says."""
    return (
        f"otpauth://totp/{ISSUER}:{quote(name)}?secret={secret}&issuer={ISSUER}"
        f"&algorithm=SHA1&digits={DIGITS}&period={STEP_S}"
    )


def code(secret: str, step: int) -> str:
    """The code of a time step.

    >>> code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59 // 30)
    '287082'
    """
    mac = hmac.new(b32decode(secret), step.to_bytes(8, "big"), sha1).digest()
    start = mac[-1] & 0x0F
    number = int.from_bytes(mac[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def step_of(secret: str, told: str, at: datetime, used: int | None) -> int | None:
    """The step whose code was told, later than the newest used one; None when it is none."""
    told = told.strip().replace(" ", "")
    present = int(at.timestamp()) // STEP_S
    found = None
    for step in range(max(present - DRIFT, 0), present + DRIFT + 1):
        # All are compared, so that the time taken says nothing.
        same = hmac.compare_digest(code(secret, step).encode(), told.encode("utf-8", "replace"))
        if same and (used is None or step > used):
            found = step
    return found
