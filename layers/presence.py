"""Presence by duty mode, from the roster and the newest position. Pure.

固点定岗: inside the circle of the post, the error of the fix given the benefit of doubt. 机动轮岗:
the rota's shift holds and the phone is heard. 动态报到: signed in. A phone that fell silent is
位置过期, not 未到岗: that somebody is away is said only of whom we know where they are, or who has
not been heard at all since the duty began.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from geo.points import LonLat, distance_m
from layers.model import DutyMode


class Presence(StrEnum):
    """What can be said of somebody (words 11)."""

    ON_DUTY = "on_duty"
    ABSENT = "absent"
    STALE = "stale"
    OFF_DUTY = "off_duty"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """The word on the screen.

        >>> Presence.ABSENT.label
        '未到岗'
        """
        return _LABELS[self]


_LABELS = {
    Presence.ON_DUTY: "在岗",
    Presence.ABSENT: "未到岗",
    Presence.STALE: "位置过期",
    Presence.OFF_DUTY: "不在班",
    Presence.UNKNOWN: "在岗情况未知",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What the roster says of who holds a post; `since` when the duty began, if that is known.

    One who should have signed in is not `on`, and `since` says from when on.
    """

    mode: DutyMode
    on: bool
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The newest position of somebody."""

    point: LonLat
    accuracy_m: float
    fix_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Where an appointed post is."""

    point: LonLat
    radius_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A presence and since when, where that is known."""

    state: Presence
    since: datetime | None = None


def is_stale(heard: Heard | None, now: datetime, stale_after: timedelta) -> bool:
    """Whether a position is too old to say where somebody is."""
    return heard is None or now - heard.fix_at > stale_after


def inside(circle: Circle, heard: Heard) -> bool:
    """Whether a position may be inside the circle, its error counted in favour."""
    return distance_m(circle.point, heard.point) <= circle.radius_m + heard.accuracy_m


def presence(
    duty: Duty | None,
    heard: Heard | None,
    now: datetime,
    *,
    stale_after: timedelta,
    circle: Circle | None = None,
    phone_since: datetime | None = None,
) -> Seen:
    """Whether somebody is where the duty mode wants them.

    Args:
        duty: what the roster says; None: the post is not on it.
        heard: the newest position; None: none is kept.
        now: the moment asked for.
        stale_after: from which age on a position is old.
        circle: the appointed post, for 固点定岗.
        phone_since: since when there has been a phone that could be heard.
    """
    if duty is None:
        return Seen(state=Presence.UNKNOWN)
    if duty.mode is DutyMode.SIGN_IN:
        return _signed(duty)
    if not duty.on:
        return Seen(state=Presence.OFF_DUTY)
    if phone_since is None and heard is None:
        return Seen(state=Presence.UNKNOWN)
    if heard is None or (duty.since is not None and heard.fix_at < duty.since):
        known = [at for at in (duty.since, phone_since) if at is not None]
        return Seen(state=Presence.ABSENT, since=max(known, default=None))
    if is_stale(heard, now, stale_after):
        return Seen(state=Presence.STALE, since=heard.fix_at + stale_after)
    if duty.mode is DutyMode.FIXED and circle is not None and not inside(circle, heard):
        return Seen(state=Presence.ABSENT, since=heard.fix_at)
    return Seen(state=Presence.ON_DUTY, since=duty.since)


def _signed(duty: Duty) -> Seen:
    if duty.on:
        return Seen(state=Presence.ON_DUTY, since=duty.since)
    if duty.since is not None:
        return Seen(state=Presence.ABSENT, since=duty.since)
    return Seen(state=Presence.OFF_DUTY)
