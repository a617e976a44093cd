"""An application in process on a database of the module's own, with a clock one can set."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import signed
from fastapi.testclient import TestClient
from lent import application
from spots import SECRET

from api.runtime import Runtime
from boundaries.geocoders import Geocoders
from boundaries.locate import Locator
from cases.policy import Policy
from store.engine import make_engine


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)

    def __call__(self):
        return self.now

    def on(self, **step):
        self.now += timedelta(**step)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def locator():
    """One for all: every copy of the template holds the same edition under the same number."""
    return Locator()


@pytest.fixture(scope="session")
def geocoders(locator):
    """One for all as well: the same gazetteer over the same edition."""
    return Geocoders(locator)


@pytest.fixture
def house(database, clock, locator, geocoders):
    engine = make_engine(database, pool_size=5)
    yield Runtime(
        engine=engine,
        database_url=database,
        locator=locator,
        geocoders=geocoders,
        policy=Policy(auto_refuse=True, auto_redispatch=True),
        webhook_secret=SECRET,
        now=clock,
        new_id=uuid.uuid4,
        demo=True,
    )
    engine.dispose()


@pytest.fixture
def client(house):
    with (
        application(house) as app,
        TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client,
    ):
        # Real tokens: each request acts for the post its X-Pianqu-Post names.
        client.event_hooks["request"].append(signed.sign)
        yield client


@pytest.fixture
def report(client):
    """Send a report; returns the whole answer."""

    def sent(**told):
        body = {"source": "12345", "title": "路灯不亮", "accuracy_m": 10, "crs": "WGS84"} | told
        return client.post("/v1/cases", json={k: v for k, v in body.items() if v is not None})

    return sent
