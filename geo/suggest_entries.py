"""What can be suggested: each road, crossing and place with all its spellings. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely

from geo.crossings import crossings
from geo.places import Gazetteer, Place, PlaceKind, Quality, Road
from geo.points import LonLat
from geo.projections import geometry_to_metres, to_degrees
from geo.readings import GridShare
from geo.suggest_text import fold

__all__ = ["Entry", "Ground", "Text", "entries_of"]

_AREAS = frozenset({PlaceKind.COMMUNITY, PlaceKind.TOWN, PlaceKind.DISTRICT})


class Ground(Protocol):
    """What of the map is asked here; `geo.geocoding.Grounds` has it and more."""

    def shares(self, point: LonLat, sigma_m: float) -> tuple[GridShare, ...]:
        """The grids a rough position lies in, largest first; code None is outside."""
        ...

    def along(self, line: Sequence[LonLat]) -> tuple[GridShare, ...]:
        """The grids a line runs through."""
        ...

    def town(self, point: LonLat) -> str | None:
        """The neighbouring town of a point outside."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to suggest, with every spelling it is found by."""

    key: str
    kind: str
    point: LonLat | None
    radius_m: float
    in_ring: bool
    town: str | None
    texts: tuple["Text", ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A spelling of an entry, where it stands in the label, and where a match of it may begin."""

    written: str
    label: str
    shift: int = 0
    begin_before: int | None = None


def entries_of(gazetteer: Gazetteer, grounds: Ground) -> list[Entry]:
    """Everything but what is there as a negative only (quality D), in the order of the keys."""
    found = [
        *_of_roads(gazetteer.roads, grounds),
        *_of_crossings(gazetteer, grounds),
        *_of_places(gazetteer.places),
    ]
    return sorted(found, key=lambda entry: entry.key)


def _outside(grounds: Ground, point: LonLat) -> bool:
    found = grounds.shares(point, 1.0)
    return bool(found) and found[0].code is None


def _of_roads(roads: Iterable[Road], grounds: Ground) -> Iterator[Entry]:
    named: dict[str, list[Road]] = defaultdict(list)
    for road in roads:
        if road.name:
            named[road.name].append(road)
    for name, pieces in named.items():
        inside = [
            piece
            for piece in pieces
            if any(share.code is not None for share in grounds.along(piece.line))
        ]
        point, half = _middle(inside or pieces)
        aliases = dict.fromkeys(alias.text for piece in pieces for alias in piece.aliases)
        texts = [Text(name, name), *(_also(name, alias) for alias in aliases if alias != name)]
        yield Entry(
            key=f"road:{name}",
            kind="road",
            point=point,
            radius_m=half,
            in_ring=not inside,
            town=None if inside or point is None else grounds.town(point),
            texts=tuple(texts),
        )


def _middle(pieces: Sequence[Road]) -> tuple[LonLat | None, float]:
    """The middle of the longest piece, and half its length."""
    lines = [
        shapely.LineString([(point.lon, point.lat) for point in piece.line])
        for piece in pieces
        if len(piece.line) > 1
    ]
    if not lines:
        return None, 0.0
    line = max(geometry_to_metres(np.array(lines)), key=lambda one: float(one.length))
    middle = line.interpolate(0.5, normalized=True)
    lon, lat = to_degrees(easting=middle.x, northing=middle.y)
    return LonLat(float(lon), float(lat)), float(line.length) / 2


def _of_crossings(gazetteer: Gazetteer, grounds: Ground) -> Iterator[Entry]:
    for crossing in crossings(gazetteer):
        outside = _outside(grounds, crossing.point)
        pair = (crossing.road_a, crossing.road_b)
        # Either road may be typed first; a match begins in the first, the other order has the rest.
        texts = tuple(Text(f"{a}/{b}", f"{a}/{b}路口", 0, len(a)) for a, b in (pair, pair[::-1]))
        yield Entry(
            key=crossing.key,
            kind="crossing",
            point=crossing.point,
            radius_m=crossing.radius_m,
            in_ring=outside,
            town=grounds.town(crossing.point) if outside else None,
            texts=texts,
        )


def _of_places(places: Sequence[Place]) -> Iterator[Entry]:
    names = {place.id: place.name or place.label for place in places}
    for place in places:
        if place.quality is Quality.D:
            continue
        texts = tuple(_texts(place, names.get(place.parent or "")))
        if texts:
            code = place.area_code if place.kind in _AREAS else None
            yield Entry(
                key=f"area:{code}" if code else f"place:{place.id}",
                kind=str(place.kind),
                point=place.point,
                radius_m=max(place.radius_m, place.size_m),
                in_ring=place.scope != "in",
                town=place.town,
                texts=texts,
            )


def _texts(place: Place, parent: str | None) -> Iterator[Text]:
    label, shift = place.label, 0
    if place.name is None and place.kind is PlaceKind.GATE and place.direction and parent:
        label = f"{parent}{place.direction}门"
        yield Text(label, label)
    elif place.name and parent and place.kind in {PlaceKind.GATE, PlaceKind.BUILDING}:
        shift = 0 if parent in place.name else len(parent)
        label = f"{parent if shift else ''}{label}"
        yield Text(label[: shift + len(place.name)], label)
    elif place.name:
        yield Text(place.name, label)
    if place.address:
        plate = place.address.text
        yield _also(label, plate)
    for alias in dict.fromkeys(alias.text for alias in place.aliases):
        if alias != place.name and fold(alias).text:
            yield _also(label, alias) if place.name or place.address else Text(alias, alias)


def _also(label: str, alias: str) -> Text:
    """Another name is shown behind the first, so that one sees why it is there."""
    at = label.find(alias)
    if at >= 0:
        return Text(alias, label, at)
    return Text(alias, f"{label}，又称{alias}", len(label) + 3)
