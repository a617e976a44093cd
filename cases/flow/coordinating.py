"""协调 in its three forms, the arrival, and 明确分工 (R52–R57, A-9). Pure."""

import re
from datetime import datetime, timedelta

from cases import commands as do
from cases import events as ev
from cases.errors import NotPermitted, WrongStatus
from cases.flow.parties import act, in_words, known_post, needs, not_past, post_among, push
from cases.model import Case, Status
from cases.roles import UNIT_LEADS
from cases.setting import Act, Setting
from cases.steps import CALLABLE, PARTIES
from cases.work import (
    Arrival,
    Call,
    Coordination,
    Duty,
    DutyRole,
    HeadReport,
    Instruction,
    Kind,
)
from geo.points import LonLat, distance_m

OUTCOMES = {"reached": "已接通", "unreached": "未接通", "call_back": "稍后回电"}
CHANNELS = {"phone", "screen", "face", "wecom"}
_MOST_TRUSTED_M = 100.0


def instruct(case: Case, command: do.Instruct, setting: Setting) -> tuple[Act, ...]:
    """作出指示: the deputy's, or for 紧急/重大 a line lead's as well (R53, R54, A-14)."""
    work = case.work
    if work.kind is not Kind.JOINT or work.tier < 2:
        raise NotPermitted("社区层面和简易联动案件不需要指示")
    if setting.actor.role in UNIT_LEADS and work.tier < 3:
        raise NotPermitted("复杂、疑难、重复、督办联动由专职副网格长指示")
    needs(command.text, "指示内容")
    begun = work.coordination is not None and work.coordination.started_at >= _since(case)
    told = Instruction(
        id=setting.new_id(),
        by=setting.actor.post,
        at=setting.now,
        channel=command.channel,
        text=command.text,
        lag_s=max((setting.now - _since(case)).total_seconds(), 0.0),
        after_the_fact=begun and not work.instructions,
        # One person may hold both posts; who instructs oneself is shown as such.
        self_given=f"coordinator-{case.desk}" in setting.own_posts,
    )
    return (act(ev.InstructionGiven(instruction=told), setting),)


def _since(case: Case) -> datetime:
    return case.work.clock_from or case.accepted_at or case.received_at


def log_call(_case: Case, command: do.LogCall, setting: Setting) -> tuple[Act, ...]:
    """记录通话: the server's time counts; a call dated back is flagged (A-9)."""
    if command.outcome not in OUTCOMES:
        raise NotPermitted("通话结果请选：" + "、".join(OUTCOMES.values()))
    claimed = command.claimed_at
    if claimed is not None and claimed.tzinfo is None:
        raise NotPermitted("通话时间要带时区")
    grace = timedelta(minutes=setting.policy.back_dated_call_minutes)
    call = Call(
        id=setting.new_id(),
        post=known_post(command.post, setting),
        outcome=command.outcome,
        at=setting.now,
        claimed_at=claimed,
        by=setting.actor.post,
        number=masked(command.number),
        note=command.note,
        back_dated=claimed is not None and abs(setting.now - claimed) > grace,
    )
    return (act(ev.CallLogged(call=call), setting),)


def masked(number: str | None) -> str | None:
    """A telephone number that can be told apart but not dialled.

    >>> masked("13812345678")
    '138****5678'
    """
    if not number:
        return None
    digits = re.sub(r"\D", "", number)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 7 else "****"


def report_to_head(case: Case, command: do.ReportToHead, setting: Setting) -> tuple[Act, ...]:
    """报片区网格长: at the start (R54), and the result of 紧急/重大 (R25)."""
    if command.kind not in ("start", "result"):
        raise NotPermitted("请说明是报告案情还是报告处置结果")
    if command.kind == "result":
        if setting.actor.role != "deputy":
            raise NotPermitted("处置结果由专职副网格长报片区网格长")
        if not case.work.feedbacks:
            raise WrongStatus("还没有处置反馈，不能报告处置结果")
    elif case.status is Status.CLOSED:
        raise WrongStatus("案件已结案")
    needs(command.text, "报告内容")
    report = HeadReport(
        at=setting.now,
        by=setting.actor.post,
        kind=command.kind,
        channel=command.channel,
        text=command.text,
    )
    return (act(ev.HeadReported(head_report=report), setting),)


def coordinate(case: Case, command: do.Coordinate, setting: Setting) -> tuple[Act, ...]:
    """发起协调: what must have been done before the push goes out depends on the class."""
    work = case.work
    if work.kind is not Kind.JOINT:
        raise NotPermitted("社区层面案件请派单；要多方办理请先更正类别为联动")
    posts = tuple(dict.fromkeys(post_among(post, CALLABLE, setting) for post in command.posts))
    if not posts:
        raise NotPermitted("请选参加协调的岗位")
    needs(command.place, "协调地点")
    not_past(command.appointment_at, "协调时间", setting)
    if work.tier >= 2:
        _instructed(case, command)
        _phoned_first(case, posts)
    if work.tier == 3 and not command.offline:
        raise NotPermitted("紧急、重大案件推送线下协调的时间和地点")
    point = (command.lon, command.lat)
    if command.lon is None and command.lat is None and case.point is not None:
        point = (case.point.lon, case.point.lat)
    round = Coordination(
        round=len(work.coordinations) + 1,
        started_at=setting.now,
        by=setting.actor.post,
        posts=posts,
        place=command.place,
        lon=point[0],
        lat=point[1],
        radius_m=setting.policy.arrival_radius_m,
        appointment_at=command.appointment_at,
        offline=command.offline,
        text=command.text,
        without_instruction=command.without_instruction,
    )
    pushes = tuple(push(post, "coordination", setting) for post in posts)
    return (act(ev.CoordinationStarted(coordination=round, pushes=pushes), setting),)


def _instructed(case: Case, command: do.Coordinate) -> None:
    if case.work.instructions:
        return
    if case.work.tier < 3:
        raise WrongStatus("待专职副网格长指示，不能先行推送")
    # 紧急/重大 without an answer: act, and record why.
    if not (command.without_instruction or "").strip():
        raise NotPermitted("未获指示的，请写明未获指示的情况，事后补录")


def _phoned_first(case: Case, posts: tuple[str, ...]) -> None:
    """R53: for each person at least one call attempt before that person's first push."""
    called = {call.post for call in case.work.calls if call.at >= _since(case)}
    missing = [post for post in posts if post not in called]
    if missing:
        raise NotPermitted("须先行电话联系：" + in_words(missing))


def respond(case: Case, command: do.Respond, setting: Setting) -> tuple[Act, ...]:
    """响应确认: within the radius of the appointed place, or with a reason (R56)."""
    round = case.work.coordination
    if round is None:
        raise WrongStatus("还没有发起协调")
    post = command.post or setting.actor.post
    for_other = post != setting.actor.post
    if for_other and setting.actor.role not in ("coordinator", "street-centre"):
        raise NotPermitted("只能确认本岗位的响应")
    if post not in round.posts:
        raise NotPermitted("本次协调没有召集这个岗位")
    if any(arrival.post == post for arrival in round.arrivals):
        return ()
    distance, within = _distance(command, round)
    if (for_other or not within) and not (command.reason or "").strip():
        raise NotPermitted(_why(distance, round, for_other=for_other))
    arrival = Arrival(
        post=post,
        at=setting.now,
        by=setting.actor.post,
        distance_m=distance,
        within=within,
        reason=command.reason,
    )
    return (act(ev.ResponseConfirmed(arrival=arrival), setting),)


def _distance(command: do.Respond, round: Coordination) -> tuple[float | None, bool]:
    if command.lon is None or command.lat is None or round.lon is None or round.lat is None:
        return None, False
    far = distance_m(LonLat(command.lon, command.lat), LonLat(round.lon, round.lat))
    slack = min(command.accuracy_m or 0.0, _MOST_TRUSTED_M)
    return round_m(far), far <= round.radius_m + slack


def round_m(metres: float) -> float:
    """Metres to the decimetre, as they are shown."""
    return round(metres, 1)


def _why(distance: float | None, at: Coordination, *, for_other: bool) -> str:
    if for_other:
        return "代为确认响应要写明理由"
    if distance is None:
        return "没有可比对的位置，请写明理由"
    return f"距协调地点 {distance:.0f} 米，超出 {at.radius_m:.0f} 米，请写明理由"


def divide(_case: Case, command: do.Divide, setting: Setting) -> tuple[Act, ...]:
    """明确分工: one 主办, others 协办, each with duties and a time (R57)."""
    if sum(line.role is DutyRole.LEAD for line in command.duties) != 1:
        raise NotPermitted("一案一个主办：请指定且只指定一个主办")
    posts = [line.post for line in command.duties]
    if len(set(posts)) != len(posts):
        raise NotPermitted("同一岗位只写一行分工")
    duties = tuple(
        Duty(
            id=setting.new_id(),
            post=post_among(line.post, PARTIES, setting),
            role=line.role,
            text=needs(line.text, "职责"),
            given_at=setting.now,
            due_at=not_past(line.due_at, "处置时限", setting),
        )
        for line in command.duties
    )
    pushes = tuple(push(duty.post, "duty", setting) for duty in duties)
    return (act(ev.DutiesAgreed(duties=duties, pushes=pushes), setting),)


def add_sub_task(case: Case, command: do.AddSubTask, setting: Setting) -> tuple[Act, ...]:
    """One more party, where a case touches more than one grid or field (R7)."""
    post = post_among(command.post, PARTIES, setting)
    if any(d.post == post for d in case.work.open_duties):
        raise NotPermitted("该岗位在此案已有任务")
    duty = Duty(
        id=setting.new_id(),
        post=post,
        role=DutyRole.ASSIST,
        text=needs(command.text, "协办内容"),
        given_at=setting.now,
        due_at=not_past(command.due_at, "处置时限", setting),
    )
    event = ev.SubTaskAdded(duty=duty, pushes=(push(post, "duty", setting),))
    return (act(event, setting),)


def drop_duty(case: Case, command: do.DropDuty, setting: Setting) -> tuple[Act, ...]:
    """A part that is not needed; the lead's cannot be dropped."""
    duty = next((d for d in case.work.open_duties if d.id == command.duty_id), None)
    if duty is None:
        raise NotPermitted("没有这项待办任务")
    if duty.role is DutyRole.LEAD:
        raise NotPermitted("主办不能撤去，请重新派单或重新分工")
    needs(command.reason, "理由")
    return (act(ev.DutyDropped(duty_id=duty.id, reason=command.reason), setting),)
