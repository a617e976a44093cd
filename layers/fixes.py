"""Which position reports of a phone are believed: pure, and each refusal with its reason.

The list of filters is that of interfaces 6. "Too near" refuses nothing: someone who stands at an
appointed post (固点定岗) must not grow stale by it. Such a fix only makes the stay longer, so that
the table does not grow by one who does not move (`stays`).
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from geo.datums import LocationProblem, read_point
from geo.points import LonLat, distance_m


class FixProblem(StrEnum):
    """Why a position was not taken."""

    UNKNOWN_DEVICE = "UNKNOWN_DEVICE"
    INVALID = "INVALID"
    ZERO = "ZERO"
    DUPLICATE = "DUPLICATE"
    FUTURE = "FUTURE"
    PAST = "PAST"
    INACCURATE = "INACCURATE"
    TOO_FAST = "TOO_FAST"
    OFF_DUTY = "OFF_DUTY"

    @property
    def message(self) -> str:
        """What is wrong and what to do next, for the person who reads it."""
        return _MESSAGES[self]


_MESSAGES = {
    FixProblem.UNKNOWN_DEVICE: "设备未登记，请先在人员登记表中登记。",
    FixProblem.INVALID: "坐标或坐标系无效，请检查经纬度并注明坐标系。",
    FixProblem.ZERO: "坐标为 (0, 0)，设备尚未定位，请到开阔处再试。",
    FixProblem.DUPLICATE: "该时刻的位置已收到，不必重发。",
    FixProblem.FUTURE: "定位时刻晚于当前时间，请校准设备时钟。",
    FixProblem.PAST: "定位时刻过早，请检查设备时钟；过期位置不再补报。",
    FixProblem.INACCURATE: "定位误差过大，请打开卫星定位后再试。",
    FixProblem.TOO_FAST: "与上一位置相比移动过快，疑为定位漂移。",
    FixProblem.OFF_DUTY: "不在执勤时间内，位置不保存；请核对班次或先报到。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One position as a phone sent it."""

    device_id: str
    lon: float
    lat: float
    crs: str | None
    accuracy_m: float
    fix_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FixLimits:
    """The limits of belief; policy values, not the plan's."""

    ahead: timedelta = timedelta(minutes=2)
    behind: timedelta = timedelta(hours=24)
    accuracy_m: float = 500.0
    speed_m_s: float = 50.0
    near_m: float = 8.0
    stay: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFix:
    """The newest position already believed; `since` when the stay there began."""

    point: LonLat
    accuracy_m: float
    fix_at: datetime
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """A position that is taken, in our datum."""

    person_id: str
    point: LonLat
    accuracy_m: float
    fix_at: datetime


LIMITS = FixLimits()


def judge(
    fix: Fix, last: LastFix | None, now: datetime, limits: FixLimits = LIMITS
) -> Believed | FixProblem:
    """Take a position or say why not; the cheapest check comes first."""
    untimely = _untimely(fix, last, now, limits)
    if untimely is not None:
        return untimely
    read = read_point(lon=fix.lon, lat=fix.lat, crs=fix.crs)
    if read.point is None:
        zero = read.problem is LocationProblem.ZERO_ISLAND
        return FixProblem.ZERO if zero else FixProblem.INVALID
    if not math.isfinite(fix.accuracy_m) or fix.accuracy_m < 0:
        return FixProblem.INVALID
    if fix.accuracy_m > limits.accuracy_m:
        return FixProblem.INACCURATE
    believed = Believed(
        person_id=fix.device_id, point=read.point, accuracy_m=fix.accuracy_m, fix_at=fix.fix_at
    )
    if last is not None and speed_m_s(last, believed) > limits.speed_m_s:
        return FixProblem.TOO_FAST
    return believed


def _untimely(
    fix: Fix, last: LastFix | None, now: datetime, limits: FixLimits
) -> FixProblem | None:
    if fix.fix_at > now + limits.ahead:
        return FixProblem.FUTURE
    if fix.fix_at < now - limits.behind:
        return FixProblem.PAST
    if last is not None and last.since <= fix.fix_at <= last.fix_at:
        return FixProblem.DUPLICATE
    return None


def stays(last: LastFix | None, fix: Believed, limits: FixLimits = LIMITS) -> bool:
    """Whether a fix only says that somebody is still there; a stay is told again after a while."""
    return (
        last is not None
        and last.fix_at < fix.fix_at <= last.since + limits.stay
        and distance_m(last.point, fix.point) <= limits.near_m
    )


def speed_m_s(last: LastFix, fix: Believed) -> float:
    """The least speed that explains the move, after both errors are given the benefit of doubt."""
    seconds = abs((fix.fix_at - last.fix_at).total_seconds())
    metres = distance_m(last.point, fix.point) - last.accuracy_m - fix.accuracy_m
    if metres <= 0:
        return 0.0
    return metres / seconds if seconds else math.inf
