"""Who reported a case: masked, or whole with a reason that is noted."""

import pytest
from sqlalchemy import text
from stories import NOW

from cases import reveal
from cases.errors import NotPermitted, NotYourPost
from cases.intake import Reporter
from cases.queries import case as load
from cases.roles import actor

pytestmark = pytest.mark.db

SECRET = Reporter(name="王建国", phone="13800131234")


@pytest.fixture
def told(conn, bring):
    id = bring(conn, reporter=SECRET, description="王建国住12号303室，电话13800131234").case.id
    conn.execute(text("UPDATE case_now SET desk = '140901' WHERE id = :id"), {"id": id})
    conn.execute(
        text('UPDATE case_now SET state = state || \'{"desk": "140901"}\' WHERE id = :id'),
        {"id": id},
    )
    return load(conn, id)


def test_masked_by_default(conn, told):
    (one,) = reveal.reporters(conn, told.id)
    assert (one.name, one.phone, one.masked) == ("王**", "138****1234", True)


@pytest.mark.parametrize(
    "post", ["coordinator-140901", "deputy-140901", "inspector-140901", "street-centre"]
)
def test_whole_with_a_reason_that_is_noted(conn, told, post):
    who = actor(post)
    (one,) = reveal.reveal(conn, told, "回访核实，号码13800131234", who=who, now=NOW)
    assert (one.name, one.phone, one.masked) == ("王建国", "13800131234", False)
    wanted = reveal.AccessQuery(subject=str(told.id))
    (line,) = reveal.access_log(conn, wanted, actor("deputy-140901"))
    assert (line["account"], line["action"], line["at"]) == (post, reveal.REVEAL, NOW)
    assert line["reason"] == "回访核实，号码【电话】"
    assert [look["post"] for look in reveal.looks(conn, told.id)] == [post]
    assert "13800131234" not in str(line)
    assert "王建国" not in str(line)


@pytest.mark.parametrize(
    "post",
    [
        "coordinator-140902", "head-140901", "police-140901", "station-14090101", "admin",
        "department-water", "responder-140901-1", "platform-12345", "coordinator",
    ],
)  # fmt: skip
def test_others_are_refused_and_nothing_is_noted(conn, told, post):
    before = reveal.access_log(conn, reveal.AccessQuery(), actor("street-centre"))
    with pytest.raises(NotYourPost):
        reveal.reveal(conn, told, "想看一看号码", who=actor(post), now=NOW)
    assert reveal.access_log(conn, reveal.AccessQuery(), actor("street-centre")) == before


@pytest.mark.parametrize("reason", ["", "核实", " 核 实 x "])
def test_a_reason_must_say_something(conn, told, reason):
    with pytest.raises(NotPermitted, match="事由"):
        reveal.reveal(conn, told, reason, who=actor("street-centre"), now=NOW)


def test_who_reads_the_log(conn, told):
    readers = [actor(post) for post in ("street-centre", "admin", "deputy-140901")]
    before = [reveal.access_log(conn, reveal.AccessQuery(), who) for who in readers]
    reveal.reveal(conn, told, "回访核实", who=actor("coordinator-140901"), now=NOW)
    for who, earlier in zip(readers, before, strict=True):
        line, *others = reveal.access_log(conn, reveal.AccessQuery(), who)
        assert (line["action"], line["account"]) == (reveal.REVEAL, "coordinator-140901")
        assert others == earlier
    assert before[2] == []
    assert reveal.access_log(conn, reveal.AccessQuery(), actor("deputy-140902")) == []
    assert reveal.access_log(conn, reveal.AccessQuery(account="x"), actor("admin")) == []
    with pytest.raises(NotYourPost):
        reveal.access_log(conn, reveal.AccessQuery(), actor("coordinator-140901"))


def test_text_is_whole_for_who_holds_the_case(conn, told):
    names = reveal.known(conn, [told.id])[told.id]
    whole = reveal.visible_text(told, actor("police-140901"), names)
    assert "303室" in whole["description"]
    for outside in (actor("station-14090102"), actor("department-water"), None):
        told_them = reveal.visible_text(told, outside, names)
        assert told_them["description"] == "【略】住12号【室号】，电话【略】"
