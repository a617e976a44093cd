"""What one may ask of a case; the verbs of the plan.

Longer than a module should be, and better whole: it is the list of all one can do with a case.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from boundaries.model import Assignment, Named
from cases.model import Number, RawPoint, Report
from cases.work import Attachment, DutyRole, Grade, Kind, Point, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """A report reached us; `place` is what the map says of it."""

    id: UUID
    number: str
    report: Report
    place: Assignment
    location_problem: str | None = None
    attachments: tuple[Attachment, ...] = ()


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
    """受理 by class (R49), with the chosen grid where the map left it open.

    `kind` None takes the default of the door (A-15); another kind than that needs a reason, and so
    does every class but 简易 (A-16). `station` dispatches in the same breath.
    """

    community: str | None = None
    kind: Kind | None = None
    grades: tuple[Grade, ...] = ()
    spans: tuple[Span, ...] = ()
    involved: tuple[str, ...] = ()
    reason: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePush:
    """The courier's note of how a message to a post fared."""

    push_id: UUID
    channel: str
    delivered: bool
    attempts: int
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkWarned:
    """The clock's note that a limit is near."""

    code: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnToSource:
    """退回街道: `kind` is supplement (补正), reassign (改派), police (属警情) or duplicate."""

    kind: str
    reason: str
    call_outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack:
    """The street centre sends a returned case back to the desk."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """派单 to a station (R51)."""

    station: str
    text: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """签收 by the station, or by who has a duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnStation:
    """退单 of a station: not_our_grid, needs_joint, information or other."""

    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideStationReturn:
    """The coordinator's answer to a 退单 (the deputy's, when disputed)."""

    approve: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestJoint:
    """提请联动 for a case the station already holds (R6)."""

    reason: str
    forces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruct:
    """作出指示 (R53, R54); after the coordination has begun it is 事后补录 (A-9)."""

    text: str
    channel: str = "screen"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCall:
    """记录通话: outcome is reached, unreached or call_back."""

    post: str
    outcome: str
    note: str = ""
    number: str | None = None
    claimed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportToHead:
    """报片区网格长 (R54); `kind` start, or result for R25."""

    kind: str
    text: str
    channel: str = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordinate:
    """发起协调: push case, time and place (R52–R54)."""

    posts: tuple[str, ...]
    place: str
    appointment_at: datetime
    lon: float | None = None
    lat: float | None = None
    offline: bool = False
    text: str = ""
    without_instruction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """响应确认 (R56): with a position (CGCS2000), or why without; `post` when noted for another."""

    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    reason: str | None = None
    post: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """One line of 明确分工 (R57)."""

    post: str
    role: DutyRole
    text: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Divide:
    """明确分工: one lead, any number of assistants."""

    duties: tuple[Agreed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSubTask:
    """A part of the case for one more party (R7)."""

    post: str
    text: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DropDuty:
    """A duty that is not needed any more."""

    duty_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDisposal:
    """开始处置."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishDisposal:
    """处置完成 on the spot; the day's end is the limit of the feedback (R58)."""

    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitFeedback:
    """提交处置结果 (R58); `outcome` is solved (实际解决) or explained (解释说明)."""

    text: str
    outcome: str = "solved"
    finished_at: datetime | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskVerification:
    """派核实 (before) or 派核查 (after)."""

    kind: str
    post: str
    note: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportVerification:
    """The result of 核实 or 核查: `result` is true, partly or false, resp. passed or failed."""

    result: str
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftEvaluation:
    """Begin or go on with 结案审核; nothing is closed yet."""

    report: str
    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnForRework:
    """退回重办 to those whose result is not good enough; no posts means all."""

    reason: str
    posts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """评价并结案 (R61–R63)."""

    points: tuple[Point, ...]
    report: str
    outcome: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """提交 (R59, R60): hard, weak_response, no_agreement or other; level 1 or 2."""

    level: int
    reason_code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteHeadCoordination:
    """The 片区网格长's own coordination, on record before the second rung (R60)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleEscalation:
    """The one it was taken up to has settled it: the case goes on where it stood."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Urge:
    """催办."""

    post: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskHelp:
    """请求支援: who is at the place needs more hands; where, if the phone knows it."""

    text: str
    lon: float | None = None
    lat: float | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSupervision:
    """发督办单."""

    reason: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSupervision:
    """The desk's answer to a 督办单."""

    text: str
    supervision_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftSupervision:
    """解除督办."""

    reason: str
    supervision_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskExtension:
    """申请延期 of one's own duty, or by the coordinator of any."""

    new_due_at: datetime
    reason: str
    duty_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideExtension:
    """批准 / 不批准延期; a 12345 case needs the hotline's consent."""

    approve: bool
    reason: str
    upstream_consent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSuspension:
    """申请挂账."""

    owner: str
    review_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSuspension:
    """批准 / 不批准挂账."""

    approve: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSuspension:
    """销账."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverToStreet:
    """移交街道承担 (R48): off hours and too few forces, or the deputy declares it (A-19)."""

    reason: str
    declared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HandBack:
    """交回分中心."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassify:
    """更正类别 (A-16)."""

    reason: str
    kind: Kind | None = None
    grades: tuple[Grade, ...] | None = None
    spans: tuple[Span, ...] | None = None
    involved: tuple[str, ...] | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """并案 into another case (duplicate_of)."""

    into: UUID
    into_number: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Absorb:
    """The main case's side of a 并案; the desk gives it together with `Merge`."""

    other: UUID
    other_number: str
    reason: str
    numbers: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoMerge:
    """拆案: the case goes on by itself where it stood."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCase:
    """关联: repeat_of, related_to, or part_of for a case split off."""

    kind: str
    other: UUID
    other_number: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """来源撤销."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteContact:
    """先行联系: made with whom, or why not."""

    made: bool
    person: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteVisit:
    """回访 result: satisfied, mostly, fair or unsatisfied."""

    satisfaction: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """重新办理: `cause` is visit (回访不满意), again (再次反映) or hotline (热线重办)."""

    cause: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """归档."""


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
    | NotePush
    | MarkWarned
    | ReturnToSource
    | SendBack
    | Dispatch
    | Sign
    | ReturnStation
    | DecideStationReturn
    | RequestJoint
    | Instruct
    | LogCall
    | ReportToHead
    | Coordinate
    | Respond
    | Divide
    | AddSubTask
    | DropDuty
    | StartDisposal
    | FinishDisposal
    | SubmitFeedback
    | AskVerification
    | ReportVerification
    | DraftEvaluation
    | ReturnForRework
    | Close
    | Escalate
    | NoteHeadCoordination
    | SettleEscalation
    | Urge
    | AskHelp
    | IssueSupervision
    | AnswerSupervision
    | LiftSupervision
    | AskExtension
    | DecideExtension
    | AskSuspension
    | DecideSuspension
    | EndSuspension
    | HandOverToStreet
    | HandBack
    | Reclassify
    | Merge
    | Absorb
    | UndoMerge
    | LinkCase
    | Withdraw
    | NoteContact
    | NoteVisit
    | Reopen
    | Archive
)
