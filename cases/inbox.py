"""What the built-in street centre has received: the far side of the wire, kept on its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Connection, text


def keep(conn: Connection, delivery_id: UUID, message: dict[str, Any], now: datetime) -> None:
    """Store a message once; a second copy of the same id is only counted."""
    conn.execute(
        text(
            "INSERT INTO street_centre_inbox (delivery_id, received_at, message)"
            " VALUES (:id, :now, CAST(:message AS jsonb))"
            " ON CONFLICT (delivery_id) DO UPDATE SET copies = street_centre_inbox.copies + 1"
        ),
        {"id": delivery_id, "now": now, "message": orjson.dumps(message).decode()},
    )


def received(conn: Connection) -> dict[UUID, int]:
    """The ids received so far and how many copies of each came."""
    rows = conn.execute(text("SELECT delivery_id, copies FROM street_centre_inbox"))
    return {row.delivery_id: row.copies for row in rows}
