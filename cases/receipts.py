"""What 政务微信 tells us of messages: a press of the card's button is 已收到."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

from cases import mailbox

PRESSED = frozenset({"template_card_event", "taskcard_click"})
# Longer than the replay window, so that within it every call is known again.
KEEP = timedelta(days=30)

_KEEP = text(
    "INSERT INTO wecom_event (signature, at, event, from_user, task_id)"
    " VALUES (:signature, :now, :event, :from_user, :task_id)"
    " ON CONFLICT DO NOTHING RETURNING signature"
)


def take(
    conn: Connection,
    *,
    signature: str,
    event: str,
    from_user: str | None,
    mail_id: UUID | None,
    now: datetime,
) -> bool:
    """Note an event once, and the receipt in it; False for a copy.

    Args:
        conn: a transaction.
        signature: of the call: a copy has the same.
        event: its kind.
        from_user: the provider's id of who caused it.
        mail_id: the message a pressed card was about.
        now: when it reached us.
    """
    values = {
        "signature": signature,
        "now": now,
        "event": event[:60],
        "from_user": from_user[:100] if from_user else None,
        "task_id": str(mail_id) if mail_id else None,
    }
    if conn.execute(_KEEP, values).first() is None:
        return False
    conn.execute(text("DELETE FROM wecom_event WHERE at < :old"), {"old": now - KEEP})
    if event in PRESSED and mail_id is not None:
        _acknowledge(conn, mail_id, from_user, now)
    return True


def _acknowledge(conn: Connection, mail_id: UUID, from_user: str | None, now: datetime) -> None:
    post = conn.execute(
        text("SELECT recipient FROM mailbox WHERE id = :id"), {"id": mail_id}
    ).scalar_one_or_none()
    if post is None:
        return
    by = _staff(conn, from_user) or "wecom"
    mailbox.acknowledge(conn, mail_id, posts=[post], by=by, now=now)


def _staff(conn: Connection, wecom_id: str | None) -> str | None:
    """The member of staff behind a provider's id, which comes in any case of letters."""
    found: str | None = conn.execute(
        text("SELECT id FROM staff WHERE lower(wecom_id) = lower(:id)"), {"id": wecom_id or ""}
    ).scalar_one_or_none()
    return found
