"""Gives back what the street centre took over off hours, once the desk runs again (R48)."""

import logging
from datetime import datetime

from sqlalchemy import text

from cases import commands as do
from cases import desk
from cases.errors import CaseError
from cases.people import roster
from cases.roles import CLOCK
from pianqu.bench import Bench
from store.engine import transaction

log = logging.getLogger("pianqu.worker")
_TAKEN_OVER = text("SELECT id, desk FROM case_now WHERE handed_over AND desk IS NOT NULL")


def hand_back(bench: Bench, at: datetime) -> int:
    """Hand back each case whose desk runs again; returns how many."""
    with transaction(bench.engine) as conn:
        waiting = conn.execute(_TAKEN_OVER).all()
        calendar = roster.calendar(conn) if waiting else None
    done = 0
    for row in waiting:
        if calendar is None or not calendar.is_running(row.desk, at):
            continue
        command = do.HandBack(reason="运行时间开始，交回分中心")
        try:
            with transaction(bench.engine) as conn:
                desk.handle(conn, bench.office, row.id, command, actor=CLOCK, now=at)
        except CaseError as refusal:
            log.info("case %s is not handed back: %s", row.id, refusal)
        else:
            done += 1
    return done
