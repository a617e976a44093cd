"""Named places, their buildings and gates, and groups of which no part is told. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import hypot

import shapely

from geo.lexicon import Mention, Ref
from geo.places import Place, PlaceKind, Quality
from geo.readings import Precision
from geo.sites.site import Site
from geo.spots import Spot
from geo.streets import StreetMap, distance

__all__ = ["NameSites"]

_KINDS = {
    PlaceKind.COMPOUND: Precision.COMPOUND,
    PlaceKind.ESTATE: Precision.AREA,
    PlaceKind.BUILDING: Precision.BUILDING,
    PlaceKind.GATE: Precision.GATE,
    PlaceKind.DOORPLATE: Precision.DOOR,
    PlaceKind.POI: Precision.POI,
    PlaceKind.VILLAGE: Precision.AREA,
    PlaceKind.ASSET: Precision.POI,
}


class NameSites:
    """Positions of named places on one street map."""

    def __init__(self, streets: StreetMap) -> None:
        self.streets = streets

    def of_names(self, spot: Spot) -> Iterator[Site]:
        """What the names of a spot stand for."""
        named = [ref for name in spot.names for ref in name.of("place", "estate")]
        for name in spot.names[:3]:
            refs = name.of("place", "estate")
            for ref in refs:
                place = self.streets.places.get(ref.ref)
                if place is None:
                    continue
                others = [r for r in named if r.ref != ref.ref and r not in refs]
                for site in self.of_place(place, (ref,), spot):
                    site_ = self.agreeing(site, others) if others else site
                    if spot.road is not None:
                        site_ = self._on_road(site_, place, spot.road)
                    # A chain: the same name, several places far apart (V12).
                    chain = len(refs) > 1 and self._far_apart(refs)
                    yield replace(
                        site_, against=site_.against | ({"V12"} if chain else frozenset())
                    )

    def _on_road(self, site: Site, place: Place, road: Mention) -> Site:
        names = {ref.ref for ref in road.of("road")}
        on = place.address is not None and place.address.road in names
        if not on and site.spot is not None:
            lines = [p.line for name in names for p in self.streets.pieces.get(name, ())]
            near = [float(shapely.distance(line, shapely.Point(site.spot))) for line in lines]
            on = bool(near) and min(near) <= 150.0 + site.radius_m
        mark = "agree" if on else "disagree"
        against = site.against if on else site.against | {"V2"}
        return replace(site, marks=site.marks | {mark}, against=against)

    def _far_apart(self, refs: Iterable[Ref]) -> bool:
        spots = [self.streets.spots[r.ref] for r in refs if r.ref in self.streets.spots]
        return any(distance(a, b) > 150.0 for a in spots for b in spots)

    def of_place(
        self,
        place: Place,
        refs: tuple[Ref, ...],
        spot: Spot,
        against: frozenset[str] = frozenset(),
    ) -> Iterator[Site]:
        """A place, or its part that the words name; a group gives its known parts."""
        if place.kind is PlaceKind.ESTATE or place.point is None:
            yield from self._of_group(place, refs, spot)
            return
        part = self._part_of(place, spot)
        meant = part or place
        marks = set()
        if spot.building is not None and place.kind is PlaceKind.COMPOUND and part is None:
            marks.add("building_unknown")
        precision = _KINDS.get(meant.kind, Precision.POI)
        if precision is Precision.COMPOUND and spot.lane is not None:
            precision = Precision.LANE
        if meant.quality in (Quality.C, Quality.D):
            against = against | {"coarse"}
        if place.kind is PlaceKind.VILLAGE:
            against = against | {"V6"}
        if place.valid_to is not None:
            against = against | {"V11"}
        yield Site(
            key=f"place:{meant.id}",
            label=meant.label if part is None else f"{place.label}{meant.name or ''}",
            precision=precision,
            spot=self.streets.spots[meant.id],
            radius_m=hypot(meant.radius_m, meant.size_m),
            in_ring=meant.scope == "ring",
            town=meant.town,
            place=meant.id,
            against=against,
            marks=frozenset(marks),
            refs=refs,
        )

    def _part_of(self, place: Place, spot: Spot) -> Place | None:
        """The building or gate of a compound that the words name, if it is known."""
        for part in self.streets.children.get(place.id, ()):
            if part.point is None:
                continue
            number = part.address.number if part.address else None
            if part.kind is PlaceKind.BUILDING and spot.building is not None:
                if number == spot.building:
                    return part
            elif part.kind is PlaceKind.GATE and spot.gate and part.direction == spot.gate:
                return part
        return None

    def _of_group(self, place: Place, refs: tuple[Ref, ...], spot: Spot) -> Iterator[Site]:
        """An estate of many 坊, or a place without a position: its known parts, to be asked."""
        for child in self.streets.children.get(place.id, ())[:8]:
            if child.point is not None:
                for site in self.of_place(child, refs, spot):
                    yield replace(site, against=site.against | {"V6"}, marks=site.marks | {"other"})
        yield Site(
            key=f"place:{place.id}", label=place.label, precision=Precision.AREA,
            in_ring=place.scope == "ring", town=place.town, area_code=place.area_code,
            place=place.id, against=frozenset({"V6"}), refs=refs,
        )  # fmt: skip

    def agreeing(self, site: Site, named: list[Ref]) -> Site:
        """Mark whether the name beside a plate is the name of that plate (V2)."""
        if not named:
            return site
        refs = (*site.refs, *named[:1])
        for ref in named:
            place = self.streets.places.get(ref.ref)
            spot = self.streets.spots.get(ref.ref)
            same = site.place is not None and self._same_place(site.place, ref.ref)
            if same or (spot is None and place is not None and place.kind is PlaceKind.ESTATE):
                return replace(site, marks=site.marks | {"agree"}, refs=refs)
            reach = 250.0 + site.radius_m
            if spot is not None and site.spot is not None and distance(spot, site.spot) <= reach:
                return replace(site, marks=site.marks | {"agree"}, refs=refs)
        return replace(site, against=site.against | {"V2"}, marks=site.marks | {"disagree"})

    def _same_place(self, one: str, other: str) -> bool:
        a, b = self.streets.places.get(one), self.streets.places.get(other)
        if a is None or b is None:
            return False
        return (
            other in (one, a.parent)
            or b.parent == one
            or (a.address is not None and a.address == b.address)
        )
