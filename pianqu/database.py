"""Two ways in, one thing out: a private cluster or a database of one's own (architecture 8.7)."""

import logging
import threading
import time
from datetime import datetime

from pianqu.settings import Settings, policy
from store import cluster, migrate
from store.engine import make_engine, normal_url, transaction
from store.errors import ClusterError

log = logging.getLogger("pianqu.database")
LOOK_EVERY_S = 1.0


def open_database(settings: Settings) -> str:
    """The URL of the database, whose private cluster is started when there is no own one."""
    if settings.database_url:
        return normal_url(settings.database_url)
    return cluster.ensure(settings.state_dir)


def with_database(settings: Settings) -> Settings:
    """The settings with the database's URL filled in and its schema up to date."""
    url = open_database(settings)
    migrate.upgrade(url)
    return settings.model_copy(update={"database_url": url})


def install_boundaries(url: str, now: datetime) -> None:
    """Put the shipped boundaries in force where no edition is."""
    from boundaries import library

    engine = make_engine(url, pool_size=2)
    try:
        library.install_seed(engine, now)
    finally:
        engine.dispose()


def install_people(settings: Settings, now: datetime) -> None:
    """The plan's bodies and posts, the first policy version, and in the demo an account a post.

    Safe to repeat: what is there stays as it is.
    """
    from boundaries.locate import edition_in_force
    from cases import policies
    from cases.people import accounts, seed_roster

    assert settings.database_url is not None
    engine = make_engine(settings.database_url, pool_size=2)
    try:
        with transaction(engine) as conn:
            policies.ensure_first(conn, policy(settings), now)
            edition = edition_in_force(conn, now)
            seed_roster.install(conn, edition, now, holders=settings.demo)
            if settings.demo:
                accounts.make_demo_accounts(conn, accounts.demo_posts(conn, now), now)
    finally:
        engine.dispose()


def revive(settings: Settings) -> bool:
    """Start the private cluster again if it was killed; one that was stopped stays down."""
    if settings.database_url or not cluster.has_crashed(settings.state_dir):
        return False
    try:
        return cluster.start(settings.state_dir)
    except ClusterError as error:
        log.warning("the private cluster does not start: %s", error)
        return False


def keep_alive(settings: Settings) -> None:
    """Look after the private cluster from a thread, as long as this process lives."""
    if settings.database_url:
        return

    def watch() -> None:
        while True:
            time.sleep(LOOK_EVERY_S)
            if revive(settings):
                log.warning("the private cluster had been killed; it runs again")

    threading.Thread(target=watch, name="cluster", daemon=True).start()
