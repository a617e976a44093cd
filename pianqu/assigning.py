"""`pianqu assign`: the edition in force, a file of rows, and a bar that shows how far it is."""

from datetime import datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from boundaries.batch import decide_batch
from boundaries.locate import Locator
from pianqu.assign_files import Columns, Judge, assign_file
from pianqu.database import with_database
from pianqu.settings import Settings
from store.engine import make_engine, transaction


def assign_with_progress(
    settings: Settings, source: Path, output: Path, *, crs: str, columns: Columns, now: datetime
) -> None:
    """Assign every row of a file under the edition in force now."""
    engine = make_engine(str(with_database(settings).database_url), pool_size=1)
    try:
        with transaction(engine) as connection:
            territory = Locator().territory(connection, now)
    finally:
        engine.dispose()
    areas = (*territory.sectors, *territory.communities)
    judge = Judge(
        crs=crs,
        decide=lambda lon, lat, crs, accuracy: decide_batch(
            territory, lon=lon, lat=lat, crs=crs, accuracy_m=accuracy
        ),
        names={area.code: area.name for area in areas if area.code},
    )
    console = Console(stderr=True)
    bar = (TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bar, console=console, transient=True) as progress:
        task = progress.add_task("rows", total=None)
        tell = partial(_tell, progress, task)
        assign_file(source, output, columns=columns, judge=judge, progress=tell)
        done = int(progress.tasks[0].completed)
    kind = ", illustrative" if territory.edition.provisional else ""
    console.print(
        f"{done} rows assigned under edition {territory.edition.id} “{territory.edition.name}”"
        f"{kind}: {output}",
        highlight=False,
        soft_wrap=True,
    )


def _tell(progress: Progress, task: TaskID, done: int, total: int) -> None:
    progress.update(task, completed=done, total=total)
