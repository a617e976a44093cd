"""What one asks a database to know whether it is well: nothing here changes anything."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from store.engine import make_engine, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How the database answers."""

    server: str
    postgis: str | None
    now: datetime
    encoding: str
    size_bytes: int


def vitals(url: str) -> Vitals:
    """Ask a database about itself.

    Raises:
        sqlalchemy.exc.OperationalError: It does not answer.
    """
    engine = make_engine(url, pool_size=1)
    try:
        with transaction(engine) as connection:
            row = connection.execute(
                text(
                    "SELECT current_setting('server_version'), clock_timestamp(),"
                    " current_setting('server_encoding'), pg_database_size(current_database()),"
                    " (SELECT extversion FROM pg_extension WHERE extname = 'postgis')"
                )
            ).one()
    finally:
        engine.dispose()
    server, now, encoding, size, postgis = row
    return Vitals(server=server, postgis=postgis, now=now, encoding=encoding, size_bytes=size)


def heartbeat(connection: Connection, process: str) -> datetime | None:
    """When a process last showed that it is alive."""
    found = text("SELECT at FROM heartbeat WHERE process = :process")
    at: datetime | None = connection.execute(found, {"process": process}).scalar()
    return at
