"""How a position that is only roughly known lies on the grids: what the geocoder asks the map.

A place found in words is a normal distribution about a point. Its mass in each community grid
is summed over a fixed set of points of equal probability, so that the same question has the same
answer on every machine (`geocoding.md` 3.6: a place is taken by its mass, not by its point).
Pure.
"""

import math
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.assignment import belongs_to
from boundaries.territory import Territory
from geo.points import LonLat
from geo.projections import to_degrees, to_metres
from geo.readings import GridShare

OUTSIDE = "街道以外"
# Beyond so many standard deviations lies less than 1/4000 of a half-plane's mass.
_FAR = 3.5
_POINTS = 1024
_STEP_M = 5.0
_MOST_STEPS = 400
# A road along an edge belongs to both grids beside it: 新成路 is the dividing line (R10).
_HALF_ROAD_M = 6.0
_EQUATOR_M = 6_378_137.0
_ECCENTRICITY_2 = 0.006_694_380_022_9

Floats = NDArray[np.float64]


def _spiral(number: int) -> Floats:
    """Points of equal probability of the standard normal in the plane: a sunflower's seeds."""
    rank = np.arange(number)
    radius = np.sqrt(-2.0 * np.log1p(-(rank + 0.5) / number))
    # The golden angle: no direction is met twice, so no edge is favoured.
    angle = rank * np.pi * (3.0 - np.sqrt(5.0))
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)])


_SEEDS = _spiral(_POINTS)


class TerritoryGrounds:
    """The grounds of one edition, as the geocoder asks for them."""

    __slots__ = ("_of_label", "_territory")

    def __init__(self, territory: Territory) -> None:
        self._territory = territory
        inside = [
            GridShare(code=area.code, name=area.name, sector=area.parent, share=1.0)
            for area in territory.communities
        ]
        self._of_label = [GridShare(code=None, name=OUTSIDE, sector=None, share=1.0), *inside]

    def shares(self, point: LonLat, sigma_m: float) -> tuple[GridShare, ...]:
        """The mass of N(point, sigma) in each community grid and outside, largest first.

        Args:
            point: CGCS2000 degrees.
            sigma_m: one standard deviation along each axis, metres.
        """
        own = self._territory.index.label(lon=point.lon, lat=point.lat)
        east, north = to_metres(lon=point.lon, lat=point.lat)
        here = np.array([shapely.Point(east, north)])
        if self._territory.community_edges.distance(here)[0] > _FAR * sigma_m:
            return (self._of_label[own],)
        a_metre = _a_metre(point.lat)
        return self._counted(
            point.lon + sigma_m * a_metre[0] * _SEEDS[0],
            point.lat + sigma_m * a_metre[1] * _SEEDS[1],
        )

    def along(self, line: Sequence[LonLat]) -> tuple[GridShare, ...]:
        """How much of a road's length lies in each community grid and outside, largest first.

        Both sides of the road are counted, so that one along an edge is not one grid's alone.
        """
        if not line:
            return ()
        lons, lats = zip(*((point.lon, point.lat) for point in line), strict=True)
        east, north = to_metres(lon=np.array(lons), lat=np.array(lats))
        xs, ys = _beside(np.asarray(east), np.asarray(north))
        lon, lat = to_degrees(easting=xs, northing=ys)
        return self._counted(lon, lat)

    def town(self, point: LonLat) -> str | None:
        """The neighbouring town a point outside lies in; None inside the street or unknown."""
        if self._territory.index.label(lon=point.lon, lat=point.lat):
            return None
        east, north = to_metres(lon=point.lon, lat=point.lat)
        found = belongs_to(self._territory, point, shapely.Point(east, north))
        return found.name if found else None

    def area(self, code: str) -> GridShare | None:
        """The community grid of a code, wholly."""
        return next((share for share in self._of_label[1:] if share.code == code), None)

    def _counted(self, lon: Floats, lat: Floats) -> tuple[GridShare, ...]:
        labels = self._territory.index.labels(lon=lon, lat=lat)
        counts = np.bincount(labels, minlength=len(self._of_label))
        # Stable: equal shares in the order of the codes, as everywhere, outside last.
        order = np.argsort(-np.roll(counts, -1), kind="stable")
        found = []
        for at in order:
            label = (int(at) + 1) % len(counts)
            if not counts[label]:
                break
            area, share = self._of_label[label], float(counts[label] / len(labels))
            found.append(GridShare(code=area.code, name=area.name, sector=area.sector, share=share))
        return tuple(found)


def _a_metre(lat: float) -> tuple[float, float]:
    """Degrees of longitude and latitude in one metre at a latitude, on CGCS2000's ellipsoid."""
    sine = math.sin(math.radians(lat))
    bent = 1.0 - _ECCENTRICITY_2 * sine * sine
    along = _EQUATOR_M / math.sqrt(bent)  # radius across the meridian
    return (
        math.degrees(1.0 / (along * math.cos(math.radians(lat)))),
        math.degrees(bent / (along * (1.0 - _ECCENTRICITY_2))),
    )


def _beside(east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Points every few metres on both sides of a line; a line of one point is that point."""
    corners = np.stack([east, north], axis=1)
    lengths = np.hypot(*np.diff(corners, axis=0).T) if len(corners) > 1 else np.zeros(1)
    whole = float(lengths.sum())
    if whole == 0.0:
        return east[:1], north[:1]
    number = int(np.clip(np.ceil(whole / _STEP_M), 1, _MOST_STEPS))
    wanted = (np.arange(number) + 0.5) / number * whole
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    xs, ys = np.interp(wanted, ends, east), np.interp(wanted, ends, north)
    piece = np.clip(np.searchsorted(ends, wanted, side="right") - 1, 0, len(lengths) - 1)
    towards = np.diff(corners, axis=0)[piece] / lengths[piece, None]
    across = _HALF_ROAD_M * np.stack([-towards[:, 1], towards[:, 0]])
    return np.concatenate([xs + across[0], xs - across[0]]), np.concatenate(
        [ys + across[1], ys - across[1]]
    )
