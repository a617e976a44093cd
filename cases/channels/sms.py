"""Text messages to phones: a port, and a gateway that takes a signed POST. Off by default.

Numbers are kept by the operator in a file of its own, not in our tables, and never written to a
log in full.
"""

import csv
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import orjson

from cases.channels.exchange import DeliveryFailed, Line, Request, exchange

_NUMBER = re.compile(r"^\+?[0-9]{5,15}$")


class Sms(Protocol):
    """Whoever can send a text to a number."""

    def send(self, number: str, words: str, *, delivery_id: str) -> None:
        """Hand one text over.

        Raises:
            DeliveryFailed: not taken.
        """


def masked(number: str) -> str:
    """A number as it may be shown.

    >>> masked("13800000000")
    '138****0000'
    """
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 9 else "****"


def read_book(path: Path) -> dict[str, str]:
    """The operator's file of numbers: a CSV with `staff_id,phone`.

    Raises:
        ValueError: no such columns, or a number that is none.
    """
    book: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not {"staff_id", "phone"} <= set(reader.fieldnames or ()):
            raise ValueError(f"{path.name}: columns staff_id and phone are needed")
        for row in reader:
            number = re.sub(r"[\s-]", "", row["phone"] or "")
            if not _NUMBER.match(number):
                raise ValueError(f"{path.name}, line {reader.line_num}: not a phone number")
            book[row["staff_id"].strip()] = number
    return book


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """An HTTP gateway: JSON with an HMAC-SHA256 over `timestamp.body`, as our webhook signs."""

    url: str
    secret: bytes = field(repr=False)
    line: Line
    now: Callable[[], datetime]

    def send(self, number: str, words: str, *, delivery_id: str) -> None:
        """POST one text; any answer but 2xx is a failure, 4xx (but 429) a final one."""
        body = orjson.dumps({"id": delivery_id, "to": number, "text": words})
        stamp = str(int(self.now().timestamp()))
        digest = hmac.new(self.secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers: Mapping[str, str] = {
            "Content-Type": "application/json",
            "X-Pianqu-Delivery": delivery_id,
            "X-Pianqu-Timestamp": stamp,
            "X-Pianqu-Signature": f"sha256={digest}",
        }
        request = Request(method="POST", url=self.url, body=body, headers=headers)
        status, _ = exchange(self.line, request)
        if not 200 <= status < 300:
            hopeless = 400 <= status < 500 and status not in (408, 429)
            pause = 60.0 if status == 429 else None
            words = f"短信 {masked(number)}: HTTP {status}"
            raise DeliveryFailed(words, pause_s=pause, final=hopeless)
