"""From polygons to edges: every edge once, with the labels of the one or two areas beside it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.compiling import kernel
from geo.index_grid import Floats, Ints, LongInts

_MIX_X = np.uint64(0x9E3779B97F4A7C15)
_MIX_Y = np.uint64(0xC2B2AE3D27D4EB4F)
_MIX_END = np.uint64(0xBF58476D1CE4E5B9)
_SHIFTS = (np.uint64(29), np.uint64(32))


class Rings(NamedTuple):
    """All rings of all polygons: ring r is coordinates[starts[r]:starts[r + 1]]."""

    coordinates: Floats
    starts: LongInts
    labels: Ints


class Edges(NamedTuple):
    """Each undirected edge once, neighbours on a ring kept close together in memory.

    `owners` are the labels of the areas beside it: the smaller, then the other or 0.
    `misused` are edges that a third ring, or a second ring of the same area, uses as well.
    """

    ends: Floats
    owners: Ints
    misused: Ints


def collect_rings(polygons: Sequence[Polygon | MultiPolygon]) -> Rings:
    """Break polygons into rings; labels count from 1 in the order given."""
    parts, owner_of_part = shapely.get_parts(list(polygons), return_index=True)
    rings, part_of_ring = shapely.get_rings(parts, return_index=True)
    coordinates, ring_of_point = shapely.get_coordinates(rings, return_index=True)
    starts = np.searchsorted(ring_of_point, np.arange(len(rings) + 1)).astype(np.int64)
    labels = (owner_of_part[part_of_ring] + 1).astype(np.int32)
    return Rings(coordinates + 0.0, starts, labels)  # + 0.0 turns -0.0 into 0.0 for the hash


def share_edges(rings: Rings) -> Edges:
    """Find each edge once, whichever way and by whichever rings it is walked.

    Rings come in the order of their labels, so the owner first seen is the smaller.
    """
    bits = rings.coordinates.view(np.uint64)
    slots = 4
    while slots < 1.35 * len(rings.coordinates):
        slots *= 2
    table = np.full(slots, -1, np.int32)
    ends, owners, misused = _share_edges(*rings, bits, table)
    return Edges(ends, owners, misused)


@kernel
def _share_edges(
    coordinates: Floats, starts: LongInts, labels: Ints, bits: np.ndarray, table: Ints
) -> tuple[Floats, Ints, Ints]:
    ends = np.empty((len(coordinates), 4))
    owners = np.zeros((len(coordinates), 2), np.int32)
    misuse = np.zeros(len(coordinates), np.bool_)
    count = 0
    for ring in range(len(labels)):
        label = labels[ring]
        for k in range(starts[ring], starts[ring + 1] - 1):
            ax, ay = coordinates[k, 0], coordinates[k, 1]
            bx, by = coordinates[k + 1, 0], coordinates[k + 1, 1]
            if ax == bx and ay == by:
                continue
            slot = _slot(bits, k, len(table))
            while table[slot] >= 0 and not _is_same(ends, table[slot], ax, ay, bx, by):
                slot = (slot + 1) & (len(table) - 1)
            edge = table[slot]
            if edge < 0:
                table[slot] = count
                ends[count, 0], ends[count, 1], ends[count, 2], ends[count, 3] = ax, ay, bx, by
                owners[count, 0] = label
                count += 1
            elif owners[edge, 1] != 0 or owners[edge, 0] == label:
                misuse[edge] = True
            else:
                owners[edge, 1] = label
    misused = np.flatnonzero(misuse[:count]).astype(np.int32)
    return ends[:count].copy(), owners[:count].copy(), misused


@kernel
def _slot(bits: np.ndarray, k: int, slots: int) -> int:
    """Where to look for edge k first: a hash of both ends that does not know which is which."""
    mixed = (bits[k, 0] + bits[k + 1, 0]) * _MIX_X ^ (bits[k, 1] + bits[k + 1, 1]) * _MIX_Y
    mixed = (mixed ^ (mixed >> _SHIFTS[0])) * _MIX_END
    mixed ^= mixed >> _SHIFTS[1]
    return int(np.int64(mixed & np.uint64(slots - 1)))


@kernel
def _is_same(ends: Floats, edge: int, ax: float, ay: float, bx: float, by: float) -> bool:
    cx, cy, dx, dy = ends[edge, 0], ends[edge, 1], ends[edge, 2], ends[edge, 3]
    forward = cx == ax and cy == ay and dx == bx and dy == by
    return bool(forward or (cx == bx and cy == by and dx == ax and dy == ay))
