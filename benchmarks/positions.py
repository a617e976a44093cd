"""Positions of 5,000 people at once: one statement for all, against a statement for each.

Both write the same rows into the same durable private cluster, in turn; ours judges each fix first
and asks the roster who is on duty. `python -m benchmarks.positions [--people 5000] [--rounds 5]`
prints the figures, writes results/positions.json and fails below 2 times.
"""

import argparse
import json
import os
import platform
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import text

from boundaries.library import install_seed
from boundaries.locate import edition_in_force
from cases.people import seed_roster
from layers import people
from layers.duties import Watch
from layers.fixes import Fix
from layers.model import DutyMode, Person
from store import cluster, migrate
from store.engine import make_engine, transaction

HERE = Path(__file__).parent
START = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
GOAL = 2.0
_ONE = text("""
    INSERT INTO person_position (person_id, fix_at, geom, accuracy_m, received_at)
    VALUES (:person, :at, ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), 8, :at)
    ON CONFLICT DO NOTHING""")


def fixes(count, at, shift):
    return [
        Fix(device_id=f"p{n}", lon=121.25 + n % 100 * 2e-4 + shift, lat=31.38 + n // 100 * 2e-4,
            crs="WGS84", accuracy_m=8.0, fix_at=at)
        for n in range(count)
    ]  # fmt: skip


def ours(engine, batch, now):
    with transaction(engine) as conn:
        watch = Watch.over(conn, {fix.device_id for fix in batch})
        intake = people.record_positions(conn, batch, now, on_duty=watch.on_duty)
    assert intake.accepted == len(batch), intake.rejected[:2]


def one_by_one(engine, batch, _now):
    with transaction(engine) as conn:
        for fix in batch:
            told = {"person": fix.device_id, "at": fix.fix_at, "lon": fix.lon, "lat": fix.lat}
            conn.execute(_ONE, told)


def run(engine, count, rounds):
    took = {"ours": [], "row by row": []}
    now = START
    for number in range(rounds):
        for name, write in (("ours", ours), ("row by row", one_by_one)):
            now += timedelta(seconds=5)
            batch = fixes(count, now, (number % 2) * 2e-4)
            begun = time.perf_counter()
            write(engine, batch, now)
            took[name].append(count / (time.perf_counter() - begun))
    return took


def prepare(engine, count):
    install_seed(engine, START - timedelta(days=60))
    with transaction(engine) as conn:
        now = START - timedelta(days=30)
        seed_roster.install(conn, edition_in_force(conn, now), now, holders=True)
        conn.execute(text("UPDATE staff SET duty_mode = 'fixed'"))
        desks = ("140901", "140902")
        people.upsert(conn, [person(n, desks[n % 2]) for n in range(count)])


def person(number, desk):
    return Person(
        id=f"p{number}",
        post=f"patrol-{desk}",
        name=f"巡防队员{number}",
        chip="巡",
        duty_mode=DutyMode.ROTA,
        sector=desk,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="pq-bench-"))
    folder.chmod(0o755)
    url = cluster.ensure(folder)
    try:
        migrate.upgrade(url)
        engine = make_engine(url)
        prepare(engine, asked.people)
        took = run(engine, asked.people, asked.rounds)
        engine.dispose()
    finally:
        cluster.stop(folder)
    rates = {name: round(median(found)) for name, found in took.items()}
    ratio = median(a / b for a, b in zip(took["ours"], took["row by row"], strict=True))
    result = {"people": asked.people, "rounds": asked.rounds, "fixes_per_s": rates,
              "ratio": round(ratio, 2), "cores": os.cpu_count(),
              "python": platform.python_version()}  # fmt: skip
    print(json.dumps(result, ensure_ascii=False, indent=2))
    (HERE / "results" / "positions.json").write_text(json.dumps(result, indent=2) + "\n")
    if ratio < GOAL:
        raise SystemExit(f"{ratio:.1f} times is below {GOAL}")


if __name__ == "__main__":
    main()
