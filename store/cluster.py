"""A private PostGIS cluster: made, started and stopped by us, reachable by a socket only.

Every step may be repeated. Nothing is ever deleted, and no process is looked for by name: the
truth about who runs is whether the cluster's own socket answers.

    state folder/
      postgres/          belongs to the account the server runs as, closed to others
        data/            the cluster
        socket/          the Unix socket, unless the path is too long for one
        postgres.log
      cluster.lock
"""

import fcntl
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from store.binaries import Account, account_for, find_bindir, on_linux, run
from store.errors import ClusterDidNotStart
from store.folders import (
    PORT,
    SOCKET_FILE,
    check,
    data_dir,
    own_folder,
    socket_dir,
    write_settings,
    written_by,
)

__all__ = [
    "empty",
    "ensure",
    "find_bindir",
    "has_crashed",
    "is_running",
    "socket_dir",
    "start",
    "stop",
    "url",
]

ROLE = "app"
DATABASE = "pianqu"
# After kill -9 the dead postmaster stays in the process table until init reaps it, and so long
# PostgreSQL says that its lock file exists already (stack 1.3).
PATIENCE_S = 30.0
ZOMBIE_AFTER_S = 10.0
# A large database that was cut off replays its log before it answers.
RECOVERY_S = 300.0


def ensure(state_dir: Path, *, durable: bool = True) -> str:
    """Have the cluster running with our database in it, and say how to reach it.

    The first call makes the cluster (about two seconds), later ones start it when it is down.

    Raises:
        ClusterError: One of its kinds, with the repair.
    """
    start(state_dir, durable=durable)
    _make_database(socket_dir(state_dir))
    return url(state_dir)


def url(state_dir: Path) -> str:
    """The SQLAlchemy address of our database in the cluster, running or not."""
    where = quote(str(socket_dir(state_dir)), safe="/")
    return f"postgresql+psycopg://{ROLE}@/{DATABASE}?host={where}&port={PORT}"


def is_running(state_dir: Path) -> bool:
    """Whether the cluster's socket answers; a socket left by a killed server does not."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(5)
        try:
            client.connect(str(socket_dir(state_dir) / SOCKET_FILE))
        except OSError:
            return False
    return True


def has_crashed(state_dir: Path) -> bool:
    """Whether the cluster is down without having been stopped: it left its lock file behind."""
    return (data_dir(state_dir) / "postmaster.pid").exists() and not is_running(state_dir)


def start(state_dir: Path, *, durable: bool = True) -> bool:
    """Start the cluster, making it first if there is none; True when it was down before.

    Raises:
        ClusterError: One of its kinds, with the repair.
    """
    state_dir = state_dir.absolute()
    if not state_dir.exists():
        state_dir.mkdir(parents=True)
        # Whatever root's umask: the account of the server must be able to pass through.
        state_dir.chmod(0o755)
    with _lock(state_dir):
        data = data_dir(state_dir)
        account = account_for(data)
        bindir = find_bindir(written_by(data))
        check(data, bindir, account)
        if is_running(state_dir):
            _wait_until_ready(state_dir, RECOVERY_S)
            return False
        _prepare(state_dir, bindir, account)
        write_settings(state_dir, durable=durable, account=account)
        _start(state_dir, bindir, account)
    return True


def stop(state_dir: Path) -> bool:
    """Stop the cluster, ending its sessions in order; True when it was running."""
    state_dir = state_dir.absolute()
    if not data_dir(state_dir).exists():
        return False
    with _lock(state_dir):
        if not is_running(state_dir):
            return False
        data = data_dir(state_dir)
        bindir = find_bindir(written_by(data))
        how = ["-m", "fast", "-w", "-t", "60"]
        run([bindir / "pg_ctl", "stop", "-D", data, *how], account_for(data))
    return True


def empty(state_dir: Path) -> str:
    """Drop our database with everything in it and make it anew; the caller knows it may go."""
    start(state_dir)
    with _connect(socket_dir(state_dir), "postgres") as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(drop.format(sql.Identifier(DATABASE)))
    return ensure(state_dir)


@contextmanager
def _lock(state_dir: Path) -> Iterator[None]:
    """One process at a time makes, starts or stops; the lock dies with its holder."""
    with (state_dir / "cluster.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _prepare(state_dir: Path, bindir: Path, account: Account | None) -> None:
    own_folder(state_dir / "postgres", account)
    own_folder(socket_dir(state_dir), account)
    data = data_dir(state_dir)
    if data.exists():
        return
    # Made aside and moved: a cluster whose making was killed half-way is never taken for one.
    new = data.with_name("data.new")
    if new.exists():
        new.rename(data.with_name(f"data.unfinished-{time.time_ns()}"))
    options = ["-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"]
    try:
        run([bindir / "initdb", "-D", new, *options], account)
    except subprocess.CalledProcessError as error:
        raise ClusterDidNotStart(
            f"initdb failed: {error.stdout.strip()[-800:]}", repair="see the message above."
        ) from error
    with (new / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude_if_exists = 'pianqu.conf'\n")
    new.rename(data)


def _start(state_dir: Path, bindir: Path, account: Account | None) -> None:
    data, log = data_dir(state_dir), state_dir / "postgres" / "postgres.log"
    command: list[str | Path] = [bindir / "pg_ctl", "-D", data, "-l", log, "-w", "start"]
    began = time.monotonic()
    while True:
        try:
            run(command, account)
        except subprocess.CalledProcessError as error:
            waited = time.monotonic() - began
            if is_running(state_dir):
                break  # up, but still recovering
            if waited > PATIENCE_S:
                raise ClusterDidNotStart(
                    f"PostgreSQL did not start: {_end_of(log) or error.stdout.strip()}",
                    repair=f"read {log}; `pianqu doctor` shows what else is amiss.",
                ) from error
            if waited > ZOMBIE_AFTER_S:
                _set_aside_lock_of_the_dead(data)
            time.sleep(0.25)
        else:
            break
    _wait_until_ready(state_dir, RECOVERY_S)


def _set_aside_lock_of_the_dead(data: Path) -> None:
    """Rename a lock file that names a process which is certainly not our postmaster.

    Where process 1 does not reap (a container around `sleep`), a killed postmaster stays a zombie
    for ever; and after a restart of the container its number may be another program's. PostgreSQL
    cannot tell, but as all its processes stand in the data folder, we can. If one cannot be looked
    at, the file stays.
    """
    lock = data / "postmaster.pid"
    if not on_linux() or not lock.exists():
        return
    holder = Path("/proc") / lock.read_text().split(maxsplit=1)[0] / "cwd"
    try:
        holder.readlink()
    except FileNotFoundError:
        pass  # a zombie stands nowhere
    except OSError:
        return
    if not any(_stands_in(data, process) for process in Path("/proc").glob("[0-9]*/cwd")):
        lock.rename(data / "postmaster.pid.dead")


def _stands_in(folder: Path, process: Path) -> bool:
    try:
        return process.readlink() == folder
    except OSError:
        return False


def _end_of(log: Path) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-5:])
    except OSError:
        return ""


def _wait_until_ready(state_dir: Path, seconds: float) -> None:
    """Wait for a server that accepts sockets but still recovers from a crash."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            _connect(socket_dir(state_dir), "postgres").close()
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise ClusterDidNotStart(
                    f"PostgreSQL does not answer: {error}",
                    repair=f"read {state_dir / 'postgres' / 'postgres.log'}.",
                ) from error
            time.sleep(0.1)
        else:
            return


def _connect(where: Path, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(where), port=PORT, user=ROLE, dbname=database, autocommit=True, connect_timeout=10
    )


def _make_database(where: Path) -> None:
    """Make database and extension where they are missing; another process may be quicker."""
    taken = (
        psycopg.errors.DuplicateDatabase,
        psycopg.errors.DuplicateObject,
        psycopg.errors.UniqueViolation,
    )
    with _connect(where, "postgres") as connection, suppress(*taken):
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(known, [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    with _connect(where, DATABASE) as connection, suppress(*taken):
        connection.execute("CREATE EXTENSION IF NOT EXISTS postgis")
