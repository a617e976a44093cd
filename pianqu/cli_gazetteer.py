"""`pianqu gazetteer …`: registers of door plates and POI, names, and what people confirmed."""

from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pianqu.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

gazetteer = typer.Typer(
    help="The gazetteer: places, door plates and names that texts are understood by.",
    no_args_is_help=True,
)
BY = "pianqu gazetteer"


@contextmanager
def _database() -> "Iterator[tuple[Connection, datetime]]":
    """The installation's database, as it stands, and the moment."""
    from pianqu.database import with_database
    from store.engine import make_engine, transaction

    engine = make_engine(str(with_database(Settings()).database_url), pool_size=1)
    try:
        with transaction(engine) as conn:
            yield conn, datetime.now().astimezone()
    finally:
        engine.dispose()


@gazetteer.command("import")
def import_register(
    source: Annotated[
        Path,
        typer.Argument(
            help="A register: CSV, TSV, XLSX, GeoJSON or GeoPackage.", exists=True, dir_okay=False
        ),
    ],
    crs: Annotated[
        str | None,
        typer.Option(help="The datum of its coordinates: CGCS2000, WGS84, GCJ-02, BD-09 …"),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--map", help="A field and its column: number=门牌. See docs/gazetteer.md."),
    ] = None,
    quality: Annotated[
        str, typer.Option(help="How good its positions are: S surveyed, A, B, C.")
    ] = "B",
    source_name: Annotated[str, typer.Option("--source", help="Whose table it is.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare only.")] = False,
    accept_conflicts: Annotated[
        bool, typer.Option("--accept-conflicts", help="Write the conflicts as well.")
    ] = False,
) -> None:
    r"""Bring a register of door plates or POI in; conflicts are shown and left alone.

    \b
    pianqu gazetteer import 门牌.xlsx --crs CGCS2000 --quality S --dry-run
    pianqu gazetteer import poi.csv --crs GCJ-02 --map number=门牌 --source 区地名办
    """
    from boundaries import gazetteer_desk
    from boundaries.locate import Locator
    from geo.places import Quality
    from geo.registers.importing import Wanted

    if quality not in "SABC" or len(quality) != 1:
        raise typer.BadParameter("S, A, B or C", param_hint="--quality")
    wanted = Wanted(
        crs=crs,
        columns=dict(pair.partition("=")[::2] for pair in column or ()),
        quality=Quality(quality),
        source=source_name,
        dry_run=dry_run,
        accept_conflicts=accept_conflicts,
    )
    with _database() as (conn, now):
        outcome = gazetteer_desk.take_in(
            conn,
            source.name,
            source.read_bytes(),
            wanted,
            territory=Locator().territory(conn, now),
            by=BY,
            at=now,
        )
    found = ", ".join(f"{field}={header}" for field, header in outcome.columns.items())
    typer.echo(f"{outcome.rows} rows read ({found}; datum {outcome.crs or 'none'}).")
    for conflict in outcome.conflicts:
        where = f" {conflict.label}" if conflict.label else ""
        typer.echo(f"row {conflict.line}:{where} {conflict.title} — {conflict.detail}")
    typer.echo(
        f"new {outcome.new}, changed {outcome.changed}, unchanged {outcome.unchanged},"
        f" repeated {outcome.repeated}, conflicts {sum(outcome.conflict_counts.values())}"
    )
    if outcome.written:
        typer.echo(f"Written: the gazetteer is at version {outcome.version}.")
    else:
        typer.echo("Nothing was changed.")


@gazetteer.command("list")
def list_places(
    like: Annotated[str, typer.Option(help="Part of a name or of a plate.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 200,
) -> None:
    """Show places with their position, its quality and where it is from."""
    from rich.console import Console
    from rich.table import Table

    from boundaries import gazetteer_desk

    with _database() as (conn, now):
        found = gazetteer_desk.find(conn, now, like, limit)
    table = Table("id", "kind", "label", "also", "lon, lat", "± m", "quality", "scope", "town")
    for place in found:
        at = f"{place.point.lon:.6f}, {place.point.lat:.6f}" if place.point else ""
        also = "、".join(alias.text for alias in place.aliases)
        table.add_row(
            place.id,
            place.kind,
            place.label,
            also,
            at,
            f"{place.radius_m:.0f}" if place.point else "",
            place.quality,
            place.scope,
            place.town or "",
        )
    Console().print(table)


@gazetteer.command("retire")
def retire(
    place: Annotated[str, typer.Argument(help="A place's id, as the list shows it.")],
    on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Not valid from this day.")],
    reason: Annotated[str, typer.Option(help="Why, for the record.")],
) -> None:
    """Let a place be valid no longer; it stays on record for the time before."""
    from geo import gazetteer as kept

    with _database() as (conn, now):
        label = kept.retire(conn, place, on=on.date(), by=BY, at=now, reason=reason)
    if label is None:
        typer.secho(f"Error: there is no place {place}.", err=True, fg=typer.colors.RED)
        raise typer.Exit(1)
    typer.echo(f"{label} is not valid from {on:%Y-%m-%d} on.")


@gazetteer.command("labels")
def show_labels(
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
) -> None:
    """Show what people confirmed last, and the names learned from two of them."""
    from rich.console import Console
    from rich.table import Table

    from geo import labels

    with _database() as (conn, _):
        found = labels.labels(conn, limit=limit)
        learned = labels.learned_aliases(conn)
    table = Table("at", "account", "words", "chosen", "unknown name", "outcome", "version")
    for label in found:
        table.add_row(
            f"{label.at.astimezone():%Y-%m-%d %H:%M}",
            label.account,
            label.clause,
            label.chosen or "on the map",
            label.unmatched_name or "",
            label.outcome,
            label.gazetteer_version,
        )
    Console().print(table)
    for name, place in learned:
        typer.echo(f"learned: {name} = {place}")
