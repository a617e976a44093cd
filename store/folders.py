"""The private cluster's folder: where its parts lie, who owns them, what its settings are.

Nothing here is ever deleted.
"""

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from store.binaries import Account, major_version
from store.errors import ClosedFolder, ForeignData, SocketPathTooLong, WrongMajorVersion

PORT = 5432
# A Unix socket's path may have 107 bytes (103 on macOS); PostgreSQL adds the file's name.
SOCKET_FILE = f".s.PGSQL.{PORT}"
LONGEST_SOCKET_PATH = 100

_SETTINGS = """\
# Written by pianqu at every start; use ALTER SYSTEM for settings of your own.
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket_dir}'
unix_socket_permissions = 0700
max_connections = 200
jit = off
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
lc_messages = 'C'
"""
# Only for throw-away clusters of tests: a crash of the machine may lose everything.
_NOT_DURABLE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


def socket_dir(state_dir: Path) -> Path:
    """The folder of the cluster's socket: beside the data, or a short one named by a hash.

    Raises:
        SocketPathTooLong: Not even the machine's temporary folder is short enough.
    """
    state_dir = state_dir.absolute()
    beside = state_dir / "postgres" / "socket"
    name = "pianqu-" + hashlib.sha256(os.fsencode(state_dir)).hexdigest()[:12]
    # The owner's number keeps two accounts from waiting on each other's folder.
    name = f"{name}-{os.geteuid()}"
    for folder in (beside, *(base / name for base in _short_folders())):
        if len(os.fsencode(folder / SOCKET_FILE)) <= LONGEST_SOCKET_PATH:
            return folder
    raise SocketPathTooLong(
        f"No folder is short enough for a Unix socket, not even {tempfile.gettempdir()}.",
        repair="set PIANQU_STATE_DIR to a folder with a path below 70 characters.",
    )


def _short_folders() -> Iterator[Path]:
    # Root's own runtime folder is closed to the account the server drops to.
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.geteuid() != 0 and Path(runtime).is_dir():
        yield Path(runtime)
    yield Path(tempfile.gettempdir())


def data_dir(state_dir: Path) -> Path:
    """The folder that PostgreSQL calls PGDATA."""
    return state_dir / "postgres" / "data"


def written_by(data: Path) -> int | None:
    """The major version that wrote the data; none when there are no data yet."""
    version = data / "PG_VERSION"
    try:
        return int(version.read_text().strip())
    except FileNotFoundError:
        return None
    except PermissionError:
        raise ForeignData(
            f"{data} may not be read by this account.",
            repair="run pianqu as the account that made it, or choose another PIANQU_STATE_DIR.",
        ) from None


def check(data: Path, bindir: Path, account: Account | None) -> None:
    """Refuse what would fail later with a worse message."""
    written, found = written_by(data), major_version(bindir)
    if written is not None and written != found:
        raise WrongMajorVersion(
            f"The data in {data} were written by PostgreSQL {written}; {bindir} is {found}.",
            repair=f"install postgresql-{written} with PostGIS, or set PG_BINDIR to it; to move to "
            f"{found}, dump with {written} and restore, or choose a new PIANQU_STATE_DIR.",
        )
    if account is None:
        return
    # initdb says “Permission denied” when a folder above is closed, as root's home is.
    for folder in data.parents[1:]:
        mode = folder.stat()
        if mode.st_uid != account.uid and not mode.st_mode & stat.S_IXOTH:
            raise ClosedFolder(
                f"{folder} is closed to the account PostgreSQL runs as.",
                repair="choose a PIANQU_STATE_DIR outside of private folders, such as the default.",
            )


def own_folder(folder: Path, account: Account | None) -> None:
    """Make a folder of the server's account, closed to others, or insist that it is one.

    Trust is the way in, so whoever reaches the socket is superuser (stack 1.3).
    """
    uid = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        status = folder.lstat()
        # Root that was killed between making the folder and giving it away goes on here.
        if account and status.st_uid == 0 and stat.S_ISDIR(status.st_mode):
            os.chown(folder, account.uid, account.gid)
        elif status.st_uid != uid or not stat.S_ISDIR(status.st_mode):
            raise ForeignData(
                f"{folder} exists and belongs to another account.",
                repair="run pianqu as that account, or choose another PIANQU_STATE_DIR.",
            ) from None
    folder.chmod(0o700)


def write_settings(state_dir: Path, *, durable: bool, account: Account | None) -> None:
    """Write our part of the server's settings, which `postgresql.conf` includes."""
    text = _SETTINGS.format(port=PORT, socket_dir=str(socket_dir(state_dir)).replace("'", "''"))
    path = data_dir(state_dir) / "pianqu.conf"
    path.write_text(text if durable else text + _NOT_DURABLE)
    if account:
        os.chown(path, account.uid, account.gid)
