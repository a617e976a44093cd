"""People of the map: their phones, and where they were on a day.

Phones are kept by those who keep the roster and by the desk's coordinator. A track is for those
who lead the desk, the street centre and oneself; every look is a line of the access log.
"""

from datetime import datetime
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from api.bodies import Body, Day
from api.deps import Now, Tx, Who
from api.work_views import local
from cases.errors import NotYourPost
from cases.hours import SHANGHAI
from cases.people import access_log, tokens
from cases.roles import Actor
from layers import devices, tracks
from layers.devices import Carrier
from layers.fixes import FixProblem

router = APIRouter(prefix="/v1/personnel", tags=["positions"])

WHOLE = frozenset({"street-centre", "admin"})
KEEPING = frozenset({"coordinator", "deputy"})
LEADING = frozenset({"coordinator", "inspector", "deputy", "head"})
TRACK, ISSUED, REVOKED = "track.view", "device.issue", "device.revoke"
_MOMENTS = frozenset({"created_at", "revoked_at", "last_seen_at", "last_problem_at"})
PersonId = Annotated[str, Path(pattern=r"^[^\x00-\x1f\x7f]{1,60}$")]
Number = Annotated[int, Path(ge=1, le=2**63 - 1)]


class NewDevice(Body):
    """What the phone is called, such as 巡逻手机1."""

    label: Annotated[str, Field(max_length=60)] = ""


@router.get("/{id}/devices")
def listed(id: PersonId, tx: Tx, who: Who) -> dict[str, list[dict[str, Any]]]:
    """The phones of a person: when heard, how often not believed and why; never a token."""
    _keeps(who, _person(tx, id, who))
    return {"items": [_view(row) for row in devices.listed(tx, id)]}


@router.post("/{id}/devices", status_code=201)
def issue(id: PersonId, body: NewDevice, tx: Tx, now: Now, who: Who) -> dict[str, Any]:
    """Give a phone a token. It is told this once."""
    _keeps(who, _person(tx, id, who))
    token = tokens.fresh()
    number = devices.issue(tx, id, token, label=body.label, by=_name(who), now=now)
    _note(tx, ISSUED, id, who, now, device=number)
    return {"id": number, "person": id, "token": token}


@router.delete("/{id}/devices/{device}", status_code=204)
def revoke(id: PersonId, device: Number, tx: Tx, now: Now, who: Who) -> Response:
    """End a phone's token at once."""
    _keeps(who, _person(tx, id, who))
    devices.revoke(tx, id, device, by=_name(who), now=now)
    _note(tx, REVOKED, id, who, now, device=device)
    return Response(status_code=204)


@router.get("/{id}/track", responses={200: {"content": {"application/geo+json": {}}}})
def track(
    id: PersonId,
    tx: Tx,
    now: Now,
    who: Who,
    day: Annotated[Day | None, Query(description="a day of Shanghai; without it, today")] = None,
) -> Response:
    """The way of a person on a day, as GeoJSON with the times; that it was looked at is noted."""
    person = _person(tx, id, who)
    _may_follow(who, person)
    day = day or now.astimezone(SHANGHAI).date()
    found = tracks.track(tx, id, day)
    points = found["properties"]["count"]
    _note(tx, TRACK, id, who, now, day=day.isoformat(), desk=person.sector, points=points)
    return Response(
        orjson.dumps(found),
        media_type="application/geo+json",
        headers={"Cache-Control": "no-store"},
    )


def _person(tx: Tx, id: str, who: Actor) -> Carrier:
    """The person; that there is none is told to those only who might see one."""
    if who.role not in WHOLE | LEADING and not any(
        one.id == id for one in devices.carriers_of(tx, who.post)
    ):
        raise NotYourPost("参勤人员的设备和轨迹由本片区和街道城运中心查看")
    return devices.carrier(tx, id)


def _keeps(who: Actor, person: Carrier) -> None:
    if who.role in WHOLE:
        return
    if who.role not in KEEPING or who.desk is None or who.desk != person.sector:
        raise NotYourPost("定位设备由本片区协调指挥员、专职副网格长或街道城运中心登记")


def _may_follow(who: Actor, person: Carrier) -> None:
    if who.role == "street-centre" or who.post == person.post:
        return
    if who.role not in LEADING or who.desk is None or who.desk != person.sector:
        raise NotYourPost("轨迹由本片区协调指挥员、综合督查员、专职副网格长、片区网格长查看")


def _note(tx: Tx, action: str, id: str, who: Actor, now: datetime, **detail: Any) -> None:
    access_log.note(tx, action, account=_name(who), at=now, subject=id, post=who.post, **detail)


def _name(who: Actor) -> str:
    return who.account or who.post


def _view(row: dict[str, Any]) -> dict[str, Any]:
    told = {key: local(value) if key in _MOMENTS else value for key, value in row.items()}
    problem = row["last_problem"]
    return {**told, "last_problem_label": FixProblem(problem).message if problem else None}
