"""The street centre's side: its inbox of refusals, and what it does with them (A-20)."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel

from api.bodies import Owner, Sector
from api.carrying import Asked, Call, Calling, carried_out
from api.deps import Now, Tx, Who, connected, runtime
from api.problems import BadLocation
from api.runtime import Runtime
from api.step_bodies import Nothing, Reason, StepBody
from api.views import CaseView, RefusalView, eyes, refusal_view
from boundaries.model import Named
from cases import commands as do
from cases import inbox, queries
from cases.channels.signing import verify
from cases.model import Case

router = APIRouter(prefix="/v1", tags=["street centre"])
# These ask who sends in their own transaction (`api.carrying`).
verbs = APIRouter(prefix="/v1", tags=["street centre"])
# A machine's door: the signature is the key.
signed_router = APIRouter(prefix="/v1", tags=["street centre"])

State = Literal[
    "feedback_pending", "feedback_delivered", "acknowledged", "redispatched", "reinstated",
    "forwarded", "withdrawn",
]  # fmt: skip


class RefusalList(BaseModel):
    """Refusals, newest first."""

    items: list[RefusalView]


class Redispatch(StepBody):
    """派给另一片区."""

    to_sector: Sector


class Forwarding(StepBody):
    """上报区."""

    belongs_to: Owner | None = None


@router.get("/street-centre/refusals")
def refusals(
    tx: Tx, now: Now, who: Who, state: Annotated[State | None, Query()] = None
) -> RefusalList:
    """The refusals of the cases this post sees, with their delivery and clock."""
    found = queries.refused_cases(tx, who, state=state)
    viewer = eyes(tx, [case for _, case in found], who, now)
    items = []
    for refusal_id, case in found:
        refusal = case.refusal(refusal_id)
        if refusal is not None:
            items.append(refusal_view(case, refusal, viewer))
    return RefusalList(items=items)


@verbs.post("/street-centre/refusals/{id}/acknowledgement", response_model=CaseView)
def acknowledge(id: UUID, body: Nothing, asked: Calling) -> Response:
    """签收."""
    return _handled(asked, id, "acknowledgement", body, do.Acknowledge(refusal_id=id))


@verbs.post("/street-centre/refusals/{id}/reinstatement", response_model=CaseView)
def reinstate(id: UUID, body: Reason, asked: Calling) -> Response:
    """指定受理: the desk that refused takes it, and may not refuse again."""
    command = do.Reinstate(refusal_id=id, reason=body.reason)
    return _handled(asked, id, "reinstatement", body, command)


@verbs.post("/street-centre/refusals/{id}/redispatch", response_model=CaseView)
def redispatch(id: UUID, body: Redispatch, asked: Calling) -> Response:
    """派给另一片区: that desk's clocks start now."""
    command = do.Redispatch(refusal_id=id, to_sector=body.to_sector)
    return _handled(asked, id, "redispatch", body, command)


@verbs.post("/street-centre/refusals/{id}/forwarding", response_model=CaseView)
def forward(id: UUID, body: Forwarding, asked: Calling) -> Response:
    """上报区."""
    owner = body.belongs_to
    command = do.Forward(
        refusal_id=id, belongs_to=Named(code=owner.code, name=owner.name) if owner else None
    )
    return _handled(asked, id, "forwarding", body, command)


def _handled(
    asked: Asked, refusal_id: UUID, verb: str, body: StepBody, command: do.Command
) -> Response:
    def act(call: Call, version: int | None) -> Case:
        case_id = queries.case_of_refusal(call.tx, refusal_id, call.who)
        return call.handle(str(case_id), command, version)

    return carried_out(asked, f"{refusal_id}/{verb}", body, act)


@signed_router.post("/street-centre/inbox", status_code=202, include_in_schema=False)
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
