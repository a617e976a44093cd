"""Layers and editions."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.deps import Now, Perhaps, Tx
from api.problems import BadLocation, NotFound
from api.views import local
from boundaries import library
from cases.hours import SHANGHAI
from cases.people.account_errors import Unauthenticated
from cases.roles import actor
from layers import catalog, features
from layers.errors import UnknownLayer

router = APIRouter(prefix="/v1", tags=["map"])
# The map is drawn before anybody has logged in; what is on it of cases and people is not.
open_router = APIRouter(prefix="/v1", tags=["map"])
_OPEN = {"area", "base"}
# Who has not logged in sees what an administrator sees of cases: none.
_NOBODY = actor("admin")


@open_router.get("/layers")
def layers(tx: Tx, now: Now, caller: Perhaps) -> dict[str, list[Any]]:
    """The layers the map can show, in drawing order; of the cases those this post sees."""
    if caller is None:
        found = catalog.listed(tx, now, _NOBODY)
        return {"items": [layer for layer in found if layer.kind in _OPEN]}
    return {"items": list(catalog.listed(tx, now, caller.actor()))}


@open_router.get("/layers/{id}", responses={200: {"content": {"application/geo+json": {}}}})
def layer(
    id: str,
    tx: Tx,
    now: Now,
    caller: Perhaps,
    bbox: Annotated[
        str | None, Query(max_length=120, description="west,south,east,north in CRS84")
    ] = None,
    since: Annotated[
        datetime | None, Query(description="people only: who moved since an earlier answer's `at`")
    ] = None,
) -> Response:
    """One layer as GeoJSON (RFC 7946)."""
    try:
        # Even that there is no such layer is told to those we know only.
        if caller is None and not _is_open(id):
            raise Unauthenticated
        who = caller.actor() if caller else _NOBODY
        written = features.feature_collection(tx, id, now, _box(bbox), who, _aware(since))
    except UnknownLayer as error:
        raise NotFound("没有这个图层") from error
    return Response(written, media_type="application/geo+json")


def _is_open(id: str) -> bool:
    return any(layer.id == id and layer.kind in _OPEN for layer in catalog.CATALOG)


def _aware(since: datetime | None) -> datetime | None:
    return since if since is None or since.tzinfo else since.replace(tzinfo=SHANGHAI)


def _box(bbox: str | None) -> features.Box | None:
    if bbox is None:
        return None
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as error:
        raise BadLocation("BAD_INPUT", "bbox 应为 西,南,东,北 四个数") from error
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadLocation("BAD_INPUT", "bbox 应为 西,南,东,北 四个数，在经纬度范围内")
    return features.Box(west, south, east, north)


@router.get("/editions")
def editions(tx: Tx) -> dict[str, list[dict[str, Any]]]:
    """The editions of the boundaries and which one is in force."""
    return {
        "items": [
            {
                "id": edition.id,
                "name": edition.name,
                "status": edition.status,
                "valid_from": local(edition.valid_from),
                "valid_to": local(edition.valid_to),
                "provisional": edition.provisional,
                "notice": edition.notice,
                "licence": edition.licence,
                "findings": list(edition.findings),
            }
            for edition in library.editions(tx)
        ]
    }
