"""Which area covers a point: one point at once, or many in stages.

From the point a path leads along its row to below the sub-cell's corner column and then down to
the corner, whose label is known. Every edge of the leaf that the path crosses changes the label
(exclusive or with both areas beside it), so each shared edge is tested once and no candidate
areas are needed. A point on an edge is settled apart: the smallest label beside any edge it is
on, which is the smallest label of the closed areas that cover it (A-3).
"""

import numpy as np

from geo.compiling import kernel, prefetch
from geo.index_grid import (
    COLUMNS,
    HAS_BLOCK,
    HEIGHT,
    LOG2_MASK,
    PER_HEIGHT,
    PER_WIDTH,
    SOUTH,
    WEST,
    WIDTH,
    Floats,
    Ints,
    LongInts,
    column_of,
    is_in_frame,
    line_of,
    part_of,
    row_of,
)
from geo.predicates import is_on_edge, orientation, side

# Points per stage: their scratch stays in the first-level cache while loads are under way.
BLOCK = 512

# Rows of the scratch array: what was asked for, for which point, and its coarse cell's entry.
WANTED, POINT, ENTRY = range(3)

_NO_LABEL = 2**31 - 1


@kernel
def label_point(
    px: float, py: float, frame: Floats, root: LongInts, arena: Ints, ends: Floats, owners: Ints
) -> int:
    """Label of the area that covers a point; 0 when none does, or for NaN."""
    if not is_in_frame(px, py, frame):
        return 0
    entry = root[row_of(py, frame) * int(frame[COLUMNS]) + column_of(px, frame)]
    if not entry & HAS_BLOCK:
        return int(entry >> 8)
    position = part_position(px, py, entry, frame)
    value = arena[position]
    if value >= 0:
        return int(value)
    leaf = (entry >> 8) - value
    return label_in_leaf(px, py, leaf, entry, frame, arena, ends, owners)


@kernel
def part_position(px: float, py: float, entry: int, frame: Floats) -> int:
    """Where in the arena the entry of the point's sub-cell stands."""
    log2 = entry & LOG2_MASK
    x_part = part_of((px - frame[WEST]) * frame[PER_WIDTH], column_of(px, frame), 1 << log2)
    y_part = part_of((py - frame[SOUTH]) * frame[PER_HEIGHT], row_of(py, frame), 1 << log2)
    return (entry >> 8) + (y_part << log2) + x_part


@kernel
def label_in_leaf(
    px: float,
    py: float,
    leaf: int,
    entry: int,
    frame: Floats,
    arena: Ints,
    ends: Floats,
    owners: Ints,
) -> int:
    """Walk from the leaf's corner to the point."""
    parts = 1 << (entry & LOG2_MASK)
    column, row = column_of(px, frame), row_of(py, frame)
    x_part = part_of((px - frame[WEST]) * frame[PER_WIDTH], column, parts)
    y_part = part_of((py - frame[SOUTH]) * frame[PER_HEIGHT], row, parts)
    cx = line_of(frame[WEST], frame[WIDTH], column, x_part, parts)
    cy = line_of(frame[SOUTH], frame[HEIGHT], row, y_part, parts)
    label = arena[leaf]
    for k in range(leaf + 2, leaf + 2 + arena[leaf + 1]):
        edge = arena[k]
        ax, ay, bx, by = ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]
        # Half-open comparisons: a vertex at the point's height belongs to one of its two edges.
        spans_row = (ay > py) != (by > py)
        spans_column = (ax > cx) != (bx > cx)
        if spans_row:
            turn = orientation(ax, ay, bx, by, px, py)
            if turn == 0:
                return smallest_beside(px, py, leaf, arena, ends, owners)
            if turn != side(ax, ay, bx, by, cx, py):
                label ^= owners[edge, 0] ^ owners[edge, 1]
        elif py in (ay, by) and is_on_edge(ax, ay, bx, by, px, py):
            # A level edge, or an end at the point's height: whatever spans_column says.
            return smallest_beside(px, py, leaf, arena, ends, owners)
        if spans_column and side(ax, ay, bx, by, cx, py) != side(ax, ay, bx, by, cx, cy):
            label ^= owners[edge, 0] ^ owners[edge, 1]
    return int(label)


@kernel
def smallest_beside(
    px: float, py: float, leaf: int, arena: Ints, ends: Floats, owners: Ints
) -> int:
    """The rule for shared edges: the smallest label among the areas the point touches."""
    smallest = _NO_LABEL
    for k in range(leaf + 2, leaf + 2 + arena[leaf + 1]):
        edge = arena[k]
        if is_on_edge(ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3], px, py):
            smallest = min(smallest, owners[edge, 0])  # the smaller of the two, see `Edges`
    return smallest


@kernel
def label_points(
    lon: Floats,
    lat: Floats,
    labels: Ints,
    frame: Floats,
    root: LongInts,
    arena: Ints,
    ends: Floats,
    owners: Ints,
) -> None:
    """Label many points, in blocks of five short loops.

    Each loop only computes where the next one reads and asks for it, so the memory's delays of
    up to 512 points overlap instead of adding up.
    """
    scratch = np.empty((3, BLOCK), np.int64)
    flat_ends = ends.reshape(ends.size)
    flat_owners = owners.reshape(owners.size)
    for start in range(0, len(lon), BLOCK):
        size = min(BLOCK, len(lon) - start)
        found = _find_cells(lon, lat, labels, start, size, frame, root, scratch)
        found = _find_parts(lon, lat, labels, found, frame, root, arena, scratch)
        found = _find_leaves(labels, found, arena, scratch)
        for k in range(found):
            leaf = scratch[WANTED, k]
            for m in range(leaf + 2, leaf + 2 + min(arena[leaf + 1], 4)):
                prefetch(flat_ends, int(arena[m]) * 4)
                prefetch(flat_owners, int(arena[m]) * 2)
        for k in range(found):
            n, leaf, entry = scratch[POINT, k], scratch[WANTED, k], scratch[ENTRY, k]
            labels[n] = label_in_leaf(lon[n], lat[n], leaf, entry, frame, arena, ends, owners)


@kernel
def _find_cells(
    lon: Floats,
    lat: Floats,
    labels: Ints,
    start: int,
    size: int,
    frame: Floats,
    root: LongInts,
    scratch: LongInts,
) -> int:
    """Points outside the frame are done with label 0; for the others ask for the coarse cell."""
    columns = int(frame[COLUMNS])
    found = 0
    for n in range(start, start + size):
        px, py = lon[n], lat[n]
        labels[n] = 0
        if is_in_frame(px, py, frame):
            cell = row_of(py, frame) * columns + column_of(px, frame)
            prefetch(root, cell)
            scratch[WANTED, found] = cell
            scratch[POINT, found] = n
            found += 1
    return found


@kernel
def _find_parts(
    lon: Floats,
    lat: Floats,
    labels: Ints,
    found: int,
    frame: Floats,
    root: LongInts,
    arena: Ints,
    scratch: LongInts,
) -> int:
    """Coarse cells without edges are done; for the others ask for the sub-cell."""
    kept = 0
    for k in range(found):
        n, entry = scratch[POINT, k], root[scratch[WANTED, k]]
        labels[n] = entry >> 8
        if entry & HAS_BLOCK:
            position = part_position(lon[n], lat[n], entry, frame)
            prefetch(arena, position)
            scratch[WANTED, kept] = position
            scratch[POINT, kept] = n
            scratch[ENTRY, kept] = entry
            kept += 1
    return kept


@kernel
def _find_leaves(labels: Ints, found: int, arena: Ints, scratch: LongInts) -> int:
    """Sub-cells without edges are done; for the others ask for the leaf."""
    kept = 0
    for k in range(found):
        n, entry, value = scratch[POINT, k], scratch[ENTRY, k], arena[scratch[WANTED, k]]
        labels[n] = value
        if value < 0:
            leaf = (entry >> 8) - value
            prefetch(arena, leaf)
            scratch[WANTED, kept] = leaf
            scratch[POINT, kept] = n
            scratch[ENTRY, kept] = entry
            kept += 1
    return kept
