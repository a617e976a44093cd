"""Which way a push takes, when it may wait, and its words."""

from datetime import UTC, datetime, timedelta

import pytest
from receiver import receiver

from cases.channels import letters
from cases.channels.choosing import Quiet, Reach, Ways, choose, hold_until
from cases.channels.exchange import DeliveryFailed, Line
from cases.channels.sms import Gateway, masked, read_book
from cases.hours import SHANGHAI

BOTH = Reach(staff_id="a", wecom_id="w", phone="13800000000")
NONE = Reach(staff_id="b")


@pytest.mark.parametrize(
    ("ways", "reaches", "urgent", "expected"),
    [
        (Ways(), [BOTH], True, ("mailbox",)),
        (Ways(wecom=True), [], True, ("mailbox",)),
        (Ways(wecom=True, sms=True), [NONE], True, ("mailbox",)),
        (Ways(wecom=True, sms=True), [BOTH], False, ("wecom",)),
        (Ways(wecom=True, sms=True), [NONE, BOTH], True, ("wecom", "sms")),
        (Ways(sms=True), [BOTH], True, ("sms",)),
        (Ways(sms=True), [BOTH], False, ("mailbox",)),
    ],
)
def test_ways(ways, reaches, urgent, expected):
    assert choose(ways, reaches, urgent=urgent) == expected


def at(hour, minute=0):
    return datetime(2026, 11, 24, hour, minute, tzinfo=SHANGHAI)


MORNING = datetime(2026, 11, 25, 7, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(21, 59), None),
        (at(22), MORNING),
        (at(23, 59), MORNING),
        (at(0), MORNING - timedelta(days=1)),
        (at(6, 59), MORNING - timedelta(days=1)),
        (at(7), None),
        (at(12), None),
    ],
)
def test_what_can_wait_waits_until_the_morning(moment, expected):
    assert hold_until({"kind": "task"}, moment.astimezone(UTC), Quiet()) == expected


@pytest.mark.parametrize(
    "payload",
    [{"urgent": True}, {"case_id": "x"}, {"case_id": "x", "plan_clock": True}],
)
def test_the_plans_clocks_and_urgent_ones_never_wait(payload):
    assert hold_until(payload, at(23), Quiet()) is None


def test_a_case_notice_may_say_that_it_can_wait():
    for payload in ({"case_id": "x", "plan_clock": False}, {"case_id": "x", "kind": "decided"}):
        assert hold_until(payload, at(23), Quiet()) == MORNING


def test_quiet_hours_by_day_and_none_at_all():
    noon = Quiet(starts=at(12).time(), ends=at(13).time())
    assert hold_until({}, at(12, 30), noon) == at(13)
    assert hold_until({}, at(13), noon) is None
    assert hold_until({}, at(12), Quiet(starts=at(7).time(), ends=at(7).time())) is None


WHOLE = {
    "title": "请到场协调",
    "text": "仓场路占道",
    "case_number": "20261124-0031",
    "urgent": True,
    "place": "仓场路口",
    "appointment_at": "2026-11-24T02:30:00+00:00",
}


def test_the_words_say_what_when_and_where():
    words = letters.text(WHOLE)["text"]["content"]
    assert words == (
        "【紧急】请到场协调（1124-0031）\n仓场路占道\n时间：11月24日 10:30\n地点：仓场路口"
    )
    assert letters.short(WHOLE) == "【紧急】请到场协调（1124-0031），请登录平台查看并确认收到。"
    assert letters.text({})["text"]["content"] == "新消息"
    assert "时间" not in letters.about({"appointment_at": "bald"})


def test_every_form_keeps_the_providers_limits():
    long = WHOLE | {"title": "长" * 3000, "text": "文" * 3000}
    assert len(letters.text(long)["text"]["content"].encode()) <= 2048
    card = letters.card(long, "https://desk/")["textcard"]
    assert len(card["title"].encode()) <= 128
    assert len(card["description"].encode()) <= 512
    button = letters.button(long, "id")["template_card"]
    assert (button["task_id"], button["button_list"][0]["text"]) == ("id", "已收到")
    assert len(letters.short(long).encode()) <= 420


def test_numbers_are_masked_and_read_from_the_operators_file(tmp_path):
    assert (masked("13812345678"), masked("110")) == ("138****5678", "****")
    book = tmp_path / "book.csv"
    book.write_text("staff_id,phone\nA,138 0000 0000\n", encoding="utf-8-sig")
    assert read_book(book) == {"A": "13800000000"}
    for wrong in ("id,phone\n", "staff_id,phone\nA,call me\n"):
        book.write_text(wrong)
        with pytest.raises(ValueError, match=r"book\.csv"):
            read_book(book)


def test_the_gateway_signs_what_it_sends():
    moment = datetime.now(UTC)
    with receiver("secret") as centre:
        gateway = Gateway(url=centre.url, secret=b"secret", line=Line(), now=lambda: moment)
        gateway.send("13800000000", "请查看", delivery_id="d-0")
        assert (centre.came[0].signed, centre.came[0].id) == (True, "d-0")
        assert centre.came[0].body == {"id": "d-0", "to": "13800000000", "text": "请查看"}
        for status, final in ((400, True), (429, False), (500, False)):
            centre.plan = [status]
            with pytest.raises(DeliveryFailed, match=r"138\*\*\*\*0000") as failure:
                gateway.send("13800000000", "请查看", delivery_id="d-1")
            assert failure.value.final == final
    assert "13800000000" not in str(failure.value)
