"""处置 and its feedback the same day, 核实 and 核查 (R57, R58). Pure."""

from datetime import datetime, timedelta

from cases import commands as do
from cases import events as ev
from cases.errors import NotPermitted, WrongStatus
from cases.flow.parties import act, needs, not_past, own_duty, post_among, push
from cases.model import Case, Status
from cases.setting import Act, Setting
from cases.steps import ASKABLE
from cases.work import Duty, Feedback, Verification

OUTCOMES = {"solved": "实际解决", "explained": "解释说明"}
RESULTS = {
    "before": {"true": "属实", "partly": "部分属实", "false": "不属实"},
    "after": {"passed": "通过", "failed": "未通过"},
}


def start(case: Case, _command: do.StartDisposal, setting: Setting) -> tuple[Act, ...]:
    """开始处置; a second time changes nothing."""
    duty = own_duty(case, setting)
    return () if duty.started_at is not None else _begin(case, duty, setting)


def _begin(case: Case, duty: Duty, setting: Setting) -> tuple[Act, ...]:
    signed = () if duty.signed_at else (act(ev.DutySigned(duty_id=duty.id), setting),)
    if duty.started_at is not None and case.status is Status.DISPOSING:
        return signed
    return (*signed, act(ev.DisposalStarted(duty_id=duty.id), setting))


def finish(case: Case, command: do.FinishDisposal, setting: Setting) -> tuple[Act, ...]:
    """处置完成: from here the day's end counts (R58)."""
    duty = own_duty(case, setting)
    if duty.finished_at is not None:
        return ()
    finished = _finished(command.finished_at, duty, setting)
    event = ev.DisposalFinished(duty_id=duty.id, finished_at=finished)
    return (*_begin(case, duty, setting), act(event, setting))


def _finished(given: datetime | None, duty: Duty, setting: Setting) -> datetime:
    finished = given or duty.finished_at or setting.now
    if finished.tzinfo is None:
        raise NotPermitted("处置完成时间要带时区")
    if finished > setting.now + timedelta(minutes=1):
        raise NotPermitted("处置完成时间不能晚于现在")
    if finished < duty.given_at:
        raise NotPermitted("处置完成时间早于派单或分工，请核对")
    return finished


def feed_back(case: Case, command: do.SubmitFeedback, setting: Setting) -> tuple[Act, ...]:
    """提交处置结果: text, and photos or papers as attachments (R58)."""
    duty = own_duty(case, setting)
    needs(command.text, "处置情况")
    if command.outcome not in OUTCOMES:
        raise NotPermitted("办理结果请选：" + "、".join(OUTCOMES.values()))
    told = Feedback(
        id=setting.new_id(),
        duty_id=duty.id,
        by=setting.actor.post,
        at=setting.now,
        finished_at=_finished(command.finished_at, duty, setting),
        text=command.text,
        outcome=command.outcome,
        attachments=command.attachments,
    )
    return (*_begin(case, duty, setting), act(ev.FeedbackSubmitted(feedback=told), setting))


_BEFORE = frozenset(
    {
        Status.ACCEPTED, Status.INSTRUCTION_PENDING, Status.DISPATCHED, Status.SIGNED_FOR,
        Status.STATION_RETURNED, Status.COORDINATING, Status.RESPONDED, Status.COORDINATED,
        Status.DISPOSING, Status.REOPENED, Status.RETURNED_FOR_REWORK,
    }
)  # fmt: skip
_AFTER = frozenset({Status.FEEDBACK_SUBMITTED, Status.UNDER_REVIEW, Status.VERIFYING})


def ask_verification(case: Case, command: do.AskVerification, setting: Setting) -> tuple[Act, ...]:
    """派核实 before, 派核查 after the handling (R27)."""
    if command.kind not in RESULTS:
        raise NotPermitted("请选核实（办前查事实）或核查（办后查结果）")
    if case.status not in (_BEFORE if command.kind == "before" else _AFTER):
        raise WrongStatus("核实在处置前，核查在处置反馈后")
    default = setting.now + timedelta(hours=setting.policy.verification_hours)
    post = post_among(command.post, ASKABLE, setting)
    asked = Verification(
        id=setting.new_id(),
        kind=command.kind,
        post=post,
        asked_at=setting.now,
        due_at=not_past(command.due_at or default, "时限", setting),
        note=command.note,
    )
    event = ev.VerificationAsked(verification=asked, pushes=(push(post, "verification", setting),))
    return (act(event, setting),)


def report_verification(
    case: Case, command: do.ReportVerification, setting: Setting
) -> tuple[Act, ...]:
    """The result, with photos; who failed the check is sent back by the coordinator."""
    asked = next(
        (
            v
            for v in case.work.verifications
            if v.post == setting.actor.post and v.reported_at is None
        ),
        None,
    )
    if asked is None:
        raise WrongStatus("没有派给本岗位的核实、核查")
    if command.result not in RESULTS[asked.kind]:
        raise NotPermitted("结果请选：" + "、".join(RESULTS[asked.kind].values()))
    event = ev.VerificationReported(
        verification_id=asked.id,
        result=command.result,
        text=needs(command.text, "核查情况"),
        attachments=command.attachments,
    )
    return (act(event, setting),)
