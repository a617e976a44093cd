"""交办事项: tasks without a case (R33)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from api.bodies import Body, Moment, Sector
from api.deps import House, Now, Tx, Who
from api.preconditions import IfMatch, etag, expected
from api.views import local
from cases import tasks
from cases.roles import label
from cases.tasks import STATUSES, STEPS, NewTask, Task

router = APIRouter(prefix="/v1", tags=["tasks"])
Status = Literal["given", "taken_up", "reported", "returned", "closed"]
Words = Annotated[str, Field(max_length=4000)]


class Giving(Body):
    """What is to be done by whom until when."""

    desk: Sector | None = None
    title: Annotated[str, Field(min_length=1, max_length=200)]
    text: Words = ""
    to_post: Annotated[str, Field(max_length=60)]
    due_at: Moment | None = None


class Step(Body):
    """A step, with what there is to say."""

    text: Words = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task as it stands; `steps` are those the viewer's post may take now."""

    id: UUID
    desk: str | None
    title: str
    text: str
    to_post: str
    to_post_label: str | None
    given_by: str
    given_by_label: str | None
    given_at: datetime
    due_at: datetime | None
    late: bool
    status: str
    status_label: str
    version: int
    steps: list[str]
    history: list[dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskList:
    """Open ones first, the earliest due before the others."""

    items: list[TaskView]


@router.get("/tasks")
def list_tasks(
    tx: Tx,
    now: Now,
    who: Who,
    status: Annotated[Status | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> TaskList:
    """The tasks one gave, has to do, or watches over."""
    found = tasks.tasks(tx, who, status=status, limit=limit)
    return TaskList(items=[_view(task, who, now) for task in found])


@router.post("/tasks", status_code=201)
def give(body: Giving, tx: Tx, house: House, now: Now, who: Who, response: Response) -> TaskView:
    """交办."""
    new = NewTask(
        desk=body.desk, title=body.title, text=body.text, to_post=body.to_post, due_at=body.due_at
    )
    task = tasks.give(tx, new, id=house.new_id(), who=who, now=now)
    response.headers["Location"] = f"/v1/tasks/{task.id}"
    return _whole(tx, task, who, now, response)


@router.get("/tasks/{id}")
def read(id: UUID, tx: Tx, now: Now, who: Who, response: Response) -> TaskView:
    """One task with all that happened."""
    return _whole(tx, tasks.task_of(tx, id, who), who, now, response)


def _step(step: str, summary: str) -> None:
    @router.post(f"/tasks/{{id}}/{step}", summary=summary, name=f"task {step}")
    def take(
        id: UUID, body: Step, tx: Tx, now: Now, who: Who, response: Response,
        if_match: IfMatch = None,
    ) -> TaskView:  # fmt: skip
        version = expected(if_match) if if_match is not None else None
        task = tasks.take_step(tx, id, step, body.text, who=who, now=now, version=version)
        return _whole(tx, task, who, now, response)


_step("taking-up", "接办")
_step("feedback", "反馈办理情况")
_step("return", "退回重办")
_step("closing", "办结")


def _whole(tx: Tx, task: Task, who: Who, now: datetime, response: Response) -> TaskView:
    response.headers["ETag"] = etag(task.version)
    told = [
        {
            **row,
            "at": local(row["at"]),
            "actor_label": label(row["actor"]),
            "type_label": STATUSES[row["type"]],
        }
        for row in tasks.history(tx, task.id)
    ]
    return _view(task, who, now, told)


def _view(
    task: Task, who: Who, now: datetime, told: list[dict[str, Any]] | None = None
) -> TaskView:
    return TaskView(
        id=task.id,
        desk=task.desk,
        title=task.title,
        text=task.text,
        to_post=task.to_post,
        to_post_label=label(task.to_post),
        given_by=task.given_by,
        given_by_label=label(task.given_by),
        given_at=local(task.given_at),
        due_at=local(task.due_at),
        late=task.is_late(now),
        status=task.status,
        status_label=STATUSES[task.status],
        version=task.version,
        steps=[step for step in STEPS if tasks.may(who, task, step)],
        history=told,
    )
