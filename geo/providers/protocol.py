"""What an online geocoder is to us: an address to ask, and a way to read its answer.

An adapter holds no connection and knows no clock: it says what is to be sent and reads what came.
The sending, its time limit and its budget are `geo.providers.asking` and `.guarding`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from geo.datums import Datum
from geo.hits import ProviderHit

__all__ = ["CITY", "DISTRICT", "Answer", "Failure", "Provider", "ProviderFailed", "number", "part"]

CITY = "上海市"
DISTRICT = "嘉定区"

# A decoded JSON answer; what is in it is checked field by field, for it is somebody else's.
Answer = Mapping[str, object]


class Failure(StrEnum):
    """Why a provider did not answer; decides how long it is left alone."""

    QUOTA = "quota"  # our allowance of the day is used up
    KEY = "key"  # it does not know us: a person must look
    BUSY = "busy"  # too many at once
    BROKEN = "broken"  # it answered, but nothing that can be read
    SILENT = "silent"  # no answer, or not in time


class ProviderFailed(Exception):
    """A provider did not answer what was asked; never says what that was, nor our key."""

    def __init__(self, failure: Failure, code: str = "") -> None:
        super().__init__(f"{failure.value} {code}".strip())
        self.failure = failure
        self.code = code


class Provider(Protocol):
    """One online geocoder."""

    @property
    def name(self) -> str:
        """In hits and logs: tianditu, amap, tencent, baidu."""
        ...

    @property
    def title(self) -> str:
        """Its Chinese name, for people."""
        ...

    @property
    def datum(self) -> Datum:
        """What its numbers are in: declared by its documentation, never guessed."""
        ...

    @property
    def url(self) -> str:
        """Where it is asked."""
        ...

    def params(self, clause: str) -> dict[str, str] | None:
        """What is sent for a location clause; None when it cannot take that clause."""
        ...

    def read(self, answer: Answer) -> tuple[ProviderHit, ...]:
        """The places in an answer, none when it found none.

        Raises:
            ProviderFailed: the answer says that it did not answer.
        """
        ...


def part(answer: object, name: str) -> object:
    """A field of what may be an object; None for anything else."""
    return answer.get(name) if isinstance(answer, Mapping) else None


def text(value: object) -> str:
    """A field that should be a text: some providers send [] for an empty one."""
    return value.strip() if isinstance(value, str) else ""


def number(value: object) -> float | None:
    """A number, also one that came as a text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if abs(found) < 1e9 else None
