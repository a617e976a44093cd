"""Who may do what at which step: one table of command × role × scope × status. Pure.

The status graph in docs/ is drawn from it (`pianqu graph`), `rules.decide` asks it before any
rule, the screen offers what it allows, and a test goes through every combination.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from cases.errors import NotPermitted, NotYourPost, WrongStatus
from cases.model import ENDED, HANDLING, WAITING, Case, Status
from cases.roles import LABELS, UNIT_LEADS, Actor, label
from cases.words import STATUS

S = Status
ALL = frozenset(Status)


class Scope(StrEnum):
    """Which cases a role may act on."""

    ANY = "any"
    DESK = "desk"
    GRID = "grid"
    HOLDER = "holder"
    CALLED = "called"
    ASKED = "asked"
    SOURCE = "source"
    HANDED_OVER = "handed_over"
    PARTY = "party"


WORDS = {
    Scope.ANY: "全部案件",
    Scope.DESK: "本片区的案件",
    Scope.GRID: "本网格的案件",
    Scope.HOLDER: "本岗位承办的案件",
    Scope.CALLED: "召集了本岗位的案件",
    Scope.ASKED: "派给本岗位核实、核查的案件",
    Scope.SOURCE: "本平台、本单位报来的案件",
    Scope.HANDED_OVER: "街道承担的案件",
    Scope.PARTY: "召集本岗位或由本岗位承办的案件",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A row: the command, its button, who gives it on which cases, from where to where.

    An empty `to` means that the case stays at its step.
    """

    command: str
    button: str
    path: str | None
    may: dict[str, Scope]
    at: frozenset[Status]
    to: frozenset[Status] = field(default_factory=frozenset)
    listed: bool = True


def _on(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


_COORDINATOR = {"coordinator": Scope.DESK, "street-centre": Scope.HANDED_OVER}
_DEPUTY = {"deputy": Scope.DESK}
_BOTH = {**_COORDINATOR, **_DEPUTY}
_PARTIES = {
    "station": Scope.HOLDER,
    "responder": Scope.HOLDER,
    "department": Scope.HOLDER,
    "police": Scope.HOLDER,
    "chengguan": Scope.HOLDER,
    "market": Scope.HOLDER,
    "patrol": Scope.HOLDER,
    "deputy": Scope.HOLDER,
}
# Who may have a part, may be called, or may be asked to look: whoever can also answer.
PARTIES = frozenset(_PARTIES)
CALLABLE = PARTIES | {"head"}
ASKABLE = PARTIES | {"inspector", "coordinator"}
_CALLED = {role: Scope.CALLED for role in (*_PARTIES, "head")}
_ASKED = {role: Scope.ASKED for role in (*_PARTIES, "inspector", "coordinator")}
_SOURCES = {
    "platform": Scope.SOURCE,
    "platform-grid": Scope.SOURCE,
    "department": Scope.SOURCE,
    "station": Scope.SOURCE,
}
_INTAKE = {
    role: Scope.ANY
    for role in (
        "platform", "platform-grid", "street-centre", "coordinator", "department", "station",
        "inspector", "patrol", "responder", "router", *UNIT_LEADS,
    )
}  # fmt: skip
_WORKING = _on(
    S.DISPATCHED, S.SIGNED_FOR, S.COORDINATING, S.RESPONDED, S.COORDINATED, S.DISPOSING,
    S.FEEDBACK_SUBMITTED, S.VERIFYING, S.UNDER_REVIEW, S.RETURNED_FOR_REWORK, S.STATION_RETURNED,
    S.ACCEPTED, S.INSTRUCTION_PENDING, S.REOPENED,
)  # fmt: skip
_UP = _on(S.ESCALATED_1, S.ESCALATED_2)
_STREET = {"street-centre": Scope.ANY}

STEPS: tuple[Step, ...] = (
    Step(command="Receive", button="收到案件", path=None, may=_INTAKE, at=_on(),
         to=_on(S.RECEIVED, S.NO_LOCATION, S.BOUNDARY_REVIEW, S.REJECTED)),
    Step(command="Supplement", button="补报", path=None, may=_INTAKE, at=ALL, listed=False),
    Step(command="Accept", button="受理", path="acceptance", may=_COORDINATOR,
         at=WAITING, to=_on(S.ACCEPTED, S.INSTRUCTION_PENDING)),
    Step(command="Reject", button="不予受理（非本片区）", path="rejection", may=_COORDINATOR,
         at=WAITING, to=_on(S.REJECTED)),
    Step(command="CorrectLocation", button="更正位置", path="location", may=_COORDINATOR,
         at=WAITING | HANDLING - _UP - _on(S.SUSPENDED),
         to=_on(S.RECEIVED, S.BOUNDARY_REVIEW, S.ACCEPTED)),
    Step(command="WithdrawRejection", button="撤回不予受理", path="rejection-withdrawal",
         may={"coordinator": Scope.ANY}, at=ALL, to=WAITING, listed=False),
    Step(command="Acknowledge", button="签收不予受理", path=None, may=_STREET, at=ALL,
         listed=False),
    Step(command="Reinstate", button="指定受理", path="reinstatement", may=_STREET, at=ALL,
         to=_on(S.RECEIVED), listed=False),
    Step(command="Redispatch", button="派给另一片区", path=None, may=_STREET, at=ALL, to=WAITING,
         listed=False),
    Step(command="Forward", button="上报区", path=None, may=_STREET, at=ALL, listed=False),
    Step(command="ReturnToSource", button="退回街道（补正 / 改派）", path="return-to-source",
         may=_COORDINATOR, at=WAITING | _on(S.ACCEPTED, S.INSTRUCTION_PENDING, S.STATION_RETURNED),
         to=_on(S.RETURNED_TO_SOURCE)),
    Step(command="SendBack", button="退还分中心", path="send-back", may=_STREET,
         at=_on(S.RETURNED_TO_SOURCE), to=WAITING),
    Step(command="Dispatch", button="派至工作站", path="dispatch", may=_COORDINATOR,
         at=_on(S.ACCEPTED, S.REOPENED), to=_on(S.DISPATCHED)),
    Step(command="Sign", button="签收", path="signing", may=_PARTIES,
         at=_on(S.DISPATCHED, S.SIGNED_FOR, S.COORDINATED, S.DISPOSING, S.RETURNED_FOR_REWORK),
         to=_on(S.SIGNED_FOR)),
    Step(command="ReturnStation", button="退单", path="station-return",
         may={"station": Scope.HOLDER}, at=_on(S.DISPATCHED, S.SIGNED_FOR),
         to=_on(S.STATION_RETURNED)),
    Step(command="DecideStationReturn", button="审核退单", path="station-return-decision",
         may=_BOTH, at=_on(S.STATION_RETURNED),
         to=_on(S.ACCEPTED, S.DISPATCHED, S.SIGNED_FOR)),
    Step(command="RequestJoint", button="提请联动", path="joint-request",
         may={"station": Scope.HOLDER},
         at=_on(S.DISPATCHED, S.SIGNED_FOR, S.DISPOSING), to=_on(S.RECEIVED)),
    Step(command="Instruct", button="作出指示", path="instruction",
         # Off hours the street centre stands in for the deputy too (R48).
         may={"deputy": Scope.DESK, **dict.fromkeys(sorted(UNIT_LEADS), Scope.DESK),
              "street-centre": Scope.HANDED_OVER},
         at=_on(S.INSTRUCTION_PENDING, S.ACCEPTED, S.COORDINATING, S.RESPONDED, S.COORDINATED,
                S.DISPOSING, S.REOPENED), to=_on(S.ACCEPTED)),
    Step(command="LogCall", button="记录通话", path="phone-call", may=_BOTH,
         at=WAITING | HANDLING),
    Step(command="ReportToHead", button="报片区网格长", path="head-report", may=_BOTH,
         at=HANDLING | _on(S.CLOSED)),
    Step(command="Coordinate", button="发起协调", path="coordination", may=_COORDINATOR,
         at=_on(S.ACCEPTED, S.INSTRUCTION_PENDING, S.COORDINATING, S.RESPONDED, S.COORDINATED,
                S.DISPOSING, S.REOPENED), to=_on(S.COORDINATING)),
    Step(command="Respond", button="响应确认", path="response",
         may={**_CALLED, "coordinator": Scope.DESK, "street-centre": Scope.HANDED_OVER},
         at=_on(S.COORDINATING, S.RESPONDED, S.COORDINATED), to=_on(S.RESPONDED)),
    Step(command="Divide", button="明确分工", path="coordination-result", may=_COORDINATOR,
         at=_on(S.RESPONDED, S.COORDINATED), to=_on(S.COORDINATED)),
    Step(command="AddSubTask", button="增加协办", path="sub-task", may=_COORDINATOR,
         at=_on(S.DISPATCHED, S.SIGNED_FOR, S.COORDINATED, S.DISPOSING)),
    Step(command="DropDuty", button="撤去协办", path="duty-dropping", may=_COORDINATOR,
         at=_on(S.DISPATCHED, S.SIGNED_FOR, S.COORDINATED, S.DISPOSING, S.RETURNED_FOR_REWORK),
         to=_on(S.FEEDBACK_SUBMITTED)),
    Step(command="StartDisposal", button="开始处置", path="disposal", may=_PARTIES,
         at=_on(S.SIGNED_FOR, S.COORDINATED, S.DISPOSING, S.RETURNED_FOR_REWORK),
         to=_on(S.DISPOSING)),
    Step(command="FinishDisposal", button="处置完成", path="disposal-end", may=_PARTIES,
         at=_on(S.SIGNED_FOR, S.COORDINATED, S.DISPOSING, S.RETURNED_FOR_REWORK),
         to=_on(S.DISPOSING)),
    Step(command="SubmitFeedback", button="提交处置结果", path="feedback", may=_PARTIES,
         at=_on(S.SIGNED_FOR, S.COORDINATED, S.DISPOSING, S.RETURNED_FOR_REWORK),
         to=_on(S.DISPOSING, S.FEEDBACK_SUBMITTED)),
    Step(command="AskVerification", button="派核实 / 派核查", path="verification",
         may=_COORDINATOR, at=HANDLING - _UP - _on(S.SUSPENDED), to=_on(S.VERIFYING)),
    Step(command="ReportVerification", button="报核查结果", path="verification-result", may=_ASKED,
         at=HANDLING, to=_on(S.FEEDBACK_SUBMITTED)),
    Step(command="DraftEvaluation", button="保存评价草稿", path="evaluation", may=_COORDINATOR,
         # Also while a 核查 is out: whoever never answers must not hold the case for ever.
         at=_on(S.FEEDBACK_SUBMITTED, S.VERIFYING, S.UNDER_REVIEW), to=_on(S.UNDER_REVIEW)),
    Step(command="ReturnForRework", button="退回重办", path="return", may=_COORDINATOR,
         at=_on(S.FEEDBACK_SUBMITTED, S.UNDER_REVIEW), to=_on(S.RETURNED_FOR_REWORK)),
    Step(command="Close", button="评价并结案", path="closing", may=_COORDINATOR,
         at=_on(S.FEEDBACK_SUBMITTED, S.UNDER_REVIEW), to=_on(S.CLOSED)),
    Step(command="Escalate", button="报网格长 / 提交街道", path="escalation",
         may={"deputy": Scope.DESK, "head": Scope.DESK},
         at=_WORKING | _on(S.ESCALATED_1), to=_UP),
    Step(command="NoteHeadCoordination", button="记录网格长协调", path="head-coordination",
         may={"head": Scope.DESK, "deputy": Scope.DESK}, at=_on(S.ESCALATED_1)),
    Step(command="SettleEscalation", button="协调有果", path="escalation-settlement",
         may={"head": Scope.DESK, "street-centre": Scope.ANY}, at=_UP, to=_WORKING),
    Step(command="Urge", button="催办", path="urging",
         may={**_BOTH, "head": Scope.DESK, "street-centre": Scope.ANY}, at=HANDLING),
    Step(command="AskHelp", button="请求支援", path="help-request",
         may=dict.fromkeys(_PARTIES, Scope.PARTY), at=HANDLING),
    Step(command="IssueSupervision", button="发督办单", path="supervision",
         may={"deputy": Scope.DESK, "head": Scope.DESK, "street-centre": Scope.ANY},
         at=WAITING | HANDLING),
    Step(command="AnswerSupervision", button="反馈督办", path="supervision-answer",
         may=_COORDINATOR, at=WAITING | HANDLING | _on(S.CLOSED)),
    Step(command="LiftSupervision", button="解除督办", path="supervision-lifting",
         may={"deputy": Scope.DESK, "head": Scope.DESK, "street-centre": Scope.ANY}, at=ALL),
    Step(command="AskExtension", button="申请延期", path="extension",
         may={**_PARTIES, **_COORDINATOR}, at=_on(S.SIGNED_FOR, S.COORDINATED, S.DISPOSING,
                                                  S.RETURNED_FOR_REWORK)),
    Step(command="DecideExtension", button="批准 / 不批准延期", path="extension-decision",
         may=_BOTH, at=HANDLING),
    Step(command="AskSuspension", button="申请挂账", path="suspension",
         may={**_COORDINATOR, "station": Scope.HOLDER}, at=_WORKING),
    Step(command="DecideSuspension", button="批准 / 不批准挂账", path="suspension-decision",
         may=_DEPUTY, at=_WORKING, to=_on(S.SUSPENDED)),
    Step(command="EndSuspension", button="销账", path="suspension-end", may=_BOTH,
         at=_on(S.SUSPENDED), to=_WORKING),
    Step(command="HandOverToStreet", button="移交街道承担", path="hand-over",
         may={"coordinator": Scope.DESK, "deputy": Scope.DESK}, at=WAITING | HANDLING),
    Step(command="HandBack", button="交回分中心", path="hand-back",
         may={**_STREET, "clock": Scope.ANY},
         at=WAITING | HANDLING),
    Step(command="Reclassify", button="更正类别", path="reclassification", may=_COORDINATOR,
         at=HANDLING - _UP - _on(S.SUSPENDED),
         to=_on(S.ACCEPTED, S.INSTRUCTION_PENDING)),
    Step(command="Merge", button="并案", path="merge", may=_COORDINATOR,
         at=WAITING | HANDLING, to=_on(S.MERGED)),
    Step(command="Absorb", button="并入", path=None, may=_COORDINATOR,
         at=WAITING | HANDLING, listed=False),
    Step(command="UndoMerge", button="拆案", path="merge-undoing", may=_COORDINATOR,
         at=_on(S.MERGED), to=WAITING | HANDLING),
    Step(command="LinkCase", button="关联", path="link", may=_COORDINATOR, at=ALL),
    Step(command="Withdraw", button="来源撤销", path="withdrawal",
         may={**_SOURCES, "street-centre": Scope.ANY},
         at=WAITING | HANDLING | _on(S.RETURNED_TO_SOURCE, S.REJECTED), to=_on(S.WITHDRAWN)),
    Step(command="NoteContact", button="先行联系", path="first-contact",
         may={**_COORDINATOR, "station": Scope.HOLDER}, at=HANDLING | _on(S.CLOSED)),
    Step(command="NoteVisit", button="记录回访", path="return-visit",
         may={**_COORDINATOR, "street-centre": Scope.ANY, "platform": Scope.SOURCE},
         at=_on(S.CLOSED)),
    Step(command="Reopen", button="重新办理", path="reopening",
         may={**_COORDINATOR, "street-centre": Scope.ANY, "platform": Scope.SOURCE,
              "platform-grid": Scope.SOURCE}, at=_on(S.CLOSED), to=_on(S.REOPENED)),
    Step(command="Archive", button="归档", path="archiving",
         may={**_COORDINATOR, "street-centre": Scope.ANY}, at=_on(S.CLOSED),
         to=_on(S.ARCHIVED)),
    Step(command="NotePush", button="送达", path=None, may={"courier": Scope.ANY}, at=ALL,
         listed=False),
    Step(command="NoteDelivered", button="反馈送达", path=None, may={"courier": Scope.ANY}, at=ALL,
         listed=False),
    Step(command="NoteUndelivered", button="反馈未送达", path=None, may={"courier": Scope.ANY},
         at=ALL, listed=False),
    Step(command="MarkWarned", button="将超时", path=None, may={"clock": Scope.ANY}, at=ALL,
         listed=False),
    Step(command="MarkOverdue", button="超时", path=None, may={"clock": Scope.ANY}, at=ALL,
         listed=False),
)  # fmt: skip
BY_COMMAND = {step.command: step for step in STEPS}
assert len(BY_COMMAND) == len(STEPS)


def check(case: Case | None, command: str, who: Actor) -> None:
    """Refuse a command of the wrong post, on somebody else's case, or at the wrong step.

    Raises:
        NotYourPost: another post does this.
        NotPermitted: it is not a case of this post's.
        WrongStatus: the case is at another step.
    """
    step = BY_COMMAND[command]
    scope = step.may.get(who.role)
    if scope is None:
        posts = "、".join(sorted({LABELS[role] for role in step.may}))
        raise NotYourPost(f"这一步由{posts}办理，当前岗位是{label(who.post)}")
    if case is None:
        return
    if not _in_scope(case, who, scope):
        raise NotPermitted(_foreign(scope))
    if case.status not in step.at:
        raise WrongStatus(f"案件现在是“{STATUS[case.status]}”，不能{step.button}")


def _foreign(scope: Scope) -> str:
    if scope is Scope.DESK:
        return "案件在另一片区城运分中心，本岗位不能办理"
    return f"本岗位只能办理{WORDS[scope]}"


def _in_scope(case: Case, who: Actor, scope: Scope) -> bool:
    work = case.work
    match scope:
        case Scope.ANY:
            return True
        case Scope.DESK:
            return case.desk is None or who.desk == case.desk
        case Scope.GRID:
            return case.community is not None and case.community.code == who.area
        case Scope.HOLDER | Scope.CALLED | Scope.PARTY:
            holds = scope is not Scope.CALLED and _holds(case, who)
            return holds or (scope is not Scope.HOLDER and _is_called(case, who))
        case Scope.ASKED:
            return any(v.post == who.post and v.reported_at is None for v in work.verifications)
        case Scope.SOURCE:
            platform = {"grid": "platform-grid"}.get(
                case.report.source, f"platform-{case.report.source}"
            )
            return who.post in (case.received_from, platform, work.requested_by)
        case Scope.HANDED_OVER:
            return work.hand_over is not None


def _holds(case: Case, who: Actor) -> bool:
    return any(d.post == who.post and d.dropped_at is None for d in case.work.duties)


def _is_called(case: Case, who: Actor) -> bool:
    round = case.work.coordination
    return round is not None and who.post in round.posts


def allowed(case: Case, who: Actor) -> tuple[Step, ...]:
    """The steps a post may take on a case as it stands, in the table's order."""
    found = []
    for step in STEPS:
        scope = step.may.get(who.role)
        offered = step.listed and step.path and scope and case.status in step.at
        if offered and scope and _in_scope(case, who, scope):
            found.append(step)
    return tuple(found)


assert ENDED < ALL
