"""Kill -9 of server, worker and cluster while cases stream in: nothing is lost, nothing twice.

A fixed sample; `tests/prove/test_many_kills.py` does hundreds.
"""

from datetime import UTC, datetime

import pytest
import signed
from storm import KILLS, Storm, check, missed

from boundaries import library
from store import cluster, migrate
from store.engine import make_engine, transaction

SEED = 140901


@pytest.fixture
def own_cluster(short_folder):
    """A state folder whose private cluster is made, migrated and has boundaries in force."""
    url = cluster.ensure(short_folder)
    migrate.upgrade(url)
    engine = make_engine(url, pool_size=1)
    library.install_seed(engine, datetime(2026, 1, 1, tzinfo=UTC))
    with transaction(engine) as conn:
        signed.install(conn, datetime(2026, 1, 1, tzinfo=UTC))
    engine.dispose()
    yield short_folder
    cluster.stop(short_folder)


def test_nothing_acknowledged_is_lost_whoever_is_killed(own_cluster, free_port):
    storm = Storm(own_cluster, free_port(), SEED)
    try:
        storm.run(kills=len(KILLS) - 1)
        engine = make_engine(cluster.url(own_cluster), pool_size=1)
        with transaction(engine) as conn:
            counted = check(conn, storm.promises)
            assert not missed(conn, storm.follower)
        engine.dispose()
    finally:
        storm.stop()
    assert counted["cases"] > 20
    assert counted["refusals"] > 3
    assert storm.follower.resyncs == 0
    assert not storm.ended_alone, "a part ended that nobody had killed"
