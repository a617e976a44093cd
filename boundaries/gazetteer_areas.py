"""The areas a text may name: our communities, the neighbours' ones, towns, villages, districts.

They have names and no point: a text that says nothing more is asked about (V6), and one that
names a foreign one speaks against a place of ours (V1).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import shapely

from boundaries.seed import read_seed, rows
from boundaries.surroundings import town_name
from geo.places import Alias, NameKind, Place, PlaceKind
from geo.projections import geometry_to_metres

__all__ = ["town_name", "with_areas"]

_CODES = "国家统计局统计用区划代码 2023-06-30"
_DISTRICTS = (
    *("黄浦区", "徐汇区", "长宁区", "静安区", "普陀区", "虹口区", "杨浦区", "闵行区", "宝山区"),
    *("嘉定区", "浦东新区", "金山区", "松江区", "青浦区", "奉贤区", "崇明区"),
)
_TOWN_NAMES = {
    "菊园街道": (
        ("菊园新区", NameKind.OLD),
        ("菊园", NameKind.SHORT),
        ("菊园街道(原菊园新区)", NameKind.OFFICIAL),
    ),
    "嘉定镇街道": (("嘉定镇", NameKind.SHORT),),
    "真新街道": (("真新新村街道", NameKind.OLD),),
    "马陆镇": (("马陆", NameKind.SHORT),),
    "徐行镇": (("徐行", NameKind.SHORT),),
    "南翔镇": (("南翔", NameKind.SHORT),),
    "江桥镇": (("江桥", NameKind.SHORT),),
    "外冈镇": (("外冈", NameKind.SHORT),),
    "安亭镇": (("安亭", NameKind.SHORT),),
    "华亭镇": (("华亭", NameKind.SHORT),),
    "新成路街道": (("新成街道", NameKind.SHORT), ("新成路街道办事处", NameKind.OFFICIAL)),
    "浦东新区": (("浦东", NameKind.SHORT),),
}
# Without an outline of ours: towns of the district further off, and what is called like one.
_FURTHER = ("真新街道", "嘉定工业区", "嘉定新城")


def with_areas(places: Mapping[str, Place]) -> dict[str, Place]:
    """The places and the areas; a village the list has a point for keeps it."""
    answer = dict(places)
    for area in _all():
        listed = f"p:{area.name}"
        if area.kind is PlaceKind.VILLAGE and listed in answer:
            answer[listed] = replace(
                answer[listed], aliases=area.aliases, area_code=area.area_code, town=area.town
            )
        else:
            answer[area.id] = area
    return answer


def _all() -> Iterator[Place]:
    yield from _own_communities()
    yield from _sectors()
    yield from _units_around()
    yield from _towns()
    for name in _DISTRICTS:
        scope = "in" if name == "嘉定区" else "ring"
        yield _area(f"d:{name}", PlaceKind.DISTRICT, name, scope=scope)


def _own_communities() -> Iterator[Place]:
    for draft in read_seed().communities:
        told = draft.properties
        area_m2 = float(shapely.area(geometry_to_metres(draft.geometry)))
        yield Place(
            id=f"c:{draft.code}",
            kind=PlaceKind.COMMUNITY,
            name=told["short_name"],
            aliases=_unit_names(told["short_name"], grid=True),
            size_m=round(math.sqrt(area_m2 / math.pi), 1),
            scope="in",
            area_code=draft.code,
            source=f"社区网格 {draft.code}（{told['code_cn']}），示意边界",
        )


def _sectors() -> Iterator[Place]:
    for sector in read_seed().sectors:
        official = sector.name or ""
        yield Place(
            id=f"c:{sector.code}",
            kind=PlaceKind.COMMUNITY,
            name=official.removesuffix("网格"),
            aliases=(Alias(text=official, kind=NameKind.OFFICIAL),),
            scope="in",
            area_code=sector.code,
            source=f"片区网格 {sector.code}",
        )


def _units_around() -> Iterator[Place]:
    for row in rows("codes.csv"):
        if row["street_code"] == "310114001":
            continue
        name = _short(row["name"])
        village = row["name"].endswith("村委会")
        yield Place(
            id=f"c:{row['code12']}",
            kind=PlaceKind.VILLAGE if village else PlaceKind.COMMUNITY,
            name=name,
            aliases=_unit_names(name),
            scope="ring",
            town=town_name(row["street_name"]),
            area_code=row["code12"],
            source=_CODES,
        )


def _short(unit: str) -> str:
    """仓场社区 for 仓场社区居委会, 永胜村 for 永胜村村委会."""
    return unit.removesuffix("居委会").removesuffix("村委会")


def _unit_names(short: str, *, grid: bool = False) -> tuple[Alias, ...]:
    """How people call a community (仓场居委, 仓场社区网格) or a village (by its committee)."""
    village = short.endswith("村") and short != "马陆新村"
    stem = short.removesuffix("社区")
    if village:
        official = (f"{short}村委会",)
        more = [f"{short}委会", f"{short}委", f"{short}民委员会"]
    else:
        official = (f"{short}居委会",)
        more = [f"{stem}居委", f"{stem}居委会", f"{stem}居民区"]
        if stem.endswith("坊"):
            more.append(stem)
    if grid:
        more.append(f"{short}网格")
    return tuple(
        Alias(text=text, kind=NameKind.OFFICIAL if text in official else NameKind.SHORT)
        for text in dict.fromkeys((*official, *more))
        if text != short
    )


def _towns() -> Iterator[Place]:
    codes = {town_name(row["street_name"]): row["street_code"] for row in rows("codes.csv")}
    names = [town_name(area.name or "") for area in read_seed().neighbours]
    for name in (*names, *_FURTHER):
        yield _area(f"t:{name}", PlaceKind.TOWN, name, code=codes.get(name))
    yield _area("t:新成路街道", PlaceKind.TOWN, "新成路街道", code="310114001", scope="in")


def _area(
    key: str, kind: PlaceKind, name: str, *, code: str | None = None, scope: str = "ring"
) -> Place:
    return Place(
        id=key,
        kind=kind,
        name=name,
        aliases=tuple(Alias(text=text, kind=how) for text, how in _TOWN_NAMES.get(name, ())),
        scope=scope,
        town=name if kind is PlaceKind.TOWN and scope == "ring" else None,
        area_code=code,
        source=_CODES if code else "行政区划名称",
    )
