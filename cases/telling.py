"""Event → which posts are told what, through their best channel and always on screen. Pure.

What the plan's clocks wait for is a `Push` of the event and carries its id; the rest is news. Texts
name the case and what to do, never the reporter.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from cases import events as ev
from cases.clocks import BY_CODE, HOLDER
from cases.hours import SHANGHAI
from cases.model import Case
from cases.roles import label
from cases.timers import Clock
from cases.work import Push

STREET = "street-centre"
# As much of a cry for help as fits the first look; all of it is in the history.
_MOST_TOLD = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """One line for one post."""

    post: str
    kind: str
    text: str
    urgent: bool = False
    push: Push | None = None
    more: tuple[tuple[str, Any], ...] = ()


def news(event: ev.Event, case: Case) -> tuple[News, ...]:
    """Who hears of an event, each post once."""
    told: dict[str, News] = {}
    for item in (*_pushes(event, case), *_tellings(event, case)):
        told.setdefault(item.post, item)
    return tuple(told.values())


def news_id(case: Case, item: News, version: int) -> UUID:
    """The id of a message: the push's own, else one that follows from case, version and post."""
    if item.push is not None:
        return item.push.id
    return uuid5(case.id, f"{version} {item.kind} {item.post}")


_PURPOSE = {
    "dispatch": "派单：请签收并处置",
    "coordination": "协调：请按时到场并响应确认",
    "duty": "任务：请按分工处置并反馈",
    "verification": "请核实、核查并报结果",
    "rework": "退回重办，请补充后再反馈",
    "urging": "催办",
}


def _pushes(event: ev.Event, case: Case) -> Iterable[News]:
    urgent = case.work.tier == 3
    for push in getattr(event, "pushes", ()):
        text = _PURPOSE[push.purpose]
        more: tuple[tuple[str, Any], ...] = ()
        if isinstance(event, ev.CoordinationStarted):
            round = event.coordination
            when = _clock_time(round.appointment_at)
            text = f"{text}。{when}，{round.place}"
            more = (
                ("place", round.place),
                ("appointment_at", round.appointment_at.isoformat()),
                ("offline", round.offline),
            )
        yield News(
            post=push.post, kind=push.purpose, text=text, urgent=urgent, push=push, more=more
        )


def _clock_time(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _desk(role: str, case: Case) -> str:
    # What the street centre has taken over, it hears of in the coordinator's place (R48).
    taken = role == "coordinator" and case.work.hand_over is not None
    return STREET if role == STREET or taken or case.desk is None else f"{role}-{case.desk}"


def _to(role: str, kind: str, text: str) -> Callable[[Any, Case], Iterable[News]]:
    def told(_event: Any, case: Case) -> Iterable[News]:
        yield News(post=_desk(role, case), kind=kind, text=text, urgent=case.work.tier == 3)

    return told


def _received(_event: ev.CaseReceived, case: Case) -> Iterable[News]:
    if case.report.urgent and case.desk:
        yield News(
            post=_desk("coordinator", case), kind="received", text="紧急案件，请受理", urgent=True
        )


def _accepted(_event: ev.CaseAccepted, case: Case) -> Iterable[News]:
    tier = case.work.tier
    if tier >= 2:
        text = "请对联动案件作出指示"
        yield News(post=_desk("deputy", case), kind="instruct", text=text, urgent=tier == 3)
    if tier == 3:
        for role in ("police", "chengguan", "market"):
            text = "紧急、重大案件，可作出指示"
            yield News(post=_desk(role, case), kind="instruct", text=text, urgent=True)


def _rejected(event: ev.CaseRejected, case: Case) -> Iterable[News]:
    # For sources 5 and 6 the requester is told as well (requirements, section 8).
    if case.report.source in ("department", "station") and case.received_from:
        text = f"提请的案件非本片区，已反馈街道城运中心：{event.reason}"
        yield News(post=case.received_from, kind="rejected", text=text)


def _escalated(event: ev.CaseEscalated, case: Case) -> Iterable[News]:
    role = "head" if event.level == 1 else STREET
    yield News(post=_desk(role, case), kind="escalated", text="案件提交协调", urgent=True)


def _decided(event: Any, case: Case) -> Iterable[News]:
    work = case.work
    if isinstance(event, ev.ExtensionDecided):
        asked = next(e for e in work.extensions if e.id == event.extension_id).asked_by
        what = "延期"
    else:
        asked = next(s for s in work.suspensions if s.id == event.suspension_id).asked_by
        what = "挂账"
    words = "已批准" if event.approved else "不批准"
    yield News(post=asked, kind="decided", text=f"{what}申请{words}")


def _return_decided(event: ev.StationReturnDecided, case: Case) -> Iterable[News]:
    words = "已同意" if event.approved else "不同意，请继续办理"
    text = f"退单{words}"
    yield News(post=case.work.station_returns[-1].by, kind="decided", text=text)


def _withdrawn(_event: Any, case: Case) -> Iterable[News]:
    for duty in case.work.open_duties:
        yield News(post=duty.post, kind="withdrawn", text="案件已撤销，不再办理")
    yield News(post=_desk("coordinator", case), kind="withdrawn", text="来源撤销")


def _merged(event: ev.CaseMerged, case: Case) -> Iterable[News]:
    for duty in case.work.open_duties:
        text = f"案件已并入 {event.link.other_number}，随主案办理"
        yield News(post=duty.post, kind="withdrawn", text=text)


def _unmerged(_event: Any, case: Case) -> Iterable[News]:
    for duty in case.work.open_duties:
        yield News(post=duty.post, kind="resumed", text="已拆案，请继续办理")


def _called_back(why: str) -> Callable[[Any, Case], Iterable[News]]:
    def told(_event: Any, case: Case) -> Iterable[News]:
        done = {f.duty_id for f in case.work.feedbacks}
        for duty in case.work.duties:
            if duty.dropped_at == case.updated_at and duty.id not in done:
                text = f"{why}，案件不再由本岗位办理"
                yield News(post=duty.post, kind="withdrawn", text=text)

    return told


def _extension_asked(event: ev.ExtensionAsked, case: Case) -> Iterable[News]:
    own = event.extension.asked_by in (_desk("coordinator", case), f"coordinator-{case.desk}")
    role = "deputy" if own else "coordinator"
    yield News(post=_desk(role, case), kind="extension", text="申请延期，请批准")


def _help_asked(event: ev.HelpAsked, case: Case) -> Iterable[News]:
    text = f"{label(event.by)}请求支援：{event.text[:_MOST_TOLD]}"
    yield News(post=_desk("coordinator", case), kind="help", text=text, urgent=True)


def _supervision_answered(event: ev.SupervisionAnswered, case: Case) -> Iterable[News]:
    order = next(s for s in case.work.supervisions if s.id == event.supervision_id)
    yield News(post=order.issuer, kind="supervision", text="督办已反馈")


def _handed_over(_event: Any, _case: Case) -> Iterable[News]:
    yield News(post=STREET, kind="handed_over", text="案件移交街道承担，计时不停", urgent=True)


def _push_failed(event: ev.PushFailed, case: Case) -> Iterable[News]:
    push = next((p for p in case.work.pushes if p.id == event.push_id), None)
    if push is not None:
        text = f"推送未送达：{label(push.post)}，请电话联系"
        yield News(post=_desk("coordinator", case), kind="push_failed", text=text, urgent=True)


def _clock_told(event: ev.ClockWarned | ev.ClockBreached, case: Case) -> Iterable[News]:
    clock = next((c for c in case.clocks if c.seq == event.seq), None)
    rule = BY_CODE.get(event.code)
    if clock is None or rule is None:
        return
    late = isinstance(event, ev.ClockBreached)
    word = "超时" if late else "将超时"
    for role in rule.red if late else rule.amber:
        for post in holders(clock, case) if role == HOLDER else (_desk(role, case),):
            yield News(post=post, kind=f"clock_{'red' if late else 'amber'}",
                       text=f"{word}：{rule.label}", urgent=late)  # fmt: skip


def holders(clock: Clock, case: Case) -> tuple[str, ...]:
    """The posts a clock is about: of its duty or verification, else of the station."""
    work = case.work
    about = [d.post for d in work.duties if str(d.id) == clock.subject]
    about += [v.post for v in work.verifications if str(v.id) == clock.subject]
    if not about and work.station:
        about = [f"station-{work.station}"]
    return tuple(about)


TELLINGS: dict[type, Callable[[Any, Case], Iterable[News]]] = {
    ev.CaseReceived: _received,
    ev.CaseAccepted: _accepted,
    ev.CaseRejected: _rejected,
    ev.CaseReinstated: _to("coordinator", "reinstated", "街道城运中心指定受理"),
    ev.CaseRedispatched: _to("coordinator", "received", "街道城运中心改派来案件"),
    ev.CaseReturnedToSource: _to(STREET, "returned", "案件退回街道，请补正、改派"),
    ev.CaseSentBack: _to("coordinator", "returned", "街道城运中心退还案件"),
    ev.JointRequested: _to("coordinator", "joint", "工作站提请联动，请确认受理"),
    ev.StationReturned: _to("coordinator", "station_return", "工作站退单，请审核"),
    ev.StationReturnDecided: _return_decided,
    ev.InstructionGiven: _to("coordinator", "instruction", "已获指示，请发起协调"),
    ev.HeadReported: _to("head", "head_report", "紧急、重大案件报告"),
    ev.FeedbackSubmitted: _to("coordinator", "feedback", "处置结果已反馈"),
    ev.VerificationReported: _to("coordinator", "verification", "核实核查结果已报"),
    ev.CaseEscalated: _escalated,
    ev.EscalationSettled: _to("deputy", "escalated", "上级协调有果，继续办理"),
    ev.HelpAsked: _help_asked,
    ev.SupervisionIssued: _to("coordinator", "supervision", "收到督办单"),
    ev.SupervisionAnswered: _supervision_answered,
    ev.SupervisionLifted: _to("coordinator", "supervision", "督办已解除"),
    ev.ExtensionAsked: _extension_asked,
    ev.ExtensionDecided: _decided,
    ev.SuspensionAsked: _to("deputy", "suspension", "申请挂账，请批准"),
    ev.SuspensionDecided: _decided,
    ev.HandedOver: _handed_over,
    ev.HandedBack: _to("coordinator", "handed_over", "街道城运中心交回案件"),
    ev.CaseMerged: _merged,
    ev.MergeUndone: _unmerged,
    ev.DutyDropped: _called_back("协办撤去"),
    ev.DutiesAgreed: _called_back("重新分工"),
    ev.Reclassified: _called_back("类别更正"),
    ev.CaseWithdrawn: _withdrawn,
    ev.LocationCorrected: _called_back("位置更正"),
    ev.CaseReopened: _to("coordinator", "reopened", "案件重新办理"),
    ev.PushFailed: _push_failed,
    ev.ClockWarned: _clock_told,
    ev.ClockBreached: _clock_told,
}


def _tellings(event: ev.Event, case: Case) -> Iterable[News]:
    tell = TELLINGS.get(type(event))
    return tell(event, case) if tell else ()
