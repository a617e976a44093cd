"""The index query by numpy alone: slower, written apart from the kernels, for comparison.

It reads the same tables and takes the same path (see `index_query`), for all points and all
edges of their leaves at once.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from geo.index_grid import HAS_BLOCK, LOG2_MASK, Floats, Ints, LongInts, line_at
from geo.predicates import FILTER, SCALE, UNDERFLOW

Flags = npt.NDArray[np.bool_]

CHUNK = 100_000  # more, and the temporary arrays leave the processor's cache

_SPLITTER = 2.0**27 + 1.0


class _Pairs(NamedTuple):
    """One row per pair of a point in a leaf and an edge of that leaf."""

    point: LongInts
    edge: Ints
    ax: Floats
    ay: Floats
    bx: Floats
    by: Floats
    px: Floats
    py: Floats
    cx: Floats
    cy: Floats


def label_points_plainly(
    lon: Floats,
    lat: Floats,
    frame: Floats,
    root: LongInts,
    arena: Ints,
    ends: Floats,
    owners: Ints,
) -> Ints:
    """Labels of many points; the same arguments as `index_query.label_points`."""
    tables = (frame, root, arena, ends, owners)
    chunks = [
        _label_chunk(lon[start : start + CHUNK], lat[start : start + CHUNK], *tables)
        for start in range(0, len(lon), CHUNK)
    ]
    return np.concatenate([np.empty(0, np.int32), *chunks])


def _label_chunk(
    lon: Floats,
    lat: Floats,
    frame: Floats,
    root: LongInts,
    arena: Ints,
    ends: Floats,
    owners: Ints,
) -> Ints:
    west, south, east, north, width, height, per_width, per_height, columns, rows = frame
    labels = np.zeros(len(lon), np.int32)
    inside = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    px, py = lon[inside], lat[inside]
    across, up = (px - west) * per_width, (py - south) * per_height
    column, row = _whole(across, columns), _whole(up, rows)
    entry = root[(row * columns + column).astype(np.int64)]

    in_block = np.flatnonzero(entry & HAS_BLOCK)
    labels[inside] = entry >> 8
    inside, px, py, entry = inside[in_block], px[in_block], py[in_block], entry[in_block]
    column, row = column[in_block], row[in_block]
    log2 = entry & LOG2_MASK
    parts = np.left_shift(1, log2).astype(np.float64)
    x_part = _whole((across[in_block] - column) * parts, parts)
    y_part = _whole((up[in_block] - row) * parts, parts)
    value = arena[(entry >> 8) + (y_part * parts + x_part).astype(np.int64)]
    labels[inside] = value

    in_leaf = np.flatnonzero(value < 0)
    leaf = (entry[in_leaf] >> 8) - value[in_leaf]
    corner_x = line_at(west, width, column, x_part, parts)[in_leaf]
    corner_y = line_at(south, height, row, y_part, parts)[in_leaf]
    pairs = _pair_up(px[in_leaf], py[in_leaf], corner_x, corner_y, leaf, arena, ends)
    labels[inside[in_leaf]] = _walk(pairs, arena[leaf], owners)
    return labels


def _whole(position: Floats, count: Floats | float) -> Floats:
    """Number of the cell that a position in units of cells falls into."""
    return np.minimum(np.floor(position), count - 1)


def _pair_up(
    px: Floats,
    py: Floats,
    corner_x: Floats,
    corner_y: Floats,
    leaf: LongInts,
    arena: Ints,
    ends: Floats,
) -> _Pairs:
    counts = arena[leaf + 1]
    point = np.repeat(np.arange(len(leaf)), counts)
    step = np.arange(len(point)) - np.repeat(np.cumsum(counts) - counts, counts)
    edge = arena[leaf[point] + 2 + step]
    ax, ay, bx, by = ends[edge].T
    return _Pairs(
        point, edge, ax, ay, bx, by, px[point], py[point], corner_x[point], corner_y[point]
    )


def _walk(pairs: _Pairs, corner_labels: Ints, owners: Ints) -> Ints:
    """Labels of the points from those of their corners, by the edges crossed on the way."""
    point, edge, ax, ay, bx, by, px, py, cx, cy = pairs
    line = (ax, ay, bx, by)
    turn = orient(*line, px, py)
    below = _moved_side(*line, cx, py)
    crossed_row = ((ay > py) != (by > py)) & (turn != below)
    crossed_column = ((ax > cx) != (bx > cx)) & (below != _moved_side(*line, cx, cy))
    change = np.where(crossed_row ^ crossed_column, owners[edge, 0] ^ owners[edge, 1], 0)
    labels = corner_labels.copy()
    np.bitwise_xor.at(labels, point, change.astype(np.int32))

    in_box = (np.minimum(ax, bx) <= px) & (px <= np.maximum(ax, bx))
    in_box &= (np.minimum(ay, by) <= py) & (py <= np.maximum(ay, by))
    touching = np.flatnonzero(in_box & (turn == 0))
    smallest = np.full(len(labels), np.iinfo(np.int32).max, np.int32)
    np.minimum.at(smallest, point[touching], owners[edge[touching], 0])
    return np.where(smallest < np.iinfo(np.int32).max, smallest, labels)


def _moved_side(ax: Floats, ay: Floats, bx: Floats, by: Floats, px: Floats, py: Floats) -> Ints:
    """See `predicates.side`."""
    turn = orient(ax, ay, bx, by, px, py)
    moved = np.where(by > ay, -1, np.where(by < ay, 1, np.where(bx > ax, 1, -1)))
    return np.where(turn == 0, moved, turn).astype(np.int32)


def orient(ax: Floats, ay: Floats, bx: Floats, by: Floats, px: Floats, py: Floats) -> Ints:
    """See `predicates.orientation`."""
    with np.errstate(under="ignore"):
        left = (ax - px) * (by - py)
        right = (ay - py) * (bx - px)
        doubt = FILTER * (np.abs(left) + np.abs(right)) + UNDERFLOW
    determinant = left - right
    turn = np.sign(determinant).astype(np.int32)
    unsure = np.flatnonzero(np.abs(determinant) <= doubt)
    if len(unsure):
        turn[unsure] = _orient_exactly(*(v[unsure] for v in (ax, ay, bx, by, px, py)))
    return turn


def _orient_exactly(ax: Floats, ay: Floats, bx: Floats, by: Floats, px: Floats, py: Floats) -> Ints:
    ax, ay, bx, by, px, py = (v * SCALE for v in (ax, ay, bx, by, px, py))
    products = ((ax, by), (-ax, py), (-px, by), (-ay, bx), (ay, px), (py, bx))
    terms: list[Floats] = []
    for a, b in products:
        for part in reversed(_split_product(a, b)):
            terms = _grow(terms, part)
    turn = np.zeros(len(ax), np.int32)
    for term in terms:  # later terms outweigh earlier ones
        turn = np.where(term != 0.0, np.sign(term), turn).astype(np.int32)
    return turn


def _split_product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    product = a * b
    a_high = _SPLITTER * a - (_SPLITTER * a - a)
    b_high = _SPLITTER * b - (_SPLITTER * b - b)
    a_low, b_low = a - a_high, b - b_high
    lost = a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)
    return product, lost


def _grow(terms: list[Floats], part: Floats) -> list[Floats]:
    grown: list[Floats] = []
    for term in terms:
        total = part + term
        gain = total - part
        grown.append((part - (total - gain)) + (term - gain))
        part = total
    return [*grown, part]
