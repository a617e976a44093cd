"""A case as it was: at an earlier version, and whose it has been. Read from the history only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from cases import events as ev
from cases.history import evolve, replay
from cases.journal import history
from cases.model import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """From an event on: the case as it lay then, and the event's name and actor."""

    event: str
    actor: str
    at: datetime
    case: Case


def as_of(conn: Connection, case_id: UUID, version: int) -> Case:
    """The case at a version it has been through."""
    return replay(record for record in history(conn, case_id) if record.version <= version)


def placings(conn: Connection, case_id: UUID) -> Sequence[Placing]:
    """Each time a case was assigned: another desk, grid, station or decision of the map."""
    found: list[Placing] = []
    case: Case | None = None
    for record in history(conn, case_id):
        before, case = case, evolve(case, record)
        if before is None or _place(before) != _place(case):
            found.append(
                Placing(event=ev.name(record.event), actor=record.actor, at=record.at, case=case)
            )
    return found


def _place(case: Case) -> tuple[object, ...]:
    return (case.desk, case.sector, case.community, case.work.station, case.place)
