"""What happened to a case: frozen facts, to and from JSON by their class name."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from boundaries.model import Assignment, Named
from cases.model import Number, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReceived:
    """A report reached us and became a case, wherever it lies."""

    id: UUID
    number: str
    report: Report
    place: Assignment
    desk: str | None
    location_problem: str | None = None
    proposal: str | None = None
    alarm_minutes: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSupplemented:
    """A known number came again with other content; what differs is kept."""

    report: Report
    changed: tuple[str, ...]
    new_numbers: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationCorrected:
    """A better position; the grid was decided anew."""

    place: Assignment
    desk: str | None
    reason: str
    raw_lon: float | None
    raw_lat: float | None
    raw_crs: str | None
    accuracy_m: float | None
    proposal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAccepted:
    """The desk's coordinator confirmed the case and its grid (R49)."""

    community: Named | None
    sector: Named | None
    police_area: Named | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRejected:
    """不予受理: not of this 片区 (R50); `automatic` under the street centre's rule (A-7)."""

    refusal_id: UUID
    desk: str | None
    reason_code: str
    reason: str
    belongs_to: Named | None
    distance_m: float | None
    direction: str | None
    radius_m: float | None
    automatic: bool = False
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionDelivered:
    """The street centre's system has the message; the clock of R50 stops."""

    refusal_id: UUID
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionUndelivered:
    """The message could not be delivered and waits for a person (dead letter)."""

    refusal_id: UUID
    attempts: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionAcknowledged:
    """The street centre has signed for the refusal."""

    refusal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionForwarded:
    """The street centre passed the matter on to the district."""

    refusal_id: UUID
    belongs_to: Named | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectionWithdrawn:
    """The desk took its refusal back before the street centre signed for it."""

    refusal_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRedispatched:
    """The street centre sent the case to the other desk (A-20 a)."""

    refusal_id: UUID
    to_sector: str
    rule: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReinstated:
    """指定受理: the street centre ruled that the desk takes it; no second refusal (A-20)."""

    refusal_id: UUID
    reason: str
    to_sector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockBreached:
    """A limit passed; lateness is history too."""

    code: str
    seq: int


Event = (
    CaseReceived
    | ReportSupplemented
    | LocationCorrected
    | CaseAccepted
    | CaseRejected
    | RejectionDelivered
    | RejectionUndelivered
    | RejectionAcknowledged
    | RejectionForwarded
    | RejectionWithdrawn
    | CaseRedispatched
    | CaseReinstated
    | ClockBreached
)
TYPES: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        CaseReceived,
        ReportSupplemented,
        LocationCorrected,
        CaseAccepted,
        CaseRejected,
        RejectionDelivered,
        RejectionUndelivered,
        RejectionAcknowledged,
        RejectionForwarded,
        RejectionWithdrawn,
        CaseRedispatched,
        CaseReinstated,
        ClockBreached,
    )
}


def name(event: Event) -> str:
    """The type an event is stored under."""
    return type(event).__name__


def to_json(event: Event) -> dict[str, Any]:
    """An event as JSON values."""
    return msgspec.to_builtins(event)  # type: ignore[no-any-return]


def from_json(kind: str, data: dict[str, Any]) -> Event:
    """An event from its stored form.

    Raises:
        KeyError: no such type of event.
        msgspec.ValidationError: the data do not fit.
    """
    return msgspec.convert(data, TYPES[kind])
