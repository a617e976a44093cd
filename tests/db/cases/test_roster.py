"""Who holds what, who is on duty, and rosters from files."""

import io
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook
from sqlalchemy import text

from boundaries.locate import edition_in_force
from cases.hours import SHANGHAI, Running
from cases.people import roster, roster_changes, roster_lists, seed_roster, shifts
from cases.people.roster_changes import Holding, Staff
from cases.people.roster_errors import HoldingMoved, PostTaken, RosterInvalid
from cases.people.roster_import import take_in
from cases.people.shifts import Shift

pytestmark = pytest.mark.db
NOW = datetime(2026, 3, 11, 9, 30, tzinfo=SHANGHAI)  # a Wednesday
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DESK = "140901"


@pytest.fixture
def town(conn):
    seed_roster.install(conn, edition_in_force(conn, NOW), NOW - 30 * DAY)
    return conn


@pytest.fixture
def manned(conn):
    seed_roster.install(conn, edition_in_force(conn, NOW), NOW - 30 * DAY, holders=True)
    return conn


def hire(conn, id, mode="fixed"):
    body = "force-management"
    roster_changes.put_staff(conn, Staff(id=id, name=f"账号{id}", body=body, duty_mode=mode))
    return id


def appoint(conn, post, staff, by="street-centre", **told):
    held = {"post": post, "staff_id": staff, "from_at": NOW - DAY} | told
    return roster_changes.appoint(conn, Holding(**held), by)


STAND_IN = {
    "stand_in": True, "authorised_by": f"deputy-{DESK}", "reason": "请假", "to_at": NOW + DAY,
}  # fmt: skip


def test_the_seed_is_the_plan_twice_the_same_and_without_people(town):
    edition = edition_in_force(town, NOW)
    assert seed_roster.install(town, edition, NOW) == 0
    posts = roster.known_posts(town)
    assert {p for p in posts if p.startswith("station-")} == {
        *(f"station-1409010{n}" for n in range(1, 6)),
        *(f"station-1409020{n}" for n in range(1, 8)),
    }
    assert {f"coordinator-{DESK}", f"responder-{DESK}-1", "department-water"} <= posts
    four = [b["id"] for b in roster_lists.bodies(town, None) if b["force_group"] == "4"]
    assert four == sorted(four)
    assert set(four) == {"street-centre", "police", "chengguan", "market"}
    assert all(b["provisional"] for b in roster_lists.bodies(town, None) if b["force_group"])
    assert roster_lists.staff(town, None) == []
    assert all(p["vacant"] for p in roster_lists.posts(town, None, NOW))
    assert roster.strength(town, DESK, NOW) == (4, 0)


def test_a_post_has_one_holder_and_a_person_may_have_several_posts(town):
    a, b = hire(town, "A"), hire(town, "B")
    first = appoint(town, f"coordinator-{DESK}", a)
    appoint(town, f"deputy-{DESK}", a)
    assert roster.posts_held(town, a, NOW) == (f"coordinator-{DESK}", f"deputy-{DESK}")
    both = (f"coordinator-{DESK}", f"deputy-{DESK}")
    assert roster.holds_both(town, a, both, NOW)
    assert not roster.holds_both(town, a, both, NOW - 2 * DAY)
    with pytest.raises(PostTaken, match="已有任职人"):
        appoint(town, f"coordinator-{DESK}", b)
    with pytest.raises(HoldingMoved):
        roster_changes.end_holding(town, first, NOW, version=2)
    roster_changes.end_holding(town, first, NOW, version=1)
    appoint(town, f"coordinator-{DESK}", b, from_at=NOW)
    assert [h.staff_id for h in roster.holders(town, f"coordinator-{DESK}", NOW)] == ["B"]
    assert [h.staff_id for h in roster.holders(town, f"coordinator-{DESK}", NOW - HOUR)] == ["A"]


def test_a_stand_in_needs_a_rule_leave_a_reason_and_an_end(town):
    inspector, patrol = hire(town, "I"), hire(town, "P")
    appoint(town, f"inspector-{DESK}", inspector)
    appoint(town, f"patrol-{DESK}", patrol)
    post = f"coordinator-{DESK}"
    for wrong, words in (
        ({"authorised_by": None}, "授权人"),
        ({"reason": " "}, "原因"),
        ({"to_at": None}, "结束时间"),
        ({"authorised_by": f"inspector-{DESK}"}, "不能授权"),
        ({"authorised_by": "deputy-140902"}, "不是本片区"),
    ):
        with pytest.raises(RosterInvalid, match=words):
            appoint(town, post, inspector, **STAND_IN | wrong)
    with pytest.raises(RosterInvalid, match="只能由综合督查员代岗"):
        appoint(town, post, patrol, **STAND_IN)
    with pytest.raises(RosterInvalid, match="没有代岗规则"):
        appoint(town, f"head-{DESK}", inspector, **STAND_IN)
    vacant = {p["id"]: p for p in roster_lists.posts(town, DESK, NOW)}[post]
    assert (vacant["vacant"], vacant["may_be_stood_in_by"]) == (True, ["inspector"])
    appoint(town, post, inspector, **STAND_IN)
    assert [(h.staff_id, h.stand_in) for h in roster.holders(town, post, NOW)] == [("I", True)]
    assert roster.posts_held(town, inspector, NOW) == (f"inspector-{DESK}", post)
    assert roster.posts_held(town, inspector, NOW + DAY) == (f"inspector-{DESK}",)


def test_presence_goes_by_the_mode_of_duty(town):
    fixed, rota, dynamic = hire(town, "F"), hire(town, "R", "rota"), hire(town, "S", "sign_in")
    appoint(town, f"coordinator-{DESK}", fixed)
    appoint(town, f"inspector-{DESK}", fixed)
    appoint(town, f"patrol-{DESK}", rota)
    appoint(town, f"responder-{DESK}-1", dynamic)

    def there(moment=NOW):
        return {force.staff_id for force in roster.forces(town, DESK, moment)}

    assert there() == {"F"}, "two posts, one person"
    assert roster.strength(town, DESK, NOW, 9) == (9, 1)
    assert there(NOW.replace(hour=20)) == set()
    night = Shift(desk=DESK, day=NOW.date(), staff_id="R", start_at=NOW.replace(hour=20),
                  end_at=NOW.replace(hour=20) + 8 * HOUR)  # fmt: skip
    shifts.put_shift(town, night, "street-centre")
    assert there(NOW.replace(hour=23)) == {"R"}
    assert there(NOW.replace(hour=20) + 7 * HOUR) == {"R"}, "past midnight"
    assert there(NOW.replace(hour=20) + 8 * HOUR) == set()
    with pytest.raises(RosterInvalid, match="已有班次"):
        shifts.put_shift(town, night, "street-centre")
    shifts.sign(town, "S", DESK, present=True, by="x", at=NOW)
    assert there() == {"F", "S"}
    assert there(NOW + DAY) == {"F"}, "one signs in anew every day"
    shifts.sign(town, "S", DESK, present=False, by="x", at=NOW + HOUR)
    assert there(NOW + HOUR) == {"F"}
    shifts.sign(town, "F", DESK, present=False, by="x", at=NOW + HOUR)
    assert there(NOW + HOUR) == set()


def test_demonstration_people_are_role_accounts(manned):
    assert roster.holders(manned, f"coordinator-{DESK}", NOW)[0].name == "迎园片区协调指挥员"
    assert not [p for p in roster_lists.posts(manned, DESK, NOW) if p["vacant"]]
    needed, on_duty = roster.strength(manned, DESK, NOW)
    assert on_duty >= needed


def test_the_calendar_is_announced_overridden_and_written_down(town):
    calendar = roster.calendar(town)
    assert calendar.off_hours_reason(DESK, datetime(2026, 10, 1, 10, tzinfo=SHANGHAI)) == "holiday"
    assert calendar.is_workday(date(2026, 10, 10))
    shifts.set_day(town, date(2026, 10, 10), worked=False, reason="街道安排", by="street-centre")
    shifts.set_day(town, date(2026, 3, 14), worked=True, reason="街道安排", by="street-centre")
    running = Running(desk=DESK, from_day=date(2026, 3, 1), opens=time(7), closes=time(21))
    shifts.set_running_hours(town, running, "street-centre")
    closed = Shift(desk=DESK, day=date(2026, 3, 12), kind="closed",
                   start_at=NOW + DAY, end_at=NOW + DAY + HOUR)  # fmt: skip
    shifts.put_shift(town, closed, "street-centre")
    calendar = roster.calendar(town)
    assert not calendar.is_workday(date(2026, 10, 10))
    assert calendar.is_workday(date(2026, 3, 14))
    assert calendar.is_running(DESK, NOW.replace(hour=20))
    assert not calendar.is_running(DESK, NOW + DAY)
    short = Running(desk=DESK, from_day=date(2026, 4, 1), opens=time(9), closes=time(16))
    with pytest.raises(RosterInvalid, match="只能向两端延长"):
        shifts.set_running_hours(town, short, "street-centre")
    assert roster.calendar_finding(town, NOW) is None
    beyond = datetime.combine(roster.calendar_ends() + DAY, time(9), SHANGHAI)
    assert "为止" in roster.calendar_finding(town, beyond)
    assert roster.calendar(town).off_hours_reason(DESK, beyond) in (None, "holiday")


def book(**sheets):
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return made


def saved(made):
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_a_workbook_is_taken_in_whole_and_twice_the_same(town):
    made = book(
        单位=[["单位编号", "单位类型", "单位名称", "力量分组"],
             ["force-a", "参勤力量", "甲队", "x"]],
        人员=[["人员编号", "称呼", "所属单位", "执勤方式", "随手记"],
             ["A1", "甲队一号", "force-a", "机动轮岗", 1]],
        任职=[["岗位", "人员编号", "任职开始"], [f"patrol-{DESK}", "A1", date(2026, 3, 1)]],
        班次=[["片区", "日期", "开始", "结束", "人员编号"],
             [DESK, date(2026, 3, 11), time(22), "06:00", "A1"]],
        草稿=[["不管它"]],
    )  # fmt: skip
    made["草稿"].sheet_state = "hidden"
    content = saved(made)
    dry = take_in(town, "x.xlsx", content, by="street-centre", dry_run=True)
    assert (dry.errors, dry.written, dry.rows) == ((), False, 4)
    assert roster_lists.staff(town, None) == []
    for _ in range(2):
        done = take_in(town, "x.xlsx", content, by="street-centre", dry_run=False)
        assert (done.errors, done.written) == ((), True)
    assert any("隐藏" in note for note in done.notes)
    assert roster.posts_held(town, "A1", NOW) == (f"patrol-{DESK}",)
    assert [s["staff_id"] for s in roster_lists.shifts(town, DESK, NOW.date(), NOW.date())] == [
        "A1"
    ]
    assert {f.staff_id for f in roster.forces(town, DESK, NOW.replace(hour=23))} == {"A1"}


def test_every_mistake_is_named_with_its_place_and_nothing_is_written(town):
    made = book(
        staff=[["id", "name", "body", "phone_masked"], ["A1", "一号", "police", "13800001111"],
               ["A2", "", "nobody", ""], ["A2", "二号", "police", ""],
               ["=1+1", "三号", "police", ""]],
        holdings=[["post", "staff_id", "from"], [f"coordinator-{DESK}", "A1", "2026-03-01"],
                  [f"coordinator-{DESK}", "A1", "2026-03-02"], ["king-1", "A1", "昨天"],
                  ["coordinator-1", "A9", "2026/3/1"]],
    )  # fmt: skip
    outcome = take_in(town, "x.xlsx", saved(made), by="street-centre", dry_run=False)
    assert not outcome.written
    places = {(e.sheet, e.row, e.column) for e in outcome.errors}
    assert places >= {
        ("staff", 2, "phone_masked"), ("staff", 3, "body"), ("staff", 3, "name"),
        ("staff", 4, "id"), ("staff", 5, "id"), ("holdings", 3, "post"),
        ("holdings", 4, "from"), ("holdings", 5, "staff_id"), ("holdings", 5, "post"),
    }  # fmt: skip
    assert all(e.detail for e in outcome.errors)
    assert roster_lists.staff(town, None) == []


def test_a_deputy_brings_own_shifts_as_csv_in_the_office_encoding(town):
    hire(town, "A")
    lines = "片区,日期,开始,结束,人员编号\n{},2026年3月11日,8:30,16:30,A\n"
    mine, other = (lines.format(desk).encode("gb18030") for desk in (DESK, "140902"))
    refused = take_in(town, "班次.csv", other, by="x", dry_run=False, desk=DESK)
    assert [e.detail for e in refused.errors] == ["只能导入本片区的班次"]
    assert take_in(town, "班次.csv", mine, by="x", dry_run=False, desk=DESK).written
    late = mine.decode("gb18030").replace("8:30", "9:30").encode()
    clash = take_in(town, "班次.csv", late, by="x", dry_run=False, desk=DESK)
    assert "已有班次" in clash.errors[0].detail
    assert town.execute(text("SELECT count(*) FROM shift")).scalar_one() == 1


def test_a_post_that_is_held_already_is_named_by_its_row(town):
    appoint(town, f"head-{DESK}", hire(town, "A"))
    rows = f"post,staff_id,from\ndeputy-{DESK},A,2026-03-01\nhead-{DESK},A,2026-03-01\n".encode()
    outcome = take_in(town, "holdings.csv", rows, by="x", dry_run=True)
    assert [(e.row, e.column) for e in outcome.errors] == [(3, "post")]
    assert roster.posts_held(town, "A", NOW) == (f"head-{DESK}",)


NO_TABLES = [b"", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0old", b"\xff\xfe\x00", b"a,b\n1,2\n"]


@pytest.mark.parametrize("content", [*NO_TABLES, b'desk,day\n"1'])
def test_a_file_that_is_none_says_what_to_do(town, content):
    outcome = take_in(town, "x.csv", content, by="x", dry_run=False)
    assert outcome.errors
    assert not outcome.written


def test_ten_thousand_rows_are_no_trouble(town):
    rows = "\n".join(f"S{n},账号{n},police" for n in range(10_000))
    content = f"人员编号,称呼,单位编号\n{rows}\n".encode()
    outcome = take_in(town, "人员.csv", content, by="x", dry_run=False)
    assert (outcome.written, outcome.changes["staff"]) == (True, 10_000)
