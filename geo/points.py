"""A place on the ground as one value, and what lies between two of them."""

from dataclasses import dataclass
from math import isfinite

from pyproj import Geod

from geo.errors import NotAPoint

__all__ = ["LonLat", "bearing_deg", "compass", "distance_m"]

# CGCS2000 has its own ellipsoid; it differs from GRS 80 by less than 0.1 mm anywhere.
_ELLIPSOID = Geod(ellps="GRS80")
_DIRECTIONS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


@dataclass(frozen=True, slots=True)
class LonLat:
    """Longitude and latitude in CGCS2000 degrees (EPSG:4490), always in this order."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        """Refuse what is not a place on earth, so that no later step has to ask again."""
        if not (isfinite(self.lon) and isfinite(self.lat)):
            raise NotAPoint(f"not finite: {self.lon}, {self.lat}")
        if abs(self.lon) > 180 or abs(self.lat) > 90:
            raise NotAPoint(f"out of range: lon {self.lon}, lat {self.lat}")


def distance_m(a: LonLat, b: LonLat) -> float:
    """Geodesic distance in metres.

    >>> round(distance_m(LonLat(121.265, 31.383), LonLat(121.265, 31.384)), 1)
    110.9
    """
    return float(_ELLIPSOID.inv(a.lon, a.lat, b.lon, b.lat)[2])


def bearing_deg(a: LonLat, b: LonLat) -> float:
    """Direction from a to b in degrees from north, clockwise, in [0, 360); 0 for a = b.

    >>> round(bearing_deg(LonLat(121.26, 31.38), LonLat(121.27, 31.38)))
    90
    """
    if a == b:
        return 0.0
    # The outer remainder turns the 360.0 that a tiny negative angle rounds to into 0.0.
    return float(_ELLIPSOID.inv(a.lon, a.lat, b.lon, b.lat)[0]) % 360.0 % 360.0


def compass(bearing: float) -> str:
    """One of eight Chinese compass words for a bearing in degrees.

    >>> compass(44), compass(-90)
    ('东北', '西')
    """
    return _DIRECTIONS[round(bearing % 360.0 / 45.0) % 8]
