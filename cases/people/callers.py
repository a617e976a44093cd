"""Who asks: one statement per request from a token or a session to an account and its posts.

Nothing is kept between requests, so disabling, revoking and an ended holding act at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from cases.errors import NotYourPost
from cases.people import tokens
from cases.people.account_errors import PasswordChangeNeeded, Unauthenticated
from cases.roles import Actor, actor

# A screen that asks nothing for so long is left; one in use lasts a long shift.
IDLE = timedelta(hours=8)
# How exactly we know when a token or session was last used: not a write per request.
_COARSE = timedelta(minutes=5)

_HELD = """
    ARRAY(SELECT h.post FROM holding h JOIN staff s ON s.id = h.staff_id
          WHERE h.staff_id = a.staff_id AND s.active AND h.from_at <= :now
            AND (h.to_at IS NULL OR h.to_at > :now)
          ORDER BY h.stand_in, h.post) AS held"""
_BY_TOKEN = text(f"""
    SELECT a.name, a.label, a.post AS own, a.must_change_password, a.demo,
           a.totp_confirmed_at IS NOT NULL AS totp, t.scope, t.last_used_at AS seen_at,
           t.expires_at, CAST(NULL AS text) AS csrf, CAST(NULL AS text) AS acting, {_HELD}
    FROM token t JOIN account a ON a.name = t.account
    WHERE t.hash = :hash AND t.revoked_at IS NULL AND a.disabled_at IS NULL
      AND (t.expires_at IS NULL OR t.expires_at > :now)""")  # noqa: S608
_BY_SESSION = text(f"""
    SELECT a.name, a.label, a.post AS own, a.must_change_password, a.demo,
           a.totp_confirmed_at IS NOT NULL AS totp, CAST('{{}}' AS text[]) AS scope,
           s.seen_at, s.expires_at, s.csrf, s.post AS acting, {_HELD}
    FROM session s JOIN account a ON a.name = s.account
    WHERE s.id_hash = :hash AND a.disabled_at IS NULL
      AND s.expires_at > :now AND s.seen_at > :idle""")  # noqa: S608
# Never waits for another request of the same caller: whoever is first writes it.
_USED = text("""
    UPDATE token SET last_used_at = :now
    WHERE id IN (SELECT id FROM token WHERE hash = :hash FOR UPDATE SKIP LOCKED)""")
_SEEN = text("""
    UPDATE session SET seen_at = :now
    WHERE id_hash IN (SELECT id_hash FROM session WHERE id_hash = :hash FOR UPDATE SKIP LOCKED)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An account that asks, and what it may act for. `csrf` only with a browser's session."""

    account: str
    label: str
    posts: tuple[str, ...]
    post: str | None
    scope: Sequence[str] = ()
    csrf: str | None = None
    session: bytes | None = None
    expires_at: datetime | None = None
    must_change_password: bool = False
    totp: bool = False
    demo: bool = False

    def actor(self) -> Actor:
        """The post that acts.

        Raises:
            PasswordChangeNeeded: the first password is still in use.
            NotYourPost: the account holds none now.
        """
        if self.must_change_password and self.session is not None:
            raise PasswordChangeNeeded("这是初始密码，请先修改密码")
        if self.post is None:
            raise NotYourPost("这个账号现在没有任职岗位，请联系系统管理员")
        return replace(actor(self.post), account=self.account)


def by_token(conn: Connection, token: str, now: datetime, wanted: str | None = None) -> Caller:
    """The caller of a bearer token, acting for `wanted` or its first post.

    Raises:
        Unauthenticated: unknown, ended, revoked, or its account is disabled.
        NotYourPost: the account does not hold the wanted post, or the token is not for it.
    """
    return _found(conn, tokens.digest(token), now, wanted, session=False)


def by_session(conn: Connection, id: str, now: datetime, wanted: str | None = None) -> Caller:
    """The caller of a browser's session, acting for `wanted`, the chosen or its first post.

    Raises:
        Unauthenticated: unknown, ended, or its account is disabled.
        NotYourPost: the account does not hold the wanted post.
    """
    return _found(conn, tokens.digest(id), now, wanted, session=True)


def _found(
    conn: Connection, hash: bytes, now: datetime, wanted: str | None, *, session: bool
) -> Caller:
    values = {"hash": hash, "now": now, "idle": now - IDLE}
    row = conn.execute(_BY_SESSION if session else _BY_TOKEN, values).one_or_none()
    if row is None:
        if session:
            raise Unauthenticated("登录已过期，请重新登录")
        raise Unauthenticated("令牌无效、已到期或已撤销")
    if row.seen_at is None or now - row.seen_at >= _COARSE:
        conn.execute(_SEEN if session else _USED, values)
    own = (row.own,) if row.own else ()
    posts = tokens.posts_in_scope(row.scope, tuple(dict.fromkeys((*own, *row.held))))
    return Caller(
        account=row.name,
        label=row.label,
        posts=posts,
        post=_acting(posts, wanted, row.acting),
        scope=tuple(row.scope),
        csrf=row.csrf,
        session=hash if session else None,
        expires_at=row.expires_at,
        must_change_password=row.must_change_password,
        totp=row.totp,
        demo=row.demo,
    )


def _acting(posts: tuple[str, ...], wanted: str | None, chosen: str | None) -> str | None:
    if wanted:
        if wanted not in posts:
            actor(wanted)  # not even the name of a post: that says so
            raise NotYourPost("您的账号现在没有担任这个岗位")
        return wanted
    return chosen if chosen in posts else next(iter(posts), None)
