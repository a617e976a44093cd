"""The words of the screen for states and events (words.md sections 5 and 6)."""

from collections.abc import Callable
from typing import Any

from cases.model import Case, Status
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
    return f"受理，归{community['name']}" if community else "受理，网格未定"


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
    "ClockBreached": lambda d: {
        "refusal_feedback": "反馈时限超时",
        "acceptance_alarm": "受理提醒（内控）超时",
    }.get(d["code"], "超时"),
}  # fmt: skip


def _desk(code: str) -> str:
    return {"140901": "迎园片区", "140902": "新成片区"}.get(code, code)
