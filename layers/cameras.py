"""Intake of the register of cameras, and who sees a place."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

from sqlalchemy import Connection, Row, text

from geo.datums import read_point
from geo.points import LonLat, bearing_deg
from layers.errors import BadRegister
from layers.model import Camera, CameraStatus, NearCamera

_UPSERT = text("""
    INSERT INTO camera (id, name, geom, heading, fov, range_m, status, sector, updated_at)
    VALUES (:id, :name, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), :heading, :fov, :range_m,
            :status,
            -- A camera on the edge belongs to the lower code, as a case does (A-3).
            coalesce(:sector, (
                SELECT a.code FROM area a JOIN edition e ON e.id = a.edition_id
                WHERE a.level = 'sector' AND e.status IN ('in_force', 'retired')
                  AND tstzrange(e.valid_from, e.valid_to, '[)') @> CAST(:now AS timestamptz)
                  AND ST_Covers(a.geom, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490))
                ORDER BY a.code LIMIT 1)),
            :now)
    ON CONFLICT (id) DO UPDATE SET
        name = excluded.name, geom = excluded.geom, heading = excluded.heading,
        fov = excluded.fov, range_m = excluded.range_m, status = excluded.status,
        sector = excluded.sector, updated_at = excluded.updated_at""")

_NEAR = text("""
    SELECT id, name, ST_X(geom) AS lon, ST_Y(geom) AS lat, heading, fov, range_m, status, sector,
           ST_Distance(geom::geography, here::geography) AS distance_m
    FROM camera, (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4490) AS here) point
    WHERE ST_DWithin(geom::geography, here::geography, :within_m)
    ORDER BY distance_m, id LIMIT :limit""")

COLUMNS = ("id", "name", "lon", "lat", "heading", "fov", "range_m", "status", "sector")


def upsert(conn: Connection, cameras: Iterable[Camera], now: datetime) -> int:
    """Add or renew cameras of the register; the map gives the 片区 where the register does not.

    Returns:
        How many rows were written.
    """
    rows = [
        {
            "id": camera.id,
            "name": camera.name,
            "lon": camera.point.lon,
            "lat": camera.point.lat,
            "heading": camera.heading,
            "fov": camera.fov,
            "range_m": camera.range_m,
            "status": camera.status.value,
            "sector": camera.sector,
            "now": now,
        }
        for camera in cameras
    ]
    if rows:
        conn.execute(_UPSERT, rows)
    return len(rows)


def cameras_near(
    conn: Connection, point: LonLat, *, within_m: float = 200.0, limit: int = 20
) -> tuple[NearCamera, ...]:
    """The cameras around a place, nearest first, each with whether it looks there."""
    found = conn.execute(
        _NEAR, {"lon": point.lon, "lat": point.lat, "within_m": within_m, "limit": limit}
    )
    near = []
    for row in found:
        camera = camera_of(row)
        near.append(
            NearCamera(
                camera=camera,
                distance_m=row.distance_m,
                sees=_sees(camera, point, row.distance_m),
            )
        )
    return tuple(near)


def camera_of(row: Row[Any]) -> Camera:
    """A camera from its columns, the place as lon and lat."""
    return Camera(
        id=row.id,
        name=row.name,
        point=LonLat(row.lon, row.lat),
        heading=row.heading,
        fov=row.fov,
        range_m=row.range_m,
        status=CameraStatus(row.status),
        sector=row.sector,
    )


def _sees(camera: Camera, point: LonLat, distance_m: float) -> bool:
    """Whether a place lies in the wedge of a camera that answers; houses in between are unknown."""
    if camera.status is not CameraStatus.ONLINE:
        return False
    if camera.range_m is not None and distance_m > camera.range_m:
        return False
    if camera.heading is None or camera.fov is None or distance_m < 1.0:
        return True
    off = abs((bearing_deg(camera.point, point) - camera.heading + 180.0) % 360.0 - 180.0)
    return off <= camera.fov / 2.0


def read_register(csv_text: str, *, crs: str) -> tuple[Camera, ...]:
    """Read a register of cameras from CSV with the columns of `COLUMNS`.

    Raises:
        BadRegister: a row cannot be taken; the message names each one, and none is taken.
    """
    reader = csv.DictReader(StringIO(csv_text))
    missing = {"id", "name", "lon", "lat"} - set(reader.fieldnames or ())
    if missing:
        raise BadRegister((f"缺少列 {'、'.join(sorted(missing))}",))
    cameras: list[Camera] = []
    problems: list[str] = []
    for number, row in enumerate(reader, start=2):
        try:
            cameras.append(_camera(row, crs))
        except ValueError as error:
            problems.append(f"第 {number} 行：{error}")
    problems.extend(_repeated([camera.id for camera in cameras]))
    if problems:
        raise BadRegister(tuple(problems))
    return tuple(cameras)


def _camera(row: Mapping[str, str | None], crs: str) -> Camera:
    if not row.get("id") or not row.get("name"):
        raise ValueError("缺少编号或名称")
    read = read_point(lon=_number(row, "lon"), lat=_number(row, "lat"), crs=crs)
    if read.point is None:
        raise ValueError(read.problem.message if read.problem else "没有位置")
    heading, fov, range_m = (_number(row, name) for name in ("heading", "fov", "range_m"))
    if fov is not None and not 0 < fov <= 360:
        raise ValueError("视角应在 0 到 360 度之间")
    if range_m is not None and range_m <= 0:
        raise ValueError("可视距离应大于 0 米")
    return Camera(
        id=str(row["id"]),
        name=str(row["name"]),
        point=read.point,
        heading=None if heading is None else heading % 360.0,
        fov=fov,
        range_m=range_m,
        status=CameraStatus(row.get("status") or "online"),
        sector=row.get("sector") or None,
    )


def _number(row: Mapping[str, str | None], name: str) -> float | None:
    written = row.get(name)
    if not written:
        return None
    try:
        return float(written)
    except ValueError:
        raise ValueError(f"{name} 不是数字：{written}") from None


def _repeated(ids: Sequence[str]) -> list[str]:
    return [f"编号 {id} 出现多次" for id in sorted({id for id in ids if ids.count(id) > 1})]
