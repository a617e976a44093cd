"""The few things a handler asks for: Tx, Who, Now, and the runtime they come from."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from secrets import compare_digest
from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from api.runtime import Runtime
from cases.errors import CaseError
from cases.people import callers, tokens
from cases.people.account_errors import BadCsrf, Unauthenticated
from cases.people.callers import Caller
from cases.roles import Actor
from store.engine import transaction as opened
from store.errors import DatabaseUnavailable

COOKIE = "pianqu_session"
CSRF = "x-csrf-token"
POST = "x-pianqu-post"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def runtime(request: Request) -> Runtime:
    """The server's own things."""
    found: Runtime = request.app.state.runtime
    return found


# `async` where nothing waits: FastAPI sends every plain dependency through its thread pool, which
# costs more than all of these do.
async def the_house(request: Request) -> Runtime:
    """The server's own things, for a handler."""
    return runtime(request)


async def moment(request: Request) -> datetime:
    """The moment of the request."""
    return runtime(request).now()


def transaction(request: Request) -> Iterator[Connection]:
    """One request, one transaction: committed before the answer is sent (architecture 8.3).

    The caller is looked up here, in the request's own thread and connection; whoever needs it
    asks `Who` or `Asking`, which raise what was found to be wrong.
    """
    with connected(runtime(request).engine) as connection:
        request.state.caller = _caller_or_error(request, connection)
        yield connection


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A transaction whose broken connection is told as DatabaseUnavailable."""
    try:
        with opened(engine) as connection:
            yield connection
    except (OperationalError, InterfaceError, TimeoutError) as error:
        # Lost during the commit, it may have been written all the same: the number tells (R2).
        raise DatabaseUnavailable("数据库暂时连不上，请稍后用同一编号再发一次") from error


def identify(request: Request, conn: Connection) -> Caller:
    """Who asks: by bearer token, else by the browser's session, whose writes need its CSRF token.

    Raises:
        Unauthenticated: nobody we know.
        BadCsrf: a browser's write without the session's own X-CSRF-Token.
        NotYourPost: X-Pianqu-Post names a post the account does not hold now.
        OutOfScope: the token was not made for this.
    """
    now = runtime(request).now()
    wanted = request.headers.get(POST)
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind:
        if kind.lower() != "bearer" or not token.strip():
            raise Unauthenticated("Authorization 应为 Bearer 令牌")
        caller = callers.by_token(conn, token.strip(), now, wanted)
        tokens.check_scope(caller.scope, request.method, request.url.path)
        return caller
    session = request.cookies.get(COOKIE)
    if not session:
        raise Unauthenticated
    caller = callers.by_session(conn, session, now, wanted)
    if request.method not in _SAFE:
        told = request.headers.get(CSRF, "").encode("utf-8", "replace")
        if not compare_digest(told, (caller.csrf or "").encode()):
            raise BadCsrf("页面已过期，请刷新后再操作")
    return caller


def who_asks(request: Request, conn: Connection) -> Actor:
    """The post that acts, for a handler that opens its own transaction."""
    return identify(request, conn).actor()


def _caller_or_error(request: Request, connection: Connection) -> Caller | CaseError:
    try:
        return identify(request, connection)
    except CaseError as error:
        return error


# scope="function": the commit comes before the answer, so a failed commit is never a 201.
Tx = Annotated[Connection, Depends(transaction, scope="function")]


def caller_of(request: Request) -> Caller:
    """The account behind a request whose transaction is open.

    Raises:
        CaseError: nobody we know, or one who may not; what `identify` says.
    """
    found: Caller | CaseError = request.state.caller
    if isinstance(found, CaseError):
        raise found
    return found


async def asking(request: Request, _tx: Tx) -> Caller:
    """The account that asks, whatever it may act for."""
    return caller_of(request)


async def perhaps(request: Request, _tx: Tx) -> Caller | None:
    """The account that asks, or nobody where none is needed."""
    found: Caller | CaseError = request.state.caller
    return None if isinstance(found, CaseError) else found


async def post(
    asking: Annotated[Caller, Depends(asking)],
    x_pianqu_post: Annotated[
        str | None,
        Header(
            description="Which of the posts the account holds acts, such as coordinator-140901;"
            " without it, the session's choice or the account's first.",
            max_length=60,
        ),
    ] = None,
) -> Actor:
    """Who acts. The house's own posts (router, clock, courier) belong to no account."""
    del x_pianqu_post  # read with the credentials; here for the interface's description
    return asking.actor()


def post_briefly(request: Request) -> Actor:
    """Who acts, asked in a short transaction of its own: for bodies and streams that take long."""
    with connected(runtime(request).engine) as connection:
        return who_asks(request, connection)


def asking_briefly(request: Request) -> Caller:
    """The account that asks, for a handler with transactions of its own."""
    with connected(runtime(request).engine) as connection:
        return identify(request, connection)


Now = Annotated[datetime, Depends(moment)]
Who = Annotated[Actor, Depends(post)]
WhoBriefly = Annotated[Actor, Depends(post_briefly)]
Asking = Annotated[Caller, Depends(asking)]
AskingBriefly = Annotated[Caller, Depends(asking_briefly)]
Perhaps = Annotated[Caller | None, Depends(perhaps)]
House = Annotated[Runtime, Depends(the_house)]
# For routers: every door behind it needs an account.
SIGNED_IN = [Depends(post)]
