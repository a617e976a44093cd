"""A report comes in: stored once, made a case once, however many copies race."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from stories import NOW

from cases import commands as do
from cases import desk, queries
from cases.errors import CaseError, Conflict, NotYourPost, WrongStatus
from cases.filing import Paper, open_file
from cases.hours import SHANGHAI
from cases.intake import Reporter
from cases.model import Number, RawPoint, Status
from cases.roles import actor
from store.engine import transaction

WEST = actor("coordinator-140901")


def count(conn, table, where="true"):
    return conn.execute(text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one()


def paper():
    return Paper(id=uuid.uuid4(), digest="", body="{}", received_at=NOW)


def numbers(*pairs):
    return tuple(Number(kind=kind, number=number) for kind, number in pairs)


def test_a_report_is_stored_decided_and_put_on_a_desk(conn, bring):
    got = bring(conn)
    case = got.case
    assert got.created
    assert case.status is Status.RECEIVED
    assert case.desk == case.sector.code == "140901"
    assert queries.case(conn, case.id) == case
    assert count(conn, "case_report") == count(conn, "case_now") == 1
    assert queries.events(conn, case.id)[0]["actor"] == "platform-12345"


def test_the_reporter_is_kept_apart_from_everything_else(conn, bring):
    got = bring(conn, reporter=Reporter(name="叶某某", phone="13800138000"))
    kept = conn.execute(text("SELECT name, phone FROM case_reporter")).one()
    assert kept == ("叶某某", "13800138000")
    for table in ("case_event", "case_now", "case_report", "feed", "outbox"):
        found = conn.execute(text(f"SELECT row_to_json(t)::text FROM {table} t")).scalars()
        assert not [row for row in found if "叶某某" in row or "13800138000" in row], table
    assert got.case.report.title


def test_fields_we_do_not_know_are_kept_with_the_report(conn, bring):
    bring(conn, extra={"诉求类型": "求助", "n": [1, None]})
    body = conn.execute(text("SELECT body FROM case_report")).scalar_one()
    assert body["extra"] == {"诉求类型": "求助", "n": [1, None]}


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (None, "NO_LOCATION"),
        (RawPoint(lon=None, lat=31.4, crs="WGS84"), "NO_LOCATION"),
        (RawPoint(lon=121.2655, lat=31.3885, crs=None), "CRS_UNDECLARED"),
        (RawPoint(lon=121.2655, lat=31.3885, crs="Mars"), "CRS_UNKNOWN"),
        (RawPoint(lon=31.3885, lat=121.2655, crs="WGS84"), "AXES_SWAPPED"),
        (RawPoint(lon=0.0, lat=0.0, crs="GCJ-02"), "ZERO_ISLAND"),
        (RawPoint(lon=121.0, lat=31.0, crs="WGS84"), "INTEGER_DEGREES"),
        (RawPoint(lon=2.35, lat=48.85, crs="WGS84"), "OUTSIDE_CHINA"),
    ],
)
def test_a_pair_that_cannot_be_placed_waits_and_is_kept_as_it_came(conn, bring, raw, problem):
    case = bring(conn, raw=raw).case
    assert case.status is Status.NO_LOCATION
    assert case.location_problem == problem
    assert case.report.raw == raw
    assert case.point is None
    assert queries.case(conn, case.id).report.raw == raw


def test_without_an_edition_in_force_the_report_is_stored_all_the_same(conn, bring):
    early = datetime(2020, 1, 1, tzinfo=SHANGHAI)
    case = bring(conn, now=early).case
    assert case.status is Status.NO_LOCATION
    assert case.location_problem == "AREA_NOT_IN_FORCE"


def test_the_same_report_again_is_the_same_case_and_no_supplement(conn, bring):
    first, second = bring(conn), bring(conn, now=NOW + timedelta(hours=1))
    assert second.case == first.case
    assert (second.created, second.supplemented) == (False, False)
    assert count(conn, "case_report") == 1


def test_the_same_number_with_other_content_is_a_supplement(conn, bring):
    first = bring(conn)
    second = bring(conn, title="路灯还是不亮", now=NOW + timedelta(hours=1))
    assert second.case.id == first.case.id
    assert second.supplemented
    assert second.case.version == 2
    assert bring(conn, title="路灯还是不亮").supplemented is False


def test_another_phone_number_of_the_reporter_is_other_content(conn, bring):
    bring(conn, reporter=Reporter(name="甲", phone="1"))
    assert bring(conn, reporter=Reporter(name="甲", phone="2")).supplemented
    assert count(conn, "case_reporter") == 2


def test_any_known_number_attaches_and_its_new_ones_are_known_from_then_on(conn, bring):
    first = bring(conn, numbers=numbers(("12345", "A1")))
    second = bring(conn, source="grid", numbers=numbers(("grid", "G1"), ("12345", "A1")))
    third = bring(conn, source="grid", numbers=numbers(("grid", "G1")), title="又来")
    assert first.case.id == second.case.id == third.case.id
    assert third.case.report.numbers == numbers(("12345", "A1"), ("grid", "G1"))
    assert count(conn, "case_now") == 1


def test_the_same_number_of_another_system_is_another_case(conn, bring):
    first = bring(conn, numbers=numbers(("12345", "7")))
    second = bring(conn, source="grid", numbers=numbers(("grid", "7")))
    assert second.created
    assert second.case.id != first.case.id


def test_reports_without_a_number_are_each_a_case(conn, bring):
    assert bring(conn, numbers=()).created
    assert bring(conn, numbers=()).created


def test_a_report_that_joins_two_cases_goes_to_the_first_and_takes_nothing_from_the_other(
    conn, bring
):
    a = bring(conn, numbers=numbers(("12345", "A")))
    b = bring(conn, numbers=numbers(("grid", "B")), source="grid")
    joined = bring(conn, numbers=numbers(("grid", "B"), ("12345", "A"), ("110", "C")), title="合")
    assert joined.case.id == b.case.id
    assert queries.case(conn, a.case.id).version == 1
    assert joined.case.report.numbers == numbers(("grid", "B"), ("110", "C"))


def test_numbers_are_taken_all_or_none(conn, bring):
    case = bring(conn, numbers=numbers(("12345", "A"))).case
    wanted = numbers(("12345", "A"), ("110", "Z"))
    assert open_file(conn, wanted, case.id, paper(), NOW.date()) is None
    assert count(conn, "case_report") == 1
    assert count(conn, "case_number", "number = 'Z'") == 0


def test_a_post_that_may_not_bring_reports_leaves_nothing_behind(engine, bring):
    with pytest.raises(NotYourPost):
        bring(engine, by=actor("clock"))
    with engine.connect() as conn:
        assert count(conn, "case_number") == count(conn, "case_report") == 0


# races


def test_fifty_concurrent_copies_are_one_case(wide, bring, together):
    got = together(lambda _n: bring(wide), 50)
    assert not [e for e in got if isinstance(e, Exception)], got
    assert sum(answer.created for answer in got) == 1
    assert len({answer.case.id for answer in got}) == 1
    with wide.connect() as conn:
        assert count(conn, "case_now") == count(conn, "case_event") == 1
        assert count(conn, "case_report") == count(conn, "case_number") == 1


def test_fifty_concurrent_copies_that_differ_are_one_case_with_49_supplements(
    wide, bring, together
):
    got = together(lambda n: bring(wide, title=f"第{n}次"), 50)
    assert not [e for e in got if isinstance(e, Exception)], got
    assert sum(answer.created for answer in got) == 1
    assert sum(answer.supplemented for answer in got) == 49
    with wide.connect() as conn:
        assert count(conn, "case_now") == 1
        assert count(conn, "case_event", "type = 'ReportSupplemented'") == 49
        assert count(conn, "case_report") == 50


def test_reports_with_crossing_numbers_race_without_a_deadlock(wide, bring, together):
    """Each knows two of the same six numbers, in either order."""
    pairs = [(a, b) for a in "ABCDEF" for b in "ABCDEF" if a != b]

    def job(n):
        a, b = pairs[n % len(pairs)]
        return bring(wide, numbers=numbers(("12345", a), ("grid", b)), title=str(n))

    got = together(job, 30)
    assert not [e for e in got if isinstance(e, Exception)], got
    with wide.connect() as conn:
        kept = conn.execute(text("SELECT count(*) FROM case_report")).scalar_one()
        assert kept == 30, "every report is kept"
        assert count(conn, "case_number") <= 12


def test_of_many_acceptances_at_once_exactly_one_wins(wide, office, bring, together):
    case = bring(wide).case

    def accept(_n):
        with transaction(wide) as conn:
            return desk.handle(conn, office, case.id, do.Accept(), actor=WEST, now=NOW)

    got = together(accept, 12)
    won = [answer for answer in got if not isinstance(answer, Exception)]
    assert len(won) == 1
    assert all(isinstance(e, Conflict | WrongStatus) for e in got if isinstance(e, Exception)), got
    with wide.connect() as conn:
        assert count(conn, "case_event", "type = 'CaseAccepted'") == 1
        assert queries.case(conn, case.id) == won[0]


def test_acceptance_and_refusal_at_once_one_wins_and_the_journal_is_whole(
    wide, office, bring, together
):
    outside = RawPoint(lon=121.30, lat=31.3885, crs="WGS84")
    cases = [
        bring(wide, numbers=numbers(("12345", str(n))), raw=outside, to_sector="140901").case
        for n in range(6)
    ]

    def act(n):
        commands = (do.Reject(reason="x"), do.Reject(reason="y"))
        with transaction(wide) as conn:
            command = commands[n % 2]
            return desk.handle(conn, office, cases[n // 2].id, command, actor=WEST, now=NOW)

    got = together(act, 12)
    assert len([a for a in got if not isinstance(a, Exception)]) == 6
    with wide.connect() as conn:
        assert count(conn, "refusal") == count(conn, "outbox") == 6


def test_a_supplement_and_an_acceptance_at_once_never_wait_for_each_other_in_a_ring(
    wide, office, bring, together
):
    """Locks are taken in one order, so neither a report nor a click ends in a deadlock."""
    for round_ in range(8):
        case = bring(wide, numbers=numbers(("12345", f"R{round_}"))).case

        def act(n, case=case, round_=round_):
            if n % 2:
                told = {"numbers": numbers(("12345", f"R{round_}")), "title": f"补{n}"}
                return bring(wide, **told)
            with transaction(wide) as conn:
                return desk.handle(conn, office, case.id, do.Accept(), actor=WEST, now=NOW)

        got = together(act, 8)
        strange = [e for e in got if isinstance(e, Exception) and not isinstance(e, CaseError)]
        assert not strange, strange
        assert all(not isinstance(e, Exception) for e in got[1::2]), "a report is never refused"


def test_an_old_version_is_a_conflict_that_tells_the_current_one(conn, office, bring):
    case = bring(conn).case
    bring(conn, title="补")
    with pytest.raises(Conflict) as refusal:
        desk.handle(conn, office, case.id, do.Accept(), actor=WEST, now=NOW, version=1)
    assert (refusal.value.case_id, refusal.value.version) == (case.id, 2)


# our own number


def test_numbers_count_up_within_a_day_and_begin_anew_the_next(conn, bring):
    def number(n, now):
        return bring(conn, numbers=numbers(("12345", str(n))), now=now).case.number

    evening = datetime(2026, 3, 11, 23, 59, 59, tzinfo=SHANGHAI)
    assert [number(n, evening) for n in (1, 2)] == ["20260311-0001", "20260311-0002"]
    midnight = evening + timedelta(seconds=1)
    assert [number(n, midnight) for n in (3, 4)] == ["20260312-0001", "20260312-0002"]
    assert number(5, evening) not in {"20260311-0001", "20260311-0002"}


def test_numbers_are_unique_across_threads_and_days(wide, together):
    days = [datetime(2026, 3, day, tzinfo=SHANGHAI).date() for day in (11, 12, 13)]

    def take(n):
        made = []
        for at in range(6):
            with transaction(wide) as conn:
                made.append(open_file(conn, (), uuid.uuid4(), paper(), days[(n + at) % 3]))
        return made

    got = together(take, 20)
    assert not [e for e in got if isinstance(e, Exception)], got
    every = [number for made in got for number in made]
    assert len(set(every)) == len(every) == 120
    assert all(int(number.split("-")[1]) >= 1 for number in every)


def test_a_case_is_found_by_id_number_and_the_short_number(conn, bring):
    case = bring(conn).case
    for key in (str(case.id), case.number, case.number[4:], case.id.hex):
        assert desk.case_id_of(conn, key) == case.id
    for key in ("0311-9999", "x", "____-____", "%%%%%%%%%"):
        with pytest.raises(CaseError, match="没有这个案件"):
            desk.case_id_of(conn, key)


def test_a_short_number_is_the_newest_years(conn, bring):
    old = datetime(2025, 3, 11, 9, 30, tzinfo=SHANGHAI)
    bring(conn, now=old, numbers=numbers(("12345", "old")))
    new = bring(conn, numbers=numbers(("12345", "new"))).case
    assert desk.case_id_of(conn, "0311-0001") == new.id


def test_a_day_of_more_than_9999_cases_can_be_read_out_too(conn, bring):
    bring(conn, numbers=numbers(("12345", "first")))
    conn.execute(text("UPDATE case_day SET base = base - 12000"))
    case = bring(conn, numbers=numbers(("12345", "late"))).case
    assert len(case.number.split("-")[1]) == 5
    assert desk.case_id_of(conn, case.number[4:]) == case.id
