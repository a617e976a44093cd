"""Fixtures of the desk: an office with the shipped map, and threads that start together."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from stories import NOW, report

from boundaries.locate import Locator
from cases.desk import Office
from cases.intake import Incoming, receive
from cases.policy import Policy
from cases.roles import actor
from store.engine import make_engine, transaction

PLATFORM = actor("platform-12345")


@pytest.fixture
def office():
    return Office(locator=Locator(), policy=Policy(), new_id=uuid.uuid4)


@pytest.fixture
def strict():
    """An office where the street centre has switched its standing rules on."""
    policy = Policy(auto_refuse=True, auto_redispatch=True)
    return Office(locator=Locator(), policy=policy, new_id=uuid.uuid4)


@pytest.fixture
def wide(database):
    """An engine with a connection for each of fifty threads."""
    engine = make_engine(database, pool_size=50)
    yield engine
    engine.dispose()


@pytest.fixture
def bring(office):
    """Bring a report on a connection, or in a transaction of its own."""

    def brought(where, *, now=NOW, by=PLATFORM, reporter=None, extra=None, **told):
        incoming = Incoming(report=report(**told), reporter=reporter, extra=extra or {})
        if hasattr(where, "begin_nested"):
            return receive(where, office, incoming, actor=by, now=now)
        with transaction(where) as conn:
            return receive(conn, office, incoming, actor=by, now=now)

    return brought


@pytest.fixture
def together():
    """Run a job in many threads that all start at the same moment; the results, or the errors."""

    def run(job, count):
        gate = threading.Barrier(count)

        def started(number):
            gate.wait()
            try:
                return job(number)
            except Exception as error:
                return error

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(started, range(count)))

    return run
