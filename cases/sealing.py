"""What people wrote is kept beside the journal; the journal holds its salted hash. Pure.

So a text can be purged when its time is over, and the chain of hashes still verifies.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Fields of events, at any depth, whose strings are free or personal text. A new field that is
# neither here nor declared plain stops tests/house/test_sealed.py.
SEALED = frozenset(
    {
        "title", "description", "address", "reason", "text", "note", "report", "place",
        "without_instruction", "person", "forwarded_by", "forces", "error",
    }
)  # fmt: skip
PURGED = "（已按期清除）"
_MARK = "#"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedText:
    """A text with its salt; `digest` stands in the event for it."""

    digest: str
    salt: bytes
    value: str


def seal(data: Any, new_salt: Callable[[], bytes]) -> tuple[Any, list[SealedText]]:
    """An event's data without its texts, and the texts.

    >>> seal({"reason": "重复反映", "level": 1}, lambda: b"s" * 16)[0]["level"]
    1
    """
    texts: list[SealedText] = []

    def walked(value: Any, key: str, within: str) -> Any:
        if isinstance(value, dict):
            return {name: walked(part, name, key) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [walked(part, key, within) for part in value]
        is_text = key in SEALED or (key == "name" and within == "attachments")
        if not (isinstance(value, str) and value and is_text):
            return value
        salt = new_salt()
        sealed = SealedText(digest=digest(salt, value), salt=salt, value=value)
        texts.append(sealed)
        return {_MARK: sealed.digest}

    return walked(data, "", ""), texts


def digest(salt: bytes, value: str) -> str:
    """The salted hash that stands for a text."""
    return hashlib.sha256(salt + value.encode()).hexdigest()


def unseal(data: Any, texts: Mapping[str, str]) -> Any:
    """The data with their texts again; what was purged says so."""
    if isinstance(data, dict):
        if len(data) == 1 and _MARK in data:
            return texts.get(data[_MARK], PURGED)
        return {name: unseal(part, texts) for name, part in data.items()}
    if isinstance(data, list):
        return [unseal(part, texts) for part in data]
    return data


def digests(data: Any) -> list[str]:
    """All the hashes an event's data refer to."""
    if isinstance(data, dict):
        if len(data) == 1 and _MARK in data:
            return [data[_MARK]]
        return [found for part in data.values() for found in digests(part)]
    if isinstance(data, list):
        return [found for part in data for found in digests(part)]
    return []
