"""Where people on duty are: from a page of ours, from Traccar Client, from OwnTracks.

A phone proves itself by its own token and reports its own person; a post that is logged in reports
the person it stands for. Nobody reports anybody else. Both phone protocols send a message again
until it is answered with success, so a position that the filters drop is answered with success
too, and counted; a token that is not known is 401.
"""

import binascii
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import Field

from api.bodies import Body, Moment
from api.deps import Now, Tx, caller_of
from api.problems import BadLocation, answer
from cases.errors import NotYourPost
from cases.people.account_errors import Unauthenticated
from cases.roles import OUTSIDE, Actor
from layers import devices, intake, phone_forms
from layers.devices import Device
from layers.fixes import Fix, FixProblem

# These doors look for themselves: a phone has a token, not an account.
router = APIRouter(prefix="/v1", tags=["positions"])
# A phone's message is a few hundred bytes; a contact's card with its picture is not ours to read.
LONGEST = 64 * 1024
_BAD_TOKEN = "设备令牌无效或已停用，请到分中心重新登记设备"


class Position(Body):
    """One position; `device_id` is the person on the map, and may be left out."""

    device_id: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    lon: float
    lat: float
    crs: Annotated[str, Field(max_length=60)] = "WGS84"
    accuracy_m: float = Field(50.0, ge=0, le=100_000, allow_inf_nan=False)
    fix_at: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who reports: a phone, or a post that is logged in."""

    device: Device | None = None
    post: Actor | None = None


async def sent(request: Request) -> bytes:
    """The body; one that is longer than any position reads as empty."""
    body = await request.body()
    return body if len(body) <= LONGEST else b""


Sent = Annotated[bytes, Depends(sent)]


def credentials(request: Request) -> str | None:
    """The token of an Authorization header: Bearer, or the password of Basic (OwnTracks)."""
    kind, _, told = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return told.strip() or None
    if kind.lower() != "basic":
        return None
    try:
        pair = b64decode(told.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return pair.partition(":")[2] or None


def phone(tx: Tx, token: str | None, now: datetime) -> Device:
    """The phone behind a token.

    Raises:
        Unauthenticated: none, unknown or revoked.
    """
    found = devices.by_token(tx, token, now) if token else None
    if found is None:
        raise Unauthenticated(_BAD_TOKEN)
    return found


def sender(request: Request, tx: Tx, now: Now) -> Sender:
    """The phone by its token, else the post by its session or account's token."""
    token = credentials(request)
    device = devices.by_token(tx, token, now) if token else None
    if device is not None:
        return Sender(device=device)
    return Sender(post=caller_of(request).actor())


@router.post("/positions", status_code=204)
def position(body: Position, tx: Tx, now: Now, who: Annotated[Sender, Depends(sender)]) -> Response:
    """Take one position of one's own; one that cannot be believed is refused with the reason."""
    fix = Fix(
        device_id=_own(tx, who, body.device_id),
        lon=body.lon,
        lat=body.lat,
        crs=body.crs,
        accuracy_m=body.accuracy_m,
        fix_at=body.fix_at,
    )
    problem = intake.receive(tx, fix, now, device=who.device)
    if problem is None:
        return Response(status_code=204)
    # Raised, it would take back that it was counted.
    return answer(BadLocation(str(problem), problem.message))


def _own(tx: Tx, who: Sender, named: str | None) -> str:
    """Whose position it is.

    Raises:
        NotYourPost: somebody else's.
        BadLocation: the post stands for nobody on the map.
    """
    if who.device is not None:
        if named not in (None, who.device.person_id):
            raise NotYourPost("设备只能上报本人的位置")
        return who.device.person_id
    post = who.post
    if post is None or post.role in OUTSIDE:
        raise NotYourPost("位置由在岗人员的设备上报")
    own = [one.id for one in devices.carriers_of(tx, post.post)]
    if named is None and own:
        return own[0]
    if named is None:
        problem = FixProblem.UNKNOWN_DEVICE
        raise BadLocation(str(problem), "本岗位未登记为参勤人员，请先在参勤人员中登记")
    if named not in own:
        raise NotYourPost("只能上报本岗位人员的位置")
    return named


_OSMAND = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
        for name in ("id", "token", "lat", "lon", "timestamp", "accuracy", "hdop", "speed")
    ]
}
_OSMAND_BODY: dict[str, Any] = {
    **_OSMAND,
    "requestBody": {
        "required": False,
        "content": {
            "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
            "application/json": {"schema": {"type": "object"}},
        },
    },
}


@router.get("/positions/osmand", response_class=PlainTextResponse, openapi_extra=_OSMAND)
def osmand_by_query(request: Request, tx: Tx, now: Now) -> Response:
    """A position as OsmAnd and Traccar Client send it (WGS84); `id` is the phone's token."""
    return _osmand(request, b"", tx, now)


@router.post("/positions/osmand", response_class=PlainTextResponse, openapi_extra=_OSMAND_BODY)
def osmand_by_form(request: Request, body: Sent, tx: Tx, now: Now) -> Response:
    """The same in a form or as Traccar Client's JSON (from 9.0 on)."""
    return _osmand(request, body, tx, now)


def _osmand(request: Request, body: bytes, tx: Tx, now: datetime) -> Response:
    kind = request.headers.get("content-type", "")
    fields = phone_forms.form_fields(request.url.query, body, kind)
    device = phone(tx, credentials(request) or phone_forms.token_in(fields), now)
    _take(tx, device, lambda: phone_forms.osmand_fix(fields, device.person_id, now), now)
    return PlainTextResponse("OK")


@router.post(
    "/positions/owntracks",
    openapi_extra={"requestBody": _OSMAND_BODY["requestBody"]},
)
def owntracks(request: Request, body: Sent, tx: Tx, now: Now) -> Response:
    """A message of OwnTracks in HTTP mode (WGS84); the phone's token is the password.

    `X-Limit-U` and `X-Limit-D` may say anything: whose phone it is, the token says.
    """
    device = phone(tx, credentials(request), now)
    _take(tx, device, lambda: phone_forms.owntracks_fix(body, device.person_id), now)
    # What friends do is not told to phones.
    return JSONResponse([])


def _take(tx: Tx, device: Device, read: Callable[[], Fix | None], now: datetime) -> None:
    fix = read()
    if fix is not None:
        intake.receive(tx, fix, now, device=device)
