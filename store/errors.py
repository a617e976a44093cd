"""What can go wrong in the cellar, each with the repair a person can type.

StoreError
- ClusterError              the private PostGIS cluster
  - NoPostGIS               no PostgreSQL with PostGIS on this machine
  - NoAccount               root, but nobody to drop to
  - WrongMajorVersion       the data were written by another PostgreSQL
  - ForeignData             the data folder belongs to somebody else
  - ClosedFolder            the server's account cannot reach the folder
  - SocketPathTooLong       no folder short enough for a Unix socket
  - ClusterDidNotStart      the server refused; the end of its log is in the message
- BackupError               a backup could not be written, read or brought back
- DatabaseUnavailable       no connection can be had, or it broke in mid-flight
"""


class StoreError(Exception):
    """Anything the cellar reports; `repair` says what to do next."""

    def __init__(self, message: str, *, repair: str = "") -> None:
        super().__init__(message)
        self.repair = repair

    def __str__(self) -> str:
        message = str(self.args[0])
        return f"{message}\n  Repair: {self.repair}" if self.repair else message


class ClusterError(StoreError):
    """The private cluster cannot be had as it is."""


class BackupError(StoreError):
    """A backup could not be written, read or brought back."""


class NoPostGIS(ClusterError):
    """No PostgreSQL with the PostGIS extension was found on this machine."""


class NoAccount(ClusterError):
    """We are root, PostgreSQL refuses root, and there is no account to drop to."""


class WrongMajorVersion(ClusterError):
    """The data folder was written by another major version of PostgreSQL."""


class ForeignData(ClusterError):
    """The data folder belongs to another account."""


class ClosedFolder(ClusterError):
    """A folder on the way to the data is closed to the account the server runs as."""


class SocketPathTooLong(ClusterError):
    """No folder is short enough to hold the Unix socket."""


class ClusterDidNotStart(ClusterError):
    """PostgreSQL did not come up in the time given."""


class DatabaseUnavailable(StoreError):
    """The database does not answer; nothing was written."""
