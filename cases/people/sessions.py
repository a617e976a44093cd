"""Logging in and out: sessions of browsers, lock-out, the second factor.

An attempt is counted before the password is looked at, in a transaction of its own, so that many
at once cannot slip past the count. Names we do not know are counted and answered alike.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, text

from cases.errors import NotYourPost
from cases.people import access_log, accounts, passwords, tokens, totp
from cases.people.account_errors import (
    AccountInvalid,
    AccountNotFound,
    TooManyAttempts,
    Unauthenticated,
    WrongCode,
)
from cases.people.callers import Caller

LASTS = timedelta(hours=24)
MOST_FAILURES, LOCKED_FOR = 5, timedelta(minutes=15)
# Of one address, for all names together: a desk behind one address mistypes, too.
MOST_FROM_ADDRESS = 50

Transactions = Callable[[], AbstractContextManager[Connection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What somebody typed, and from where."""

    name: str
    password: str
    code: str | None = None
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A new session: its id goes into the cookie and is kept nowhere."""

    id: str
    account: str
    expires_at: datetime


_KNOWN = text("""
    SELECT name, password_hash, totp_secret, totp_confirmed_at, totp_used_step, disabled_at,
           failed_attempts, locked_until
    FROM account WHERE name = :name""")
_COUNT = text("""
    UPDATE account SET
        failed_attempts = CASE WHEN locked_until <= :now THEN 1 ELSE failed_attempts + 1 END,
        locked_until = CASE
            WHEN locked_until <= :now THEN NULL
            WHEN failed_attempts + 1 >= :most THEN CAST(:until AS timestamptz) END
    WHERE name = :name AND (locked_until IS NULL OR locked_until <= :now)
    RETURNING locked_until""")
_RECENT = text("""
    SELECT count(*) AS failures, min(at) AS first FROM access_log
    WHERE action = 'session.failure' AND at > :since
      AND ((CAST(:name AS text) IS NOT NULL AND account = :name)
        OR (CAST(:address AS text) IS NOT NULL AND detail ->> 'from' = :address))""")


def log_in(transactions: Transactions, attempt: Attempt, now: datetime) -> Opened:
    """Check name, password and code; open a session.

    Raises:
        TooManyAttempts: the name is locked, or the address too busy.
        WrongCode: the password is right, the second factor missing or wrong.
        Unauthenticated: anything else; which it was is in the access log only.
    """
    name = attempt.name.strip()[:60]
    with transactions() as conn:
        _refuse_busy(conn, None, attempt.address, now, MOST_FROM_ADDRESS)
        known = conn.execute(_KNOWN, {"name": name}).one_or_none()
        if known is None:
            _refuse_busy(conn, name, None, now, MOST_FAILURES)
        else:
            locked = _count_attempt(conn, known, now)
    right = passwords.matches(known.password_hash if known else None, attempt.password)
    if known is None or not right or known.disabled_at is not None:
        with transactions() as conn:
            _note_failure(conn, attempt, name, known, right=right, now=now)
            if known is not None and locked:
                access_log.note(
                    conn, access_log.LOCKED, account=name, at=now, **{"from": attempt.address}
                )
        raise Unauthenticated("账号或密码不对")
    return _let_in(transactions, known, attempt, now)


def _refuse_busy(
    conn: Connection, name: str | None, address: str | None, now: datetime, most: int
) -> None:
    since = now - LOCKED_FOR
    row = conn.execute(_RECENT, {"name": name, "address": address, "since": since}).one()
    if row.failures >= most:
        raise TooManyAttempts(max(1, int((row.first - since).total_seconds())))


def _count_attempt(conn: Connection, known: Row[Any], now: datetime) -> bool:
    """Count one attempt; True when it is the last before the lock."""
    values = {"name": known.name, "now": now, "until": now + LOCKED_FOR, "most": MOST_FAILURES}
    row = conn.execute(_COUNT, values).one_or_none()
    if row is None:
        until = known.locked_until or now + LOCKED_FOR
        raise TooManyAttempts(max(1, int((until - now).total_seconds())))
    return row.locked_until is not None


def _note_failure(
    conn: Connection,
    attempt: Attempt,
    name: str,
    known: Row[Any] | None,
    *,
    right: bool,
    now: datetime,
) -> None:
    why = "unknown" if known is None else "disabled" if right else "password"
    access_log.note(
        conn, access_log.FAILED, account=name, at=now, why=why, **{"from": attempt.address}
    )


def _let_in(transactions: Transactions, known: Row[Any], attempt: Attempt, now: datetime) -> Opened:
    with transactions() as conn:
        wrong = _wrong_code(conn, known, attempt, now)
        if wrong is None:
            conn.execute(
                text("UPDATE account SET failed_attempts = 0, locked_until = NULL,"
                     " password_hash = coalesce(:anew, password_hash) WHERE name = :name"),
                {"name": known.name, "anew": _anew(known.password_hash, attempt.password)},
            )  # fmt: skip
            return begin(conn, known.name, now=now, address=attempt.address)
        if attempt.code is None:
            # The screen asks for the code next: no attempt was wasted.
            conn.execute(
                text("UPDATE account SET failed_attempts = greatest(failed_attempts - 1, 0),"
                     " locked_until = NULL WHERE name = :name"),
                {"name": known.name},
            )  # fmt: skip
        else:
            access_log.note(
                conn, access_log.FAILED, account=known.name, at=now, why="code",
                **{"from": attempt.address},
            )  # fmt: skip
    raise wrong


def _anew(kept: str, password: str) -> str | None:
    return passwords.hashed(password) if passwords.is_outdated(kept) else None


def _wrong_code(
    conn: Connection, known: Row[Any], attempt: Attempt, now: datetime
) -> WrongCode | None:
    if known.totp_confirmed_at is None:
        return None
    if attempt.code is None:
        return WrongCode("请输入动态验证码", needed=True)
    if not take_code(conn, known.name, attempt.code, now):
        return WrongCode("动态验证码不对或已用过，请等下一个")
    return None


def take_code(conn: Connection, name: str, told: str, now: datetime) -> bool:
    """Whether it is the code of the moment; it is used up with that."""
    row = conn.execute(
        text("SELECT totp_secret, totp_used_step FROM account WHERE name = :name FOR UPDATE"),
        {"name": name},
    ).one()
    if row.totp_secret is None:
        return False
    step = totp.step_of(row.totp_secret, told, now, row.totp_used_step)
    if step is None:
        return False
    conn.execute(
        text("UPDATE account SET totp_used_step = :step WHERE name = :name"),
        {"name": name, "step": step},
    )
    return True


def begin(
    conn: Connection,
    account: str,
    *,
    now: datetime,
    address: str = "",
    post: str | None = None,
    how: str = "password",
) -> Opened:
    """Open a session for an account that has shown who it is."""
    id = tokens.fresh_secret()
    # What has ended is swept here: no other clock is needed.
    conn.execute(text("DELETE FROM session WHERE expires_at <= :now"), {"now": now})
    conn.execute(
        text("""
            INSERT INTO session (id_hash, account, post, csrf, created_at, seen_at, expires_at)
            VALUES (:hash, :account, :post, :csrf, :now, :now, :expires_at)"""),
        {
            "hash": tokens.digest(id),
            "account": account,
            "post": post,
            "csrf": tokens.fresh_secret(),
            "now": now,
            "expires_at": now + LASTS,
        },
    )
    access_log.note(
        conn, access_log.SIGNED_IN, account=account, at=now, how=how, **{"from": address}
    )
    return Opened(id=id, account=account, expires_at=now + LASTS)


def begin_demo(conn: Connection, post: str, *, now: datetime, address: str = "") -> Opened:
    """One click, one post: the demonstration only.

    Raises:
        AccountNotFound: no demo account has that name.
    """
    found = accounts.account(conn, post)
    if not found.demo or found.disabled_at is not None:
        raise AccountNotFound(f"没有演示账号“{post[:60]}”")
    return begin(conn, post, now=now, address=address, how="demo")


def begin_oidc(conn: Connection, subject: str, *, now: datetime, address: str = "") -> Opened:
    """Open a session for whom the single sign-on vouches.

    Raises:
        Unauthenticated: no account of ours is linked to that subject.
    """
    name = conn.execute(
        text("SELECT name FROM account WHERE oidc_subject = :subject AND disabled_at IS NULL"),
        {"subject": subject},
    ).scalar_one_or_none()
    if name is None:
        raise Unauthenticated("统一身份认证的用户还没有对应本系统的账号，请联系系统管理员")
    return begin(conn, name, now=now, address=address, how="oidc")


def end(conn: Connection, caller: Caller, now: datetime) -> None:
    """Log out."""
    conn.execute(text("DELETE FROM session WHERE id_hash = :id"), {"id": caller.session})
    access_log.note(conn, access_log.SIGNED_OUT, account=caller.account, at=now)


def switch(conn: Connection, caller: Caller, post: str) -> None:
    """Act for another of the posts one holds, from now on.

    Raises:
        NotYourPost: the account does not hold it.
    """
    if post not in caller.posts:
        raise NotYourPost("您的账号现在没有担任这个岗位")
    conn.execute(
        text("UPDATE session SET post = :post WHERE id_hash = :id"),
        {"post": post, "id": caller.session},
    )


def change_password(
    conn: Connection, caller: Caller, old: str, new: str, now: datetime
) -> str | None:
    """Replace one's own password, knowing the old one; other sessions end.

    Returns:
        Why not, when the old password is wrong: the caller's transaction is to count it.

    Raises:
        WeakPassword: the new one is easy to guess.
        AccountInvalid: it is the old one again.
    """
    known = conn.execute(_KNOWN, {"name": caller.account}).one()
    _count_attempt(conn, known, now)
    if not passwords.matches(known.password_hash, old):
        access_log.note(conn, access_log.FAILED, account=caller.account, at=now, why="old password")
        return "原密码不对"
    if new == old:
        raise AccountInvalid("新密码要和原密码不同")
    accounts.set_password(
        conn, caller.account, new, now=now, keep=caller.session, by=caller.account
    )
    return None


def enrol(conn: Connection, caller: Caller, chance: bytes, now: datetime) -> tuple[str, str]:
    """A new secret for an authenticator app and its address; counts once confirmed.

    Raises:
        AccountInvalid: a confirmed one is in use.
    """
    if caller.totp:
        raise AccountInvalid("动态验证码已启用，先停用再重新绑定")
    secret = totp.secret_of(chance)
    conn.execute(
        text("UPDATE account SET totp_secret = :secret, totp_used_step = NULL WHERE name = :name"),
        {"secret": secret, "name": caller.account},
    )
    access_log.note(conn, "totp.enrol", account=caller.account, at=now)
    return secret, totp.uri(secret, caller.account)


def confirm(conn: Connection, caller: Caller, code: str, now: datetime) -> None:
    """The first right code puts the second factor in force.

    Raises:
        AccountInvalid: it is not the code of the moment.
    """
    if not take_code(conn, caller.account, code, now):
        raise AccountInvalid("动态验证码不对，请核对手机时间后再试")
    conn.execute(
        text("UPDATE account SET totp_confirmed_at = :now WHERE name = :name"),
        {"now": now, "name": caller.account},
    )
    access_log.note(conn, "totp.confirm", account=caller.account, at=now)


def drop_factor(conn: Connection, name: str, *, now: datetime, by: str) -> None:
    """Take the second factor away, by its owner or the administrator (a lost telephone)."""
    conn.execute(
        text("UPDATE account SET totp_secret = NULL, totp_confirmed_at = NULL,"
             " totp_used_step = NULL WHERE name = :name"),
        {"name": name},
    )  # fmt: skip
    access_log.note(conn, "totp.drop", account=by, at=now, subject=name)
