"""`pianqu geocode`: one text with its reasons, or a file of rows with a line on how far it is."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from boundaries.geocoders import Finders, Geocoders
from boundaries.locate import Locator
from geo.readings import Outcome
from pianqu.database import with_database
from pianqu.geocode_files import OUTCOME, TextColumns, candidate_words, geocode_file
from pianqu.settings import Settings
from store.engine import make_engine, transaction


def explain_text(settings: Settings, words: str, now: datetime) -> None:
    """Print what the words tell and why."""
    for line in explained(_finders(settings, now), words):
        typer.echo(line)


def explained(finders: Finders, words: str) -> Iterator[str]:
    """What the words tell, a line each."""
    told = finders.geocoder.geocode(words)
    found = told.found
    yield f"{OUTCOME[told.outcome]}{f'：{found.label}' if found else ''}"
    if told.outcome is Outcome.ACCEPTED and found is not None and found.point is not None:
        at = f"{found.point.lon:.7f}，{found.point.lat:.7f}"
        yield f"  CGCS2000 {at}，误差约 {found.radius_m:.0f} 米"
    yield from (f"  {line}" for line in told.explanation)
    for number, candidate in enumerate(told.candidates, 1):
        yield f"  {number} {candidate_words(candidate)}"
    yield f"  地名版本 {told.gazetteer_version}"


def geocode_with_progress(
    settings: Settings,
    source: Path,
    output: Path,
    *,
    columns: TextColumns,
    crs: str | None,
    now: datetime,
) -> None:
    """Geocode every row of a file under the gazetteer and the edition in force now."""
    finders = _finders(settings, now)
    console = Console(stderr=True)
    bar = (TextColumn("{task.completed} rows"), TimeElapsedColumn())
    with Progress(*bar, console=console, transient=True) as progress:
        task = progress.add_task("rows", total=None)
        geocode_file(
            source,
            output,
            columns=columns,
            crs=crs,
            geocoder=finders.geocoder,
            progress=lambda done: progress.update(task, completed=done),
        )
        done = int(progress.tasks[0].completed)
    rough = ", unsurveyed positions" if finders.gazetteer.provisional else ""
    console.print(
        f"{done} rows geocoded with gazetteer {finders.gazetteer.version}{rough}: {output}",
        highlight=False,
        soft_wrap=True,
    )


def _finders(settings: Settings, now: datetime) -> Finders:
    engine = make_engine(str(with_database(settings).database_url), pool_size=1)
    try:
        with transaction(engine) as connection:
            return Geocoders(Locator()).finders(connection, now)
    finally:
        engine.dispose()
