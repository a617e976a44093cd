"""Each beat: who is absent from duty, who is back, and whom the coordinator must hear of."""

import logging
from datetime import datetime, timedelta

from layers import absences
from pianqu.bench import Bench
from store.engine import transaction

log = logging.getLogger("pianqu.worker")


def note_absences(bench: Bench, at: datetime) -> int:
    """Look once, in one transaction: what is told is marked as told with it (R46).

    Returns:
        Of how many the coordinators were told.
    """
    with transaction(bench.engine) as conn:
        minutes = bench.office.policy_at(conn, at).absent_minutes
        told = absences.look(conn, at, timedelta(minutes=minutes))
    if told:
        log.info("%d people are absent from duty", told)
    return told
