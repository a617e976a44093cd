"""The shareable map: asked for here, made in the worker, fetched as a file."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from api.cases import Body, Sector
from api.deps import House, Now, Tx, Who
from api.problems import NotFound, NotReady
from api.views import local
from cases import report_jobs

router = APIRouter(prefix="/v1", tags=["reports"])


class Situation(Body):
    """A situation map of one desk, or of the street."""

    desk: Annotated[Sector | None, Field()] = None


@router.post("/reports/situation", status_code=202)
def situation(body: Situation, tx: Tx, house: House, now: Now, _who: Who) -> dict[str, Any]:
    """Ask for a map of the moment."""
    job_id = house.new_id()
    report_jobs.ask(tx, job_id, kind="situation", desk=body.desk, now=now)
    return {"id": job_id, "status": "queued"}


@router.get("/reports/{id}")
def state(id: UUID, tx: Tx) -> dict[str, Any]:
    """How far a report is."""
    job = report_jobs.job(tx, id)
    if job is None:
        raise NotFound("没有这份态势图")
    return {
        "id": job.id,
        "status": job.status,
        "progress": job.progress,
        "detail": job.detail,
        "requested_at": local(job.requested_at),
        "finished_at": local(job.finished_at),
    }


@router.get("/reports/{id}/file", responses={200: {"content": {"text/html": {}}}})
def file(id: UUID, tx: Tx) -> Response:
    """The finished map, as an attachment that no browser runs on our address."""
    job = report_jobs.job(tx, id)
    if job is None:
        raise NotFound("没有这份态势图")
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
