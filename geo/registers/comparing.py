"""A register's places against those we have: new, changed, unchanged, or in conflict. Pure.

A conflict is for a person: nothing of it is written unless the person says so.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from geo.places import Gazetteer, Place, PlaceKind, Quality
from geo.points import LonLat, distance_m
from geo.registers.mapping import Draft, with_aliases

__all__ = ["PROBLEMS", "Conflict", "Plan", "Where", "plan"]

# ("in", None), ("ring", town or None), or None when the point is nowhere near.
Where = Callable[[LonLat], tuple[str, str | None] | None]

PROBLEMS = {
    "empty": "没有名称也没有门牌",
    "unreadable_number": "门牌号看不懂",
    "unreadable_position": "坐标看不懂",
    "unreadable_value": "取值看不懂",
    "duplicate": "文件内重复而内容不同",
    "moved": "同一门牌，位置相差过大",
    "same_name": "同一名称有两个位置",
    "outside": "不在本街道，也不在周边",
    "unknown_road": "路名不在地名库",
    "same_id": "同一编号已用于别处",
    "retired": "此地已撤销",
}
# Below this a position is the same one, written with fewer decimals.
_SAME_M = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A row a person must look at; `line` is its row in the file, headers being row 1."""

    line: int
    problem: str
    label: str
    detail: str
    metres: float | None = None
    # Whether --accept-conflicts may write it: what cannot be read cannot be written.
    acceptable: bool = True

    @property
    def title(self) -> str:
        """What is wrong, in words for people."""
        return PROBLEMS[self.problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import would do."""

    new: tuple[Place, ...]
    changed: tuple[Place, ...]
    unchanged: int
    repeated: int
    conflicts: tuple[Conflict, ...]
    accepted: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """The gazetteer by what a row may share with it."""

    ids: dict[str, Place]
    plates: dict[str, list[Place]]
    names: dict[str, list[Place]]
    roads: frozenset[str]
    retired: frozenset[str]

    @classmethod
    def of(cls, gazetteer: Gazetteer, retired: frozenset[str]) -> "_Known":
        plates, names = defaultdict(list), defaultdict(list)
        roads = {road.name for road in gazetteer.roads if road.name}
        roads |= {alias.text for road in gazetteer.roads for alias in road.aliases}
        for place in gazetteer.places:
            if place.quality is Quality.D:
                continue
            if place.address:
                plates[place.address.text].append(place)
                roads.add(place.address.road)
            for name in (place.name, *(alias.text for alias in place.aliases)):
                if name:
                    names[name].append(place)
        ids = {place.id: place for place in gazetteer.places}
        return cls(ids, dict(plates), dict(names), frozenset(roads), retired)

    def same_as(self, place: Place) -> Place | None:
        """The place a row means: by its id, else by its plate, else by its name."""
        if place.id in self.ids:
            return self.ids[place.id]
        if place.address:
            there = self.plates.get(place.address.text, [])
            alike = [old for old in there if _alike(old, place)]
            return next(iter(sorted(alike, key=lambda old: old.name != place.name)), None)
        there = self.names.get(place.name or "", [])
        return there[0] if len(there) == 1 and there[0].address is None else None


def _alike(old: Place, new: Place) -> bool:
    """Whether two at one plate are one: there may be a shop and a school at the same door."""
    if new.name is None or new.name in {old.name, *(alias.text for alias in old.aliases)}:
        return True
    # A lane that had no name so far gets one; a door stays a door, whatever moves in.
    return old.name is None and old.kind is PlaceKind.COMPOUND and new.kind is old.kind


def plan(
    drafts: Iterable[Draft],
    gazetteer: Gazetteer,
    where: Where,
    *,
    retired: frozenset[str] = frozenset(),
) -> Plan:
    """Compare the rows with what is there; `retired` are the ids of places that have gone."""
    known = _Known.of(gazetteer, retired)
    new: list[Place] = []
    changed: list[Place] = []
    accepted: dict[str, Place] = {}
    conflicts: list[Conflict] = []
    unchanged = repeated = 0
    seen: dict[str, Place] = {}
    spots: dict[str, Place] = {}
    for draft in drafts:
        if draft.place is None:
            conflicts.append(
                Conflict(
                    line=draft.line,
                    problem=draft.problem or "empty",
                    label="",
                    detail=draft.detail,
                    acceptable=False,
                )
            )
            continue
        place, old = _settled(draft.place, known, where)
        if place.id in seen and draft.problem is None and _same(seen[place.id], place):
            repeated += 1
            continue
        found = _conflict(draft, place, old, known, where, seen.get(place.id), spots)
        seen.setdefault(place.id, place)
        if place.name:
            spots.setdefault(place.name, place)
        if found is not None:
            conflicts.append(found)
            accepted[place.id] = place
        elif old is None:
            new.append(place)
        elif _same(old, place):
            unchanged += 1
        else:
            changed.append(place)
    return Plan(
        new=tuple(new),
        changed=tuple(changed),
        unchanged=unchanged,
        repeated=repeated,
        conflicts=tuple(conflicts),
        accepted=tuple(accepted.values()),
    )


def _settled(place: Place, known: _Known, where: Where) -> tuple[Place, Place | None]:
    """The place with scope and town, and what the gazetteer knew of it besides."""
    old = known.same_as(place)
    if old is not None:
        merged = with_aliases(place, old.aliases)
        if old.name and place.name and old.name != place.name:
            # Found by another of its names: ours stays the first, theirs is kept.
            merged = replace(merged, name=old.name, aliases=old.aliases)
        place = replace(
            merged,
            id=old.id,
            name=merged.name or old.name,
            address=merged.address or old.address,
            kind=old.kind if _says_less(place.kind, old.kind) else place.kind,
            point=place.point or old.point,
            radius_m=place.radius_m if place.point else old.radius_m,
            quality=place.quality if place.point else old.quality,
            size_m=old.size_m,
            area_code=old.area_code,
            parent=old.parent,
            direction=old.direction,
            valid_from=old.valid_from,
            source=place.source if place.point else old.source,
        )
        if _same(old, replace(place, source=old.source)):
            place = replace(place, source=old.source)
    spot = where(place.point) if place.point else None
    if spot is None:
        return replace(place, scope=old.scope, town=old.town) if old else place, old
    return replace(place, scope=spot[0], town=spot[1]), old


def _says_less(told: PlaceKind, before: PlaceKind) -> bool:
    """Whether a table without a class of its own only guessed what we know better."""
    return told in {PlaceKind.POI, PlaceKind.DOORPLATE} and before is not told


def _same(old: Place, new: Place) -> bool:
    if old.point and new.point and distance_m(old.point, new.point) <= _SAME_M:
        new = replace(new, point=old.point, town=old.town, scope=old.scope)
    return replace(new, source=old.source) == old


def _conflict(
    draft: Draft,
    place: Place,
    old: Place | None,
    known: _Known,
    where: Where,
    before: Place | None,
    spots: dict[str, Place],
) -> Conflict | None:
    """The first thing that speaks against a row, the gravest before others."""

    def conflict(problem: str, detail: str, metres: float | None = None) -> Conflict:
        return Conflict(
            line=draft.line, problem=problem, label=place.label, detail=detail, metres=metres
        )

    if draft.problem:
        return conflict(draft.problem, draft.detail)
    if before is not None:
        return conflict("duplicate", "文件中前面的一行已经给出了不同的内容", _gap(before, place))
    if place.id in known.retired:
        return conflict("retired", "地名库里已撤销，接受后重新有效")
    if place.point and where(place.point) is None:
        return conflict("outside", "坐标在街道及周边 5 公里以外，请核对坐标系")
    if old is not None and (found := _disagrees(old, place)):
        return conflict(*found)
    if place.address and place.address.road not in known.roads:
        return conflict("unknown_road", f"地名库里没有“{place.address.road}”，请核对写法")
    others = [*known.names.get(place.name or "", ()), *_in_file(place, spots)]
    for other in others:
        gap = _gap(other, place)
        if other.id != place.id and gap is not None and gap > _reach(other, place):
            return conflict("same_name", f"{other.label} 在 {gap:.0f} 米外", gap)
    return None


def _disagrees(old: Place, new: Place) -> tuple[str, str, float | None] | None:
    gap = _gap(old, new)
    if old.address and new.address and old.address != new.address:
        return "same_id", f"地名库里是 {old.label}", gap
    if gap is not None and gap > _reach(old, new):
        return "moved", f"与地名库相差 {gap:.0f} 米（{old.source}）", gap
    return None


def _in_file(place: Place, spots: dict[str, Place]) -> Sequence[Place]:
    there = spots.get(place.name or "")
    return () if there is None else (there,)


def _gap(a: Place, b: Place) -> float | None:
    return distance_m(a.point, b.point) if a.point and b.point else None


def _reach(a: Place, b: Place) -> float:
    return max(a.radius_m, b.radius_m) + max(a.size_m, b.size_m)
