"""交办事项: a task from above without a case (R33): given, taken up, reported, closed or returned.

Append-only like a case, and much smaller: `task_event` is what happened, `task` its newest state.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from cases.errors import CaseError, NotPermitted, NotYourPost, WrongStatus
from cases.roles import INTERNAL, OF_SECTOR, Actor, actor, label

STATUSES = {
    "given": "待接办",
    "taken_up": "办理中",
    "reported": "已反馈",
    "returned": "退回重办",
    "closed": "已办结",
}
# step → (from, to, what must be written)
STEPS: dict[str, tuple[frozenset[str], str, str | None]] = {
    "taking-up": (frozenset({"given", "returned"}), "taken_up", None),
    "feedback": (frozenset({"given", "taken_up", "returned"}), "reported", "办理情况"),
    "return": (frozenset({"reported"}), "returned", "退回原因"),
    "closing": (frozenset({"given", "taken_up", "reported", "returned"}), "closed", None),
}
BY_RECEIVER = frozenset({"taking-up", "feedback"})
GIVING = frozenset({"street-centre", "head", "deputy", "coordinator"})
_COLUMNS = "id, desk, title, text, to_post, given_by, given_at, due_at, status, version"
_FIND = text(f"SELECT {_COLUMNS} FROM task WHERE id = :id FOR UPDATE")  # noqa: S608 - our own
_LIST = text(
    f"SELECT {_COLUMNS} FROM task"  # noqa: S608 - our own columns
    " WHERE (CAST(:desk AS text) IS NULL OR desk = :desk)"
    " AND (CAST(:mine AS text) IS NULL OR :mine IN (to_post, given_by))"
    " AND (CAST(:status AS text) IS NULL OR status = :status)"
    " ORDER BY status = 'closed', due_at NULLS LAST, given_at, id LIMIT :limit"
)
_DUE = text(
    f"SELECT {_COLUMNS} FROM task"  # noqa: S608 - our own columns
    " WHERE status <> 'closed' AND status <> 'reported' AND due_at <= :until ORDER BY due_at, id"
)
_EVENT = text("""
    INSERT INTO task_event (task_id, version, type, text, actor, account, at)
    VALUES (:id, :version, :type, :text, :actor, :account, :now)""")


class TaskNotFound(CaseError):
    """There is no such task, or none this post may see."""


class TaskMoved(CaseError):
    """Somebody else was quicker; `version` is the present one."""

    def __init__(self, version: int) -> None:
        super().__init__("这件交办事项刚被他人更新，请核对后再办")
        self.version = version


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task as it stands."""

    id: UUID
    desk: str | None
    title: str
    text: str
    to_post: str
    given_by: str
    given_at: datetime
    due_at: datetime | None
    status: str
    version: int

    def is_late(self, now: datetime) -> bool:
        """Whether its time has passed before anything was reported."""
        open_ = self.status not in ("closed", "reported")
        return open_ and self.due_at is not None and self.due_at <= now


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """What is given to whom until when."""

    desk: str | None
    title: str
    text: str
    to_post: str
    due_at: datetime | None


def give(conn: Connection, task: NewTask, *, id: UUID, who: Actor, now: datetime) -> Task:
    """交办: give a task to a post; posts of a 片区 give within it.

    Raises:
        NotYourPost: this post gives no tasks, or not to that one.
        NotPermitted: something is missing or lies in the past.
    """
    if who.role not in GIVING:
        raise NotYourPost(f"{label(who.post)}不能交办事项")
    to = actor(task.to_post)
    if to.role in INTERNAL:
        raise NotPermitted("系统岗位不办交办事项")
    desk = task.desk or _desk_of(to)
    if _desk_of(to) is not None and desk != _desk_of(to):
        raise NotPermitted("接办岗位不在所选片区")
    if who.desk is not None and desk != who.desk:
        raise NotYourPost("只能向本片区的岗位交办")
    if not task.title.strip():
        raise NotPermitted("请写明交办事项")
    if task.due_at is not None and (task.due_at.tzinfo is None or task.due_at <= now):
        raise NotPermitted("办结时限要晚于现在，并带时区")
    given = Task(
        id=id, desk=desk, title=task.title.strip(), text=task.text.strip(), to_post=to.post,
        given_by=who.post, given_at=now, due_at=task.due_at, status="given", version=1,
    )  # fmt: skip
    conn.execute(
        text("""
            INSERT INTO task (id, desk, title, text, to_post, given_by, given_at, due_at, status,
                              version)
            VALUES (:id, :desk, :title, :text, :to_post, :given_by, :given_at, :due_at, :status,
                    :version)"""),
        {name: getattr(given, name) for name in Task.__slots__},
    )
    _note(conn, given, "given", given.text or given.title, who, now)
    return given


def take_step(
    conn: Connection,
    id: UUID,
    step: str,
    words: str,
    *,
    who: Actor,
    now: datetime,
    version: int | None = None,
) -> Task:
    """接办, 反馈, 退回 or 办结.

    Raises:
        TaskNotFound: there is none, or not for this post.
        NotYourPost: another post takes this step.
        WrongStatus: the task is at another step.
        TaskMoved: it is no longer at `version`.
    """
    task = task_of(conn, id, who)
    if version is not None and version != task.version:
        raise TaskMoved(task.version)
    whose = task.to_post if step in BY_RECEIVER else task.given_by
    if not _is_theirs(who, task, step):
        raise NotYourPost(f"这一步由{label(whose)}办理，当前岗位是{label(who.post)}")
    sources, status, needed = STEPS[step]
    if task.status not in sources:
        raise WrongStatus(f"这件交办事项{STATUSES[task.status]}，现在不能这样办")
    if needed and not words.strip():
        raise NotPermitted(f"请写明{needed}")
    after = {"id": id, "status": status, "version": task.version + 1}
    conn.execute(text("UPDATE task SET status = :status, version = :version WHERE id = :id"), after)
    row = {name: getattr(task, name) for name in Task.__slots__}
    moved = Task(**{**row, **after})
    _note(conn, moved, status, words.strip(), who, now)
    return moved


def _note(conn: Connection, task: Task, type: str, words: str, who: Actor, now: datetime) -> None:
    told: dict[str, Any] = {"id": task.id, "version": task.version, "type": type, "text": words}
    conn.execute(_EVENT, {**told, "actor": who.post, "account": who.account, "now": now})


def _is_theirs(who: Actor, task: Task, step: str) -> bool:
    if step in BY_RECEIVER:
        return who.post == task.to_post
    return who.post == task.given_by or who.role == "street-centre"


def may(who: Actor, task: Task, step: str) -> bool:
    """Whether a post may take a step of a task now."""
    return _is_theirs(who, task, step) and task.status in STEPS[step][0]


def _desk_of(who: Actor) -> str | None:
    return who.area[:6] if who.area and who.role in OF_SECTOR | {"station"} else None


def sees(who: Actor, task: Task) -> bool:
    """Who may see a task: giver and receiver, the street centre, and who leads the 片区."""
    if who.post in (task.to_post, task.given_by) or who.role == "street-centre":
        return True
    leads = who.role in ("head", "deputy", "coordinator", "inspector")
    return leads and who.desk is not None and who.desk == task.desk


def task_of(conn: Connection, id: UUID, who: Actor) -> Task:
    """A task, held until the transaction ends.

    Raises:
        TaskNotFound: there is none, or not for this post.
    """
    row = conn.execute(_FIND, {"id": id}).mappings().one_or_none()
    task = Task(**row) if row else None
    if task is None or not sees(who, task):
        raise TaskNotFound("没有这件交办事项")
    return task


def tasks(
    conn: Connection, who: Actor, *, status: str | None = None, limit: int = 200
) -> tuple[Task, ...]:
    """The tasks a post may see, open ones first, the earliest due before the others."""
    whole = who.role == "street-centre"
    leads = who.role in ("head", "deputy", "coordinator", "inspector")
    told = {"status": status, "limit": limit, "desk": None, "mine": None}
    if whole:
        return _read(conn, _LIST, told)
    mine = _read(conn, _LIST, told | {"mine": who.post})
    if not leads or who.desk is None:
        return mine
    found = {task.id: task for task in (*mine, *_read(conn, _LIST, told | {"desk": who.desk}))}
    order = sorted(
        found.values(),
        key=lambda t: (t.status == "closed", t.due_at is None, t.due_at or t.given_at, str(t.id)),
    )
    return tuple(order[:limit])


def history(conn: Connection, id: UUID) -> list[dict[str, Any]]:
    """What happened to a task, oldest first."""
    rows = conn.execute(
        text(
            "SELECT version, type, text, actor, account, at FROM task_event"
            " WHERE task_id = :id ORDER BY version"
        ),
        {"id": id},
    ).mappings()
    return [dict(row) for row in rows]


def due(conn: Connection, now: datetime, ahead: timedelta = timedelta()) -> tuple[Task, ...]:
    """The open tasks whose time has passed, or passes within `ahead`; for the reminders."""
    return _read(conn, _DUE, {"until": now + ahead})


def _read(conn: Connection, statement: Any, told: dict[str, Any]) -> tuple[Task, ...]:
    return tuple(Task(**row) for row in conn.execute(statement, told).mappings())
