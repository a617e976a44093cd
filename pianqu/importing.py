"""Boundaries from the command line: import, list, check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from boundaries import library, seed
from boundaries.findings import Finding
from boundaries.locate import edition_in_force
from boundaries.reading import read_areas
from pianqu.database import with_database
from pianqu.settings import Settings
from store.engine import make_engine, transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What a person asked to be imported."""

    source: Path
    name: str
    crs: str | None
    columns: Mapping[str, str]
    encoding: str | None
    valid_from: datetime | None
    notice: str
    licence: str
    provisional: bool
    in_force: bool


def import_seed(settings: Settings, now: datetime) -> None:
    """Put the shipped boundaries in force unless there is an edition already."""
    engine = make_engine(str(with_database(settings).database_url), pool_size=2)
    edition_id = library.install_seed(engine, now)
    engine.dispose()
    typer.echo(f"Edition {edition_id} is in the database; `pianqu boundaries list` shows all.")


def import_edition(settings: Settings, wanted: Import, now: datetime) -> None:
    """Read, check, show the findings; save and put in force only when asked to."""
    areas = read_areas(
        wanted.source,
        crs=wanted.crs,
        provisional=wanted.provisional,
        columns=wanted.columns,
        encoding=wanted.encoding,
    )
    typer.echo(f"{len(areas)} areas read from {wanted.source}.")
    line = seed.read_seed().split_line
    engine = make_engine(str(with_database(settings).database_url), pool_size=2)
    try:
        # A refused edition raises, and the transaction takes its draft back.
        with engine.connect() as connection, connection.begin() as trial:
            edition_id = library.save_draft(
                connection,
                name=wanted.name,
                areas=areas,
                provisional=wanted.provisional,
                notice=wanted.notice,
                licence=wanted.licence,
                now=now,
            )
            show_findings(library.check(connection, edition_id, line))
            if not wanted.in_force:
                trial.rollback()
                typer.echo("A trial: nothing was changed. Add --in-force to let it hold.")
                return
            # A date without a zone is Shanghai's, the zone of everyone concerned.
            valid_from = (wanted.valid_from or now).replace(
                tzinfo=(wanted.valid_from or now).tzinfo or library.SEED_FROM.tzinfo
            )
            library.put_in_force(
                connection, edition_id, valid_from=valid_from, split_line=line, now=now
            )
    finally:
        engine.dispose()
    typer.echo(f"Edition {edition_id} “{wanted.name}” holds from {valid_from.isoformat()}.")


def show_editions(settings: Settings) -> None:
    """Print a table of all editions."""
    engine = make_engine(str(with_database(settings).database_url), pool_size=1)
    with transaction(engine) as connection:
        known = library.editions(connection)
    engine.dispose()
    table = Table("id", "name", "status", "from", "to", "provisional")
    for edition in known:
        ends = (edition.valid_from, edition.valid_to)
        zone = library.SEED_FROM.tzinfo
        dates = [moment.astimezone(zone).strftime("%Y-%m-%d") if moment else "" for moment in ends]
        provisional = "yes" if edition.provisional else ""
        table.add_row(str(edition.id), edition.name, edition.status, *dates, provisional)
    Console().print(table)


def check_edition(settings: Settings, edition_id: int | None, now: datetime) -> bool:
    """Check an edition, or the one in force; print the findings and say whether it is sound."""
    engine = make_engine(str(with_database(settings).database_url), pool_size=1)
    with transaction(engine) as connection:
        chosen = edition_in_force(connection, now).id if edition_id is None else edition_id
        found = library.check(connection, chosen, seed.read_seed().split_line)
    engine.dispose()
    show_findings(found)
    return not any(finding.severity == "error" for finding in found)


def show_findings(found: Sequence[Finding]) -> None:
    """Print what the check found, errors first."""
    if not found:
        typer.secho("Sound: no gap, no overlap, exact nesting.", fg=typer.colors.GREEN)
    for finding in sorted(found, key=lambda finding: finding.severity != "error"):
        amount = "" if finding.amount is None else f" ({finding.amount:.1f} {finding.unit})"
        place = f" at {finding.where.lon:.6f}, {finding.where.lat:.6f}" if finding.where else ""
        typer.echo(f"{finding.severity}: {finding.detail}{amount}{place}")
