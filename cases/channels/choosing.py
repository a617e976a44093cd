"""Which way a push takes, and whether it may wait until the morning. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from cases.hours import SHANGHAI
from cases.policy import Policy

WECOM, SMS, MAILBOX = "wecom", "sms", "mailbox"
# News of a case that no clock of the plan waits for; the rest goes at any hour.
CAN_WAIT = frozenset({"decided", "rejected", "extension", "suspension"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How one holder of a post can be reached outside of the screen."""

    staff_id: str
    wecom_id: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What this installation has."""

    wecom: bool = False
    sms: bool = False


def choose(ways: Ways, reaches: Sequence[Reach], *, urgent: bool) -> tuple[str, ...]:
    """The ways of a push, best first; the mailbox alone when nothing leads outside.

    A text to a phone is for urgent ones only: it is a second way where 政务微信 fails, not noise.

    >>> choose(Ways(wecom=True), [Reach(staff_id="s", wecom_id="w")], urgent=False)
    ('wecom',)
    >>> choose(Ways(), [], urgent=True)
    ('mailbox',)
    """
    found = []
    if ways.wecom and any(reach.wecom_id for reach in reaches):
        found.append(WECOM)
    if urgent and ways.sms and any(reach.phone for reach in reaches):
        found.append(SMS)
    return tuple(found) or (MAILBOX,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """The hours in which what can wait does not ring (ours, a policy value)."""

    starts: time = time(22)
    ends: time = time(7)


def quiet_hours(policy: Policy) -> Quiet:
    """The quiet hours the street centre has set."""
    return Quiet(
        starts=time.fromisoformat(policy.quiet_from), ends=time.fromisoformat(policy.quiet_to)
    )


def hold_until(payload: dict[str, Any], at: datetime, quiet: Quiet) -> datetime | None:
    """The end of the quiet hours for what can wait; None for what goes at once.

    Urgent ones and those of the plan's own clocks never wait: nights and holidays do not stop
    those (A-8, A-19). A notice may say `plan_clock` itself; unsaid, what is about a case counts as
    the plan's, but for the kinds that can wait.
    """
    plan = payload.get("plan_clock")
    if plan is None:
        plan = payload.get("case_id") is not None and payload.get("kind") not in CAN_WAIT
    if payload.get("urgent") or plan or quiet.starts == quiet.ends:
        return None
    here = at.astimezone(SHANGHAI)
    over_midnight = quiet.starts > quiet.ends
    inside = (
        here.time() >= quiet.starts or here.time() < quiet.ends
        if over_midnight
        else quiet.starts <= here.time() < quiet.ends
    )
    if not inside:
        return None
    day = here.date()
    if over_midnight and here.time() >= quiet.starts:
        day += timedelta(days=1)
    return datetime.combine(day, quiet.ends, SHANGHAI)
