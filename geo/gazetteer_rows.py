"""Places, roads and numbers as rows of the tables, and back. Pure.

Rows go in as one JSON array, since a register may hold some ten thousand of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import orjson
import shapely

from geo.places import (
    Address,
    Alias,
    NameKind,
    NumberAnchor,
    Place,
    PlaceKind,
    Quality,
    Road,
)
from geo.points import LonLat

__all__ = [
    "alias_rows",
    "anchor_from",
    "anchor_rows",
    "place_from",
    "place_rows",
    "road_from",
    "road_rows",
]

_PLACE = (
    *("id", "kind", "name", "radius_m", "size_m", "quality", "scope", "town", "area_code"),
    *("parent", "direction", "source", "valid_from", "valid_to"),
)
_ROAD = (
    *("id", "name", "kind", "width_m", "radius_m", "sure_name", "source"),
    *("valid_from", "valid_to"),
)
_PLATE = ("road", "lane", "sublane", "number", "suffix", "to_number")


def place_rows(places: Iterable[Place]) -> str:
    """Places for `json_to_recordset`."""
    rows = []
    for place in places:
        row: dict[str, Any] = {key: getattr(place, key) for key in _PLACE}
        row |= asdict(place.address) if place.address else {"suffix": ""}
        if place.point:
            row |= {"lon": place.point.lon, "lat": place.point.lat}
        rows.append(row)
    return orjson.dumps(rows).decode()


def road_rows(roads: Iterable[Road]) -> str:
    """Roads for `json_to_recordset`; the line as hexadecimal WKB, exact to the last bit."""
    rows = []
    for road in roads:
        line = shapely.LineString([(point.lon, point.lat) for point in road.line])
        row = {key: getattr(road, key) for key in _ROAD}
        rows.append(row | {"wkb": shapely.to_wkb(line, hex=True)})
    return orjson.dumps(rows).decode()


def alias_rows(places: Iterable[Place], roads: Iterable[Road]) -> str:
    """The further names of both for `json_to_recordset`."""
    rows = []
    for key, things in (("place_id", places), ("road_id", roads)):
        for thing in things:
            for rank, alias in enumerate(thing.aliases):
                rows.append({key: thing.id, "rank": rank, "text": alias.text, "kind": alias.kind})
    return orjson.dumps(rows).decode()


def anchor_rows(anchors: Iterable[NumberAnchor]) -> str:
    """Numbers along the roads for `json_to_recordset`."""
    return orjson.dumps([asdict(anchor) for anchor in anchors]).decode()


def place_from(row: Mapping[Any, Any], aliases: Iterable[tuple[str, str]]) -> Place:
    """A place from its row, whose point stands in the columns lon and lat."""
    values = {key: value for key, value in row.items() if key not in {*_PLATE, "lon", "lat"}}
    values |= {"kind": PlaceKind(row["kind"]), "quality": Quality(row["quality"])}
    return Place(
        **values,
        address=Address(**{key: row[key] for key in _PLATE}) if row["road"] else None,
        point=None if row["lon"] is None else LonLat(row["lon"], row["lat"]),
        aliases=_aliases(aliases),
    )


def road_from(row: Mapping[Any, Any], aliases: Iterable[tuple[str, str]]) -> Road:
    """A road from its row, whose line stands in the column wkb."""
    line = shapely.get_coordinates(shapely.from_wkb(bytes(row["wkb"]))).tolist()
    values = {key: value for key, value in row.items() if key != "wkb"}
    return Road(**values, line=tuple(LonLat(*xy) for xy in line), aliases=_aliases(aliases))


def anchor_from(row: Mapping[Any, Any]) -> NumberAnchor:
    """A number along a road from its row."""
    return NumberAnchor(**{**row, "quality": Quality(row["quality"])})


def _aliases(told: Iterable[tuple[str, str]]) -> tuple[Alias, ...]:
    return tuple(Alias(text=text, kind=NameKind(kind)) for text, kind in told)
