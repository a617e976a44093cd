"""The frame of the point index: how a coordinate becomes a cell, and a cell line a coordinate.

A coarse grid lies over the bounding box; a coarse cell with edges is cut into parts x parts
sub-cells. A rounded cell number may be off by one at a line. That is harmless, because every
cell lists the edges of a slightly larger box (`Grid.slack`). What must agree to the last bit
between build and query are the cell *corners*: `line_at` is the only place that computes them.
"""

from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from geo.compiling import kernel

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
LongInts = npt.NDArray[np.int64]
Number = TypeVar("Number", float, Floats)

# Positions in the frame array, which kernels get instead of a dozen arguments.
WEST, SOUTH, EAST, NORTH, WIDTH, HEIGHT, PER_WIDTH, PER_HEIGHT, COLUMNS, ROWS = range(10)

EDGES_PER_CELL = 24.0  # of a coarse cell, on average
EDGES_PER_PART = 0.25  # of a sub-cell; measured knee between memory and speed
MOST_PARTS = 128

# A coarse cell's entry: label << 8, or position << 8 | HAS_BLOCK | log2(parts).
HAS_BLOCK = 128
LOG2_MASK = 127

_ROUNDING = 1e-12  # of the largest coordinate: some hundred times what cell arithmetic loses


class Grid(NamedTuple):
    """The coarse grid: its frame, its lines and the slack around each cell."""

    frame: Floats
    x_lines: Floats
    y_lines: Floats
    slack: float
    most_parts: int


def lay_grid(edges: Floats) -> Grid:
    """Choose the coarse grid for these edges (rows of ax, ay, bx, by)."""
    xs, ys = edges[:, 0::2], edges[:, 1::2]
    west, east, south, north = (float(v) for v in (xs.min(), xs.max(), ys.min(), ys.max()))
    largest = max(abs(west), abs(east), abs(south), abs(north))
    slack = _ROUNDING * largest
    margin = max(1e-9 * max(east - west, north - south), slack)
    west, south, east, north = west - margin, south - margin, east + margin, north + margin

    wide, high = east - west, north - south
    cells = max(len(edges) / EDGES_PER_CELL, 4.0)
    columns = _cut(np.sqrt(cells * wide / high), wide, slack)
    rows = _cut(cells / columns, high, slack)
    width, height = wide / columns, high / rows
    frame = np.array(
        [west, south, east, north, width, height, 1.0 / width, 1.0 / height, columns, rows]
    )
    return Grid(
        frame=frame,
        x_lines=np.array([line_at(west, width, i, 0, 1) for i in range(columns + 1)]),
        y_lines=np.array([line_at(south, height, j, 0, 1) for j in range(rows + 1)]),
        slack=slack,
        most_parts=_largest_power_of_two(min(width, height) / (4.0 * slack)),
    )


def _cut(wanted: float, length: float, slack: float) -> int:
    """Number of cells along a side: as wanted, but none thinner than its own slack."""
    return max(int(min(wanted, length / (4.0 * slack))), 1)


def _largest_power_of_two(limit: float) -> int:
    parts = 1
    while parts * 2 <= min(limit, MOST_PARTS):
        parts *= 2
    return parts


def line_at(low: float, step: float, cell: Number, part: Number, parts: Number) -> Number:
    """Coordinate of line `part` of `parts` in a cell, along one axis."""
    start = low + cell * step
    return start + part * ((low + (cell + 1) * step - start) / parts)


line_of = kernel(line_at)


@kernel
def count_parts(edges: int, most_parts: int) -> int:
    """Into how many parts a side of a coarse cell with so many edges is cut (a power of two)."""
    parts = 1
    while parts < most_parts and parts * parts * EDGES_PER_PART < edges:
        parts *= 2
    return parts


@kernel
def is_in_frame(px: float, py: float, frame: Floats) -> bool:
    """Whether a point lies in the bounding box; false for NaN and infinity."""
    west, south, east, north = frame[WEST], frame[SOUTH], frame[EAST], frame[NORTH]
    return bool(px >= west and px <= east and py >= south and py <= north)


@kernel
def column_of(px: float, frame: Floats) -> int:
    """Coarse column of a point inside the frame."""
    return min(int((px - frame[WEST]) * frame[PER_WIDTH]), int(frame[COLUMNS]) - 1)


@kernel
def row_of(py: float, frame: Floats) -> int:
    """Coarse row of a point inside the frame."""
    return min(int((py - frame[SOUTH]) * frame[PER_HEIGHT]), int(frame[ROWS]) - 1)


@kernel
def part_of(position: float, cell: int, parts: int) -> int:
    """Sub-cell number along one axis, from the position in units of coarse cells."""
    return min(int((position - cell) * parts), parts - 1)
