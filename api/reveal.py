"""Who reported a case, masked or revealed with a reason, and the log of who has looked."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from api.bodies import Body
from api.deps import Now, Tx, Who
from api.views import local
from cases import reveal as revealing
from cases import scope
from cases.queries import case as load

router = APIRouter(prefix="/v1", tags=["privacy"])


class Reporters(BaseModel):
    """Who reported a case; one case may have several reports."""

    items: list[revealing.ReporterView]
    may_reveal: bool


class Reveal(Body):
    """Why somebody must know."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class Access(BaseModel):
    """A line of the access log."""

    at: datetime
    account: str | None
    action: str
    subject: str | None
    reason: str | None
    detail: dict[str, Any] | None


class AccessLog(BaseModel):
    """Lines of the access log, newest first."""

    items: list[Access]


@router.get("/cases/{key}/reporters")
def masked(key: str, tx: Tx, who: Who) -> Reporters:
    """Who reported a case: 王**, 138****1234."""
    id = scope.seen_id(tx, key, who)
    may = revealing.may_reveal(who, load(tx, id))
    return Reporters(items=list(revealing.reporters(tx, id)), may_reveal=may)


@router.post("/cases/{key}/reporter-reveal")
def revealed(key: str, body: Reveal, response: Response, tx: Tx, who: Who, now: Now) -> Reporters:
    """Who reported a case, whole: for the desk's coordinator, deputy, inspector, and the street.

    With a reason of at least four characters, which is noted with who asked and when.
    """
    case = load(tx, scope.seen_id(tx, key, who))
    found = revealing.reveal(tx, case, body.reason, who=who, now=now)
    response.headers["Cache-Control"] = "no-store"
    return Reporters(items=list(found), may_reveal=True)


@router.get("/access-log")
def access_log(
    tx: Tx,
    who: Who,
    subject: Annotated[str | None, Query(max_length=100)] = None,
    account: Annotated[str | None, Query(max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> AccessLog:
    """Who has looked at what: for the street centre and the administrator, and the own deputy."""
    wanted = revealing.AccessQuery(subject=subject, account=account, limit=limit)
    rows = revealing.access_log(tx, wanted, who)
    return AccessLog(items=[Access(**{**row, "at": local(row["at"])}) for row in rows])
