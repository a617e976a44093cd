"""The roster as lists: bodies, people, posts with their holders or 空缺, holdings, shifts, duty."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, text

_BODIES = text("""
    SELECT id, kind, name, area, force_group, force_kind, provisional, note FROM body
    WHERE CAST(:desk AS text) IS NULL OR area IS NULL OR left(area, 6) = :desk
    ORDER BY kind, id""")
_STAFF = text("""
    SELECT s.id, s.name, s.body, b.name AS body_name, s.wecom_id, s.phone_masked, s.duty_mode,
           s.active
    FROM staff s JOIN body b ON b.id = s.body
    WHERE CAST(:desk AS text) IS NULL OR left(b.area, 6) = :desk OR EXISTS (
        SELECT 1 FROM holding h JOIN post p ON p.id = h.post
        WHERE h.staff_id = s.id AND left(p.area, 6) = :desk)
    ORDER BY s.id""")
_POSTS = text("""
    SELECT p.id, p.role, p.area, p.body, p.label,
           coalesce(array_agg(h.staff_id ORDER BY h.stand_in DESC, h.id)
                    FILTER (WHERE s.active), '{}') AS holders,
           coalesce(bool_or(h.stand_in) FILTER (WHERE s.active), false) AS stood_in,
           count(s.id) FILTER (WHERE s.active) = 0 AS vacant,
           (SELECT coalesce(array_agg(a.by_role ORDER BY a.by_role), '{}') FROM acting_for a
            WHERE a.role = p.role) AS may_be_stood_in_by
    FROM post p
    LEFT JOIN holding h ON h.post = p.id AND h.from_at <= :at
        AND (h.to_at IS NULL OR h.to_at > :at)
    LEFT JOIN staff s ON s.id = h.staff_id
    WHERE CAST(:desk AS text) IS NULL OR left(p.area, 6) = :desk
    GROUP BY p.id ORDER BY p.id""")
_HOLDINGS = text("""
    SELECT h.id, h.post, p.label AS post_label, h.staff_id, s.name AS staff_name, h.from_at,
           h.to_at, h.stand_in, h.authorised_by, h.reason, h.set_by, h.version
    FROM holding h JOIN post p ON p.id = h.post JOIN staff s ON s.id = h.staff_id
    WHERE (CAST(:desk AS text) IS NULL OR left(p.area, 6) = :desk)
      AND (h.to_at IS NULL OR h.to_at > :at)
    ORDER BY h.post, h.from_at, h.id""")
_SHIFTS = text("""
    SELECT f.id, f.kind, f.desk, f.day, f.start_at, f.end_at, f.staff_id, s.name AS staff_name,
           f.post, f.signed_in_at, f.signed_out_at, f.set_by
    FROM shift f LEFT JOIN staff s ON s.id = f.staff_id
    WHERE (CAST(:desk AS text) IS NULL OR f.desk = :desk) AND f.withdrawn_at IS NULL
      AND f.day BETWEEN :first AND :last
    ORDER BY f.day, f.start_at, f.id""")
_HOURS = text("""
    SELECT desk, from_day, opens, closes, on_weekends, on_holidays, set_by FROM running_hours
    WHERE CAST(:desk AS text) IS NULL OR desk = :desk ORDER BY desk, from_day""")
_OWN_DAYS = text("SELECT day, worked, reason, set_by FROM day_override ORDER BY day")

Rows = list[dict[str, Any]]


def bodies(conn: Connection, desk: str | None) -> Rows:
    """The bodies of a 片区 and those of the whole street; None: all."""
    return _rows(conn, _BODIES, desk=desk)


def staff(conn: Connection, desk: str | None) -> Rows:
    """The people of a 片区's bodies or in its posts; None: all."""
    return _rows(conn, _STAFF, desk=desk)


def posts(conn: Connection, desk: str | None, at: datetime) -> Rows:
    """The posts with who holds them at a moment; `vacant` ones say who may stand in."""
    return _rows(conn, _POSTS, desk=desk, at=at)


def holdings(conn: Connection, desk: str | None, at: datetime) -> Rows:
    """The holdings in force at a moment and those to come."""
    return _rows(conn, _HOLDINGS, desk=desk, at=at)


def shifts(conn: Connection, desk: str | None, first: date, last: date) -> Rows:
    """The shifts of some days, those taken back left out."""
    return _rows(conn, _SHIFTS, desk=desk, first=first, last=last)


def running_hours(conn: Connection, desk: str | None) -> Rows:
    """The rules of running hours, oldest first."""
    return _rows(conn, _HOURS, desk=desk)


def own_days(conn: Connection) -> Rows:
    """The days the street centre has set itself."""
    return _rows(conn, _OWN_DAYS)


def holding(conn: Connection, id: int) -> dict[str, Any] | None:
    """One holding, with its version."""
    row = conn.execute(
        text("""
            SELECT h.id, h.post, p.label AS post_label, h.staff_id, s.name AS staff_name,
                   h.from_at, h.to_at, h.stand_in, h.authorised_by, h.reason, h.set_by, h.version
            FROM holding h JOIN post p ON p.id = h.post JOIN staff s ON s.id = h.staff_id
            WHERE h.id = :id"""),
        {"id": id},
    ).mappings()
    found = row.one_or_none()
    return dict(found) if found else None


def _rows(conn: Connection, statement: Any, **told: Any) -> Rows:
    return [dict(row) for row in conn.execute(statement, told).mappings()]
