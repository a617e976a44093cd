"""The commands that have a noun before the verb: `db`, `boundaries`, `report`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from pianqu.settings import Settings

database = typer.Typer(
    help="The private PostGIS cluster, used when PIANQU_DATABASE_URL is not set.",
    no_args_is_help=True,
)
boundaries = typer.Typer(
    help="Editions of the boundaries: which 片区, community grid and police area lie where.",
    no_args_is_help=True,
)
report = typer.Typer(help="Reports that can be passed on as one file.", no_args_is_help=True)


@database.command("start")
def start_database() -> None:
    """Start the private cluster, making it first if there is none."""
    from store import cluster

    settings = Settings()
    was_running = cluster.is_running(settings.state_dir)
    url = _for_libpq(cluster.ensure(settings.state_dir))
    typer.echo(f"{'It runs already' if was_running else 'Started'}: {url}")


@database.command("stop")
def stop_database() -> None:
    """Stop the private cluster; its data stay."""
    from store import cluster

    stopped = cluster.stop(Settings().state_dir)
    typer.echo("Stopped." if stopped else "It was not running.")


@database.command("url")
def database_url() -> None:
    r"""Print the database's address, for psql, QGIS or a backup.

    \b
    psql "$(pianqu db url)"
    pg_dump --format=custom --file=pianqu.dump "$(pianqu db url)"
    """
    from store import cluster

    settings = Settings()
    typer.echo(_for_libpq(settings.database_url or cluster.url(settings.state_dir)))


def _for_libpq(url: str) -> str:
    """Without the name of our driver, which psql and pg_dump do not know."""
    return url.replace("postgresql+psycopg://", "postgresql://")


@boundaries.command("import")
def import_boundaries(
    source: Annotated[
        Path | None,
        typer.Argument(
            help="A file with columns level, code, name, parent, or a folder with one file a level "
            "(street, sectors, communities, police_areas, neighbours); without it, the shipped "
            "illustrative boundaries.",
            exists=True,
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="The edition's name, such as 2027 正式版.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(help="A column's own name: code=网格代码; also for level, name, parent."),
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="The encoding of a Shapefile's table, such as gb18030.")
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="The datum of the coordinates, when the file has none.")
    ] = None,
    valid_from: Annotated[
        datetime | None, typer.Option(help="From when it holds, Shanghai time; now by default.")
    ] = None,
    notice: Annotated[str, typer.Option(help="What readers must know, shown on the map.")] = "",
    licence: Annotated[str, typer.Option(help="Whose data these are.")] = "",
    provisional: Annotated[
        bool, typer.Option(help="Whether the boundaries are only an illustration.")
    ] = False,
    in_force: Annotated[
        bool, typer.Option("--in-force", help="Put the edition in force; otherwise a trial only.")
    ] = False,
) -> None:
    r"""Read boundaries, check them (no gap, no overlap, exact nesting), and put them in force.

    Without --in-force nothing changes: the draft is checked and the findings are shown.

    \b
    pianqu boundaries import                                  the shipped boundaries
    pianqu boundaries import ./2027 --crs CGCS2000             a trial
    pianqu boundaries import ./2027 --crs CGCS2000 --name "2027 正式版" --in-force \
           --valid-from 2027-01-01
    """
    from pianqu.importing import Import, import_edition, import_seed

    now = datetime.now().astimezone()
    if source is None:
        import_seed(Settings(), now)
        return
    import_edition(
        Settings(),
        Import(
            source=source,
            name=name or source.stem,
            crs=crs,
            columns=dict(pair.partition("=")[::2] for pair in column or ()),
            encoding=encoding,
            valid_from=valid_from,
            notice=notice,
            licence=licence,
            provisional=provisional,
            in_force=in_force,
        ),
        now,
    )


@boundaries.command("list")
def list_boundaries() -> None:
    """Show all editions, the newest first."""
    from pianqu.importing import show_editions

    show_editions(Settings())


@boundaries.command("check")
def check_boundaries(
    edition: Annotated[
        int | None, typer.Argument(help="An edition's number; without it, the one in force.")
    ] = None,
) -> None:
    """Check an edition again (R14): exit code 1 when it has a gap, an overlap or broken nesting."""
    from pianqu.importing import check_edition

    raise typer.Exit(0 if check_edition(Settings(), edition, datetime.now().astimezone()) else 1)


@report.command("situation")
def report_situation(
    output: Annotated[Path, typer.Option("--output", "-o", help="The HTML file to write.")],
    desk: Annotated[
        str | None, typer.Option(help="One 片区 only: 140901 or 140902; without it, both.")
    ] = None,
) -> None:
    r"""Write the situation of the moment as one HTML file that opens without a network.

    \b
    pianqu report situation -o map.html
    pianqu report situation --desk 140901 -o yingyuan.html
    """
    from pianqu.reporting import write_situation

    write_situation(Settings(), output, desk=desk, now=datetime.now().astimezone())
    typer.echo(f"Written: {output} ({output.stat().st_size / 1e6:.1f} MB)")
