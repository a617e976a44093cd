"""The numbers a case is known by: other systems' and our own short one."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, text

from cases.model import Number

_NEXT = text("SELECT nextval('case_serial') - base FROM case_day WHERE day = :day")
# The base is fixed before any number of the day is drawn, so numbers start at 1 and never clash.
_NEW_DAY = text(
    "INSERT INTO case_day (day, base)"
    " SELECT :day, last_value - CAST(NOT is_called AS int) FROM case_serial"
    " ON CONFLICT DO NOTHING"
)


def next_number(conn: Connection, day: date) -> str:
    """The next short number of a day, MMDD-NNNN, unique with its year; gaps are possible."""
    serial = conn.execute(_NEXT, {"day": day}).scalar_one_or_none()
    if serial is None:
        conn.execute(_NEW_DAY, {"day": day})
        serial = conn.execute(_NEXT, {"day": day}).scalar_one()
    return f"{day:%Y%m%d}-{serial:04d}"


def known_case(conn: Connection, numbers: Sequence[Number]) -> UUID | None:
    """The case of the first known number; the order of the report's numbers decides."""
    for number in numbers:
        found: UUID | None = conn.execute(
            text("SELECT case_id FROM case_number WHERE kind = :kind AND number = :number"),
            {"kind": number.kind, "number": number.number},
        ).scalar_one_or_none()
        if found is not None:
            return found
    return None


def claim_numbers(conn: Connection, numbers: Sequence[Number], case_id: UUID) -> bool:
    """Take all numbers for a new case, or none: a racing copy waits here for the first one."""
    ordered = sorted(set(numbers), key=lambda n: (n.kind, n.number))
    if len(ordered) == 1:
        return _take(conn, ordered[0], case_id)
    with conn.begin_nested() as mark:
        for number in ordered:
            if not _take(conn, number, case_id):
                mark.rollback()
                return False
    return True


def attach_numbers(
    conn: Connection, numbers: Sequence[Number], case_id: UUID
) -> tuple[Number, ...]:
    """Give a case the numbers nobody else has; return those that are new."""
    ordered = sorted(set(numbers), key=lambda n: (n.kind, n.number))
    return tuple(number for number in ordered if _take(conn, number, case_id))


def _take(conn: Connection, number: Number, case_id: UUID) -> bool:
    taken = conn.execute(
        text(
            "INSERT INTO case_number (kind, number, case_id) VALUES (:kind, :number, :case_id)"
            " ON CONFLICT DO NOTHING RETURNING case_id"
        ),
        {"kind": number.kind, "number": number.number, "case_id": case_id},
    ).first()
    return taken is not None
