"""What the cameras see of an area, and what none of them sees. Pure; metres of EPSG:4549.

A view is the wedge the register states: nobody knows what a house or a tree hides, so what is
uncovered here is surely unseen and what is covered is only perhaps seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.projections import geometry_to_degrees, geometry_to_metres
from layers.model import Camera, CameraStatus

# What a street camera still tells people apart at; used where the register says nothing.
DEFAULT_RANGE_M = 50.0
NOTICE = (
    "按登记的位置、朝向、视角和可视距离计算，未计房屋、树木遮挡，实际盲区只会更大；"
    f"未登记可视距离的按 {DEFAULT_RANGE_M:.0f} 米计，未登记朝向或视角的按四周都看得到计。"
)
_ELLIPSOID = Geod(ellps="GRS80")
_STEP_DEG = 5.0  # a chord of the arc; takes off 0.1 % of the ground, never adds any


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of an area is in some camera's view, and the rest as a shape in degrees."""

    area_m2: float
    covered_m2: float
    uncovered_m2: float
    uncovered: MultiPolygon
    cameras: int
    assumed_range: int


def view(camera: Camera) -> Polygon:
    """The ground a camera looks at, in metres: a wedge, or a disc where it turns or is a dome."""
    range_m = camera.range_m or DEFAULT_RANGE_M
    whole = camera.heading is None or camera.fov is None or camera.fov >= 360.0
    middle, angle = (0.0, 360.0) if whole else (camera.heading or 0.0, camera.fov or 0.0)
    bearings = np.linspace(
        middle - angle / 2, middle + angle / 2, max(2, int(np.ceil(angle / _STEP_DEG))) + 1
    )
    if whole:
        bearings = bearings[:-1]
    at = np.full(bearings.shape, camera.point.lon), np.full(bearings.shape, camera.point.lat)
    # True bearings on the ellipsoid: the plane's own north is 0.7° off here.
    lon, lat, _ = _ELLIPSOID.fwd(*at, bearings, np.full(bearings.shape, range_m))
    edge = list(zip(lon, lat, strict=True))
    if not whole:
        edge.append((camera.point.lon, camera.point.lat))
    return geometry_to_metres(Polygon(edge))


def coverage(area: BaseGeometry, cameras: Iterable[Camera]) -> Coverage:
    """The share of an area (in degrees) that cameras which answer look at."""
    online = [camera for camera in cameras if camera.status is CameraStatus.ONLINE]
    ground = geometry_to_metres(area)
    seen = shapely.union_all([view(camera) for camera in online]) if online else Polygon()
    rest = shapely.difference(ground, seen)
    return Coverage(
        area_m2=ground.area,
        covered_m2=shapely.intersection(ground, seen).area,
        uncovered_m2=rest.area,
        uncovered=_polygons(geometry_to_degrees(rest)),
        cameras=len(online),
        assumed_range=sum(camera.range_m is None for camera in online),
    )


def _polygons(shape: BaseGeometry) -> MultiPolygon:
    """The shape's polygons only: a difference may leave lines where two edges meet."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
    # Turned as RFC 7946 wants rings.
    return MultiPolygon([shapely.orient_polygons(part) for part in parts])
