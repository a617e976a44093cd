"""A report is filed: its numbers taken, itself kept as it came, its case's own number drawn.

All in one statement, as this is what happens to most reports and every statement costs the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, text

from cases.model import Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A report as it came, as JSON; the same content has the same digest."""

    id: UUID
    digest: str
    body: str
    received_at: datetime


# In the order of the keys, so that two reports with crossing numbers never wait in a ring.
_OPEN = text("""
WITH taken AS (
    INSERT INTO case_number (kind, number, case_id)
    SELECT w.kind, w.number, :case_id
    FROM unnest(CAST(:kinds AS text[]), CAST(:numbers AS text[])) AS w (kind, number)
    ORDER BY w.kind COLLATE "C", w.number COLLATE "C"
    ON CONFLICT DO NOTHING RETURNING kind
), claimed AS (SELECT count(*) = cardinality(CAST(:kinds AS text[])) AS whole FROM taken
), kept AS (
    INSERT INTO case_report (id, case_id, content_hash, body, received_at)
    SELECT :id, :case_id, :digest, CAST(:body AS jsonb), :received_at FROM claimed WHERE whole
)
SELECT claimed.whole,
    CASE WHEN claimed.whole AND d.base IS NOT NULL THEN nextval('case_serial') - d.base END
        AS serial
FROM claimed LEFT JOIN case_day d ON d.day = :day
""")
_ADD = text("""
INSERT INTO case_report (id, case_id, content_hash, body, received_at)
SELECT :id, :case_id, :digest, CAST(:body AS jsonb), :received_at
WHERE NOT EXISTS (
    SELECT FROM case_report WHERE case_id = :case_id AND content_hash = :digest)
RETURNING id
""")
_NEXT = text("SELECT nextval('case_serial') - base FROM case_day WHERE day = :day")
# The base is fixed before any number of the day is drawn, so numbers start at 1 and never clash.
_NEW_DAY = text("""
INSERT INTO case_day (day, base)
SELECT :day, last_value - CAST(NOT is_called AS int) FROM case_serial
ON CONFLICT DO NOTHING
""")


def open_file(
    conn: Connection, numbers: Sequence[Number], case_id: UUID, paper: Paper, day: date
) -> str | None:
    """Take all numbers for a new case, keep its report and draw its own number.

    A racing copy waits here for the first one. The short number is MMDD-NNNN, unique with its
    year; gaps are possible.

    Returns:
        The case's own number, or None, and nothing is written, when a number has a case already.
    """
    wanted = sorted(set(numbers), key=lambda n: (n.kind, n.number))
    values = {
        "kinds": [number.kind for number in wanted],
        "numbers": [number.number for number in wanted],
        "day": day,
        **_values(case_id, paper),
    }
    # One number is taken or not; of several, those taken must be given back.
    mark = conn.begin_nested() if len(wanted) > 1 else None
    opened = conn.execute(_OPEN, values).one()
    if not opened.whole:
        if mark is not None:
            mark.rollback()
        return None
    if mark is not None:
        mark.commit()
    serial = _first_of_day(conn, day) if opened.serial is None else opened.serial
    return f"{day:%Y%m%d}-{serial:04d}"


def add_paper(conn: Connection, case_id: UUID, paper: Paper) -> bool:
    """Keep one more report of a case; False when the very same content is kept already."""
    return conn.execute(_ADD, _values(case_id, paper)).first() is not None


def _values(case_id: UUID, paper: Paper) -> dict[str, object]:
    return {
        "id": paper.id,
        "case_id": case_id,
        "digest": paper.digest,
        "body": paper.body,
        "received_at": paper.received_at,
    }


def _first_of_day(conn: Connection, day: date) -> int:
    conn.execute(_NEW_DAY, {"day": day})
    serial: int = conn.execute(_NEXT, {"day": day}).scalar_one()
    return serial
