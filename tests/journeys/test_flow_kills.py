"""Kill -9 of server, worker, a session and the cluster while cases are carried through the plan.

A fixed sample; `tests/prove/test_many_commands.py` does a thousand commands.
"""

from datetime import UTC, datetime

import pytest
import signed
from flow_storm import FlowStorm, check_flow
from storm import KILLS

from boundaries import library
from store import cluster, migrate
from store.engine import make_engine, transaction

SEED = 140902


@pytest.fixture
def own_cluster(short_folder):
    """A state folder whose private, durable cluster is ready, with an account for every post."""
    url = cluster.ensure(short_folder)
    migrate.upgrade(url)
    engine = make_engine(url, pool_size=1)
    library.install_seed(engine, datetime(2026, 1, 1, tzinfo=UTC))
    with transaction(engine) as conn:
        signed.install(conn, datetime(2026, 1, 1, tzinfo=UTC))
    engine.dispose()
    yield short_folder
    cluster.stop(short_folder)


def test_every_acknowledged_command_is_in_the_history_once(own_cluster, free_port):
    storm = FlowStorm(own_cluster, free_port(), SEED)
    try:
        deeds = storm.walk(30, kills=4, every=8)
        engine = make_engine(cluster.url(own_cluster), pool_size=1)
        with transaction(engine) as conn:
            counted = check_flow(conn, deeds)
        engine.dispose()
    finally:
        storm.stop()
    assert counted["commands acknowledged"] >= 30
    assert counted["pushes"] > 3
    assert set(storm.killed) >= set(KILLS[:4]), "each of the four was killed"
    assert not storm.ended_alone, "a part ended that nobody had killed"
