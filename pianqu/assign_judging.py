"""Cells in, verdict cells out: what every file format of `pianqu assign` has in common."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from cases.words import REASON

if TYPE_CHECKING:
    from boundaries.batch import BatchAnswer

Floats = NDArray[np.float64]
Decide = Callable[[Floats, Floats, str, Floats], "BatchAnswer"]
Verdict = tuple[str | None, str | None, str | None, str | None, str, str | None, float | None, str]

VERDICT_COLUMNS = ("片区编号", "片区", "网格编号", "网格", "判定", "原因", "误差米", "版本")
CHUNK = 10_000

_STATUS = {
    "assigned": "已定网格",
    "boundary_review": "边界待定",
    "out_of_area": "非本片区",
    "no_location": "待确认位置",
}
_UNDECIDED = "未判定"
_BAD_ACCURACY = "误差不是有效数字"


class UnusableFile(Exception):
    """The file cannot be read or written as asked; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the numbers stand: names of columns; without `accuracy` it counts as unstated."""

    lon: str
    lat: str
    accuracy: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Decides rows of raw cells under one declared datum; `names` gives a code its name."""

    crs: str
    decide: Decide
    names: Mapping[str, str] = field(default_factory=dict)

    def verdicts(
        self, lon: Sequence[object], lat: Sequence[object], accuracy: Sequence[object]
    ) -> list[Verdict]:
        """One verdict for each row; a row that cannot be decided says why instead."""
        stated = _numbers(accuracy)
        unusable = np.isinf(stated) | (stated < 0)
        answer = self.decide(
            _numbers(lon), _numbers(lat), self.crs, np.where(unusable, np.nan, stated)
        )
        return [
            (None, None, None, None, _UNDECIDED, _BAD_ACCURACY, None, answer.edition)
            if unusable[at]
            else self._verdict(answer, at)
            for at in range(len(stated))
        ]

    def _verdict(self, answer: "BatchAnswer", at: int) -> Verdict:
        sector, community = answer.sector[at], answer.community[at]
        reason = answer.reason_code[at]
        return (
            sector,
            self.names.get(sector, sector) if sector else None,
            community,
            self.names.get(community, community) if community else None,
            _STATUS[answer.status[at]],
            REASON.get(reason, reason) if reason else None,
            answer.radius_m[at],
            answer.edition,
        )


def column_names(taken: Sequence[object], wanted: Sequence[str] = VERDICT_COLUMNS) -> list[str]:
    """Our column names, numbered where the file has such a column already."""
    names = []
    for name in wanted:
        candidate, number = name, 2
        while candidate in taken:
            candidate, number = f"{name}_{number}", number + 1
        names.append(candidate)
    return names


def position(columns: Sequence[object], wanted: str, source: object) -> int:
    """Where a column stands; UnusableFile names those there are."""
    if wanted not in columns:
        there = "、".join(str(column) for column in columns)
        raise UnusableFile(f"{source} has no column {wanted}; it has {there}")
    return list(columns).index(wanted)


Item = TypeVar("Item")


def chunks(rows: Iterator[Item]) -> Iterator[list[Item]]:
    """The rows, some thousands at a time."""
    chunk: list[Item] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _numbers(cells: Sequence[object]) -> Floats:
    return np.array([_number(cell) for cell in cells], dtype=np.float64)


def _number(cell: object) -> float:
    """NaN for an empty cell, infinity for one that holds no number."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return np.nan
    # Python reads 1_2 as a number, and True as 1; a person who writes it means something else.
    if isinstance(cell, bool) or "_" in str(cell):
        return np.inf
    try:
        number = float(str(cell))
    except ValueError:
        return np.inf
    return np.inf if np.isnan(number) else number
