"""Where PostgreSQL with PostGIS lies on this machine, and as whom it may run."""

import os
import pwd
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from store.errors import NoAccount, NoPostGIS

ACCOUNT = "postgres"
NO_POSTGIS_REPAIR = (
    "run `make setup` as root (Debian, Ubuntu: apt-get install postgresql postgresql-postgis), "
    "or point PG_BINDIR at the bin folder of a PostgreSQL that has PostGIS "
    "(micromamba create -p ./pg -c conda-forge postgresql postgis), "
    "or set PIANQU_DATABASE_URL to a database of your own."
)


@dataclass(frozen=True, slots=True)
class Account:
    """The account a server process runs as, when it is not ours."""

    uid: int
    gid: int
    home: str


def find_bindir(major: int | None = None) -> Path:
    """Find the `bin` folder of a PostgreSQL that has PostGIS, newest first.

    PG_BINDIR is looked at first, then `pg_config`, then the folders of the distributions. With
    `major`, one of that version is preferred, for the data of a cluster that exists already.

    Raises:
        NoPostGIS: None has `postgis.control` in its share folder.
    """
    found = [place for place in dict.fromkeys(_places()) if _has_postgis(place)]
    if not found:
        raise NoPostGIS(
            "No PostgreSQL with PostGIS was found on this machine.", repair=NO_POSTGIS_REPAIR
        )
    same = [place for place in found if major_version(place) == major]
    return (same or found)[0]


@cache
def major_version(bindir: Path) -> int:
    """The major version of the server in a bin folder."""
    answer = subprocess.check_output([bindir / "postgres", "--version"], text=True)
    match = re.search(r"PostgreSQL\)? (\d+)", answer)
    return int(match[1]) if match else 0


def account_for(data: Path) -> Account | None:
    """Whom to drop to: nobody unless we are root, as PostgreSQL refuses to run as root.

    Data that exist keep their owner; new ones go to the distribution's account.

    Raises:
        NoAccount: We are root and the machine has no such account.
    """
    if os.geteuid() != 0:
        return None
    owner = data.stat().st_uid if data.exists() else 0
    try:
        entry = pwd.getpwuid(owner) if owner else pwd.getpwnam(ACCOUNT)
    except KeyError:
        raise NoAccount(
            f"PostgreSQL refuses to run as root, and there is no account “{owner or ACCOUNT}”.",
            repair=f"useradd --system {ACCOUNT}, or run pianqu as an ordinary user.",
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_dir)


def run(command: Sequence[str | Path], account: Account | None) -> subprocess.CompletedProcess[str]:
    """Run a PostgreSQL program as the account, in a folder every account may stand in."""
    return subprocess.run(
        command,
        check=True,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=Path(os.sep),
        env=_environment(account),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def _environment(account: Account | None) -> dict[str, str]:
    # PGPORT, PGDATA and their kin belong to the operator's other clusters, not to this one.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PG") or k == "PG_BINDIR"}
    return inherited | ({"HOME": account.home} if account else {})


def _places() -> Iterator[Path]:
    if chosen := os.environ.get("PG_BINDIR"):
        yield Path(chosen).expanduser().absolute()
    if answer := _ask("pg_config", "--bindir"):
        yield Path(answer)
    found = [path for pattern in _PATTERNS for path in Path(os.sep).glob(pattern)]
    yield from sorted(found, key=_version_in, reverse=True)


# Debian and Ubuntu; Red Hat's family; Homebrew on both processors; a build from source.
_PATTERNS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/lib*/pgsql/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "usr/local/pgsql/bin",
)


def _version_in(path: Path) -> int:
    numbers = re.findall(r"\d+", path.parent.name)
    return int(numbers[-1]) if numbers else 0


def _ask(program: str | Path, question: str) -> str:
    try:
        answer = subprocess.check_output([program, question], text=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return answer.strip()


def _has_postgis(bindir: Path) -> bool:
    """A `postgres` alone proves nothing: the share folder must hold PostGIS (stack 1.2)."""
    if not all((bindir / name).exists() for name in ("initdb", "postgres", "pg_ctl")):
        return False
    return any((share / "extension" / "postgis.control").exists() for share in _shares(bindir))


def _shares(bindir: Path) -> Iterator[Path]:
    if answer := _ask(bindir / "pg_config", "--sharedir"):
        yield Path(answer)
    # A machine with the server but without its development tools has no pg_config of its own.
    prefix = bindir.parent
    yield prefix / "share"
    yield prefix / "share" / "postgresql"
    if prefix.parent.name == "postgresql":
        yield prefix.parents[2] / "share" / "postgresql" / prefix.name


def on_linux() -> bool:
    """Whether the process table can be read as files."""
    return sys.platform == "linux"
