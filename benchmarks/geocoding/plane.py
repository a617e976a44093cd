"""Metres around an invented town's corner: a flat patch, exact enough over six kilometres."""

from math import cos, radians

from geo.points import LonLat

CORNER = LonLat(120.70, 30.90)  # south-west corner of the invented street
_PER_LAT = 110_850.0
_PER_LON = 111_320.0 * cos(radians(30.91))


def at(x_m, y_m):
    """The point x metres east and y metres north of the corner."""
    return LonLat(round(CORNER.lon + x_m / _PER_LON, 8), round(CORNER.lat + y_m / _PER_LAT, 8))


def xy(point):
    """Metres east and north of the corner."""
    return (point.lon - CORNER.lon) * _PER_LON, (point.lat - CORNER.lat) * _PER_LAT
