"""Writes into the histories what the clocks say: the limit is near, the limit has passed."""

import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

from cases import commands as do
from cases import desk, queries
from cases.errors import CaseError, Conflict
from cases.roles import CLOCK
from pianqu.bench import Bench
from store.engine import transaction

log = logging.getLogger("pianqu.worker")

_AMBER = text(
    "SELECT case_id, code, seq FROM deadline WHERE stopped_at IS NULL AND NOT warned"
    " AND NOT breached AND warn_at <= :at AND due_at > :at ORDER BY warn_at LIMIT :limit"
)
_NEXT = text(
    "SELECT min(moment) FROM deadline, unnest(ARRAY[warn_at, due_at]) AS moment"
    " WHERE stopped_at IS NULL AND NOT breached AND moment > :at"
)


def note_clocks(bench: Bench, at: datetime) -> None:
    """Note each warning and each limit that is due: lateness is an event.

    After a standstill a clock may be past both: then the limit alone is noted, it says more.
    """
    with transaction(bench.engine) as conn:
        late = queries.overdue_clocks(conn, at)
        near = conn.execute(_AMBER, {"at": at, "limit": 200}).all()
    for row in late:
        _note(bench, row.case_id, do.MarkOverdue(code=row.code, seq=row.seq), at)
    for row in near:
        _note(bench, row.case_id, do.MarkWarned(code=row.code, seq=row.seq), at)


def _note(bench: Bench, case_id: UUID, command: do.Command, at: datetime) -> None:
    try:
        with transaction(bench.engine) as conn:
            desk.handle(conn, bench.office, case_id, command, actor=CLOCK, now=at)
    except Conflict:
        log.info("case %s moved on; its clock is looked at again", case_id)
    except CaseError as refusal:
        log.warning("case %s does not take %s: %s", case_id, type(command).__name__, refusal)


def next_clock_at(conn: Connection, at: datetime) -> datetime | None:
    """When the next clock turns amber or runs out, after a moment."""
    moment: datetime | None = conn.execute(_NEXT, {"at": at}).scalar_one()
    return moment
