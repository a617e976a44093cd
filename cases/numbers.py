"""The numbers a case is known by: other systems' and our own short one."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, text

from cases.model import Number

# In the order of the keys, so that two reports with crossing numbers never wait in a ring.
_CLAIM = text("""
WITH taken AS (
    INSERT INTO case_number (kind, number, case_id)
    SELECT w.kind, w.number, :case_id
    FROM unnest(CAST(:kinds AS text[]), CAST(:numbers AS text[])) AS w (kind, number)
    ORDER BY w.kind COLLATE "C", w.number COLLATE "C"
    ON CONFLICT DO NOTHING RETURNING kind
), claimed AS (SELECT count(*) = cardinality(CAST(:kinds AS text[])) AS whole FROM taken)
SELECT claimed.whole,
    CASE WHEN claimed.whole AND d.base IS NOT NULL THEN nextval('case_serial') - d.base END
        AS serial
FROM claimed LEFT JOIN case_day d ON d.day = :day
""")
_NEXT = text("SELECT nextval('case_serial') - base FROM case_day WHERE day = :day")
# The base is fixed before any number of the day is drawn, so numbers start at 1 and never clash.
_NEW_DAY = text(
    "INSERT INTO case_day (day, base)"
    " SELECT :day, last_value - CAST(NOT is_called AS int) FROM case_serial"
    " ON CONFLICT DO NOTHING"
)


def claim_numbers(
    conn: Connection, numbers: Sequence[Number], case_id: UUID, day: date
) -> str | None:
    """Take all numbers for a new case and draw its own one; nothing when one has a case already.

    A racing copy waits here for the first one. The short number is MMDD-NNNN, unique with its
    year; gaps are possible.
    """
    ordered = sorted(set(numbers), key=lambda n: (n.kind, n.number))
    values = {
        "kinds": [number.kind for number in ordered],
        "numbers": [number.number for number in ordered],
        "case_id": case_id,
        "day": day,
    }
    # One number is taken or not; of several, those taken must be given back.
    mark = conn.begin_nested() if len(ordered) > 1 else None
    claimed = conn.execute(_CLAIM, values).one()
    if not claimed.whole:
        if mark is not None:
            mark.rollback()
        return None
    if mark is not None:
        mark.commit()
    serial = _first_of_day(conn, day) if claimed.serial is None else claimed.serial
    return f"{day:%Y%m%d}-{serial:04d}"


def _first_of_day(conn: Connection, day: date) -> int:
    conn.execute(_NEW_DAY, {"day": day})
    serial: int = conn.execute(_NEXT, {"day": day}).scalar_one()
    return serial


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
