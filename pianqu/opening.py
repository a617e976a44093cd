"""Opens the house: the demo with its invented day, or server and worker on one's own data."""

import socket
import threading
import time
from collections.abc import Callable
from datetime import datetime

import httpx2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import text

from pianqu import demo, listening, supervise
from pianqu.database import install_boundaries, install_people, revive, with_database
from pianqu.settings import HOST, Settings, webhook_secret
from store import cluster, marks
from store.engine import make_engine, transaction
from store.errors import StoreError

READY_S = 120.0
console = Console(highlight=False)


class CannotOpen(StoreError):
    """The house cannot be opened as things stand; `repair` says what to do."""


def open_demo(settings: Settings, *, reset: bool, feed: bool) -> None:
    """Have everything the demo needs, keep it running until asked to stop, stop it in order."""
    settings = settings.model_copy(
        update={"demo": True, "auto_refuse": True, "auto_redispatch": True}
    )

    def fill(ready: Settings, house: supervise.Household, stop: threading.Event) -> None:
        _invent_the_day(ready, stop)
        if feed and not stop.is_set():
            house.start("demo-feed", "demo-feed")

    _open(settings, lambda: _prepared(settings, reset=reset), fill, feed=feed)


def open_own(settings: Settings) -> None:
    """Keep server and worker running on one's own data until asked to stop."""

    def prepared() -> Settings:
        ready = with_database(settings)
        install_boundaries(str(ready.database_url), _now())
        install_people(ready, _now())
        return ready

    _open(settings, prepared, lambda *_: None, feed=False)


def _open(
    settings: Settings,
    prepare: Callable[[], Settings],
    fill: Callable[[Settings, supervise.Household, threading.Event], None],
    *,
    feed: bool,
) -> None:
    listening.check(settings, demo=settings.demo)
    _refuse_taken_port(settings)
    stop = supervise.stop_on_signals()
    ours = not settings.database_url and not cluster.is_running(settings.state_dir)
    try:
        ready = prepare()
        house = _household(ready)
        try:
            _start(ready, house, stop)
            if not stop.is_set():
                fill(ready, house, stop)
            if not stop.is_set():
                _say_where(ready, feed=feed)
            # The settings as given know whether the cluster is ours to revive.
            house.watch(stop, lambda: _revive(settings))
        finally:
            console.print("Stopping …")
            house.stop()
    finally:
        if ours:
            cluster.stop(settings.state_dir)
    console.print("Stopped; the data are kept.")


def _revive(settings: Settings) -> None:
    if revive(settings):
        console.print("The private cluster had been killed; it runs again.")


def _prepared(settings: Settings, *, reset: bool) -> Settings:
    """Cluster, schema and boundaries; emptied first when asked and allowed."""
    own = settings.database_url
    with console.status("PostGIS and the schema …"):
        prepared = with_database(settings)
        if reset:
            _refuse_true_cases(prepared)
            if own:
                raise CannotOpen(
                    "RESET empties the private cluster only, and PIANQU_DATABASE_URL is set.",
                    repair="empty that database yourself, or unset PIANQU_DATABASE_URL.",
                )
            cluster.empty(settings.state_dir)
            prepared = with_database(settings)
        _refuse_true_cases(prepared)
    console.print("✓ PostGIS, the schema up to date")
    install_boundaries(str(prepared.database_url), _now())
    install_people(prepared, _now())
    console.print("✓ boundaries in force (illustrative)")
    return prepared


def _refuse_true_cases(settings: Settings) -> None:
    """Invented cases never go among true ones: a database that has cases must be the demo's."""
    engine = make_engine(str(settings.database_url), pool_size=1)
    try:
        with transaction(engine) as connection:
            if marks.is_demo(connection):
                return
            if connection.execute(text("SELECT EXISTS (SELECT FROM case_event)")).scalar_one():
                raise CannotOpen(
                    "This database holds cases that are not the demo's.",
                    repair="PIANQU_STATE_DIR=./demo-state make demo   keeps the two apart.",
                )
            marks.mark_demo(connection)
    finally:
        engine.dispose()


def _household(settings: Settings) -> supervise.Household:
    environment = {
        "PIANQU_DATABASE_URL": str(settings.database_url),
        "PIANQU_PORT": str(settings.port),
        "PIANQU_STATE_DIR": str(settings.state_dir),
        "PIANQU_DEMO": str(settings.demo),
        "PIANQU_AUTO_REFUSE": str(settings.auto_refuse),
        "PIANQU_AUTO_REDISPATCH": str(settings.auto_redispatch),
    }
    webhook_secret(settings)
    return supervise.Household(settings.state_dir / "log", environment, console.print)


def _start(settings: Settings, house: supervise.Household, stop: threading.Event) -> None:
    house.start("server", "serve")
    house.start("worker", "worker")
    deadline = time.monotonic() + READY_S
    with console.status("server and worker …"):
        while not stop.wait(0.1):
            if _is_ready(settings):
                break
            if house.has_ended("server") or time.monotonic() > deadline:
                log = house.log_of("server")
                raise CannotOpen(
                    f"The server did not become ready:\n{log.read_text()[-1500:]}",
                    repair=f"read {log}; `pianqu doctor` looks for the usual causes.",
                )
    if not stop.is_set():
        console.print("✓ server and worker")


def _invent_the_day(settings: Settings, stop: threading.Event) -> None:
    """Report the invented day once; cut short, it goes on where it was, for numbers are known."""
    columns = (TextColumn("a day of invented cases"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("day", total=None)

        def tell(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        try:
            database = str(settings.database_url)
            demo.seed_day(settings.base_url, database, tell=tell, stop=stop)
            demo.work_off_the_day(settings.base_url, database, stop)
        except (httpx2.HTTPError, demo.DemoFailed) as error:
            raise CannotOpen(
                f"The invented day could not be reported: {error}",
                repair="start again: what was reported is kept, and it goes on from there.",
            ) from error
    if not stop.is_set():
        console.print("✓ a day of invented cases")


def _say_where(settings: Settings, *, feed: bool) -> None:
    console.print(f"\n  [bold]{settings.base_url}[/]   Ctrl-C stops")
    if settings.demo:
        console.print("  One click per post logs in: demonstration accounts have no passwords.")
    if settings.demo:
        pace = "; a new one comes every few seconds (FEED=0: none)" if feed else ""
        console.print(f"  All cases are invented{pace}. make demo RESET=1 begins anew.")
    console.print(f"  Logs: {settings.state_dir / 'log'}   Is all well? pianqu doctor\n")


def _refuse_taken_port(settings: Settings) -> None:
    with socket.socket() as client:
        client.settimeout(2)
        if client.connect_ex((HOST, settings.port)) != 0:
            return
    who = "pianqu itself" if _answers(settings, "healthz") else "another program"
    raise CannotOpen(
        f"Port {settings.port} is taken by {who}.",
        repair=f"open {settings.base_url} or stop that one; PIANQU_PORT=8001 takes another port.",
    )


def _is_ready(settings: Settings) -> bool:
    return _answers(settings, "readyz")


def _answers(settings: Settings, path: str) -> bool:
    try:
        answer = httpx2.get(f"{settings.base_url}/{path}", timeout=5, trust_env=False)
    except httpx2.HTTPError:
        return False
    return answer.status_code == 200


def _now() -> datetime:
    return datetime.now().astimezone()
