"""All names from every sign on, sorted, and walked by character, syllable or initial. Pure.

The sorted rows are a tree whose branches are ranges; only the branches that were walked are kept.
So 和政路, hezhenglu, hzl, 和zheng and hez路 take one and the same way, and a character may be read
in any of its readings (弄: nong, long).
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.sounds import readings

__all__ = ["Branch", "SuffixIndex", "Way", "consumed"]

Rows = NDArray[np.int64]

_DEEPEST = 48
# What one question may walk: far beyond any name, and the bound for hostile ones.
_MOST_STEPS = 4_000
_MOST_KEPT = 60_000
_DOUBLE = ("zh", "ch", "sh")
_MUTE = "\U0010ffff"
# Read both ways here as a matter of course; elsewhere the first reading is the usual one.
_COMMON_TWO = frozenset("弄长乐行重厦朝单车会石校")


@dataclass(frozen=True, slots=True)
class Branch:
    """Rows [low, high) that have the same first `depth` signs."""

    low: int
    high: int
    depth: int


@dataclass(frozen=True, slots=True)
class Way:
    """Rows whose first `depth` signs match; `loose` when by initials or a rarer reading."""

    low: int
    high: int
    depth: int
    loose: bool


class SuffixIndex:
    """Sorted rows of text; what a row belongs to is the owner's business."""

    __slots__ = ("_children", "_root", "_rows")

    def __init__(self, rows: Sequence[str]) -> None:
        """Rows must be sorted and not empty."""
        self._rows = rows
        self._root = Branch(0, len(rows), 0)
        self._children: dict[Branch, dict[str, list[tuple[str, Branch]]]] = {}
        if rows:
            self._branches(self._root)

    def ways(self, asked: str) -> list[Way]:
        """All ranges of rows that begin with what was asked, the exact ones first."""
        if not asked or not self._rows:
            return []
        found: dict[tuple[int, int], Way] = {}
        stack = [(self._root, 0, False)]
        seen: set[tuple[Branch, int, bool]] = set()
        steps = 0
        while stack and steps < _MOST_STEPS:
            steps += 1
            branch, at, loose = stack.pop()
            if at == len(asked):
                before = found.get((branch.low, branch.high))
                if before is None or (before.loose and not loose):
                    found[branch.low, branch.high] = Way(
                        branch.low, branch.high, branch.depth, loose
                    )
                continue
            for sign, child in self._branches(branch).get(asked[at], ()):
                for length, free in consumed(sign, asked, at):
                    state = (child, at + length, loose or free)
                    if state not in seen:
                        seen.add(state)
                        stack.append(state)
        return sorted(found.values(), key=lambda way: (way.loose, way.low, way.high))

    def _branches(self, branch: Branch) -> dict[str, list[tuple[str, Branch]]]:
        """The next signs, by the letter or sign somebody may type for them."""
        kept = self._children.get(branch)
        if kept is not None:
            return kept
        found: dict[str, list[tuple[str, Branch]]] = {}
        for sign, child in self._split(branch):
            firsts = {sign} | {reading[0] for reading in readings(sign) if reading}
            for first in firsts:
                found.setdefault(first, []).append((sign, child))
        if len(self._children) >= _MOST_KEPT:
            self._children.clear()
        self._children[branch] = found
        return found

    def _split(self, branch: Branch) -> Iterator[tuple[str, Branch]]:
        rows, depth, low = self._rows, branch.depth, branch.low
        if depth >= _DEEPEST:
            return
        while low < branch.high:
            row = rows[low]
            if len(row) <= depth:
                low = bisect_right(rows, row, low, branch.high)  # they end here
                continue
            sign = row[depth]
            high = bisect_left(rows, row[: depth + 1] + _MUTE, low, branch.high)
            yield sign, Branch(low, high, depth + 1)
            low = high


def consumed(sign: str, asked: str, at: int) -> list[tuple[int, bool]]:
    """How many letters of what was asked may stand for a sign, and whether that is a loose match.

    >>> consumed("政", "zhenglu", 0)
    [(5, False), (1, True), (2, True)]
    """
    if asked[at] == sign:
        return [(1, False)]
    if not ("a" <= asked[at] <= "z"):
        return []
    found: dict[int, bool] = {}
    rest = len(asked) - at
    for number, reading in enumerate(readings(sign)):
        if not reading.isascii() or reading[0] != asked[at]:
            continue
        rare = number > 0 and sign not in _COMMON_TWO
        if asked.startswith(reading, at):
            found[len(reading)] = found.get(len(reading), True) and rare
        elif rest < len(reading) and reading.startswith(asked[at:]):
            # The last syllable is still being typed.
            found[rest] = found.get(rest, True) and rare
        if len(reading) > 1:
            found.setdefault(1, True)
            if reading[:2] in _DOUBLE and asked.startswith(reading[:2], at):
                found.setdefault(2, True)
    return list(found.items())
