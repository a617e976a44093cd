"""One file with the whole database in it, and the way back; nothing about the city.

The file is a tar with PostgreSQL's own custom dump and a manifest. A restored feed gets a new epoch
and its rows the oldest transaction number, since numbers of another cluster mean nothing here
(architecture 8.4); followers with an old cursor are told to read everything anew.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from store.binaries import find_bindir
from store.errors import BackupError
from store.migrate import revisions

_DUMP, _MANIFEST = "database.dump", "manifest.json"


def dump(
    url: str, file: Path, now: datetime, facts: Callable[[Connection], dict[str, Any]]
) -> dict[str, Any]:
    """Write a consistent copy of the database; an existing file is only replaced when it is whole.

    Args:
        url: the database.
        file: where to.
        now: when, for the manifest.
        facts: what else the manifest says, such as counts and the digest of all chains; asked of
            the very moment the copy is of, though others write on.

    Raises:
        BackupError: pg_dump is missing or failed.
    """
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".pianqu-backup-") as folder:
        dumped, told = Path(folder) / _DUMP, Path(folder) / _MANIFEST
        manifest = {"made_at": now.isoformat(), "revision": revisions(url)[0]}
        manifest |= _dump_as_of_now(url, dumped, facts)
        told.write_text(json.dumps(manifest, ensure_ascii=False, indent=1))
        whole = Path(folder) / "whole.tar"
        with tarfile.open(whole, "w") as archive:
            archive.add(told, _MANIFEST)
            archive.add(dumped, _DUMP)
        whole.chmod(0o600)  # it holds people's names and numbers
        whole.replace(file)
    return manifest


def _dump_as_of_now(
    url: str, dumped: Path, facts: Callable[[Connection], dict[str, Any]]
) -> dict[str, Any]:
    engine = create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ")
    try:
        with engine.begin() as conn:
            snapshot = conn.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            found = facts(conn)
            _run(
                "pg_dump",
                ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
                 f"--file={dumped}", f"--dbname={_plain(url)}"],
                url,
            )  # fmt: skip
            return found
    finally:
        engine.dispose()


def read_manifest(file: Path) -> dict[str, Any]:
    """What a backup says of itself.

    Raises:
        BackupError: it is not one of ours.
    """
    try:
        with tarfile.open(file) as archive:
            member = archive.extractfile(_MANIFEST)
            if member is None:
                raise BackupError("这不是 pianqu 的备份文件", repair="请指定 db backup 写出的文件")
            manifest: dict[str, Any] = json.load(member)
            return manifest
    except (OSError, KeyError, tarfile.TarError, ValueError) as error:
        raise BackupError(
            f"备份文件读不了：{error}", repair="请指定 pianqu db backup 写出的文件"
        ) from error


def restore(url: str, file: Path, *, replace: bool) -> dict[str, Any]:
    """Bring a backup into a database that has none of our tables, or whose tables may go.

    Raises:
        BackupError: the database is not empty, the backup is newer than this program or not
            whole, and nothing is touched; or pg_restore failed, and the database is empty.
    """
    manifest = read_manifest(file)
    known = _known_revisions(url)
    if manifest.get("revision") not in known:
        raise BackupError(
            f"备份来自更新的版本（{manifest.get('revision')}）",
            repair="请先升级 pianqu，再恢复",
        )
    engine = create_engine(url, poolclass=NullPool)
    try:
        with tempfile.TemporaryDirectory(prefix="pianqu-restore-") as folder:
            dumped = _unpacked(file, Path(folder))
            with engine.begin() as conn:
                _make_room(conn, replace=replace)
            _run(
                "pg_restore",
                ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction",
                 f"--dbname={_plain(url)}", str(dumped)],
                url,
            )  # fmt: skip
        with engine.begin() as conn:
            conn.execute(text("UPDATE feed_epoch SET epoch = substr(md5(random()::text), 1, 8)"))
            conn.execute(text("UPDATE feed SET xid = '3'"))
    finally:
        engine.dispose()
    return manifest


def _unpacked(file: Path, folder: Path) -> Path:
    """The dump of a backup, read from end to end: what is broken must show before room is made."""
    try:
        with tarfile.open(file) as archive:
            # Read member by member: `filter=` is not in every 3.11 (Debian 12 has 3.11.2).
            member = archive.extractfile(_DUMP)
            if member is None:
                raise KeyError(_DUMP)
            with member, (Path(folder) / _DUMP).open("wb") as out:
                shutil.copyfileobj(member, out)
    except (OSError, KeyError, tarfile.TarError) as error:
        raise BackupError(f"备份文件不完整：{error}", repair="换一份备份再恢复") from error
    _run("pg_restore", ["--file=/dev/null", str(folder / _DUMP)], None)
    return folder / _DUMP


def _make_room(conn: Connection, *, replace: bool) -> None:
    there = conn.execute(text("SELECT to_regclass('public.case_event') IS NOT NULL")).scalar_one()
    if there and not replace:
        raise BackupError(
            "数据库里已有案件，没有恢复", repair="恢复到空数据库，或加 --replace（原有数据会丢失）"
        )
    conn.execute(text("DROP SCHEMA public CASCADE"))
    conn.execute(text("CREATE SCHEMA public"))


def _known_revisions(url: str) -> frozenset[str | None]:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only a restore needs it

    from store.migrate import _config  # noqa: PLC0415 - as above

    scripts = ScriptDirectory.from_config(_config(url))
    return frozenset(script.revision for script in scripts.walk_revisions())


def _plain(url: str) -> str:
    """Without our driver's name and without the password, which every process could read."""
    parts = make_url(url)
    bare = URL.create(
        "postgresql", parts.username, None, parts.host, parts.port, parts.database, parts.query
    )
    return bare.render_as_string()


def _run(program: str, options: Sequence[str], url: str | None) -> None:
    command = [str(find_bindir() / program), *options]
    password = make_url(url).password if url else None
    secret = {"PGPASSWORD": str(password)} if password else {}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **secret}
    )
    if done.returncode:
        raise BackupError(
            f"{program} 没有成功：{done.stderr.strip()[-400:]}",
            repair="检查磁盘空间、数据库地址和权限后再试",
        )
