"""What one may ask of a case; the verbs of the plan."""

from dataclasses import dataclass
from uuid import UUID

from boundaries.model import Assignment, Named
from cases.model import Number, RawPoint, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """A report reached us; `place` is what the map says of it."""

    id: UUID
    number: str
    report: Report
    place: Assignment
    location_problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """A report with a known number and other content."""

    report: Report
    place: Assignment
    new_numbers: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectLocation:
    """更正位置."""

    place: Assignment
    raw: RawPoint
    accuracy_m: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept:
    """受理, with the chosen grid where the map left it open."""

    community: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """不予受理（非本片区）."""

    reason: str
    belongs_to: Named | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawRejection:
    """撤回不予受理."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """签收."""

    refusal_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinstate:
    """指定受理."""

    reason: str
    refusal_id: UUID | None = None
    to_sector: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Redispatch:
    """派给另一片区."""

    refusal_id: UUID
    to_sector: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward:
    """上报区."""

    refusal_id: UUID
    belongs_to: Named | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDelivered:
    """The courier's note that the street centre has the message."""

    refusal_id: UUID
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteUndelivered:
    """The courier gives up for now."""

    refusal_id: UUID
    attempts: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkOverdue:
    """The clock's note that a limit passed."""

    code: str
    seq: int


Command = (
    Receive
    | Supplement
    | CorrectLocation
    | Accept
    | Reject
    | WithdrawRejection
    | Acknowledge
    | Reinstate
    | Redispatch
    | Forward
    | NoteDelivered
    | NoteUndelivered
    | MarkOverdue
)
