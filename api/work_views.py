"""How what is done on a case looks from outside: each part with the words for its codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, TypeVar, cast

from cases import work as parts
from cases.attachments import KINDS
from cases.errors import NotYourPost
from cases.flow import closing, coordinating, dispatching, disposing, rising
from cases.hours import SHANGHAI
from cases.model import Case
from cases.redaction import holds, redact
from cases.roles import Actor, label

# What somebody wrote: without people for whoever does not work on the case.
TEXTS = frozenset(
    {
        "title", "description", "address", "text", "reason", "note", "report", "person", "place",
        "owner", "without_instruction", "condition",
    }
)  # fmt: skip
Words = Mapping[str, str]
_CHANNEL = {"phone": "电话", "screen": "本系统", "face": "当面", "wecom": "政务微信"}
_ROLE = {"lead": "主办", "assist": "协办"}
_LINK = {
    "duplicate_of": "同一事件（并案）",
    "absorbed": "并入本案",
    "repeat_of": "再次发生",
    "related_to": "相关",
    "part_of": "分案",
}
_CHECK = {"before": "核实", "after": "核查"}
_PURPOSE = {
    "dispatch": "派单",
    "coordination": "协调",
    "duty": "分工",
    "verification": "核实核查",
    "rework": "退回重办",
    "urging": "催办",
}
_RETURN = {
    "supplement": "信息不全需补正",
    "reassign": "非本级职责",
    "police": "属警情转回110",
    "duplicate": "与在办案件同一事件",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentView(parts.Attachment):
    """A file of a part; fetched by its hash."""

    words: ClassVar[Mapping[str, Words]] = {"kind": KINDS}
    kind_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView(parts.Call):
    """记录通话."""

    words: ClassVar[Mapping[str, Words]] = {"outcome": coordinating.OUTCOMES}
    post_label: str | None
    by_label: str | None
    outcome_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionView(parts.Instruction):
    """指示."""

    words: ClassVar[Mapping[str, Words]] = {"channel": _CHANNEL}
    by_label: str | None
    channel_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadReportView(parts.HeadReport):
    """报片区网格长."""

    words: ClassVar[Mapping[str, Words]] = {"channel": _CHANNEL}
    by_label: str | None
    channel_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PushView(parts.Push):
    """A message to a post, and whether it has arrived."""

    words: ClassVar[Mapping[str, Words]] = {"purpose": _PURPOSE}
    post_label: str | None
    purpose_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalView(parts.Arrival):
    """响应确认."""

    post_label: str | None
    by_label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoordinationView(parts.Coordination):
    """One round of 协调; `missing_posts` are not there yet."""

    arrivals: tuple[ArrivalView, ...] = ()
    by_label: str | None
    posts_labels: tuple[str | None, ...]
    missing_posts: tuple[str, ...]
    missing_posts_labels: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyView(parts.Duty):
    """主办 or 协办."""

    words: ClassVar[Mapping[str, Words]] = {"role": _ROLE}
    post_label: str | None
    role_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackView(parts.Feedback):
    """处置反馈."""

    words: ClassVar[Mapping[str, Words]] = {"outcome": disposing.OUTCOMES}
    attachments: tuple[AttachmentView, ...]
    by_label: str | None
    outcome_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationView(parts.Verification):
    """核实 or 核查."""

    words: ClassVar[Mapping[str, Words]] = {
        "kind": _CHECK,
        "result": {**disposing.RESULTS["before"], **disposing.RESULTS["after"]},
    }
    attachments: tuple[AttachmentView, ...] = ()
    post_label: str | None
    kind_label: str
    result_label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationView(parts.Escalation):
    """报网格长, 提交街道."""

    words: ClassVar[Mapping[str, Words]] = {"reason_code": rising.REASONS}
    by_label: str | None
    reason_code_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionView(parts.Supervision):
    """督办单."""

    issuer_label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionView(parts.Extension):
    """延期."""

    asked_by_label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionView(parts.Suspension):
    """挂账."""

    owner_label: str | None
    asked_by_label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverView(parts.HandOver):
    """街道承担."""

    words: ClassVar[Mapping[str, Words]] = {
        "condition": {"evening": "工作日晚间", "holiday": "节假日"}
    }
    by_label: str | None
    condition_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView(parts.Link):
    """关联."""

    words: ClassVar[Mapping[str, Words]] = {"kind": _LINK}
    by_label: str | None
    kind_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReturnView(parts.SourceReturn):
    """退回街道."""

    words: ClassVar[Mapping[str, Words]] = {"kind": _RETURN}
    by_label: str | None
    kind_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StationReturnView(parts.StationReturn):
    """退单."""

    words: ClassVar[Mapping[str, Words]] = {"reason_code": dispatching.STATION_RETURNS}
    by_label: str | None
    reason_code_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PointView(parts.Point):
    """One point of the closing check."""

    words: ClassVar[Mapping[str, Words]] = {"code": closing.POINTS}
    code_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationView(parts.Evaluation):
    """结案评价."""

    words: ClassVar[Mapping[str, Words]] = {"outcome": disposing.OUTCOMES}
    points: tuple[PointView, ...]
    by_label: str | None
    outcome_label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView(parts.Contact):
    """先行联系."""

    by_label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitView(parts.Visit):
    """回访."""

    words: ClassVar[Mapping[str, Words]] = {"satisfaction": closing.SATISFACTION}
    by_label: str | None
    satisfaction_label: str


_VIEWS: dict[type, type] = {
    parts.Attachment: AttachmentView,
    parts.Call: CallView,
    parts.Instruction: InstructionView,
    parts.HeadReport: HeadReportView,
    parts.Push: PushView,
    parts.Arrival: ArrivalView,
    parts.Coordination: CoordinationView,
    parts.Duty: DutyView,
    parts.Feedback: FeedbackView,
    parts.Verification: VerificationView,
    parts.Escalation: EscalationView,
    parts.Supervision: SupervisionView,
    parts.Extension: ExtensionView,
    parts.Suspension: SuspensionView,
    parts.HandOver: HandOverView,
    parts.Link: LinkView,
    parts.SourceReturn: SourceReturnView,
    parts.StationReturn: StationReturnView,
    parts.Point: PointView,
    parts.Evaluation: EvaluationView,
    parts.Contact: ContactView,
    parts.Visit: VisitView,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkView:
    """All that was done on a case, oldest first."""

    requested_by: str | None
    requested_by_label: str | None
    forces: tuple[str, ...]
    calls: tuple[CallView, ...]
    instructions: tuple[InstructionView, ...]
    head_reports: tuple[HeadReportView, ...]
    pushes: tuple[PushView, ...]
    coordinations: tuple[CoordinationView, ...]
    duties: tuple[DutyView, ...]
    feedbacks: tuple[FeedbackView, ...]
    verifications: tuple[VerificationView, ...]
    escalations: tuple[EscalationView, ...]
    supervisions: tuple[SupervisionView, ...]
    extensions: tuple[ExtensionView, ...]
    suspensions: tuple[SuspensionView, ...]
    hand_overs: tuple[HandOverView, ...]
    links: tuple[LinkView, ...]
    source_returns: tuple[SourceReturnView, ...]
    station_returns: tuple[StationReturnView, ...]
    evaluation: EvaluationView | None
    contacts: tuple[ContactView, ...]
    visits: tuple[VisitView, ...]
    urgings: int
    reworks: int
    reopenings: int


def work_view(case: Case, who: Actor, known: Sequence[str]) -> WorkView:
    """What was done on a case, in the words a post may read."""
    writer = _Writer(hide=not holds(who, case), known=tuple(known))
    work = case.work
    told = {
        part.name: writer.value(part.name, getattr(work, part.name))
        for part in fields(WorkView)
        if part.name != "requested_by_label"
    }
    return WorkView(**told, requested_by_label=post_label(work.requested_by))


_View = TypeVar("_View")


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes parts as views: times as they are shown, codes with words, texts as may be read."""

    hide: bool
    known: tuple[str, ...]

    def value(self, name: str, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self.value(name, one) for one in value)
        view = _VIEWS.get(type(value))
        if view is not None:
            return self.part(view, value)
        if isinstance(value, datetime):
            return local(value)
        if self.hide and name in TEXTS and type(value) is str:
            return redact(value, self.known)
        return value

    def part(self, view: type[_View], part: Any) -> _View:
        raw = {one.name: getattr(part, one.name) for one in fields(part)}
        told = {name: self.value(name, value) for name, value in raw.items()}
        if isinstance(part, parts.Coordination):
            raw["missing_posts"] = told["missing_posts"] = part.missing
        words: Mapping[str, Words] = getattr(view, "words", {})
        for one in fields(cast(Any, view)):
            if one.name not in told:
                base = one.name.removesuffix("s").removesuffix("_label")
                told[one.name] = _labelled(raw[base], words.get(base))
        return view(**told)


def _labelled(value: Any, words: Words | None) -> Any:
    if isinstance(value, tuple):
        return tuple(post_label(one) for one in value)
    if words is None or value is None:
        return post_label(value)
    return words.get(value, value)


def post_label(post: str | None) -> str | None:
    """A post's words; what is no post's name is shown as it is."""
    try:
        return label(post)
    except NotYourPost:
        return post


def local(moment: Any) -> Any:
    """A moment in Shanghai's time, as it is shown (+08:00)."""
    return moment.astimezone(SHANGHAI) if moment is not None else None
