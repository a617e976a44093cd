"""What somebody may be about to type: names, addresses and crossings, by any of their spellings.

For the search field of the desk (A-3): Chinese, full pinyin, initials or a mixture, from the start
of a name or from its middle. Places of our street come first; nothing is guessed, every answer
contains what was typed. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.places import Gazetteer, PlaceKind
from geo.points import LonLat
from geo.suggest_entries import Entry, Ground, Text, entries_of
from geo.suggest_index import SuffixIndex, Way
from geo.suggest_text import Folded, asked_forms, folded_forms, tokens

__all__ = ["MOST", "Suggester", "Suggestion"]

MOST = 8
_KINDS = (
    "road", "crossing", PlaceKind.ESTATE, PlaceKind.COMPOUND, PlaceKind.VILLAGE, PlaceKind.POI,
    PlaceKind.GATE, PlaceKind.BUILDING, PlaceKind.DOORPLATE, PlaceKind.COMMUNITY, PlaceKind.TOWN,
    PlaceKind.DISTRICT, PlaceKind.ASSET,
)  # fmt: skip
_ORDER = {str(kind): at for at, kind in enumerate(_KINDS)}
# Nobody begins to type a number's unit.
_NO_START = frozenset("号弄")
# The order of answers, most important first, packed into one number per row.
_RING, _LOOSE, _INFIX, _LENGTH, _KIND = 1 << 52, 1 << 51, 1 << 50, 1 << 40, 1 << 32
_LONGEST = 1000
_FIRST_LOOK = 512

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One place somebody may mean.

    Attributes:
        key: as in `Found.key`.
        label: what the screen calls it, in the order in which it was typed.
        kind: road, crossing or a `PlaceKind`.
        point: None where only a name is known.
        radius_m: how far it may be from the point; for a road, half its length.
        in_ring: it is one of the places around us.
        town: whose it is then, where known.
        match: [start, end) of the label, in code points: what was typed.
    """

    key: str
    label: str
    kind: str
    point: LonLat | None
    radius_m: float
    in_ring: bool
    town: str | None
    match: tuple[int, int]


class Suggester:
    """The names of one gazetteer, indexed for typing; safe to share between threads."""

    __slots__ = ("_at", "_entries", "_entry", "_forms", "_index", "_rank", "_start", "_texts")

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._forms: list[Folded] = []
        self._texts: list[Text] = []
        rows: list[tuple[str, int, int, int]] = []
        for number, entry in enumerate(entries):
            for text in entry.texts:
                for form in folded_forms(text.written):
                    at = len(self._forms)
                    self._forms.append(form)
                    self._texts.append(text)
                    for start in form.word_starts():
                        if start and not _may_begin(text, form, start):
                            continue
                        rows.append((form.text[start:], at, start, number))
        rows.sort()
        self._index = SuffixIndex([row[0] for row in rows])
        self._at = np.array([row[1] for row in rows], dtype=np.int64)
        self._start = np.array([row[2] for row in rows], dtype=np.int64)
        self._entry = np.array([row[3] for row in rows], dtype=np.int64)
        lengths = np.array([len(form.text) for form in self._forms], dtype=np.int64)
        ring = np.array([entry.in_ring for entry in entries], dtype=np.int64)
        kind = np.array([_ORDER.get(entry.kind, len(_ORDER)) for entry in entries], dtype=np.int64)
        self._rank: Numbers = np.zeros(0, dtype=np.int64)
        if rows:
            self._rank = (
                ring[self._entry] * _RING
                + (self._start > 0) * _INFIX
                + np.minimum(lengths[self._at], _LONGEST) * _LENGTH
                + kind[self._entry] * _KIND
                + self._entry
            )

    @classmethod
    def of(cls, gazetteer: Gazetteer, grounds: Ground) -> "Suggester":
        """Index all that can be suggested; equal ranks fall in the order of the keys."""
        return cls(entries_of(gazetteer, grounds))

    def suggest(self, q: str, limit: int = MOST) -> tuple[Suggestion, ...]:
        """The places that contain what was typed, likeliest first; none for an empty text."""
        limit = max(0, min(limit, MOST))
        ways = [way for form in asked_forms(q) for way in self._index.ways(form)]
        chosen = self._best(ways, limit)
        if len(chosen) < limit:
            words = tokens(q)
            if len(words) > 1:
                taken = {int(self._entry[row]) for row, _ in chosen}
                extra = self._with_all(words, limit + len(taken))
                chosen += [one for one in extra if int(self._entry[one[0]]) not in taken]
        return tuple(self._suggestion(row, depth) for row, depth in chosen[:limit])

    def _best(self, ways: Sequence[Way], limit: int) -> list[tuple[int, int]]:
        """The best row of each of the best entries, with how much of it matched."""
        rows, keys, depths = self._ranked(ways)
        if not len(rows) or not limit:
            return []
        if len(rows) > _FIRST_LOOK:
            first = np.argpartition(keys, _FIRST_LOOK)[:_FIRST_LOOK]
            found = self._distinct(rows[first], keys[first], depths[first], limit)
            if len(found) == limit:
                return found
        return self._distinct(rows, keys, depths, limit)

    def _distinct(
        self, rows: Numbers, keys: Numbers, depths: Numbers, limit: int
    ) -> list[tuple[int, int]]:
        found: dict[int, tuple[int, int]] = {}
        for at in np.argsort(keys, kind="stable"):
            row = int(rows[at])
            found.setdefault(int(self._entry[row]), (row, int(depths[at])))
            if len(found) == limit:
                break
        return list(found.values())

    def _ranked(self, ways: Sequence[Way]) -> tuple[Numbers, Numbers, Numbers]:
        if not ways:
            none = np.zeros(0, dtype=np.int64)
            return none, none, none
        sizes = np.array([way.high - way.low for way in ways])
        rows = np.concatenate([np.arange(way.low, way.high) for way in ways])
        loose = np.repeat(np.array([way.loose for way in ways], dtype=np.int64), sizes)
        depths = np.repeat(np.array([way.depth for way in ways]), sizes)
        return rows, self._rank[rows] + loose * _LOOSE, depths

    def _with_all(self, words: Sequence[str], limit: int) -> list[tuple[int, int]]:
        """Entries that contain each of several words, ranked by the first of them."""
        ways = [self._index.ways(word) for word in words]
        common: Numbers | None = None
        for one in ways:
            entries = np.unique(self._entry[self._ranked(one)[0]])
            common = entries if common is None else np.intersect1d(common, entries)
        if common is None or not len(common):
            return []
        rows, keys, depths = self._ranked(ways[0])
        kept = np.isin(self._entry[rows], common)
        return self._distinct(rows[kept], keys[kept], depths[kept], limit)

    def _suggestion(self, row: int, depth: int) -> Suggestion:
        at, start = int(self._at[row]), int(self._start[row])
        text, entry = self._texts[at], self._entries[int(self._entry[row])]
        begin, end = self._forms[at].span(start, start + depth)
        return Suggestion(
            key=entry.key,
            label=text.label,
            kind=entry.kind,
            point=entry.point,
            radius_m=entry.radius_m,
            in_ring=entry.in_ring,
            town=entry.town,
            match=(text.shift + begin, text.shift + end),
        )


def _may_begin(text: Text, form: Folded, start: int) -> bool:
    if form.text[start] in _NO_START:
        return False
    return text.begin_before is None or form.starts[start] < text.begin_before
