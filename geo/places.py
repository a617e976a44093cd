"""What the gazetteer holds, as values: places, roads, names people use for them. Pure.

PostGIS keeps them (`geo.tables`, `geo.gazetteer`); the geocoder searches these values in memory.
All positions are CGCS2000 degrees, all radii metres. The kinds follow the six basic location types
of GB/T 30428: 区域, 地片, 区片, 街巷, 门(楼)牌, 兴趣点.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geo.points import LonLat


class PlaceKind(StrEnum):
    """What a place is; `ESTATE` is a named group of compounds such as 迎园新村."""

    COMPOUND = "compound"  # 小区, 坊, 弄堂: people live there
    ESTATE = "estate"
    BUILDING = "building"  # 号楼, 幢 within a compound (`parent`)
    GATE = "gate"  # of a compound (`parent`), with a direction
    DOORPLATE = "doorplate"  # 门牌 or 弄牌 without a name
    POI = "poi"
    VILLAGE = "village"
    COMMUNITY = "community"  # 社区, 村居: an area with a name, never a point to accept
    TOWN = "town"  # 街道, 镇
    DISTRICT = "district"  # 区, 市
    ASSET = "asset"  # 部件, by its code


class Quality(StrEnum):
    """How good a position is; the shipped places are coarse (shared data README)."""

    SURVEYED = "S"
    A = "A"
    B = "B"
    C = "C"  # votes far apart: never accepted alone
    D = "D"  # a homophone of another road or a foreign community: a negative only


RADIUS_M = {
    Quality.SURVEYED: 5.0,
    Quality.A: 60.0,
    Quality.B: 150.0,
    Quality.C: 400.0,
    Quality.D: 1000.0,
}


class NameKind(StrEnum):
    """Where a further name of a place comes from."""

    OFFICIAL = "official"
    SHORT = "short"
    OLD = "old"
    BRAND = "brand"
    DIALECT = "dialect"
    CONFIRMED = "confirmed"  # learned from two people's confirmations


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name of a place or road."""

    text: str
    kind: NameKind = NameKind.SHORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A door or lane number on a road: 叶城路 505弄, 迎园路 300弄 151支弄 12号甲.

    `lane` and `sublane` are 弄 and 支弄, `number` is 号 (on the road itself when there is no lane);
    `to_number` makes a range such as 仓场路40–73号.
    """

    road: str
    lane: int | None = None
    sublane: int | None = None
    number: int | None = None
    suffix: str = ""
    to_number: int | None = None

    @property
    def text(self) -> str:
        """As it is written on the plate."""
        parts = [self.road]
        if self.lane is not None:
            parts.append(f"{self.lane}弄")
        if self.sublane is not None:
            parts.append(f"{self.sublane}支弄")
        if self.number is not None:
            until = f"-{self.to_number}" if self.to_number is not None else ""
            parts.append(f"{self.number}{self.suffix}{until}号")
        return "".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place; `scope` says whether it may be accepted or is a negative of the ring around us.

    Attributes:
        id: stable across loads and unique, such as `p:仓场路331号`.
        name: as people call it; a doorplate has none.
        address: its plate on a road, if known.
        point: None for an area that is known by name only.
        radius_m: how far off the point may be, about one standard deviation.
        size_m: how far the place itself reaches from its point (0 for a door).
        scope: "in" the street, or in the "ring" around it.
        town: whose it is when it is in the ring.
        area_code: the grid or town code when the place is an area.
        parent: the place it is a part of (buildings, gates, compounds of an estate).
        direction: of a gate: 东, 南, 西, 北, 前, 后, 正.
    """

    id: str
    kind: PlaceKind
    name: str | None = None
    address: Address | None = None
    aliases: tuple[Alias, ...] = ()
    point: LonLat | None = None
    radius_m: float = RADIUS_M[Quality.B]
    size_m: float = 0.0
    quality: Quality = Quality.B
    scope: str = "in"
    town: str | None = None
    area_code: str | None = None
    parent: str | None = None
    direction: str | None = None
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def label(self) -> str:
        """What the screen calls it."""
        plate = self.address.text if self.address else ""
        if self.name and plate:
            return f"{self.name}（{plate}）"
        return self.name or plate or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """One traced piece of a road's centreline; a road may have several. `name` None: unknown."""

    id: str
    name: str | None
    line: tuple[LonLat, ...]
    aliases: tuple[Alias, ...] = ()
    kind: str = "road"  # "motorway" makes no street crossing
    width_m: float = 14.0
    # How far the traced line may be from the real road, metres.
    radius_m: float = 8.0
    sure_name: bool = True
    source: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberAnchor:
    """A known number on a road: how far along which piece, on which side (+ left, − right)."""

    road_id: str
    road: str
    number: int
    unit: str  # 号 or 弄
    along_m: float
    offset_m: float  # signed: left of the line is positive
    place_id: str | None
    quality: Quality


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Everything the geocoder knows of the town, at one version and one day."""

    version: str
    places: tuple[Place, ...]
    roads: tuple[Road, ...]
    anchors: tuple[NumberAnchor, ...] = ()
    # The street, district and city we are in: their names agree with any address of ours.
    ours: tuple[str, ...] = ("上海市", "嘉定区", "新成路街道")
    provisional: bool = True
