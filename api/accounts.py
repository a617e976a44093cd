"""Accounts and tokens, kept by the administrator; everybody sees and ends their own tokens."""

import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field

from api.bodies import Body, Moment
from api.deps import Asking, Now, Tx, Who
from api.work_views import local
from cases.errors import NotYourPost
from cases.people import accounts, issuing, sessions, tokens
from cases.people.accounts import Account
from cases.people.callers import Caller
from cases.people.issuing import Token
from cases.roles import Actor, label

router = APIRouter(prefix="/v1", tags=["accounts"])

Name = Annotated[str, Field(max_length=60)]
Words = Annotated[str, Field(max_length=200)]


class NewAccount(Body):
    """An account for a post or for a person of the roster; the password is a first one."""

    name: Name
    post: Name | None = None
    staff: Name | None = None
    password: Annotated[str, Field(max_length=1000)] | None = None


class NewToken(Body):
    """What a token is for: `read`, `report`, `post:NAME`; nothing means all one may do."""

    label: Words = ""
    scope: Annotated[list[Words], Field(max_length=40, default_factory=list)]
    expires_at: Moment | None = None


class Nothing(Body):
    """A step that needs no words."""


class SignOn(Body):
    """Whom the single sign-on calls this account's owner; null unlinks."""

    subject: Words | None


def _administers(who: Actor) -> None:
    if who.role != "admin":
        raise NotYourPost("账号由系统管理员管理")


def _own_or_administers(name: str, asking: Caller, who: Actor) -> None:
    if asking.account != name:
        _administers(who)


@router.get("/accounts")
def listed(tx: Tx, now: Now, who: Who) -> dict[str, list[dict[str, Any]]]:
    """All accounts with the posts they hold now."""
    _administers(who)
    return {"items": [_view(tx, found, now) for found in accounts.listed(tx)]}


@router.post("/accounts", status_code=201)
def add(body: NewAccount, tx: Tx, now: Now, who: Who) -> dict[str, Any]:
    """Make an account. Whoever gets it replaces the first password at once."""
    _administers(who)
    made = accounts.add(
        tx,
        body.name,
        now=now,
        post=body.post,
        staff=body.staff,
        password=body.password,
        must_change=True,
        by=_name(who),
    )
    return _view(tx, made, now)


@router.get("/accounts/{name}")
def one(name: str, tx: Tx, now: Now, who: Who, asking: Asking) -> dict[str, Any]:
    """One account: the administrator's, or one's own."""
    _own_or_administers(name, asking, who)
    return _view(tx, accounts.account(tx, name), now)


@router.post("/accounts/{name}/disabling")
def disable(name: str, _body: Nothing, tx: Tx, now: Now, who: Who) -> dict[str, Any]:
    """Shut an account; its sessions and tokens end at once."""
    _administers(who)
    if name == who.account:
        raise NotYourPost("不能停用自己的账号")
    return _view(tx, accounts.disable(tx, name, now=now, by=_name(who)), now)


@router.post("/accounts/{name}/enabling")
def enable(name: str, _body: Nothing, tx: Tx, now: Now, who: Who) -> dict[str, Any]:
    """Open a disabled account again; tokens are made anew."""
    _administers(who)
    return _view(tx, accounts.enable(tx, name, now=now, by=_name(who)), now)


@router.post("/accounts/{name}/unlocking")
def unlock(name: str, _body: Nothing, tx: Tx, now: Now, who: Who) -> dict[str, Any]:
    """End a lock-out."""
    _administers(who)
    return _view(tx, accounts.unlock(tx, name, now=now, by=_name(who)), now)


@router.post("/accounts/{name}/password-reset")
def reset_password(name: str, _body: Nothing, tx: Tx, now: Now, who: Who) -> dict[str, str]:
    """A new first password, told once; sessions end, and the second factor goes."""
    _administers(who)
    password = secrets.token_urlsafe(15)
    accounts.set_password(tx, name, password, now=now, must_change=True, by=_name(who))
    sessions.drop_factor(tx, name, now=now, by=_name(who))
    return {"password": password}


@router.put("/accounts/{name}/sign-on")
def link(name: str, body: SignOn, tx: Tx, now: Now, who: Who) -> dict[str, Any]:
    """Say whom the single sign-on (OIDC) calls this account's owner."""
    _administers(who)
    return _view(tx, accounts.link_subject(tx, name, body.subject, now=now, by=_name(who)), now)


@router.get("/accounts/{name}/tokens")
def tokens_of(name: str, tx: Tx, who: Who, asking: Asking) -> dict[str, list[dict[str, Any]]]:
    """An account's tokens, without their secrets."""
    _own_or_administers(name, asking, who)
    return {"items": [_token_view(token) for token in issuing.tokens_of(tx, name)]}


@router.post("/accounts/{name}/tokens", status_code=201)
def make_token(
    name: str, body: NewToken, tx: Tx, now: Now, who: Who, asking: Asking
) -> dict[str, str]:
    """Make a bearer token; it is told this once."""
    _own_or_administers(name, asking, who)
    # A token bound to some things must not beget one that is not.
    scope = body.scope or list(asking.scope) if asking.account == name else body.scope
    if asking.scope and not set(scope) <= set(asking.scope):
        raise NotYourPost("新令牌的范围不能大于现在这个令牌的范围")
    token = issuing.issue(
        tx,
        name,
        tokens.fresh(),
        now=now,
        label=body.label,
        expires_at=body.expires_at,
        scope=scope,
        by=_name(who),
    )
    return {"token": token}


@router.delete("/accounts/{name}/tokens/{id}", status_code=204)
def revoke(name: str, id: int, tx: Tx, now: Now, who: Who, asking: Asking) -> Response:
    """End a token at once."""
    _own_or_administers(name, asking, who)
    issuing.revoke(tx, name, id, now=now, by=_name(who))
    return Response(status_code=204)


def _name(who: Actor) -> str:
    return who.account or who.post


def _view(tx: Tx, found: Account, now: datetime) -> dict[str, Any]:
    return {
        "name": found.name,
        "label": found.label,
        "post": found.post,
        "staff": found.staff_id,
        "posts": [{"id": post, "label": label(post)} for post in accounts.posts_of(tx, found, now)],
        "has_password": found.has_password,
        "must_change_password": found.must_change_password,
        "totp": found.totp,
        "demo": found.demo,
        "disabled_at": local(found.disabled_at),
        "locked_until": local(found.locked_until)
        if found.locked_until and found.locked_until > now
        else None,
        "failed_attempts": found.failed_attempts,
        "created_at": local(found.created_at),
    }


def _token_view(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "label": token.label,
        "scope": list(token.scope),
        "created_at": local(token.created_at),
        "expires_at": local(token.expires_at),
        "last_used_at": local(token.last_used_at),
        "revoked_at": local(token.revoked_at),
    }
