"""The body of each step on a case: the fields of its command, checked for size and kind.

Longer than a module should be, and better whole: a body a step, in the order of `cases.steps`.
"""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from api.bodies import Body, Day, Files, Moment, Owner, Sector
from cases.work import DutyRole, Grade, Kind, Span

Text = Annotated[str, Field(max_length=4000)]
Why = Annotated[str, Field(max_length=500)]
MustSay = Annotated[str, Field(min_length=1, max_length=500)]
Long = Annotated[str, Field(max_length=20_000)]
Choice = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_]+$")]
Post = Annotated[
    str, Field(max_length=60, pattern=r"^[a-z0-9-]+$", examples=["responder-140901-1"])
]
Grid = Annotated[str, Field(pattern=r"^[0-9]{8}$", examples=["14090101"])]
Key = Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z-]+$")]
Crs = Annotated[str, Field(max_length=60)]
Metres = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
Candidate = Annotated[
    str, Field(max_length=200, pattern=r"^[a-z]+:[^\s]", examples=["place:p:仓场路331号"])
]
Channel = Literal["phone", "screen", "face", "wecom"]


class StepBody(Body):
    """What all steps share: the version that was looked at; unknown fields are a slip."""

    model_config = ConfigDict(extra="forbid")
    version: int | None = Field(
        default=None, description="As If-Match: refuse if the case has moved on"
    )


class Nothing(StepBody):
    """A step that needs no words."""


class Reason(StepBody):
    """A step that must say why."""

    reason: MustSay


class Acceptance(StepBody):
    """受理 by class (R49); the grid where the map left it open."""

    community: Grid | None = None
    kind: Kind | None = None
    grades: Annotated[tuple[Grade, ...], Field(max_length=7)] = ()
    spans: Annotated[tuple[Span, ...], Field(max_length=3)] = ()
    involved: Annotated[tuple[Grid, ...], Field(max_length=20)] = ()
    reason: Why = ""


class Rejection(Reason):
    """不予受理（非本片区）."""

    belongs_to: Owner | None = None


class Location(Reason):
    """更正位置."""

    lon: float
    lat: float
    crs: Crs
    accuracy_m: Metres | None = None
    candidate: Candidate | None = Field(
        default=None, description="The key of the candidate that was taken (GET …/places)"
    )


class Reinstatement(Reason):
    """指定受理."""

    refusal_id: UUID | None = None
    to_sector: Sector | None = None


class SourceReturn(Reason):
    """退回街道."""

    kind: Literal["supplement", "reassign", "police", "duplicate"]
    call_outcome: Choice | None = None


class DispatchTo(StepBody):
    """派至○○工作站."""

    station: Grid
    text: Text = ""
    due_at: Moment | None = None


class StationReturn(Reason):
    """退单."""

    reason_code: Choice


class Decision(Reason):
    """批准 or 不批准."""

    approve: bool


class JointRequest(Reason):
    """提请联动."""

    forces: Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(max_length=30)] = ()


class Instruction(StepBody):
    """作出指示."""

    text: Text
    channel: Channel = "screen"


class PhoneCall(StepBody):
    """记录通话; the number is kept masked, and the server's time counts."""

    post: Post
    outcome: Choice
    note: Text = ""
    number: Annotated[str, Field(max_length=40)] | None = None
    claimed_at: Moment | None = None


class HeadReport(StepBody):
    """报片区网格长."""

    kind: Literal["start", "result"]
    text: Text
    channel: Channel = "phone"


class Meeting(StepBody):
    """发起协调; without a place on the map it is the case's own."""

    posts: Annotated[list[Post], Field(min_length=1, max_length=50)]
    place: Annotated[str, Field(min_length=1, max_length=200)]
    appointment_at: Moment
    lon: float | None = None
    lat: float | None = None
    crs: Crs = "CGCS2000"
    offline: bool = False
    text: Text = ""
    without_instruction: Why | None = None


class Arrival(StepBody):
    """响应确认: where, or why without a place; `post` when noted for another."""

    lon: float | None = None
    lat: float | None = None
    crs: Crs | None = None
    accuracy_m: Metres | None = None
    reason: Why | None = None
    post: Post | None = None


class DutyLine(Body):
    """One line of 明确分工."""

    post: Post
    role: DutyRole
    text: Text
    due_at: Moment


class Division(StepBody):
    """明确分工."""

    duties: Annotated[list[DutyLine], Field(min_length=1, max_length=50)]


class SubTask(StepBody):
    """增加协办."""

    post: Post
    text: Text
    due_at: Moment


class DutyDropping(Reason):
    """撤去协办."""

    duty_id: UUID


class DisposalEnd(StepBody):
    """处置完成."""

    finished_at: Moment | None = None


class DisposalResult(StepBody):
    """提交处置结果."""

    text: Text
    outcome: Choice = "solved"
    finished_at: Moment | None = None
    attachments: Files = ()


class CheckOrder(StepBody):
    """派核实 / 派核查."""

    kind: Literal["before", "after"]
    post: Post
    note: Text = ""
    due_at: Moment | None = None


class CheckResult(StepBody):
    """报核查结果."""

    result: Choice
    text: Text
    attachments: Files = ()


class CheckPoint(Body):
    """One of the points of the closing check (R61)."""

    code: Choice
    passed: bool
    note: Why = ""


Points = Annotated[tuple[CheckPoint, ...], Field(max_length=30)]


class EvaluationDraft(StepBody):
    """保存评价草稿."""

    report: Long
    points: Points = ()


class Rework(Reason):
    """退回重办; no posts means all."""

    posts: Annotated[tuple[Post, ...], Field(max_length=50)] = ()


class Closing(StepBody):
    """评价并结案."""

    points: Points
    report: Long
    outcome: Choice | None = None


class Rise(Reason):
    """报网格长（1）or 提交街道（2）."""

    level: Literal[1, 2]
    reason_code: Choice


class Told(StepBody):
    """A step that says something."""

    text: Text


class Urging(Told):
    """催办."""

    post: Post


class HelpRequest(Told):
    """请求支援: in words, where, and with photos taken there."""

    lon: float | None = None
    lat: float | None = None
    crs: Crs | None = None
    attachments: Files = ()


class SupervisionOrder(Reason):
    """发督办单."""

    due_at: Moment | None = None


class SupervisionAnswer(Told):
    """反馈督办."""

    supervision_id: UUID | None = None


class SupervisionEnd(Reason):
    """解除督办."""

    supervision_id: UUID | None = None


class ExtensionWish(Reason):
    """申请延期."""

    new_due_at: Moment
    duty_id: UUID | None = None


class ExtensionDecision(Decision):
    """批准 / 不批准延期."""

    upstream_consent: bool = False


class SuspensionWish(Reason):
    """申请挂账."""

    owner: Annotated[str, Field(min_length=1, max_length=60)]
    review_on: Day


class HandOver(Reason):
    """移交街道承担."""

    declared: bool = False


class HandingBack(StepBody):
    """交回分中心."""

    reason: Why = ""


class NewClass(Reason):
    """更正类别; what is left out stays."""

    kind: Kind | None = None
    grades: Annotated[list[Grade], Field(max_length=7)] | None = None
    spans: Annotated[list[Span], Field(max_length=3)] | None = None
    involved: Annotated[list[Grid], Field(max_length=20)] | None = None
    category: Annotated[str, Field(max_length=200)] | None = None


class Merging(Reason):
    """并案: `into` is the main case's id or number."""

    into: Key


class Linking(Reason):
    """关联: `other` is an id or a number."""

    kind: Literal["repeat_of", "related_to", "part_of"]
    other: Key


class Contact(StepBody):
    """先行联系."""

    made: bool
    person: Annotated[str, Field(max_length=100)] = ""
    reason: Why = ""
    at: Moment | None = None


class Visit(StepBody):
    """回访."""

    satisfaction: Choice
    text: Text = ""


class Reopening(Reason):
    """重新办理."""

    cause: Choice
