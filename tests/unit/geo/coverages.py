"""Coverages for tests: jagged Voronoi cells whose neighbours share every vertex.

Cells of clustered seeds (towns and countryside). Every border between two cells is cut into
pieces and its inner points pushed towards one of the two seeds, by less than half their
spacing, so that borders cannot cross. Cells at the rim are dropped, and some within (gaps).
"""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import Voronoi

CITY = (113.75, 22.4, 114.65, 22.9)
PROVINCE = (109.5, 20.2, 117.3, 25.6)
QUARTER = (121.25, 31.375, 121.28, 31.395)


@dataclass(frozen=True)
class Coverage:
    """Areas in the order of their labels, the points they grew from, and the box around."""

    polygons: np.ndarray
    seeds: np.ndarray
    box: tuple[float, float, float, float]


def jagged_coverage(count, *, box=CITY, seed=7, clusters=20, mean_pieces=9):
    """Exactly `count` areas with about `mean_pieces` pieces to a border."""
    rng = np.random.default_rng(seed)
    corner, size = np.array(box[:2]), np.array(box[2:]) - box[:2]
    # Grown at the origin: far from it qhull takes close seeds for one.
    seeds = _scatter(rng, int(count * 1.03) + 40 + int(6 * count**0.5), size, clusters)
    while len(whole := _whole_cells(diagram := Voronoi(seeds), size)) < count:
        seeds = np.vstack([seeds, _scatter(rng, count, size, 0)])
    kept = np.zeros(len(seeds), bool)
    kept[rng.permutation(whole)[:count]] = True
    rings, starts = _rings(diagram, kept, *_borders(diagram, kept, rng, mean_pieces))
    ring_of_point = np.repeat(np.arange(count), np.diff(starts))
    areas = shapely.polygons(shapely.linearrings(rings + corner, indices=ring_of_point))
    return Coverage(areas, seeds[kept] + corner, box)


def town_points(coverage, count, *, seed=11):
    """Points as people live: nine in ten near seeds, one in ten anywhere, also outside."""
    rng = np.random.default_rng(seed)
    west, south, east, north = coverage.box
    spread = 0.25 * np.sqrt((east - west) * (north - south) / len(coverage.seeds))
    points = coverage.seeds[rng.integers(0, len(coverage.seeds), count)]
    points = points + rng.normal(0.0, spread, (count, 2))
    anywhere = rng.random(count) < 0.1
    margin = 0.05 * (east - west)
    low, high = (west - margin, south - margin), (east + margin, north + margin)
    points[anywhere] = rng.uniform(low, high, (anywhere.sum(), 2))
    return points


def _scatter(rng, count, size, clusters):
    points = rng.random((count, 2)) * size
    if clusters:
        in_town = rng.random(count) < 0.8
        weights = rng.pareto(1.2, clusters) + 0.2
        weights /= weights.sum()
        town = rng.choice(clusters, in_town.sum(), p=weights)
        centres = rng.random((clusters, 2)) * size
        radius = 0.012 * size[0] * np.sqrt(weights * clusters).clip(0.3, 6.0)
        points[in_town] = centres[town] + rng.normal(size=(len(town), 2)) * radius[town, None]
    return points[((points > 0) & (points < size)).all(axis=1)]


def _whole_cells(diagram, size):
    """Numbers of the cells with all corners between the origin and `size`."""
    outside = ~((diagram.vertices >= 0) & (diagram.vertices <= size)).all(axis=1)
    ends = np.asarray(diagram.ridge_vertices)
    cut = (ends < 0).any(axis=1) | outside[ends].any(axis=1)
    return np.setdiff1d(diagram.ridge_points, diagram.ridge_points[cut])


def _borders(diagram, kept, rng, mean_pieces):
    """Borders of kept cells: (ridge numbers, points of all borders, start of each)."""
    ridges = np.flatnonzero(kept[diagram.ridge_points].any(axis=1))
    ends = diagram.vertices[np.asarray(diagram.ridge_vertices)[ridges]]
    pieces = np.minimum(1 + rng.geometric(1.0 / mean_pieces, len(ridges)), 40)
    starts = np.concatenate([[0], np.cumsum(pieces + 1)])
    border = np.repeat(np.arange(len(ridges)), pieces + 1)
    step = np.arange(starts[-1]) - starts[border]
    first, last = ends[border, 0], ends[border, 1]
    points = first + (last - first) * (step / pieces[border])[:, None]
    points[starts[1:] - 1] = ends[:, 1]  # to the last bit, as other borders have it

    sides = diagram.ridge_points[ridges]
    towards = diagram.points[sides[border, rng.integers(0, 2, len(border))]] - points
    spacing = np.hypot(*(last - first).T) / pieces[border]
    push = np.minimum(0.3, 0.45 * spacing / np.hypot(*towards.T)) * rng.random(len(border))
    push[(step == 0) | (step == pieces[border])] = 0.0
    return ridges, points + push[:, None] * towards, starts


def _rings(diagram, kept, ridges, points, starts):
    """Closed rings of the kept cells, from their borders in the order of their directions."""
    cells = diagram.ridge_points[ridges].ravel()
    border = np.repeat(np.arange(len(ridges)), 2)
    middle = (points[starts[border]] + points[starts[border + 1] - 1]) / 2
    direction = np.arctan2(*(middle - diagram.points[cells]).T[::-1])
    order = np.lexsort((direction, cells))
    order = order[kept[cells[order]]]
    cells, border = cells[order], border[order]

    first, last = points[starts[border]], points[starts[border + 1] - 1]
    (ax, ay), (bx, by) = (first - diagram.points[cells]).T, (last - diagram.points[cells]).T
    forward = ax * by - ay * bx > 0
    lengths = starts[border + 1] - starts[border] - 1  # the last point begins the next border
    walk = np.repeat(np.arange(len(border)), lengths)
    step = np.arange(len(walk)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    picked = np.where(
        forward[walk], starts[border[walk]] + step, starts[border[walk] + 1] - 1 - step
    )
    open_rings = points[picked]
    begins = np.flatnonzero(np.concatenate([[True], np.diff(cells[walk]) != 0]))
    ends = np.concatenate([begins[1:], [len(walk)]])
    closed = np.insert(open_rings, ends, open_rings[begins], axis=0)
    return closed, np.concatenate([begins, [len(walk)]]) + np.arange(len(begins) + 1)
