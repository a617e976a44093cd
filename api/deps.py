"""The few things a handler asks for: Tx, Who, Now, and the runtime they come from."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from api.runtime import Runtime
from cases.errors import NotYourPost
from cases.roles import INTERNAL, Actor, actor
from store.engine import transaction as opened
from store.errors import DatabaseUnavailable


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
    """One request, one transaction: committed before the answer is sent (architecture 8.3)."""
    with connected(runtime(request).engine) as connection:
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


async def post(
    x_pianqu_post: Annotated[
        str,
        Header(
            description="Whose post acts, such as coordinator-140901. There are no accounts yet,"
            " so the server listens on loopback only.",
            max_length=60,
        ),
    ] = "coordinator",
) -> Actor:
    """Who acts. The house's own posts (router, clock, courier) cannot be claimed from outside."""
    who = actor(x_pianqu_post)
    if who.role in INTERNAL:
        raise NotYourPost("系统岗位不能从外部使用")
    return who


# scope="function": the commit comes before the answer, so a failed commit is never a 201.
Tx = Annotated[Connection, Depends(transaction, scope="function")]
Now = Annotated[datetime, Depends(moment)]
Who = Annotated[Actor, Depends(post)]
House = Annotated[Runtime, Depends(the_house)]
