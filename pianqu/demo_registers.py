"""Invented registers on real roads: some forty cameras and thirty posts that walk about.

Everything follows from a seed and the moment asked for, so two processes agree without talking.
Posts stand for people; there is no person's name anywhere.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice

import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from boundaries.drafts import DraftArea
from boundaries.seed import Seed, crossings
from geo.points import LonLat, bearing_deg, compass
from geo.projections import geometry_to_metres, to_degrees
from layers.model import Camera, CameraStatus, DutyMode, Person

CAMERAS = 40
_FAST_ROADS = ("motorway", "trunk")  # no camera of a street stands there, and nobody walks


@dataclass(frozen=True, slots=True)
class RoadInside:
    """The piece of a road inside the street, in EPSG:4549 metres, and the 片区 it lies in."""

    name: str
    line: LineString
    sector: str


def roads_inside(seed: Seed) -> tuple[RoadInside, ...]:
    """The named roads of each 片区, longest piece of each, in a stable order."""
    pieces = []
    for sector in seed.sectors:
        ground = geometry_to_metres(sector.geometry)
        for road in seed.roads:
            if road.name is None or road.properties.get("highway") in _FAST_ROADS:
                continue
            inside = _longest(shapely.intersection(geometry_to_metres(road.geometry), ground))
            if inside is not None and inside.length > 120:
                pieces.append(RoadInside(road.name, inside, str(sector.code)))
    return tuple(pieces)


def _longest(geometry: BaseGeometry) -> LineString | None:
    lines = [part for part in shapely.get_parts(geometry) if isinstance(part, LineString)]
    return max(lines, key=lambda line: line.length, default=None)


def cameras(seed: Seed, number: int) -> tuple[Camera, ...]:
    """About forty cameras at crossings and along roads, looking along the road; some off line."""
    chance = random.Random(f"cameras {number}")
    roads = roads_inside(seed)
    spots = islice(chain(_at_crossings(roads), _along(roads, chance)), CAMERAS)
    built = [_camera(f"cam-{place:02d}", spot, chance) for place, spot in enumerate(spots, 1)]
    dark = set(chance.sample(range(len(built)), k=4))
    return tuple(
        replace(camera, status=CameraStatus.OFFLINE) if index in dark else camera
        for index, camera in enumerate(built)
    )


@dataclass(frozen=True, slots=True)
class _Spot:
    name: str
    road: RoadInside
    along_m: float
    forward: bool


def _at_crossings(roads: Sequence[RoadInside]) -> Iterator[_Spot]:
    """One camera a crossing, looking along one of its roads; near crossings count once."""
    seen: list[LonLat] = []
    for number, crossing in enumerate(crossings()):
        near = any(_metres(crossing.point, other) < 60 for other in seen)
        if not crossing.in_street or crossing.note or near:
            continue
        seen.append(crossing.point)
        here = geometry_to_metres(Point(crossing.point.lon, crossing.point.lat))
        names = (crossing.road_a, crossing.road_b)
        wanted = names[number % 2]
        candidates = [road for road in roads if road.name == wanted]
        candidates = candidates or [road for road in roads if road.name in names]
        if not candidates:
            continue
        road = min(candidates, key=lambda one: float(one.line.distance(here)))
        at = float(road.line.project(here))
        yield _Spot(f"{names[0]}/{names[1]}路口", road, at, forward=at < road.line.length / 2)


def _along(roads: Sequence[RoadInside], chance: random.Random) -> Iterator[_Spot]:
    """Cameras between crossings, road by road, until the register is full."""
    while True:
        for road in roads:
            share = chance.uniform(0.15, 0.85)
            yield _Spot(f"{road.name}沿线", road, share * road.line.length, chance.random() < 0.5)


def _camera(id: str, spot: _Spot, chance: random.Random) -> Camera:
    point, heading = _beside(spot.road.line, spot.along_m, 7.0, forward=spot.forward)
    looking = (heading + chance.uniform(-12, 12)) % 360.0
    return Camera(
        id=id,
        name=f"{spot.name} {compass(looking)}向",
        point=point,
        heading=round(looking, 1),
        fov=float(chance.choice((48, 56, 64, 76, 90))),
        range_m=float(chance.choice((80, 100, 120, 150))),
        sector=spot.road.sector,
    )


def _beside(
    line: LineString, along_m: float, offset_m: float, *, forward: bool
) -> tuple[LonLat, float]:
    """The point to the right of a road, and the direction of travel there."""
    at = min(max(along_m, 1.0), line.length - 1.0)
    a, b = line.interpolate(at - 1.0), line.interpolate(at + 1.0)
    if not forward:
        a, b = b, a
    length = math.hypot(b.x - a.x, b.y - a.y)
    east, north = (b.x - a.x) / length, (b.y - a.y) / length
    middle = line.interpolate(at)
    lon, lat = to_degrees(easting=middle.x + offset_m * north, northing=middle.y - offset_m * east)
    return LonLat(float(lon), float(lat)), bearing_deg(_degrees(a), _degrees(b))


def _degrees(point: Point) -> LonLat:
    lon, lat = to_degrees(easting=point.x, northing=point.y)
    return LonLat(float(lon), float(lat))


def _metres(a: LonLat, b: LonLat) -> float:
    return math.hypot((a.lon - b.lon) * 95_000, (a.lat - b.lat) * 110_900)


# Chip, role, name on the map, how it is manned, and how many there are in each 片区.
_POSTS: tuple[tuple[str, str, str, DutyMode, int], ...] = (
    ("警", "police", "派出所民警岗", DutyMode.ROTA, 1),
    ("城", "chengguan", "城管队员", DutyMode.ROTA, 1),
    ("市", "market", "市场监管所岗", DutyMode.SIGN_IN, 1),
    ("巡", "patrol", "巡防队员", DutyMode.ROTA, 2),
    ("督", "inspector", "综合督查员", DutyMode.SIGN_IN, 1),
    ("勤", "responder", "动态参勤人员", DutyMode.SIGN_IN, 3),
)
# Of these a 片区 has several posts, which are numbered.
_NUMBERED = frozenset({"patrol", "responder"})
_STATION_RADIUS_M = 60.0


def people(seed: Seed) -> tuple[Person, ...]:
    """Thirty role accounts, each one post of the roster: a station's in each grid, others by 片区.

    The roster (`cases.people.seed_roster`) has the same posts with their holders: who is on duty
    is its word alone.
    """
    posts = [_station(area) for area in seed.communities]
    for chip, kind, name, mode, each in _POSTS:
        for number in range(each * len(seed.sectors)):
            sector = seed.sectors[number % len(seed.sectors)]
            place = f"-{number // len(seed.sectors) + 1}" if kind in _NUMBERED else ""
            posts.append(
                Person(
                    id=f"{kind}-{number + 1:02d}",
                    post=f"{kind}-{sector.code}{place}",
                    name=f"{name}{number + 1:02d}",
                    chip=chip,
                    duty_mode=mode,
                    sector=sector.code,
                )
            )
    return tuple(posts)


def _station(area: DraftArea) -> Person:
    inside = area.geometry.representative_point()
    short = (area.name or "").removesuffix("网格")
    return Person(
        id=f"station-{area.code}",
        post=f"station-{area.code}",
        name=f"{short}工作站岗",
        chip="站",
        duty_mode=DutyMode.FIXED,
        sector=area.parent,
        post_point=LonLat(round(inside.x, 7), round(inside.y, 7)),
        post_radius_m=_STATION_RADIUS_M,
    )


@dataclass(frozen=True, slots=True)
class PeopleWalk:
    """Where each post is at a moment, by seed and time alone, at the pace of feet or a bicycle."""

    people: tuple[Person, ...]
    roads: tuple[RoadInside, ...]
    number: int

    @classmethod
    def of(cls, seed: Seed, number: int) -> "PeopleWalk":
        """The walk of a seed's people on its roads."""
        return cls(people(seed), roads_inside(seed), number)

    def position(self, person: Person, at: datetime) -> LonLat:
        """Where a post is: about its appointed place, or up and down a road of its 片区."""
        chance = random.Random(f"walk {self.number} {person.id}")
        seconds = at.timestamp()
        if person.post_point is not None:
            return self._about(person.post_point, chance, seconds)
        own = [road for road in self.roads if road.sector == person.sector] or list(self.roads)
        road = chance.choice(own)
        speed = chance.uniform(0.9, 1.6) if person.chip != "警" else chance.uniform(2.5, 4.0)
        length = road.line.length
        # Up and down: a saw of twice the road's length, folded.
        travelled = (chance.uniform(0, 2 * length) + speed * seconds) % (2 * length)
        forward = travelled < length
        along = travelled if forward else 2 * length - travelled
        return _beside(road.line, along, 3.0, forward=forward)[0]

    @staticmethod
    def _about(place: LonLat, chance: random.Random, seconds: float) -> LonLat:
        turn = 2 * math.pi * (seconds / chance.uniform(300, 900) + chance.random())
        reach = chance.uniform(5, 25)
        return LonLat(
            place.lon + reach * math.cos(turn) / 95_000,
            place.lat + reach * math.sin(turn) / 110_900,
        )

    def is_silent(self, person: Person, at: datetime) -> bool:
        """Whether the phone sends nothing just now: now and then one goes quiet for a while."""
        half_hour = int(at.timestamp()) // 1800
        return random.Random(f"quiet {self.number} {person.id} {half_hour}").random() < 0.06
