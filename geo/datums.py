"""Reference systems at the door: what a pair of numbers means, and its CGCS2000 degrees.

Inside the house there is one datum, CGCS2000 longitude and latitude (EPSG:4490). GPS WGS84 is
taken as the same, which holds to a few decimetres. At Jiading GCJ-02 is 475 m and BD-09 1.1 km
off, so a pair without a declared system is never placed, and nothing is guessed from values.
"""

import math
import re
from dataclasses import dataclass
from enum import StrEnum
from numbers import Real
from typing import Any, Self, overload

import numpy as np
from numpy.typing import NDArray

from geo import offsets, projections
from geo.errors import OutsideDatum, UnknownDatum
from geo.location_problems import (
    Check,
    LocationProblem,
    Numbers,
    degree_checks,
    in_china,
    plane_checks,
)
from geo.points import LonLat

__all__ = [
    "Datum",
    "LocationProblem",
    "ReadPoint",
    "ReadPoints",
    "added_uncertainty_m",
    "from_cgcs2000",
    "read_point",
    "read_points",
    "to_cgcs2000",
]

FloatArray = NDArray[np.float64]

# Images of places in China's box, moved to GCJ-02 or BD-09, lie at most this far outside it.
_MARGIN_DEG = 0.05
# Open formula against a published fixture: 0.7 m in the median (geocoding.md 2); standards.md
# section 6 asks for at least 2 m.
_OPEN_FORMULA_M = 2.0


class Datum(StrEnum):
    """A reference system a pair of numbers can be declared in."""

    WGS84 = "WGS84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"
    CGCS2000 = "CGCS2000"
    GK120 = "EPSG:4549"
    GK_ZONE40 = "EPSG:4528"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a declared name, in any case and punctuation; raise UnknownDatum otherwise.

        >>> Datum.parse("gcj02").value, Datum.parse("EPSG:4326").value
        ('GCJ-02', 'WGS84')
        """
        name = _ALIASES.get(_bare(text))
        if name is None:
            raise UnknownDatum(text)
        return cls(name)

    @property
    def in_metres(self) -> bool:
        """Whether the pair is easting and northing instead of degrees."""
        return self in _PLANES

    @property
    def is_shifted(self) -> bool:
        """Whether it is one of the two systems that exist only around China."""
        return self in {Datum.GCJ02, Datum.BD09}


def _bare(text: str) -> str:
    return re.sub(r"[\s:_/\-]+", "", text).upper()


# EPSG code and the zone number that prefixes its eastings.
_PLANES = {Datum.GK120: (4549, 0), Datum.GK_ZONE40: (4528, 40)}
# A bare EPSG number counts as a declaration. "Baidu metres" (BD-09MC) is not BD-09 and is absent.
_NAMES = {
    Datum.WGS84: ("WGS84", "WGS 1984", "EPSG:4326", "4326", "CRS84", "OGC:CRS84", "GPS"),
    Datum.GCJ02: ("GCJ-02", "GCJ", "GCJ02LL", "火星坐标", "火星坐标系"),
    Datum.BD09: ("BD-09", "BD09LL", "百度坐标", "百度坐标系"),
    Datum.CGCS2000: ("CGCS2000", "CGCS 2000", "EPSG:4490", "4490", "国家2000", "国家2000坐标系"),
    Datum.GK120: ("EPSG:4549", "4549", "CGCS2000 / 3-degree Gauss-Kruger CM 120E"),
    Datum.GK_ZONE40: ("EPSG:4528", "4528", "CGCS2000 / 3-degree Gauss-Kruger zone 40"),
}
_ALIASES = {_bare(name): datum.value for datum, names in _NAMES.items() for name in names}


@dataclass(frozen=True, slots=True)
class ReadPoint:
    """What a declared pair turned out to be: a point, or the problem that prevents one."""

    point: LonLat | None
    datum: Datum | None
    problem: LocationProblem | None


@dataclass(frozen=True, slots=True, eq=False)
class ReadPoints:
    """The same for arrays: lon and lat are NaN wherever `problem` is not None."""

    lon: FloatArray
    lat: FloatArray
    datum: Datum | None
    problem: NDArray[np.object_]


@overload
def to_cgcs2000(*, lon: float, lat: float, datum: Datum) -> tuple[float, float]: ...
@overload
def to_cgcs2000(
    *, lon: FloatArray, lat: FloatArray, datum: Datum
) -> tuple[FloatArray, FloatArray]: ...
def to_cgcs2000(*, lon: Any, lat: Any, datum: Datum) -> tuple[Any, Any]:
    """Turn a pair in `datum` into CGCS2000 degrees, for one point or for arrays.

    For the planes, `lon` is the easting and `lat` the northing, in metres. One point and the
    same point in an array agree to the last few bits (1e-13°). Raises OutsideDatum where
    GCJ-02 and BD-09 are not defined.

    >>> lon, lat = to_cgcs2000(lon=121.2694455, lat=31.3810404, datum=Datum.GCJ02)
    >>> round(lon, 6), round(lat, 6)
    (121.265, 31.383)
    """
    if datum.in_metres:
        return projections.to_degrees(easting=lon, northing=lat, epsg=_PLANES[datum][0])
    if not datum.is_shifted:
        return lon, lat
    _refuse_outside(lon, lat, datum, margin=_MARGIN_DEG)
    maths = np if isinstance(lon, np.ndarray) else math
    if datum is Datum.BD09:
        lon, lat = offsets.bd_to_gcj(maths, lon=lon, lat=lat)
    return offsets.gcj_to_wgs(maths, lon=lon, lat=lat)


@overload
def from_cgcs2000(*, lon: float, lat: float, datum: Datum) -> tuple[float, float]: ...
@overload
def from_cgcs2000(
    *, lon: FloatArray, lat: FloatArray, datum: Datum
) -> tuple[FloatArray, FloatArray]: ...
def from_cgcs2000(*, lon: Any, lat: Any, datum: Datum) -> tuple[Any, Any]:
    """Turn CGCS2000 degrees into a pair in `datum`; the inverse of `to_cgcs2000`."""
    if datum.in_metres:
        return projections.to_metres(lon=lon, lat=lat, epsg=_PLANES[datum][0])
    if not datum.is_shifted:
        return lon, lat
    _refuse_outside(lon, lat, datum, margin=0.0)
    maths = np if isinstance(lon, np.ndarray) else math
    lon, lat = offsets.wgs_to_gcj(maths, lon=lon, lat=lat)
    return offsets.gcj_to_bd(maths, lon=lon, lat=lat) if datum is Datum.BD09 else (lon, lat)


def added_uncertainty_m(datum: Datum) -> float:
    """Metres to add to a point's accuracy because the open formula is an approximation."""
    return _OPEN_FORMULA_M if datum.is_shifted else 0.0


def read_point(*, lon: float | None, lat: float | None, crs: str | None) -> ReadPoint:
    """Place a declared pair, or say why it cannot be placed. Never raises, never guesses.

    >>> read_point(lon=31.383, lat=121.265, crs="WGS84").problem.value
    'AXES_SWAPPED'
    """
    if lon is None or lat is None:
        return ReadPoint(None, None, LocationProblem.NO_LOCATION)
    datum, undeclared = _declared(crs)
    if datum is None:
        return ReadPoint(None, None, undeclared)
    first, second = _number(lon), _number(lat)
    if first is None or second is None:
        return ReadPoint(None, datum, LocationProblem.NOT_FINITE)
    for problem, holds in _CHECKS[datum]:
        if holds(first, second):
            return ReadPoint(None, datum, problem)
    placed_lon, placed_lat = to_cgcs2000(lon=first, lat=second, datum=datum)
    return ReadPoint(LonLat(placed_lon, placed_lat), datum, None)


def read_points(*, lon: FloatArray, lat: FloatArray, crs: str | None) -> ReadPoints:
    """Place many pairs of one declared system; a bad pair does not spoil the others.

    NaN stands for a missing value, so it is NO_LOCATION here; infinity is NOT_FINITE.
    """
    problem = np.full(lon.shape, None, dtype=object)
    placed_lon, placed_lat = np.full(lon.shape, np.nan), np.full(lon.shape, np.nan)
    missing = np.isnan(lon) | np.isnan(lat)
    datum, undeclared = _declared(crs)
    if datum is None:
        problem[:] = undeclared
    else:
        good = np.isfinite(lon) & np.isfinite(lat)
        first, second = np.where(good, lon, 0.0), np.where(good, lat, 0.0)
        problem[~good] = LocationProblem.NOT_FINITE
        for kind, holds in _CHECKS[datum]:
            found = good & holds(first, second)
            problem[found] = kind
            good &= ~found
        placed_lon[good], placed_lat[good] = to_cgcs2000(lon=lon[good], lat=lat[good], datum=datum)
    problem[missing] = LocationProblem.NO_LOCATION
    return ReadPoints(placed_lon, placed_lat, datum, problem)


def _declared(crs: object) -> tuple[Datum | None, LocationProblem | None]:
    if crs is None or (isinstance(crs, str) and not crs.strip()):
        return None, LocationProblem.CRS_UNDECLARED
    try:
        return Datum.parse(str(crs)), None
    except UnknownDatum:
        return None, LocationProblem.CRS_UNKNOWN


def _number(value: object) -> float | None:
    """The value as a finite float; None for anything else, also for a bool or a text."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _checks(datum: Datum) -> tuple[Check, ...]:
    if datum.in_metres:
        return plane_checks(zone=_PLANES[datum][1])
    return degree_checks(margin=_MARGIN_DEG if datum.is_shifted else 0.0)


_CHECKS = {datum: _checks(datum) for datum in Datum}


def _refuse_outside(lon: Numbers, lat: Numbers, datum: Datum, *, margin: float) -> None:
    inside = in_china(lon=lon, lat=lat, margin=margin)
    if not np.all(inside):
        raise OutsideDatum(datum, count=int(np.size(inside) - np.count_nonzero(inside)))
