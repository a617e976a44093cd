"""Hundreds of kills under thousands of cases, seeded; writes docs/evidence/faults.md."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import signed
from storm import KILLS, Storm, check, missed

from boundaries import library
from store import cluster, migrate
from store.engine import make_engine, transaction

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "faults.md"
SEED = int(os.environ.get("PIANQU_PROVE_SEED", "140901"))
SIZE = int(os.environ.get("PIANQU_PROVE_KILLS", "300"))


@pytest.mark.slow
def test_hundreds_of_kills_lose_nothing(short_folder, free_port):
    url = cluster.ensure(short_folder)
    migrate.upgrade(url)
    engine = make_engine(url, pool_size=1)
    library.install_seed(engine, datetime(2026, 1, 1, tzinfo=UTC))
    with transaction(engine) as conn:
        signed.install(conn, datetime(2026, 1, 1, tzinfo=UTC))
    storm = Storm(short_folder, free_port(), SEED)
    began = time.monotonic()
    try:
        storm.run(kills=SIZE, senders=6, gap_s=0.05, acks=10)
        took = time.monotonic() - began
        with transaction(engine) as conn:
            counted = check(conn, storm.promises)
            assert not missed(conn, storm.follower)
    finally:
        storm.stop()
        engine.dispose()
    assert storm.follower.resyncs == 0
    assert not storm.ended_alone
    _write(storm, counted, took)


def _write(storm: Storm, counted: dict[str, int], took: float) -> None:
    twice = sum(storm.follower.heard.values()) - len(storm.follower.heard)
    lines = [
        "# Faults: kill -9 while cases stream in",
        "",
        "Written by `tests/prove/test_many_kills.py` (`make prove`); do not edit. A private,",
        "durable cluster, `pianqu serve` and `pianqu worker` as processes, six senders that send",
        "again under the same number when they get no answer, and one live map that stays open.",
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
        f"| facts the open map heard | {len(storm.follower.heard)} |",
        f"| of these heard more than once | {twice} |",
        "",
        "Checked: every acknowledged report is exactly one case and no other case exists; versions",
        "run without a gap and no event happened twice; each event is told once on the feed, in",
        "order, and the open map heard every one; each refusal is one message under one id, in the",
        "street centre's inbox, with one delivery in the case's history; the replay of every case",
        "equals its projection and its deadlines.",
        "",
    ]
    EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
    EVIDENCE.write_text("\n".join(lines))
