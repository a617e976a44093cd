"""The present moment, for who begins an act; below this floor time is an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment; handed down, never read below."""
    return datetime.now(UTC)
