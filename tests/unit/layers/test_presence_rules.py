"""Presence by duty mode, as a table: mode, duty, position, what is said and since when."""

from datetime import UTC, datetime, timedelta

import pytest

from geo.points import LonLat
from layers.model import DutyMode
from layers.presence import Circle, Duty, Heard, Presence, Seen, is_stale, presence

NOW = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
STALE = timedelta(minutes=5)
POST = LonLat(121.262, 31.382)
CIRCLE = Circle(point=POST, radius_m=60.0)
NEAR, EDGE, FAR = POST, LonLat(121.26268, 31.382), LonLat(121.264, 31.382)  # 0, 65, 190 m


def ago(minutes):
    return NOW - timedelta(minutes=minutes)


def duty(mode, *, on=True, since=60):
    return Duty(mode=DutyMode(mode), on=on, since=None if since is None else ago(since))


def at(point, minutes=1, accuracy_m=8.0):
    return Heard(point=point, accuracy_m=accuracy_m, fix_at=ago(minutes))


ON, ABSENT, OLD, OFF, UNKNOWN = Presence
CASES = {
    "fixed at the post": ("fixed", {}, at(NEAR), ON, 60),
    "fixed, the error counts for him": ("fixed", {}, at(EDGE), ON, 60),
    "fixed, beyond radius and error": ("fixed", {}, at(EDGE, accuracy_m=2.0), ABSENT, 1),
    "fixed, far": ("fixed", {}, at(FAR), ABSENT, 1),
    "fixed, far but long ago": ("fixed", {}, at(FAR, 6), OLD, 1),
    "fixed, at the stroke of stale": ("fixed", {}, at(NEAR, 5), ON, 60),
    "fixed, silent": ("fixed", {}, at(NEAR, 30), OLD, 25),
    "fixed, last heard before the duty": ("fixed", {}, at(NEAR, 90), ABSENT, 60),
    "fixed, never heard": ("fixed", {}, None, ABSENT, 60),
    "fixed, off": ("fixed", {"on": False, "since": None}, at(NEAR), OFF, None),
    "rota in the shift and heard": ("rota", {}, at(FAR), ON, 60),
    "rota in the shift, silent": ("rota", {}, at(FAR, 20), OLD, 15),
    "rota in the shift, never heard": ("rota", {}, None, ABSENT, 60),
    "rota out of the shift": ("rota", {"on": False, "since": None}, at(FAR), OFF, None),
    "signed in": ("sign_in", {"since": 10}, None, ON, 10),
    "signed in, silent: signed in all the same": ("sign_in", {"since": 10}, at(FAR, 9), ON, 10),
    "not signed in": ("sign_in", {"on": False, "since": None}, at(FAR), OFF, None),
    "should have signed in": ("sign_in", {"on": False, "since": 20}, None, ABSENT, 20),
}


@pytest.mark.parametrize(("mode", "told", "heard", "state", "since"), CASES.values(), ids=CASES)
def test_presence_by_duty_mode(mode, told, heard, state, since):
    circle = CIRCLE if mode == "fixed" else None
    seen = presence(
        duty(mode, **told), heard, NOW, stale_after=STALE, circle=circle, phone_since=ago(600)
    )
    assert seen == Seen(state=state, since=None if since is None else ago(since))


def test_of_whom_nothing_can_be_heard_nothing_is_said():
    assert presence(None, at(NEAR), NOW, stale_after=STALE).state is UNKNOWN
    assert presence(duty("rota"), None, NOW, stale_after=STALE).state is UNKNOWN
    # A phone given out a minute ago has been silent for a minute, not since the duty began.
    fresh = presence(duty("rota"), None, NOW, stale_after=STALE, phone_since=ago(1))
    assert fresh == Seen(state=ABSENT, since=ago(1))


def test_an_appointed_post_without_a_place_cannot_be_left():
    assert presence(duty("fixed"), at(FAR), NOW, stale_after=STALE).state is ON


def test_every_presence_has_its_word():
    assert [state.label for state in Presence] == [
        "在岗", "未到岗", "位置过期", "不在班", "在岗情况未知",
    ]  # fmt: skip
    assert is_stale(None, NOW, STALE)
