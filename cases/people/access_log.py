"""Lines of the access log: who was let in or not, and what was done to accounts."""

from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, text

SIGNED_IN, FAILED, SIGNED_OUT = "session.begin", "session.failure", "session.end"
LOCKED = "account.locked"

_NOTE = text(
    "INSERT INTO access_log (at, account, action, subject, reason, detail)"
    " VALUES (:at, :account, :action, :subject, :reason, CAST(:detail AS jsonb))"
)


def note(
    conn: Connection,
    action: str,
    *,
    account: str,
    at: datetime,
    subject: str | None = None,
    reason: str | None = None,
    **detail: Any,
) -> None:
    """Write one line; no secret ever goes in."""
    conn.execute(
        _NOTE,
        {
            "at": at,
            "account": account,
            "action": action,
            "subject": subject,
            "reason": reason,
            "detail": orjson.dumps({k: v for k, v in detail.items() if v is not None}).decode(),
        },
    )
