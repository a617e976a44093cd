"""Bearer tokens: made once, seen once, kept as a hash, revoked at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from cases.people import access_log, tokens
from cases.people.account_errors import AccountInvalid, AccountNotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token without its secret."""

    id: int
    account: str
    label: str
    scope: Sequence[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


_TOKENS = text("""
    SELECT id, account, label, scope, created_at, expires_at, last_used_at, revoked_at
    FROM token WHERE account = :name ORDER BY id DESC""")
_NEW_TOKEN = text("""
    INSERT INTO token (account, hash, label, scope, created_at, expires_at)
    VALUES (:account, :hash, :label, :scope, :now, :expires_at)""")
_ACCOUNT = text("SELECT disabled_at FROM account WHERE name = :name")


def make_token(
    conn: Connection,
    name: str,
    *,
    now: datetime,
    label: str = "",
    days: int | None = None,
    scope: Sequence[str] = (),
    by: str = "pianqu",
) -> str:
    """Make a bearer token; this is the only time it can be seen."""
    expires_at = now + timedelta(days=days) if days is not None else None
    return issue(
        conn, name, tokens.fresh(), now=now, label=label, expires_at=expires_at, scope=scope, by=by
    )


def issue(
    conn: Connection,
    name: str,
    token: str,
    *,
    now: datetime,
    label: str = "",
    expires_at: datetime | None = None,
    scope: Sequence[str] = (),
    by: str = "pianqu",
) -> str:
    """Let a token, made by the caller, stand for an account.

    Raises:
        AccountNotFound: there is no such account.
        AccountInvalid: it is disabled, the scope is unknown, or the end is past.
    """
    if _known(conn, name).disabled_at is not None:
        raise AccountInvalid(f"账号“{name}”已停用，先启用再发令牌")
    if expires_at is not None and expires_at <= now:
        raise AccountInvalid("令牌的到期时间要在以后")
    words = tokens.checked_scope(scope)
    conn.execute(
        _NEW_TOKEN,
        {
            "account": name,
            "hash": tokens.digest(token),
            "label": label,
            "scope": list(words),
            "now": now,
            "expires_at": expires_at,
        },
    )
    access_log.note(
        conn, "token.make", account=by, at=now, subject=name, label=label, scope=list(words)
    )
    return token


def tokens_of(conn: Connection, name: str) -> tuple[Token, ...]:
    """An account's tokens, the newest first, without their secrets."""
    _known(conn, name)
    return tuple(Token(**row._mapping) for row in conn.execute(_TOKENS, {"name": name}))


def revoke(conn: Connection, name: str, id: int, *, now: datetime, by: str) -> None:
    """End a token at once; ending it twice is no mistake.

    Raises:
        AccountNotFound: the account has no such token.
    """
    done = conn.execute(
        text("UPDATE token SET revoked_at = coalesce(revoked_at, :now)"
             " WHERE id = :id AND account = :name"),
        {"id": id, "name": name, "now": now},
    )  # fmt: skip
    if not done.rowcount:
        raise AccountNotFound("没有这个令牌")
    access_log.note(conn, "token.revoke", account=by, at=now, subject=name, token=id)


def _known(conn: Connection, name: str) -> Row[Any]:
    row = conn.execute(_ACCOUNT, {"name": name}).one_or_none()
    if row is None:
        raise AccountNotFound(f"没有账号“{name[:60]}”")
    return row
