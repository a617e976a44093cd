"""提交 upwards, 催办 and 督办 downwards, and the hand-over off hours (R48, R59, R60). Pure."""

from datetime import timedelta

from cases import commands as do
from cases import events as ev
from cases.errors import NotPermitted, NotYourPost, WrongStatus
from cases.flow.parties import act, known_post, needs, not_past, push
from cases.hours import end_of_day
from cases.model import WAITING, Case, Status
from cases.setting import Act, Setting
from cases.work import Grade, HandOver, Kind, Supervision

REASONS = {
    "hard": "案件疑难复杂",
    "weak_response": "参勤人员响应处置不力",
    "no_agreement": "协调无果",
    "other": "其他",
}


def escalate(case: Case, command: do.Escalate, setting: Setting) -> tuple[Act, ...]:
    """报网格长, then 提交街道: the second rung only after the first was tried (R60)."""
    if command.reason_code not in REASONS:
        raise NotPermitted("提交事由请选：" + "、".join(REASONS.values()))
    needs(command.reason, "提交事由的说明")
    if command.level == 1:
        if case.status is Status.ESCALATED_1:
            raise WrongStatus("已报片区网格长")
        if setting.actor.role != "deputy":
            raise NotYourPost("由专职副网格长报片区网格长")
    elif command.level == 2:
        if case.status is not Status.ESCALATED_1:
            raise WrongStatus("须先报片区网格长协调，仍无进展才提交街道城运中心")
        if case.work.escalations[-1].head_coordinated_at is None:
            raise WrongStatus("片区网格长的协调还没有记录，不能提交街道城运中心")
    else:
        raise NotPermitted("只有报网格长（1）和提交街道（2）两级")
    event = ev.CaseEscalated(
        level=command.level, reason_code=command.reason_code, reason=command.reason
    )
    return (act(event, setting),)


def head_coordinated(
    _case: Case, command: do.NoteHeadCoordination, setting: Setting
) -> tuple[Act, ...]:
    """What the 片区网格长 has done about it, on record."""
    needs(command.text, "协调情况")
    return (act(ev.HeadCoordinated(text=command.text), setting),)


def settle(case: Case, command: do.SettleEscalation, setting: Setting) -> tuple[Act, ...]:
    """Settled above; it goes on where it stood."""
    role = {Status.ESCALATED_1: "head", Status.ESCALATED_2: "street-centre"}[case.status]
    if setting.actor.role != role:
        raise NotYourPost(
            "已报片区网格长，由片区网格长办理"
            if role == "head"
            else "已提交街道，由街道城运中心办理"
        )
    needs(command.text, "协调结果")
    return (act(ev.EscalationSettled(text=command.text), setting),)


def urge(_case: Case, command: do.Urge, setting: Setting) -> tuple[Act, ...]:
    """催办 (R30)."""
    post = known_post(command.post, setting)
    event = ev.Urged(post=post, text=command.text, pushes=(push(post, "urging", setting),))
    return (act(event, setting),)


def ask_help(_case: Case, command: do.AskHelp, setting: Setting) -> tuple[Act, ...]:
    """请求支援: the desk hears of it at once; whom to send, the coordinator decides."""
    event = ev.HelpAsked(
        by=setting.actor.post,
        text=needs(command.text, "需要什么支援"),
        lon=command.lon,
        lat=command.lat,
        attachments=command.attachments,
    )
    return (act(event, setting),)


def supervise(case: Case, command: do.IssueSupervision, setting: Setting) -> tuple[Act, ...]:
    """发督办单; it sets the 督办 class of a joint case as well (section 8)."""
    needs(command.reason, "督办事由")
    default = end_of_day(setting.now + timedelta(days=setting.policy.supervision_days))
    order = Supervision(
        id=setting.new_id(),
        issuer=setting.actor.post,
        reason=command.reason,
        issued_at=setting.now,
        due_at=not_past(command.due_at or default, "督办时限", setting),
    )
    issued = act(ev.SupervisionIssued(supervision=order), setting)
    work = case.work
    fresh = case.status not in WAITING and work.kind is Kind.JOINT
    if not fresh or Grade.SUPERVISED in work.grades:
        return (issued,)
    classed = ev.Reclassified(
        kind=Kind.JOINT,
        grades=(*(g for g in work.grades if g is not Grade.SIMPLE), Grade.SUPERVISED),
        spans=work.spans,
        involved=work.involved,
        category=None,
        reason=command.reason,
    )
    return (issued, act(classed, setting))


def _order(case: Case, id: object) -> Supervision:
    waiting = [s for s in case.work.supervisions if s.lifted_at is None]
    found = [s for s in waiting if id is None or s.id == id]
    if not found:
        raise WrongStatus("没有在督的督办单")
    return found[-1]


def answer(case: Case, command: do.AnswerSupervision, setting: Setting) -> tuple[Act, ...]:
    """The desk's answer to a 督办单."""
    order = _order(case, command.supervision_id)
    needs(command.text, "督办反馈")
    event = ev.SupervisionAnswered(supervision_id=order.id, text=command.text)
    return (act(event, setting),)


def lift(case: Case, command: do.LiftSupervision, setting: Setting) -> tuple[Act, ...]:
    """解除督办 by who issued it, or by the street centre."""
    order = _order(case, command.supervision_id)
    if setting.actor.post not in (order.issuer, "street-centre"):
        raise NotYourPost("督办单由发出人或街道城运中心解除")
    needs(command.reason, "解除理由")
    event = ev.SupervisionLifted(supervision_id=order.id, reason=command.reason)
    return (act(event, setting),)


def hand_over(case: Case, command: do.HandOverToStreet, setting: Setting) -> tuple[Act, ...]:
    """移交街道承担: off hours, and too few forces or so declared, both on record (R48, A-19)."""
    if case.work.hand_over is not None:
        raise WrongStatus("案件已由街道承担")
    desk = case.desk or setting.actor.desk or ""
    condition = setting.calendar.off_hours_reason(desk, setting.now)
    if condition is None:
        raise NotPermitted("现在是运行时间，不能移交街道承担")
    if command.declared and setting.actor.role != "deputy":
        raise NotPermitted("参勤力量不足由专职副网格长认定")
    if not command.declared and setting.on_duty >= setting.needed:
        raise NotPermitted(
            f"参勤力量应到 {setting.needed} 人，实到 {setting.on_duty} 人，不缺；"
            "确有不足由专职副网格长认定"
        )
    given = HandOver(
        at=setting.now,
        by=setting.actor.post,
        condition=condition,
        on_duty=setting.on_duty,
        needed=setting.needed,
        declared=command.declared,
        reason=needs(command.reason, "移交理由"),
    )
    return (act(ev.HandedOver(hand_over=given), setting),)


def hand_back(case: Case, command: do.HandBack, setting: Setting) -> tuple[Act, ...]:
    """交回分中心, in the morning at the latest."""
    if case.work.hand_over is None:
        raise WrongStatus("案件没有移交街道承担")
    return (act(ev.HandedBack(reason=command.reason), setting),)
