"""The published formulae of GCJ-02 and BD-09, each written once.

Every function takes the library to calculate with, `math` for one point or `numpy` for
arrays; both offer the same names. One point costs about 25 µs with `math` and ten times that
with `numpy`, a million points cost a second with `numpy`.

Inverses use a fixed number of steps and no stop condition that depends on the data: the same
answer on every run, and to the last few bits in either library. Six steps reach the floating
point floor (3e-14°) everywhere in China, five around Shanghai.
"""

from types import ModuleType
from typing import Any, TypeAlias

__all__ = ["bd_to_gcj", "gcj_to_bd", "gcj_to_wgs", "wgs_to_gcj"]

Degrees: TypeAlias = Any  # a float, or an array when the library is numpy

_A = 6378245.0  # metres; Krasovsky 1940: part of the formula, not of the earth
_EE = 0.00669342162296594323
_PI = 3.14159265358979323846
# BD-09 wobbles with degrees turned to radians times 3000. Writing a bare pi here is the known
# mistake of one library: 29 m in the median.
_BD_PI = _PI * 3000.0 / 180.0
_GCJ_STEPS = 6
_BD_STEPS = 3


def wgs_to_gcj(maths: ModuleType, *, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Move WGS84 degrees to GCJ-02 degrees."""
    east, north = _gcj_shift(maths, lon, lat)
    return lon + east, lat + north


def gcj_to_wgs(maths: ModuleType, *, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Move GCJ-02 degrees to WGS84 degrees, by fixed-point steps."""
    wgs_lon, wgs_lat = lon, lat
    for _ in range(_GCJ_STEPS):
        east, north = _gcj_shift(maths, wgs_lon, wgs_lat)
        wgs_lon, wgs_lat = lon - east, lat - north
    return wgs_lon, wgs_lat


def gcj_to_bd(maths: ModuleType, *, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Move GCJ-02 degrees to BD-09 degrees."""
    radius = maths.hypot(lon, lat) + 2e-5 * maths.sin(lat * _BD_PI)
    angle = maths.atan2(lat, lon) + 3e-6 * maths.cos(lon * _BD_PI)
    return radius * maths.cos(angle) + 0.0065, radius * maths.sin(angle) + 0.006


def bd_to_gcj(maths: ModuleType, *, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Move BD-09 degrees to GCJ-02 degrees: the closed form (13 cm) and fixed corrections."""
    east, north = lon - 0.0065, lat - 0.006
    radius = maths.hypot(east, north) - 2e-5 * maths.sin(north * _BD_PI)
    angle = maths.atan2(north, east) - 3e-6 * maths.cos(east * _BD_PI)
    gcj_lon, gcj_lat = radius * maths.cos(angle), radius * maths.sin(angle)
    for _ in range(_BD_STEPS):
        back_lon, back_lat = gcj_to_bd(maths, lon=gcj_lon, lat=gcj_lat)
        gcj_lon, gcj_lat = gcj_lon - (back_lon - lon), gcj_lat - (back_lat - lat)
    return gcj_lon, gcj_lat


def _gcj_shift(maths: ModuleType, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """How far GCJ-02 lies from WGS84 at a WGS84 point, in degrees east and north."""
    sin = maths.sin
    x, y = lon - 105.0, lat - 35.0
    root = maths.sqrt(abs(x))
    ripple = 20.0 * sin(6.0 * x * _PI) + 20.0 * sin(2.0 * x * _PI)
    north_waves = (
        ripple
        + 20.0 * sin(y * _PI)
        + 40.0 * sin(y / 3.0 * _PI)
        + 160.0 * sin(y / 12.0 * _PI)
        + 320.0 * sin(y * _PI / 30.0)
    )
    east_waves = (
        ripple
        + 20.0 * sin(x * _PI)
        + 40.0 * sin(x / 3.0 * _PI)
        + 150.0 * sin(x / 12.0 * _PI)
        + 300.0 * sin(x / 30.0 * _PI)
    )
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    north_m = north_m + north_waves * 2.0 / 3.0
    east_m = east_m + east_waves * 2.0 / 3.0
    phi = maths.radians(lat)
    squeeze = 1.0 - _EE * sin(phi) ** 2
    root_squeeze = maths.sqrt(squeeze)
    east = maths.degrees(east_m / (_A / root_squeeze * maths.cos(phi)))
    north = maths.degrees(north_m / (_A * (1.0 - _EE) / (squeeze * root_squeeze)))
    return east, north
