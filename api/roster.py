"""Bodies, people, posts, holdings, shifts and duty (R15–R20, R47): reading and changing them."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from api.attachments import Sent, sent_file
from api.bodies import Body as Told
from api.bodies import Day, Moment, Sector
from api.deps import House, Now, Tx, Who, connected
from api.preconditions import IfMatch, etag, expected
from api.views import local
from cases.errors import NotYourPost
from cases.hours import SHANGHAI, Running, span
from cases.people import roster, roster_changes, roster_import, roster_lists, shifts
from cases.people.roster_changes import Body, Holding, Staff
from cases.people.roster_errors import NotOnRoster
from cases.people.shifts import Shift
from cases.roles import DESKS, Actor

router = APIRouter(prefix="/v1", tags=["roster"])
WHOLE = frozenset({"street-centre", "admin"})
Id = Annotated[str, Field(min_length=1, max_length=60)]
Words = Annotated[str, Field(max_length=200)]
Rows = list[dict[str, Any]]
DeskQuery = Annotated[Sector | None, Query(description="a 片区; without it, one's own or all")]
At = Annotated[Moment | None, Query(description="the moment; without it, now")]
_MOMENTS = ("from_at", "to_at", "start_at", "end_at", "signed_in_at", "signed_out_at")


class NewBody(Told):
    """A body, new or renewed."""

    id: Id
    kind: Literal["street_centre", "sector_desk", "station", "department", "force"]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    area: Id | None = None
    force_group: Literal["4", "16", "X"] | None = None
    force_kind: Words | None = None
    provisional: bool = False
    note: Words | None = None


class NewStaff(Told):
    """A person under the name of an account, new or renewed."""

    id: Id
    name: Annotated[str, Field(min_length=1, max_length=100)]
    body: Id
    wecom_id: Words | None = None
    phone_masked: Words | None = None
    duty_mode: Literal["fixed", "rota", "sign_in"] | None = None
    active: bool = True


class NewPost(Told):
    """A post: its name says what it is."""

    id: Id
    body: Id
    label: Words | None = None


class NewHolding(Told):
    """A person in a post from–to; 代岗 says who allowed it and why."""

    post: Id
    staff_id: Id
    from_at: Moment
    to_at: Moment | None = None
    stand_in: bool = False
    authorised_by: Id | None = None
    reason: Words | None = None


class Ending(Told):
    """From when a holding ends; without it, now."""

    at: Moment | None = None


class NewShift(Told):
    """A duty of a day, or the hours a desk keeps on one day; an early end is on the next day."""

    desk: Sector
    day: Day
    start: time
    end: time
    kind: Literal["duty", "running", "closed"] = "duty"
    staff_id: Id | None = None
    post: Id | None = None


class NewRunningHours(Told):
    """A desk's running hours from a day on: 8 hours, extendable at both ends (R47)."""

    desk: Sector
    from_day: Day
    opens: time
    closes: time
    on_weekends: bool = False
    on_holidays: bool = False


class OwnDay(Told):
    """A day the street centre sets itself; `worked` null takes the word back."""

    day: Day
    worked: bool | None
    reason: Words = ""


class Sign(Told):
    """动态报到 or leaving; without `staff_id`, who holds one's own post."""

    desk: Sector | None = None
    staff_id: Id | None = None
    present: bool = True


class Strength(BaseModel):
    """How many are needed and how many are there (A-19)."""

    needed: int
    on_duty: int
    short: bool


class RosterView(BaseModel):
    """The roster at a moment; a `vacant` post is 空缺."""

    at: datetime
    desk: str | None
    bodies: Rows
    staff: Rows
    posts: Rows
    holdings: Rows
    shifts: Rows
    running_hours: Rows
    own_days: Rows
    strength: dict[str, Strength]
    calendar_finding: str | None
    may_write: bool


class DutyView(BaseModel):
    """Who of a 片区's forces is there, and whether the desk runs."""

    at: datetime
    desk: str
    running: bool
    off_hours_reason: str | None
    workday: bool
    strength: Strength
    forces: Rows


class Written(BaseModel):
    """What was written down."""

    id: str


class ImportView(BaseModel):
    """What became of a file: every mistake with its place; written only without any."""

    rows: int
    errors: Rows
    changes: dict[str, int]
    notes: list[str]
    written: bool


@router.get("/roster")
def read(
    tx: Tx,
    now: Now,
    who: Who,
    desk: DeskQuery = None,
    at: At = None,
    first: Annotated[Day | None, Query(description="the first day of shifts; else today")] = None,
    days: Annotated[int, Query(ge=1, le=92, description="how many days of shifts")] = 14,
) -> RosterView:
    """The roster of one's own 片区; the street centre's and the administrator's is whole."""
    seen, moment = _desk(who, desk), at or now
    start = first or _today(moment)
    return RosterView(
        at=local(moment),
        desk=seen,
        bodies=roster_lists.bodies(tx, seen),
        staff=roster_lists.staff(tx, seen),
        posts=roster_lists.posts(tx, seen, moment),
        holdings=[_local(row) for row in roster_lists.holdings(tx, seen, moment)],
        shifts=[
            _local(row)
            for row in roster_lists.shifts(tx, seen, start, start + timedelta(days=days - 1))
        ],
        running_hours=roster_lists.running_hours(tx, seen),
        own_days=roster_lists.own_days(tx),
        strength={d: _strength(tx, d, moment) for d in ([seen] if seen else DESKS)},
        calendar_finding=roster.calendar_finding(tx, now),
        may_write=who.role in WHOLE or who.role == "deputy",
    )


@router.get("/duty")
def duty(tx: Tx, now: Now, who: Who, desk: DeskQuery = None, at: At = None) -> DutyView:
    """Who is on duty in a 片区 at a moment."""
    seen, moment = _desk(who, desk) or next(iter(DESKS)), at or now
    calendar = roster.calendar(tx)
    return DutyView(
        at=local(moment),
        desk=seen,
        running=calendar.is_running(seen, moment),
        off_hours_reason=calendar.off_hours_reason(seen, moment),
        workday=calendar.is_workday(_today(moment)),
        strength=_strength(tx, seen, moment),
        forces=[
            {
                "post": force.post,
                "staff_id": force.staff_id,
                "name": force.name,
                "duty_mode": force.duty_mode,
                "duty_mode_label": roster.MODES[force.duty_mode],
                "stand_in": force.stand_in,
                "on_duty": force.on_duty,
                "why": force.why,
            }
            for force in roster.all_forces(tx, seen, moment)
        ],
    )


@router.post("/duty/signing", status_code=201)
def sign(body: Sign, tx: Tx, now: Now, who: Who) -> Written:
    """动态报到 / 离岗: for oneself, or by who keeps the roster."""
    desk = _own_desk(who, body.desk)
    keeps = who.role in WHOLE or who.role in ("deputy", "coordinator")
    held = [holder.staff_id for holder in roster.holders(tx, who.post, now)]
    staff_id = body.staff_id or next(iter(held), None)
    if staff_id is None:
        raise NotYourPost("本岗位没有任职人，请写明报到的人员")
    if staff_id not in held and not keeps:
        raise NotYourPost("只能为本人报到")
    if keeps and who.desk is not None and staff_id not in held:
        _same_desk(tx, staff_id, desk, now)
    shifts.sign(tx, staff_id, desk, present=body.present, by=who.post, at=now)
    return Written(id=staff_id)


@router.post("/roster/bodies", status_code=201)
def put_body(body: NewBody, tx: Tx, who: Who) -> Written:
    """Add or renew a body."""
    _whole(who)
    roster_changes.put_body(tx, Body(**body.model_dump()))
    return Written(id=body.id)


@router.post("/roster/staff", status_code=201)
def put_staff(body: NewStaff, tx: Tx, who: Who) -> Written:
    """Add or renew a person, by the name of an account."""
    _whole(who)
    roster_changes.put_staff(tx, Staff(**body.model_dump()))
    return Written(id=body.id)


@router.post("/roster/posts", status_code=201)
def put_post(body: NewPost, tx: Tx, who: Who) -> Written:
    """Add a post, or give it another body or label."""
    _whole(who)
    roster_changes.put_post(tx, body.id, body.body, body.label)
    return Written(id=body.id)


@router.post("/roster/holdings", status_code=201)
def appoint(body: NewHolding, tx: Tx, who: Who, response: Response) -> dict[str, Any]:
    """Let a person hold a post from–to (任职, 代岗)."""
    _may_write(who, roster_import.desk_of_post(body.post))
    id = roster_changes.appoint(tx, Holding(**body.model_dump()), who.post)
    return _holding(tx, id, response)


@router.get("/roster/holdings/{id}")
def read_holding(id: int, tx: Tx, who: Who, response: Response) -> dict[str, Any]:
    """One holding, with its version as ETag."""
    found = _holding(tx, id, response)
    _desk(who, roster_import.desk_of_post(found["post"]))
    return found


@router.post("/roster/holdings/{id}/ending")
def end(
    id: int, body: Ending, tx: Tx, now: Now, who: Who, response: Response, if_match: IfMatch = None
) -> dict[str, Any]:
    """End a holding."""
    found = roster_lists.holding(tx, id)
    if found is None:
        raise NotOnRoster("没有这条任职")
    _may_write(who, roster_import.desk_of_post(found["post"]))
    roster_changes.end_holding(tx, id, body.at or now, expected(if_match))
    return _holding(tx, id, response)


@router.post("/roster/shifts", status_code=201)
def put_shift(body: NewShift, tx: Tx, who: Who) -> Written:
    """Write down a person's duty, or a desk's hours of one day."""
    _may_write(who, body.desk)
    begins, ends = span(body.day, body.start, body.end)
    told = body.model_dump(exclude={"start", "end"})
    id = shifts.put_shift(tx, Shift(**told, start_at=begins, end_at=ends), who.post)
    return Written(id=str(id))


@router.delete("/roster/shifts/{id}", status_code=204)
def withdraw_shift(id: int, tx: Tx, now: Now, who: Who) -> None:
    """Take a shift back."""
    _may_write(who, shifts.desk_of_shift(tx, id))
    shifts.withdraw_shift(tx, id, now)


@router.post("/roster/running-hours", status_code=201)
def set_running_hours(body: NewRunningHours, tx: Tx, who: Who) -> Written:
    """Set a desk's running hours from a day on (R47)."""
    _whole(who)
    shifts.set_running_hours(tx, Running(**body.model_dump()), who.post)
    return Written(id=f"{body.desk} {body.from_day}")


@router.post("/roster/days", status_code=201)
def set_day(body: OwnDay, tx: Tx, who: Who) -> Written:
    """Say that a day is worked or off, before what was announced (节假日与调休)."""
    _whole(who)
    shifts.set_day(tx, body.day, worked=body.worked, reason=body.reason, by=who.post)
    return Written(id=body.day.isoformat())


_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post("/roster/import", openapi_extra=_FORM)
def take_in(
    who: Who,
    house: House,
    sent: Annotated[Sent, Depends(sent_file)],
    dry_run: Annotated[bool, Query(description="check only")] = False,
) -> ImportView:
    """A roster as CSV or XLSX, all or nothing; every mistake is named with its place."""
    desk = None if who.role in WHOLE else _own_desk(who, None)
    _may_write(who, desk)
    with connected(house.engine) as tx:
        outcome = roster_import.take_in(
            tx, sent.name, sent.data, by=who.post, dry_run=dry_run, desk=desk
        )
    return ImportView(
        rows=outcome.rows,
        errors=[
            {"sheet": e.sheet, "row": e.row, "column": e.column, "detail": e.detail}
            for e in outcome.errors
        ],
        changes=outcome.changes,
        notes=list(outcome.notes),
        written=outcome.written,
    )


def _desk(who: Actor, asked: str | None) -> str | None:
    """The 片区 whose roster a post reads; None: the whole.

    Raises:
        NotYourPost: another 片区's, or a post that reads none.
    """
    if who.role in WHOLE:
        return asked
    own = _own(who)
    if own is None:
        raise NotYourPost("本岗位不属于片区，不能查看名册")
    if asked is not None and asked != own:
        raise NotYourPost("只能查看本片区的名册")
    return own


def _own(who: Actor) -> str | None:
    return who.desk or (who.area[:6] if who.area and who.role == "station" else None)


def _own_desk(who: Actor, asked: str | None) -> str:
    desk = _desk(who, asked)
    if desk is None:
        raise NotYourPost("请写明片区")
    return desk


def _whole(who: Actor) -> None:
    if who.role not in WHOLE:
        raise NotYourPost("单位、人员、岗位和运行时间由街道城运中心或系统管理员登记")


def _may_write(who: Actor, desk: str | None) -> None:
    if who.role in WHOLE:
        return
    if who.role != "deputy" or who.desk is None or who.desk != desk:
        raise NotYourPost("任职和班次由本片区专职副网格长或街道城运中心登记")


def _same_desk(tx: Tx, staff_id: str, desk: str, now: datetime) -> None:
    posts = roster.posts_held(tx, staff_id, now)
    if not any(roster_import.desk_of_post(post) == desk for post in posts):
        raise NotYourPost("只能为本片区的人员报到")


def _strength(tx: Tx, desk: str, at: datetime) -> Strength:
    needed, on_duty = roster.strength(tx, desk, at)
    return Strength(needed=needed, on_duty=on_duty, short=on_duty < needed)


def _holding(tx: Tx, id: int, response: Response) -> dict[str, Any]:
    found = roster_lists.holding(tx, id)
    if found is None:
        raise NotOnRoster("没有这条任职")
    response.headers["ETag"] = etag(found["version"])
    return _local(found)


def _local(row: dict[str, Any]) -> dict[str, Any]:
    return {k: local(v) if k in _MOMENTS else v for k, v in row.items()}


def _today(at: datetime) -> date:
    return at.astimezone(SHANGHAI).date()
