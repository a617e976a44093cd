"""Who holds which post when, who is on duty, and the calendar they work by (R15–R20, R47)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from chinese_calendar import constants as announced
from sqlalchemy import Connection, text

from cases.hours import SHANGHAI, Calendar, Running, Span
from cases.policies import policy_at

MODES = {"fixed": "固点定岗", "rota": "机动轮岗", "sign_in": "动态报到"}  # R20


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a post now; with `stand_in` for somebody else (代岗)."""

    staff_id: str
    name: str
    stand_in: bool
    wecom_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Force:
    """One person of a desk's forces with a post it holds, and whether it is there.

    `since` is when its duty began; of one who should have signed in and has not, when it should.
    """

    post: str
    staff_id: str
    name: str
    duty_mode: str
    stand_in: bool
    on_duty: bool
    why: str
    since: datetime | None = None


_HELD = text("""
    SELECT h.post FROM holding h JOIN staff s ON s.id = h.staff_id
    WHERE h.staff_id = :staff AND s.active AND h.from_at <= :at
      AND (h.to_at IS NULL OR h.to_at > :at)
    ORDER BY h.stand_in, h.post""")
_HOLDERS = text("""
    SELECT s.id AS staff_id, s.name, h.stand_in, s.wecom_id
    FROM holding h JOIN staff s ON s.id = h.staff_id
    WHERE h.post = :post AND s.active AND h.from_at <= :at
      AND (h.to_at IS NULL OR h.to_at > :at)
    ORDER BY h.stand_in DESC, h.from_at DESC, h.id""")
# A stand-in and whom he stands in for are two persons; each counts where he is.
_FORCES = text("""
    SELECT h.post, s.id AS staff_id, s.name, coalesce(s.duty_mode, 'fixed') AS duty_mode,
           h.stand_in, d.start_at, d.signed_in_at, d.signed_out_at, d.has_any, i.present,
           i.at AS signed_at
    FROM post p
    JOIN holding h ON h.post = p.id AND h.from_at <= :at AND (h.to_at IS NULL OR h.to_at > :at)
    JOIN staff s ON s.id = h.staff_id AND s.active
    LEFT JOIN LATERAL (
        SELECT true AS has_any, max(start_at) FILTER (WHERE covers) AS start_at,
               max(signed_in_at) FILTER (WHERE covers) AS signed_in_at,
               max(signed_out_at) FILTER (WHERE covers) AS signed_out_at
        FROM (SELECT *, start_at <= :at AND end_at > :at AS covers FROM shift
              WHERE kind = 'duty' AND staff_id = s.id AND withdrawn_at IS NULL
                AND day BETWEEN CAST(:today AS date) - 1 AND :today
                AND (day = :today OR end_at > :at)) own
        HAVING count(*) > 0
    ) d ON true
    LEFT JOIN LATERAL (
        SELECT present, at FROM sign_in
        WHERE staff_id = s.id AND desk = :desk AND at <= :at AND at >= :since
        ORDER BY at DESC, id DESC LIMIT 1
    ) i ON true
    WHERE left(p.area, 6) = :desk
    ORDER BY p.id, h.stand_in DESC, s.id""")
_DAYS = text("SELECT day, worked FROM day_override")
_RUNNING = text("SELECT desk, from_day, opens, closes, on_weekends, on_holidays FROM running_hours")
_WRITTEN = text("""
    SELECT desk, day, kind, start_at, end_at FROM shift
    WHERE kind IN ('running', 'closed') AND withdrawn_at IS NULL ORDER BY start_at""")


def posts_held(conn: Connection, staff_id: str, at: datetime) -> tuple[str, ...]:
    """The posts a person holds at a moment, own ones before those stood in for."""
    return tuple(dict.fromkeys(conn.execute(_HELD, {"staff": staff_id, "at": at}).scalars()))


def holders(conn: Connection, post: str, at: datetime) -> tuple[Holder, ...]:
    """Who holds a post at a moment, stand-ins first. Nobody: the post is vacant (空缺)."""
    rows = conn.execute(_HOLDERS, {"post": post, "at": at}).mappings()
    return tuple(Holder(**row) for row in rows)


def holds_both(conn: Connection, staff_id: str, posts: Sequence[str], at: datetime) -> bool:
    """Whether one person holds all of these posts: what it tells itself is flagged (R19)."""
    return set(posts) <= set(posts_held(conn, staff_id, at))


def known_posts(conn: Connection) -> frozenset[str] | None:
    """All posts there are; None while nobody has written down any."""
    return frozenset(conn.execute(text("SELECT id FROM post")).scalars()) or None


def posts_of_account(conn: Connection, account: str, at: datetime) -> tuple[str, ...]:
    """All posts an account may act as: its own and those its person holds."""
    row = conn.execute(
        text("SELECT post, staff_id FROM account WHERE name = :name"), {"name": account}
    ).one_or_none()
    if row is None:
        return ()
    own = (row.post,) if row.post else ()
    held = posts_held(conn, row.staff_id, at) if row.staff_id else ()
    return tuple(dict.fromkeys((*own, *held)))


def all_forces(conn: Connection, desk: str, at: datetime) -> tuple[Force, ...]:
    """Everybody who holds a post of a desk or of its stations, with presence by duty mode.

    固点定岗 is there in the desk's running hours, or in its own shifts of the day; 机动轮岗
    in its shifts; 动态报到 from signing in until signing out, of the same day.
    """
    today = at.astimezone(SHANGHAI).date()
    days = calendar(conn)
    runs = days.is_running(desk, at)
    opened = days.opened_at(desk, at)
    since = datetime.combine(today, datetime.min.time(), SHANGHAI)
    rows = conn.execute(_FORCES, {"desk": desk, "at": at, "today": today, "since": since})
    return tuple(_force(row, runs, opened, at) for row in rows)


def _force(row: Any, runs: bool, opened: datetime | None, at: datetime) -> Force:
    there, why = _presence(row, runs, at)
    return Force(
        post=row.post,
        staff_id=row.staff_id,
        name=row.name,
        duty_mode=row.duty_mode,
        stand_in=row.stand_in,
        on_duty=there,
        why=why,
        since=_since(row, opened, there=there, why=why),
    )


def _since(row: Any, opened: datetime | None, *, there: bool, why: str) -> datetime | None:
    found: datetime | None = None
    if row.duty_mode == "sign_in":
        found = row.signed_at if there else row.start_at if why == "未报到" else None
    elif there:
        found = row.start_at or opened
    return found


def _presence(row: Any, runs: bool, at: datetime) -> tuple[bool, str]:
    if row.signed_out_at is not None and row.signed_out_at <= at:
        return False, "已离岗"
    if row.duty_mode == "sign_in":
        return bool(row.present), "已报到" if row.present else "未报到"
    if row.present is False:
        return False, "已离岗"
    if row.start_at is not None:
        return True, "当班"
    if row.duty_mode == "rota" or row.has_any:
        return False, "未排班"
    return runs, "运行时间" if runs else "非运行时间"


def forces(conn: Connection, desk: str, at: datetime) -> tuple[Force, ...]:
    """Who of a desk's forces is on duty at a moment."""
    return tuple(force for force in all_forces(conn, desk, at) if force.on_duty)


def strength(
    conn: Connection, desk: str, at: datetime, needed: int | None = None
) -> tuple[int, int]:
    """(needed, on duty) of a desk's forces at a moment (A-19): persons, however many posts."""
    if needed is None:
        needed = policy_at(conn, at).minimum_force
    return needed, len({force.staff_id for force in forces(conn, desk, at)})


@lru_cache(maxsize=1)
def _national() -> tuple[frozenset[date], frozenset[date]]:
    # In the library a festival's weekend days are holidays too, and make-up days stand apart.
    return frozenset(announced.holidays), frozenset(announced.workdays)


@lru_cache(maxsize=1)
def calendar_ends() -> date:
    """The last day the announced holidays speak of; after it only weekends are known."""
    return date(max(day.year for day in announced.holidays), 12, 31)


def calendar_finding(conn: Connection, now: datetime) -> str | None:
    """What the policy page and the doctor say when the announced holidays run out; else None.

    The State Council announces a year in the autumn before: from then on it is worth saying.
    """
    ends, today = calendar_ends(), now.astimezone(SHANGHAI).date()
    if today + timedelta(days=31) <= ends:
        return None
    first = date(ends.year + 1, 1, 1)
    own = conn.execute(
        text("SELECT count(*) FROM day_override WHERE day >= :first"), {"first": first}
    ).scalar_one()
    entered = f"，街道已登记 {own} 天" if own else ""
    return (
        f"节假日数据到 {ends.isoformat()} 为止，此后只按周末休息计算{entered}。"
        "请升级 chinesecalendar，或在“节假日与调休”中登记"
    )


def calendar(conn: Connection) -> Calendar:
    """Holidays and make-up days, the street centre's own days before them, and running hours."""
    holidays, workdays = _national()
    own = conn.execute(_DAYS).all()
    off = frozenset(row.day for row in own if not row.worked)
    on = frozenset(row.day for row in own if row.worked)
    written: dict[tuple[str, date], tuple[Span, ...]] = {}
    for row in conn.execute(_WRITTEN):
        spans = written.get((row.desk, row.day), ())
        more = ((row.start_at, row.end_at),) if row.kind == "running" else ()
        written[row.desk, row.day] = (*spans, *more)
    return Calendar(
        holidays=(holidays | off) - on,
        workdays=(workdays | on) - off,
        running=tuple(Running(**row) for row in conn.execute(_RUNNING).mappings()),
        shifts=written,
        known_until=calendar_ends(),
    )
