"""An invented town, seeded and pure: its gazetteer, and the truth the gazetteer only knows roughly.

The street is twelve squares (`grounds.SquareGrounds`); its roads run on into four towns around it.
Every number on a road has a true position. The gazetteer has about two in five of them, at four
qualities: a coarse one is recorded as far off as its radius says, so that accepting by
probability mass is tested against where things really are. (A numbered place of quality A is put
on its road and so lies better than it says.) Names sound alike as in a real town.
"""

from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import hypot
from random import Random

import shapely

from benchmarks.geocoding import naming
from benchmarks.geocoding.grounds import COLUMNS, HEIGHT_M, ROWS, SIDE_M, WIDTH_M, SquareGrounds
from benchmarks.geocoding.plane import at
from geo.places import (
    RADIUS_M,
    Address,
    Alias,
    Gazetteer,
    NameKind,
    NumberAnchor,
    Place,
    PlaceKind,
    Quality,
    Road,
)

OURS = ("江州市", "临湖区", "云溪街道")
REACH_M = 1500.0
QUALITIES = (Quality.SURVEYED, Quality.A, Quality.B, Quality.C)


@dataclass(frozen=True, slots=True)
class TrueNumber:
    """A number that stands on a road; `place_id` None: the gazetteer does not have it."""

    road: str
    number: int
    unit: str
    x: float
    y: float
    along_m: float
    place_id: str | None


@dataclass
class Town:
    """The gazetteer and what is true."""

    gazetteer: Gazetteer
    grounds: SquareGrounds
    numbers: list[TrueNumber]
    true_xy: dict[str, tuple[float, float]]  # of a place, by its id
    lines: dict[str, list] = field(default_factory=dict)  # road name to its pieces in metres


@dataclass
class _Way:
    name: str
    line: object
    width: float
    flip: bool


def invent(seed=20_260_701):
    """The town of a seed."""
    chance = Random(f"town {seed}")
    namer = naming.Namer(chance)
    for taken in ("云溪", "望河", "兰亭", "石桥", "枫林", "竹园", "梅岭", "荷塘", "望亭", "柳桥"):
        namer.taken.add(taken)
    ways = _ways(chance, namer)
    build = _Builder(chance, namer, ways)
    build.roads()
    build.numbers()
    build.things()
    build.areas()
    gazetteer = Gazetteer(
        version=f"invented-{seed}",
        places=tuple(build.places),
        roads=tuple(build.road_rows),
        anchors=tuple(build.anchors),
        ours=OURS,
        provisional=True,
    )
    lines = {}
    for way in ways:
        lines.setdefault(way.name, []).append(way.line)
    return Town(gazetteer, SquareGrounds(), build.true_numbers, build.true_xy, lines)


def _ways(chance, namer):
    """Long roads of a bent grid, some renamed at the border, and short streets inside blocks."""
    ways = []
    xs = _steps(chance, COLUMNS, WIDTH_M)
    ys = _steps(chance, ROWS, HEIGHT_M)
    for along_x, steps, span, ends in ((False, xs, HEIGHT_M, "北南"), (True, ys, WIDTH_M, "东西")):
        for value in steps:
            name, width = namer.road(), chance.choice((10.0, 14.0, 20.0, 28.0))
            low, high = -REACH_M, span + REACH_M
            fate = chance.random()
            if fate < 0.3 and name.endswith("路") and not name.endswith("公路"):
                far = name[:-1] + ends[0] + "路"
                ways.append(_way(chance, far, along_x, value, span, high, width))
                high = span
            elif fate < 0.5:
                low = span * chance.uniform(0.1, 0.4)
            elif fate < 0.6:
                high = span * chance.uniform(0.6, 0.9)
            ways.append(_way(chance, name, along_x, value, low, high, width))
    ways += _short_streets(chance, namer, xs, ys)
    inside = [way.name for way in ways]
    for number, name in enumerate(chance.sample(inside, 24)):  # their likes stand in the ring
        like = namer.like(name)
        if like is None:
            continue
        value = -400.0 - 43.0 * number
        span = (WIDTH_M * 0.2, WIDTH_M * 0.8) if number % 2 else (HEIGHT_M * 0.2, HEIGHT_M * 0.8)
        ways.append(_way(chance, like, bool(number % 2), value, *span, 10.0))
    return ways


def _steps(chance, count, span):
    inner = [c * SIDE_M + f * SIDE_M / 3 for c in range(count) for f in (1, 2)]
    border = [c * SIDE_M for c in range(count + 1)]
    ring = [-1000.0, -500.0, span + 500.0, span + 1000.0]
    return [v + chance.uniform(-20, 20) for v in inner] + border + ring


def _short_streets(chance, namer, xs, ys):
    ways = []
    xs, ys = sorted(xs), sorted(ys)
    for west, east in pairwise(xs):
        for south, north in pairwise(ys):
            if chance.random() > 0.62 or east - west < 120 or north - south < 120:
                continue
            along_x = chance.random() < 0.5
            low, high = (west - 8, east + 8) if along_x else (south - 8, north + 8)
            middle = (south + north) / 2 if along_x else (west + east) / 2
            ways.append(_way(chance, namer.road(), along_x, middle, low, high, 7.0))
    return ways


def _way(chance, name, along_x, value, low, high, width):
    pieces = max(2, int((high - low) / 180))
    line = []
    for piece in range(pieces + 1):
        along = low + (high - low) * piece / pieces
        across = value + chance.uniform(-3, 3)
        line.append((along, across) if along_x else (across, along))
    return _Way(name, shapely.linestrings(line), width, chance.random() < 0.5)


class _Builder:
    def __init__(self, chance, namer, ways):
        self.chance, self.namer, self.ways = chance, namer, ways
        self.grounds = SquareGrounds()
        self.places: list[Place] = []
        self.road_rows: list[Road] = []
        self.anchors: list[NumberAnchor] = []
        self.true_numbers: list[TrueNumber] = []
        self.true_xy: dict[str, tuple[float, float]] = {}
        self.chain_count = 0

    def roads(self):
        for number, way in enumerate(self.ways):
            xy = shapely.get_coordinates(way.line)
            old = self.chance.random() < 0.08
            aliases = (Alias(text=self.namer.road(), kind=NameKind.OLD),) if old else ()
            self.road_rows.append(
                Road(
                    id=f"W{number:03d}",
                    name=way.name,
                    line=tuple(at(x, y) for x, y in xy),
                    aliases=aliases,
                    width_m=way.width,
                    radius_m=3.0,
                    source="invented",
                )
            )

    def numbers(self):
        """Odd numbers on the left, even ones on the right, growing along the road."""
        done: set[str] = set()
        for number, way in enumerate(self.ways):
            length = shapely.length(way.line)
            first = self.chance.choice((1, 1, 1, 101, 1201)) if way.name not in done else 3001
            done.add(way.name)
            for side in (0, 1):
                count, along = first + side, self.chance.uniform(8, 40)
                while along < length - 8:
                    self._number(f"W{number:03d}", way, count, along, 1 if side == 0 else -1)
                    along += self.chance.uniform(18, 55)
                    count += 2 * self.chance.choice((1, 1, 2, 3))

    def _number(self, road_id, way, number, along, side):
        real = shapely.length(way.line) - along if way.flip else along
        x, y, left = _beside(way.line, real)
        lane = self.chance.random() < 0.2
        back = 45.0 if lane else way.width / 2 + 9.0
        x, y = x + side * back * left[0], y + side * back * left[1]
        place_id = None
        known = 0.4 if self.grounds.grid_at(at(x, y)) else 0.15
        if self.chance.random() < known:
            address = Address(road=way.name, **{"lane" if lane else "number": number})
            place_id = self._place_at(address, lane, x, y)
            self._anchor(road_id, way, address, place_id, real, side * back)
        unit = "弄" if lane else "号"
        self.true_numbers.append(TrueNumber(way.name, number, unit, x, y, real, place_id))

    def _anchor(self, road_id, way, address, place_id, along, offset):
        """A good place fixes its number on the road, and stands where the anchor says."""
        spot = next(n for n in range(len(self.places) - 1, -1, -1) if self.places[n].id == place_id)
        place = self.places[spot]
        if place.quality not in (Quality.SURVEYED, Quality.A):
            return
        blur = 2.0 if place.quality is Quality.SURVEYED else 8.0
        along = min(max(along + self.chance.gauss(0, blur), 0.0), shapely.length(way.line))
        x, y, left = _beside(way.line, along)
        self.places[spot] = replace(place, point=at(x + offset * left[0], y + offset * left[1]))
        self.anchors.append(
            NumberAnchor(
                road_id=road_id,
                road=way.name,
                number=address.lane or address.number,
                unit="弄" if address.lane else "号",
                along_m=round(float(along), 1),
                offset_m=round(offset, 1),
                place_id=place_id,
                quality=place.quality,
            )
        )

    def _place_at(self, address, lane, x, y):
        if lane:
            named = self.chance.random() < 0.7
            name = self.namer.compound() if named else None
            place = self._add(PlaceKind.COMPOUND, name, address, x, y, self.chance.uniform(25, 45))
            if named and place.scope == "in":
                self._inside(place, x, y)
            return place.id
        if self.chance.random() < 0.45:
            name = self.namer.poi()
            if self.chance.random() < 0.12:
                self.chain_count += 1
                chain = self.chance.choice(naming.CHAINS)
                name = f"{chain}{address.road.removesuffix('路')}店"
            return self._add(PlaceKind.POI, name, address, x, y, 0.0).id
        return self._add(PlaceKind.DOORPLATE, None, address, x, y, 0.0).id

    def _add(self, kind, name, address, x, y, size, **more):
        inside = self.grounds.grid_at(at(x, y)) is not None
        quality = more.pop("quality", None) or self.chance.choices(QUALITIES, (55, 25, 15, 5))[0]
        radius = RADIUS_M[quality]
        off_x, off_y = self.chance.gauss(0, radius), self.chance.gauss(0, radius)
        aliases = more.pop("aliases", None)
        if aliases is None:
            aliases = self._aliases(name, kind)
        place = Place(
            id=f"t:{address.text if address else ''}{name or ''}{more.pop('tag', '')}",
            kind=kind,
            name=name,
            address=address,
            aliases=aliases,
            point=at(x + off_x, y + off_y),
            radius_m=radius,
            size_m=round(size, 1),
            quality=quality,
            scope="in" if inside else "ring",
            town=None if inside else self.grounds.town(at(x, y)),
            source="invented",
            **more,
        )
        self.true_xy[place.id] = (x, y)
        self.places.append(place)
        return place

    def _aliases(self, name, kind):
        if name is None or "店" in name or self.chance.random() > 0.3:
            return ()
        if kind is PlaceKind.COMPOUND:
            return (Alias(text=self.namer.compound(), kind=NameKind.OLD),)
        return (Alias(text=self.namer.stem() + name[2:], kind=NameKind.BRAND),)

    def _inside(self, compound, x, y):
        """Gates and buildings of some compounds, around the true middle."""
        if self.chance.random() < 0.5:
            for direction, (dx, dy) in self.chance.sample(_GATES, 2):
                self._add(
                    PlaceKind.GATE,
                    f"{compound.name}{direction}门",
                    None,
                    x + dx * 40,
                    y + dy * 40,
                    0.0,
                    quality=Quality.SURVEYED,
                    aliases=(),
                    parent=compound.id,
                    direction=direction,
                )
        if compound.quality is Quality.SURVEYED and self.chance.random() < 0.6:
            for number in range(1, self.chance.randint(6, 18)):
                self._add(
                    PlaceKind.BUILDING,
                    f"{number}号",
                    replace(compound.address, number=number),
                    x + self.chance.uniform(-35, 35),
                    y + self.chance.uniform(-35, 35),
                    0.0,
                    quality=Quality.SURVEYED,
                    aliases=(),
                    parent=compound.id,
                    tag=compound.name,
                )

    def things(self):
        """Places without a number: compounds, POIs, and estates with two 坊 nobody mapped."""
        for _ in range(140):
            x, y = self._somewhere(0.0)
            self._add(PlaceKind.POI, self.namer.poi(), None, x, y, 0.0)
        for _ in range(90):
            x, y = self._somewhere(0.0)
            self._add(PlaceKind.COMPOUND, self.namer.compound(), None, x, y, 40.0)
        for _ in range(160):
            x, y = self._somewhere(REACH_M)
            kind = self.chance.choice((PlaceKind.POI, PlaceKind.COMPOUND))
            name = self.namer.poi() if kind is PlaceKind.POI else self.namer.compound()
            self._add(kind, name, None, x, y, 0.0 if kind is PlaceKind.POI else 40.0)
        for _ in range(8):
            self._estate()

    def _estate(self):
        name = self.namer.stem() + "新村"
        x, y = self._somewhere(0.0)
        estate = self._add(PlaceKind.ESTATE, name, None, x, y, 160.0, quality=Quality.SURVEYED)
        for number, numeral in enumerate("一二三四五六七八"):
            if numeral in "三七":
                continue
            dx, dy = (number % 4 - 1.5) * 80, (number // 4 - 0.5) * 120
            self._add(
                PlaceKind.COMPOUND,
                f"{name}{numeral}坊",
                None,
                x + dx,
                y + dy,
                30.0,
                quality=Quality.SURVEYED,
                aliases=(),
                parent=estate.id,
            )

    def areas(self):
        for code, name in self.grounds.names.items():
            self._area(PlaceKind.COMMUNITY, name.removesuffix("网格"), area_code=code)
        for town in ("望亭镇", "柳桥镇", "石塘街道", "枫泾镇"):
            self._area(PlaceKind.TOWN, town, scope="ring", town=town)
        self._area(PlaceKind.TOWN, OURS[2])
        for _ in range(6):
            x, y = self._somewhere(0.0)
            name = self.namer.stem() + "村"
            self._add(PlaceKind.VILLAGE, name, None, x, y, 200.0, quality=Quality.B, aliases=())

    def _area(self, kind, name, **more):
        self.places.append(Place(id=f"t:{name}", kind=kind, name=name, source="invented", **more))

    def _somewhere(self, reach):
        """Anywhere in the street, or anywhere in the ring around it."""
        while True:
            x = self.chance.uniform(-reach, WIDTH_M + reach)
            y = self.chance.uniform(-reach, HEIGHT_M + reach)
            if reach == 0.0 or self.grounds.grid_at(at(x, y)) is None:
                return x, y


_GATES = (("东", (1, 0)), ("西", (-1, 0)), ("南", (0, -1)), ("北", (0, 1)))


def _beside(line, along):
    here = shapely.line_interpolate_point(line, along)
    ahead = shapely.line_interpolate_point(line, min(along + 2, shapely.length(line)))
    back = shapely.line_interpolate_point(line, max(along - 2, 0))
    (x, y), (x1, y1), (x0, y0) = (shapely.get_coordinates(p)[0] for p in (here, ahead, back))
    length = hypot(x1 - x0, y1 - y0)
    return float(x), float(y), (-(y1 - y0) / length, (x1 - x0) / length)
