"""Backup and restore, and what is said of the histories: the work behind `db` and `audit`."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import text

from cases import audit, desk, purge
from cases.policies import PolicyBook
from pianqu.database import open_database, with_database
from pianqu.settings import Settings, policy
from store import backup, migrate
from store.engine import make_engine, transaction

Tell = Callable[[str], None]


def back_up(settings: Settings, file: Path, now: datetime) -> dict[str, Any]:
    """Write a backup with its manifest: revision, counts and the digest of all chains."""
    ready = with_database(settings)
    assert ready.database_url is not None
    return backup.dump(ready.database_url, file, now, _facts(ready.database_url))


def _facts(url: str) -> dict[str, Any]:
    engine = make_engine(url, pool_size=2)
    try:
        with transaction(engine) as conn:
            head, _ = audit.heads(conn)
    finally:
        engine.dispose()
    return {"cases": head.cases, "events": head.events, "digest": head.digest}


def restore(
    settings: Settings, file: Path, now: datetime, *, replace: bool, tell: Tell
) -> audit.Verdict:
    """Bring a backup back, bring its schema up to date and verify every history in it.

    With `replace`, what is there now is backed up beside the file first.
    """
    url = open_database(settings)
    if replace and migrate.revisions(url)[0] is not None:
        kept = file.with_name(f"{file.name}.before-restore")
        backup.dump(url, kept, now, {})
        tell(f"What was there is kept in {kept}")
    manifest = backup.restore(url, file, replace=replace)
    migrate.upgrade(url)
    engine = make_engine(url, pool_size=2)
    try:
        with transaction(engine) as conn:
            verdict = audit.verify(conn)
            head, _ = audit.heads(conn)
    finally:
        engine.dispose()
    if manifest.get("digest") not in (None, head.digest):
        fault = "恢复后的链头与备份时不符"
        finding = audit.Finding(case="备份", version=None, fault=fault)
        verdict = audit.Verdict(
            cases=verdict.cases,
            events=verdict.events,
            texts=verdict.texts,
            purged=verdict.purged,
            findings=(*verdict.findings, finding),
        )
    return verdict


def verify(settings: Settings, key: str | None, progress: Callable[[int], None]) -> audit.Verdict:
    """Check all histories, or one case's, as of one moment."""
    ready = with_database(settings)
    assert ready.database_url is not None
    engine = make_engine(ready.database_url, pool_size=2)
    try:
        with transaction(engine) as conn:
            conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            case_id: UUID | None = desk.case_id_of(conn, key) if key else None
            return audit.verify(conn, case_id, progress)
    finally:
        engine.dispose()


def head(settings: Settings, now: datetime) -> audit.Head:
    """Write an anchor and return the digest over all chains."""
    ready = with_database(settings)
    assert ready.database_url is not None
    engine = make_engine(ready.database_url, pool_size=2)
    try:
        with transaction(engine) as conn:
            return audit.anchor(conn, now)
    finally:
        engine.dispose()


class _Rehearsed(Exception):
    """Takes a trial back."""


def forget(settings: Settings, now: datetime, *, dry_run: bool) -> purge.Purged:
    """Purge what is over its time; with `dry_run` only count."""
    ready = with_database(settings)
    assert ready.database_url is not None
    engine = make_engine(ready.database_url, pool_size=2)
    done: purge.Purged | None = None
    try:
        with transaction(engine) as conn:
            values = PolicyBook(policy(settings)).policy(conn, now)
            done = purge.run(conn, values, now)
            if dry_run:
                raise _Rehearsed
    except _Rehearsed:
        pass
    finally:
        engine.dispose()
    assert done is not None
    return done
