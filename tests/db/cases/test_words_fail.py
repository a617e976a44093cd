"""A geocoder that breaks costs the words, never the report."""

import logging
import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from stories import NOW, report

from boundaries.geocoders import Geocoders
from boundaries.locate import Locator
from cases import queries
from cases.desk import Office
from cases.intake import Incoming, receive
from cases.model import RawPoint, Status
from cases.policy import Policy
from cases.roles import actor

PLATFORM = actor("platform-12345")
PAIR = RawPoint(lon=121.270, lat=31.3865, crs="WGS84")


class Unbuildable(Geocoders):
    """The gazetteer's own statement fails, which spoils a transaction without a savepoint."""

    def current(self, conn, _at):
        conn.execute(text("SELECT 1 FROM no_such_gazetteer"))


class Broken(Geocoders):
    """It is built, and falls over this text."""

    def current(self, _conn, _at):
        return self

    def geocode(self, told, given=None):
        raise ZeroDivisionError(told, given)


@pytest.fixture(params=[Unbuildable, Broken])
def office(request):
    locator = Locator()
    return Office(
        locator=locator, policy=Policy(), new_id=uuid.uuid4, geocoders=request.param(locator)
    )


@pytest.mark.parametrize(("raw", "status"), [(None, Status.NO_LOCATION), (PAIR, Status.RECEIVED)])
def test_the_report_is_kept_and_asked_about(conn, office, caplog, raw, status):
    told = report(raw=raw, accuracy_m=10 if raw else None, address="叶城路505弄", numbers=())
    with caplog.at_level(logging.ERROR):
        case = receive(conn, office, Incoming(report=told), actor=PLATFORM, now=NOW).case
    assert case.status is status
    assert "请人工核对位置" in case.place.explanation[-1]
    assert queries.case(conn, case.id) == case
    assert "could not be read" in caplog.text
    assert "叶城路" not in caplog.records[0].getMessage()


class Gone(Geocoders):
    """The connection is lost while the gazetteer is read."""

    def current(self, _conn, _at):
        raise OperationalError("SELECT 1", {}, Exception("terminating connection"))


def test_a_lost_database_is_told_as_that(conn):
    """Going on would end in an error that says nothing; the sender must hear to ask again."""
    locator = Locator()
    office = Office(locator=locator, policy=Policy(), new_id=uuid.uuid4, geocoders=Gone(locator))
    told = report(raw=None, address="叶城路505弄", numbers=())
    with pytest.raises(OperationalError):
        receive(conn, office, Incoming(report=told), actor=PLATFORM, now=NOW)
