"""Who has a case open just now, so that two people on one case see each other (issue 5).

A seat is a browser, whatever its tabs: it says every 20 seconds that it still has the case open,
and for which step a form is open. After 45 silent seconds it is gone, so a killed process or a
pulled plug leaves nobody behind. Posts only, no account and no history: it is no record of who
was at work when (A-10).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, text

from cases.roles import Actor
from cases.scope import seen_id

# Lossy like the positions': the next sign of life repeats what was missed.
CHANNEL = "pianqu_viewers"
LASTS = timedelta(seconds=45)

_LOOK = text("""
    WITH gone AS (
        DELETE FROM case_viewing WHERE (case_id, mark) IN (
            SELECT case_id, mark FROM case_viewing WHERE at < :before FOR UPDATE SKIP LOCKED)
        RETURNING case_id, mark),
    was AS (
        SELECT step, post FROM case_viewing
        WHERE case_id = :case_id AND mark = :mark AND at >= :before)
    INSERT INTO case_viewing (case_id, mark, post, step, at)
    VALUES (:case_id, :mark, :post, :step, :now)
    ON CONFLICT (case_id, mark) DO UPDATE
        SET post = excluded.post, step = excluded.step, at = excluded.at
    RETURNING NOT EXISTS (SELECT 1 FROM was WHERE was.post = :post
        AND was.step IS NOT DISTINCT FROM CAST(:step AS text)) AS news""")
_LEAVE = text("DELETE FROM case_viewing WHERE case_id = :case_id AND mark = :mark")
_PRESENT = text("""
    SELECT v.case_id, v.mark, v.post, v.step, v.at, c.audience
    FROM case_viewing v JOIN case_now c ON c.id = v.case_id
    WHERE v.at > :after AND (CAST(:case_id AS uuid) IS NULL OR v.case_id = :case_id)
    ORDER BY v.case_id, v.mark LIMIT 500""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """A seat that has a case open; `mark` tells seats apart and says nothing else."""

    case_id: UUID
    mark: str
    post: str
    step: str | None
    until: datetime
    audience: tuple[str, ...]


def mark_of(seat: str) -> str:
    """The public name of a seat; whoever knows it cannot speak for it."""
    return sha256(seat.encode()).hexdigest()[:12]


def look(
    conn: Connection, key: str, who: Actor, *, seat: str, step: str | None, now: datetime
) -> UUID:
    """Say that a seat has a case open; the others are told when that is new.

    Raises:
        CaseNotFound: there is none, or it is not to be seen.
    """
    case_id = seen_id(conn, key, who)
    values = {
        "case_id": case_id,
        "mark": mark_of(seat),
        "post": who.post,
        "step": step,
        "now": now,
        "before": now - LASTS,
    }
    if conn.execute(_LOOK, values).scalar_one():
        conn.execute(text(f"NOTIFY {CHANNEL}"))
    return case_id


def leave(conn: Connection, key: str, who: Actor, *, seat: str) -> None:
    """Say that a seat has closed a case.

    Raises:
        CaseNotFound: there is none, or it is not to be seen.
    """
    values = {"case_id": seen_id(conn, key, who), "mark": mark_of(seat)}
    if conn.execute(_LEAVE, values).rowcount:
        conn.execute(text(f"NOTIFY {CHANNEL}"))


def present(conn: Connection, *, now: datetime, case_id: UUID | None = None) -> Sequence[Viewing]:
    """Every seat that has a case open, or this case; for those who see the case."""
    rows = conn.execute(_PRESENT, {"after": now - LASTS, "case_id": case_id})
    return [
        Viewing(
            case_id=row.case_id,
            mark=row.mark,
            post=row.post,
            step=row.step,
            until=row.at + LASTS,
            audience=tuple(row.audience),
        )
        for row in rows
    ]
