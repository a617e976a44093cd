"""Waiting for the feed: it shows nothing before all older transactions of the cluster have ended.

Tests of other workers share the cluster, and any of them may hold a transaction open that is older
than ours (ADR 0007). What was readable once stays so.
"""

import time

from sqlalchemy import Engine

from store import feed
from store.engine import transaction

PATIENCE_S = 60.0


def wait_until_readable(engine: Engine) -> None:
    """Return when every committed fact of this database can be read."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with transaction(engine) as conn:
            if not feed.rows_wait(conn):
                return
        time.sleep(0.05)
    raise AssertionError(f"a row of the feed stayed unreadable for {PATIENCE_S:g} s")
