"""The shipped areas, lines and places of the street, read from the package's own files.

What they are worth is written in `boundaries/data/README.md`: real names and a real dividing
line, a derived outline, and community grids that are an illustration.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, shape

from boundaries.drafts import DraftArea, DraftFeature
from boundaries.model import Level
from geo.points import LonLat
from geo.projections import geometry_to_metres, to_degrees

__all__ = [
    "Crossing",
    "KnownPlace",
    "Seed",
    "crossings",
    "place_along",
    "places",
    "read_seed",
    "rows",
]

EDITION_NAME = "新成路街道示意边界 2026"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Everything an edition and a base map are made of; all geometry in CGCS2000 degrees."""

    street: DraftArea
    sectors: tuple[DraftArea, ...]
    communities: tuple[DraftArea, ...]
    police_areas: tuple[DraftArea, ...]
    neighbours: tuple[DraftArea, ...]
    split_line: DraftFeature
    roads: tuple[DraftFeature, ...]
    water: tuple[DraftFeature, ...]
    name: str
    notice: str
    licence: str

    @property
    def areas(self) -> tuple[DraftArea, ...]:
        """All areas of the edition, from the street down, the neighbours last."""
        return (
            self.street,
            *self.sectors,
            *self.communities,
            *self.police_areas,
            *self.neighbours,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Where two roads meet; `gap_m` is how far the traced lines miss each other."""

    road_a: str
    road_b: str
    point: LonLat
    in_street: bool
    gap_m: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlace:
    """A real address, with a position that is only as good as its quality and notice say.

    A: sources agree within 40–120 m. B: count on 150 m. C: sources far apart, never sufficient
    alone. D: a namesake elsewhere, kept as a counter-example and never a place in the street.
    """

    address: str
    name: str | None
    kind: str
    road: str | None
    number: str | None
    unit: str | None
    point: LonLat
    quality: str
    in_street: bool
    notice: str

    @property
    def is_counter_example(self) -> bool:
        """Whether the address must never be placed at its point."""
        return self.quality == "D"


def read_seed() -> Seed:
    """Read the shipped areas and lines."""
    street = _collection("street")
    return Seed(
        street=_areas(street)[0],
        sectors=_areas(_collection("sectors")),
        communities=_areas(_collection("communities")),
        police_areas=_areas(_collection("police_areas")),
        neighbours=_areas(_collection("neighbours")),
        split_line=_lines(_collection("split_line"))[0],
        roads=_lines(_collection("roads")),
        water=_lines(_collection("water")),
        name=EDITION_NAME,
        notice=street["notice"],
        licence=street["licence"],
    )


def crossings() -> tuple[Crossing, ...]:
    """The named road crossings in and around the street."""
    return tuple(
        Crossing(
            road_a=row["road_a"],
            road_b=row["road_b"],
            point=LonLat(float(row["lon"]), float(row["lat"])),
            in_street=row["in_street"] == "1",
            gap_m=float(row["gap_m"]),
            note=row["note"],
        )
        for row in rows("crossings.csv")
    )


def places() -> tuple[KnownPlace, ...]:
    """The known addresses; where a row has a chainage, its point is walked along our road."""
    roads = {road.id: geometry_to_metres(road.geometry) for road in _lines(_collection("roads"))}
    return tuple(_place(row, roads) for row in rows("places.csv"))


def place_along(road_m: LineString, *, chainage_m: float, offset_m: float, side: str) -> LonLat:
    """The point beside a road, `offset_m` to the `side` ("left" or "right") of its direction.

    The road is in EPSG:4549 metres; the chainage runs in the direction it was traced.
    """
    at = min(max(chainage_m, 0.0), road_m.length)
    before, on, after = shapely.get_coordinates(
        shapely.line_interpolate_point(road_m, [max(at - 1.0, 0.0), at, at + 1.0])
    )
    east, north = (after - before) / np.hypot(*(after - before))
    sign = {"left": 1.0, "right": -1.0}[side]
    lon, lat = to_degrees(
        easting=float(on[0] - sign * offset_m * north),
        northing=float(on[1] + sign * offset_m * east),
    )
    return LonLat(lon, lat)


def _place(row: Mapping[str, str], roads: Mapping[str, LineString]) -> KnownPlace:
    if row["road_id"]:
        point = place_along(
            roads[row["road_id"]],
            chainage_m=float(row["chainage_m"]),
            offset_m=float(row["offset_m"]),
            side=row["side"],
        )
    else:
        point = LonLat(float(row["lon"]), float(row["lat"]))
    return KnownPlace(
        address=row["address"],
        name=row["name"] or None,
        kind=row["kind"],
        road=row["road"] or None,
        number=row["number"] or None,
        unit=row["unit"] or None,
        point=point,
        quality=row["quality"],
        in_street=row["in_street"] == "1",
        notice=row["notice"],
    )


def _areas(collection: Mapping[str, Any]) -> tuple[DraftArea, ...]:
    return tuple(
        DraftArea(
            level=Level(feature["properties"]["level"]),
            code=feature["properties"]["code"],
            name=feature["properties"]["name"],
            parent=feature["properties"].get("parent"),
            provisional=feature["properties"]["provisional"],
            properties=feature["properties"],
            geometry=shape(feature["geometry"]),
        )
        for feature in collection["features"]
    )


def _lines(collection: Mapping[str, Any]) -> tuple[DraftFeature, ...]:
    return tuple(
        DraftFeature(
            id=feature["id"],
            name=feature["properties"]["name"],
            properties=feature["properties"],
            geometry=shape(feature["geometry"]),
        )
        for feature in collection["features"]
    )


def _collection(layer: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_text(f"{layer}.geojson"))
    return found


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a shipped table."""
    return list(csv.DictReader(_text(name).splitlines()))


def _text(name: str) -> str:
    return files("boundaries").joinpath("data", name).read_text(encoding="utf-8")
