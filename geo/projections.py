"""Degrees and metres: CGCS2000 longitude/latitude and its 3° Gauss–Krüger planes.

Metres inside the house are EPSG:4549 (central meridian 120° E), whose scale at Jiading is
1.00018: 50 m are 50.009 m. Easting comes first everywhere, though the system's own axis order
is northing, easting; `always_xy` sees to that.
"""

from functools import lru_cache
from typing import Any, TypeVar, overload

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

__all__ = [
    "METRES_EPSG",
    "geometry_to_degrees",
    "geometry_to_metres",
    "to_degrees",
    "to_metres",
]

DEGREES_EPSG = 4490
METRES_EPSG = 4549

FloatArray = NDArray[np.float64]
Geometries = TypeVar("Geometries")  # one shapely geometry or an array of them


@overload
def to_metres(*, lon: float, lat: float, epsg: int = ...) -> tuple[float, float]: ...
@overload
def to_metres(
    *, lon: FloatArray, lat: FloatArray, epsg: int = ...
) -> tuple[FloatArray, FloatArray]: ...
def to_metres(*, lon: Any, lat: Any, epsg: int = METRES_EPSG) -> tuple[Any, Any]:
    """Easting and northing in metres of CGCS2000 degrees, for one point or for arrays.

    >>> east, north = to_metres(lon=121.265, lat=31.383)
    >>> round(east, 2), round(north, 2)
    (620331.85, 3474130.42)
    """
    east, north = _plane(epsg).transform(lon, lat)
    return east, north


@overload
def to_degrees(*, easting: float, northing: float, epsg: int = ...) -> tuple[float, float]: ...
@overload
def to_degrees(
    *, easting: FloatArray, northing: FloatArray, epsg: int = ...
) -> tuple[FloatArray, FloatArray]: ...
def to_degrees(*, easting: Any, northing: Any, epsg: int = METRES_EPSG) -> tuple[Any, Any]:
    """CGCS2000 longitude and latitude of plane metres, for one point or for arrays."""
    lon, lat = _plane(epsg).transform(easting, northing, direction="INVERSE")
    return lon, lat


def geometry_to_metres(geoms: Geometries) -> Geometries:
    """Move a shapely geometry, or an array of them, from degrees to EPSG:4549 metres."""
    moved: Geometries = shapely.transform(geoms, _degrees_to_metres)
    return moved


def geometry_to_degrees(geoms: Geometries) -> Geometries:
    """Move a shapely geometry, or an array of them, from EPSG:4549 metres to degrees."""
    moved: Geometries = shapely.transform(geoms, _metres_to_degrees)
    return moved


def _degrees_to_metres(coords: FloatArray) -> FloatArray:
    return np.column_stack(to_metres(lon=coords[:, 0], lat=coords[:, 1]))


def _metres_to_degrees(coords: FloatArray) -> FloatArray:
    return np.column_stack(to_degrees(easting=coords[:, 0], northing=coords[:, 1]))


@lru_cache(maxsize=8)
def _plane(epsg: int) -> Transformer:
    # One object for all threads is safe: since pyproj 3.1 a Transformer keeps its PROJ context
    # in a threading.local and builds it anew in each thread (tested in test_projections.py).
    return Transformer.from_crs(DEGREES_EPSG, epsg, always_xy=True)
