"""The engine's doors: whose is this place? Nothing is stored here."""

from dataclasses import asdict, replace
from typing import Annotated, Any

import msgspec
import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from api.bodies import Body
from api.deps import House, Now, Tx, connected, runtime
from api.problems import BadLocation, TooLarge
from api.runtime import Runtime
from api.views import rounded
from boundaries.batch import Batch, decide_batch
from boundaries.errors import NoEditionInForce
from boundaries.model import Assignment, AssignmentStatus, ReasonCode
from cases.by_words import texts
from cases.desk import locate
from cases.model import RawPoint
from cases.sources import SOURCES

router = APIRouter(prefix="/v1", tags=["assignments"])
BATCH_MOST = 10_000
_DEFAULT_M = 20.0


class Place(Body):
    """A pair of numbers with the datum it is declared in, or an address, or both."""

    model_config = ConfigDict(extra="forbid")
    lon: float | None = Field(None, description="longitude or easting", examples=[121.2655])
    lat: float | None = Field(None, description="latitude or northing", examples=[31.3885])
    crs: str | None = Field(
        None, max_length=60, description="WGS84, GCJ-02, BD-09, CGCS2000, EPSG:4549, EPSG:4528"
    )
    accuracy_m: float | None = Field(None, ge=0, le=100_000, allow_inf_nan=False)
    source: str | None = Field(None, max_length=20)
    address: str | None = Field(
        None,
        max_length=500,
        description="asked where there is no pair; beside a pair, its check",
        examples=["仓场路331号"],
    )


class Coverage(BaseModel):
    """The same decision as a yes or no; null where a person must look."""

    covered: bool | None
    reason_code: str | None
    assignment: Assignment


@router.post("/assignments")
def assignments(place: Place, tx: Tx, house: House, now: Now) -> Assignment:
    """Whose is this place: 片区, community grid, police area, or not ours and whose then."""
    return _decided(house, tx, place, now)


@router.get("/coverage")
def coverage(tx: Tx, house: House, now: Now, place: Annotated[Place, Query()]) -> Coverage:
    """Would a case here be taken?"""
    found = _decided(house, tx, place, now)
    covered = {
        AssignmentStatus.ASSIGNED: True,
        AssignmentStatus.OUT_OF_AREA: False,
    }.get(found.status)
    return Coverage(covered=covered, reason_code=found.reason_code, assignment=found)


def _decided(house: Runtime, tx: Tx, place: Place, now: Now) -> Assignment:
    words = texts(None, None, place.address)
    given = place.lon is not None or place.lat is not None or place.crs is not None
    if not given and not words:
        return Assignment(
            status=AssignmentStatus.NO_LOCATION,
            reason_code="NO_LOCATION",
            explanation=("没有坐标",),
        )
    source = SOURCES.get(place.source or "")
    placed = locate(
        house.office,
        tx,
        raw=RawPoint(lon=place.lon, lat=place.lat, crs=place.crs) if given else None,
        accuracy_m=place.accuracy_m,
        default_m=source.default_accuracy_m if source else _DEFAULT_M,
        at=now,
        words=words,
    )
    if placed.problem == ReasonCode.AREA_NOT_IN_FORCE:
        raise NoEditionInForce(placed.place.explanation[0])
    if placed.problem is None:
        return replace(placed.place, point=rounded(placed.place.point))
    if given and placed.problem != ReasonCode.TEXT_DISAGREES:
        raise BadLocation(placed.problem, placed.place.explanation[0])
    # What words leave open is an answer, with the grids it lies between.
    return replace(placed.place, candidates=placed.grids)


_BATCH_SCHEMA = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "description": "columns lon[], lat[], crs, accuracy_m (number or array), or a"
                    " GeoJSON FeatureCollection of points with a member `datum`",
                    "example": {"lon": [121.2655], "lat": [31.3885], "crs": "GCJ-02"},
                }
            }
        },
    }
}


@router.post("/assignments/batch", openapi_extra=_BATCH_SCHEMA)
async def batch(request: Request) -> Response:
    """Up to 10,000 points a call; answers in columns, in the order asked."""
    body = await request.body()
    answer = await run_in_threadpool(_batch, runtime(request), body)
    return Response(answer, media_type="application/json")


def _batch(house: Runtime, body: bytes) -> bytes:
    asked = read_batch(body)
    with connected(house.engine) as tx:
        territory = house.locator.territory(tx, house.now())
    found = decide_batch(
        territory, lon=asked.lon, lat=asked.lat, crs=asked.crs, accuracy_m=asked.accuracy_m
    )
    columns: dict[str, Any] = {
        "status": found.status,
        "sector": found.sector,
        "community": found.community,
        "reason_code": found.reason_code,
        "edition": asdict(territory.edition.named),
        "provisional": territory.edition.provisional,
    }
    return msgspec.json.encode(columns)


class _Columns(msgspec.Struct):
    lon: list[float | None]
    lat: list[float | None]
    crs: str | None = None
    accuracy_m: float | list[float | None] | None = None


class _Point(msgspec.Struct):
    coordinates: list[float]
    type: str = "Point"


class _Feature(msgspec.Struct):
    geometry: _Point | None
    properties: dict[str, Any] | None = None


class _Collection(msgspec.Struct):
    features: list[_Feature]
    datum: str | None = None


def read_batch(body: bytes) -> Batch:
    """Columns or a FeatureCollection as arrays; NaN where a value is missing.

    Raises:
        BadLocation: unreadable, of unequal lengths, or an accuracy below zero.
        TooLarge: more than 10,000 points.
    """
    try:
        read = (
            _columns(msgspec.json.decode(body, type=_Columns))
            if b'"features"' not in body
            else _features(msgspec.json.decode(body, type=_Collection))
        )
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadLocation("BAD_INPUT", f"批量内容不能读取：{error}") from error
    if len(read.lon) > BATCH_MOST:
        raise TooLarge(f"一次最多 {BATCH_MOST} 个点，收到 {len(read.lon)} 个")
    if len(read.lon) != len(read.lat) or len(read.accuracy_m) != len(read.lon):
        raise BadLocation("BAD_INPUT", "lon、lat、accuracy_m 的个数不相等")
    if np.any(read.accuracy_m < 0):
        raise BadLocation("BAD_INPUT", "accuracy_m 不能小于 0")
    return read


def _columns(read: _Columns) -> Batch:
    given = read.accuracy_m
    accuracy = given if isinstance(given, list) else [given] * len(read.lon)
    return Batch(
        lon=_floats(read.lon), lat=_floats(read.lat), crs=read.crs, accuracy_m=_floats(accuracy)
    )


def _features(read: _Collection) -> Batch:
    points = [f.geometry.coordinates if f.geometry else [] for f in read.features]
    told = [(f.properties or {}).get("accuracy_m") for f in read.features]
    accuracy = [float(v) if isinstance(v, int | float) else None for v in told]
    # RFC 7946 has one datum; another must be said in so many words.
    return Batch(
        lon=_floats([p[0] if len(p) > 1 else None for p in points]),
        lat=_floats([p[1] if len(p) > 1 else None for p in points]),
        crs=read.datum or "CRS84",
        accuracy_m=_floats(accuracy),
    )


def _floats(values: list[float | None]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    return np.array([np.nan if value is None else value for value in values], np.float64)
