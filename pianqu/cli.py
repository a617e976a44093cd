"""The command line: what a person types, and what to type next when it fails.

What a command needs is imported inside it, so that `--help` answers at once.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from pianqu.cli_accounts import account
from pianqu.cli_devices import device
from pianqu.cli_docs import graph
from pianqu.cli_gazetteer import gazetteer
from pianqu.cli_groups import boundaries, database, report
from pianqu.cli_records import audit, purge
from pianqu.settings import Settings

TEACHING = """
pianqu (片区): the live dispatch map of a street-level city-operation sub-centre.

A case goes in and finds its 片区, community grid and police area by itself, or is refused with a
reason and the street centre is told.

\b
Try it:            pianqu demo
Run it:            pianqu serve --with-worker
Is all well?       pianqu doctor
Whose is a place?  pianqu assign cases.csv --crs GCJ-02 --lon 经度 --lat 纬度 -o out.csv
What do words say? pianqu geocode cases.csv --column 地址 -o out.csv
Pass it on:        pianqu report situation -o map.html

Settings are environment variables (PIANQU_PORT, PIANQU_DATABASE_URL …): docs/operations.md.
"""


class Explaining(TyperGroup):
    """Shows what we know to go wrong as a sentence with its repair, not as a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; known errors end it with exit code 1."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            sentence = explanation(error)
            if sentence is None:
                raise
            typer.secho(f"Error: {sentence}", err=True, fg=typer.colors.RED)
            raise typer.Exit(1) from None


def explanation(error: Exception) -> str | None:
    """What to tell a person about an error, or None when it is a fault of ours."""
    from sqlalchemy.exc import OperationalError

    from boundaries.errors import BoundaryError
    from cases.errors import NotPermitted
    from cases.people.account_errors import AccountError
    from geo.errors import GeoError
    from layers.errors import LayersError
    from pianqu.assign_judging import UnusableFile
    from store.errors import StoreError
    from web.report_assets import AssetsMissing

    known = StoreError | BoundaryError | GeoError | UnusableFile | AssetsMissing
    known |= AccountError | NotPermitted | LayersError
    if isinstance(error, known):
        return str(error)
    if isinstance(error, OperationalError):
        return (
            f"The database does not answer: {str(error.orig).strip()}\n"
            "  Repair: check PIANQU_DATABASE_URL, or `pianqu db start` for the private cluster."
        )
    return None


app = typer.Typer(
    cls=Explaining,
    help=TEACHING,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(database, name="db")
app.add_typer(boundaries, name="boundaries")
app.add_typer(report, name="report")
app.add_typer(gazetteer, name="gazetteer")
app.add_typer(account, name="account")
app.add_typer(device, name="device")
app.add_typer(audit, name="audit")
app.command()(purge)
app.command()(graph)


@app.command()
def serve(
    with_worker: Annotated[
        bool, typer.Option("--with-worker", help="Keep a worker running beside the server.")
    ] = False,
) -> None:
    """Serve the map and the interfaces on 127.0.0.1 (PIANQU_PORT, 8000; PIANQU_BIND for more).

    Starts the private cluster when PIANQU_DATABASE_URL is not set, and brings the schema up to
    date. Who may log in: `pianqu account`.
    """
    from pianqu import supervise

    if with_worker:
        from pianqu.opening import open_own

        open_own(Settings())
        return
    from pianqu.server import run_server

    supervise.end_with_parent()
    ready = _ready(Settings())
    if ready.demo and not supervise.has_parent():
        # One click per post needs the posts' accounts, and they the communities in force.
        from pianqu.database import install_boundaries, install_people

        now = datetime.now().astimezone()
        install_boundaries(str(ready.database_url), now)
        install_people(ready, now)
    run_server(ready)


def _ready(settings: Settings) -> Settings:
    """Database and schema; in a household the parent has seen to both."""
    from pianqu import supervise

    if supervise.has_parent():
        return settings
    from pianqu.database import keep_alive, with_database

    ready = with_database(settings)
    keep_alive(settings)
    return ready


@app.command()
def worker() -> None:
    """Deliver refusals, watch the clocks and make reports until stopped.

    Several workers may run; each message is delivered by one of them.
    """
    from pianqu import supervise
    from pianqu.worker import run_worker

    stop = supervise.stop_on_signals()
    supervise.end_with_parent()
    run_worker(_ready(Settings()), stop)


@app.command()
def demo(
    reset: Annotated[
        bool, typer.Option(envvar="RESET", help="Drop the invented cases and begin anew.")
    ] = False,
    feed: Annotated[
        bool, typer.Option(envvar="FEED", help="Report a new case every few seconds.")
    ] = True,
) -> None:
    """Open the live map with an invented day of about 400 cases, and keep it going.

    Ctrl-C stops everything; the next start takes seconds and keeps the data.
    """
    from pianqu.opening import open_demo

    open_demo(Settings(), reset=reset, feed=feed)


@app.command(name="demo-feed", hidden=True)
def demo_feed() -> None:
    """Report invented cases to the running server, one every few seconds."""
    from pianqu import supervise
    from pianqu.demo import feed

    stop = supervise.stop_on_signals()
    supervise.end_with_parent()
    settings = Settings()
    feed(settings.base_url, str(settings.database_url), stop)


@app.command()
def migrate() -> None:
    """Bring the database's schema to this version; safe to repeat."""
    from pianqu.database import with_database
    from store.migrate import revisions

    url = str(with_database(Settings()).database_url)
    typer.echo(f"The schema stands at revision {revisions(url)[0]}.")


@app.command()
def doctor() -> None:
    """Check everything the product stands on; each finding comes with its repair.

    Exit code 1 when something must be repaired, 0 when all is well or only worth a look.
    """
    from pianqu.checks import patient
    from pianqu.doctor import examine

    sound = examine(patient(Settings(), datetime.now().astimezone()))
    raise typer.Exit(0 if sound else 1)


@app.command()
def assign(
    source: Annotated[
        Path, typer.Argument(help="CSV, XLSX, GeoJSON or GeoPackage.", exists=True, dir_okay=False)
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write; the ending says the format.")
    ],
    crs: Annotated[
        str, typer.Option(help="The datum of the pairs: WGS84, GCJ-02, BD-09, CGCS2000, EPSG:4549…")
    ],
    lon: Annotated[str, typer.Option(help="The column of the longitude (easting).")] = "lon",
    lat: Annotated[str, typer.Option(help="The column of the latitude (northing).")] = "lat",
    accuracy: Annotated[
        str | None, typer.Option(help="The column of the accuracy in metres, if there is one.")
    ] = None,
) -> None:
    r"""Say for every row of a file which 片区 and community grid it lies in.

    \b
    pianqu assign cases.csv --crs GCJ-02 --lon 经度 --lat 纬度 -o out.csv
    pianqu assign cases.xlsx --crs WGS84 -o out.xlsx
    """
    from pianqu.assign_files import Columns
    from pianqu.assigning import assign_with_progress

    assign_with_progress(
        Settings(),
        source,
        output,
        crs=crs,
        columns=Columns(lon=lon, lat=lat, accuracy=accuracy),
        now=datetime.now().astimezone(),
    )


@app.command()
def geocode(
    source: Annotated[
        Path | None, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Where to write; the ending says the format (also .geojson)."
        ),
    ] = None,
    column: Annotated[str, typer.Option(help="The column of the words.")] = "address",
    crs: Annotated[
        str | None, typer.Option(help="The datum of pairs beside the words, if there are any.")
    ] = None,
    lon: Annotated[str | None, typer.Option(help="The column of their longitude.")] = None,
    lat: Annotated[str | None, typer.Option(help="The column of their latitude.")] = None,
    accuracy: Annotated[
        str | None, typer.Option(help="The column of their accuracy in metres.")
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="One text instead of a file; its reasons are printed.")
    ] = None,
) -> None:
    r"""Say for every row of a file which place its words tell, and how sure that is.

    \b
    pianqu geocode cases.xlsx --column 地址 -o out.xlsx
    pianqu geocode cases.csv --column 地址 --crs GCJ-02 --lon 经度 --lat 纬度 -o out.geojson
    pianqu geocode --text 和政路近墅沟路路口东北角
    """
    now = datetime.now().astimezone()
    if (source is None) == (text is None):
        raise typer.BadParameter("give either a file or --text")
    from pianqu.geocoding import explain_text, geocode_with_progress

    if text is not None:
        explain_text(Settings(), text, now)
        return
    from pianqu.geocode_files import TextColumns

    assert source is not None
    if crs is not None:
        lon, lat = lon or "lon", lat or "lat"
    geocode_with_progress(
        Settings(),
        source,
        output or source.with_name(f"{source.stem}.geocoded{source.suffix}"),
        columns=TextColumns(address=column, lon=lon, lat=lat, accuracy=accuracy),
        crs=crs,
        now=now,
    )


def _show_version(wanted: bool) -> None:
    if wanted:
        from pianqu import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and end."
        ),
    ] = False,
) -> None:
    del version  # its callback has answered
