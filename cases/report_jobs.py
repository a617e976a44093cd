"""Reports that take a while: asked for by a person, made by the worker, kept for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, text

CHANNEL = "pianqu_reports"
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One report and how far it is."""

    id: UUID
    kind: str
    desk: str | None
    status: str
    progress: float
    detail: str | None
    requested_at: datetime
    finished_at: datetime | None


_COLUMNS = "id, kind, desk, status, progress, detail, requested_at, finished_at"


def ask(conn: Connection, id: UUID, *, kind: str, desk: str | None, now: datetime) -> None:
    """Queue a report and wake the worker."""
    conn.execute(
        text(
            "INSERT INTO report_job (id, kind, desk, requested_at) VALUES (:id, :kind, :desk, :now)"
        ),
        {"id": id, "kind": kind, "desk": desk, "now": now},
    )
    conn.execute(text(f"NOTIFY {CHANNEL}"))


def job(conn: Connection, id: UUID) -> Job | None:
    """A report's state."""
    row = conn.execute(
        text(f"SELECT {_COLUMNS} FROM report_job WHERE id = :id"),  # noqa: S608 - fixed columns
        {"id": id},
    ).mappings().first()  # fmt: skip
    return Job(**row) if row else None


def file(conn: Connection, id: UUID) -> bytes | None:
    """A finished report's bytes."""
    found = conn.execute(
        text("SELECT file FROM report_job WHERE id = :id"), {"id": id}
    ).scalar_one_or_none()
    return bytes(found) if found is not None else None


def claim(conn: Connection) -> Job | None:
    """Lock the next queued report; the lock, and so the claim, dies with the worker.

    An advisory lock, as in `store.outbox`: a report takes seconds, and the live feed must not wait
    for a transaction that has a number.
    """
    queued = conn.execute(
        text("SELECT id FROM report_job WHERE status = 'queued' ORDER BY requested_at LIMIT 20")
    )
    for id in queued.scalars().all():
        taken = conn.execute(
            text("SELECT pg_try_advisory_xact_lock(hashtextextended(CAST(:id AS text), 1))"),
            {"id": id},
        ).scalar_one()
        if taken:
            found = job(conn, id)
            if found is not None and found.status == "queued":
                return found
    return None


def finish(conn: Connection, id: UUID, content: bytes, now: datetime) -> None:
    """Keep the finished report; those a day old are dropped."""
    conn.execute(
        text(
            "UPDATE report_job SET status = 'done', progress = 1, file = :content,"
            " finished_at = :now WHERE id = :id"
        ),
        {"id": id, "content": content, "now": now},
    )
    conn.execute(text("DELETE FROM report_job WHERE requested_at < :old"), {"old": now - KEPT})


def fail(conn: Connection, id: UUID, detail: str, now: datetime) -> None:
    """Say that a report could not be made."""
    conn.execute(
        text(
            "UPDATE report_job SET status = 'failed', detail = :detail, finished_at = :now"
            " WHERE id = :id"
        ),
        {"id": id, "detail": detail[:500], "now": now},
    )
