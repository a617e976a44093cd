"""The figures of a report, read from the map's views."""

from datetime import timedelta

import pytest
from sqlalchemy import text
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
    assert seen.since.isoformat() == "2026-03-10T09:30:00+08:00"
    assert len(seen.ground["sectors"]["features"]) == 2


def test_figures_of_one_desk(town, insert_case):
    insert_case(town, "0311-0001")
    insert_case(town, "0311-0002", desk=None, sector="140902", community="14090201")
    seen = situation(town, NOW, desk="140902")
    assert seen.desk_name == "东片区"
    assert [case.number for case in seen.cases] == ["0311-0002"]
    assert seen.received_today == 1


def test_no_text_points_to_a_person(town, insert_case):
    told = "欧阳甲乙住12号303室，电话13800138000" + "。" * 500
    insert_case(town, "0311-0001", title="欧阳甲乙反映噪声", description=told)
    town.execute(
        text(
            "WITH r AS (INSERT INTO case_report (id, case_id, content_hash, body, received_at)"
            " SELECT gen_random_uuid(), id, 'x', '{}', received_at FROM case_now RETURNING id)"
            " INSERT INTO case_reporter (report_id, name, phone)"
            " SELECT id, '欧阳甲乙', '59530000' FROM r"
        )
    )
    (case,) = situation(town, NOW).cases
    assert case.title == "【略】反映噪声"
    assert case.description.startswith("【略】住12号【室号】，电话【电话】")
    assert len(case.description) == 200


def test_the_moment_of_the_report_is_the_source_s(town, insert_case):
    insert_case(town, "0311-0001")
    early = NOW - timedelta(hours=3)
    town.execute(
        text("UPDATE case_now SET state = jsonb_build_object('report',"
             " jsonb_build_object('reported_at', CAST(:at AS text)))"),
        {"at": early.isoformat()},
    )  # fmt: skip
    (case,) = situation(town, NOW).cases
    assert (case.reported_at, case.received_at) == (early, NOW)


def test_nothing_is_there_yet(conn):
    seen = situation(conn, NOW.replace(year=2000))
    assert seen.cases == ()
    assert seen.provisional
