"""A thousand commands of the flow under kill -9, seeded; writes docs/evidence/flow-faults.md."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import signed
from flow_storm import FlowStorm, check_flow
from storm import KILLS

from boundaries import library
from store import cluster, migrate
from store.engine import make_engine, transaction

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "flow-faults.md"
SEED = int(os.environ.get("PIANQU_PROVE_SEED", "140902"))
SIZE = int(os.environ.get("PIANQU_PROVE_COMMANDS", "1000"))


@pytest.mark.slow
def test_a_thousand_commands_under_kills(short_folder, free_port):
    url = cluster.ensure(short_folder)
    migrate.upgrade(url)
    engine = make_engine(url, pool_size=1)
    library.install_seed(engine, datetime(2026, 1, 1, tzinfo=UTC))
    with transaction(engine) as conn:
        signed.install(conn, datetime(2026, 1, 1, tzinfo=UTC))
    storm = FlowStorm(short_folder, free_port(), SEED)
    began = time.monotonic()
    try:
        deeds = storm.walk(SIZE, kills=len(KILLS), walkers=6, gap_s=0.05, every=30)
        took = time.monotonic() - began
        with transaction(engine) as conn:
            counted = check_flow(conn, deeds)
    finally:
        storm.stop()
        engine.dispose()
    assert counted["commands acknowledged"] >= SIZE
    assert not storm.ended_alone
    _write(storm, counted, took)


def _write(storm: FlowStorm, counted: dict[str, int], took: float) -> None:
    lines = [
        "# Faults of the flow: kill -9 while cases are carried through the plan",
        "",
        "Written by `tests/prove/test_many_commands.py` (`make prove`); do not edit. A private,",
        "durable cluster, `pianqu serve` and `pianqu worker` as processes, and six walkers that",
        "carry cases from the report to 结案 (社区层面 and 联动, with telephone calls in between).",
        "Who gets no answer sends the same command again under the same Idempotency-Key.",
        "",
        f"Seed {SEED}, {sum(storm.killed.values())} kills in {took / 60:.0f} minutes:",
        "",
        "| killed | times |",
        "|---|--:|",
        *(f"| {what} | {storm.killed[what]} |" for what in KILLS),
        "",
        "| counted afterwards | |",
        "|---|--:|",
        *(f"| {name} | {number} |" for name, number in counted.items()),
        "",
        "Checked: the events of every history are those of the acknowledged commands, each once,",
        "and no others of people's making; `audit.verify` finds nothing (versions without a gap,",
        "chains, texts, the replay of every case equals its projection, each event is told once",
        "on the feed); each push is one letter and one sending, was delivered, and is noted once",
        "in its case; the deadlines are the cases' clocks; nothing ended that was not killed.",
        "",
    ]
    EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
    EVIDENCE.write_text("\n".join(lines))
