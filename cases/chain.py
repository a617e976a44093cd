"""Each event's hash covers the one before it, so that tampering shows. Pure.

The bytes that are hashed: the previous hash, then a JSON list of case id, version, type, data,
actor, account, on_behalf_of, moment (UTC, microseconds) and clock changes; keys sorted, no spaces,
whole floats as integers (jsonb keeps no difference between 1.0 and 1, nor a negative zero).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An event as it is stored: JSON values only, texts by hash."""

    case_id: UUID
    version: int
    type: str
    data: Any
    actor: str
    account: str | None
    on_behalf_of: str | None
    at: datetime
    clocks: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing amiss: in which case, at which version, and what."""

    case: str
    version: int | None
    fault: str


def genesis(case_id: UUID) -> bytes:
    """What the first event of a case is chained to."""
    return hashlib.sha256(b"pianqu case " + case_id.bytes).digest()


def event_hash(previous: bytes, event: Sealed) -> bytes:
    """The hash of an event behind the one before it."""
    told = [
        str(event.case_id),
        event.version,
        event.type,
        _plain(event.data),
        event.actor,
        event.account,
        event.on_behalf_of,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        _plain(event.clocks),
    ]
    body = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + body.encode()).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
