"""Random lives of cases: any post, any command, any moment, and what must hold after every step."""

import json
import re
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from stories import (
    MALU,
    STANDING,
    Story,
    again,
    better,
    between_communities,
    between_sectors,
    between_west_and_outside,
    inside,
    nowhere,
    outside,
    report,
)

from cases import commands as do
from cases.errors import CaseError
from cases.flow.closing import POINTS
from cases.history import replay
from cases.model import ENDED, Number, Status, case_from
from cases.notices import notices
from cases.ownership import audience, owner
from cases.policy import Policy
from cases.roles import actor, scope_keys
from cases.steps import BY_COMMAND, allowed
from cases.work import DutyRole, Grade, Kind, Point

PLACES = (
    inside("14090101"), inside("14090102"), inside("14090201"), between_communities(),
    between_sectors(), between_west_and_outside(), outside(), nowhere(),
)  # fmt: skip
WORKERS = (
    "responder-140901-1", "police-140901", "chengguan-140901", "market-140901",
    "department-water", "station-14090101", "station-14090102", "station-14090201",
    "patrol-140901-1", "deputy-140901",
)  # fmt: skip
POSTS = (
    *WORKERS, "coordinator-140901", "coordinator-140902", "deputy-140902", "head-140901",
    "head-140902", "inspector-140901", "street-centre", "admin", "courier", "clock",
    "platform-12345", "platform-grid",
)  # fmt: skip
REAL = frozenset(POSTS)
OTHER = UUID(int=999_999)
ALL_POINTS = tuple(Point(code=code, passed=True) for code in POINTS)


def plausible(story, draw):
    """One command with contents that may fit the case, and the post that gives it."""
    case, now = story.case, story.now
    work = case.work
    soon = now + timedelta(minutes=draw(st.sampled_from([1, 30, 600])))
    some = tuple(draw(st.lists(st.sampled_from(WORKERS), min_size=1, max_size=3, unique=True)))
    grades = tuple(draw(st.lists(st.sampled_from(list(Grade)), max_size=2)))
    kind = draw(st.sampled_from([None, *Kind]))
    yes = draw(st.booleans())
    refusal = draw(st.sampled_from([r.id for r in case.refusals] or [OTHER]))
    duty = draw(st.sampled_from([d.id for d in work.duties] or [OTHER]))
    push = draw(st.sampled_from([p.id for p in work.pushes] or [OTHER]))
    clock = draw(st.sampled_from(case.clocks))
    text, grid = "写明", draw(st.sampled_from(["14090101", "14090102", "14090201"]))
    duties = tuple(
        do.Agreed(post=post, role=DutyRole.ASSIST if n else DutyRole.LEAD, text=text, due_at=soon)
        for n, post in enumerate(some)
    )
    made = {
        "Supplement": lambda: again(
            draw(st.sampled_from(PLACES)), title=text, urgent=yes,
            new=(Number(kind="grid", number="G1"),),
        ),
        "Accept": lambda: do.Accept(
            community=draw(st.sampled_from([None, grid])), kind=kind,
            grades=() if kind is Kind.COMMUNITY else grades, reason=text,
            involved=draw(st.sampled_from([(), (grid,)])),
        ),
        "Reject": lambda: do.Reject(reason=text),
        "CorrectLocation": lambda: better(draw(st.sampled_from(PLACES))),
        "WithdrawRejection": lambda: do.WithdrawRejection(reason=text),
        "Acknowledge": lambda: do.Acknowledge(refusal_id=refusal),
        "Reinstate": lambda: do.Reinstate(reason=text, refusal_id=refusal),
        "Redispatch": lambda: do.Redispatch(refusal_id=refusal, to_sector=grid[:6]),
        "Forward": lambda: do.Forward(refusal_id=refusal, belongs_to=MALU),
        "NoteDelivered": lambda: do.NoteDelivered(refusal_id=refusal, attempts=1),
        "NoteUndelivered": lambda: do.NoteUndelivered(refusal_id=refusal, attempts=9, error="x"),
        "ReturnToSource": lambda: do.ReturnToSource(kind="supplement", reason=text),
        "SendBack": lambda: do.SendBack(reason=text),
        "Dispatch": lambda: do.Dispatch(station=grid, text=text, due_at=soon if yes else None),
        "ReturnStation": lambda: do.ReturnStation(reason_code="other", reason=text),
        "DecideStationReturn": lambda: do.DecideStationReturn(approve=yes, reason=text),
        "RequestJoint": lambda: do.RequestJoint(reason=text, forces=("城管",)),
        "Instruct": lambda: do.Instruct(text=text),
        "LogCall": lambda: do.LogCall(post=some[0], outcome="reached"),
        "ReportToHead": lambda: do.ReportToHead(kind="start" if yes else "result", text=text),
        "Coordinate": lambda: do.Coordinate(
            posts=some, place=text, appointment_at=soon, offline=True, without_instruction=text
        ),
        "Respond": lambda: do.Respond(reason=text, post=some[0] if yes else None),
        "Divide": lambda: do.Divide(duties=duties),
        "AddSubTask": lambda: do.AddSubTask(post=some[0], text=text, due_at=soon),
        "DropDuty": lambda: do.DropDuty(duty_id=duty, reason=text),
        "SubmitFeedback": lambda: do.SubmitFeedback(text=text),
        "AskVerification": lambda: do.AskVerification(
            kind="before" if yes else "after", post=some[0]
        ),
        "ReportVerification": lambda: do.ReportVerification(
            result="true" if yes else "passed", text=text
        ),
        "DraftEvaluation": lambda: do.DraftEvaluation(report=text),
        "ReturnForRework": lambda: do.ReturnForRework(reason=text),
        "Close": lambda: do.Close(points=ALL_POINTS, report=text),
        "Escalate": lambda: do.Escalate(level=1 if yes else 2, reason_code="hard", reason=text),
        "NoteHeadCoordination": lambda: do.NoteHeadCoordination(text=text),
        "SettleEscalation": lambda: do.SettleEscalation(text=text),
        "Urge": lambda: do.Urge(post=some[0], text=text),
        "IssueSupervision": lambda: do.IssueSupervision(reason=text),
        "AnswerSupervision": lambda: do.AnswerSupervision(text=text),
        "LiftSupervision": lambda: do.LiftSupervision(reason=text),
        "AskExtension": lambda: do.AskExtension(new_due_at=soon + timedelta(days=1), reason=text),
        "DecideExtension": lambda: do.DecideExtension(
            approve=yes, reason=text, upstream_consent=True
        ),
        "AskSuspension": lambda: do.AskSuspension(
            owner="coordinator-140901", review_on=(now + timedelta(days=9)).date(), reason=text
        ),
        "DecideSuspension": lambda: do.DecideSuspension(approve=yes, reason=text),
        "EndSuspension": lambda: do.EndSuspension(reason=text),
        "HandOverToStreet": lambda: do.HandOverToStreet(reason=text),
        "HandBack": lambda: do.HandBack(reason=text),
        "Reclassify": lambda: do.Reclassify(reason=text, kind=kind, grades=grades or None),
        "Merge": lambda: do.Merge(into=OTHER, into_number="20260311-0009", reason=text),
        "Absorb": lambda: do.Absorb(other=OTHER, other_number="20260311-0009", reason=text),
        "UndoMerge": lambda: do.UndoMerge(reason=text),
        "LinkCase": lambda: do.LinkCase(
            kind="repeat_of" if yes else "related_to", other=OTHER,
            other_number="20260311-0009", reason=text,
        ),
        "Withdraw": lambda: do.Withdraw(reason=text),
        "NoteContact": lambda: do.NoteContact(made=True, person="诉求人"),
        "NoteVisit": lambda: do.NoteVisit(satisfaction="satisfied"),
        "Reopen": lambda: do.Reopen(cause="again", reason=text),
        "NotePush": lambda: do.NotePush(push_id=push, channel="wecom", delivered=yes, attempts=1),
        "MarkWarned": lambda: do.MarkWarned(code=clock.code, seq=clock.seq),
        "MarkOverdue": lambda: do.MarkOverdue(code=clock.code, seq=clock.seq),
    }  # fmt: skip
    name = draw(st.sampled_from(sorted(_likely(case) or made)))
    command = made[name]() if name in made else getattr(do, name)()
    step = BY_COMMAND[name]
    holders = [post for post in POSTS if actor(post).role in step.may]
    # Mostly somebody who may, else nothing ever happens; now and then anybody at all.
    anybody = draw(st.integers(0, 9)) == 0
    return command, draw(st.sampled_from(list(POSTS) if anybody or not holders else holders))


def _likely(case):
    return [
        s.command for s in BY_COMMAND.values() if case.status in s.at and s.command != "Receive"
    ]


def holds(story, before):
    """All that must be true of a case after any step."""
    case = story.case
    assert [r.version for r in story.records] == list(range(1, case.version + 1))
    assert story.replayed == case, "history tells the whole case again"
    assert case_from(json.loads(json.dumps(msgspec.to_builtins(case)))) == case
    _stages(case)
    _clocks(case, before)
    _duties(case)
    assert scope_keys(actor(owner(case))) & audience(case), "who owns a case sees it"
    assert "street" in audience(case)
    _phone_first(story)


def _stages(case):
    assert case.stages[0].from_at == case.received_at
    for one, next in pairwise(case.stages):
        assert one.to_at == next.from_at, "no gap and no overlap"
    last = case.stages[-1]
    assert (last.status, last.owner, last.to_at) == (case.status, owner(case), None)
    actor(last.owner)


def _clocks(case, before):
    assert [clock.seq for clock in case.clocks] == list(range(len(case.clocks)))
    for old, new in zip(before.clocks if before else (), case.clocks, strict=False):
        assert old.stopped_at in (None, new.stopped_at), "no clock is stopped twice"
        assert (old.started_at, old.due_at) == (new.started_at, new.due_at)
        assert new.breached or not old.breached
    running = [clock for clock in case.clocks if clock.runs]
    once = [(c.code, c.subject) for c in running if c.code != "refusal_feedback"]
    assert len(set(once)) == len(once), "one run of a clock at a time"
    codes = {clock.code for clock in running}
    if case.is_ended:
        assert codes <= {"refusal_feedback"}, "what has ended has no clocks but R50's"
    assert ("acceptance_alarm" in codes) == case.is_waiting
    if case.status is Status.FEEDBACK_SUBMITTED:
        assert "closing_limit" in codes
    if case.status is Status.ACCEPTED and case.work.kind is Kind.COMMUNITY:
        assert "dispatch_limit" in codes
    live = {str(duty.id) for duty in case.work.open_duties}
    assert {c.subject for c in running if c.code in ("agreed_due", "same_day")} <= live


def _duties(case):
    work = case.work
    leads = [d for d in work.duties if d.role is DutyRole.LEAD and d.dropped_at is None]
    assert len(leads) <= 1, "one case, one 主办"
    under_way = {
        Status.DISPATCHED, Status.SIGNED_FOR, Status.COORDINATED, Status.DISPOSING,
        Status.FEEDBACK_SUBMITTED, Status.RETURNED_FOR_REWORK, Status.UNDER_REVIEW, Status.CLOSED,
    }  # fmt: skip
    if case.status in under_way:
        assert len(leads) == 1
    if case.status in (Status.DISPATCHED, Status.DISPOSING, Status.RETURNED_FOR_REWORK):
        assert work.open_duties, "somebody has still something to do"
    if case.status is Status.VERIFYING:
        assert any(v.kind == "after" and v.reported_at is None for v in work.verifications)
    if case.status is Status.CLOSED:
        assert not work.open_duties
    if case.status in (Status.ESCALATED_1, Status.ESCALATED_2, Status.SUSPENDED):
        assert work.resume


def _phone_first(story):
    """R53: at any complete round of a strict class each person was called before the push."""
    for record in story.told("CoordinationStarted"):
        before = _case_before(story, record)
        if before.work.tier >= 2:
            called = {call.post for call in before.work.calls}
            assert set(record.event.coordination.posts) <= called


def _case_before(story, record):
    return replay(story.records[: record.version - 1])


def can_move(story):
    """Whether somebody has a step that leads on: no dead ends."""
    case = story.case
    if case.status in ENDED:
        return True
    ways = {s.command for post in POSTS for s in allowed(case, actor(post)) if s.to}
    return bool(ways)


class Life(RuleBasedStateMachine):
    """One case and everybody who might touch it."""

    @initialize(data=st.data())
    def begin(self, data):
        policy = data.draw(st.sampled_from([Policy(), STANDING]))
        source, by = data.draw(
            st.sampled_from(
                [("12345", "platform-12345"), ("department", "department-water"),
                 ("station", "station-14090101"), ("grid", "platform-grid")]
            )
        )  # fmt: skip
        self.story = Story(policy=policy, posts=REAL)
        self.before = None
        place = data.draw(st.sampled_from(PLACES))
        told = report(source=source, to_sector=data.draw(st.sampled_from([None, "140901"])))
        receive = do.Receive(
            id=self.story.new_id(), number="20260311-0001", report=told, place=place
        )
        self.story.play(receive, by=by)

    @rule(data=st.data())
    def step(self, data):
        story = self.story
        story.now += timedelta(minutes=data.draw(st.sampled_from([0, 1, 9, 45, 900])))
        command, by = plausible(story, data.draw)
        self.before, at = story.case, len(story.records)
        try:
            story.play(command, by=by)
        except CaseError as error:
            in_words = re.search("[一-龥]", str(error))
            if story.case != self.before or in_words is None:
                raise
            return
        self._told_only_posts(at)

    def _told_only_posts(self, at):
        for record in self.story.records[at:]:
            for notice in notices(record.event, self.story.case, record.at, record.actor):
                assert notice.recipient is None or actor(notice.recipient)
                assert notice.recipient not in ("clock", "router", "courier")

    @invariant()
    def all_holds(self):
        if getattr(self, "story", None) and self.story.case:
            holds(self.story, self.before)
            assert can_move(self.story)
