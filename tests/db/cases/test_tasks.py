"""交办事项: given, taken up, reported, returned, closed; and who sees them (R33)."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from cases import tasks
from cases.errors import NotPermitted, NotYourPost, WrongStatus
from cases.hours import SHANGHAI
from cases.roles import actor
from cases.tasks import NewTask, TaskMoved, TaskNotFound

pytestmark = pytest.mark.db
NOW = datetime(2026, 3, 11, 9, 30, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
DEPUTY, COORDINATOR = actor("deputy-140901"), actor("coordinator-140901")


def give(conn, who=DEPUTY, to="coordinator-140901", due=NOW + DAY, **told):
    new = {
        "desk": None,
        "title": "台风前查排水口",
        "text": "三日内报",
        "to_post": to,
        "due_at": due,
    } | told
    return tasks.give(conn, NewTask(**new), id=uuid.uuid4(), who=who, now=NOW)


def step(conn, task, name, who, words="", **told):
    return tasks.take_step(conn, task.id, name, words, who=who, now=NOW, **told)


def test_a_task_goes_its_way_and_all_is_written_down(conn):
    task = give(conn)
    step(conn, task, "taking-up", COORDINATOR)
    with pytest.raises(NotPermitted, match="办理情况"):
        step(conn, task, "feedback", COORDINATOR, " ")
    step(conn, task, "feedback", COORDINATOR, "已查 12 处")
    step(conn, task, "return", DEPUTY, "缺照片")
    step(conn, task, "feedback", COORDINATOR, "已补")
    done = step(conn, task, "closing", DEPUTY, version=5)
    assert (done.status, done.version) == ("closed", 6)
    assert [e["type"] for e in tasks.history(conn, task.id)] == [
        "given", "taken_up", "reported", "returned", "reported", "closed",
    ]  # fmt: skip
    with pytest.raises(WrongStatus):
        step(conn, task, "closing", DEPUTY)
    with pytest.raises(IntegrityError, match="append-only"):
        conn.execute(text("DELETE FROM task_event"))


def test_each_step_is_one_posts_and_who_is_slower_hears_it(conn):
    task = give(conn)
    with pytest.raises(NotYourPost):
        step(conn, task, "feedback", DEPUTY, "x")
    with pytest.raises(NotYourPost):
        step(conn, task, "closing", COORDINATOR)
    with pytest.raises(TaskNotFound):
        step(conn, task, "taking-up", actor("coordinator-140902"))
    with pytest.raises(TaskMoved) as slower:
        step(conn, task, "taking-up", COORDINATOR, version=2)
    assert slower.value.version == 1
    assert step(conn, task, "closing", actor("street-centre")).status == "closed"


@pytest.mark.parametrize(
    ("who", "told", "error"),
    [
        ("station-14090101", {}, NotYourPost),
        ("deputy-140901", {"to": "coordinator-140902"}, NotYourPost),
        ("deputy-140901", {"desk": "140902"}, NotPermitted),
        ("deputy-140901", {"due": NOW}, NotPermitted),
        ("deputy-140901", {"title": " "}, NotPermitted),
        ("street-centre", {"to": "router"}, NotPermitted),
        ("street-centre", {"to": "nobody-1"}, NotYourPost),
    ],
)
def test_what_cannot_be_given_is_refused(conn, who, told, error):
    with pytest.raises(error):
        give(conn, who=actor(who), **told)


def test_each_post_sees_its_own_and_what_is_due_is_found(conn):
    mine = give(conn, to="station-14090101", due=NOW + DAY)
    other = give(conn, who=actor("street-centre"), to="department-water", due=None)
    seen = {
        post: {t.id for t in tasks.tasks(conn, actor(post))}
        for post in ("street-centre", "coordinator-140901", "coordinator-140902",
                     "station-14090101", "station-14090102", "department-water", "admin")
    }  # fmt: skip
    assert seen == {
        "street-centre": {mine.id, other.id},
        "coordinator-140901": {mine.id},
        "coordinator-140902": set(),
        "station-14090101": {mine.id},
        "station-14090102": set(),
        "department-water": {other.id},
        "admin": set(),
    }
    assert tasks.due(conn, NOW) == ()
    assert [t.id for t in tasks.due(conn, NOW + DAY)] == [mine.id]
    step(conn, mine, "feedback", actor("station-14090101"), "好了")
    assert tasks.due(conn, NOW + DAY) == ()
