"""Alive, and ready: the edition is loaded and the index compiled."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text

from api.deps import connected, runtime
from boundaries.errors import NoEditionInForce
from store.errors import DatabaseUnavailable

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
def readyz(request: Request) -> JSONResponse:
    """Database, edition in force, compiled index, worker."""
    house = runtime(request)
    checks: dict[str, Any] = {"compiled": bool(getattr(request.app.state, "compiled", False))}
    try:
        with connected(house.engine) as tx:
            checks["database"] = True
            checks["edition"] = house.locator.territory(tx, house.now()).edition.name
            beat = tx.execute(
                text("SELECT at FROM heartbeat WHERE process = 'worker'")
            ).scalar_one_or_none()
            age = (house.now() - beat).total_seconds() if beat else None
            checks["worker_seen_s_ago"] = round(age, 1) if age is not None else None
    except DatabaseUnavailable:
        checks["database"] = False
    except NoEditionInForce:
        checks["edition"] = None
    ready = bool(checks["compiled"] and checks.get("database") and checks.get("edition"))
    return JSONResponse({"ready": ready, "checks": checks}, 200 if ready else 503)
