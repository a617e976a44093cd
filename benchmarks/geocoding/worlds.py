"""The two worlds, the real street as shipped and the invented town: their truth, their names."""

from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache
from itertools import combinations, pairwise
from math import hypot
from types import SimpleNamespace

import shapely

from benchmarks.geocoding import plane
from benchmarks.geocoding.entities import (
    Entity,
    Judge,
    World,
    at_crossings,
    of_places,
    walk_along,
)
from benchmarks.geocoding.grounds import ShippedGrounds
from benchmarks.geocoding.held_out import HELD_OUT
from benchmarks.geocoding.town import invent
from boundaries.gazetteer_seed import seed_gazetteer
from boundaries.seed import rows
from geo.places import RADIUS_M, PlaceKind
from geo.points import LonLat
from geo.projections import to_degrees, to_metres

UNSEEN = 20_270_303
_FAR_M, _NEAR_M = 320.0, 250.0  # gaps between numbers: surely too wide, surely not


@lru_cache(maxsize=1)
def real():
    """The shipped street. Nothing in it was surveyed, so it cannot tell metres."""
    gazetteer, grounds, left_out = seed_gazetteer(), ShippedGrounds(), Counter()
    judge = Judge(grounds, left_out)
    frame = SimpleNamespace(to=_gk, back=_degrees, known=_anchored(gazetteer))
    lines = _lines(gazetteer, frame.to)
    twins = _twins(gazetteer)
    entities = list(of_places(gazetteer, judge, twins=twins))
    found = list(_shipped_crossings(gazetteer, left_out))
    entities += at_crossings(judge, found, walk=_walker(lines, frame), surveyed=False)
    entities += _interpolated(gazetteer, judge, frame, _shipped_gaps(gazetteer))
    inside = sorted(
        name for name, pieces in lines.items() if any(_in_street(grounds, p, frame) for p in pieces)
    )
    entities += _of_roads(inside, found)
    entities += _unknown_parts(gazetteer)
    return _world("real", gazetteer, grounds, entities, lines, inside, left_out)


@lru_cache(maxsize=2)
def invented(seed=20_260_701):
    """The invented town, where every position is known."""
    town = invent(seed)
    gazetteer, grounds, left_out = town.gazetteer, town.grounds, Counter()
    judge = Judge(grounds, left_out)
    frame = SimpleNamespace(to=plane.xy, back=lambda x, y: plane.at(float(x), float(y)))
    lines = town.lines
    entities = list(
        of_places(
            gazetteer,
            judge,
            true_xy=lambda place: plane.at(*town.true_xy[place.id]),
            twins=_twins(gazetteer),
        )
    )
    found = list(_true_crossings(gazetteer, lines, grounds, frame, left_out))
    entities += at_crossings(judge, found, walk=_walker(lines, frame), surveyed=True)
    entities += _interpolated(gazetteer, judge, frame, _true_gaps(town))
    inside = sorted(
        name for name, pieces in lines.items() if any(_in_street(grounds, p, frame) for p in pieces)
    )
    entities += _of_roads(inside, found)
    entities += _unknown_parts(gazetteer)
    world = _world("invented", gazetteer, grounds, entities, lines, inside, left_out)
    for number in town.numbers:
        world.numbers[number.road].setdefault(number.number, set()).add(number.unit)
    return world


@lru_cache(maxsize=1)
def reworded():
    """The shipped street in words that nobody saw while the engine was written."""
    return replace(real(), name="reworded", wording=HELD_OUT)


@lru_cache(maxsize=1)
def unseen():
    """Another invented town, in the same unseen words."""
    return replace(invented(UNSEEN), name="unseen", wording=HELD_OUT)


def _world(name, gazetteer, grounds, entities, lines, inside, left_out):
    names = defaultdict(set)
    numbers = defaultdict(dict)
    for place in gazetteer.places:
        if place.name and place.kind not in (PlaceKind.BUILDING, PlaceKind.GATE):
            names[place.name].add(place.id)
            for alias in place.aliases:
                names[alias.text].add(place.id)
        if place.address is not None:
            for value in (place.address.lane, place.address.number, place.address.to_number):
                if value is not None and place.kind is not PlaceKind.BUILDING:
                    numbers[place.address.road].setdefault(value, set()).add("any")
    for road in gazetteer.roads:
        if road.name:
            names[road.name].add(f"road:{road.name}")
            for alias in road.aliases:
                names[alias.text].add(f"road:{road.name}")
    for place in gazetteer.places:  # a road of the ring may be known by its plates only
        if place.address is not None:
            names[place.address.road].add(f"road:{place.address.road}")
    spans = defaultdict(list)
    for road, known in numbers.items():
        spans[road].append((min(known), max(known)))
    meets = {
        frozenset((a, b))
        for a, b in combinations(sorted(lines), 2)
        if min(shapely.distance(p, q) for p in lines[a] for q in lines[b]) <= 80
    }
    towns = tuple(
        place.name
        for place in gazetteer.places
        if place.kind is PlaceKind.TOWN and place.scope == "ring"
    )
    return World(
        name=name,
        gazetteer=gazetteer,
        grounds=grounds,
        entities=entities,
        names=names,
        numbers=numbers,
        spans=spans,
        meets=meets,
        roads=inside,
        ring_towns=towns,
        ours=gazetteer.ours,
        left_out=left_out,
    )


def _twins(gazetteer):
    """Names that more than one place has, as its own name or as a further one."""
    holders = defaultdict(set)
    for place in gazetteer.places:
        if place.kind in (PlaceKind.BUILDING, PlaceKind.GATE):
            continue
        for name in (place.name, *(alias.text for alias in place.aliases)):
            if name:
                holders[name].add(place.id)
    return frozenset(name for name, ids in holders.items() if len(ids) > 1)


def _lines(gazetteer, to):
    lines = defaultdict(list)
    for road in gazetteer.roads:
        if road.name and road.kind != "motorway":
            lines[road.name].append(shapely.linestrings([to(point) for point in road.line]))
    return dict(lines)


def _gk(point):
    return to_metres(lon=point.lon, lat=point.lat)


def _degrees(x, y):
    lon, lat = to_degrees(easting=float(x), northing=float(y))
    return LonLat(lon, lat)


def _walker(lines, frame):
    def walk(road, point, direction, metres):
        there = walk_along(lines[road], frame.to(point), direction, metres)
        return None if there is None else frame.back(*there)

    return walk


def _in_street(grounds, line, frame):
    middle = shapely.get_coordinates(
        shapely.line_interpolate_point(line, [0.1, 0.5, 0.9], normalized=True)
    )
    return any(grounds.grid_at(frame.back(x, y)) is not None for x, y in middle)


def _shipped_crossings(gazetteer, left_out):
    widths = {road.name: road for road in gazetteer.roads}
    for row in rows("crossings.csv"):
        a, b = row["road_a"], row["road_b"]
        if row["in_street"] != "1" or row["note"]:
            left_out["crossing: outside, a motorway, or one road goes on as the other"] += 1
            continue
        if float(row["gap_m"]) > 0:
            left_out["crossing: the traced lines miss each other"] += 1
            continue
        half = (widths[a].width_m / 2, widths[b].width_m / 2)
        low = 8 + min(half)
        high = hypot(8 + max(half), max(widths[a].radius_m, widths[b].radius_m))
        yield a, b, LonLat(float(row["lon"]), float(row["lat"])), low, high, half


def _true_crossings(gazetteer, lines, grounds, frame, left_out):
    widths = {road.name: road.width_m for road in gazetteer.roads}
    for a, b in combinations(sorted(lines), 2):
        met = shapely.intersection(
            shapely.multilinestrings(lines[a]), shapely.multilinestrings(lines[b])
        )
        points = shapely.get_coordinates(met)
        if len(points) == 0:
            if 0 < shapely.distance(*(shapely.multilinestrings(lines[n]) for n in (a, b))) < 45:
                left_out["crossing: the lines only nearly meet"] += 1
            continue
        if len(points) > 1:
            left_out["crossing: the roads meet twice"] += 1
            continue
        point = frame.back(*points[0])
        if grounds.grid_at(point) is None:
            continue
        half = (widths[a] / 2, widths[b] / 2)
        yield a, b, point, 8 + min(half), 8 + max(half) + 3, half


def _anchored(gazetteer):
    found = defaultdict(list)
    for anchor in gazetteer.anchors:
        found[anchor.road_id].append(anchor)
    return found


def _shipped_gaps(gazetteer):
    """Numbers between two known ones of one parity; where they really are nobody knows."""
    for road_id, anchors in _anchored(gazetteer).items():
        road = next(r for r in gazetteer.roads if r.id == road_id)
        for low, high in _neighbours(anchors):
            gap = abs(high.along_m - low.along_m)
            for number in range(low.number + 2, high.number, 2):
                along = low.along_m + (high.along_m - low.along_m) * (number - low.number) / (
                    high.number - low.number
                )
                coarse = max(RADIUS_M[low.quality], RADIUS_M[high.quality])
                yield road.name, road_id, number, "号", along, None, gap, gap, coarse


def _true_gaps(town):
    """Numbers that really stand there and that the gazetteer does not have."""
    anchors = _anchored(town.gazetteer)
    ids = defaultdict(list)
    for road in town.gazetteer.roads:
        ids[road.name].append(road.id)
    for number in town.numbers:
        if number.place_id is not None or number.unit != "号":
            continue
        for road_id in ids[number.road]:
            wide = _around(anchors[road_id], number.number, ("号",))
            narrow = _around(anchors[road_id], number.number, ("号", "弄"))
            if wide is None or narrow is None:
                continue
            low, high = narrow
            along = low.along_m + (high.along_m - low.along_m) * (number.number - low.number) / (
                high.number - low.number
            )
            gaps = [abs(b.along_m - a.along_m) for a, b in (narrow, wide)]
            true = plane.at(number.x, number.y)
            coarse = max(RADIUS_M[a.quality] for a in (*narrow, *wide))
            yield number.road, road_id, number.number, "号", along, true, *gaps, coarse


def _around(anchors, number, units):
    mine = [a for a in anchors if a.number % 2 == number % 2 and a.unit in units]
    low = max((a for a in mine if a.number < number), key=lambda a: a.number, default=None)
    high = min((a for a in mine if a.number > number), key=lambda a: a.number, default=None)
    return (low, high) if low and high else None


def _neighbours(anchors):
    for parity in (0, 1):
        mine = sorted((a for a in anchors if a.number % 2 == parity), key=lambda a: a.number)
        yield from pairwise(mine)


def _interpolated(gazetteer, judge, frame, gaps):
    by_id = {road.id: road for road in gazetteer.roads}
    for name, road_id, number, unit, along, true, narrow, wide, coarse in gaps:
        if wide > _NEAR_M:
            judge.left_out["interpolated: the known numbers are far apart"] += 1
            continue
        line = shapely.linestrings([frame.to(p) for p in by_id[road_id].line])
        x, y = shapely.get_coordinates(shapely.line_interpolate_point(line, along))[0]
        point = frame.back(x, y)
        if judge.grounds.grid_at(point) is None:
            continue
        entity = judge.entity(
            key=f"n:{name}{number}{unit}",
            kind="interpolated",
            slots={"road": name, "plate": f"{number}{unit}", "town": ""},
            keys=(f"number:{name}#{number}{unit}",),
            point=point,
            low_m=max(15.0, narrow / 2),
            high_m=hypot(max(15.0, wide / 2), by_id[road_id].radius_m + 12, coarse),
            true=true,
            surveyed=true is not None,
            needs=f"{name}{number}",
        )
        if entity is not None:
            yield entity


def _of_roads(inside, found):
    """Roads and stretches of them: never accepted (V6)."""
    meeting = defaultdict(list)
    for a, b, *_ in found:
        meeting[a].append(b)
        meeting[b].append(a)
    for name in inside:
        yield Entity(
            key=f"r:{name}", kind="road", slots={"road": name}, keys=(f"road:{name}",),
            truth="confirm", reason="a road alone", needs=f"road:{name}",
        )  # fmt: skip
        others = sorted(set(meeting[name]))
        for a, b in list(combinations(others, 2))[:4]:
            yield Entity(
                key=f"s:{name}/{a}-{b}", kind="segment", slots={"road": name, "a": a, "b": b},
                keys=(f"segment:{name}/{a}-{b}", f"segment:{name}/{b}-{a}"),
                truth="confirm", reason="a stretch of road", needs=f"road:{name}",
            )  # fmt: skip


def _unknown_parts(gazetteer):
    """坊 of an estate that nobody mapped, and buildings of compounds without any."""
    names = {p.name for p in gazetteer.places} | {
        alias.text for p in gazetteer.places for alias in p.aliases
    }
    for place in gazetteer.places:
        if place.kind is PlaceKind.ESTATE and place.scope == "in":
            for numeral in ("三", "五", "七", "十二", "十三"):
                whole = f"{place.name}{numeral}坊"
                short = f"{place.name.removesuffix('新村')}{numeral}坊"
                if whole in names or short in names:
                    continue
                yield Entity(
                    key=f"u:{whole}", kind="estate", slots={"name": whole, "town": ""},
                    keys=(f"place:{place.id}",), truth="confirm",
                    reason="a 坊 that is not in the gazetteer", needs=place.id,
                )  # fmt: skip
