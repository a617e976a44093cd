"""What may be asked for: entities of a world with their true grid, and who may be accepted.

An entity may be accepted (`auto_ok`) when N(point, r) has 0.98 of its mass in one grid even with
the largest radius one may read into `geocoding.md` 3.5, and must be asked about (`confirm`) when it
has less even with the smallest. What lies between depends on a detail of the radius and not on the
truth: it is left out and counted, like everything whose truth is thin.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import hypot

import shapely

from benchmarks.geocoding.grounds import mass_in_best
from benchmarks.geocoding.templates import Wording
from benchmarks.geocoding.wording import SHOWN
from geo.places import PlaceKind, Quality
from geo.points import LonLat

ENOUGH, TOO_LITTLE = 0.982, 0.965
BUCKETS = ((30, "<30 m"), (100, "30–100 m"), (250, "100–250 m"), (float("inf"), "≥250 m"))


@dataclass(frozen=True, kw_only=True)
class Entity:
    """One thing in a world.

    Attributes:
        key: stable name; its hash says which split all rows of the entity are in.
        kind: which templates it is written with.
        keys: the engine's keys that mean this entity.
        truth: of its complete text: auto_ok, confirm, outside.
        surveyed: the point is exactly known, so metres may be measured.
    """

    key: str
    kind: str
    slots: dict
    keys: tuple[str, ...]
    truth: str
    reason: str = ""
    grid: str | None = None
    point: LonLat | None = None
    sigma_m: float = 0.0
    border_m: float = 1e9
    surveyed: bool = False
    needs: str = ""  # the identity of this entity, for the exclusion of twins

    @property
    def bucket(self):
        return next(name for limit, name in BUCKETS if self.border_m < limit)


@dataclass
class World:
    """A gazetteer with the truth about it."""

    name: str
    gazetteer: object
    grounds: object
    entities: list[Entity]
    names: dict[str, set[str]]  # a name or alias to the identities it may mean
    numbers: dict[str, dict[int, set[str]]]  # road to number to units that really stand there
    spans: dict[str, list[tuple[int, int]]]  # road to the ranges between its known numbers
    meets: set[frozenset]  # pairs of roads that meet, or nearly do
    roads: list[str]  # in the street
    ring_towns: tuple[str, ...]
    ours: tuple[str, ...]
    left_out: Counter = field(default_factory=Counter)
    wording: Wording = SHOWN


class Judge:
    """Gives entities their class, counting what is left out and why."""

    def __init__(self, grounds, left_out):
        self.grounds, self.left_out = grounds, left_out

    def entity(self, *, key, kind, slots, keys, point, low_m, high_m, true=None, **more):
        """An entity of the street; None when its truth is thin."""
        truth, reason = self.verdict(point, low_m, high_m)
        if truth is None:
            self.left_out[f"{kind}: {reason}"] += 1
            return None
        real = true or point
        forced = more.pop("forced", None)
        return Entity(
            key=key,
            kind=kind,
            slots=slots,
            keys=tuple(keys),
            truth=forced or truth,
            reason=more.pop("why", "") if forced else reason,
            grid=self.grounds.grid_at(real),
            point=real,
            sigma_m=high_m,
            border_m=self.grounds.border_m(real),
            **more,
        )

    def verdict(self, point, low_m, high_m):
        code, most = mass_in_best(self.grounds, point, high_m)
        if most >= ENOUGH:
            return ("auto_ok", "") if code else (None, "wholly outside")
        code, least = mass_in_best(self.grounds, point, low_m)
        if least < TOO_LITTLE:
            return "confirm", "its position is too coarse for the border beside it"
        return None, "the mass in one grid depends on the radius"


def sigma(place):
    """Smallest and largest radius of a place: a compound reaches as far as its size."""
    return place.radius_m, hypot(place.radius_m, place.size_m)


def of_places(gazetteer, judge, *, true_xy=None, twins=frozenset()):
    """Entities of places: compounds, lanes, plates, POIs, buildings, gates, villages, the ring."""
    plates = defaultdict(list)
    for place in gazetteer.places:
        if place.address is not None:
            plates[place.address.text].append(place)
    parents = {place.id: place for place in gazetteer.places}
    for place in gazetteer.places:
        kind = _kind(place)
        if kind is None:
            continue
        same = plates[place.address.text] if place.address else [place]
        keys = tuple(f"place:{p.id}" for p in same)
        if place.kind in (PlaceKind.COMMUNITY, PlaceKind.VILLAGE) and place.area_code:
            keys += (f"area:{place.area_code}",)
        slots = _slots(place, parents)
        if slots is None:
            continue
        if place.name and place.name in twins:
            judge.left_out[f"{kind}: two places have this name"] += 1
            continue
        if len(same) > 1 and _apart(same):
            judge.left_out[f"{kind}: two places far apart have this plate"] += 1
            continue
        base = {"key": place.id, "kind": kind, "slots": slots, "needs": place.id}
        if place.scope == "ring":
            yield from _of_the_ring(place, base, keys, judge)
            continue
        yield from _of_the_street(place, base, keys, judge, true_xy)


def _of_the_street(place, base, keys, judge, true_xy):
    if place.point is None:
        why = "no position is known"
        yield Entity(**base, keys=keys, truth="confirm", reason=why)
        return
    coarse = place.quality in (Quality.C, Quality.D)
    low, high = sigma(place)
    forced = {"forced": "confirm", "why": f"quality {place.quality}"} if coarse else {}
    if place.kind in (PlaceKind.VILLAGE, PlaceKind.ESTATE):
        forced = {"forced": "confirm", "why": f"{place.kind} is an area"}
    true = true_xy(place) if true_xy else None
    entity = judge.entity(
        **base,
        keys=keys,
        point=place.point,
        low_m=low,
        high_m=high,
        true=true,
        surveyed=true is not None,
        **forced,
    )
    if entity is not None:
        yield entity


def _of_the_ring(place, base, keys, judge):
    if place.quality is Quality.D:
        why = "a namesake elsewhere (quality D)"
        yield Entity(**base, keys=keys, truth="confirm", reason=why)
        return
    if place.point is not None:
        inside = sum(s.share for s in judge.grounds.shares(place.point, place.radius_m) if s.code)
        if inside > 0.2:
            judge.left_out[f"{base['kind']}: a ring place whose disc reaches the street"] += 1
            return
    yield Entity(
        **base, keys=keys, truth="outside", reason=f"in {place.town or 'the ring'}",
        point=place.point,
    )  # fmt: skip


def _kind(place):
    if place.kind in (PlaceKind.TOWN, PlaceKind.DISTRICT, PlaceKind.ASSET):
        return None
    if place.kind is PlaceKind.COMMUNITY:
        return "community"
    if place.kind in (PlaceKind.BUILDING, PlaceKind.GATE, PlaceKind.VILLAGE, PlaceKind.ESTATE):
        return place.kind.value
    if place.name is None:
        return "lane" if place.address.lane is not None else "plate"
    return "poi" if place.kind is PlaceKind.POI else "compound"


def _slots(place, parents):
    slots = {"town": place.town or ""}
    if place.kind is PlaceKind.BUILDING:
        parent = parents[place.parent]
        if parent.name is None:
            return None
        slots |= {"name": parent.name, "building": str(place.address.number)}
        slots |= {"road": parent.address.road, "plate": f"{parent.address.lane}弄"}
        return slots
    if place.kind is PlaceKind.GATE:
        return slots | {"name": parents[place.parent].name, "gate": f"{place.direction}门"}
    if place.name:
        slots["name"] = place.name
        slots["aliases"] = tuple(alias.text for alias in place.aliases)
    if place.address is not None:
        slots["road"] = place.address.road
        slots["plate"] = place.address.text[len(place.address.road) :]
    return slots


def _apart(places):
    points = [p.point for p in places if p.point]
    return any(
        hypot((a.lon - b.lon) * 95_000, (a.lat - b.lat) * 110_900) > 100
        for a in points
        for b in points
    )


def crossing_keys(a, b, tail=""):
    return (f"crossing:{a}×{b}{tail}", f"crossing:{b}×{a}{tail}")


def corner_keys(a, b, corner):
    return tuple(key.replace("crossing:", "corner:") for key in crossing_keys(a, b, f"/{corner}"))


def at_crossings(judge, found, *, walk, surveyed):
    """Crossings, their corners, and offsets along the first-named road.

    Args:
        judge: the judge of the world.
        found: (a, b, point, low radius, high radius, half widths of a and b) of each crossing.
        walk: (road, point, direction, metres) to the true point, or None where it is unsure.
        surveyed: the true positions are exact.
    """
    for a, b, point, low, high, halves in found:
        slots = {"a": a, "b": b}
        name = "×".join(sorted((a, b)))
        made = [
            judge.entity(
                key=f"x:{name}",
                kind="crossing",
                slots=slots,
                keys=crossing_keys(a, b),
                point=point,
                low_m=low,
                high_m=high,
                surveyed=surveyed,
                needs=name,
            )
        ]
        for corner, (east, north) in _CORNERS.items():
            reach = max(halves) + 5.0
            there = moved(point, east * reach, north * reach)
            made.append(
                judge.entity(
                    key=f"k:{name}/{corner}",
                    kind="corner",
                    slots=slots | {"corner": corner},
                    keys=corner_keys(a, b, corner),
                    point=there,
                    low_m=10.0,
                    high_m=high + 6,
                    surveyed=surveyed,
                    needs=name,
                )
            )
        for first, second in ((a, b), (b, a)):
            for metres in (50, 100, 150):
                for direction in "东南西北":
                    there = walk(first, point, direction, metres)
                    if there is None:
                        continue
                    made.append(
                        judge.entity(
                            key=f"o:{first}@{second}/{direction}{metres}",
                            kind="offset",
                            slots={
                                "a": first,
                                "b": second,
                                "direction": direction,
                                "metres": str(metres),
                            },
                            keys=tuple(
                                key + rest
                                for key in (f"offset:{first}×{second}", f"offset:{second}×{first}")
                                for rest in ("", f"/{direction}{metres}", f"/{direction}{metres}米")
                            ),
                            point=there,
                            low_m=10.0 + 0.2 * metres,
                            high_m=hypot(10.0 + 0.2 * metres, high),
                            surveyed=surveyed,
                            needs=name,
                        )
                    )
        yield from (entity for entity in made if entity is not None)


_CORNERS = {"东北": (1, 1), "西北": (-1, 1), "西南": (-1, -1), "东南": (1, -1)}
_TOWARDS = {"东": (1, 0), "西": (-1, 0), "南": (0, -1), "北": (0, 1)}


def moved(point, east_m, north_m):
    return LonLat(point.lon + east_m / 95_100, point.lat + north_m / 110_880)


def walk_along(lines, point_xy, direction, metres):
    """Walk along a road from a point on it; None unless exactly one arm goes that way.

    The arm's bearing over the first 60 m must lie within 30° of the direction, closer than the
    engine's 60°, and no other arm within 75°.
    """
    arms = []
    for line in lines:
        along = shapely.line_locate_point(line, shapely.points(point_xy))
        if shapely.distance(line, shapely.points(point_xy)) > 15:
            continue
        for sign in (1, -1):
            room = shapely.length(line) - along if sign > 0 else along
            if room < 40:
                continue
            look = _at(line, along + sign * min(60, room))
            start = _at(line, along)
            dx, dy = look[0] - start[0], look[1] - start[1]
            east, north = _TOWARDS[direction]
            cosine = (dx * east + dy * north) / hypot(dx, dy)
            arms.append((cosine, room, line, along, sign))
    near = [arm for arm in arms if arm[0] > 0.26]
    if len(near) != 1 or near[0][0] < 0.87 or near[0][1] < metres + 5:
        return None
    _, _, line, along, sign = near[0]
    return _at(line, along + sign * metres)


def _at(line, along):
    return shapely.get_coordinates(shapely.line_interpolate_point(line, along))[0]
