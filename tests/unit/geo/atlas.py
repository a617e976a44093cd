"""The counties of the npm package us-atlas: real borders with every kind of oddity."""

import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo.index_edges import collect_rings, share_edges

FILE = Path(__file__).parents[3] / "web/app/node_modules/us-atlas/counties-10m.json"


def read_counties():
    """All counties as (multi)polygons, without degenerate rings; fails when not installed."""
    if not FILE.exists():
        pytest.fail(f"{FILE.name} of npm us-atlas is not installed; run: make setup", pytrace=False)
    topology = json.loads(FILE.read_text())
    scale, shift = (np.array(topology["transform"][k]) for k in ("scale", "translate"))
    arcs = [np.cumsum(arc, axis=0) * scale + shift for arc in topology["arcs"]]
    counties = [_area(county, arcs) for county in topology["objects"]["counties"]["geometries"]]
    return np.array([county for county in counties if not county.is_empty], dtype=object)


def _area(county, arcs):
    parts = county["arcs"] if county["type"] == "MultiPolygon" else [county["arcs"]]
    polygons = []
    for part in parts:
        rings = [_ring(numbers, arcs) for numbers in part]
        whole = [ring for ring in rings if len(np.unique(ring, axis=0)) >= 3]
        if whole and whole[0] is rings[0]:
            polygons.append(shapely.Polygon(whole[0], whole[1:]))
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def _ring(numbers, arcs):
    """Arcs joined end to end; ~n is arc n walked backwards."""
    pieces = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])


def clean_counties(counties):
    """Those that form a valid coverage: no fault of their own and none with a neighbour.

    Repeated, because beside an invalid neighbour the coverage check overlooks mismatches.
    """
    while (dirty := _dirty(counties)).any():
        counties = counties[~dirty]
    return counties


def _dirty(counties):
    dirty = ~shapely.is_valid(counties)
    dirty |= ~shapely.is_empty(shapely.coverage_invalid_edges(counties))
    edges = share_edges(collect_rings(counties))
    dirty[edges.owners[edges.misused].ravel() - 1] = True
    mended = shapely.make_valid(counties)
    tree = shapely.STRtree(mended)
    for predicate in ("overlaps", "contains_properly"):
        a, b = tree.query(mended, predicate=predicate)
        dirty[a[a != b]] = dirty[b[a != b]] = True
    return dirty
