"""The shareable map, for the worker and for the command line."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from cases.report_jobs import Job
from layers.situation import situation
from pianqu.database import with_database
from pianqu.settings import Settings
from store.engine import make_engine, transaction
from web.report_assets import packaged
from web.reports import situation_html


def make_report(connection: Connection, job: Job, now: datetime) -> bytes:
    """The file of a report that was asked for on the screen."""
    return situation_html(situation(connection, now, job.desk), packaged()).encode()


def write_situation(settings: Settings, output: Path, *, desk: str | None, now: datetime) -> None:
    """Write the situation of the moment; the file appears only when it is whole."""
    assets = packaged()
    engine = make_engine(str(with_database(settings).database_url), pool_size=1)
    try:
        with transaction(engine) as connection:
            figures = situation(connection, now, desk)
    finally:
        engine.dispose()
    part = output.with_name(f".{output.name}.part")
    try:
        part.write_text(situation_html(figures, assets), encoding="utf-8")
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
