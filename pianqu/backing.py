"""Backup and restore, and what is said of the histories: the work behind `db` and `audit`."""

import dataclasses
import functools
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from cases import anchors, audit, desk, purge
from cases.chain import Finding
from cases.policies import PolicyBook
from layers import people
from pianqu import __version__
from pianqu.database import open_database, with_database
from pianqu.settings import Settings, policy
from store import backup, migrate
from store.engine import make_engine, transaction

Tell = Callable[[str], None]


def back_up(settings: Settings, file: Path, now: datetime) -> dict[str, Any]:
    """Write a backup with its manifest: revision, counts and the digest of all chains."""
    ready = with_database(settings)
    assert ready.database_url is not None
    return backup.dump(ready.database_url, file, now, _facts)


def _facts(conn: Connection) -> dict[str, Any]:
    head = anchors.heads(conn)
    return {
        "version": __version__,
        "cases": head.cases,
        "events": head.events,
        "digest": head.digest,
    }


def restore(
    settings: Settings, file: Path, now: datetime, *, replace: bool, tell: Tell
) -> audit.Verdict:
    """Bring a backup back, bring its schema up to date and verify every history in it.

    With `replace`, what is there now is backed up beside the file first.
    """
    url = open_database(settings)
    if replace and migrate.revisions(url)[0] is not None:
        kept = file.with_name(f"{file.name}.before-restore-{now:%Y%m%d-%H%M%S}")
        backup.dump(url, kept, now, lambda _conn: {})
        tell(f"What was there is kept in {kept}")
    manifest = backup.restore(url, file, replace=replace)
    migrate.upgrade(url)
    engine = make_engine(url, pool_size=2)
    try:
        with transaction(engine) as conn:
            verdict = audit.verify(conn)
            head = anchors.heads(conn)
    finally:
        engine.dispose()
    if manifest.get("digest") not in (None, head.digest):
        fault = "恢复后的链头与备份时不符"
        finding = Finding(case="备份", version=None, fault=fault)
        verdict = dataclasses.replace(verdict, findings=(*verdict.findings, finding))
    return verdict


def verify(
    settings: Settings,
    key: str | None,
    progress: Callable[[int], None],
    *,
    against: str | None = None,
) -> audit.Verdict:
    """Check all histories, or one case's, as of one moment."""
    ready = with_database(settings)
    assert ready.database_url is not None
    engine = make_engine(ready.database_url, pool_size=2)
    try:
        with transaction(engine) as conn:
            conn.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            case_id: UUID | None = desk.case_id_of(conn, key) if key else None
            return audit.verify(conn, case_id, progress, against=against)
    finally:
        engine.dispose()


def head(settings: Settings, now: datetime) -> anchors.Head:
    """Write an anchor and return the digest over all chains."""
    ready = with_database(settings)
    assert ready.database_url is not None
    engine = make_engine(ready.database_url, pool_size=2)
    try:
        with transaction(engine) as conn:
            return anchors.anchor(conn, now)
    finally:
        engine.dispose()


class _Rehearsed(Exception):
    """Takes a trial back."""


def forget(settings: Settings, now: datetime, *, dry_run: bool) -> purge.Purged:
    """Purge what is over its time, all of it; with `dry_run` only count."""
    ready = with_database(settings)
    assert ready.database_url is not None
    engine = make_engine(ready.database_url, pool_size=2)
    rounds: list[purge.Purged] = []
    try:
        while not rounds or purge.MOST in {rounds[-1].cases, rounds[-1].files}:
            with transaction(engine) as conn:
                values = PolicyBook(policy(settings)).policy(conn, now)
                rounds.append(purge.run(conn, values, now, 10**9 if dry_run else purge.MOST))
                people.purge_positions(conn, now, timedelta(days=values.position_days))
                if dry_run:
                    raise _Rehearsed
    except _Rehearsed:
        pass
    finally:
        engine.dispose()
    return functools.reduce(purge.Purged.__add__, rounds)
