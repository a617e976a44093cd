"""The shipped gazetteer, read from the package's own files: places, roads, numbers, areas.

What they are worth is written in `boundaries/data/README.md`: real names and addresses, positions
that nobody surveyed. Further names and a few places known by evidence alone (`geocoding.md` 3.3)
stand in `place_names.csv` and `known_places.csv`, each with its source.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import shapely

from boundaries import gazetteer_areas
from boundaries.seed import places as known_places
from boundaries.seed import read_seed, rows
from boundaries.surroundings import Surroundings
from geo.places import (
    RADIUS_M,
    Alias,
    Gazetteer,
    NameKind,
    NumberAnchor,
    Place,
    PlaceKind,
    Quality,
    Road,
)
from geo.plates import plate
from geo.points import LonLat
from geo.projections import geometry_to_metres

__all__ = ["SOURCE", "seed_gazetteer"]

SOURCE = "随附资料"
_ROADS = "OpenStreetMap 描绘（ODbL-1.0）"
_WIDTH_M = {
    "motorway": 26.0,
    "trunk": 24.0,
    "primary": 20.0,
    "secondary": 16.0,
    "tertiary": 12.0,
    "residential": 8.0,
}
_ROAD_NAMES = {
    "沪嘉高速(S5)": ("沪嘉高速", "S5沪嘉高速", "沪嘉高速公路", "S5"),
    "G1503上海绕城高速": ("上海绕城高速", "绕城高速", "G1503", "G1503绕城高速"),
}
# How far a place of this kind reaches from its point, metres: what an entrance is to a compound.
_SIZE_M = {PlaceKind.COMPOUND: 60.0, PlaceKind.ESTATE: 300.0, PlaceKind.VILLAGE: 300.0}
_LIVED_IN = ("村", "小区", "公寓", "坊", "家园", "里", "花园")


@lru_cache(maxsize=1)
def seed_gazetteer() -> Gazetteer:
    """The shipped gazetteer, places and roads sorted by id; its version tells its content."""
    places = _with_estates(_listed())
    for place in _by_evidence():
        places[place.id] = place
    places = _named(places)
    places = gazetteer_areas.with_areas(places)
    for place in places.values():
        assert place.parent is None or place.parent in places, place.id
    ordered = tuple(places[key] for key in sorted(places))
    roads = tuple(sorted(_roads(), key=lambda road: road.id))
    anchors = tuple(_anchors(ordered))
    content = repr((ordered, roads, anchors)).encode()
    return Gazetteer(
        version=f"seed-{hashlib.sha256(content).hexdigest()[:10]}",
        places=ordered,
        roads=roads,
        anchors=anchors,
    )


def _listed() -> dict[str, Place]:
    """Every row of places.csv."""
    around = _surroundings()
    places: dict[str, Place] = {}
    for known in known_places():
        numbered = plate(known.address)
        address, rest = numbered or (None, "")
        where = around.where(known.point)
        quality = Quality(known.quality)
        scope, town = where or ("ring", None)
        # What has no number is a name; a second name in the row is in place_names.csv.
        name = known.name if numbered else known.address
        key = f"p:{known.address}"
        if key in places:
            key = f"{key}/{name or known.kind}"
        kind = _kind(known.kind, name, known.address)
        places[key] = Place(
            id=key,
            kind=kind,
            name=_RENAMED.get(name or "", name) if name else f"{known.address}" if rest else None,
            address=address,
            point=known.point,
            radius_m=RADIUS_M[quality],
            size_m=_SIZE_M.get(kind, 0.0),
            quality=quality,
            # A namesake elsewhere is never a place of the street.
            scope="ring" if quality is Quality.D else scope,
            town=town,
            source=f"{SOURCE}：{known.notice}",
        )
    return places


# The list has the car park at the market's own address; people name the market.
_RENAMED = {"皋城菜场停车场": "皋城菜场", "民乐社区怡景花园小区": "怡景花园小区"}


def _kind(listed: str, name: str | None, address: str) -> PlaceKind:
    if address.endswith("村") and not address.endswith(("一村", "三村", "五村")):
        return PlaceKind.VILLAGE
    if listed == "compound":
        return PlaceKind.COMPOUND
    if name and name.endswith(_LIVED_IN):
        return PlaceKind.COMPOUND
    return PlaceKind.DOORPLATE if name is None else PlaceKind.POI


def _with_estates(places: Mapping[str, Place]) -> dict[str, Place]:
    """The 坊 of 迎园新村 belong to it, the hamlets of a village to the village."""
    answer = dict(places)
    for key, place in places.items():
        name = place.name or ""
        parent = None
        if name.startswith("迎园") and name.endswith("坊"):
            parent = "e:迎园新村"
        elif name.startswith("立新村") and name != "立新村":
            parent = "p:立新村"
        elif name.startswith("立新路80弄"):
            parent = "p:立新路80弄"
        if parent:
            answer[key] = replace(place, parent=parent)
    return answer


def _by_evidence() -> Iterator[Place]:
    for row in rows("known_places.csv"):
        quality = Quality(row["quality"])
        kind = PlaceKind(row["kind"])
        numbered = plate(row["address"])
        yield Place(
            id=row["id"],
            kind=kind,
            name=row["name"] or None,
            address=numbered[0] if numbered else None,
            point=LonLat(float(row["lon"]), float(row["lat"])) if row["lon"] else None,
            radius_m=float(row["radius_m"] or RADIUS_M[quality]),
            size_m=_SIZE_M.get(kind, 0.0),
            quality=quality,
            parent=row["parent"] or None,
            source=row["source"],
        )


def _named(places: Mapping[str, Place]) -> dict[str, Place]:
    """The places with the further names people use for them."""
    names = defaultdict(list)
    for row in rows("place_names.csv"):
        names[row["place"]].append(Alias(text=row["name"], kind=NameKind(row["kind"])))
    answer = {
        key: replace(place, aliases=tuple(names.get(place.name or "", ())))
        for key, place in places.items()
    }
    unused = set(names) - {place.name for place in places.values()}
    assert not unused, unused
    return answer


def _roads() -> Iterator[Road]:
    for feature in read_seed().roads:
        told = feature.properties
        highway = told["highway"]
        yield Road(
            id=feature.id,
            name=feature.name,
            line=tuple(LonLat(*xy) for xy in shapely.get_coordinates(feature.geometry).tolist()),
            aliases=tuple(Alias(text=name) for name in _ROAD_NAMES.get(feature.name or "", ())),
            kind="motorway" if highway == "motorway" else "road",
            width_m=_WIDTH_M[highway],
            radius_m=float(told["accuracy_m"]),
            sure_name=told["name_confidence"] not in {"low", "none"},
            source=_ROADS,
        )


def _anchors(places: tuple[Place, ...]) -> Iterator[NumberAnchor]:
    at = {place.address.text: place.id for place in places if place.address and place.point}
    side = {"left": 1.0, "right": -1.0}
    told = sorted(
        rows("number_anchors.csv"), key=lambda r: (r["road_id"], int(r["number"]), r["unit"])
    )
    for row in told:
        yield NumberAnchor(
            road_id=row["road_id"],
            road=row["road"],
            number=int(row["number"]),
            unit=row["unit"],
            along_m=float(row["chainage_m_along_traced_line"]),
            offset_m=side[row["side_of_line"]] * float(row["offset_m"]),
            place_id=at.get(f"{row['road']}{row['number']}{row['unit']}"),
            quality=Quality(row["quality"]),
        )


def _surroundings() -> Surroundings:
    shipped = read_seed()
    return Surroundings(
        street=geometry_to_metres(shipped.street.geometry),
        towns=[
            (gazetteer_areas.town_name(area.name or ""), geometry_to_metres(area.geometry))
            for area in shipped.neighbours
        ],
    )
