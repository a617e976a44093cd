"""Engines and the one way to open a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection


def make_engine(url: str, *, pool_size: int = 12) -> Engine:
    """Make an engine for a `postgresql+psycopg://` URL.

    The pool stays below the 40 threads of the HTTP server (architecture 8.2), and a dead
    connection is noticed before it is handed out, so that a restarted cluster is no error.
    """
    engine = create_engine(
        normal_url(url), pool_size=pool_size, max_overflow=8, pool_pre_ping=True, pool_timeout=30
    )
    event.listen(engine, "connect", _session_defaults)
    return engine


def normal_url(url: str) -> str:
    """Name our driver in a plain `postgres://` or `postgresql://` address."""
    for plain in ("postgres://", "postgresql://"):
        if url.startswith(plain):
            return "postgresql+psycopg://" + url.removeprefix(plain)
    return url


def _session_defaults(raw: DBAPIConnection, _record: object) -> None:
    cursor = raw.cursor()
    # A statement that hangs must not hold a request thread for ever; UTC keeps JSON stable.
    cursor.execute("SET statement_timeout = '60s'")
    cursor.execute("SET timezone = 'UTC'")
    cursor.close()
    raw.commit()


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction at the edge; commit on success, roll back on any error."""
    with engine.begin() as connection:
        yield connection
