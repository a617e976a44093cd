"""On which side of the street's outline a point lies, and in whose town when it is outside. Pure.

For the gazetteer, whose places are "in" the street or in the "ring" around it: the real polygon
decides, never a column of a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from boundaries.territory import Territory
from geo.points import LonLat
from geo.projections import to_metres

# Slivers of a few metres lie between our outline and the neighbours' (data README).
_SLIVER_M = 60.0
# The negative gazetteer reaches this far beyond the street (`geocoding.md` 0.7).
RING_M = 5000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The street and its neighbours as shapes in EPSG:4549 metres."""

    street: Any
    towns: Sequence[tuple[str, Any]]

    def __post_init__(self) -> None:
        """Make the shapes quick to ask, since a register has many points."""
        for shape in (self.street, *(shape for _, shape in self.towns)):
            shapely.prepare(shape)

    @classmethod
    def of(cls, territory: Territory) -> "Surroundings":
        """Those of an edition."""
        shapes = zip(territory.neighbours, territory.neighbour_shapes, strict=True)
        return cls(
            street=territory.street_shape,
            towns=[(town_name(area.name), shape) for area, shape in shapes],
        )

    def where(self, point: LonLat) -> tuple[str, str | None] | None:
        """("in", None), ("ring", the town or None), or None when it is nowhere near."""
        at = shapely.Point(to_metres(lon=point.lon, lat=point.lat))
        if shapely.covers(self.street, at):
            return "in", None
        for name, shape in self.towns:
            if shapely.covers(shape, at):
                return "ring", name
        gaps = [(float(shapely.distance(shape, at)), name) for name, shape in self.towns]
        gap, name = min(gaps, default=(float("inf"), ""))
        if gap <= _SLIVER_M:
            return "ring", name
        return ("ring", None) if shapely.distance(self.street, at) <= RING_M else None


def town_name(name: str) -> str:
    """A town's name as the gazetteer has it: 菊园街道 for 菊园街道(原菊园新区) and 菊园新区."""
    bare = name.split("(", maxsplit=1)[0]
    return {"菊园新区": "菊园街道"}.get(bare, bare)
