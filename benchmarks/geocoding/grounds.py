"""Where a position's probability lies: squares for the invented town, polygons for the real street.

Both answer the engine's `Grounds` and are written here from scratch, so that the truth a row is
judged by does not come from the code under test. The mass in a square is a product of two normal
integrals; the mass in a polygon is a mean over 600 points of the normal distribution.
"""

import json
from functools import lru_cache
from itertools import pairwise
from math import erf, sqrt
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import shape

from benchmarks.geocoding.plane import xy
from geo.points import LonLat
from geo.projections import geometry_to_metres, to_metres
from geo.readings import GridShare

DATA = Path(__file__).parents[2] / "boundaries" / "data"
SIDE_M = 650.0
COLUMNS, ROWS = 4, 3
WIDTH_M, HEIGHT_M = COLUMNS * SIDE_M, ROWS * SIDE_M
TOWNS = (
    "望亭镇",
    "柳桥镇",
    "石塘街道",
    "枫泾镇",
)  # north, east, south, west of the invented street
_DISC = 600


class SquareGrounds:
    """Twelve squares of 650 m in two sectors; everything else belongs to four towns."""

    def __init__(self):
        self.names = {
            _code(column, row): f"{_NAMES[row * COLUMNS + column]}社区网格"
            for row in range(ROWS)
            for column in range(COLUMNS)
        }

    def shares(self, point, sigma_m):
        x, y = xy(point)
        across = [_mass(x, sigma_m, at * SIDE_M) for at in range(COLUMNS)]
        upward = [_mass(y, sigma_m, at * SIDE_M) for at in range(ROWS)]
        found = {
            _code(column, row): across[column] * upward[row]
            for row in range(ROWS)
            for column in range(COLUMNS)
        }
        return self._sorted(found)

    def along(self, line):
        found: dict[str, float] = {}
        lengths, codes = [], []
        for start, end in pairwise(line):
            (x0, y0), (x1, y1) = xy(start), xy(end)
            steps = max(2, int(sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2) / 5))
            for at in range(steps):
                f = (at + 0.5) / steps
                codes.append(_grid_at(x0 + f * (x1 - x0), y0 + f * (y1 - y0)))
                lengths.append(sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2) / steps)
        whole = sum(lengths) or 1.0
        for code, length in zip(codes, lengths, strict=True):
            if code is not None:
                found[code] = found.get(code, 0.0) + length / whole
        return self._sorted(found)

    def town(self, point):
        x, y = xy(point)
        if _grid_at(x, y) is not None:
            return None
        beyond = (y - HEIGHT_M, x - WIDTH_M, -y, -x)
        return TOWNS[max(range(4), key=lambda side: beyond[side])]

    def area(self, code):
        if code not in self.names:
            return None
        return GridShare(code=code, name=self.names[code], sector=code[:6], share=1.0)

    def grid_at(self, point):
        return _grid_at(*xy(point))

    def border_m(self, point):
        """Metres to the nearest grid border."""
        x, y = xy(point)
        return min(
            *(abs(x - at * SIDE_M) for at in range(COLUMNS + 1)),
            *(abs(y - at * SIDE_M) for at in range(ROWS + 1)),
        )

    def _sorted(self, found):
        shares = [
            GridShare(code=code, name=self.names[code], sector=code[:6], share=share)
            for code, share in found.items()
            if share > 1e-6
        ]
        outside = 1.0 - sum(share.share for share in shares)
        if outside > 1e-6:
            shares.append(GridShare(code=None, name="街道之外", sector=None, share=outside))
        return tuple(sorted(shares, key=lambda s: (-s.share, s.code or "~")))


_NAMES = (
    *("云溪", "望河", "兰亭", "石桥", "枫林", "竹园"),
    *("梅岭", "荷塘", "桂苑", "松江里", "丰乐", "永宁"),
)


def _code(column, row):
    """The west half is sector 990101, the east half 990102."""
    west = column < COLUMNS // 2
    return f"{'990101' if west else '990102'}{row * 2 + column % 2 + 1:02d}"


def _grid_at(x, y):
    if not (0 <= x < WIDTH_M and 0 <= y < HEIGHT_M):
        return None
    return _code(int(x // SIDE_M), int(y // SIDE_M))


def _mass(at, sigma, low):
    if sigma <= 0:
        return float(low <= at < low + SIDE_M)
    scale = sigma * sqrt(2)
    return (erf((low + SIDE_M - at) / scale) - erf((low - at) / scale)) / 2


class ShippedGrounds:
    """The twelve shipped community grids, read from the files and not from the product."""

    def __init__(self):
        features = _features("communities.geojson")
        self.codes = [f["properties"]["code"] for f in features]
        self.names = {f["properties"]["code"]: f["properties"]["name"] for f in features}
        self.shapes = _metres(features)
        near = _features("neighbours.geojson")
        self.towns = [f["properties"]["name"].split("(")[0] for f in near]
        self.town_shapes = _metres(near)
        self.street = shapely.union_all(self.shapes)
        self.edges = shapely.union_all(shapely.boundary(self.shapes))
        for geometry in (*self.shapes, *self.town_shapes, self.street):
            shapely.prepare(geometry)
        self.disc = _normal_points()
        self._shares = lru_cache(maxsize=8192)(self._masses)

    def shares(self, point, sigma_m):
        return self._shares(point, round(float(sigma_m), 3))

    def _masses(self, point, sigma_m):
        east, north = to_metres(lon=point.lon, lat=point.lat)
        cloud = shapely.points(self.disc * sigma_m + (east, north))
        found = {}
        for code, geometry in zip(self.codes, self.shapes, strict=True):
            mass = float(shapely.intersects(geometry, cloud).mean())
            if mass > 0:
                found[code] = mass
        return self._sorted(found)

    def along(self, line):
        xy_m = np.column_stack(
            to_metres(lon=np.array([p.lon for p in line]), lat=np.array([p.lat for p in line]))
        )
        whole = shapely.linestrings(xy_m)
        length = shapely.length(whole) or 1.0
        parts = shapely.length(shapely.intersection(self.shapes, whole)) / length
        found = {c: float(s) for c, s in zip(self.codes, parts, strict=True) if s > 1e-6}
        return self._sorted(found)

    def town(self, point):
        here = shapely.points(*to_metres(lon=point.lon, lat=point.lat))
        if shapely.intersects(self.street, here):
            return None
        for name, geometry in zip(self.towns, self.town_shapes, strict=True):
            if shapely.intersects(geometry, here):
                return name
        return None

    def area(self, code):
        if code not in self.names:
            return None
        return GridShare(code=code, name=self.names[code], sector=code[:6], share=1.0)

    def grid_at(self, point):
        return self.shares(point, 0.0)[0].code

    def border_m(self, point):
        here = shapely.points(*to_metres(lon=point.lon, lat=point.lat))
        return float(shapely.distance(self.edges, here))

    def _sorted(self, found):
        shares = [
            GridShare(code=code, name=self.names[code], sector=code[:6], share=share)
            for code, share in found.items()
        ]
        outside = 1.0 - sum(share.share for share in shares)
        if outside > 1e-6:
            shares.append(GridShare(code=None, name="街道之外", sector=None, share=outside))
        return tuple(sorted(shares, key=lambda s: (-s.share, s.code or "~")))


def mass_in_best(grounds, point: LonLat, sigma_m: float) -> tuple[str | None, float]:
    """The grid that holds most of N(point, sigma) and how much."""
    best = grounds.shares(point, sigma_m)[0]
    return best.code, best.share


def _features(name):
    return json.loads((DATA / name).read_text())["features"]


def _metres(features):
    shapes = np.empty(len(features), dtype=object)
    shapes[:] = geometry_to_metres(
        np.array([shape(feature["geometry"]) for feature in features], dtype=object)
    )
    return shapes


def _normal_points():
    """Equal weights, radii at the quantiles of a two-dimensional normal, golden-angle turns."""
    at = np.arange(_DISC)
    radius = np.sqrt(-2 * np.log(1 - (at + 0.5) / _DISC))
    turn = at * np.pi * (3 - np.sqrt(5))
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])
