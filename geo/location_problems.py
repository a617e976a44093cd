"""What can be wrong with a declared pair of numbers, and the checks that find it.

The checks are written with `&` and `|`, so that one text serves floats and arrays. Their order
is their rank: the first that holds has the word.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np

__all__ = ["LocationProblem", "degree_checks", "in_china", "plane_checks"]

Numbers: TypeAlias = Any  # a float or an array of them
Truth: TypeAlias = Any  # a bool or an array of them

# Where the published GCJ-02 formula applies: west, south, east, north.
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)
_ZERO_ISLAND = 0.001
# Plane coordinates in China: eastings lie around a false 500 km, northings run from 3° to 55° N.
_EASTING_M = (100_000.0, 900_000.0)
_NORTHING_M = (330_000.0, 6_200_000.0)
_MILLION_M = 1_000_000.0


class LocationProblem(StrEnum):
    """Why a pair of numbers is no place yet."""

    NO_LOCATION = "NO_LOCATION"
    CRS_UNDECLARED = "CRS_UNDECLARED"
    CRS_UNKNOWN = "CRS_UNKNOWN"
    NOT_FINITE = "NOT_FINITE"
    ZERO_ISLAND = "ZERO_ISLAND"
    AXES_SWAPPED = "AXES_SWAPPED"
    ZONE_MISMATCH = "ZONE_MISMATCH"
    UNITS_MISMATCH = "UNITS_MISMATCH"
    OUTSIDE_CHINA = "OUTSIDE_CHINA"
    INTEGER_DEGREES = "INTEGER_DEGREES"

    @property
    def message(self) -> str:
        """What is wrong and what to do next, for the screen."""
        return _MESSAGES[self]


_MESSAGES = {
    LocationProblem.NO_LOCATION: "没有坐标，请在地图上定位或补填坐标。",
    LocationProblem.CRS_UNDECLARED: "坐标未声明坐标系，请注明 WGS84、GCJ-02、BD-09 或 CGCS2000。",
    LocationProblem.CRS_UNKNOWN: (
        "不认识所声明的坐标系，请改用 WGS84、GCJ-02、BD-09、CGCS2000、EPSG:4549 或 EPSG:4528。"
    ),
    LocationProblem.NOT_FINITE: "坐标不是有效数字，请重新填写。",
    LocationProblem.ZERO_ISLAND: "坐标为 (0, 0)，多为定位失败的默认值，请重新定位。",
    LocationProblem.AXES_SWAPPED: "两个坐标疑似填反，请核对：经度（东）在前，纬度（北）在后。",
    LocationProblem.ZONE_MISMATCH: (
        "投影带号与坐标系不符，请核对：EPSG:4528 的东坐标带 40 前缀，EPSG:4549 不带。"
    ),
    LocationProblem.UNITS_MISMATCH: "坐标单位与坐标系不符，请核对填写的是度还是米。",
    LocationProblem.OUTSIDE_CHINA: "坐标不在中国范围内，请核对坐标和坐标系。",
    LocationProblem.INTEGER_DEGREES: "经纬度都是整数，精度不足以定位，请补全小数位或重新定位。",
}

Check = tuple[LocationProblem, Callable[[Numbers, Numbers], Truth]]


def degree_checks(margin: float) -> tuple[Check, ...]:
    """The checks of longitude and latitude; `margin` widens the box of China, in degrees."""
    return (
        (LocationProblem.ZERO_ISLAND, _at_zero),
        # China's longitudes and latitudes share no value, so a swap is never ambiguous.
        (LocationProblem.AXES_SWAPPED, lambda lon, lat: in_china(lon=lat, lat=lon, margin=margin)),
        (LocationProblem.UNITS_MISMATCH, lambda lon, lat: (abs(lon) > 1e3) & (abs(lat) > 1e3)),
        (
            LocationProblem.OUTSIDE_CHINA,
            lambda lon, lat: np.logical_not(in_china(lon=lon, lat=lat, margin=margin)),
        ),
        # A whole degree is 111 km: nobody measured that, it is a default or a truncation.
        (LocationProblem.INTEGER_DEGREES, lambda lon, lat: (lon % 1.0 == 0) & (lat % 1.0 == 0)),
    )


def plane_checks(zone: int) -> tuple[Check, ...]:
    """The checks of easting and northing; `zone` is the prefix in millions of metres, or 0."""

    def fits(easting: Numbers, northing: Numbers) -> Truth:
        return _fits_plane(easting - zone * _MILLION_M, northing)

    def swapped(easting: Numbers, northing: Numbers) -> Truth:
        # Chinese surveying writes x for north: a pair that fits only the other way round.
        return np.logical_not(fits(easting, northing)) & fits(northing, easting)

    def other_zone(easting: Numbers, northing: Numbers) -> Truth:
        prefixed = (easting >= 0.0) & (easting < 100 * _MILLION_M)
        elsewhere = np.logical_not(fits(easting, northing)) & prefixed
        return elsewhere & _fits_plane(easting % _MILLION_M, northing)

    return (
        (LocationProblem.ZERO_ISLAND, _at_zero),
        (LocationProblem.AXES_SWAPPED, swapped),
        (LocationProblem.ZONE_MISMATCH, other_zone),
        (LocationProblem.UNITS_MISMATCH, lambda e, n: (abs(e) <= 180.0) & (abs(n) <= 180.0)),
        (LocationProblem.OUTSIDE_CHINA, lambda e, n: np.logical_not(fits(e, n))),
    )


def in_china(*, lon: Numbers, lat: Numbers, margin: float = 0.0) -> Truth:
    """Whether GCJ-02 is defined at a point, or at each of many; NaN never is."""
    west, south, east, north = _CHINA
    in_lon = (lon >= west - margin) & (lon <= east + margin)
    return in_lon & (lat >= south - margin) & (lat <= north + margin)


def _at_zero(first: Numbers, second: Numbers) -> Truth:
    return (abs(first) < _ZERO_ISLAND) & (abs(second) < _ZERO_ISLAND)


def _fits_plane(easting: Numbers, northing: Numbers) -> Truth:
    in_easting = (easting >= _EASTING_M[0]) & (easting <= _EASTING_M[1])
    return in_easting & (northing >= _NORTHING_M[0]) & (northing <= _NORTHING_M[1])
