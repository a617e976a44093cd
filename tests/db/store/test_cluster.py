"""The private cluster: it survives being killed, and refuses what it could only spoil."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from store import binaries, cluster, folders
from store.errors import ClosedFolder, NoPostGIS, SocketPathTooLong, WrongMajorVersion

pytestmark = pytest.mark.db


@pytest.fixture
def state(short_folder: Path) -> Iterator[Path]:
    """A state folder of its own; what runs in it is stopped in the end."""
    yield short_folder
    if (short_folder / "postgres" / "data" / "PG_VERSION").exists():
        cluster.stop(short_folder)


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def postmaster(state: Path) -> int:
    return int((folders.data_dir(state) / "postmaster.pid").read_text().split()[0])


def ensure_in_a_process(state: Path) -> subprocess.Popen:
    code = "import sys, pathlib; from store import cluster; " + (
        "print(cluster.ensure(pathlib.Path(sys.argv[1]), durable=False))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, str(state)], stdout=subprocess.PIPE, text=True
    )


def test_a_killed_cluster_starts_again_with_its_data(state):
    url = cluster.ensure(state)
    with connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT n FROM generate_series(1, 1000) AS n")
    for _ in range(2):
        os.kill(postmaster(state), signal.SIGKILL)
        assert cluster.ensure(state) == url
        with connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_a_new_cluster_has_postgis_checksums_and_no_tcp(state):
    with connect(cluster.ensure(state, durable=False)) as connection:
        version, checksums, addresses = connection.execute(
            "SELECT postgis_lib_version(), current_setting('data_checksums'),"
            " current_setting('listen_addresses')"
        ).fetchone()
    assert (checksums, addresses) == ("on", "")
    assert version.startswith("3.")
    assert folders.socket_dir(state).stat().st_mode & 0o777 == 0o700


def test_two_at_once_make_one_cluster(state):
    both = [ensure_in_a_process(state) for _ in range(2)]
    answers = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert answers[0] == answers[1] == cluster.url(state) + "\n"
    assert not list((state / "postgres").glob("data.*"))


def test_stop_and_start(state):
    assert not cluster.is_running(state)
    assert not cluster.stop(state)
    assert cluster.start(state, durable=False)
    assert not cluster.start(state, durable=False)
    assert cluster.is_running(state)
    assert cluster.stop(state)
    assert not cluster.is_running(state)
    assert cluster.start(state, durable=False)


def test_a_making_cut_short_is_set_aside(state):
    cluster.start(state, durable=False)
    cluster.stop(state)
    data = folders.data_dir(state)
    data.rename(data.with_name("data.new"))
    cluster.ensure(state, durable=False)
    assert [found.name[:16] for found in data.parent.glob("data.*")] == ["data.unfinished-"]


def test_a_lock_of_another_program_is_seen_through(state, monkeypatch):
    """After a restart of a container the postmaster's number may be somebody else's."""
    cluster.start(state, durable=False)
    lock = folders.data_dir(state) / "postmaster.pid"
    lines = lock.read_text().splitlines()
    cluster.stop(state)
    stranger = stranger_of_the_same_account(state)
    try:
        lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        monkeypatch.setattr(cluster, "ZOMBIE_AFTER_S", 0.5)
        began = time.monotonic()
        assert cluster.start(state, durable=False)
        assert time.monotonic() - began < 10
    finally:
        stranger.kill()
        stranger.wait()


def stranger_of_the_same_account(state: Path) -> subprocess.Popen:
    account = binaries.account_for(folders.data_dir(state))
    drop = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    return subprocess.Popen(["sleep", "60"], cwd=os.sep, **drop)


def test_data_of_another_major_version_are_refused(state):
    cluster.start(state, durable=False)
    cluster.stop(state)
    version = folders.data_dir(state) / "PG_VERSION"
    true = version.read_text()
    version.write_text("9\n")
    with pytest.raises(WrongMajorVersion, match="PostgreSQL 9") as refused:
        cluster.ensure(state)
    version.write_text(true)
    assert "postgresql-9" in refused.value.repair


def test_a_machine_without_postgis_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(binaries, "_places", lambda: iter([Path(os.sep) / "nowhere"]))
    with pytest.raises(NoPostGIS, match="make setup"):
        cluster.find_bindir()


def test_pg_bindir_comes_first(monkeypatch):
    bindir = cluster.find_bindir()
    monkeypatch.setenv("PG_BINDIR", str(bindir))
    assert next(binaries._places()) == bindir


def test_a_deep_state_folder_gets_a_short_socket(monkeypatch, short_folder):
    deep = short_folder / ("deep" * 30)
    short = folders.socket_dir(deep)
    assert len(str(short)) < 100
    assert short != folders.socket_dir(deep / "other")
    monkeypatch.setattr(folders, "_short_folders", lambda: iter(()))
    with pytest.raises(SocketPathTooLong):
        folders.socket_dir(deep)


def test_a_folder_closed_to_the_servers_account_is_named(short_folder):
    closed = short_folder / "closed"
    (closed / "state").mkdir(parents=True)
    closed.chmod(0o700)
    somebody = binaries.Account(os.geteuid() + 1, os.getegid() + 1, os.sep)
    with pytest.raises(ClosedFolder, match="closed"):
        folders.check(folders.data_dir(closed / "state"), cluster.find_bindir(), somebody)
