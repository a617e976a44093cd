"""Which ground a tile of the web's grid covers (z/x/y, EPSG:3857, y from the north). Pure."""

from dataclasses import dataclass
from math import atan, cos, degrees, floor, log, pi, radians, sinh, tan

MOST_ZOOM = 22
HALF_WORLD_M = 20_037_508.342789244  # half the equator of EPSG:3857
TILE_PX = 512  # what MapLibre draws a vector tile at


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile.

    >>> Tile(0, 0, 0).bounds
    (-20037508.342789244, -20037508.342789244, 20037508.342789244, 20037508.342789244)
    >>> Tile(1, 2, 0)
    Traceback (most recent call last):
    ValueError: x 2 at zoom 1
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        """Refuse what lies beyond the world or the deepest zoom."""
        if not 0 <= self.z <= MOST_ZOOM:
            raise ValueError(f"zoom {self.z}")
        for name, value in (("x", self.x), ("y", self.y)):
            if not 0 <= value < 2**self.z:
                raise ValueError(f"{name} {value} at zoom {self.z}")

    @property
    def side_m(self) -> float:
        """The length of an edge in the metres of EPSG:3857 (larger than on the ground)."""
        return 2 * HALF_WORLD_M / 2.0**self.z

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in EPSG:3857."""
        west = -HALF_WORLD_M + self.x * self.side_m
        north = HALF_WORLD_M - self.y * self.side_m
        return west, north - self.side_m, west + self.side_m, north

    @property
    def degrees(self) -> tuple[float, float, float, float]:
        """West, south, east, north as longitudes and latitudes.

        >>> [round(v, 4) for v in Tile(14, 13711, 6686).degrees]
        [121.2671, 31.3724, 121.2891, 31.3912]
        """
        n = 2.0**self.z

        def lat(y: int) -> float:
            return degrees(atan(sinh(pi * (1 - 2 * y / n))))

        return (
            self.x / n * 360 - 180,
            lat(self.y + 1),
            (self.x + 1) / n * 360 - 180,
            lat(self.y),
        )

    def cell_m(self, px: int) -> float:
        """The edge of a cell of so many pixels; whole cells fill a tile, so none crosses a seam."""
        if TILE_PX % px:
            raise ValueError(f"{px} pixels do not fill a tile")
        return self.side_m * px / TILE_PX


def tile_at(lon: float, lat: float, z: int) -> Tile:
    """The tile that holds a place.

    >>> tile_at(121.2701, 31.3851, 14)
    Tile(z=14, x=13711, y=6686)
    """
    n = 2**z
    south = log(tan(radians(lat)) + 1 / cos(radians(lat)))
    x, y = floor((lon + 180) / 360 * n), floor((1 - south / pi) / 2 * n)
    return Tile(z, min(max(x, 0), n - 1), min(max(y, 0), n - 1))
