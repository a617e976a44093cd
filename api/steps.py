"""One resource per verb of the plan: each step of `cases.steps` that has a path, and no other.

The routes are made from a table, so that a test can hold it against the steps; each is an
operation of its own in the OpenAPI, with a body of its own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, cast

import msgspec
from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from api import step_bodies as bodies
from api.carrying import Call, Calling, carried_out
from api.problems import BadLocation
from api.step_bodies import StepBody
from api.views import CaseView
from cases import commands as do
from cases import desk, queries, scope
from cases.clocks import RULES
from cases.model import Case, RawPoint, Status
from cases.reading import make_ready
from cases.roles import LABELS
from cases.steps import BY_COMMAND, STEPS, WORDS, Step
from cases.words import STATUS
from geo.datums import read_point
from geo.points import LonLat

router = APIRouter(prefix="/v1", tags=["steps"])
# These ask who sends in their own transaction (`api.carrying`).
verbs = APIRouter(prefix="/v1", tags=["steps"])
Key = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z-]+$")]
Act = Callable[[Call, str, Any, int | None], Case]


def _plain(command: type) -> Act:
    """The step whose body has the very fields of its command."""

    def act(call: Call, key: str, body: StepBody, version: int | None) -> Case:
        told = body.model_dump(mode="json", exclude={"version"})
        wanted = cast(do.Command, msgspec.convert(told, command))
        return call.handle(key, wanted, version)

    return act


def _relocate(call: Call, key: str, body: bodies.Location, version: int | None) -> Case:
    better = desk.BetterPlace(
        raw=RawPoint(lon=body.lon, lat=body.lat, crs=body.crs),
        accuracy_m=body.accuracy_m,
        reason=body.reason,
        chosen=body.candidate,
    )
    return desk.relocate(
        call.tx,
        call.house.office,
        scope.seen_id(call.tx, key, call.who),
        better,
        actor=call.who,
        now=call.now,
        version=version,
    )


def _merge(call: Call, key: str, body: bodies.Merging, version: int | None) -> Case:
    return desk.merge(
        call.tx,
        call.house.office,
        scope.seen_id(call.tx, key, call.who),
        scope.seen_id(call.tx, body.into, call.who),
        body.reason,
        actor=call.who,
        now=call.now,
        version=version,
    )


def _link(call: Call, key: str, body: bodies.Linking, version: int | None) -> Case:
    other = queries.case(call.tx, scope.seen_id(call.tx, body.other, call.who))
    command = do.LinkCase(
        kind=body.kind, other=other.id, other_number=other.number, reason=body.reason
    )
    return call.handle(key, command, version)


def _coordinate(call: Call, key: str, body: bodies.Meeting, version: int | None) -> Case:
    at = _point(body.lon, body.lat, body.crs)
    told = body.model_dump(mode="json", exclude={"version", "crs", "lon", "lat"})
    place = {"lon": at.lon, "lat": at.lat} if at else {}
    command = msgspec.convert(told | place, do.Coordinate)
    return call.handle(key, command, version)


def _respond(call: Call, key: str, body: bodies.Arrival, version: int | None) -> Case:
    at = _point(body.lon, body.lat, body.crs)
    command = do.Respond(
        lon=at.lon if at else None,
        lat=at.lat if at else None,
        accuracy_m=body.accuracy_m,
        reason=body.reason,
        post=body.post,
    )
    return call.handle(key, command, version)


def _ask_help(call: Call, key: str, body: bodies.HelpRequest, version: int | None) -> Case:
    at = _point(body.lon, body.lat, body.crs)
    told = body.model_dump(mode="json", exclude={"version", "crs", "lon", "lat"})
    place = {"lon": at.lon, "lat": at.lat} if at else {}
    return call.handle(key, msgspec.convert(told | place, do.AskHelp), version)


def _point(lon: float | None, lat: float | None, crs: str | None) -> LonLat | None:
    """A place in CGCS2000; none at all is a place left out.

    Raises:
        BadLocation: a pair that must not be placed, with the reason; nothing is guessed.
    """
    if lon is None and lat is None:
        return None
    read = read_point(lon=lon, lat=lat, crs=crs)
    if read.point is None:
        assert read.problem is not None
        raise BadLocation(str(read.problem), read.problem.message)
    return LonLat(lon=read.point.lon, lat=read.point.lat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How a step is asked for: its body, and what carries it out."""

    body: type[StepBody]
    act: Act


def _door(command: type, body: type[StepBody], act: Act | None = None) -> tuple[str, Door]:
    make_ready(command)
    return command.__name__, Door(body=body, act=act or _plain(command))


DOORS: dict[str, Door] = dict(
    (
        _door(do.Accept, bodies.Acceptance),
        _door(do.Reject, bodies.Rejection),
        _door(do.CorrectLocation, bodies.Location, _relocate),
        _door(do.WithdrawRejection, bodies.Reason),
        _door(do.Reinstate, bodies.Reinstatement),
        _door(do.ReturnToSource, bodies.SourceReturn),
        _door(do.SendBack, bodies.Reason),
        _door(do.Dispatch, bodies.DispatchTo),
        _door(do.Sign, bodies.Nothing),
        _door(do.ReturnStation, bodies.StationReturn),
        _door(do.DecideStationReturn, bodies.Decision),
        _door(do.RequestJoint, bodies.JointRequest),
        _door(do.Instruct, bodies.Instruction),
        _door(do.LogCall, bodies.PhoneCall),
        _door(do.ReportToHead, bodies.HeadReport),
        _door(do.Coordinate, bodies.Meeting, _coordinate),
        _door(do.Respond, bodies.Arrival, _respond),
        _door(do.Divide, bodies.Division),
        _door(do.AddSubTask, bodies.SubTask),
        _door(do.DropDuty, bodies.DutyDropping),
        _door(do.StartDisposal, bodies.Nothing),
        _door(do.FinishDisposal, bodies.DisposalEnd),
        _door(do.SubmitFeedback, bodies.DisposalResult),
        _door(do.AskVerification, bodies.CheckOrder),
        _door(do.ReportVerification, bodies.CheckResult),
        _door(do.DraftEvaluation, bodies.EvaluationDraft),
        _door(do.ReturnForRework, bodies.Rework),
        _door(do.Close, bodies.Closing),
        _door(do.Escalate, bodies.Rise),
        _door(do.NoteHeadCoordination, bodies.Told),
        _door(do.SettleEscalation, bodies.Told),
        _door(do.Urge, bodies.Urging),
        _door(do.AskHelp, bodies.HelpRequest, _ask_help),
        _door(do.IssueSupervision, bodies.SupervisionOrder),
        _door(do.AnswerSupervision, bodies.SupervisionAnswer),
        _door(do.LiftSupervision, bodies.SupervisionEnd),
        _door(do.AskExtension, bodies.ExtensionWish),
        _door(do.DecideExtension, bodies.ExtensionDecision),
        _door(do.AskSuspension, bodies.SuspensionWish),
        _door(do.DecideSuspension, bodies.Decision),
        _door(do.EndSuspension, bodies.Reason),
        _door(do.HandOverToStreet, bodies.HandOver),
        _door(do.HandBack, bodies.HandingBack),
        _door(do.Reclassify, bodies.NewClass),
        _door(do.Merge, bodies.Merging, _merge),
        _door(do.UndoMerge, bodies.Reason),
        _door(do.LinkCase, bodies.Linking, _link),
        _door(do.Withdraw, bodies.Reason),
        _door(do.NoteContact, bodies.Contact),
        _door(do.NoteVisit, bodies.Visit),
        _door(do.Reopen, bodies.Reopening),
        _door(do.Archive, bodies.Nothing),
    )
)


def _add(step: Step, door: Door) -> None:
    needs_words = any(field.is_required() for field in door.body.model_fields.values())

    def carry_out(key: Key, asked: Calling, body: StepBody) -> Response:
        def act(call: Call, version: int | None) -> Case:
            return door.act(call, key, body, version)

        return carried_out(asked, f"{key}/{step.path}", body, act)

    carry_out.__annotations__["body"] = door.body
    if not needs_words:
        carry_out.__defaults__ = (door.body(),)
    verbs.add_api_route(
        f"/cases/{{key}}/{step.path}",
        carry_out,
        methods=["POST"],
        name=re.sub(r"(?<!^)(?=[A-Z])", "_", step.command).lower(),
        summary=step.button,
        description=_told(step),
        response_model=CaseView,
    )


def _told(step: Step) -> str:
    whose = "；".join(f"{LABELS[role]}（{WORDS[scope]}）" for role, scope in step.may.items())
    when = "任何状态" if step.at == frozenset(Status) else "、".join(_labels(step.at))
    return f"{step.button}。由：{whose}。案件在：{when}。"


def _labels(statuses: frozenset[Status]) -> list[str]:
    return [STATUS[status] for status in Status if status in statuses]


for _command, _one in DOORS.items():
    _add(BY_COMMAND[_command], _one)


class StepList(BaseModel):
    """The table of who may do what at which step."""

    items: list[dict[str, Any]]


@router.get("/steps")
def steps() -> StepList:
    """The table the machine itself asks: command, button, roles with their cases, from and to."""
    return StepList(items=[_row(step) for step in STEPS])


def _row(step: Step) -> dict[str, Any]:
    return {
        "command": step.command,
        "button": step.button,
        "path": step.path,
        "listed": step.listed,
        "roles": [
            {"role": role, "label": LABELS[role], "scope": scope.value, "scope_label": WORDS[scope]}
            for role, scope in step.may.items()
        ],
        "from": [status.value for status in Status if status in step.at],
        "from_labels": _labels(step.at),
        "to": [status.value for status in Status if status in step.to],
        "to_labels": _labels(step.to),
    }


class ClockTable(BaseModel):
    """The clocks of the plan, a row a clause."""

    items: list[dict[str, Any]]


@router.get("/clocks")
def clocks() -> ClockTable:
    """The table of clocks: what starts and stops each, its limit and calendar, who is told."""
    return ClockTable(
        items=[
            {
                "code": rule.code,
                "clause": rule.clause,
                "label": rule.label,
                "calendar": rule.calendar,
                "limit": rule.limit,
                "from": rule.from_words,
                "to": rule.to_words,
                "policy": rule.policy,
                "amber": [_told_role(role) for role in rule.amber],
                "red": [_told_role(role) for role in rule.red],
            }
            for rule in RULES
        ]
    )


def _told_role(role: str) -> dict[str, str]:
    return {"role": role, "label": LABELS.get(role, "承办岗位")}
