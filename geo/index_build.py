"""Fills the two levels of the point index with edges and corner labels.

The label of a cell's lower-left corner is found by walking: crossing an edge turns the label of
one of its areas into that of the other, which is an exclusive or with both. Walking up the
left side and then along each row gives all corners in one pass over edges and cells.
"""

import numpy as np

from geo.compiling import kernel
from geo.index_grid import HAS_BLOCK, Floats, Grid, Ints, LongInts, count_parts, line_of
from geo.predicates import side

Ends = tuple[float, float, float, float]  # ax, ay, bx, by


def fill_grid(ends: Floats, owners: Ints, grid: Grid) -> tuple[LongInts, Ints]:
    """Build both levels: the coarse cells' entries and the arena of sub-cell blocks.

    A block is parts x parts entries: the label of a sub-cell without edges, or minus the
    distance to its leaf. A leaf is the label of the sub-cell's corner, the number of its edges
    and their numbers.
    """
    return _fill_grid(ends, owners, *grid)


@kernel
def _fill_grid(
    ends: Floats,
    owners: Ints,
    frame: Floats,
    x_lines: Floats,
    y_lines: Floats,
    slack: float,
    most_parts: int,
) -> tuple[LongInts, Ints]:
    columns, rows = len(x_lines) - 1, len(y_lines) - 1
    everything = np.arange(len(ends)).astype(np.int32)
    first = np.zeros(columns * rows + 1, np.int64)
    count_edges(ends, everything, x_lines, y_lines, slack, first[1:])
    first = np.cumsum(first)
    members = np.empty(first[-1], np.int32)
    list_edges(ends, everything, x_lines, y_lines, slack, first[:-1].copy(), members)
    labels = np.zeros(columns * rows, np.int32)
    label_corners(ends, owners, everything, x_lines, y_lines, labels)

    root = labels.astype(np.int64) << 8
    size = 0
    counts = np.empty(most_parts * most_parts, np.int64)
    for cell in range(len(root)):
        inside = members[first[cell] : first[cell + 1]]
        if len(inside) > 0:
            parts = count_parts(len(inside), most_parts)
            root[cell] = (size << 8) | HAS_BLOCK | _log2(parts)
            xs, ys = _part_lines(cell, columns, parts, frame)
            size += _block_size(ends, inside, xs, ys, slack, counts[: parts * parts])
    arena = np.empty(size, np.int32)
    for cell in range(len(root)):
        if root[cell] & HAS_BLOCK:
            inside = members[first[cell] : first[cell + 1]]
            xs, ys = _part_lines(cell, columns, count_parts(len(inside), most_parts), frame)
            block = arena[root[cell] >> 8 :]
            _fill_block(ends, owners, inside, xs, ys, slack, labels[cell], block)
    return root, arena


@kernel
def _log2(parts: int) -> int:
    exponent = 0
    while (1 << exponent) < parts:
        exponent += 1
    return exponent


@kernel
def _part_lines(cell: int, columns: int, parts: int, frame: Floats) -> tuple[Floats, Floats]:
    column, row = cell % columns, cell // columns
    xs, ys = np.empty(parts + 1), np.empty(parts + 1)
    for part in range(parts + 1):
        xs[part] = line_of(frame[0], frame[4], column, part, parts)
        ys[part] = line_of(frame[1], frame[5], row, part, parts)
    return xs, ys


@kernel
def _block_size(
    ends: Floats, members: Ints, xs: Floats, ys: Floats, slack: float, counts: LongInts
) -> int:
    counts[:] = 0
    count_edges(ends, members, xs, ys, slack, counts)
    size = len(counts)
    for part in range(len(counts)):
        if counts[part] > 0:
            size += 2 + counts[part]
    return size


@kernel
def _fill_block(
    ends: Floats,
    owners: Ints,
    members: Ints,
    xs: Floats,
    ys: Floats,
    slack: float,
    corner: int,
    block: Ints,
) -> None:
    parts = (len(xs) - 1) * (len(ys) - 1)
    positions = np.zeros(parts, np.int64)
    count_edges(ends, members, xs, ys, slack, positions)
    labels = np.zeros(parts, np.int32)
    labels[0] = corner
    label_corners(ends, owners, members, xs, ys, labels)
    leaf = parts
    for part in range(parts):
        count = positions[part]
        block[part] = labels[part]
        if count > 0:
            block[part] = -leaf
            block[leaf] = labels[part]
            block[leaf + 1] = count
            positions[part] = leaf + 2
            leaf += 2 + count
    list_edges(ends, members, xs, ys, slack, positions, block)


@kernel
def count_edges(
    ends: Floats, members: Ints, xs: Floats, ys: Floats, slack: float, counts: LongInts
) -> None:
    """Add to `counts`, for every cell between the lines, the edges that may touch it."""
    columns = len(xs) - 1
    for edge in members:
        end = _ends_of(ends, edge)
        left, right, low, high = _reach(end, xs, ys, slack)
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                if _may_touch(end, xs, ys, column, row, slack):
                    counts[row * columns + column] += 1


@kernel
def list_edges(
    ends: Floats,
    members: Ints,
    xs: Floats,
    ys: Floats,
    slack: float,
    positions: LongInts,
    target: Ints,
) -> None:
    """Write edges into `target` at each cell's position, which moves on with every edge."""
    columns = len(xs) - 1
    for edge in members:
        end = _ends_of(ends, edge)
        left, right, low, high = _reach(end, xs, ys, slack)
        for row in range(low, high + 1):
            for column in range(left, right + 1):
                if _may_touch(end, xs, ys, column, row, slack):
                    cell = row * columns + column
                    target[positions[cell]] = edge
                    positions[cell] += 1


@kernel
def _ends_of(ends: Floats, edge: int) -> Ends:
    return ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]


@kernel
def _reach(end: Ends, xs: Floats, ys: Floats, slack: float) -> tuple[int, int, int, int]:
    """First and last column, first and last row that an edge's own box meets."""
    left = _cell_at(min(end[0], end[2]) - slack, xs)
    right = _cell_at(max(end[0], end[2]) + slack, xs)
    low = _cell_at(min(end[1], end[3]) - slack, ys)
    high = _cell_at(max(end[1], end[3]) + slack, ys)
    return left, right, low, high


@kernel
def _cell_at(value: float, lines: Floats) -> int:
    cells = len(lines) - 1
    width = (lines[cells] - lines[0]) / cells
    return int(min(max((value - lines[0]) / width, 0.0), cells - 1.0))


@kernel
def _may_touch(end: Ends, xs: Floats, ys: Floats, column: int, row: int, slack: float) -> bool:
    """False only when the edge surely misses the cell widened by the slack."""
    ax, ay, bx, by = end
    west, east = xs[column] - slack, xs[column + 1] + slack
    south, north = ys[row] - slack, ys[row + 1] + slack
    if max(ax, bx) < west or min(ax, bx) > east or max(ay, by) < south or min(ay, by) > north:
        return False
    dx, dy = bx - ax, by - ay
    a = dx * (south - ay) - dy * (west - ax)
    b = dx * (south - ay) - dy * (east - ax)
    c = dx * (north - ay) - dy * (west - ax)
    d = dx * (north - ay) - dy * (east - ax)
    # Rounding shifts the edge by some 1e-15 of the largest coordinate, far less than the slack.
    return bool(min(a, b, c, d) <= 0.0 and max(a, b, c, d) >= 0.0)


@kernel
def label_corners(
    ends: Floats, owners: Ints, members: Ints, xs: Floats, ys: Floats, labels: Ints
) -> None:
    """Fill in the labels of all cells' lower-left corners; labels[0] is known beforehand."""
    columns, rows = len(xs) - 1, len(ys) - 1
    for edge in members:
        change = owners[edge, 0] ^ owners[edge, 1]
        end = _ends_of(ends, edge)
        _mark_left_side(end, change, xs[0], ys, columns, labels)
        _mark_rows(end, change, xs, ys, labels)
    for row in range(rows):
        start = row * columns
        if row > 0:
            labels[start] ^= labels[start - columns]
        for cell in range(start + 1, start + columns):
            labels[cell] ^= labels[cell - 1]


@kernel
def _mark_left_side(
    end: Ends, change: int, x: float, ys: Floats, columns: int, labels: Ints
) -> None:
    """Note an edge that crosses the left side at the first corner above it."""
    if (end[0] > x) == (end[2] > x):
        return
    before = side(*end, x, ys[0])
    for row in range(1, len(ys) - 1):
        if side(*end, x, ys[row]) != before:
            labels[row * columns] ^= change
            return


@kernel
def _mark_rows(end: Ends, change: int, xs: Floats, ys: Floats, labels: Ints) -> None:
    """Note an edge that crosses row lines at the first corner right of each crossing."""
    ax, ay, bx, by = end
    columns, rows = len(xs) - 1, len(ys) - 1
    right_side = -1 if by > ay else 1
    first_row = max(_cell_at(min(ay, by), ys) - 1, 0)
    last_row = min(_cell_at(max(ay, by), ys) + 1, rows - 1)
    for row in range(first_row, last_row + 1):
        y = ys[row]
        if (ay > y) == (by > y) or side(*end, xs[0], y) == right_side:
            continue
        column = _cell_at(ax + (y - ay) / (by - ay) * (bx - ax), xs)  # a guess, made sure below
        while column > 0 and side(*end, xs[column], y) == right_side:
            column -= 1
        column += 1
        while column < columns and side(*end, xs[column], y) != right_side:
            column += 1
        if column < columns:
            labels[row * columns + column] ^= change
