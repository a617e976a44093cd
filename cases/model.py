"""A case as the rules see it: a value, rebuilt from its events."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from boundaries.model import Assignment, Named
from cases.reading import make_ready
from cases.timers import Clock
from cases.work import Work
from geo.points import LonLat


class Status(StrEnum):
    """Where a case stands; the words for the screen are in `cases.words`."""

    RECEIVED = "received"
    NO_LOCATION = "no_location"
    BOUNDARY_REVIEW = "boundary_review"
    ACCEPTED = "accepted"
    INSTRUCTION_PENDING = "instruction_pending"
    REJECTED = "rejected_out_of_area"
    RETURNED_TO_SOURCE = "returned_to_source"
    DISPATCHED = "dispatched"
    SIGNED_FOR = "signed_for"
    STATION_RETURNED = "station_returned"
    COORDINATING = "coordinating"
    RESPONDED = "responded"
    COORDINATED = "coordinated"
    DISPOSING = "disposing"
    FEEDBACK_SUBMITTED = "feedback_submitted"
    VERIFYING = "verifying"
    UNDER_REVIEW = "under_review"
    RETURNED_FOR_REWORK = "returned_for_rework"
    ESCALATED_1 = "escalated_1"
    ESCALATED_2 = "escalated_2"
    SUSPENDED = "suspended"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    REOPENED = "reopened"
    ARCHIVED = "archived"


WAITING = frozenset({Status.RECEIVED, Status.NO_LOCATION, Status.BOUNDARY_REVIEW})
ENDED = frozenset(
    {
        Status.REJECTED,
        Status.RETURNED_TO_SOURCE,
        Status.MERGED,
        Status.WITHDRAWN,
        Status.CLOSED,
        Status.ARCHIVED,
    }
)
HANDLING = frozenset(Status) - WAITING - ENDED


class RefusalState(StrEnum):
    """How far a refusal has come on its way to the street centre and back (A-20)."""

    FEEDBACK_PENDING = "feedback_pending"
    FEEDBACK_DELIVERED = "feedback_delivered"
    ACKNOWLEDGED = "acknowledged"
    REDISPATCHED = "redispatched"
    REINSTATED = "reinstated"
    FORWARDED = "forwarded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number some system knows the case by; `kind` is that system's source code."""

    kind: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPoint:
    """The pair as it came, kept for ever beside what we made of it."""

    lon: float | None
    lat: float | None
    crs: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a source told us, without the reporter, who is kept in a table of their own."""

    source: str
    title: str
    description: str
    numbers: tuple[Number, ...] = ()
    to_sector: str | None = None
    forwarded_by: str | None = None
    forwarded_at: datetime | None = None
    forward_no: str | None = None
    category: str | None = None
    address: str | None = None
    raw: RawPoint | None = None
    accuracy_m: float | None = None
    urgent: bool = False
    supervised: bool = False
    reported_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One 不予受理: a desk says "not ours" and the street centre is told (R50)."""

    id: UUID
    desk: str | None
    reason_code: str
    reason: str
    belongs_to: Named | None
    distance_m: float | None
    direction: str | None
    radius_m: float | None
    automatic: bool
    rule: str | None
    by: str
    on_behalf_of: str | None
    rejected_at: datetime
    clock_seq: int
    state: RefusalState = RefusalState.FEEDBACK_PENDING
    delivered_at: datetime | None = None
    undeliverable_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    settled_at: datetime | None = None
    to_sector: str | None = None

    @property
    def is_undone(self) -> bool:
        """Whether the desk took it back, so that it never was."""
        return self.state is RefusalState.WITHDRAWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stretch of a case's life: at which step it stood, and whose it was (one owner always)."""

    status: Status
    owner: str
    from_at: datetime
    to_at: datetime | None = None


NO_WORK = Work()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case at one version."""

    id: UUID
    number: str
    version: int
    status: Status
    report: Report
    place: Assignment
    location_problem: str | None
    desk: str | None
    sector: Named | None
    community: Named | None
    police_area: Named | None
    proposal: str | None
    reinstated: bool
    clocks: tuple[Clock, ...]
    refusals: tuple[Refusal, ...]
    received_at: datetime
    updated_at: datetime
    accepted_at: datetime | None = None
    supplements: int = 0
    received_from: str = ""
    worked: Work | None = None
    stages: tuple[Stage, ...] = ()

    @property
    def point(self) -> LonLat | None:
        """Where it is, CGCS2000."""
        return self.place.point

    @property
    def work(self) -> Work:
        """What is done on it so far."""
        return self.worked or NO_WORK

    @property
    def is_waiting(self) -> bool:
        """Whether the desk has not decided yet whether it takes it."""
        return self.status in WAITING

    @property
    def is_ended(self) -> bool:
        """Whether nothing is left to do here (a closed case may still be reopened)."""
        return self.status in ENDED

    def refusal(self, id: UUID | None) -> Refusal | None:
        """The refusal of an id, or the newest one."""
        if id is None:
            return self.refusals[-1] if self.refusals else None
        return next((refusal for refusal in self.refusals if refusal.id == id), None)


def case_from(state: dict[str, Any]) -> Case:
    """A case from its stored form (JSON values)."""
    return msgspec.convert(state, Case)


make_ready(Case)
