"""五(二) of the plan, a story for each class, with the real server and the real worker.

Each story says who does what in the plan's own order; that the order and the times were kept is
read from the case's history and clocks, where the server wrote them.
"""

import pytest
from places import IN_MALU, SURE_140902
from plan_words import (
    CHENGGUAN,
    COORDINATOR,
    DEPUTY,
    GRID,
    HEAD,
    HOTLINE,
    INSPECTOR,
    PATROL,
    POLICE,
    STATION,
    STREET,
    WATER,
    Town,
    moment,
    no_gap,
    soon,
)

pytestmark = [pytest.mark.db, pytest.mark.slow]
WHY = "现场情况复杂，需多方处置"


@pytest.fixture(scope="module")
def town(shared_site):
    town = Town(shared_site())
    yield town
    town.close()


def joint(case, *grades):
    """受理为联动 by class; the coordinator says why (A-16)."""
    return case.does(COORDINATOR, "acceptance", kind="joint", grades=grades, reason=WHY)


def test_community_level(town):
    """社区层面: 1小时内派至工作站, 当日反馈, 1个自然日内评价结案 (R51, R58, R63)."""
    case = town.reported()
    case.does(COORDINATOR, "acceptance")
    case.does(COORDINATOR, "dispatch", station=GRID)
    case.told("dispatch", STATION)
    accepted, brought = case.happened("CaseAccepted"), case.happened("PushDelivered")
    case.clock("acceptance_alarm").until(accepted)
    case.clock("dispatch_limit").ran_from(accepted).for_minutes(60).until(brought)
    assert brought["actor"] == "courier"

    case.does(STATION, "signing")
    case.clock("signing_alarm").ran_from(brought).until(case.happened("DutySigned"))
    case.handled(STATION)
    fed_back = case.happened("FeedbackSubmitted")
    finished = moment(case.happened("DisposalFinished")["data"]["finished_at"])
    case.clock("same_day").to_the_end_of(
        moment(fed_back["at"]).replace(day=finished.astimezone(moment(fed_back["at"]).tzinfo).day),
        days_on=0,
    ).until(fed_back)

    case.does(COORDINATOR, "verification", kind="after", post=INSPECTOR)
    assert case.now()["status"] == "verifying"
    assert case.now()["owner"] == INSPECTOR
    checked = {"result": "passed", "text": "现场已恢复"}
    photo = case.photo(INSPECTOR, "check")
    case.does(INSPECTOR, "verification-result", **checked, attachments=[photo])
    case.closed()
    closing = case.clock("closing_limit").ran_from(fed_back).until(case.happened("CaseClosed"))
    closing.to_the_end_of(moment(fed_back["at"]), days_on=1)
    no_gap(case.now())
    # Nobody but the house's desk and the grid's own station had a part in it.
    assert case.never_ran("coordination_limit")


def test_simple_joint(town):
    """简易: 20分钟内推送案件、时间、地点 (R52); no instruction, no telephone is asked for."""
    case = town.reported()
    joint(case, "simple")
    case.coordinated(PATROL, CHENGGUAN)
    case.told("coordination", PATROL, CHENGGUAN)
    pushed = case.pushes("coordination")
    assert {post: len(sent) for post, sent in pushed.items()} == {PATROL: 1, CHENGGUAN: 1}
    # The last delivery, not the sending, is what stops the clock.
    case.clock("coordination_limit").ran_from(case.happened("CaseAccepted")).for_minutes(20).until(
        case.happened("PushDelivered")
    )

    far = {"lon": SURE_140902[0], "lat": SURE_140902[1], "crs": "WGS84", "accuracy_m": 5}
    assert "米" in case.cannot(PATROL, "response", **far)
    case.arrived(PATROL, CHENGGUAN)
    case.clock("appointment").until(case.happened("ResponseConfirmed"))
    case.divided(CHENGGUAN, PATROL)
    case.told("duty", CHENGGUAN, PATROL)
    case.handled(CHENGGUAN)
    assert case.now()["status"] == "disposing"
    case.handled(PATROL)
    # The closing day begins with the last of the feedbacks (R63).
    case.clock("closing_limit").ran_from(case.happened("FeedbackSubmitted"))
    case.closed()
    no_gap(case.now())


def test_complex_joint(town):
    """复杂: 副网格长指示, 先电话后推送, 20分钟 (R53); the history proves which came first."""
    case = town.reported()
    assert joint(case, "complex")["status"] == "instruction_pending"
    assert case.now()["owner"] == DEPUTY
    place = {"posts": [PATROL, CHENGGUAN], "place": "现场", "appointment_at": soon()}
    assert "指示" in case.cannot(COORDINATOR, "coordination", **place)
    case.does(DEPUTY, "instruction", text="立即协调")
    case.phoned(PATROL)
    assert "城管中队" in case.cannot(COORDINATOR, "coordination", **place)
    case.phoned(CHENGGUAN)
    case.coordinated(PATROL, CHENGGUAN)
    case.told("coordination", PATROL, CHENGGUAN)
    case.clock("coordination_limit").ran_from(case.happened("CaseAccepted")).for_minutes(20).until(
        case.happened("PushDelivered")
    )
    phoned_before_pushed(case, PATROL, CHENGGUAN)
    (told,) = case.now()["work"]["instructions"]
    lag = moment(case.happened("InstructionGiven")["at"]) - moment(
        case.happened("CaseAccepted")["at"]
    )
    assert told["lag_s"] == pytest.approx(lag.total_seconds(), abs=0.001)
    assert not told["after_the_fact"]
    # The telephone's number is kept, but cannot be dialled from the screen.
    assert "13800001111" not in str(case.events())


def test_difficult_joint(town):
    """疑难: 协调无果, 副网格长报网格长协调, 仍无进展才提交街道 (R59, R60)."""
    case = town.reported()
    joint(case, "difficult")
    case.does(DEPUTY, "instruction", text="牵头协调")
    up = {"reason_code": "no_agreement", "reason": "权属不清，多次协调无果"}
    assert case.cannot(DEPUTY, "escalation", level=2, **up)
    case.does(DEPUTY, "escalation", level=1, **up)
    assert case.now()["owner"] == HEAD
    assert case.cannot(HEAD, "escalation", level=2, **up), "not before the head has tried"
    case.does(HEAD, "head-coordination", text="召集两家单位，未达成一致")
    case.does(HEAD, "escalation", level=2, **up)
    assert case.now()["owner"] == STREET
    before = case.events(STREET)
    case.does(STREET, "escalation-settlement", text="明确由水务牵头")
    settled = case.now()
    assert settled["status"] == "accepted"
    assert [e["level"] for e in settled["work"]["escalations"]] == [1, 2]
    assert all(e["settled_at"] for e in settled["work"]["escalations"])
    # Taking it up stops no clock of ours.
    assert case.clock("coordination_limit").told["stopped_at"] is None
    assert [e["type"] for e in before] == [e["type"] for e in case.events()][: len(before)]
    no_gap(settled)


def test_repeat_joint(town):
    """重复: 确认再次发生即定为重复, 按复杂一类办 (R53)."""
    first = town.reported()
    again = town.reported()
    joint(again, "simple")
    told = again.does(COORDINATOR, "link", kind="repeat_of", other=first.id, reason="再次破损")
    assert told["grades"] == ["repeat"]
    raised = again.happened("Reclassified")
    again.clock("coordination_limit").ran_from(raised).for_minutes(20)
    assert again.clock("coordination_limit", 0).told["stopped_at"] == raised["at"]
    place = {"posts": [PATROL], "place": "现场", "appointment_at": soon()}
    assert "指示" in again.cannot(COORDINATOR, "coordination", **place)
    again.does(DEPUTY, "instruction", text="查明原因")
    again.phoned(PATROL)
    again.coordinated(PATROL)
    again.told("coordination", PATROL)
    again.clock("coordination_limit").until(again.happened("PushDelivered"))


def test_supervised_joint(town):
    """督办: 督办单有期限, 反馈督办之前不能结案 (R8, R53)."""
    case = town.reported()
    joint(case, "simple")
    told = case.does(STREET, "supervision", reason="市级督办件")
    assert told["grades"] == ["supervised"]
    case.clock("coordination_limit").ran_from(case.happened("Reclassified")).for_minutes(20)
    case.does(DEPUTY, "instruction", text="按督办要求办理")
    case.phoned(PATROL)
    case.coordinated(PATROL)
    case.arrived(PATROL)
    case.divided(PATROL)
    case.handled(PATROL)
    points = [{"code": "law", "passed": True}]
    assert "未答" in case.cannot(COORDINATOR, "closing", points=points, report="已办结")
    with pytest.raises(AssertionError, match="督办"):
        case.closed()
    case.does(COORDINATOR, "supervision-answer", text="已处置完毕")
    case.clock("supervision_limit").ran_from(case.happened("SupervisionIssued")).until(
        case.happened("SupervisionAnswered")
    )
    case.closed()


def test_urgent_joint(town):
    """紧急: 报网格长、电话、推送, 10分钟; 未获指示的写明情况, 指示事后补录 (R54, A-9)."""
    case = town.reported(urgent=True)
    case.does(COORDINATOR, "acceptance", kind="joint", reason=WHY)
    assert case.now()["grades"] == ["urgent"]
    case.phoned(POLICE, PATROL)
    place = {"posts": [POLICE, PATROL], "place": "现场", "appointment_at": soon()}
    assert case.cannot(COORDINATOR, "coordination", **place, offline=True)
    case.coordinated(POLICE, PATROL, offline=True, without_instruction="两次电话未接通")
    case.told("coordination", POLICE, PATROL)
    # Pushed and phoned, but the head does not know yet: the ten minutes run on.
    assert case.clock("urgent_limit").told["stopped_at"] is None
    case.does(COORDINATOR, "head-report", kind="start", text="燃气泄漏，已通知到场")
    case.clock("urgent_limit").ran_from(case.happened("CaseAccepted")).for_minutes(10).until(
        case.happened("HeadReported")
    )
    phoned_before_pushed(case, POLICE, PATROL)
    case.does(DEPUTY, "instruction", text="同意，注意安全")
    assert case.now()["work"]["instructions"][0]["after_the_fact"]

    case.arrived(POLICE, PATROL)
    case.divided(POLICE, PATROL)
    case.handled(POLICE, PATROL)
    with pytest.raises(AssertionError, match="网格长"):
        case.closed()
    case.does(DEPUTY, "head-report", kind="result", text="险情已排除")
    case.closed()
    no_gap(case.now())


def test_major_joint(town):
    """重大: 条线负责人也可指示 (R54, A-14); 案情先报网格长."""
    case = town.reported()
    joint(case, "complex")
    assert case.cannot(POLICE, "instruction", text="先封路"), "not below 紧急、重大"
    case.does(COORDINATOR, "reclassification", grades=["major"], reason="人员聚集")
    raised = case.happened("Reclassified")
    case.clock("urgent_limit").ran_from(raised).for_minutes(10)
    assert case.clock("coordination_limit").told["stopped_at"] == raised["at"]
    case.does(POLICE, "instruction", text="先封路")
    case.does(COORDINATOR, "head-report", kind="start", text="人员聚集")
    case.phoned(POLICE)
    case.coordinated(POLICE, offline=True)
    case.told("coordination", POLICE)
    case.clock("urgent_limit").until(case.happened("PushDelivered"))
    phoned_before_pushed(case, POLICE)
    assert not case.now()["work"]["instructions"][0]["after_the_fact"]


def test_joint_asked_for_by_a_department(town):
    """部门提请联动 (R6): by its door it is 联动, and whoever asked follows it to the end."""
    case = town.reported(WATER, source="department", description="河道排污，需多部门联动")
    case.does(COORDINATOR, "acceptance")
    assert case.now()["kind"] == "joint"
    assert case.never_ran("dispatch_limit")
    case.coordinated(WATER, CHENGGUAN)
    case.told("coordination", WATER, CHENGGUAN)
    case.clock("coordination_limit").for_minutes(20).until(case.happened("PushDelivered"))
    assert case.now(WATER)["number"] == case.now()["number"]
    box = town.read("/mailbox", WATER)["items"]
    assert [mail["kind"] for mail in box if mail["case_id"] == case.id] == ["coordination"]


def test_joint_asked_for_by_the_station(town):
    """工作站提请联动 of a case it holds: the same case, confirmed anew (R6, R49)."""
    case = town.reported()
    case.does(COORDINATOR, "acceptance")
    case.does(COORDINATOR, "dispatch", station=GRID)
    case.does(STATION, "joint-request", reason="涉及三家单位", forces=["城管", "水务"])
    assert case.now()["status"] == "received"
    # A-6 counts anew, and the hour for dispatching is over with the dispatch.
    case.clock("acceptance_alarm").ran_from(case.happened("JointRequested"))
    case.does(COORDINATOR, "acceptance")
    assert case.now()["kind"] == "joint"
    case.coordinated(STATION, CHENGGUAN)
    case.told("coordination", STATION, CHENGGUAN)
    case.clock("coordination_limit").ran_from(case.happened("CaseAccepted")).until(
        case.happened("PushDelivered")
    )


def test_refused_because_it_lies_outside(town):
    """非本片区: 不予受理, 1个自然日内反馈街道城运中心 (R50)."""
    case = town.reported(spot=IN_MALU, to_sector="140901", urgent=True)
    assert "马陆" in case.cannot(COORDINATOR, "acceptance")
    case.does(COORDINATOR, "rejection", reason="位于马陆镇")
    case.waits(lambda told: told["refusals"][0]["state"] == "feedback_delivered")
    received, delivered = case.happened("CaseReceived"), case.happened("RejectionDelivered")
    clock = case.clock("refusal_feedback").ran_from(received).until(delivered)
    clock.to_the_end_of(moment(received["at"]), days_on=1)
    assert [e["type"] for e in case.events()] == [
        "CaseReceived",
        "CaseRejected",
        "RejectionDelivered",
    ]
    refusal = case.now()["refusals"][0]["id"]
    signed = town.client(STREET).post(
        f"/v1/street-centre/refusals/{refusal}/acknowledgement", json={}
    )
    assert signed.status_code == 200
    assert case.now(HOTLINE)["status"] == "rejected_out_of_area"


def phoned_before_pushed(case, *posts):
    """R53: for each person the first call is in the history before that person's first push."""
    calls = {}
    for event in case.events():
        if event["type"] == "CallLogged":
            calls.setdefault(event["data"]["call"]["post"], event["version"])
        if event["type"] == "CoordinationStarted":
            for push in event["data"]["pushes"]:
                if push["post"] in posts:
                    assert calls.pop(push["post"]) < event["version"]
    assert not set(calls) & set(posts)
