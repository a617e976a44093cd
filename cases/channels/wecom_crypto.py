"""The envelope of WeCom's callbacks: SHA-1 signature, AES-256-CBC, PKCS#7 to 32 bytes. Pure.

SHA-1, the fixed IV and the padding are the provider's contract, not our choice; nothing is
decrypted before its signature is found true, so the padding tells a stranger nothing.
"""

import base64
import binascii
import hashlib
import hmac
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from cases.channels.signing import BadSignature

WINDOW = timedelta(minutes=5)
MOST_BYTES = 64 * 1024
_BLOCK = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What the callback is set up with: token, EncodingAESKey and who receives (the corp id)."""

    token: str
    aes_key: str
    receive_id: str

    @property
    def key(self) -> bytes:
        """The 32 bytes behind the 43 characters of the EncodingAESKey.

        Raises:
            ValueError: it is no such key.
        """
        try:
            key = base64.b64decode(self.aes_key + "=", validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValueError("EncodingAESKey is not base64") from error
        if len(key) != 32:
            raise ValueError("EncodingAESKey must have 43 characters")
        return key


def signature(seal: Seal, timestamp: str, nonce: str, encrypted: str) -> str:
    """SHA-1 over the four parts, sorted and joined."""
    parts = "".join(sorted((seal.token, timestamp, nonce, encrypted)))
    return hashlib.sha1(parts.encode(), usedforsecurity=False).hexdigest()


def encrypt(seal: Seal, message: bytes, noise: bytes) -> str:
    """Seal a message; `noise` is 16 bytes of chance."""
    plain = noise + struct.pack(">I", len(message)) + message + seal.receive_id.encode()
    fill = _BLOCK - len(plain) % _BLOCK
    work = _cipher(seal).encryptor()
    sealed = work.update(plain + bytes([fill]) * fill) + work.finalize()
    return base64.b64encode(sealed).decode()


def opened(seal: Seal, query: Mapping[str, str], encrypted: str, now: datetime) -> bytes:
    """Check a callback and open it.

    Args:
        seal: our side of the secret.
        query: `msg_signature`, `timestamp` and `nonce` as they came.
        encrypted: the sealed text.
        now: for the replay window of five minutes either way.

    Raises:
        BadSignature: unsigned, wrongly signed, too old, or meant for somebody else.
    """
    stamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    given = query.get("msg_signature", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 and given.isascii()):
        raise BadSignature("missing or malformed signature parameters")
    if not hmac.compare_digest(given, signature(seal, stamp, nonce, encrypted)):
        raise BadSignature("signature does not match")
    if abs(now.timestamp() - int(stamp)) > WINDOW.total_seconds():
        raise BadSignature("outside the replay window")
    return _decrypted(seal, encrypted)


def _decrypted(seal: Seal, encrypted: str) -> bytes:
    try:
        sealed = base64.b64decode(encrypted, validate=True)
        work = _cipher(seal).decryptor()
        plain = work.update(sealed) + work.finalize()
    except (binascii.Error, ValueError) as error:
        raise BadSignature("the sealed text cannot be opened") from error
    fill = plain[-1] if plain else 0
    if not 1 <= fill <= _BLOCK or plain[-fill:] != bytes([fill]) * fill:
        raise BadSignature("the sealed text cannot be opened")
    content = plain[16:-fill]
    if len(content) < 4:
        raise BadSignature("the sealed text cannot be opened")
    length = struct.unpack(">I", content[:4])[0]
    message, receiver = content[4 : 4 + length], content[4 + length :]
    if len(message) != length or receiver != seal.receive_id.encode():
        raise BadSignature("the message is for another receiver")
    return message


def _cipher(seal: Seal) -> "Cipher[modes.CBC]":
    return Cipher(algorithms.AES(seal.key), modes.CBC(seal.key[:16]))


def fields(xml: bytes) -> dict[str, str]:
    """The leaves of a small XML text, by tag; no DTD, no entities, no depth.

    >>> fields(b"<xml><Event>a</Event></xml>")
    {'Event': 'a'}

    Raises:
        BadSignature: not such a text.
    """
    if len(xml) > MOST_BYTES:
        raise BadSignature("the message is too long")
    try:
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise BadSignature("the message is no XML of WeCom's") from error
    return {leaf.tag: leaf.text or "" for leaf in root if not len(leaf)}
