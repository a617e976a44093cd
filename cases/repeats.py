"""A command sent twice under one Idempotency-Key is done once and answered twice the same.

The key is claimed in the command's own transaction: a copy that races waits for the first to end
and then finds its answer; a command that was refused leaves nothing behind. What is kept of the
answer is the case and its version, so that no text of a case outlives its retention here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import Connection, text

from cases.errors import KeyReused
from cases.model import Case
from cases.past import as_of
from cases.roles import Actor

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One sending of a command: whose, under which key, and the hash of what it asks."""

    account: str
    key: str
    digest: str


def sending(who: Actor, key: str, digest: str) -> Sending:
    """A post's sending; the key is the account's own, where there is one."""
    return Sending(account=who.account or f"post:{who.post}", key=key, digest=digest)


def done_before(conn: Connection, sent: Sending, now: datetime) -> Case | None:
    """The case as the first sending left it; None when this is the first, which is then claimed.

    Raises:
        KeyReused: the key has named another command.
    """
    values = {"account": sent.account, "key": sent.key, "digest": sent.digest, "now": now}
    claimed = conn.execute(
        text(
            "INSERT INTO idempotency (account, key, body_hash, status, answer, at)"
            " VALUES (:account, :key, :digest, 0, '{}', :now)"
            " ON CONFLICT (account, key) DO NOTHING"
        ),
        values,
    ).rowcount
    if claimed:
        return None
    row = conn.execute(
        text("SELECT body_hash, answer FROM idempotency WHERE account = :account AND key = :key"),
        values,
    ).one()
    if row.body_hash != sent.digest:
        raise KeyReused("这个幂等键（Idempotency-Key）已用于另一操作，请换一个新的再发")
    return as_of(conn, UUID(row.answer["case"]), row.answer["version"])


def remember(conn: Connection, sent: Sending, case: Case, now: datetime) -> None:
    """Keep the answer in the command's transaction; a few of those a week old are dropped."""
    answer = orjson.dumps({"case": str(case.id), "version": case.version}).decode()
    conn.execute(
        text(
            "UPDATE idempotency SET status = 200, answer = CAST(:answer AS jsonb)"
            " WHERE account = :account AND key = :key"
        ),
        {"account": sent.account, "key": sent.key, "answer": answer},
    )
    conn.execute(
        text(
            "DELETE FROM idempotency WHERE (account, key) IN (SELECT account, key FROM idempotency"
            " WHERE at < :old ORDER BY at LIMIT 20 FOR UPDATE SKIP LOCKED)"
        ),
        {"old": now - KEPT},
    )
