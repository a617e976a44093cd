"""Which column is what, and a row as a place. Pure.

Columns are found by the headers such tables usually have, or named: `number=门牌`. What a row says
of its number must be readable; a number is never guessed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from geo.datums import Datum, added_uncertainty_m, read_point
from geo.places import RADIUS_M, Address, Alias, Place, PlaceKind, Quality
from geo.plates import plate, squeezed
from geo.points import LonLat
from geo.registers.errors import UnusableRegister

__all__ = ["FIELDS", "Columns", "Draft", "draft", "find_columns", "headers_named"]

# In the order they are tried; upper and lower case are the same. No bare x and y: in Chinese
# surveying x is north, so who has such columns must say which is which.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("编号", "地址编码", "地名编码", "标识码", "id", "code"),
    "name": ("名称", "标准名称", "地名", "小区名称", "单位名称", "poi名称", "name"),
    "aliases": ("别名", "又名", "曾用名", "俗称", "简称", "alias", "aliases"),
    "kind": ("类型", "类别", "分类", "地名类别", "kind", "type", "category"),
    "address": ("地址", "标准地址", "门牌地址", "详细地址", "address", "addr"),
    "road": ("路名", "道路", "道路名称", "街路巷", "街路巷名称", "road", "street"),
    "lane": ("弄", "弄号", "lane"),
    "sublane": ("支弄", "支弄号", "sublane"),
    "number": ("号", "门牌号", "门牌号码", "门牌", "number", "house_number", "housenumber"),
    "lon": ("经度", "东坐标", "lon", "lng", "long", "longitude", "easting"),
    "lat": ("纬度", "北坐标", "lat", "latitude", "northing"),
    "radius_m": ("误差", "误差米", "精度米", "accuracy_m", "radius_m", "accuracy"),
    "quality": ("质量", "质量等级", "quality"),
}
_KINDS = {kind.value: kind for kind in PlaceKind} | {
    "小区": PlaceKind.COMPOUND,
    "住宅小区": PlaceKind.COMPOUND,
    "居民小区": PlaceKind.COMPOUND,
    "弄堂": PlaceKind.COMPOUND,
    "楼栋": PlaceKind.BUILDING,
    "出入口": PlaceKind.GATE,
    "门牌": PlaceKind.DOORPLATE,
    "门楼牌": PlaceKind.DOORPLATE,
    "兴趣点": PlaceKind.POI,
    "村": PlaceKind.VILLAGE,
    "部件": PlaceKind.ASSET,
}
_LIVED_IN = ("小区", "新村", "花园", "花苑", "家园", "公寓", "苑", "坊", "弄")
_NUMBER = re.compile(
    r"(?P<before>[甲乙丙丁])?(?P<at>\d{1,5})(?P<suffix>[甲乙丙丁])?(?:[-–—至到](?P<to>\d{1,5}))?"
)
_BUILDING = re.compile(r"(?<=\d)(?:幢|栋|号楼|#)")
_ROOM = re.compile(r"(?<=号)[\d\-、]*\d(?:单元|室|层|楼).*$")
_SPLIT = re.compile(r"[;；、|,，/]")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the fields stand in a row."""

    at: Mapping[str, int]

    def value(self, row: Sequence[str], field: str) -> str:
        """A cell's text; empty where there is no such column."""
        return row[self.at[field]].strip() if field in self.at else ""

    @property
    def have_position(self) -> bool:
        """Whether the table has coordinates at all."""
        return "lon" in self.at and "lat" in self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a row comes to: a place, or none, and what is wrong with the row."""

    line: int
    place: Place | None
    problem: str | None = None
    detail: str = ""


def find_columns(headers: Sequence[str], told: Mapping[str, str]) -> Columns:
    """Find the columns by their usual names; `told` names a field's column and comes first.

    Raises:
        UnusableRegister: an unknown field, a column that is not there, or too little to go by.
    """
    lowered = [header.lower() for header in headers]
    at: dict[str, int] = {}
    for field, header in told.items():
        if field not in FIELDS:
            raise UnusableRegister(f"没有“{field}”这一项，可用的有：{'、'.join(FIELDS)}")
        if header.lower() not in lowered:
            raise UnusableRegister(f"文件里没有“{header}”这一列，现有：{'、'.join(headers)}")
        at[field] = lowered.index(header.lower())
    for field, names in FIELDS.items():
        free = (lowered.index(n) for n in names if n in lowered)
        found = next((column for column in free if column not in at.values()), None)
        if field not in at and found is not None:
            at[field] = found
    if ("lon" in at) != ("lat" in at):
        raise UnusableRegister("只找到经度、纬度中的一列，请用“列对应”写明另一列")
    if not {"name", "address", "road"} & set(at):
        raise UnusableRegister("找不到名称、地址、路名中的任何一列，请用“列对应”写明")
    return Columns(at)


def headers_named(columns: Columns, headers: Sequence[str]) -> dict[str, str]:
    """The columns that were found, by their headers, to be shown and kept."""
    return {field: headers[at] for field, at in columns.at.items()}


def draft(
    row: Sequence[str],
    line: int,
    columns: Columns,
    *,
    datum: Datum | None,
    quality: Quality,
    source: str,
) -> Draft:
    """Read a row; scope and town follow from the position and are filled in later."""

    def value(field: str) -> str:
        return columns.value(row, field)

    name = squeezed(value("name")) or None
    address, wrong = _address(columns, row)
    point, bad_point = _point(value("lon"), value("lat"), datum) if datum else (None, None)
    if not name and not address:
        if wrong is None:
            return Draft(line=line, place=None, problem="empty", detail="没有名称也没有门牌")
        return Draft(line=line, place=None, problem="unreadable_number", detail=wrong)
    kind, bad_kind = _kind(value("kind"), name, address)
    own = value("quality").upper()
    bad_quality = f"质量等级“{own}”应为 S、A、B、C" if own and own not in "SABC" else None
    graded = Quality(own) if own and not bad_quality else quality
    radius = _metres(value("radius_m")) or RADIUS_M[graded]
    place = Place(
        id=f"r:{value('id')}" if value("id") else _key(name, address),
        kind=kind,
        name=name,
        address=address,
        aliases=_aliases(value("aliases"), name),
        point=point,
        radius_m=radius + (added_uncertainty_m(datum) if datum else 0.0),
        quality=graded,
        source=source,
    )
    for problem, detail in (
        ("unreadable_number", wrong),
        ("unreadable_position", bad_point),
        ("unreadable_value", bad_kind or bad_quality),
    ):
        if detail:
            # Only the number may be left away; a place must not lose its position unsaid.
            usable = problem == "unreadable_number" and name is not None
            return Draft(line=line, place=place if usable else None, problem=problem, detail=detail)
    return Draft(line=line, place=place)


def _key(name: str | None, address: Address | None) -> str:
    """Stable from import to import: several places may share a plate, or a name."""
    plated = address.text if address else None
    return "p:" + "/".join(part for part in (plated, name) if part)


def _address(columns: Columns, row: Sequence[str]) -> tuple[Address | None, str | None]:
    road = squeezed(columns.value(row, "road"))
    told = {key: squeezed(columns.value(row, key)) for key in ("lane", "sublane", "number")}
    told["number"] = _ROOM.sub("", _BUILDING.sub("号", told["number"]))
    if road and any(told.values()):
        return _from_parts(road, told)
    whole = columns.value(row, "address") or "".join((road, *told.values()))
    if not whole:
        return None, None
    # Every plate has one position here; the rooms behind it are none of our business.
    found = plate(_ROOM.sub("", _BUILDING.sub("号", squeezed(whole))))
    rest = found[1] if found else whole
    if any(sign.isdigit() for sign in rest):
        return None, f"看不懂门牌“{whole}”"
    return (found[0] if found else None), None


def _from_parts(road: str, told: Mapping[str, str]) -> tuple[Address | None, str | None]:
    units = {"lane": "弄", "sublane": "支弄", "number": "号"}
    parts: dict[str, Any] = {}
    for key, text in told.items():
        if not text:
            continue
        bare = re.sub(f"{units[key]}(?=[甲乙丙丁]?$)", "", text)
        whole = plate(f"{road}{text}")
        if key == "number" and "弄" in text and whole and not whole[1]:
            return whole[0], None
        found = _NUMBER.fullmatch(bare)
        if found is None or (key != "number" and (found["suffix"] or found["to"])):
            return None, f"看不懂{units[key]}“{text}”"
        parts[key] = int(found["at"])
        if key == "number":
            parts["suffix"] = found["before"] or found["suffix"] or ""
            parts["to_number"] = int(found["to"]) if found["to"] else None
    return Address(road=road, **parts), None


def _point(lon: str, lat: str, datum: Datum) -> tuple[LonLat | None, str | None]:
    if not lon and not lat:
        return None, None
    try:
        numbers = float(lon), float(lat)
    except ValueError:
        return None, f"坐标不是数字：{lon}, {lat}"
    read = read_point(lon=numbers[0], lat=numbers[1], crs=str(datum))
    if read.point is None:
        return None, f"坐标 {lon}, {lat} 按 {datum} 不成立（{read.problem}）"
    return read.point, None


def _kind(told: str, name: str | None, address: Address | None) -> tuple[PlaceKind, str | None]:
    if told:
        kind = _KINDS.get(told.lower())
        # A POI table has a hundred classes of its own; they are all POI to us.
        return kind or PlaceKind.POI, None if kind or name else f"类型“{told}”不认识，又没有名称"
    if name is None:
        lane_only = address is not None and address.lane is not None and address.number is None
        return PlaceKind.COMPOUND if lane_only else PlaceKind.DOORPLATE, None
    return PlaceKind.COMPOUND if name.endswith(_LIVED_IN) else PlaceKind.POI, None


def _aliases(told: str, name: str | None) -> tuple[Alias, ...]:
    names = (squeezed(text) for text in _SPLIT.split(told))
    return tuple(Alias(text=text) for text in dict.fromkeys(names) if text and text != name)


def _metres(told: str) -> float | None:
    try:
        metres = float(told.removesuffix("米").removesuffix("m"))
    except ValueError:
        return None
    return metres if 0 < metres < 100_000 else None


def with_aliases(place: Place, more: Iterable[Alias]) -> Place:
    """The place with further names that it had already."""
    known = {alias.text for alias in place.aliases} | {place.name}
    return replace(place, aliases=place.aliases + tuple(a for a in more if a.text not in known))
