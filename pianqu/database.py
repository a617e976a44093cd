"""Two ways in, one thing out: a private cluster or a database of one's own (architecture 8.7)."""

from datetime import datetime

from pianqu.settings import Settings
from store import cluster, migrate
from store.engine import make_engine, normal_url


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
