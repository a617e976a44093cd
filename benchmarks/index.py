"""Points to areas: PointIndex against shapely's STRtree and geopandas.sjoin, in one run.

    python -m benchmarks.index [--quick]

Prints a Markdown table, writes benchmarks/results/index.json, fails when a goal is missed or any
label differs. Only the ratios mean anything on another machine.
"""

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter, perf_counter_ns

import geopandas
import numba
import numpy as np
import shapely
from shapely.geometry import shape

from geo.index import PointIndex, warm_up
from tests.unit.geo.coverages import PROVINCE, QUARTER, Coverage, jagged_coverage, town_points

ROOT = Path(__file__).parents[1]
RESULT = Path(__file__).parent / "results/index.json"
SEED = 7
BATCH_GOAL = 20.0  # times the faster of STRtree and sjoin
SINGLE_GOAL = 3.0  # times faster than STRtree.query, at the median
ROUNDS = 5


@dataclass
class Row:
    """One set of areas; rates in million points a second, times in the unit named."""

    name: str
    areas: int
    vertices: int
    points: int
    index_mb: float
    check_s: float
    build_s: float
    index_rate: float
    numpy_rate: float
    strtree_rate: float
    sjoin_rate: float
    batch_ratio: float
    index_p50_us: float
    index_p99_us: float
    strtree_p50_us: float
    strtree_p99_us: float
    single_ratio: float
    differences: int


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="100,000 points, up to 6,000 areas")
    quick = options.parse_args().quick
    rows = run(points=100_000 if quick else 1_000_000, quick=quick)
    table = as_markdown(rows)
    print(table)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(as_record(rows, quick), indent=2, ensure_ascii=False) + "\n")
    missed = [row.name for row in rows if not meets_goals(row)]
    if missed:
        sys.exit(f"goals missed or labels differ: {', '.join(missed)}")


def run(*, points, quick=False):
    """All measurements, one row for each set of areas."""
    warm_up()
    rows = []
    for name, coverage in sets(quick):
        print(f"{name} …", file=sys.stderr, flush=True)
        rows.append(measure(name, coverage, town_points(coverage, points, seed=SEED)))
    return rows


def sets(quick):
    yield "shipped communities", shipped_communities()
    yield "generated", jagged_coverage(12, box=QUARTER, seed=SEED, clusters=0, mean_pieces=18)
    yield "generated", jagged_coverage(6_000, seed=SEED)
    if not quick:
        yield "generated", jagged_coverage(100_000, box=PROVINCE, seed=SEED, clusters=60)


def shipped_communities():
    collection = json.loads((ROOT / "boundaries/data/communities.geojson").read_text())
    areas = np.array([shape(feature["geometry"]) for feature in collection["features"]])
    inner = shapely.get_coordinates(shapely.point_on_surface(areas))
    return Coverage(areas, inner, tuple(shapely.total_bounds(areas)))


def measure(name, coverage, points):
    areas = coverage.polygons
    checked = seconds(lambda: PointIndex.build(areas))
    built = min(seconds(lambda: PointIndex.build(areas, checked=True)) for _ in range(3))
    index, tree = PointIndex.build(areas, checked=True), shapely.STRtree(areas)
    batch = measure_batch(index, tree, areas, points)
    single = measure_single(index, tree, points[:20_000])
    return Row(
        name=name,
        areas=len(areas),
        vertices=int(shapely.get_num_coordinates(areas).sum()),
        points=len(points),
        index_mb=index.nbytes / 1e6,
        check_s=max(checked - built, 0.0),
        build_s=built,
        **batch,
        **single,
    )


def measure_batch(index, tree, areas, points):
    """Whole batches in turns, the input of each in its own form already (shapely points, frame).

    Ours counts with its median, a peer with its best of two.
    """
    lon, lat = np.ascontiguousarray(points.T)
    geometries = shapely.points(points)
    points_frame = geopandas.GeoDataFrame(geometry=geometries)
    areas_frame = geopandas.GeoDataFrame(geometry=areas)

    ours, strtree, sjoin = [], [], []
    for turn in range(ROUNDS):
        start = perf_counter()
        labels = index.labels(lon=lon, lat=lat)
        ours.append(perf_counter() - start)
        if turn < 2:
            start = perf_counter()
            pairs = tree.query(geometries, predicate="covered_by")
            strtree.append(perf_counter() - start)
            start = perf_counter()
            joined = points_frame.sjoin(areas_frame, predicate="covered_by")
            sjoin.append(perf_counter() - start)
    by_numpy = seconds(lambda: index.labels_reference(lon=lon, lat=lat))

    count = len(points)
    peers = (
        smallest_labels(count, *pairs),
        smallest_labels(count, joined.index.to_numpy(), joined["index_right"].to_numpy()),
        index.labels_reference(lon=lon, lat=lat),
    )
    median = float(np.median(ours))
    return {
        "index_rate": count / median / 1e6,
        "numpy_rate": count / by_numpy / 1e6,
        "strtree_rate": count / min(strtree) / 1e6,
        "sjoin_rate": count / min(sjoin) / 1e6,
        "batch_ratio": min(*strtree, *sjoin) / median,
        "differences": int(sum((labels != peer).sum() for peer in peers)),
    }


def smallest_labels(count, point, area):
    found = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(found, point, area + 1)
    found[found == np.iinfo(np.int64).max] = 0
    return found


def measure_single(index, tree, points):
    """Single questions in turns of 500; the tree gets a ready shapely point each time."""
    pairs, geometries = points.tolist(), shapely.points(points)
    ours, theirs = [], []
    for start in range(0, len(pairs), 500):
        for lon, lat in pairs[start : start + 500]:
            begun = perf_counter_ns()
            index.label(lon=lon, lat=lat)
            ours.append(perf_counter_ns() - begun)
        for point in geometries[start : start + 500]:
            begun = perf_counter_ns()
            tree.query(point, predicate="covered_by")
            theirs.append(perf_counter_ns() - begun)
    ours, theirs = np.percentile(ours, (50, 99)) / 1e3, np.percentile(theirs, (50, 99)) / 1e3
    return {
        "index_p50_us": float(ours[0]),
        "index_p99_us": float(ours[1]),
        "strtree_p50_us": float(theirs[0]),
        "strtree_p99_us": float(theirs[1]),
        "single_ratio": float(theirs[0] / ours[0]),
    }


def seconds(work):
    start = perf_counter()
    work()
    return perf_counter() - start


def meets_goals(row):
    return (
        row.differences == 0 and row.batch_ratio >= BATCH_GOAL and row.single_ratio >= SINGLE_GOAL
    )


def as_markdown(rows):
    lines = [
        "| areas | batch Mpts/s | numpy | STRtree | sjoin | ratio | one point p50 / p99 µs "
        "| STRtree p50 / p99 µs | ratio | check + build s | MB | differences |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        lines.append(
            f"| {row.areas:,} {row.name} | {row.index_rate:.1f} | {row.numpy_rate:.1f} "
            f"| {row.strtree_rate:.2f} | {row.sjoin_rate:.2f} | **{row.batch_ratio:.0f}×** "
            f"| {row.index_p50_us:.2f} / {row.index_p99_us:.2f} "
            f"| {row.strtree_p50_us:.2f} / {row.strtree_p99_us:.2f} | **{row.single_ratio:.1f}×** "
            f"| {row.check_s:.3g} + {row.build_s:.3g} | {row.index_mb:.3g} | {row.differences} |"
        )
    return "\n".join(lines)


def as_record(rows, quick):
    return {
        "quick": quick,
        "seed": SEED,
        "goals": {"batch_ratio": BATCH_GOAL, "single_ratio": SINGLE_GOAL, "differences": 0},
        "machine": {"cores": os.cpu_count(), "architecture": platform.machine()},
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "numba": numba.__version__,
            "shapely": shapely.__version__,
            "geos": shapely.geos_version_string,
            "geopandas": geopandas.__version__,
        },
        "rows": [asdict(row) for row in rows],
    }


if __name__ == "__main__":
    main()
