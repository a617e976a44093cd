"""Shifts, running hours, the street centre's own days, and signing in (R20, R47)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from cases.hours import BASIS, SHANGHAI, Running
from cases.people.roster_errors import NotOnRoster, RosterInvalid
from cases.roles import DESKS

LONGEST = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A person's duty, or the hours a desk keeps on one day; `closed`: it does not run then."""

    desk: str
    day: date
    start_at: datetime
    end_at: datetime
    kind: str = "duty"
    staff_id: str | None = None
    post: str | None = None


def shift_mistakes(shift: Shift) -> list[str]:
    """What is wrong with a shift in itself, in Chinese."""
    wrong = desk_mistakes(shift.desk)
    if shift.kind not in ("duty", "running", "closed"):
        wrong.append("班次类型可填：值班、运行、停运")
    if shift.kind == "duty" and not shift.staff_id:
        wrong.append("值班要写明人员")
    if shift.kind != "duty" and (shift.staff_id or shift.post):
        wrong.append("运行时间和停运不写人员")
    if shift.start_at.tzinfo is None or shift.end_at.tzinfo is None:
        return [*wrong, "班次起止要带时区"]
    if not timedelta() < shift.end_at - shift.start_at <= LONGEST:
        wrong.append("班次的结束要晚于开始，且不超过 24 小时")
    if shift.start_at.astimezone(SHANGHAI).date() != shift.day:
        wrong.append("班次要在所写的日期开始")
    return wrong


def desk_mistakes(desk: str) -> list[str]:
    """Whether there is such a 片区."""
    return [] if desk in DESKS else [f"没有“{desk[:20]}”这个片区，可填 {'、'.join(DESKS)}"]


_SHIFT = text("""
    INSERT INTO shift (kind, desk, day, start_at, end_at, staff_id, post, set_by)
    VALUES (:kind, :desk, :day, :start_at, :end_at, :staff_id, :post, :by)
    RETURNING id""")


def put_shift(conn: Connection, shift: Shift, by: str) -> int:
    """Write down a shift.

    Raises:
        RosterInvalid: something is wrong with it, or the person has a shift then already.
    """
    wrong = shift_mistakes(shift)
    if wrong:
        raise RosterInvalid(*wrong)
    if shift.staff_id and overlapping(conn, shift):
        raise RosterInvalid("此人在这段时间已有班次")
    try:
        with conn.begin_nested():
            id: int = conn.execute(_SHIFT, {**shift_row(shift), "by": by}).scalar_one()
    except IntegrityError as error:
        raise RosterInvalid("没有这名人员或这个岗位，请先登记") from error
    return id


def shift_row(shift: Shift) -> dict[str, Any]:
    """A shift's columns."""
    return {name: getattr(shift, name) for name in Shift.__slots__}


def overlapping(conn: Connection, shift: Shift) -> bool:
    """Whether the person has another shift in that time."""
    found = conn.execute(
        text(
            "SELECT 1 FROM shift WHERE staff_id = :staff AND withdrawn_at IS NULL"
            " AND start_at < :end AND end_at > :start LIMIT 1"
        ),
        {"staff": shift.staff_id, "start": shift.start_at, "end": shift.end_at},
    )
    return found.first() is not None


def desk_of_shift(conn: Connection, id: int) -> str:
    """The 片区 of a shift.

    Raises:
        NotOnRoster: there is none of that number.
    """
    desk: str | None = conn.execute(
        text("SELECT desk FROM shift WHERE id = :id AND withdrawn_at IS NULL"), {"id": id}
    ).scalar_one_or_none()
    if desk is None:
        raise NotOnRoster("没有这个班次")
    return desk


def withdraw_shift(conn: Connection, id: int, now: datetime) -> None:
    """Take a shift back; the line stays."""
    conn.execute(
        text("UPDATE shift SET withdrawn_at = :now WHERE id = :id AND withdrawn_at IS NULL"),
        {"id": id, "now": now},
    )


def sign(
    conn: Connection, staff_id: str, desk: str, *, present: bool, by: str, at: datetime
) -> None:
    """动态报到, or leaving again; it also goes into the shift that covers the moment.

    Raises:
        RosterInvalid: no such 片区 or person.
    """
    wrong = desk_mistakes(desk)
    if wrong:
        raise RosterInvalid(*wrong)
    there = conn.execute(
        text("SELECT 1 FROM staff WHERE id = :id AND active"), {"id": staff_id}
    ).first()
    if there is None:
        raise RosterInvalid(f"没有“{staff_id[:40]}”这名在册人员")
    told = {"staff": staff_id, "desk": desk, "at": at, "present": present, "by": by}
    conn.execute(
        text(
            "INSERT INTO sign_in (staff_id, desk, at, present, set_by)"
            " VALUES (:staff, :desk, :at, :present, :by)"
        ),
        told,
    )
    conn.execute(
        text("""
            UPDATE shift SET
                signed_in_at = CASE WHEN :present THEN coalesce(signed_in_at, :at)
                                    ELSE signed_in_at END,
                signed_out_at = CASE WHEN :present THEN NULL ELSE CAST(:at AS timestamptz) END
            WHERE staff_id = :staff AND desk = :desk AND kind = 'duty' AND withdrawn_at IS NULL
              AND start_at <= :at AND end_at > :at"""),
        told,
    )


def set_running_hours(conn: Connection, running: Running, by: str) -> None:
    """Set a desk's running hours from a day on.

    Raises:
        RosterInvalid: no such 片区, or shorter than the basis of 8 hours (R47).
    """
    wrong = desk_mistakes(running.desk)
    if running.length < BASIS:
        wrong.append("运行时间以 8 小时为基础，只能向两端延长（方案五(一)）")
    if wrong:
        raise RosterInvalid(*wrong)
    conn.execute(
        text("""
            INSERT INTO running_hours
                (desk, from_day, opens, closes, on_weekends, on_holidays, set_by)
            VALUES (:desk, :from_day, :opens, :closes, :on_weekends, :on_holidays, :by)
            ON CONFLICT (desk, from_day) DO UPDATE SET opens = excluded.opens,
                closes = excluded.closes, on_weekends = excluded.on_weekends,
                on_holidays = excluded.on_holidays, set_by = excluded.set_by"""),
        {**{name: getattr(running, name) for name in Running.__slots__}, "by": by},
    )


def set_day(conn: Connection, day: date, *, worked: bool | None, reason: str, by: str) -> None:
    """Say that a day is worked or off, before what was announced; None takes the word back.

    Raises:
        RosterInvalid: without a reason.
    """
    if worked is None:
        conn.execute(text("DELETE FROM day_override WHERE day = :day"), {"day": day})
        return
    if not reason.strip():
        raise RosterInvalid("请写明依据，如放假通知文号")
    conn.execute(
        text("""
            INSERT INTO day_override (day, worked, reason, set_by)
            VALUES (:day, :worked, :reason, :by)
            ON CONFLICT (day) DO UPDATE SET worked = excluded.worked, reason = excluded.reason,
                set_by = excluded.set_by"""),
        {"day": day, "worked": worked, "reason": reason.strip(), "by": by},
    )
