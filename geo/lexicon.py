"""Every name the gazetteer knows, ready to be found in a text: exactly, by sound, by shape. Pure.

Names are looked up gazetteer-first, before any grammar: else 迎园路和政路 would be cut at 和. A
name that is only near the text must sound or look the same and keep its last sign (路, 坊, 园 …),
see `geocoding.md` 3.2 and 3.4.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from geo.places import Gazetteer, NameKind, Place, PlaceKind
from geo.readings import Tier
from geo.sounds import blurred, every_reading, reading, sound_key
from geo.text.normalise import BLANK, Normal, normal_form

__all__ = ["Lexicon", "Mention", "Ref"]

AREAS = frozenset({PlaceKind.COMMUNITY, PlaceKind.TOWN, PlaceKind.DISTRICT})
_BUILT_ON = frozenset({PlaceKind.BUILDING, PlaceKind.GATE})
_GENERIC = ("花园", "小区", "新村", "公寓", "苑", "别墅", "家园", "佳苑", "大厦")
# Signs that are taken for each other in handwriting and on small screens.
_SHAPES = (
    "墅野", "爱受", "梅海", "迎仰", "园圆团", "仓仑", "己已巳", "塔搭", "叶吐", "政攻", "成戌",
    "城诚", "汇江", "嘉喜", "珉民", "戬戳", "菜莱", "和租", "宁宇", "博搏", "泽择", "澄橙",
    "浏刘", "新薪", "宜宣", "沪泸", "东车", "里重", "舍合", "练炼", "祁祈", "茹菇", "环坏",
    "沙抄", "棋祺", "永水", "靖清",
)  # fmt: skip
_SHAPE_OF = {sign: group[0] for group in _SHAPES for sign in group}
_TIER_WEIGHT = {
    Tier.EXACT: 1.0,
    Tier.ALIAS: 0.98,
    Tier.PINYIN: 0.9,
    Tier.LOOK_ALIKE: 0.84,
    Tier.FUZZY: 0.78,
}
_LONGEST_NAME = 16
_CODE = re.compile(r"(?<!\d)\d{6,20}(?!\d)")
_Near = tuple[int, int, str, Tier]


@dataclass(frozen=True, slots=True)
class Ref:
    """What a name stands for: a road by its name, or a place by its id."""

    kind: str  # road, place, estate, area
    ref: str
    name: str  # the gazetteer's own name
    tier: Tier
    equal: float = 1.0  # share of signs written as the gazetteer has them


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the normal text, [start, end), and all it may stand for."""

    start: int
    end: int
    refs: tuple[Ref, ...]

    @property
    def tier(self) -> Tier:
        """The best way it was found."""
        return self.refs[0].tier

    def of(self, *kinds: str) -> tuple[Ref, ...]:
        """What it may stand for among these kinds."""
        return tuple(ref for ref in self.refs if ref.kind in kinds)


@dataclass(frozen=True, slots=True)
class _Entry:
    text: str
    kind: str
    ref: str
    name: str
    tier: Tier


class Lexicon:
    """The names of one gazetteer, indexed."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._by_text: dict[str, list[_Entry]] = defaultdict(list)
        for entry in _entries(gazetteer):
            # A name that is nothing but a filler (就是, 那个) has no form to be found by.
            if entry.text and entry not in self._by_text[entry.text]:
                self._by_text[entry.text].append(entry)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._by_blur: dict[str, list[str]] = defaultdict(list)
        self._by_shape: dict[str, list[str]] = defaultdict(list)
        self._grams: dict[str, list[str]] = defaultdict(list)
        for text in self._by_text:
            self._index(text)
        self._lengths = _lengths((text[0], len(text)) for text in self._by_text)
        sounds = ((k.split(" ", 1)[0], k.count(" ") + 1) for k in self._by_sound)
        blurs = ((k.split(" ", 1)[0], k.count(" ") + 1) for k in self._by_blur)
        shapes = ((k[0], len(k)) for k in self._by_shape)
        self._by_last = _lengths((text[-1], len(text)) for text in self._by_text if len(text) > 2)
        self._estates = {
            text.removesuffix("新村"): text
            for text, entries in self._by_text.items()
            if text.endswith("新村") and len(text) >= 4 and entries[0].kind == "estate"
        }
        self._estate_pattern = re.compile(rf"(?:{'|'.join(self._estates)})(?=\d{{1,3}}坊)")
        # How to look up each way: the index, the lengths by first key, the signs that must agree.
        self._tiers = {
            Tier.PINYIN: (self._by_sound, _lengths(sounds), 0.3),
            Tier.LOOK_ALIKE: (self._by_shape, _lengths(shapes), 0.5),
            Tier.FUZZY: (self._by_blur, _lengths(blurs), 0.5),
        }

    def _index(self, text: str) -> None:
        if len(text) >= 3:
            for syllables in every_reading(text):
                _put(self._by_sound, sound_key(syllables), text)
                _put(self._by_blur, sound_key([blurred(one) for one in syllables]), text)
            _put(self._by_shape, _shape(text), text)
        for gram in _grams(text):
            _put(self._grams, gram, text)

    def __contains__(self, name: str) -> bool:
        return normal_form(name) in self._by_text

    def unmasked(self, normal: Normal) -> Normal:
        """A text in which the codes we know (grids, assets) stay: they look like order numbers."""
        codes = [m for m in _CODE.finditer(normal.text) if m.group() in self._by_text]
        if not codes:
            return normal
        masked = list(normal.masked)
        for code in codes:
            masked[code.start() : code.end()] = code.group()
        return replace(normal, masked="".join(masked))

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """The names in a normal text that fit together best, in order, not overlapping."""
        hits: dict[tuple[int, int], Mention] = {}
        for start, end, name in self._of_estates(text):
            hits[start, end] = Mention(start, end, self._refs(name, Tier.ALIAS, 1.0))
        for start, end in self._exact(text):
            hits[start, end] = Mention(start, end, self._refs(text[start:end], None, 1.0))
        exact = sorted(hits)
        sounds = reading(text)
        for start, end, name, tier in self._near(text, sounds):
            if (start, end) in hits and hits[start, end].tier in (Tier.EXACT, Tier.ALIAS):
                continue
            if _holds_exact(exact, start, end):
                continue
            refs = self._refs(name, tier, _equal(text[start:end], name))
            old = hits.get((start, end))
            hits[start, end] = Mention(start, end, _joined(old.refs if old else (), refs))
        return _best(hits.values())

    def similar(self, text: str, most: int = 5) -> tuple[tuple[float, Ref], ...]:
        """Named places that share most of their sign pairs with the text, with that share."""
        counts: dict[str, int] = defaultdict(int)
        for gram in set(_grams(text)):
            for name in self._grams.get(gram, ()):
                counts[name] += 1
        rated = [(n / max(len(set(_grams(name))), 1), name) for name, n in counts.items()]
        best = sorted((r for r in rated if r[0] >= 0.6 and len(r[1]) >= 4), reverse=True)[:most]
        return tuple(
            (share, Ref(e.kind, e.ref, e.name, Tier.SIMILAR, share))
            for share, name in best
            for e in self._by_text[name]
            if e.kind in ("place", "estate")
        )

    def _exact(self, text: str) -> Iterator[tuple[int, int]]:
        for at, sign in enumerate(text):
            for length in self._lengths.get(sign, ()):
                if at + length <= len(text) and text[at : at + length] in self._by_text:
                    # 3村 must not be found in 13村: a name that begins with a digit stands alone.
                    if sign.isdigit() and at and text[at - 1].isdigit():
                        continue
                    yield at, at + length

    def _of_estates(self, text: str) -> Iterator[tuple[int, int, str]]:
        """迎园3坊 is said for 迎园新村3坊; 迎园 alone is nothing."""
        if self._estates:
            for match in self._estate_pattern.finditer(text):
                yield match.start(), match.end(), self._estates[match.group()]

    def _near(self, text: str, sounds: list[str]) -> Iterator[_Near]:
        keys = {
            Tier.PINYIN: sounds,
            Tier.LOOK_ALIKE: _shape(text),
            Tier.FUZZY: [blurred(one) for one in sounds],
        }
        # A name that is only near keeps its last sign, so only these windows are looked up.
        windows = [
            (at + 1 - length, at + 1)
            for at, sign in enumerate(text)
            for length in self._by_last.get(sign, ())
            if length <= at + 1 and text[at + 1 - length] != BLANK
        ]
        for tier, units in keys.items():
            index, lengths, least = self._tiers[tier]
            for at, end in windows:
                if end - at in lengths.get(units[at], ()):
                    window = units[at:end]
                    key = window if isinstance(window, str) else sound_key(window)
                    for name in index.get(key, ()):
                        if _may_stand_for(text[at:end], name, least):
                            yield at, end, name, tier

    def _refs(self, text: str, tier: Tier | None, equal: float) -> tuple[Ref, ...]:
        found = [Ref(e.kind, e.ref, e.name, tier or e.tier, equal) for e in self._by_text[text]]
        return tuple(sorted(found, key=lambda ref: -_TIER_WEIGHT[ref.tier]))


def _entries(gazetteer: Gazetteer) -> Iterator[_Entry]:
    roads = dict.fromkeys(road.name for road in gazetteer.roads if road.name)
    roads |= dict.fromkeys(p.address.road for p in gazetteer.places if p.address)
    for name in roads:
        yield _Entry(normal_form(name), "road", name, name, Tier.EXACT)
    for name in gazetteer.ours:
        yield _Entry(normal_form(name), "area", f"ours:{name}", name, Tier.EXACT)
    for road in gazetteer.roads:
        for alias in road.aliases:
            if road.name:
                yield _Entry(normal_form(alias.text), "road", road.name, road.name, Tier.ALIAS)
    for place in gazetteer.places:
        if place.kind not in _BUILT_ON:
            yield from _entries_of(place)
        if place.area_code and place.scope == "in":
            shown = place.name or place.area_code
            yield _Entry(place.area_code, "area", place.id, shown, Tier.EXACT)


def _entries_of(place: Place) -> Iterator[_Entry]:
    kind = "area" if place.kind in AREAS else "place"
    if place.kind is PlaceKind.ESTATE:
        kind = "estate"
    shown = place.name or place.label
    if place.name:
        yield _Entry(normal_form(place.name), kind, place.id, shown, Tier.EXACT)
        if kind == "place" and (short := _without_generic(place.name)):
            yield _Entry(normal_form(short), kind, place.id, shown, Tier.ALIAS)
    for alias in place.aliases:
        tier = Tier.EXACT if alias.kind is NameKind.OFFICIAL else Tier.ALIAS
        if len(alias.text) >= 2:
            yield _Entry(normal_form(alias.text), kind, place.id, shown, tier)


def _without_generic(name: str) -> str | None:
    for tail in _GENERIC:
        if name.endswith(tail) and len(name) - len(tail) >= 3:
            return name[: -len(tail)]
    return None


def _may_stand_for(written: str, name: str, least: float) -> bool:
    """Whether a near miss is near enough: same last sign, same digits, enough signs equal."""
    if len(written) != len(name) or written == name or written[-1] != name[-1]:
        return False
    for a, b in zip(written, name, strict=True):
        if a != b and (a.isdigit() or b.isdigit() or a == BLANK):
            return False
    return _equal(written, name) >= least


def _equal(written: str, name: str) -> float:
    return sum(a == b for a, b in zip(written, name, strict=True)) / len(name)


def _holds_exact(exact: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a longer window holds a name written as it is; such a name is not reread."""
    return any(start <= s and e <= end and (s, e) != (start, end) and e - s >= 3 for s, e in exact)


def _joined(old: tuple[Ref, ...], new: tuple[Ref, ...]) -> tuple[Ref, ...]:
    known = {(ref.kind, ref.ref) for ref in old}
    both = [*old, *(ref for ref in new if (ref.kind, ref.ref) not in known)]
    return tuple(sorted(both, key=lambda ref: -_TIER_WEIGHT[ref.tier]))


def _best(hits: Iterable[Mention]) -> tuple[Mention, ...]:
    """Weighted interval scheduling: long names first, and what is written before what sounds."""
    ordered = sorted(hits, key=lambda m: (m.end, m.start))
    best: list[tuple[float, int, Mention | None]] = [(0.0, -1, None)]
    ends = [0]
    for hit in ordered:
        before = len(ends) - 1
        while before and ends[before] > hit.start:
            before -= 1
        worth = best[before][0] + _TIER_WEIGHT[hit.tier] * (hit.end - hit.start - 0.5)
        if worth > best[-1][0]:
            best.append((worth, before, hit))
            ends.append(hit.end)
    chosen: list[Mention] = []
    at = len(best) - 1
    while at > 0:
        _, before, mention = best[at]
        if mention is not None:
            chosen.append(mention)
        at = before
    return tuple(reversed(chosen))


def _shape(text: str) -> str:
    return "".join(_SHAPE_OF.get(sign, sign) for sign in text)


def _grams(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(len(text) - 1)]


def _put(index: dict[str, list[str]], key: str, text: str) -> None:
    if text not in index[key]:
        index[key].append(text)


def _lengths(pairs: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = defaultdict(set)
    for first, length in pairs:
        if length <= _LONGEST_NAME:
            found[first].add(length)
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}
