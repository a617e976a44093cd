"""What the map's tools ask: who and what is near, how the grids stand, what no camera sees."""

from typing import Annotated, Any

import orjson
import shapely
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.bodies import Sector
from api.deps import Now, Tx, Who
from api.problems import BadLocation, NotFound
from cases import scope
from cases.errors import NotYourPost
from cases.roles import OUTSIDE
from geo.datums import read_point
from layers import nearby, views
from layers.cameras import cameras_near
from layers.coverage import Coverages

router = APIRouter(prefix="/v1/map", tags=["map"])
Desk = Annotated[Sector | None, Query()]


@router.get("/around")
def around(
    tx: Tx,
    now: Now,
    who: Who,
    lon: float,
    lat: float,
    crs: Annotated[str, Query(max_length=60)] = "CGCS2000",
    case: Annotated[str | None, Query(max_length=40, pattern=r"^[0-9A-Za-z-]+$")] = None,
) -> dict[str, list[dict[str, Any]]]:
    """Cameras and people near a place; posts outside the sub-centre see none of them."""
    read = read_point(lon=lon, lat=lat, crs=crs)
    if read.point is None:
        problem = read.problem
        raise BadLocation(str(problem), problem.message if problem else "没有位置")
    if case is not None:
        scope.seen_id(tx, case, who)  # what one does not see has no surroundings either
    if who.role in OUTSIDE:
        return {"cameras": [], "people": []}
    return {
        "cameras": [
            {
                "id": near.camera.id,
                "name": near.camera.name,
                "lon": round(near.camera.point.lon, 7),
                "lat": round(near.camera.point.lat, 7),
                "distance_m": round(near.distance_m, 1),
                "sees": near.sees,
                "status": near.camera.status.value,
            }
            for near in cameras_near(tx, read.point)
        ],
        "people": [
            {name: getattr(near, name) for name in nearby.NearPerson.__dataclass_fields__}
            for near in nearby.people_near(tx, read.point, who, now)
        ],
    }


@router.get("/grids")
def grids(tx: Tx, now: Now, who: Who, desk: Desk = None) -> dict[str, list[nearby.GridLoad]]:
    """Each community grid with the open and late cases this post sees there."""
    return {"items": list(nearby.grid_loads(tx, who, now, desk))}


@router.get("/coverage")
def coverage(request: Request, tx: Tx, now: Now, who: Who, desk: Desk = None) -> Response:
    """How much of a 片区 some camera looks at, and the ground that none does."""
    if who.role in OUTSIDE:
        raise NotYourPost("视频覆盖由片区分中心和街道城运中心查看")
    kept: Coverages = request.app.state.coverages
    found = kept.of(tx, desk, now)
    if found is None:
        raise NotFound("现行网格版本里没有这个片区")
    told = found.coverage
    answer = {
        "desk": desk,
        "area_m2": round(told.area_m2, 1),
        "covered_m2": round(told.covered_m2, 1),
        "uncovered_m2": round(told.uncovered_m2, 1),
        "cameras": told.cameras,
        "assumed_range": told.assumed_range,
        "default_range_m": views.DEFAULT_RANGE_M,
        "provisional": found.provisional,
        "notice": views.NOTICE,
        "uncovered": orjson.Fragment(
            shapely.to_geojson(shapely.set_precision(told.uncovered, 1e-7))
        ),
    }
    return Response(
        orjson.dumps(answer),
        media_type="application/json",
        headers={"Cache-Control": "private, no-cache"},
    )
