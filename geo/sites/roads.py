"""Roads, crossings, stretches between crossings, corners and distances along a road. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from math import hypot

import shapely
import shapely.ops

from geo.crossings import SURE_GAP_M, Arm, Crossing, crossing_index
from geo.lexicon import Ref
from geo.readings import Precision
from geo.sites.site import Site
from geo.spots import Link, Spot
from geo.streets import COMPASS, StreetMap, distance, lonlat, moved

__all__ = ["RoadSites"]


class RoadSites:
    """Positions on the roads of one street map."""

    def __init__(self, streets: StreetMap) -> None:
        self.streets = streets
        self.crossings = crossing_index(streets)

    def of_road(self, road: Ref, spot: Spot) -> Site:
        """A road without a number: a line, and a person is asked (V6)."""
        ring = self.ring_only(road)
        if ring is not None:
            return replace(ring, against=frozenset({"V6"}), why=("已知的路段都在街道外",))
        against = {"V6"}
        if spot.side is not None:
            against.add("V7")
        return Site(
            key=f"road:{road.ref}", label=road.name, precision=Precision.ROAD,
            line=self.streets.line_of(road.ref), against=frozenset(against), refs=(road,),
        )  # fmt: skip

    def of_crossing(self, spot: Spot) -> Iterator[Site]:
        """Where two roads meet, or the stretch between two crossings."""
        assert spot.road is not None
        assert spot.cross is not None
        for a in spot.road.of("road"):
            for b in spot.cross.of("road"):
                if a.ref == b.ref:
                    continue
                if spot.link is Link.SEGMENT:
                    yield from self._segment(a, b, spot)
                    continue
                met = self.crossings.get(frozenset((a.ref, b.ref)), ())
                for crossing in met:
                    yield self._at_crossing(crossing, a, b, spot, alone=len(met) == 1)
                if not met:
                    yield from self._no_crossing(a, b, spot)

    def _at_crossing(self, found: Crossing, a: Ref, b: Ref, spot: Spot, *, alone: bool) -> Site:
        against = set()
        if found.gap_m > SURE_GAP_M:
            against.add("gap")
        if not alone:
            against.add("twice")
        if spot.link is Link.NEAR:
            against.add("V7")
        marks = frozenset({"bare"} if spot.link is Link.BARE else ())
        site = Site(
            key=found.key, label=f"{a.name}与{b.name}路口", precision=Precision.CROSSING,
            spot=found.spot, radius_m=found.radius_m, against=frozenset(against),
            marks=marks, refs=(a, b),
        )  # fmt: skip
        if spot.offset is not None:
            road = spot.along.refs[0].ref if spot.along else a.ref
            site = self._walked(site, found, road, spot.offset)
        if spot.corner is not None:
            site = _cornered(site, found, spot.corner)
        return site

    def _walked(
        self, site: Site, found: Crossing, road: str, offset: tuple[str | None, int]
    ) -> Site:
        """Along the arm of the first-named road within 60° of the direction, else straight."""
        direction, metres = offset
        if direction is None:
            return replace(site, radius_m=site.radius_m + metres, against=site.against | {"V7"})
        wanted = COMPASS[direction]
        arm = _arm_towards(found.arms, road, wanted)
        if arm is None or arm.length_m < metres:
            spot = moved(found.spot, wanted, metres)
        else:
            spot = arm.piece.at(arm.along + arm.step * metres)
        return replace(
            site,
            key=f"offset:{site.key.removeprefix('crossing:')}/{direction}{metres}米",
            label=f"{site.label}往{direction}{metres}米",
            precision=Precision.OFFSET,
            spot=spot,
            radius_m=round(hypot(10.0 + 0.2 * metres, site.radius_m), 1),
            marks=site.marks | (frozenset() if arm else {"straight"}),
        )

    def _no_crossing(self, a: Ref, b: Ref, spot: Spot) -> Iterator[Site]:
        """V4: the roads do not meet; show the nearest real crossings of either."""
        yield from self._near_misses(a, b)
        for ref in (a, b):
            yield replace(self.of_road(ref, spot), against=frozenset({"V4"}))

    def _near_misses(self, a: Ref, b: Ref) -> Iterator[Site]:
        rated = []
        for one, other in ((a, b), (b, a)):
            lines = [p.line for p in self.streets.pieces.get(other.ref, ())]
            if not lines:
                continue
            for found in self._crossings_of(one.ref):
                gap = min(float(shapely.distance(i, shapely.Point(found.spot))) for i in lines)
                rated.append((gap, found.key, found))
        for _gap, _, found in sorted(rated, key=lambda r: r[:2])[:3]:
            yield Site(
                key=found.key, label=found.label, precision=Precision.CROSSING, spot=found.spot,
                radius_m=found.radius_m, against=frozenset({"V4"}), marks=frozenset({"other"}),
                refs=(a, b),
            )  # fmt: skip

    def _crossings_of(self, road: str) -> list[Crossing]:
        return [c for pair, found in self.crossings.items() if road in pair for c in found]

    def _segment(self, a: Ref, b: Ref, spot: Spot) -> Iterator[Site]:
        """A stretch of a road between two crossings: a line, never a point."""
        until = [r.ref for r in spot.until.of("road")] if spot.until else []
        ends = self.crossings.get(frozenset((a.ref, b.ref)), ())
        others = [c for u in until for c in self.crossings.get(frozenset((a.ref, u)), ())]
        if not ends or (until and not others):
            yield replace(self.of_road(a, spot), against=frozenset({"V4"}))
            return
        if not until:
            # 甲路到乙路: both named, the stretch is not said.
            yield self._at_crossing(ends[0], a, b, replace(spot, link=Link.NEAR), alone=True)
            return
        start, end = ends[0], others[0]
        for piece in self.streets.pieces.get(a.ref, ()):
            near = [
                float(shapely.distance(piece.line, shapely.Point(c.spot))) for c in (start, end)
            ]
            if max(near) <= 60.0:
                cut = sorted((piece.along(start.spot), piece.along(end.spot)))
                line = shapely.ops.substring(piece.line, cut[0], cut[1])
                yield Site(
                    key=f"segment:{a.ref}/{b.ref}-{until[0]}",
                    label=f"{a.name}（{b.name}—{until[0]}）",
                    precision=Precision.SEGMENT,
                    line=tuple(lonlat((x, y)) for x, y in shapely.get_coordinates(line)),
                    against=frozenset({"V6"}),
                    refs=(a, b),
                )
                return
        yield replace(self.of_road(a, spot), against=frozenset({"V6"}))

    def ring_only(self, road: Ref) -> Site | None:
        """A road whose every known plate is around us: the number must be there too."""
        if self.streets.pieces.get(road.ref):
            return None
        plates = self.streets.plates.get(road.ref, [])
        towns = {p.town for p in plates}
        if not plates or not all(p.in_ring for p in plates):
            return None
        east = sum(p.spot[0] for p in plates) / len(plates)
        north = sum(p.spot[1] for p in plates) / len(plates)
        reach = max(distance(p.spot, (east, north)) for p in plates)
        return Site(
            key=f"road:{road.ref}", label=road.name, precision=Precision.ROAD, spot=(east, north),
            radius_m=reach + 300.0, in_ring=True, town=towns.pop() if len(towns) == 1 else None,
            refs=(road,), against=frozenset({"V3"}), why=("已知门牌都在街道外",),
        )  # fmt: skip


def _cornered(site: Site, found: Crossing, corner: str) -> Site:
    """Diagonally by half the width and five metres, between the arms that hold the corner."""
    wanted = COMPASS[corner]
    assert site.spot is not None
    spot = moved(site.spot, _bisector(found.arms, wanted), found.half_width_m + 5.0)
    traced = max((arm.piece.road.radius_m for arm in found.arms), default=8.0)
    key = f"corner:{found.key.removeprefix('crossing:')}/{corner}角"
    return replace(
        site,
        key=key if site.precision is Precision.CROSSING else f"{site.key}/{corner}角",
        label=f"{site.label}{corner}角",
        precision=Precision.CORNER if site.precision is Precision.CROSSING else site.precision,
        spot=spot,
        radius_m=round(hypot(10.0, traced, found.gap_m), 1),
    )


def _bisector(arms: tuple[Arm, ...], wanted: float) -> float:
    """The middle of the two arms a corner lies between, or the corner's own direction."""
    turned = sorted(((arm.heading - wanted) % 360.0) for arm in arms)
    if len(turned) < 2:
        return wanted
    right, left = turned[0], turned[-1] - 360.0
    middle = (right + left) / 2.0
    return (wanted + middle) % 360.0 if abs(middle) <= 45.0 else wanted


def _arm_towards(arms: tuple[Arm, ...], road: str, wanted: float) -> Arm | None:
    fits = [
        (abs((arm.heading - wanted + 180.0) % 360.0 - 180.0), at, arm)
        for at, arm in enumerate(arms)
        if arm.road == road
    ]
    best = min(fits, default=None)
    return best[2] if best is not None and best[0] <= 60.0 else None
