"""Backup and restore, rehearsed: all data come back, the proof holds, followers notice."""

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from brought import bring_cases
from readable import wait_until_readable
from sqlalchemy import text

from cases import audit
from pianqu import backing
from pianqu.settings import Settings
from store import backup, feed
from store.engine import make_engine, transaction
from store.errors import BackupError

NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)


@contextmanager
def closing(url):
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def told(url, query):
    with closing(url) as engine, transaction(engine) as conn:
        return conn.execute(text(query)).scalar_one()


@pytest.fixture
def settings(database, short_folder):
    return Settings(database_url=database, state_dir=short_folder)


@pytest.fixture
def saved(settings, short_folder):
    bring_cases(settings.database_url, 3)
    file = short_folder / "pianqu.tar"
    backing.back_up(settings, file, NOW)
    return file


def test_a_backup_says_what_is_in_it_and_only_we_can_read_it(saved):
    manifest = backup.read_manifest(saved)
    assert (manifest["cases"], manifest["events"] >= 3) == (3, True)
    assert manifest["revision"]
    assert manifest["version"]
    assert oct(saved.stat().st_mode & 0o777) == "0o600"
    assert [name for name in os.listdir(saved.parent) if name.startswith(".pianqu")] == []


def test_restored_elsewhere_all_is_there_and_the_feed_goes_on(saved, settings, empty_database):
    with closing(settings.database_url) as before, transaction(before) as conn:
        cursor = feed.head(conn)
    other = Settings(database_url=empty_database, state_dir=saved.parent)
    verdict = backing.restore(other, saved, NOW, replace=False, tell=print)
    assert verdict.findings == ()
    assert verdict.cases == 3
    with closing(empty_database) as engine:
        with transaction(engine) as conn:
            with pytest.raises(feed.StaleCursor):
                feed.after(conn, cursor)
            start = feed.head(conn)
        bring_cases(empty_database, 1, first=10)
        wait_until_readable(engine)
        with transaction(engine) as conn:
            assert [fact.kind for fact in feed.after(conn, start)] == ["case"]
            assert audit.verify(conn).findings == ()


def test_cases_are_not_overwritten_unasked(saved, settings):
    with pytest.raises(BackupError, match="--replace"):
        backing.restore(settings, saved, NOW, replace=False, tell=print)
    assert told(settings.database_url, "SELECT count(*) FROM case_now") == 3


def test_replacing_keeps_a_copy_of_what_was_there(saved, settings):
    bring_cases(settings.database_url, 2, first=10)
    backing.restore(settings, saved, NOW, replace=True, tell=print)
    assert told(settings.database_url, "SELECT count(*) FROM case_now") == 3
    (kept,) = saved.parent.glob(saved.name + ".before-restore-*")
    backing.restore(settings, kept, NOW, replace=True, tell=print)
    assert told(settings.database_url, "SELECT count(*) FROM case_now") == 5


@pytest.mark.parametrize("content", [b"", b"not a tar", b"PK\x03\x04"])
def test_what_is_no_backup_is_told_so(content, settings, short_folder):
    file = Path(short_folder) / "x"
    file.write_bytes(content)
    with pytest.raises(BackupError, match="备份"):
        backing.restore(settings, file, NOW, replace=True, tell=print)
    assert told(settings.database_url, "SELECT count(*) FROM edition") == 1


def test_the_manifest_is_of_the_same_moment_as_the_copy(settings, short_folder, empty_database):
    bring_cases(settings.database_url, 2)
    file = short_folder / "busy.tar"

    def facts(conn):
        told = backing._facts(conn)
        # Somebody writes between the count and the copy.
        bring_cases(settings.database_url, 1, first=10)
        return told

    backup.dump(settings.database_url, file, NOW, facts)
    assert told(settings.database_url, "SELECT count(*) FROM case_now") == 3
    other = Settings(database_url=empty_database, state_dir=short_folder)
    verdict = backing.restore(other, file, NOW, replace=False, tell=print)
    assert (verdict.cases, verdict.findings) == (2, ())


def cut(whole):
    return whole[: len(whole) // 2]


def scratched(whole):
    middle = len(whole) // 2
    return whole[:middle] + b"\0" * 4096 + whole[middle + 4096 :]


@pytest.mark.parametrize("harm", [cut, scratched])
def test_a_backup_that_is_not_whole_costs_nothing(saved, settings, harm):
    saved.write_bytes(harm(saved.read_bytes()))
    with pytest.raises(BackupError):
        backing.restore(settings, saved, NOW, replace=True, tell=print)
    assert told(settings.database_url, "SELECT count(*) FROM case_now") == 3


def test_a_backup_from_a_newer_program_is_refused(saved, settings, monkeypatch):
    monkeypatch.setattr(backup, "_known_revisions", lambda _url: frozenset({"0001"}))
    with pytest.raises(BackupError, match="更新的版本"):
        backing.restore(settings, saved, NOW, replace=True, tell=print)
    assert told(settings.database_url, "SELECT count(*) FROM case_now") == 3


def test_the_password_is_in_no_command_line(monkeypatch):
    monkeypatch.setattr(backup, "find_bindir", lambda: Path("/bin"))
    url = "postgresql+psycopg://u:geheim@localhost/x"
    assert "geheim" not in backup._plain(url)
    with pytest.raises(BackupError) as refusal:
        backup._run(
            "sh",
            ["-c", 'test "$PGPASSWORD" = geheim && echo "in the environment" >&2; exit 1'],
            url,
        )
    assert "in the environment" in str(refusal.value)
