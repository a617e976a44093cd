"""The street centre's side: its inbox of refusals, and what it does with them (A-20)."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel

from api.cases import Body, Owner, Reason, Sector
from api.deps import House, Now, Tx, Who, connected, runtime
from api.problems import BadLocation
from api.runtime import Runtime
from api.views import CaseView, RefusalView, case_view, refusal_view
from boundaries.model import Named
from cases import commands as do
from cases import desk, inbox, queries
from cases.channels.signing import verify
from cases.errors import RefusalNotFound

router = APIRouter(prefix="/v1", tags=["street centre"])

State = Literal[
    "feedback_pending", "feedback_delivered", "acknowledged", "redispatched", "reinstated",
    "forwarded", "withdrawn",
]  # fmt: skip


class RefusalList(BaseModel):
    """Refusals, newest first."""

    items: list[RefusalView]


class Redispatch(Body):
    """派给另一片区."""

    to_sector: Sector


class Forwarding(Body):
    """上报区."""

    belongs_to: Owner | None = None


class Nothing(Body):
    """A step that needs no words."""


@router.get("/street-centre/refusals")
def refusals(tx: Tx, now: Now, state: Annotated[State | None, Query()] = None) -> RefusalList:
    """All refusals with their delivery and clock."""
    found = queries.refused_cases(tx, state=state)
    deliveries = queries.deliveries(tx, [case.id for _, case in found])
    items = []
    for refusal_id, case in found:
        refusal = case.refusal(refusal_id)
        if refusal is not None:
            items.append(refusal_view(case, refusal, now, deliveries))
    return RefusalList(items=items)


@router.post("/street-centre/refusals/{id}/acknowledgement")
def acknowledge(id: UUID, _body: Nothing, tx: Tx, house: House, now: Now, who: Who) -> CaseView:
    """签收."""
    return _handled(tx, house, id, do.Acknowledge(refusal_id=id), who, now)


@router.post("/street-centre/refusals/{id}/reinstatement")
def reinstate(id: UUID, body: Reason, tx: Tx, house: House, now: Now, who: Who) -> CaseView:
    """指定受理: the desk that refused takes it, and may not refuse again."""
    return _handled(tx, house, id, do.Reinstate(refusal_id=id, reason=body.reason), who, now)


@router.post("/street-centre/refusals/{id}/redispatch")
def redispatch(id: UUID, body: Redispatch, tx: Tx, house: House, now: Now, who: Who) -> CaseView:
    """派给另一片区: that desk's clocks start now."""
    command = do.Redispatch(refusal_id=id, to_sector=body.to_sector)
    return _handled(tx, house, id, command, who, now)


@router.post("/street-centre/refusals/{id}/forwarding")
def forward(id: UUID, body: Forwarding, tx: Tx, house: House, now: Now, who: Who) -> CaseView:
    """上报区."""
    owner = body.belongs_to
    command = do.Forward(
        refusal_id=id, belongs_to=Named(code=owner.code, name=owner.name) if owner else None
    )
    return _handled(tx, house, id, command, who, now)


def _handled(
    tx: Tx, house: House, refusal_id: UUID, command: do.Command, who: Who, now: Now
) -> CaseView:
    case_id = queries.case_of_refusal(tx, refusal_id)
    if case_id is None:
        raise RefusalNotFound("没有这条不予受理记录")
    case = desk.handle(tx, house.office, case_id, command, actor=who, now=now)
    return case_view(case, now, deliveries=queries.deliveries(tx, [case.id]), whole=True)


@router.post("/street-centre/inbox", status_code=202, include_in_schema=False)
async def receive(request: Request) -> Response:
    """The built-in receiver: a signed CloudEvent, stored once however often it comes."""
    body = await request.body()
    await run_in_threadpool(_store, runtime(request), dict(request.headers), body)
    return Response(status_code=202)


def _store(house: Runtime, headers: dict[str, str], body: bytes) -> None:
    now = house.now()
    # Header names arrive in lower case; the signer writes them as the standard capitals.
    verify(house.webhook_secret, {_title(k): v for k, v in headers.items()}, body, now)
    try:
        message: dict[str, Any] = msgspec.json.decode(body, type=dict)
        delivery_id = UUID(str(message["id"]))
    except (msgspec.MsgspecError, KeyError, ValueError) as error:
        raise BadLocation("BAD_INPUT", "不是 CloudEvents 消息") from error
    with connected(house.engine) as tx:
        inbox.keep(tx, delivery_id, message, now)


def _title(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))
