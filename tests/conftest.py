"""Fixtures of every test.

`cluster` is one throw-away PostGIS per run, made by the product's own code; `template` is a
database migrated once, with the seed boundaries in force; `database` is a copy of it for tests
that commit, listen or race; `conn` is rolled back, and the default. `site` is the real thing:
server and worker as processes. What is missing on the machine makes tests fail with the command
that repairs it; nothing is skipped.
"""

import fcntl
import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import psycopg
import pytest
from processes import Site
from psycopg import sql
from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from store import cluster as private
from store.engine import make_engine
from store.errors import ClusterError

RUN_FOLDER = "PIANQU_TEST_RUN_FOLDER"
TEMPLATE = "pianqu_template"
# The moment the seed boundaries come into force in tests: before every moment a test invents.
SEED_AT = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run makes the folder that all workers of the run share."""
    if not hasattr(config, "workerinput"):
        # Short, for the socket; open, for the account root drops to (pytest's own is 0700).
        folder = Path(tempfile.mkdtemp(prefix="pq-"))
        folder.chmod(0o755)
        os.environ[RUN_FOLDER] = str(folder)


class OneBrowser(LoadFileScheduling):
    """A file stays together, and all that drives the browser does.

    Two Chromiums that draw maps without a graphics card would slow each other down; tests of
    another worker, which mostly wait for processes, go on beside the one.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneBrowser | None:
    """For `--dist loadfile`."""
    return OneBrowser(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's cluster and remove its folder."""
    if not hasattr(config, "workerinput") and (folder := os.environ.pop(RUN_FOLDER, None)):
        private.stop(Path(folder))
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder with a short path that every account may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="pq-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> str:
    """The URL of the run's throw-away cluster."""
    try:
        return private.ensure(Path(os.environ[RUN_FOLDER]), durable=False)
    except ClusterError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def template(cluster: str) -> str:
    """The name of a database with our schema and the seed boundaries in force."""
    with _alone("template"):
        done = Path(os.environ[RUN_FOLDER]) / "template.done"
        if not done.exists():
            _administer(cluster, "DROP DATABASE IF EXISTS {}", TEMPLATE)
            _administer(cluster, "CREATE DATABASE {}", TEMPLATE)
            _fill(_url_of(cluster, TEMPLATE))
            done.touch()
    return TEMPLATE


def _fill(url: str) -> None:
    # Here and not above: tests of pure rooms load no migrations.
    import signed

    from boundaries import library
    from store import migrate

    migrate.upgrade(url)
    engine = make_engine(url)
    try:
        library.install_seed(engine, SEED_AT)
        with engine.begin() as conn:
            signed.install(conn, SEED_AT)
    finally:
        engine.dispose()


@pytest.fixture
def database(cluster: str, template: str) -> Iterator[str]:
    """The URL of a database of the test's own, with everything in it that `template` has."""
    with _copy(cluster, template) as url:
        yield url


@pytest.fixture(scope="module")
def module_database(cluster: str, template: str) -> Iterator[str]:
    """Like `database`, one for the module: for worlds that take a while to build."""
    with _copy(cluster, template) as url:
        yield url


@pytest.fixture(scope="module")
def _lonely_cluster() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="pq-"))
    folder.chmod(0o755)
    url = private.ensure(folder, durable=False)
    # Its ANALYZE is a transaction like any other, which the feed would not overtake.
    _administer(url, "ALTER SYSTEM SET autovacuum = off")
    _administer(url, "SELECT pg_reload_conf()")
    _administer(url, "CREATE DATABASE {}", TEMPLATE)
    _fill(_url_of(url, TEMPLATE))
    yield url
    private.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def lonely_database(_lonely_cluster: str) -> Iterator[str]:
    """Like `database`, in a cluster of the module's own.

    What the feed lets one read depends on the oldest transaction of the whole cluster, so the
    open transactions of tests that run beside ours would delay it.
    """
    with _copy(_lonely_cluster, TEMPLATE) as url:
        yield url


@pytest.fixture
def empty_database(cluster: str) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    with _copy(cluster, "template1") as url:
        yield url


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    """The product's own engine on a database of the test's own."""
    engine = make_engine(database)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _shared_database(cluster: str, template: str) -> Iterator[str]:
    with _copy(cluster, template) as url:
        yield url


@pytest.fixture
def conn(_shared_database: str) -> Iterator[Connection]:
    """A connection in a transaction that is rolled back: the default for database tests."""
    engine = create_engine(_shared_database, poolclass=NullPool)
    with engine.connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()
    engine.dispose()


@pytest.fixture(scope="module")
def open_site(cluster: str, template: str) -> Iterator[Callable[..., Site]]:
    """Open a site of one's own: `open_site(PIANQU_AUTO_REFUSE="false")`; closed with the module."""
    with _sites(cluster, template) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared_site(cluster: str, template: str) -> Iterator[Callable[..., Site]]:
    """The run's site with these settings, opened once: `shared_site(PIANQU_AUTO_REFUSE="true")`.

    For tests that kill nothing and look only at cases of their own: starting a server and a worker
    takes longer than most of these tests.
    """
    with _sites(cluster, template) as opened:
        yield cache(opened)


@pytest.fixture(scope="module")
def site(shared_site: Callable[..., Site]) -> Site:
    """Server and worker as processes, one pair for the run, with automatic refusal (A-7)."""
    return shared_site(PIANQU_AUTO_REFUSE="true")


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Finds a loopback port nobody listens on."""
    return _free_port


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    """The machine's own Chromium; Playwright's is a download of its own (stack 3)."""
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    program = next(filter(None, found), None)
    if program is None:
        pytest.fail("No Chromium on this machine. Repair: scripts/setup-system tests", False)
    quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync"]
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": program, "args": [*quiet, *sandbox]}


@contextmanager
def _sites(cluster: str, template: str) -> Iterator[Callable[..., Site]]:
    folder = Path(tempfile.mkdtemp(prefix="pq-site-"))
    sites: list[Site] = []
    with _copies(cluster, template) as copy:

        def opened(**settings: str) -> Site:
            here = folder / str(len(sites))
            here.mkdir()
            sites.append(Site(here, database_url=copy(), port=_free_port(), settings=settings))
            sites[-1].start()
            return sites[-1]

        try:
            yield opened
        finally:
            for site in sites:
                site.stop()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One worker of the run at a time."""
    with (Path(os.environ[RUN_FOLDER]) / f"{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _copies(cluster: str, template: str) -> Iterator[Callable[[], str]]:
    names: list[str] = []

    def copy() -> str:
        names.append(f"test_{uuid.uuid4().hex[:12]}")
        _administer(cluster, "CREATE DATABASE {} TEMPLATE {}", names[-1], template)
        return _url_of(cluster, names[-1])

    try:
        yield copy
    finally:
        for name in names:
            _administer(cluster, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def _copy(cluster: str, template: str) -> Iterator[str]:
    with _copies(cluster, template) as copy:
        yield copy()


def _administer(cluster: str, statement: str, *names: str) -> None:
    plain = _url_of(cluster, "postgres").replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _url_of(cluster: str, name: str) -> str:
    return make_url(cluster).set(database=name).render_as_string(hide_password=False)
