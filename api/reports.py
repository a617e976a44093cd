"""The shareable map: asked for here, made in the worker, fetched as a file."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from api.bodies import Body, Sector
from api.deps import House, Now, Tx, Who
from api.problems import NotFound, NotReady
from api.views import local
from cases import report_jobs
from cases.errors import NotYourPost
from cases.roles import Actor, scope_keys
from cases.scope import seen_by

router = APIRouter(prefix="/v1", tags=["reports"])


class Situation(Body):
    """A situation map of one desk, or of the street."""

    desk: Annotated[Sector | None, Field()] = None


@router.post("/reports/situation", status_code=202)
def situation(body: Situation, tx: Tx, house: House, now: Now, who: Who) -> dict[str, Any]:
    """Ask for a map of the moment: the street's for the street centre, else the own desk's."""
    job_id = house.new_id()
    report_jobs.ask(tx, job_id, kind="situation", desk=_desk(body.desk, who), now=now)
    return {"id": job_id, "status": "queued"}


def _desk(asked: str | None, who: Actor) -> str | None:
    """The desk a post may have on its map; None is the whole street.

    Raises:
        NotYourPost: another desk's, or a post that works for none.
    """
    if who.role == "street-centre":
        return asked
    if who.desk is None or not scope_keys(who) >= {who.desk}:
        raise NotYourPost("态势图由街道城运中心和片区城运分中心生成")
    if asked not in (None, who.desk):
        raise NotYourPost("只能生成本片区的态势图")
    return who.desk


@router.get("/reports/{id}")
def state(id: UUID, tx: Tx, who: Who) -> dict[str, Any]:
    """How far a report is."""
    job = _seen(tx, id, who)
    return {
        "id": job.id,
        "status": job.status,
        "progress": job.progress,
        "detail": job.detail,
        "requested_at": local(job.requested_at),
        "finished_at": local(job.finished_at),
    }


@router.get("/reports/{id}/file", responses={200: {"content": {"text/html": {}}}})
def file(id: UUID, tx: Tx, who: Who) -> Response:
    """The finished map, as an attachment that no browser runs on our address."""
    job = _seen(tx, id, who)
    content = report_jobs.file(tx, id)
    if content is None:
        raise NotReady("态势图还没有生成完")
    name = f"situation-{local(job.requested_at):%Y%m%d-%H%M}.html"
    return Response(
        content,
        media_type="text/html; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "sandbox",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _seen(tx: Tx, id: UUID, who: Actor) -> report_jobs.Job:
    """A report of the post's own desk; the whole street's is the street centre's."""
    job = report_jobs.job(tx, id)
    if job is None or not seen_by({job.desk or "street", "street"}, scope_keys(who)):
        raise NotFound("没有这份态势图")
    return job
