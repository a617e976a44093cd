"""House and lane numbers: known plates, and numbers between two known ones. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from math import hypot

from geo.lexicon import Ref
from geo.places import Place, PlaceKind
from geo.readings import Precision, Tier
from geo.sites.names import NameSites
from geo.sites.roads import RoadSites
from geo.sites.site import Site
from geo.spots import Spot
from geo.streets import Plate, Spot2, StreetMap, distance

__all__ = ["NumberSites"]

_MOST_GAP_M = 300.0


class NumberSites:
    """Positions of numbers on one street map."""

    def __init__(self, streets: StreetMap, roads: RoadSites, names: NameSites) -> None:
        self.streets, self.roads, self.names = streets, roads, names

    def of_number(self, spot: Spot) -> Iterator[Site]:
        """The plate itself, between two known ones, or what is known nearby."""
        assert spot.road is not None
        named = [ref for name in spot.names for ref in name.of("place", "estate")]
        for road in spot.road.of("road"):
            plates = list(self._plates(road, spot))
            for site in plates:
                yield self.names.agreeing(site, named)
            if not plates:
                yield from self._unknown_number(road, spot, named)
        if named and all(ref.tier is Tier.EXACT for ref in named):
            yield from self._names_besides(spot, named)

    def _plates(self, road: Ref, spot: Spot) -> Iterator[Site]:
        fits = [
            (place, fit)
            for place in self.streets.by_road.get(road.ref, ())
            if place.point is not None
            and place.kind not in (PlaceKind.BUILDING, PlaceKind.GATE)
            and (fit := _fits(place, spot)) is not None
        ]
        # A plate of the very building makes the lane as a whole superfluous.
        doors = [
            one
            for one in fits
            if spot.lane is not None and one[0].address and one[0].address.number
        ]
        for place, fit in doors or fits:
            yield from self.names.of_place(place, (road,), spot, against=fit)

    def _unknown_number(self, road: Ref, spot: Spot, named: list[Ref]) -> Iterator[Site]:
        number = spot.lane if spot.lane is not None else spot.number
        assert number is not None
        between = self._interpolated(road, spot, number)
        if between is not None:
            yield self.names.agreeing(between, named)
            return
        ring = self.roads.ring_only(road)
        if ring is not None:
            yield ring
            return
        for plate in self._nearest_numbers(road.ref, number):
            if plate.place is not None:
                site = next(iter(self.names.of_place(plate.place, (road,), spot)), None)
                if site is not None:
                    yield replace(site, against=site.against | {"V3"}, marks=site.marks | {"other"})
        yield replace(self.roads.of_road(road, spot), against=frozenset({"V3"}))

    def _interpolated(self, road: Ref, spot: Spot, number: int) -> Site | None:
        """Between the nearest known lower and upper number of the same side, never beyond."""
        side = self.streets.numbers(road.ref, odd=number % 2 == 1)
        bracket = _bracket([p for p in side if p.piece is not None], number)
        bracket = bracket or _bracket(side, number)
        if bracket is None:
            return None
        a, b = bracket
        unit = "弄" if spot.lane is not None else "号"
        label = f"{road.name}{number}{unit}"
        key = f"{'lane' if spot.lane is not None else 'number'}:{road.ref}#{number}{unit}"
        share = (number - a.number) / (b.number - a.number)
        gap = distance(a.spot, b.spot)
        where = self._between(a, b, share)
        if a.in_ring and b.in_ring and a.town == b.town:
            return Site(
                key=key, label=label, precision=Precision.INTERPOLATED, spot=where,
                radius_m=max(gap / 2, 60.0), in_ring=True, town=a.town, refs=(road,),
                why=(f"在{a.number}号和{b.number}号之间，两处都在街道外",),
            )  # fmt: skip
        if gap > _MOST_GAP_M or a.piece is None or a.piece is not b.piece or a.in_ring != b.in_ring:
            return None
        return Site(
            key=key,
            label=label,
            precision=Precision.INTERPOLATED,
            spot=where,
            radius_m=round(hypot(max(15.0, gap / 2), max(a.radius_m, b.radius_m)), 1),
            refs=(road,),
            why=(f"按同侧门牌 {a.number} 和 {b.number} 内插，间距 {gap:.0f} 米",),
        )

    def _between(self, a: Plate, b: Plate, share: float) -> Spot2:
        if a.piece is not None and a.piece is b.piece:
            along = a.along + share * (b.along - a.along)
            return a.piece.beside(along, a.left_m + share * (b.left_m - a.left_m))
        return (
            a.spot[0] + share * (b.spot[0] - a.spot[0]),
            a.spot[1] + share * (b.spot[1] - a.spot[1]),
        )

    def _nearest_numbers(self, road: str, number: int) -> list[Plate]:
        plates = [p for p in self.streets.plates.get(road, ()) if p.place is not None]
        return sorted(plates, key=lambda p: (abs(p.number - number), p.number))[:2]

    def _names_besides(self, spot: Spot, named: list[Ref]) -> Iterator[Site]:
        """What the name alone would mean, for the person to compare."""
        assert spot.road is not None
        roads = {ref.ref for ref in spot.road.of("road")}
        for ref in named:
            place = self.streets.places.get(ref.ref)
            at = place.address if place is not None else None
            own = at is not None and at.road in roads
            told = at is not None and own and (at.lane, at.number) == (spot.lane, spot.number)
            if place is None or (place.point is None and not own):
                continue
            for site in self.names.of_place(place, (ref,), spot):
                if told:
                    yield replace(site, marks=site.marks | {"agree"})
                    continue
                yield replace(
                    site,
                    against=site.against | ({"V3"} if own else {"V2"}),
                    marks=site.marks | {"name_besides"},
                )


def _bracket(side: list[Plate], number: int) -> tuple[Plate, Plate] | None:
    """The nearest known numbers below and above."""
    lower = [p for p in side if p.number < number]
    upper = [p for p in side if p.number > number]
    return (lower[-1], upper[0]) if lower and upper else None


def _fits(place: Place, spot: Spot) -> frozenset[str] | None:
    """Whether a plate is what the words say: nothing against it, V3 when only a part fits."""
    at = place.address
    assert at is not None
    if spot.lane is not None:
        if at.lane != spot.lane or (at.number is not None and at.number != spot.building):
            return None
        if spot.sublane == at.sublane:
            return frozenset()
        # A 支弄 that is not told, or another one of the same 弄.
        return frozenset({"V3"})
    if at.lane is not None or at.number is None:
        return None
    assert spot.number is not None
    if at.to_number is not None:
        inside = at.number <= spot.number <= at.to_number
        return frozenset({"V6"}) if inside else None
    if at.number != spot.number:
        return None
    if spot.to_number is not None:
        return frozenset({"V6"})
    return frozenset() if at.suffix == spot.suffix else frozenset({"V3"})
