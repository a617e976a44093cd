"""The checks of `pianqu doctor`, in the order in which one repairs."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx2
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from boundaries import library, seed
from boundaries.errors import NoEditionInForce
from boundaries.locate import edition_in_force
from cases.people import accounts as people
from cases.people import roster
from pianqu.doctor import Amiss, Doubtful, NotApplicable, Patient, check
from pianqu.provider_settings import providers
from pianqu.settings import HOST, Settings
from store import cluster, marks, migrate, outbox
from store.engine import make_engine, normal_url, transaction
from store.errors import ClusterError
from store.vitals import heartbeat, vitals

OURS = frozenset({"api", "boundaries", "cases", "geo", "pianqu", "layers", "store", "web"})
LIBRARIES = ("fastapi", "sqlalchemy", "psycopg", "shapely", "pyproj", "numpy", "numba", "folium")
LARGEST_CLOCK_DIFFERENCE = timedelta(seconds=2)
# The worker beats every five seconds.
WORKER_SILENT_AFTER = timedelta(seconds=30)
LEAST_DISK_BYTES = 2_000_000_000


def patient(settings: Settings, now: datetime) -> Patient:
    """Whom to examine: the database where it is said to be; nothing is started for the doctor."""
    if settings.database_url:
        url = normal_url(settings.database_url)
    else:
        url = cluster.url(settings.state_dir)
    return Patient(settings=settings, url=url, now=now)


@contextmanager
def _connection(patient: Patient) -> Iterator[Connection]:
    engine = make_engine(patient.url, pool_size=1)
    try:
        with transaction(engine) as connection:
            yield connection
    except OperationalError:
        raise NotApplicable("the database does not answer") from None
    finally:
        engine.dispose()


def _migrated(patient: Patient) -> None:
    try:
        current, newest = migrate.revisions(patient.url)
    except OperationalError:
        raise NotApplicable("the database does not answer") from None
    if current != newest:
        raise NotApplicable("the schema is not up to date")


@check("run `make setup`: it installs exactly what uv.lock says.")
def libraries(_patient: Patient) -> str:
    """Python and libraries."""
    python = ".".join(map(str, sys.version_info[:3]))
    try:
        versions = [f"{name} {version(name)}" for name in ("pianqu", *LIBRARIES)]
    except PackageNotFoundError as error:
        raise Amiss(f"Python {python}; {error.name} is missing") from None
    return f"Python {python}; {', '.join(versions)}"


@check("install pianqu into an environment of its own: `uv tool install`, pipx or `make setup`.")
def names(_patient: Patient) -> str:
    """Nobody else ships a folder of our names."""
    # Pip merges same-named folders without a word (architecture 8.6), so we look before it hurts.
    taken = {
        f"{name} (of {distribution})"
        for name, distributions in packages_distributions().items()
        for distribution in distributions
        if name in OURS and distribution != "pianqu"
    }
    if taken:
        raise Amiss(", ".join(sorted(taken)))
    return ", ".join(sorted(OURS))


@check("run `make setup` as root, or set PG_BINDIR or PIANQU_DATABASE_URL (docs/operations.md).")
def binaries(patient: Patient) -> str:
    """PostgreSQL with PostGIS for the private cluster."""
    if patient.settings.database_url:
        return "not needed: PIANQU_DATABASE_URL is set"
    try:
        return str(cluster.find_bindir())
    except ClusterError as error:
        raise Amiss(str(error.args[0])) from None


@check("`pianqu db start`, or check PIANQU_DATABASE_URL; its log: {settings.state_dir}/postgres/.")
def database(patient: Patient) -> str:
    """The database answers."""
    try:
        found = vitals(patient.url)
    except OperationalError as error:
        raise Amiss(str(error.orig).strip().splitlines()[0]) from None
    if found.encoding != "UTF8":
        raise Amiss(f"its encoding is {found.encoding}, and Chinese needs UTF8")
    where = "your own" if patient.settings.database_url else "private cluster"
    return f"PostgreSQL {found.server}, {where}, {found.size_bytes / 1e6:.0f} MB"


@check("as a superuser of the database: CREATE EXTENSION postgis; (3.1 or newer).")
def postgis(patient: Patient) -> str:
    """PostGIS is in the database."""
    try:
        found = vitals(patient.url).postgis
    except OperationalError:
        raise NotApplicable("the database does not answer") from None
    if found is None or tuple(map(int, found.split(".")[:2])) < (3, 1):
        raise Amiss(f"found {found}" if found else "the extension is missing")
    return found


@check("`pianqu migrate`; if the database is newer than this program, update the program.")
def migrations(patient: Patient) -> str:
    """The schema is this version's."""
    try:
        current, newest = migrate.revisions(patient.url)
    except OperationalError:
        raise NotApplicable("the database does not answer") from None
    if current != newest:
        raise Amiss(f"at {current or 'nothing'}, and this program needs {newest}")
    return f"revision {current}"


@check("set the clock by NTP (timedatectl set-ntp true); install tzdata if the zone is missing.")
def clock(patient: Patient) -> str:
    """Clock and time zone."""
    # Every time limit counts by this clock.
    try:
        local = patient.now.astimezone(ZoneInfo("Asia/Shanghai"))
    except ZoneInfoNotFoundError:
        raise Amiss("the zone Asia/Shanghai is unknown to this machine") from None
    try:
        difference = abs(vitals(patient.url).now - datetime.now(UTC))
    except OperationalError:
        return f"{local:%Y-%m-%d %H:%M:%S} in Shanghai (not compared with the database)"
    if difference > LARGEST_CLOCK_DIFFERENCE:
        raise Amiss(f"ours and the database's are {difference.total_seconds():.0f} s apart")
    return f"{local:%Y-%m-%d %H:%M:%S} in Shanghai, the database agrees"


@check("apt-get install fonts-wqy-zenhei (needed only where a browser runs on this machine).")
def fonts(_patient: Patient) -> str:
    """A Chinese font."""
    program = shutil.which("fc-list")
    if program is None:
        raise Doubtful("fontconfig is not installed, so no browser here has one")
    found = subprocess.run(
        [program, ":lang=zh", "family"], capture_output=True, text=True, check=False
    ).stdout.splitlines()
    if not found:
        raise Doubtful("none; a browser on this machine would show boxes")
    return found[0]


@check("stop the other program, or choose another port: PIANQU_PORT=8001.")
def port(patient: Patient) -> str:
    """The port is free, or ours."""
    number = patient.settings.port
    with socket.socket() as client:
        client.settimeout(2)
        if client.connect_ex((HOST, number)) != 0:
            return f"{HOST}:{number} is free; the server is not running"
    try:
        answer = httpx2.get(f"{patient.settings.base_url}/healthz", timeout=5, trust_env=False)
    except httpx2.HTTPError as error:
        raise Amiss(f"{HOST}:{number} is held by another program ({error})") from None
    if answer.status_code != 200:
        raise Amiss(f"{HOST}:{number} is held by another program")
    return f"our server answers at {patient.settings.base_url}"


@check("`make setup`, which builds it with npm.")
def front_end(_patient: Patient) -> str:
    """The front end is built."""
    package = importlib.util.find_spec("web")
    folder = Path(str(package and package.origin)).parent / "app" / "dist"
    if not (folder / "index.html").exists():
        raise Amiss("web/app/dist/index.html is missing")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    return f"{size / 1e6:.1f} MB"


@check("make it writable, or set NUMBA_CACHE_DIR to a folder that is; each start compiles else.")
def compiled(_patient: Patient) -> str:
    """Compiled code can be kept."""
    package = importlib.util.find_spec("geo")
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(chosen) if chosen else Path(str(package and package.origin)).parent
    # Where ours is closed, numba falls back to the user's own cache folder.
    for place in (folder, Path.home()):
        if os.access(place, os.W_OK):
            return str(place)
    raise Doubtful(f"neither {folder} nor the home folder is writable")


@check("set the keys of those you may ask: docs/operations.md, “Online geocoders”.")
def geocoders(patient: Patient) -> str:
    """Online geocoders."""
    # They are not asked here: each question costs, and an address would have to be sent.
    asked = [one.name for one in providers(patient.settings)]
    if not asked:
        return "off: no words of a case leave the house"
    return f"{', '.join(asked)}; at most {patient.settings.provider_budget} questions a day each"


@check("free some space, or move PIANQU_STATE_DIR.")
def disk(patient: Patient) -> str:
    """Disk space."""
    folder = patient.settings.state_dir.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_DISK_BYTES:
        raise Doubtful(f"only {free / 1e9:.1f} GB free at {folder}")
    return f"{free / 1e9:.0f} GB free at {folder}"


@check("chmod 600 {settings.state_dir}/webhook.secret")
def secret(patient: Patient) -> str:
    """The webhook's secret is closed to others."""
    if patient.settings.webhook_secret:
        return "from PIANQU_WEBHOOK_SECRET"
    path = patient.settings.state_dir / "webhook.secret"
    if not path.exists():
        return "is made at the first start"
    if path.stat().st_mode & 0o077:
        raise Amiss(f"{path} can be read by others")
    return str(path)


@check("`pianqu boundaries import` for the shipped ones; `pianqu boundaries check` shows faults.")
def boundaries(patient: Patient) -> str:
    """Boundaries are in force and sound."""
    _migrated(patient)
    with _connection(patient) as connection:
        try:
            edition = edition_in_force(connection, patient.now)
        except NoEditionInForce:
            raise Amiss("no edition is in force, so no place belongs to anyone") from None
        found = library.check(connection, edition.id, seed.read_seed().split_line)
    errors = [finding.detail for finding in found if finding.severity == "error"]
    if errors:
        raise Amiss(f"edition {edition.id}: {len(errors)} faults, such as {errors[0]}")
    kind = ", illustrative" if edition.provisional else ""
    return f"edition {edition.id} “{edition.name}”{kind}: no gap, no overlap, exact nesting"


@check("`pianqu worker`, or `pianqu serve --with-worker`: without it no refusal is delivered.")
def worker(patient: Patient) -> str:
    """A worker is alive."""
    _migrated(patient)
    with _connection(patient) as connection:
        at = heartbeat(connection, "worker")
    if at is None:
        raise Doubtful("none has run yet")
    silent = patient.now - at
    if silent > WORKER_SILENT_AFTER:
        raise Doubtful(f"the last sign is {silent} old")
    return f"its last sign is {max(silent.total_seconds(), 0):.0f} s old"


@check("GET /v1/deliveries?status=dead shows why; POST /v1/deliveries/…/retry sends one again.")
def dead_letters(patient: Patient) -> str:
    """Every refusal reached the street centre."""
    _migrated(patient)
    with _connection(patient) as connection:
        dead = outbox.messages(connection, status="dead", limit=1000)
        waiting = outbox.messages(connection, status="pending", limit=1000)
    if dead:
        raise Amiss(f"{len(dead)} could not be delivered; the newest: {dead[0].last_error}")
    return f"none given up, {len(waiting)} on their way"


@check("`pianqu account add admin --ask-password`; a shut one: `pianqu account enable admin`.")
def accounts(patient: Patient) -> str:
    """An administrator can log in."""
    _migrated(patient)
    with _connection(patient) as connection:
        open_ones = [one for one in people.listed(connection) if one.disabled_at is None]
        admins = [
            one
            for one in open_ones
            if (one.has_password or one.demo)
            and "admin" in people.posts_of(connection, one, patient.now)
        ]
    if not open_ones:
        raise Amiss("there is no account, so nobody gets at the cases")
    if not admins:
        raise Doubtful(f"none of {len(open_ones)} accounts is an administrator with a password")
    return f"{len(open_ones)} accounts, {len(admins)} of administrators"


@check("`uv lock --upgrade-package chinesecalendar`, or POST /v1/roster/days for one's own days.")
def calendar(patient: Patient) -> str:
    """The holidays are known for the month to come."""
    # The limits in working days (section 8) count by it.
    _migrated(patient)
    with _connection(patient) as connection:
        finding = roster.calendar_finding(connection, patient.now)
    if finding:
        raise Doubtful(finding)
    return f"announced until {roster.calendar_ends()}"


@check("`PIANQU_STATE_DIR=…` for true cases; invented and true ones do not belong together.")
def invented(patient: Patient) -> str:
    """True cases and invented ones are apart."""
    _migrated(patient)
    with _connection(patient) as connection:
        demo = marks.is_demo(connection)
    return "this database is the demo's, all its cases are invented" if demo else "no demo data"
