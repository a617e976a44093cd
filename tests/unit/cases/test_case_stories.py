"""The plan's journeys, one a class, as 五(二) tells them; the times come from the history."""

from datetime import timedelta

import pytest
from stories import (
    GRIDS,
    again,
    begun,
    better,
    inside,
    outside,
    refused,
)

from cases import commands as do
from cases.errors import NotPermitted, NotYourPost, WrongStatus
from cases.flow.closing import POINTS
from cases.hours import SHANGHAI
from cases.model import Status
from cases.ownership import owner
from cases.policy import Policy
from cases.work import DutyRole, Grade, Kind, Point

STATION, DEPUTY, HEAD, STREET = "station-14090101", "deputy-140901", "head-140901", "street-centre"
CHENGGUAN, RESPONDER = "chengguan-140901", "responder-140901-1"
PASSED = tuple(Point(code=code, passed=True) for code in POINTS)
REPORT = "综合性评价报告：已按期办结。"


def community(**told):
    return begun(inside(), to_sector="140901", **told)


def joint(*grades, reason="按难易度定类", **told):
    """A department asks for 联动 and the desk takes it at once."""
    story = begun(inside(), source="department", by="department-water", to_sector="140901", **told)
    story.play(do.Accept(grades=grades, reason=reason))
    return story


def call(story, *posts, by="coordinator-140901"):
    for post in posts:
        story.play(do.LogCall(post=post, outcome="reached"), by)


def coordinate(story, *posts, minutes=15, **more):
    when = story.now + timedelta(minutes=minutes)
    return story.play(do.Coordinate(posts=posts, place="仓场路口", appointment_at=when, **more))


def divide(story, lead=CHENGGUAN, *assist, hours=4):
    due = story.now + timedelta(hours=hours)
    roles = {lead: DutyRole.LEAD, **dict.fromkeys(assist, DutyRole.ASSIST)}
    duties = [do.Agreed(post=p, role=r, text="现场处置", due_at=due) for p, r in roles.items()]
    story.play(do.Divide(duties=tuple(duties)))


def arrive(story, *posts):
    for post in posts:
        story.play(do.Respond(reason="现场无定位信号"), post)


def to_feedback(story):
    """A simple joint case up to its last feedback."""
    coordinate(story, CHENGGUAN)
    story.at(minutes=2).deliver()
    arrive(story, CHENGGUAN)
    divide(story)
    story.at(minutes=30).play(do.SubmitFeedback(text="已清理"), CHENGGUAN)
    return story


def close(story):
    story.play(do.Close(points=PASSED, report=REPORT))


def status(story):
    return story.case.status


# 五(二)2: 社区层面


def test_a_community_case_goes_to_the_station_within_the_hour_and_closes_within_the_day():
    story = community()
    story.at(minutes=10).play(do.Accept())
    assert story.case.work.kind is Kind.COMMUNITY
    story.at(minutes=40).play(do.Dispatch(station="14090101"))
    assert owner(story.case) == STATION
    story.at(minutes=1).deliver()
    assert story.took("dispatch_limit") == (41, True), "R51: within the hour of acceptance"
    story.at(minutes=20).play(do.Sign(), STATION)
    assert story.took("signing_alarm") == (20, True)
    story.play(do.StartDisposal(), STATION)
    story.till(15).play(do.FinishDisposal(), STATION)
    story.till(16, 30).play(do.SubmitFeedback(text="路灯已修复"), STATION)
    assert story.took("same_day") == (90, True), "R58: the same day"
    story.play(do.AskVerification(kind="after", post="inspector-140901"))
    assert status(story) is Status.VERIFYING
    story.at(hours=1).play(do.ReportVerification(result="passed", text="已亮"), "inspector-140901")
    assert status(story) is Status.FEEDBACK_SUBMITTED
    story.till(9, days=1).play(do.DraftEvaluation(report="草稿"))
    assert status(story) is Status.UNDER_REVIEW
    close(story)
    closing = story.clocks("closing_limit")[-1]
    assert closing.started_at.astimezone(SHANGHAI).hour == 16
    assert closing.due_at - closing.started_at == timedelta(hours=31, minutes=30), "24:00 next day"
    assert story.took("closing_limit")[1], "R63: within one natural day"
    assert not story.running


def test_the_hour_counts_until_delivery_not_until_the_button():
    story = community()
    story.play(do.Accept())
    story.at(minutes=59).play(do.Dispatch(station="14090101"))
    story.at(minutes=2).deliver()
    assert story.took("dispatch_limit") == (61, False)


def test_closing_wants_all_five_points_and_a_report():
    story = to_feedback(joint(Grade.SIMPLE))
    with pytest.raises(NotPermitted, match="语句通顺合理"):
        story.play(do.Close(points=PASSED[:4], report=REPORT))
    with pytest.raises(NotPermitted, match="综合性评价报告"):
        story.play(do.Close(points=PASSED, report=" "))
    failed = (*PASSED[:4], Point(code="language", passed=False))
    with pytest.raises(NotPermitted, match="退回重办"):
        story.play(do.Close(points=failed, report=REPORT))
    more = (*PASSED, Point(code="own_point", passed=True))
    assert "CaseClosed" in story.play(do.Close(points=more, report=REPORT)), "等: it stays open"


# 五(二)3: 简易


def test_a_simple_joint_case_is_pushed_within_twenty_minutes_without_any_instruction():
    story = joint()
    assert story.case.work.grades == (Grade.SIMPLE,)
    assert status(story) is Status.ACCEPTED
    with pytest.raises(NotPermitted, match="不需要指示"):
        story.play(do.Instruct(text="x"), DEPUTY)
    story.at(minutes=12)
    coordinate(story, CHENGGUAN, RESPONDER)
    story.at(minutes=3)
    first, second = story.case.work.pushes
    story.play(
        do.NotePush(push_id=first.id, channel="wecom", delivered=True, attempts=1), "courier"
    )
    assert story.clocks("coordination_limit")[0].runs, "R52: every needed person"
    story.at(minutes=2)
    story.play(do.NotePush(push_id=second.id, channel="sms", delivered=True, attempts=3), "courier")
    assert story.took("coordination_limit") == (17, True)
    arrive(story, CHENGGUAN)
    assert status(story) is Status.COORDINATING, "one is missing"
    arrive(story, RESPONDER)
    assert status(story) is Status.RESPONDED
    assert story.took("appointment")[1]


# 五(二)3: 复杂、疑难、重复、督办


@pytest.mark.parametrize("grade", [Grade.COMPLEX, Grade.DIFFICULT, Grade.REPEAT, Grade.SUPERVISED])
def test_the_stricter_classes_want_an_instruction_then_the_phone_then_the_push(grade):
    story = joint(grade)
    assert status(story) is Status.INSTRUCTION_PENDING
    assert owner(story.case) == DEPUTY
    with pytest.raises(WrongStatus, match="指示"):
        coordinate(story, CHENGGUAN)
    with pytest.raises(NotPermitted, match="专职副网格长指示"):
        story.play(do.Instruct(text="x"), "police-140901")
    story.at(minutes=6).play(do.Instruct(text="请城管到场"), DEPUTY)
    assert story.case.work.instructions[0].lag_s == 360, "A-9: the lag is on record"
    with pytest.raises(NotPermitted, match="先行电话联系：迎园片区城管中队片区负责人"):
        coordinate(story, CHENGGUAN)
    story.at(minutes=1)
    call(story, CHENGGUAN)
    story.at(minutes=4)
    coordinate(story, CHENGGUAN)
    story.at(minutes=1).deliver()
    assert story.took("coordination_limit") == (12, True), "R53, from acceptance (A-9)"
    called, pushed = story.told("CallLogged")[0].at, story.told("CoordinationStarted")[0].at
    assert called < pushed, "phone first"


def test_a_supervision_order_makes_a_case_a_supervised_one_and_is_answered_before_closing():
    story = joint()
    names = story.play(do.IssueSupervision(reason="超期风险"), STREET)
    assert names == ("SupervisionIssued", "Reclassified")
    assert status(story) is Status.INSTRUCTION_PENDING
    story.play(do.Instruct(text="即办"), DEPUTY)
    call(story, CHENGGUAN)
    to_feedback(story)
    with pytest.raises(NotPermitted, match="反馈督办"):
        close(story)
    story.play(do.AnswerSupervision(text="已办"))
    close(story)
    with pytest.raises(NotYourPost, match="发出人"):
        story.play(do.LiftSupervision(reason="x"), DEPUTY)
    story.play(do.LiftSupervision(reason="已办结"), STREET)


def test_an_order_after_the_feedback_starts_no_clock_that_nobody_could_stop():
    story = to_feedback(joint())
    story.play(do.IssueSupervision(reason="督办"), STREET)
    assert {clock.code for clock in story.running} == {"closing_limit", "supervision_limit"}


# 五(二)3: 紧急、重大


@pytest.mark.parametrize("grade", [Grade.URGENT, Grade.MAJOR])
def test_urgent_cases_are_reported_phoned_and_pushed_within_ten_minutes(grade):
    story = joint(grade, urgent=True)
    story.at(minutes=1).play(do.Instruct(text="立即到场"), "police-140901")
    story.at(minutes=1).play(do.ReportToHead(kind="start", text="井盖塌陷"))
    story.at(minutes=1)
    call(story, CHENGGUAN)
    with pytest.raises(NotPermitted, match="线下"):
        coordinate(story, CHENGGUAN)
    coordinate(story, CHENGGUAN, offline=True)
    story.at(minutes=2).deliver()
    assert story.took("urgent_limit") == (5, True), "R54"
    arrive(story, CHENGGUAN)
    divide(story)
    story.at(minutes=50).play(do.SubmitFeedback(text="已围护"), CHENGGUAN)
    with pytest.raises(NotPermitted, match="网格长"):
        close(story)
    with pytest.raises(NotPermitted, match="专职副网格长"):
        story.play(do.ReportToHead(kind="result", text="已围护"))
    story.play(do.ReportToHead(kind="result", text="已围护"), DEPUTY)
    close(story)
    assert status(story) is Status.CLOSED


def test_urgent_without_the_report_to_the_head_is_not_complete():
    story = joint(Grade.URGENT, urgent=True)
    call(story, CHENGGUAN)
    with pytest.raises(NotPermitted, match="未获指示"):
        coordinate(story, CHENGGUAN, offline=True)
    coordinate(story, CHENGGUAN, offline=True, without_instruction="两次致电未接")
    story.deliver()
    assert story.clocks("urgent_limit")[0].runs
    story.at(minutes=3).play(do.ReportToHead(kind="start", text="报告"))
    assert story.took("urgent_limit") == (3, True)
    story.play(do.Instruct(text="同意"), DEPUTY)
    assert story.case.work.instructions[0].after_the_fact, "A-9: 事后补录"


# R6: 提请联动 out of a case the station holds; 退单


def signed():
    story = community()
    story.play(do.Accept())
    story.play(do.Dispatch(station="14090101"))
    story.deliver()
    story.play(do.Sign(), STATION)
    return story


def test_a_station_turns_its_own_case_into_a_joint_one():
    story = signed()
    story.play(do.RequestJoint(reason="涉及多部门", forces=("城管",)), STATION)
    assert status(story) is Status.RECEIVED
    story.at(minutes=5).play(do.Accept())
    assert story.case.work.kind is Kind.JOINT
    assert story.clocks("coordination_limit")[-1].started_at == story.now
    assert story.case.number == "20260311-0001", "the same case"


def test_a_station_with_a_part_in_a_joint_case_cannot_end_it_for_all():
    story = joint()
    coordinate(story, STATION, CHENGGUAN)
    arrive(story, STATION, CHENGGUAN)
    divide(story, CHENGGUAN, STATION)
    story.play(do.StartDisposal(), STATION)
    with pytest.raises(NotPermitted, match="协调指挥员"):
        story.play(do.RequestJoint(reason="x"), STATION)


def test_a_returned_order_is_dispatched_anew_within_an_hour_of_the_decision():
    story = signed()
    story.at(hours=2).play(do.ReturnStation(reason_code="not_our_grid", reason="属隔壁"), STATION)
    assert (status(story), owner(story.case)) == (Status.STATION_RETURNED, "coordinator-140901")
    story.at(minutes=5).play(do.DecideStationReturn(approve=True, reason="属实"))
    old = story.case.work.pushes[0]
    story.play(do.Dispatch(station="14090102", text="属隔壁网格"))
    assert story.clocks("dispatch_limit")[-1].runs
    assert old.post == STATION
    story.at(minutes=3).deliver()
    assert story.took("dispatch_limit") == (3, True)
    assert owner(story.case) == "station-14090102"


def test_a_return_not_agreed_to_goes_back_to_where_it_stood():
    story = signed()
    story.play(do.ReturnStation(reason_code="other", reason="人手紧"), STATION)
    story.play(do.DecideStationReturn(approve=False, reason="请继续办理"), DEPUTY)
    assert status(story) is Status.SIGNED_FOR


# what is not ours is refused


def test_a_refusal_is_delivered_to_the_street_centre_within_the_natural_day():
    story = refused(outside())
    assert owner(story.case) == STREET
    story.till(22, days=1).play(
        do.NoteDelivered(refusal_id=story.refusal.id, attempts=3), by="courier"
    )
    assert story.took("refusal_feedback")[1]


# rework, escalation, extension, suspension


def test_rework_starts_the_closing_day_anew():
    story = to_feedback(joint())
    story.at(hours=2).play(do.ReturnForRework(reason="缺处置后照片"))
    assert (status(story), owner(story.case)) == (Status.RETURNED_FOR_REWORK, CHENGGUAN)
    assert not story.clocks("closing_limit")[0].runs
    story.at(days=1).play(do.SubmitFeedback(text="补充照片"), CHENGGUAN)
    assert story.clocks("closing_limit")[-1].started_at == story.now
    close(story)


def test_two_rungs_up_and_the_second_only_after_the_head_has_tried():
    story = joint()
    coordinate(story, CHENGGUAN)
    with pytest.raises(WrongStatus, match="先报片区网格长"):
        story.play(do.Escalate(level=2, reason_code="hard", reason="x"), HEAD)
    story.play(do.Escalate(level=1, reason_code="no_agreement", reason="三次协调无果"), DEPUTY)
    assert owner(story.case) == HEAD
    assert {c.code for c in story.running} >= {"coordination_limit", "appointment"}, "计时不停"
    with pytest.raises(WrongStatus, match="协调还没有记录"):
        story.play(do.Escalate(level=2, reason_code="hard", reason="x"), DEPUTY)
    story.play(do.NoteHeadCoordination(text="已召集会商"), HEAD)
    story.play(do.Escalate(level=2, reason_code="no_agreement", reason="仍无进展"), DEPUTY)
    assert owner(story.case) == STREET
    with pytest.raises(NotYourPost):
        story.play(do.SettleEscalation(text="x"), HEAD)
    story.play(do.SettleEscalation(text="区里已明确"), STREET)
    assert status(story) is Status.COORDINATING


def test_an_extension_of_a_hotline_case_needs_the_hotlines_consent():
    story = community()
    story.play(do.Accept())
    story.play(do.Dispatch(station="14090101", due_at=story.now + timedelta(hours=5)))
    story.deliver()
    story.play(do.Sign(), STATION)
    later = story.now + timedelta(days=2)
    story.play(do.AskExtension(new_due_at=later, reason="等配件"), STATION)
    with pytest.raises(NotPermitted, match="热线同意"):
        story.play(do.DecideExtension(approve=True, reason="属实"))
    story.play(do.DecideExtension(approve=True, reason="属实", upstream_consent=True))
    running = [clock for clock in story.clocks("agreed_due") if clock.runs]
    assert [clock.due_at for clock in running] == [later]


def test_suspension_is_the_deputys_and_has_a_day_to_look_again():
    story = signed()
    # 00:30 in Shanghai is the day before in UTC: the review day is Shanghai's.
    story.at(hours=15)
    day = (story.now.astimezone(SHANGHAI) + timedelta(days=10)).date()
    story.play(do.AskSuspension(owner=STATION, review_on=day, reason="等动迁"))
    with pytest.raises(NotYourPost):
        story.play(do.DecideSuspension(approve=True, reason="x"))
    story.play(do.DecideSuspension(approve=True, reason="同意"), DEPUTY)
    review = story.clocks("suspension_review")[0].due_at.astimezone(SHANGHAI)
    assert (review.date(), review.hour) == (day + timedelta(days=1), 0)
    story.at(days=3).play(do.EndSuspension(reason="条件具备"))
    assert status(story) is Status.SIGNED_FOR


# R48: off hours


def test_the_street_centre_takes_over_off_hours_and_gives_it_back_in_the_morning():
    story = begun(inside(), source="department", by="department-water", to_sector="140901")
    story.needed, story.on_duty = 4, 1
    with pytest.raises(NotPermitted, match="运行时间"):
        story.play(do.HandOverToStreet(reason="人手不足"))
    story.till(20).play(do.HandOverToStreet(reason="夜间两人在岗"))
    given = story.case.work.hand_overs[0]
    assert (given.condition, given.on_duty, given.needed) == ("evening", 1, 4), "both (A-19)"
    assert owner(story.case) == STREET
    story.play(do.Accept(grades=(Grade.COMPLEX,), reason="跨部门"), STREET)
    story.at(minutes=3).play(do.Instruct(text="先到场"), STREET)
    call(story, CHENGGUAN, by=STREET)
    when = story.now + timedelta(minutes=20)
    story.play(do.Coordinate(posts=(CHENGGUAN,), place="路口", appointment_at=when), STREET)
    story.deliver()
    assert story.took("coordination_limit") == (3, True), "elapsed time, night or not"
    story.till(8, 30, days=1).play(do.HandBack(reason="早班接回"), "clock")
    assert owner(story.case) == "coordinator-140901"
    owners = [stage.owner for stage in story.case.stages]
    assert owners == ["coordinator-140901", STREET, "coordinator-140901"] or STREET in owners


def test_enough_forces_are_no_reason_but_the_deputy_may_declare():
    story = community()
    story.needed = story.on_duty = 4
    story.till(20)
    with pytest.raises(NotPermitted, match="应到 4 人，实到 4 人"):
        story.play(do.HandOverToStreet(reason="x"))
    story.play(do.HandOverToStreet(reason="两人外出", declared=True), DEPUTY)
    assert story.case.work.hand_over.declared


# 并案、拆案、重新办理


def test_a_merge_undone_gives_every_clock_back_as_it_was():
    story = to_feedback(joint())
    before = {(c.code, c.subject, c.due_at) for c in story.running}
    other = story.new_id()
    story.at(minutes=1).play(do.Merge(into=other, into_number="20260311-0009", reason="同一事件"))
    assert not story.running
    story.at(hours=5).play(do.UndoMerge(reason="并错了"))
    assert status(story) is Status.FEEDBACK_SUBMITTED
    assert {(c.code, c.subject, c.due_at) for c in story.running} == before


def test_a_case_merged_while_taken_up_higher_goes_on_all_the_way():
    story = joint()
    coordinate(story, CHENGGUAN)
    story.play(do.Escalate(level=1, reason_code="hard", reason="疑难"), DEPUTY)
    story.play(do.Merge(into=story.new_id(), into_number="N", reason="同一事件"))
    story.play(do.UndoMerge(reason="并错了"))
    assert status(story) is Status.ESCALATED_1
    story.play(do.SettleEscalation(text="已明确"), HEAD)
    assert status(story) is Status.COORDINATING


def test_a_case_the_caller_is_not_satisfied_with_is_handled_again():
    story = to_feedback(joint())
    close(story)
    story.at(days=2).play(do.NoteVisit(satisfaction="unsatisfied", text="又堵了"))
    story.play(do.Reopen(cause="visit", reason="回访不满意"))
    assert status(story) is Status.REOPENED
    assert [c.code for c in story.running] == ["coordination_limit"]
    story.at(minutes=4)
    to_feedback(story)
    assert story.took("coordination_limit") == (6, True)
    close(story)
    story.play(do.Archive())
    assert status(story) is Status.ARCHIVED


#


def test_raised_in_mid_flow_a_new_clock_runs_and_the_old_round_does_not_stop_it():
    story = joint()
    story.at(minutes=5)
    coordinate(story, CHENGGUAN)
    story.at(minutes=1).play(do.Reclassify(grades=(Grade.URGENT,), reason="有人受伤"))
    assert story.clocks("urgent_limit")[-1].started_at == story.now
    assert not story.clocks("coordination_limit")[-1].runs
    story.play(do.ReportToHead(kind="start", text="报告"))
    story.deliver()
    assert story.clocks("urgent_limit")[-1].runs, "nobody was phoned, and it was not offline"
    story.play(do.Instruct(text="立即"), DEPUTY)
    call(story, CHENGGUAN)
    coordinate(story, CHENGGUAN, offline=True)
    story.at(minutes=2).deliver()
    assert story.took("urgent_limit") == (2, True)


def test_lowered_the_stricter_clock_stands():
    story = joint(Grade.URGENT, urgent=True)
    story.at(minutes=2).play(do.Reclassify(grades=(Grade.SIMPLE,), reason="并无危险"))
    assert status(story) is Status.ACCEPTED
    assert [c.code for c in story.running] == ["urgent_limit"]
    coordinate(story, CHENGGUAN)
    story.at(minutes=9).deliver()
    assert story.took("urgent_limit") == (11, False)


def test_a_community_case_with_results_may_still_become_a_joint_one():
    story = signed()
    story.play(do.SubmitFeedback(text="办不了"), STATION)
    story.play(do.Reclassify(kind=Kind.JOINT, grades=(Grade.SIMPLE,), reason="需多方"))
    assert not [c for c in story.clocks("closing_limit") if c.runs]
    to_feedback(story)
    close(story)


# 更正位置 in mid-flow


def test_moved_into_another_grid_the_station_is_called_back_and_the_hour_begins_again():
    story = signed()
    story.at(hours=1).play(better(inside("14090102")))
    assert (status(story), story.case.community) == (Status.ACCEPTED, GRIDS["14090102"][0])
    assert story.clocks("dispatch_limit")[-1].started_at == story.now
    story.play(do.Dispatch(station="14090102"))
    story.at(minutes=2).deliver()
    assert story.took("dispatch_limit") == (2, True)


@pytest.mark.parametrize("place", [outside(), inside("14090201")])
def test_moved_out_of_the_area_the_desk_may_refuse_and_the_day_runs(place):
    story = signed()
    story.at(hours=1).play(better(place))
    assert (status(story), story.case.proposal) == (Status.RECEIVED, "rejection")
    assert {c.code for c in story.running} >= {"refusal_feedback", "acceptance_alarm"}
    story.play(do.Reject(reason="现场在外"))
    story.at(hours=1).play(do.NoteDelivered(refusal_id=story.refusal.id, attempts=1), "courier")
    assert story.took("refusal_feedback") == (60, True)


def test_sent_on_wrongly_the_other_desk_may_refuse_it_too():
    story = signed()
    story.play(better(outside()))
    story.play(do.Reject(reason="在外"))
    story.play(do.Redispatch(refusal_id=story.refusal.id, to_sector="140902"), STREET)
    assert story.play(do.Reject(reason="也不在"), "coordinator-140902") == ("CaseRejected",)


def test_the_upstream_limit_survives_a_refusal():
    story = refused(outside(), due_at=begun().now + timedelta(days=5))
    assert not [c for c in story.running if c.code == "upstream_due"]
    story.play(do.Redispatch(refusal_id=story.refusal.id, to_sector="140902"), STREET)
    first, second = story.clocks("upstream_due")
    assert (first.due_at, second.runs) == (second.due_at, True)


def test_nobody_is_given_a_part_he_cannot_answer():
    story = joint()
    with pytest.raises(NotPermitted, match="不能承担"):
        coordinate(story, "admin")
    coordinate(story, CHENGGUAN)
    arrive(story, CHENGGUAN)
    with pytest.raises(NotPermitted, match="不能承担"):
        divide(story, "inspector-140901")


def test_a_check_nobody_answers_does_not_hold_the_case_for_ever():
    story = to_feedback(joint())
    story.play(do.AskVerification(kind="after", post="patrol-140901-1"))
    story.at(hours=30).play(do.DraftEvaluation(report="草稿"))
    close(story)


def test_a_second_round_after_the_first_results_leads_on():
    story = joint()
    coordinate(story, CHENGGUAN, RESPONDER)
    arrive(story, CHENGGUAN, RESPONDER)
    divide(story, CHENGGUAN, RESPONDER)
    story.play(do.SubmitFeedback(text="一方已办"), RESPONDER)
    to_feedback(story)
    close(story)


def test_what_is_told_again_changes_no_clock():
    story = joint()
    before = story.running
    story.play(again(title="又来电"), by="platform-12345")
    assert story.running == before


def test_a_20_the_limits_run_from_the_ruling():
    story = refused(outside(), policy=Policy())
    story.at(hours=1).play(do.Reinstate(reason="共管"), STREET)
    ruled = story.now
    story.at(minutes=25).play(do.Accept(community="14090101"))
    assert story.clocks("dispatch_limit")[-1].started_at == ruled
