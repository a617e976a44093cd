"""The numbers other systems know a case by."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

from cases.model import Number


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
