"""What happened to a case: frozen facts, to and from JSON by their class name.

Longer than a module should be, and better whole: it is the list of all that can happen to a case.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import msgspec

from boundaries.model import Assignment, Named
from cases.model import Number, Report
from cases.reading import make_ready
from cases.work import (
    Arrival,
    Attachment,
    Call,
    Contact,
    Coordination,
    Duty,
    Evaluation,
    Extension,
    Feedback,
    Grade,
    HandOver,
    HeadReport,
    Instruction,
    Kind,
    Link,
    Point,
    Push,
    Span,
    Supervision,
    Suspension,
    Verification,
    Visit,
)


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
    attachments: tuple[Attachment, ...] = ()


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
    kind: Kind | None = None
    grades: tuple[Grade, ...] = ()
    spans: tuple[Span, ...] = ()
    involved: tuple[Named, ...] = ()
    reason: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PushDelivered:
    """A message reached its post; `channel` says how."""

    push_id: UUID
    channel: str
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PushFailed:
    """A message could not be brought to its post and waits for a person."""

    push_id: UUID
    channel: str
    attempts: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockWarned:
    """A limit is near (amber)."""

    code: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReturnedToSource:
    """退回街道: 补正, 改派, 属警情 (then phoned first) or a duplicate."""

    kind: str
    reason: str
    call_outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSentBack:
    """The street centre sent a returned case back to the desk."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDispatched:
    """派单: the station has the duty and a message (R51)."""

    duty: Duty
    pushes: tuple[Push, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySigned:
    """签收."""

    duty_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StationReturned:
    """退单: the station says it is not its own."""

    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StationReturnDecided:
    """The desk's answer to a 退单."""

    approved: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JointRequested:
    """提请联动 for a case the station holds; the desk confirms it anew (R6, R49)."""

    reason: str
    forces: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionGiven:
    """指示 (R53, R54)."""

    instruction: Instruction


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLogged:
    """A telephone call, typed, so that its order can be proved (R53)."""

    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadReported:
    """Reported to the 片区网格长 (R54, R25)."""

    head_report: HeadReport


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationStarted:
    """发起协调: all are called and told (R52–R54)."""

    coordination: Coordination
    pushes: tuple[Push, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseConfirmed:
    """响应确认 at the place (R56)."""

    arrival: Arrival


@dataclass(frozen=True, slots=True, kw_only=True)
class DutiesAgreed:
    """明确分工 (R57); earlier duties of the agreement are replaced."""

    duties: tuple[Duty, ...]
    pushes: tuple[Push, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubTaskAdded:
    """One more party has a part."""

    duty: Duty
    pushes: tuple[Push, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyDropped:
    """A duty is not needed any more."""

    duty_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalStarted:
    """处置 began."""

    duty_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DisposalFinished:
    """处置 is done on the spot; the feedback is due the same day (R58)."""

    duty_id: UUID
    finished_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackSubmitted:
    """处置反馈 (R58)."""

    feedback: Feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationAsked:
    """核实 or 核查 was ordered."""

    verification: Verification
    pushes: tuple[Push, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReported:
    """Its result."""

    verification_id: UUID
    result: str
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewStarted:
    """结案审核 began (R61)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationDrafted:
    """A draft of the evaluation report was kept."""

    text: str
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReworkOrdered:
    """退回重办."""

    duty_ids: tuple[UUID, ...]
    reason: str
    pushes: tuple[Push, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClosed:
    """评价并结案 (R61–R63)."""

    evaluation: Evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEscalated:
    """提交 one rung up (R59, R60)."""

    level: int
    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadCoordinated:
    """The 片区网格长 has coordinated, on record."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationSettled:
    """It was settled above; the case goes on where it stood."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Urged:
    """催办."""

    post: str
    text: str
    pushes: tuple[Push, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpAsked:
    """A party at the place asks the desk for more hands (R25, R59)."""

    by: str
    text: str
    lon: float | None = None
    lat: float | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionIssued:
    """督办单."""

    supervision: Supervision


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionAnswered:
    """The desk's answer to it."""

    supervision_id: UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionLifted:
    """解除督办."""

    supervision_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionAsked:
    """延期 asked for."""

    extension: Extension


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionDecided:
    """延期 granted or not."""

    extension_id: UUID
    approved: bool
    reason: str
    upstream_consent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionAsked:
    """挂账 asked for."""

    suspension: Suspension


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionDecided:
    """挂账 approved or not."""

    suspension_id: UUID
    approved: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionEnded:
    """销账."""

    suspension_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """街道承担 (R48), with both conditions."""

    hand_over: HandOver


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedBack:
    """交回分中心."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassified:
    """更正类别 (A-16)."""

    kind: Kind
    grades: tuple[Grade, ...]
    spans: tuple[Span, ...]
    involved: tuple[Named, ...]
    category: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMerged:
    """并案 into another case."""

    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseAbsorbed:
    """Another case was merged into this one, with its numbers."""

    link: Link
    numbers: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone:
    """拆案."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLinked:
    """关联 with another case."""

    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWithdrawn:
    """来源撤销."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNoted:
    """先行联系."""

    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitNoted:
    """回访."""

    visit: Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReopened:
    """重新办理."""

    cause: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseArchived:
    """归档."""


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
    | PushDelivered
    | PushFailed
    | ClockWarned
    | CaseReturnedToSource
    | CaseSentBack
    | CaseDispatched
    | DutySigned
    | StationReturned
    | StationReturnDecided
    | JointRequested
    | InstructionGiven
    | CallLogged
    | HeadReported
    | CoordinationStarted
    | ResponseConfirmed
    | DutiesAgreed
    | SubTaskAdded
    | DutyDropped
    | DisposalStarted
    | DisposalFinished
    | FeedbackSubmitted
    | VerificationAsked
    | VerificationReported
    | ReviewStarted
    | EvaluationDrafted
    | ReworkOrdered
    | CaseClosed
    | CaseEscalated
    | HeadCoordinated
    | EscalationSettled
    | Urged
    | HelpAsked
    | SupervisionIssued
    | SupervisionAnswered
    | SupervisionLifted
    | ExtensionAsked
    | ExtensionDecided
    | SuspensionAsked
    | SuspensionDecided
    | SuspensionEnded
    | HandedOver
    | HandedBack
    | Reclassified
    | CaseMerged
    | CaseAbsorbed
    | MergeUndone
    | CaseLinked
    | CaseWithdrawn
    | ContactNoted
    | VisitNoted
    | CaseReopened
    | CaseArchived
)
TYPES: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(Event)}
make_ready(*TYPES.values())


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
