"""Applications that tests borrow: FastAPI reads a route's types anew in every application, and a
second and a half a test is most of what a test of a door costs.

Nothing of a house stays in one: all that a handler needs is in `app.state`, and that is the new
house's before the next test.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI

from api import live
from api.app import create_app
from api.runtime import Runtime

_FREE: list[FastAPI] = []


@contextmanager
def application(house: Runtime) -> Iterator[FastAPI]:
    """An application of this house, for as long as the block lasts.

    Not for houses with public hosts: those are told to the guard when it is made.
    """
    assert not house.public_hosts
    app = _FREE.pop() if _FREE else create_app(house)
    app.state.runtime = house
    app.state.hub = live.Hub(house.engine, house.database_url, house.now)
    app.state.compiled = False
    yield app
    # Not reached when the test has failed, so that nothing odd is lent again.
    _FREE.append(app)
