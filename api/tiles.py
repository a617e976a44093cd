"""Vector tiles for more points than a page can hold, and the count by which it chooses."""

import gzip
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import Response

from api.cases import ListFilter
from api.deps import House, Now, Tx, Who
from api.problems import NotFound
from layers import tiles
from layers.tilemath import Tile

router = APIRouter(prefix="/v1", tags=["map"])
MVT = "application/vnd.mapbox-vector-tile"
_WORTH_PACKING = 1000  # bytes; below, the packing is longer than what it saves


class TileFilter(ListFilter):
    """As the list of cases is filtered; only open cases unless asked otherwise."""

    open: bool | None = True


@dataclass(frozen=True, slots=True)
class Holds:
    """What the browser has and can read."""

    if_none_match: Annotated[str | None, Header(max_length=500)] = None
    accept_encoding: Annotated[str, Header(max_length=500)] = ""


async def _tile(z: int, x: int, y: int) -> Tile:
    try:
        return Tile(z, x, y)
    except ValueError as error:
        raise NotFound("没有这块地图瓦片，层级为 0 到 22，行列号应在该层级之内") from error


@router.get("/tiles/{layer}/{z}/{x}/{y}.mvt", responses={200: {"content": {MVT: {}}}})
def tile(
    layer: Literal["cases", "cameras", "personnel"],
    at: Annotated[Tile, Depends(_tile)],
    asked: Annotated[TileFilter, Query()],
    tx: Tx,
    now: Now,
    who: Who,
    holds: Annotated[Holds, Depends()],
) -> Response:
    """One vector tile (MVT 2.1) of what this post sees; crowded cells come as stacks."""
    made = tiles.tile(tx, layer, at, who, now, asked.wanted())
    # What is in a tile depends on who asks: only that browser may keep it, and asks each time.
    headers = {
        "ETag": f'W/"{sha256(made).hexdigest()[:24]}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Accept-Encoding, Cookie, Authorization, X-Pianqu-Post",
    }
    if holds.if_none_match and headers["ETag"] in holds.if_none_match:
        return Response(status_code=304, headers=headers)
    if len(made) > _WORTH_PACKING and "gzip" in holds.accept_encoding:
        made = gzip.compress(made, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(made, media_type=MVT, headers=headers)


@router.get("/map/summary")
def summary(tx: Tx, house: House, now: Now, who: Who) -> dict[str, Any]:
    """How many points this post would draw, and whether as rows or as tiles."""
    count = tiles.counted(tx, who, now)
    return {
        "cases": count.cases,
        "people": count.people,
        "cameras": count.cameras,
        "tiles_above": house.tiles_above,
        "tiles": count.cases > house.tiles_above,
    }
