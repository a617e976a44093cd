"""The words of the screen for states and events (words.md sections 5 and 6)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from cases.clocks import BY_CODE
from cases.hours import SHANGHAI
from cases.model import Case, Status
from cases.roles import label
from cases.sources import SOURCES
from cases.work import Grade, Kind, Span

STATUS = {
    Status.RECEIVED: "待受理",
    Status.NO_LOCATION: "待确认位置",
    Status.BOUNDARY_REVIEW: "边界待定",
    Status.ACCEPTED: "已受理",
    Status.INSTRUCTION_PENDING: "待指示",
    Status.REJECTED: "不予受理",
    Status.RETURNED_TO_SOURCE: "已退回街道",
    Status.DISPATCHED: "已派单",
    Status.SIGNED_FOR: "已签收",
    Status.STATION_RETURNED: "工作站退单",
    Status.COORDINATING: "协调中",
    Status.RESPONDED: "已响应",
    Status.COORDINATED: "已明确分工",
    Status.DISPOSING: "处置中",
    Status.FEEDBACK_SUBMITTED: "已反馈",
    Status.VERIFYING: "待核查",
    Status.UNDER_REVIEW: "结案审核",
    Status.RETURNED_FOR_REWORK: "退回重办",
    Status.ESCALATED_1: "已报网格长",
    Status.ESCALATED_2: "已提交街道",
    Status.SUSPENDED: "挂账",
    Status.MERGED: "已并案",
    Status.WITHDRAWN: "已撤销",
    Status.CLOSED: "已结案",
    Status.REOPENED: "重新办理",
    Status.ARCHIVED: "已归档",
}
KIND = {Kind.COMMUNITY: "社区层面", Kind.JOINT: "联动"}
GRADE = {
    Grade.SIMPLE: "简易联动",
    Grade.COMPLEX: "复杂联动",
    Grade.DIFFICULT: "疑难联动（历史遗留问题）",
    Grade.REPEAT: "重复联动",
    Grade.SUPERVISED: "督办联动",
    Grade.URGENT: "紧急联动",
    Grade.MAJOR: "重大联动",
}
SPAN = {Span.LEVEL: "跨层级", Span.GRID: "跨网格", Span.FIELD: "跨领域"}
REFUSAL_STATE = {
    "feedback_pending": "待反馈街道",
    "feedback_delivered": "已反馈街道",
    "acknowledged": "街道已签收",
    "redispatched": "街道已改派",
    "reinstated": "指定受理",
    "forwarded": "已上报区",
    "withdrawn": "已撤回",
}
REASON = {
    "SIBLING_PIANQU": "属街道内另一片区",
    "OUTSIDE_STREET": "在新成路街道以外",
    "OUTSIDE_DISTRICT": "在嘉定区以外",
    "NEAR_BOUNDARY": "靠近网格边界",
    "ON_BOUNDARY": "在边界线上",
    "BOUNDARY_ROAD": "在界路（新成路）上",
    "NO_LOCATION": "没有位置",
    "CRS_UNDECLARED": "未说明坐标系",
    "CRS_UNKNOWN": "坐标系名称不认识",
    "AXES_SWAPPED": "经纬度疑似颠倒",
    "ZERO_ISLAND": "坐标为（0，0）",
    "INTEGER_DEGREES": "坐标只到整度",
    "OUTSIDE_CHINA": "坐标在中国范围以外",
    "NOT_FINITE": "坐标不是数字",
    "ZONE_MISMATCH": "投影带号与坐标系不符",
    "UNITS_MISMATCH": "坐标单位与坐标系不符",
    "LOW_GEOCODE_QUALITY": "地址定位不够准",
    "ADDRESS_AMBIGUOUS": "地址有歧义",
    "TEXT_DISAGREES": "地址与坐标不符",
    "AREA_NOT_IN_FORCE": "该时点网格版本未启用",
}


def next_step(case: Case) -> str:
    """The next step in the plan's own word."""
    if case.status is Status.REJECTED:
        refusal = case.refusal(None)
        return REFUSAL_STATE[refusal.state] if refusal else STATUS[case.status]
    if case.proposal == "rejection" and case.is_waiting and not case.reinstated:
        return "不予受理"
    return {
        Status.NO_LOCATION: "定位置",
        Status.BOUNDARY_REVIEW: "定网格",
        Status.RECEIVED: "受理",
        Status.ACCEPTED: "协调" if case.work.kind is Kind.JOINT else "派单",
        Status.INSTRUCTION_PENDING: "指示",
        Status.RETURNED_TO_SOURCE: "街道处理",
        Status.DISPATCHED: "签收",
        Status.SIGNED_FOR: "处置",
        Status.STATION_RETURNED: "审核退单",
        Status.COORDINATING: "响应",
        Status.RESPONDED: "明确分工",
        Status.COORDINATED: "处置",
        Status.DISPOSING: "反馈",
        Status.FEEDBACK_SUBMITTED: "结案评价",
        Status.VERIFYING: "核查",
        Status.UNDER_REVIEW: "结案评价",
        Status.RETURNED_FOR_REWORK: "重办",
        Status.ESCALATED_1: "网格长协调",
        Status.ESCALATED_2: "街道协调",
        Status.SUSPENDED: "复看",
        Status.REOPENED: "协调" if case.work.kind is Kind.JOINT else "派单",
        Status.CLOSED: "归档",
    }.get(case.status, "")


def event_label(kind: str, data: dict[str, Any]) -> str:
    """One line of the history (经过)."""
    write = _WRITERS.get(kind)
    return write(data) if write else kind


def _owner(data: dict[str, Any]) -> str:
    owner = data.get("belongs_to")
    return owner["name"] if owner else "不明"


def _received(data: dict[str, Any]) -> str:
    source = SOURCES[data["report"]["source"]].label
    place = data["place"]
    if data.get("location_problem"):
        return f"收到{source}，{REASON.get(data['location_problem'], '位置待确认')}"
    match place["status"]:
        case "assigned":
            found = f"判定：{place['community']['name']}"
        case "boundary_review":
            found = f"判定：边界待定，误差圆跨 {len(place['candidates'])} 处"
        case "out_of_area":
            found = "判定：非本片区"
        case _:
            found = "没有位置"
    return f"收到{source}，{found}"


def _accepted(data: dict[str, Any]) -> str:
    community = data.get("community")
    grid = f"受理，归{community['name']}" if community else "受理，网格未定"
    joint = data.get("kind") == Kind.JOINT
    return f"{grid}，类别：{_classed(data)}" if joint else grid


_CHANNEL = {"wecom": "政务微信", "mailbox": "屏幕收件箱", "screen": "屏幕收件箱", "sms": "短信"}
_RETURN = {
    "supplement": "信息不全需补正",
    "reassign": "非本级职责，改派",
    "police": "属警情转回110",
    "duplicate": "与在办案件同一事件",
}
_STATION_RETURN = {
    "not_our_grid": "非本网格",
    "needs_joint": "需多方联动（改提请联动）",
    "information": "信息不全",
    "other": "其他",
}
_CALL = {"reached": "已接通", "unreached": "未接通", "call_back": "稍后回电"}
_CHECK = {"before": "核实", "after": "核查"}
_RESULT = {
    "true": "属实", "partly": "部分属实", "false": "不属实", "passed": "通过", "failed": "未通过",
}  # fmt: skip
_ESCALATION = {
    "hard": "案件疑难复杂",
    "weak_response": "参勤人员响应处置不力",
    "no_agreement": "协调无果",
    "other": "其他",
}
_LINK = {"repeat_of": "再次发生", "related_to": "相关", "part_of": "由其分出"}
_SATISFACTION = {
    "satisfied": "满意", "mostly": "基本满意", "fair": "一般", "unsatisfied": "不满意",
}  # fmt: skip
_CAUSE = {"visit": "回访不满意", "again": "再次反映", "hotline": "热线重办"}
_WRITERS: dict[str, Callable[[dict[str, Any]], str]] = {
    "CaseReceived": _received,
    "ReportSupplemented": lambda d: (
        "来源补报" + ("，新编号 " + "、".join(n["number"] for n in d["new_numbers"])
                  if d.get("new_numbers") else "")
    ),
    "LocationCorrected": lambda d: f"更正位置：{d['reason']}",
    "CaseAccepted": _accepted,
    "CaseRejected": lambda d: (
        f"不予受理（{REASON.get(d['reason_code'], '')}），建议归属：{_owner(d)}"
    ),
    "RejectionDelivered": lambda _d: "反馈已送达街道城运中心",
    "RejectionUndelivered": lambda _d: "反馈未送达，需人工处理",
    "RejectionAcknowledged": lambda _d: "街道城运中心签收",
    "RejectionForwarded": lambda d: f"街道城运中心上报区，建议归属：{_owner(d)}",
    "RejectionWithdrawn": lambda d: f"撤回不予受理：{d['reason']}",
    "CaseRedispatched": lambda d: f"街道城运中心改派至{_desk(d['to_sector'])}",
    "CaseReinstated": lambda d: f"指定{_desk(d['to_sector'])}受理：{d['reason']}",
    "ClockBreached": lambda d: f"{_clock(d)}超时",
    "ClockWarned": lambda d: f"{_clock(d)}将超时",
    "PushDelivered": lambda d: f"推送已送达（{_CHANNEL.get(d['channel'], d['channel'])}）",
    "PushFailed": lambda _d: "推送未送达，请电话联系",
    "CaseReturnedToSource": lambda d: (
        f"退回街道（{_RETURN.get(d['kind'], '')}）{_why(d)}"
    ),
    "CaseSentBack": lambda d: f"街道城运中心退还分中心{_why(d)}",
    "CaseDispatched": lambda d: f"派单至{_post(d['duty']['post'])}",
    "DutySigned": lambda _d: "签收",
    "StationReturned": lambda d: (
        f"工作站退单，理由：{_STATION_RETURN.get(d['reason_code'], '')}{_why(d, '，')}"
    ),
    "StationReturnDecided": lambda d: (
        ("同意退单" if d["approved"] else "不同意退单") + _why(d)
    ),
    "JointRequested": lambda d: f"{_post(d['by'])}提请联动{_why(d)}{_forces(d)}",
    "InstructionGiven": lambda d: (
        f"{_post(d['instruction']['by'])}指示{_said(d['instruction'].get('text'))}"
        + ("（事后补录）" if d["instruction"]["after_the_fact"] else "")
    ),
    "CallLogged": lambda d: (
        f"电话联系{_post(d['call']['post'])}：{_CALL.get(d['call']['outcome'], '')}"
        + ("（补记）" if d["call"]["back_dated"] else "")
    ),
    "HeadReported": lambda d: (
        "报片区网格长" if d["head_report"]["kind"] == "start" else "处置结果报片区网格长"
    ),
    "CoordinationStarted": lambda d: (
        f"发起协调，推送{_posts(d['coordination']['posts'])}"
        + ("（未获指示）" if d["coordination"].get("without_instruction") else "")
    ),
    "ResponseConfirmed": lambda d: (
        f"{_post(d['arrival']['post'])}到达协调现场，响应确认"
        + ("" if d["arrival"]["within"] else "（附说明）")
    ),
    "DutiesAgreed": lambda d: "明确分工，" + "；".join(_part(duty) for duty in d["duties"]),
    "SubTaskAdded": lambda d: f"增加协办：{_post(d['duty']['post'])}",
    "DutyDropped": lambda d: f"撤去协办{_why(d)}",
    "DisposalStarted": lambda _d: "开始处置",
    "DisposalFinished": lambda _d: "处置完成",
    "FeedbackSubmitted": lambda d: (
        f"{_post(d['feedback']['by'])}反馈处置结果："
        + {"solved": "实际解决", "explained": "解释说明"}.get(d["feedback"]["outcome"], "")
    ),
    "VerificationAsked": lambda d: (
        f"派{_CHECK.get(d['verification']['kind'], '')}：{_post(d['verification']['post'])}"
    ),
    "VerificationReported": lambda d: f"报核实、核查结果：{_RESULT.get(d['result'], '')}",
    "ReviewStarted": lambda _d: "开始结案审核",
    "EvaluationDrafted": lambda _d: "保存评价草稿",
    "ReworkOrdered": lambda d: f"退回重办{_why(d, '，缺：')}",
    "CaseClosed": lambda _d: "形成综合性评价报告，结案",
    "CaseEscalated": lambda d: (
        ("报片区网格长" if d["level"] == 1 else "提交街道城运中心")
        + f"，事由：{_ESCALATION.get(d['reason_code'], '')}"
    ),
    "HeadCoordinated": lambda d: f"片区网格长协调{_said(d.get('text'))}",
    "EscalationSettled": lambda d: f"协调有果，继续办理{_said(d.get('text'))}",
    "Urged": lambda d: f"催办{_post(d['post'])}",
    "HelpAsked": lambda d: f"{_post(d['by'])}请求支援{_said(d.get('text'))}",
    "SupervisionIssued": lambda d: f"{_post(d['supervision']['issuer'])}发督办单",
    "SupervisionAnswered": lambda d: f"反馈督办{_said(d.get('text'))}",
    "SupervisionLifted": lambda d: f"解除督办{_why(d)}",
    "ExtensionAsked": lambda d: f"申请延期至{_day(d['extension']['new_due_at'])}",
    "ExtensionDecided": lambda d: ("批准延期" if d["approved"] else "不批准延期") + _why(d),
    "SuspensionAsked": lambda d: f"申请挂账，复看日期 {d['suspension']['review_on']}",
    "SuspensionDecided": lambda d: ("批准挂账" if d["approved"] else "不批准挂账") + _why(d),
    "SuspensionEnded": lambda d: f"销账{_why(d)}",
    "HandedOver": lambda d: (
        "移交街道承担（" + {"evening": "工作日晚间", "holiday": "节假日"}.get(
            d["hand_over"]["condition"], "")
        + f"且参勤力量不足，应到 {d['hand_over']['needed']} 人，实到 {d['hand_over']['on_duty']} 人"
        + ("，专职副网格长认定）" if d["hand_over"]["declared"] else "）")
    ),
    "HandedBack": lambda d: f"交回分中心{_why(d)}",
    "Reclassified": lambda d: f"更正类别为{_classed(d)}{_why(d)}",
    "CaseMerged": lambda d: f"并案，随 {d['link']['other_number']} 办理",
    "CaseAbsorbed": lambda d: (
        f"{d['link']['other_number']} 并入本案"
        + ("，来源编号 " + "、".join(n["number"] for n in d["numbers"]) if d.get("numbers") else "")
    ),
    "MergeUndone": lambda d: f"拆案{_why(d)}",
    "CaseLinked": lambda d: (
        f"关联 {d['link']['other_number']}（{_LINK.get(d['link']['kind'], '相关')}）"
    ),
    "CaseWithdrawn": lambda d: f"来源撤销{_why(d)}",
    "ContactNoted": lambda d: "先行联系：" + ("已联系" if d["contact"]["made"] else "未联系"),
    "VisitNoted": lambda d: f"回访：{_SATISFACTION.get(d['visit']['satisfaction'], '')}",
    "CaseReopened": lambda d: f"重新办理：{_CAUSE.get(d['cause'], '')}{_why(d, '，')}",
    "CaseArchived": lambda _d: "归档",
}  # fmt: skip


def _clock(data: dict[str, Any]) -> str:
    rule = BY_CODE.get(data["code"])
    return rule.label.removesuffix(" 1个自然日") if rule else ""


def _post(post: str) -> str:
    return label(post) or post


def _posts(posts: list[str]) -> str:
    return "、".join(_post(post) for post in posts)


def _why(data: dict[str, Any], mark: str = "：") -> str:
    """The reason, as far as it is still kept (a purge takes free text away)."""
    reason = data.get("reason")
    return f"{mark}{reason}" if reason else ""


def _said(text: str | None) -> str:
    return f"：{text}" if text else ""


def _forces(data: dict[str, Any]) -> str:
    return "，所需力量：" + "、".join(data["forces"]) if data.get("forces") else ""


def _part(duty: dict[str, Any]) -> str:
    return ("主办：" if duty["role"] == "lead" else "协办：") + _post(duty["post"])


def _day(moment: str) -> str:
    local = datetime.fromisoformat(moment).astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def _classed(data: dict[str, Any]) -> str:
    grades = "、".join(GRADE[Grade(grade)] for grade in data.get("grades", ()))
    return grades or KIND[Kind(data["kind"])]


def _desk(code: str) -> str:
    return {"140901": "迎园片区", "140902": "新成片区"}.get(code, code)
