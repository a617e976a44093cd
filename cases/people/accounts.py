"""Accounts: who may log in, for which post, and the tokens their programs use.

An account is never erased: its name stays in the history of cases. It is disabled, which ends its
sessions and tokens at once.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import IntegrityError

from boundaries.locate import edition_in_force
from cases.errors import NotYourPost
from cases.people import access_log, passwords, roster
from cases.people.account_errors import AccountExists, AccountInvalid, AccountNotFound
from cases.people.issuing import make_token
from cases.roles import DESKS, INTERNAL, UNIT_LEADS, actor, label

__all__ = [
    "Account", "account", "add", "demo_accounts", "demo_posts", "disable", "enable", "end_sessions",
    "link_subject", "listed", "make_demo_accounts", "make_token", "posts_of", "set_password",
    "unlock",
]  # fmt: skip

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_DEPARTMENTS = ("water", "housing", "transport", "environment", "fire", "road", "greening")
RESPONDERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as its administrator sees it; no secret is in it."""

    name: str
    label: str
    post: str | None
    staff_id: str | None
    has_password: bool
    must_change_password: bool
    totp: bool
    demo: bool
    disabled_at: datetime | None
    failed_attempts: int
    locked_until: datetime | None
    created_at: datetime


_COLUMNS = """name, label, post, staff_id, password_hash IS NOT NULL AS has_password,
    must_change_password, totp_confirmed_at IS NOT NULL AS totp, demo, disabled_at,
    failed_attempts, locked_until, created_at"""
_ONE = text(f"SELECT {_COLUMNS} FROM account WHERE name = :name")  # noqa: S608
_ALL = text(f"SELECT {_COLUMNS} FROM account ORDER BY name")  # noqa: S608
_STAFF = text("SELECT name FROM staff WHERE id = :id AND active")


def account(conn: Connection, name: str) -> Account:
    """One account.

    Raises:
        AccountNotFound: there is none of that name.
    """
    row = conn.execute(_ONE, {"name": name}).one_or_none()
    if row is None:
        raise AccountNotFound(f"没有账号“{name[:60]}”")
    return _account(row)


def listed(conn: Connection) -> tuple[Account, ...]:
    """All accounts by name."""
    return tuple(_account(row) for row in conn.execute(_ALL))


def _account(row: Row[tuple[object, ...]]) -> Account:
    return Account(**row._mapping)


def posts_of(conn: Connection, account: Account, now: datetime) -> tuple[str, ...]:
    """The posts an account may act for at a moment; the first is its default."""
    own = (account.post,) if account.post else ()
    held = roster.posts_held(conn, account.staff_id, now) if account.staff_id else ()
    return tuple(dict.fromkeys((*own, *held)))


def add(
    conn: Connection,
    name: str,
    *,
    now: datetime,
    post: str | None = None,
    staff: str | None = None,
    password: str | None = None,
    must_change: bool = False,
    by: str = "pianqu",
) -> Account:
    """Make an account for a post or for a person of the roster.

    With neither, the account's name is the name of its post. Without a password nobody can log in
    with it; its tokens work.

    Raises:
        AccountInvalid: a name or post that cannot be, or nobody of that name on the roster.
        AccountExists: the name is taken.
        WeakPassword: the password is easy to guess.
    """
    if not _NAME.fullmatch(name):
        raise AccountInvalid("账号名只用小写字母、数字、点、短横线、下划线，最多 60 个字符")
    if post and staff:
        raise AccountInvalid("账号属于一个岗位或一名人员，二者选一")
    if staff is None:
        post = post or name
    words = _words(conn, post, staff)
    if password is not None:
        passwords.check_strength(password, name)
    try:
        with conn.begin_nested():
            conn.execute(
                text("""
                    INSERT INTO account (name, label, post, staff_id, password_hash,
                        must_change_password, created_at)
                    VALUES (:name, :label, :post, :staff, :hash, :must_change, :now)"""),
                {
                    "name": name,
                    "label": words,
                    "post": post,
                    "staff": staff,
                    "hash": passwords.hashed(password) if password else None,
                    "must_change": must_change and password is not None,
                    "now": now,
                },
            )
    except IntegrityError as error:
        raise AccountExists(f"账号“{name}”已经有了") from error
    access_log.note(conn, "account.add", account=by, at=now, subject=name, post=post, staff=staff)
    return account(conn, name)


def _words(conn: Connection, post: str | None, staff: str | None) -> str:
    if staff is not None:
        found = conn.execute(_STAFF, {"id": staff}).scalar_one_or_none()
        if found is None:
            raise AccountInvalid(f"人员名册里没有在册的“{staff[:60]}”")
        return str(found)
    try:
        if actor(post or "").role in INTERNAL:
            raise AccountInvalid("系统岗位不能有账号")
    except NotYourPost as error:
        raise AccountInvalid(f"{error}；请用 --post 或 --staff 指明") from error
    return label(post) or str(post)


def disable(conn: Connection, name: str, *, now: datetime, by: str = "pianqu") -> Account:
    """Shut an account: its sessions and tokens end at once and do not come back."""
    found = account(conn, name)
    conn.execute(
        text("UPDATE account SET disabled_at = coalesce(disabled_at, :now) WHERE name = :name"),
        {"name": name, "now": now},
    )
    end_all(conn, name, now=now)
    if found.disabled_at is None:
        access_log.note(conn, "account.disable", account=by, at=now, subject=name)
    return account(conn, name)


def end_all(conn: Connection, name: str, *, now: datetime, but: bytes | None = None) -> None:
    """End an account's sessions (but one) and revoke its tokens."""
    end_sessions(conn, name, but=but)
    conn.execute(
        text("UPDATE token SET revoked_at = :now WHERE account = :name AND revoked_at IS NULL"),
        {"name": name, "now": now},
    )


def end_sessions(conn: Connection, name: str, *, but: bytes | None = None) -> None:
    """End an account's sessions, but perhaps the one that asks for it."""
    conn.execute(
        text("DELETE FROM session WHERE account = :name AND id_hash IS DISTINCT FROM :but"),
        {"name": name, "but": but},
    )


def enable(conn: Connection, name: str, *, now: datetime, by: str = "pianqu") -> Account:
    """Open a disabled account again; whoever uses it logs in anew."""
    account(conn, name)
    conn.execute(text("UPDATE account SET disabled_at = NULL WHERE name = :name"), {"name": name})
    access_log.note(conn, "account.enable", account=by, at=now, subject=name)
    return account(conn, name)


def unlock(conn: Connection, name: str, *, now: datetime, by: str = "pianqu") -> Account:
    """End a lock-out before its time."""
    account(conn, name)
    conn.execute(
        text("UPDATE account SET failed_attempts = 0, locked_until = NULL WHERE name = :name"),
        {"name": name},
    )
    access_log.note(conn, "account.unlock", account=by, at=now, subject=name)
    return account(conn, name)


def set_password(
    conn: Connection,
    name: str,
    password: str,
    *,
    now: datetime,
    must_change: bool = False,
    keep: bytes | None = None,
    by: str = "pianqu",
) -> Account:
    """Set a password; sessions opened with the old one end, but the one in `keep`.

    Raises:
        WeakPassword: it is easy to guess.
    """
    account(conn, name)
    passwords.check_strength(password, name)
    conn.execute(
        text("""
            UPDATE account SET password_hash = :hash, must_change_password = :must_change,
                failed_attempts = 0, locked_until = NULL WHERE name = :name"""),
        {"name": name, "hash": passwords.hashed(password), "must_change": must_change},
    )
    end_sessions(conn, name, but=keep)
    access_log.note(conn, "account.password", account=by, at=now, subject=name)
    return account(conn, name)


def link_subject(
    conn: Connection, name: str, subject: str | None, *, now: datetime, by: str = "pianqu"
) -> Account:
    """Link an account to whom the single sign-on calls its owner; None unlinks.

    Raises:
        AccountExists: another account is linked to that subject.
    """
    account(conn, name)
    try:
        with conn.begin_nested():
            conn.execute(
                text("UPDATE account SET oidc_subject = :subject WHERE name = :name"),
                {"name": name, "subject": subject},
            )
    except IntegrityError as error:
        raise AccountExists("这个统一身份认证用户已对应另一账号") from error
    access_log.note(
        conn, "account.link", account=by, at=now, subject=name, linked=subject is not None
    )
    return account(conn, name)


def demo_posts(conn: Connection, now: datetime) -> tuple[str, ...]:
    """The posts that get an account in the demonstration, in the order of the log-in page."""
    posts = ["street-centre", "admin"]
    for desk in DESKS:
        roles = ("coordinator", "inspector", "deputy", "head", *sorted(UNIT_LEADS), "patrol")
        posts += [f"{role}-{desk}" for role in roles]
        posts += [f"responder-{desk}-{number}" for number in range(1, RESPONDERS + 1)]
    codes = conn.execute(
        text("SELECT code FROM area WHERE edition_id = :id AND level = 'community'"
             " AND code IS NOT NULL ORDER BY code"),
        {"id": edition_in_force(conn, now).id},
    ).scalars()  # fmt: skip
    posts += [f"station-{code}" for code in codes]
    posts += [f"department-{name}" for name in _DEPARTMENTS]
    posts += [f"platform-{name}" for name in ("12345", "grid", "12319", "110", "machine")]
    return tuple(posts)


def demo_accounts(conn: Connection) -> tuple[str, ...]:
    """The demonstration's accounts, in the order they were made."""
    return tuple(
        conn.execute(
            text("SELECT name FROM account WHERE demo AND disabled_at IS NULL ORDER BY demo_order")
        ).scalars()
    )


def make_demo_accounts(conn: Connection, posts: Iterable[str], now: datetime) -> None:
    """An account for each post, of the post's name; no password, so only a click opens them."""
    conn.execute(
        text("""
            INSERT INTO account (name, label, post, demo, demo_order, created_at)
            VALUES (:post, :label, :post, true, :order, :now) ON CONFLICT (name) DO NOTHING"""),
        [
            {"post": post, "label": label(post), "order": order, "now": now}
            for order, post in enumerate(posts)
        ],
    )
