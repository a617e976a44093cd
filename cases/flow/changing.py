"""更正类别, 延期, 挂账, 并案, 关联 and 来源撤销 (A-16, section 6, section 8). Pure."""

from cases import commands as do
from cases import events as ev
from cases.errors import NotPermitted, WrongStatus
from cases.flow.accepting import default_grades, involved_grids, spans_of
from cases.flow.parties import act, known_post, needs, not_past
from cases.hours import SHANGHAI
from cases.model import Case
from cases.setting import Act, Setting
from cases.work import Extension, Grade, Kind, Link, Suspension


def reclassify(case: Case, command: do.Reclassify, setting: Setting) -> tuple[Act, ...]:
    """更正类别 with a reason; raised starts a new clock, lowered keeps the stricter (A-16)."""
    needs(command.reason, "更正类别的理由")
    work = case.work
    kind = command.kind or work.kind or Kind.COMMUNITY
    grades = work.grades if command.grades is None else tuple(dict.fromkeys(command.grades))
    if kind is Kind.COMMUNITY:
        if command.grades:
            raise NotPermitted("社区层面案件不分联动类别")
        grades = ()
    elif not grades:
        grades = default_grades(case)
    codes = command.involved
    involved = work.involved if codes is None else involved_grids(codes, setting)
    spans = spans_of(work.spans if command.spans is None else command.spans, involved)
    same = (kind, grades, spans, involved) == (work.kind, work.grades, work.spans, work.involved)
    if same and command.category in (None, case.report.category):
        raise NotPermitted("类别没有变化")
    event = ev.Reclassified(
        kind=kind,
        grades=grades,
        spans=spans,
        involved=involved,
        category=command.category,
        reason=command.reason,
    )
    return (act(event, setting),)


def ask_extension(case: Case, command: do.AskExtension, setting: Setting) -> tuple[Act, ...]:
    """申请延期 of a duty: a new date and why."""
    if not setting.policy.enable_extension:
        raise NotPermitted("街道城运中心未启用延期")
    own = [d for d in case.work.open_duties if d.post == setting.actor.post]
    if command.duty_id is not None:
        own = [d for d in case.work.open_duties if d.id == command.duty_id]
    elif setting.actor.role in ("coordinator", "street-centre"):
        own = [d for d in case.work.open_duties if d.due_at is not None]
    if not own:
        raise NotPermitted("没有可以延期的任务")
    duty = own[0]
    elsewhere = setting.actor.role not in ("coordinator", "street-centre")
    if elsewhere and duty.post != setting.actor.post:
        raise NotPermitted("只能申请本岗位任务的延期")
    if any(e.duty_id == duty.id and e.decided_at is None for e in case.work.extensions):
        raise WrongStatus("已有待批准的延期申请")
    not_past(command.new_due_at, "新时限", setting)
    if duty.due_at is not None and command.new_due_at <= duty.due_at:
        raise NotPermitted("新时限要晚于原时限")
    asked = Extension(
        id=setting.new_id(),
        duty_id=duty.id,
        new_due_at=command.new_due_at,
        reason=needs(command.reason, "延期理由"),
        asked_by=setting.actor.post,
        asked_at=setting.now,
    )
    return (act(ev.ExtensionAsked(extension=asked), setting),)


def decide_extension(case: Case, command: do.DecideExtension, setting: Setting) -> tuple[Act, ...]:
    """批准 / 不批准延期; nobody grants one's own; for 12345 the hotline agrees first."""
    waiting = [e for e in case.work.extensions if e.decided_at is None]
    if not waiting:
        raise WrongStatus("没有待批准的延期申请")
    asked = waiting[0]
    if asked.asked_by == setting.actor.post:
        raise NotPermitted("自己申请的延期由专职副网格长批准")
    if command.approve and case.report.source == "12345" and not command.upstream_consent:
        raise NotPermitted("热线案件延期须经热线同意，请确认后勾选")
    event = ev.ExtensionDecided(
        extension_id=asked.id,
        approved=command.approve,
        reason=needs(command.reason, "批准或不批准的理由"),
        upstream_consent=command.upstream_consent,
    )
    return (act(event, setting),)


def ask_suspension(case: Case, command: do.AskSuspension, setting: Setting) -> tuple[Act, ...]:
    """申请挂账 with an owner and the day it is looked at again."""
    if not setting.policy.enable_suspension:
        raise NotPermitted("街道城运中心未启用挂账")
    if any(s.decided_at is None for s in case.work.suspensions):
        raise WrongStatus("已有待批准的挂账申请")
    if command.review_on <= setting.now.astimezone(SHANGHAI).date():
        raise NotPermitted("复看日期要在今天之后")
    asked = Suspension(
        id=setting.new_id(),
        owner=known_post(needs(command.owner, "责任人岗位"), setting),
        review_on=command.review_on,
        reason=needs(command.reason, "挂账理由"),
        asked_by=setting.actor.post,
        asked_at=setting.now,
    )
    return (act(ev.SuspensionAsked(suspension=asked), setting),)


def decide_suspension(
    case: Case, command: do.DecideSuspension, setting: Setting
) -> tuple[Act, ...]:
    """批准 / 不批准挂账 by the 专职副网格长."""
    waiting = [s for s in case.work.suspensions if s.decided_at is None]
    if not waiting:
        raise WrongStatus("没有待批准的挂账申请")
    event = ev.SuspensionDecided(
        suspension_id=waiting[0].id,
        approved=command.approve,
        reason=needs(command.reason, "批准或不批准的理由"),
    )
    return (act(event, setting),)


def end_suspension(case: Case, command: do.EndSuspension, setting: Setting) -> tuple[Act, ...]:
    """销账: the case goes on where it stood."""
    last = case.work.suspensions[-1]
    event = ev.SuspensionEnded(suspension_id=last.id, reason=needs(command.reason, "销账的说明"))
    return (act(event, setting),)


def merge(case: Case, command: do.Merge, setting: Setting) -> tuple[Act, ...]:
    """并案: the same event told several times goes with the main case (section 6)."""
    if command.into == case.id:
        raise NotPermitted("不能并入自己")
    if any(link.kind == "absorbed" for link in case.work.links):
        raise NotPermitted("此案已并入其他案件的反映，请反向并案")
    link = _link("duplicate_of", command.into, command.into_number, command.reason, setting)
    return (act(ev.CaseMerged(link=link), setting),)


def absorb(_case: Case, command: do.Absorb, setting: Setting) -> tuple[Act, ...]:
    """The main case's side of a 并案."""
    link = _link("absorbed", command.other, command.other_number, command.reason, setting)
    return (act(ev.CaseAbsorbed(link=link, numbers=command.numbers), setting),)


def undo_merge(_case: Case, command: do.UndoMerge, setting: Setting) -> tuple[Act, ...]:
    """拆案."""
    return (act(ev.MergeUndone(reason=needs(command.reason, "拆案理由")), setting),)


def link_case(case: Case, command: do.LinkCase, setting: Setting) -> tuple[Act, ...]:
    """关联; a confirmed 再次发生 makes the class 重复 (section 6)."""
    if command.kind not in ("repeat_of", "related_to", "part_of"):
        raise NotPermitted("关联请选：再次发生、相关或分案")
    if command.other == case.id:
        raise NotPermitted("不能关联自己")
    if any(x.other == command.other and x.kind == command.kind for x in case.work.links):
        return ()
    link = _link(command.kind, command.other, command.other_number, command.reason, setting)
    linked = act(ev.CaseLinked(link=link), setting)
    work = case.work
    joint = work.kind is Kind.JOINT and not case.is_waiting and not case.is_ended
    if command.kind != "repeat_of" or not joint or Grade.REPEAT in work.grades:
        return (linked,)
    classed = ev.Reclassified(
        kind=Kind.JOINT,
        grades=(*(g for g in work.grades if g is not Grade.SIMPLE), Grade.REPEAT),
        spans=work.spans,
        involved=work.involved,
        category=None,
        reason=command.reason,
    )
    return (linked, act(classed, setting))


def _link(kind: str, other: object, number: str, reason: str, setting: Setting) -> Link:
    return Link(
        kind=kind,
        other=other,  # type: ignore[arg-type]
        other_number=number,
        at=setting.now,
        by=setting.actor.post,
        reason=needs(reason, "理由"),
    )


def withdraw(_case: Case, command: do.Withdraw, setting: Setting) -> tuple[Act, ...]:
    """来源撤销."""
    return (act(ev.CaseWithdrawn(reason=needs(command.reason, "撤销理由")), setting),)
