"""The figures of a report, read from the map's views."""

from datetime import timedelta

import pytest
from square_town import NOW

from layers.situation import situation

pytestmark = pytest.mark.db


def test_figures_of_the_moment(town, insert_case):
    insert_case(town, "0311-0001", title="甲", received_at=NOW - timedelta(hours=1))
    insert_case(town, "0311-0002", title="乙", desk=None, sector="140902", community="14090201")
    insert_case(town, "0310-0009", title="丙", received_at=NOW - timedelta(days=1))
    insert_case(town, "0311-0003", status="rejected_out_of_area")
    insert_case(town, "0311-0004", status="no_location", lon=None, lat=None)
    insert_case(town, "0311-0005", received_at=NOW + timedelta(seconds=1))
    seen = situation(town, NOW)
    assert [case.number for case in seen.cases] == ["0310-0009", "0311-0001", "0311-0002"]
    assert (seen.received_today, seen.refused_today, seen.without_location) == (4, 1, 1)
    assert seen.cases_in_all == 3
    assert seen.cases[1].community == "西社区"
    assert seen.at.isoformat() == "2026-03-11T09:30:00+08:00"
    assert seen.day_began_at.isoformat() == "2026-03-11T00:00:00+08:00"
    assert len(seen.ground["sectors"]["features"]) == 2


def test_figures_of_one_desk(town, insert_case):
    insert_case(town, "0311-0001")
    insert_case(town, "0311-0002", desk=None, sector="140902", community="14090201")
    seen = situation(town, NOW, desk="140902")
    assert seen.desk_name == "东片区"
    assert [case.number for case in seen.cases] == ["0311-0002"]
    assert seen.received_today == 1


def test_nothing_is_there_yet(conn):
    seen = situation(conn, NOW.replace(year=2000))
    assert seen.cases == ()
    assert seen.provisional
