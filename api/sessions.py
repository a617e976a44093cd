"""Logging in: the browser's session, one's own password, the second factor.

The cookie holds only the session's id; what a page needs to know is the body. A write with the
cookie carries the session's CSRF token, which other sites cannot read.
"""

import secrets
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from api.bodies import Body
from api.deps import COOKIE, Asking, AskingBriefly, House, Now, Tx, connected, runtime
from api.problems import NotFound
from api.runtime import Runtime
from api.work_views import local
from cases.people import callers, sessions
from cases.people.account_errors import AccountInvalid, Unauthenticated
from cases.people.callers import Caller
from cases.roles import actor, label

# No account is needed to ask for one's session; each door here looks for itself.
router = APIRouter(prefix="/v1", tags=["accounts"])

Post = Annotated[str, Field(max_length=60)]
Secret = Annotated[str, Field(max_length=1000)]
Digits = Annotated[str, Field(max_length=20)]


class LogIn(Body):
    """Name, password and, where the account has one, the code of the moment."""

    name: Annotated[str, Field(max_length=200)]
    password: Secret
    totp: Digits | None = None


class Chosen(Body):
    """One of the posts the account holds."""

    post: Post


class NewPassword(Body):
    """The password as it is and as it shall be."""

    old: Secret
    new: Secret


class Code(Body):
    """A code of the authenticator app."""

    code: Digits


@router.post("/session")
def log_in(body: LogIn, request: Request, response: Response) -> dict[str, Any]:
    """Log in; five failures lock a name for a quarter of an hour."""
    house = runtime(request)
    attempt = sessions.Attempt(
        name=body.name, password=body.password, code=body.totp or None, address=address(request)
    )
    # Counted attempts and lines of the access log stay, whatever the answer is.
    transactions = partial(connected, house.engine)
    return begun(request, response, sessions.log_in(transactions, attempt, house.now()))


@router.post("/session/demo")
def log_in_demo(body: Chosen, request: Request, response: Response) -> dict[str, Any]:
    """One click per post, in the demonstration only."""
    house = runtime(request)
    if not house.demo:
        raise NotFound("不是演示，没有一键登录")
    with connected(house.engine) as tx:
        opened = sessions.begin_demo(tx, body.post, now=house.now(), address=address(request))
    return begun(request, response, opened)


@router.get("/session")
def present(asking: Asking, house: House) -> dict[str, Any]:
    """Whose session this is, and which post acts."""
    return view(asking, house)


@router.delete("/session", status_code=204)
def log_out(asking: Asking, tx: Tx, now: Now, request: Request) -> Response:
    """Log out; the session cannot be used again."""
    browser(asking)
    sessions.end(tx, asking, now)
    gone = Response(status_code=204)
    gone.delete_cookie(COOKIE, path="/", secure=is_secure(request), httponly=True, samesite="lax")
    return gone


@router.post("/session/post")
def choose(body: Chosen, asking: Asking, tx: Tx, house: House, now: Now) -> dict[str, Any]:
    """Act for another of one's posts, until changed again."""
    del now
    browser(asking)
    sessions.switch(tx, asking, body.post)
    return {**view(asking, house), **_post_view(body.post)}


@router.put("/session/password", status_code=204)
def change_password(caller: AskingBriefly, body: NewPassword, house: House, now: Now) -> Response:
    """Replace one's own password; the account's other sessions end."""
    browser(caller)
    with connected(house.engine) as tx:
        # A wrong old password is counted, so the transaction is not taken back for it.
        refused = sessions.change_password(tx, caller, body.old, body.new, now)
    if refused:
        raise AccountInvalid(refused)
    return Response(status_code=204)


@router.post("/session/totp", status_code=201)
def enrol(asking: Asking, tx: Tx, now: Now) -> dict[str, str]:
    """A secret for an authenticator app; it counts once a code has confirmed it."""
    browser(asking)
    secret, uri = sessions.enrol(tx, asking, secrets.token_bytes(20), now)
    return {"secret": secret, "uri": uri}


@router.post("/session/totp/confirmation", status_code=204)
def confirm(body: Code, asking: Asking, tx: Tx, now: Now) -> Response:
    """The second factor is in force from now on."""
    browser(asking)
    sessions.confirm(tx, asking, body.code, now)
    return Response(status_code=204)


@router.delete("/session/totp", status_code=204)
def drop_factor(asking: Asking, tx: Tx, now: Now) -> Response:
    """Log in without the second factor again."""
    browser(asking)
    sessions.drop_factor(tx, asking.account, now=now, by=asking.account)
    return Response(status_code=204)


def browser(caller: Caller) -> None:
    """Refuse tokens where a session is meant: a program has no business with a person's log-in."""
    if caller.session is None:
        raise Unauthenticated("这一步要在浏览器登录后办理")


def begun(request: Request, response: Response, opened: sessions.Opened) -> dict[str, Any]:
    """Set the cookie and tell whose session it is."""
    house = runtime(request)
    now = house.now()
    set_cookie(request, response, opened, now)
    with connected(house.engine) as tx:
        return view(callers.by_session(tx, opened.id, now), house)


def set_cookie(
    request: Request, response: Response, opened: sessions.Opened, now: datetime
) -> None:
    """Hand the session's id to the browser; no script can read it, no other site send it."""
    response.set_cookie(
        COOKIE,
        opened.id,
        max_age=int((opened.expires_at - now).total_seconds()),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
    response.headers["Cache-Control"] = "no-store"


def is_secure(request: Request) -> bool:
    """Whether cookies say Secure."""
    # Plain HTTP is for loopback only; behind a proxy the outer way is always TLS.
    return runtime(request).beyond_loopback or request.url.scheme == "https"


def address(request: Request) -> str:
    """Where the request came from; behind a trusted proxy, what that says."""
    return request.client.host if request.client else ""


def view(caller: Caller, house: Runtime) -> dict[str, Any]:
    """A session as the screen reads it."""
    return {
        "account": caller.account,
        "label": caller.label,
        **_post_view(caller.post),
        "posts": [{"id": post, "label": label(post)} for post in caller.posts],
        "csrf": caller.csrf,
        "must_change_password": caller.must_change_password,
        "totp": caller.totp,
        "demo": house.demo,
        "expires_at": local(caller.expires_at),
    }


def _post_view(post: str | None) -> dict[str, Any]:
    who = actor(post) if post else None
    return {
        "post": post,
        "post_label": label(post),
        "role": who.role if who else None,
        "desk": who.desk if who else None,
    }
