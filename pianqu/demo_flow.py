"""The demo's other posts: stations, deputies and leads carry accepted cases on, by the HTTP doors.

Each case stops somewhere for a while, so that every tab of the screen has something in it; which
ones, and where, follows from the case's number.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cases.flow.closing import POINTS
from cases.hours import SHANGHAI

Json = dict[str, Any]
# (post, verb, body) for one case → whether it was taken
Ask = Callable[[str, str, Json], bool]

_RESULTS = (
    "已到现场处置，恢复原状。",
    "已联系责任单位整改，现场清理完毕。",
    "已上门劝导并督促整改，当事人表示配合。",
    "已修复，现场查看正常。",
)
# How many of a hundred cases stop at a step until somebody at the screen takes them on.
_STOPS = {
    "accepted": 6,
    "instruction_pending": 30,
    "dispatched": 10,
    "signed_for": 25,
    "coordinating": 25,
    "responded": 20,
    "coordinated": 20,
    "disposing": 20,
    "feedback_submitted": 15,
}


def lot(number: str, what: str) -> int:
    """0–99, always the same for a case and a purpose."""
    return hashlib.sha256(f"{number} {what}".encode()).digest()[0] * 100 // 256


def accept_body(case: Json) -> Json:
    """How the demo's coordinator classes a case: what asks for 联动 by its flags, else simple."""
    if case["source"] not in ("department", "station"):
        return {}
    if case["urgent"] or case["supervised"]:
        return {}
    if lot(case["number"], "class") < 40:
        return {"grades": ["complex"], "reason": "涉及多个部门，需现场协调"}
    return {}


def carry_on(case: Json, ask: Ask, now: datetime) -> bool:
    """One step of one case, by the post the plan names; False where it stops for now."""
    status, number = case["status"], case["number"]
    if lot(number, status) < _STOPS.get(status, 0):
        return False
    step = STEPS.get(status)
    return step is not None and step(case, ask, now)


def _accepted(case: Json, ask: Ask, now: datetime) -> bool:
    step = _coordinate if case["kind"] == "joint" else _dispatch
    return step(case, ask, now)


def _instruct(case: Json, ask: Ask, _now: datetime) -> bool:
    body = {"text": "请尽快到场协调，先电话联系。"}
    return ask(f"deputy-{case['desk']}", "instruction", body)


def _sign(case: Json, ask: Ask, _now: datetime) -> bool:
    return ask(f"station-{case['station']}", "signing", {})


def _coordinator(case: Json) -> str:
    return f"coordinator-{case['desk']}"


def _dispatch(case: Json, ask: Ask, _now: datetime) -> bool:
    if case["community"] is None:
        return False
    return ask(_coordinator(case), "dispatch", {"station": case["community"]["code"]})


def _called(case: Json) -> list[str]:
    leads = ("chengguan", "police", "market")
    first = lot(case["number"], "lead") % 3
    return [f"{leads[first]}-{case['desk']}", f"responder-{case['desk']}-{first + 1}"]


def _coordinate(case: Json, ask: Ask, now: datetime) -> bool:
    coordinator = _coordinator(case)
    posts = _called(case)
    tier = 3 if {"urgent", "major"} & set(case["grades"]) else 1
    tier = max(tier, 2 if set(case["grades"]) - {"simple"} else 1)
    if tier >= 2:
        for post in posts:
            ask(coordinator, "phone-call", {"post": post, "outcome": "reached"})
    if tier == 3:
        ask(coordinator, "head-report", {"kind": "start", "text": "已通知各方到场。"})
    when = now.astimezone(SHANGHAI) + timedelta(minutes=15)
    body = {
        "posts": posts,
        "place": case["address"] or "案件现场",
        "appointment_at": when.replace(second=0, microsecond=0).isoformat(),
        "offline": tier == 3,
    }
    return ask(coordinator, "coordination", body)


def _arrive(case: Json, ask: Ask, _now: datetime) -> bool:
    return all([_arrives(case, ask, post) for post in _called(case)])


def _arrives(case: Json, ask: Ask, post: str) -> bool:
    point = case["point"]
    body: Json = {"reason": "现场无定位"}
    if point:
        body = {"lon": point["lon"], "lat": point["lat"], "crs": "CGCS2000", "accuracy_m": 8}
    return ask(post, "response", body)


def _divide(case: Json, ask: Ask, now: datetime) -> bool:
    lead, other = _called(case)
    due = (now.astimezone(SHANGHAI) + timedelta(hours=3)).replace(second=0, microsecond=0)
    duties = [
        {"post": lead, "role": "lead", "text": "现场处置", "due_at": due.isoformat()},
    ]
    if lot(case["number"], "assist") < 50:
        duties.append(
            {"post": other, "role": "assist", "text": "协助疏导", "due_at": due.isoformat()}
        )
    return ask(_coordinator(case), "coordination-result", {"duties": duties})


def _feed_back(case: Json, ask: Ask, _now: datetime) -> bool:
    post = f"station-{case['station']}" if case["station"] else _called(case)[0]
    text = _RESULTS[lot(case["number"], "result") % len(_RESULTS)]
    done = ask(post, "feedback", {"text": text, "outcome": "solved"})
    if case["kind"] == "joint" and len(_called(case)) > 1:
        ask(_called(case)[1], "feedback", {"text": "已协助完成。", "outcome": "solved"})
    return done


def _close(case: Json, ask: Ask, _now: datetime) -> bool:
    if {"urgent", "major"} & set(case["grades"]):
        report = {"kind": "result", "text": "已处置完毕。"}
        ask(f"deputy-{case['desk']}", "head-report", report)
    points = [{"code": code, "passed": True} for code in POINTS]
    report_text = f"{case['title']}：处置情况属实，处置意见明确，予以结案。"
    return ask(_coordinator(case), "closing", {"points": points, "report": report_text})


STEPS: dict[str, Callable[[Json, Ask, datetime], bool]] = {
    "accepted": _accepted,
    "instruction_pending": _instruct,
    "dispatched": _sign,
    "signed_for": _feed_back,
    "coordinating": _arrive,
    "responded": _divide,
    "coordinated": _feed_back,
    "disposing": _feed_back,
    "feedback_submitted": _close,
}
