"""结案评价: the five points, the report, closing, and what comes after (R61–R63, R25). Pure."""

from cases import commands as do
from cases import events as ev
from cases.errors import NotPermitted, WrongStatus
from cases.flow.parties import act, in_words, needs, push
from cases.model import Case, Status
from cases.setting import Act, Setting
from cases.work import Contact, Evaluation, Visit

# The plan's five; 等: the list stays open, so further codes may be added by who checks.
POINTS = {
    "description": "案件信息描述齐全",
    "law": "法规政策适用准确",
    "opinion": "处置意见概括准确",
    "photos": "核查照片对比明确",
    "language": "语句通顺合理",
}
SATISFACTION = {
    "satisfied": "满意",
    "mostly": "基本满意",
    "fair": "一般",
    "unsatisfied": "不满意",
}
CAUSES = {"visit": "回访不满意", "again": "再次反映", "hotline": "热线重办"}


def draft(case: Case, command: do.DraftEvaluation, setting: Setting) -> tuple[Act, ...]:
    """Begin the check, keep what is written so far."""
    kept = act(ev.EvaluationDrafted(text=command.report, points=command.points), setting)
    return (*_review(case, setting), kept)


def _review(case: Case, setting: Setting) -> tuple[Act, ...]:
    if case.status is Status.UNDER_REVIEW:
        return ()
    return (act(ev.ReviewStarted(), setting),)


def close(case: Case, command: do.Close, setting: Setting) -> tuple[Act, ...]:
    """评价并结案: every point answered and passed, with a report (R61, R62)."""
    answered = {point.code: point for point in command.points}
    missing = [words for code, words in POINTS.items() if code not in answered]
    if missing:
        raise NotPermitted("结案审核还有未答的项：" + "、".join(missing))
    failed = [POINTS.get(p.code, p.code) for p in command.points if not p.passed]
    if failed:
        raise NotPermitted("未通过的项：" + "、".join(failed) + "；请退回重办")
    needs(command.report, "综合性评价报告")
    _complete(case, setting)
    evaluation = Evaluation(
        points=command.points,
        report=command.report,
        outcome=command.outcome,
        at=setting.now,
        by=setting.actor.post,
    )
    return (*_review(case, setting), act(ev.CaseClosed(evaluation=evaluation), setting))


def _complete(case: Case, setting: Setting) -> None:
    work = case.work
    if work.open_duties:
        waiting = in_words(duty.post for duty in work.open_duties)
        raise WrongStatus(f"还有未反馈的任务：{waiting}")
    if work.tier == 3 and not any(r.kind == "result" for r in work.head_reports):
        # R25: for 紧急/重大 the result goes to the 片区网格长 first.
        raise NotPermitted("紧急、重大案件须先由专职副网格长向片区网格长报告处置结果")
    if any(order.answered_at is None and order.lifted_at is None for order in work.supervisions):
        raise NotPermitted("督办单还没有反馈，请先反馈督办")
    if setting.policy.photo_required_for_close and not _has_photo(case):
        raise NotPermitted("没有处置后或核查照片，不能结案")


def _has_photo(case: Case) -> bool:
    files = [a for f in case.work.feedbacks for a in f.attachments]
    files += [a for v in case.work.verifications for a in v.attachments]
    return any(file.kind in ("after", "check") for file in files)


def rework(case: Case, command: do.ReturnForRework, setting: Setting) -> tuple[Act, ...]:
    """退回重办 to those whose result falls short; the closing clock starts anew afterwards."""
    needs(command.reason, "缺什么")
    given = [d for d in case.work.duties if d.feedback_at is not None and d.dropped_at is None]
    chosen = [d for d in given if not command.posts or d.post in command.posts]
    if not chosen:
        raise NotPermitted("没有可以退回的处置结果")
    pushes = tuple(push(duty.post, "rework", setting) for duty in chosen)
    event = ev.ReworkOrdered(
        duty_ids=tuple(d.id for d in chosen), reason=command.reason, pushes=pushes
    )
    return (act(event, setting),)


def note_contact(_case: Case, command: do.NoteContact, setting: Setting) -> tuple[Act, ...]:
    """先行联系: made with whom, or why not (section 8)."""
    if command.made:
        needs(command.person, "联系人")
    else:
        needs(command.reason, "未联系的原因")
    contact = Contact(
        made=command.made,
        at=min(command.at, setting.now) if command.at else setting.now,
        by=setting.actor.post,
        person=command.person,
        reason=command.reason,
    )
    return (act(ev.ContactNoted(contact=contact), setting),)


def note_visit(_case: Case, command: do.NoteVisit, setting: Setting) -> tuple[Act, ...]:
    """回访 after closing."""
    if command.satisfaction not in SATISFACTION:
        raise NotPermitted("满意度请选：" + "、".join(SATISFACTION.values()))
    visit = Visit(
        satisfaction=command.satisfaction,
        at=setting.now,
        by=setting.actor.post,
        text=command.text,
    )
    return (act(ev.VisitNoted(visit=visit), setting),)


def reopen(_case: Case, command: do.Reopen, setting: Setting) -> tuple[Act, ...]:
    """重新办理: the same case goes through dispatch or coordination again."""
    if command.cause not in CAUSES:
        raise NotPermitted("重新办理的原因请选：" + "、".join(CAUSES.values()))
    needs(command.reason, "理由")
    return (act(ev.CaseReopened(cause=command.cause, reason=command.reason), setting),)


def archive(_case: Case, _command: do.Archive, setting: Setting) -> tuple[Act, ...]:
    """归档."""
    return (act(ev.CaseArchived(), setting),)
