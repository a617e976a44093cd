"""Cases brought into a database of one's own, by the intake itself."""

import uuid
from datetime import UTC, datetime

from stories import report

from boundaries.locate import Locator
from cases import intake
from cases.desk import Office
from cases.model import Number
from cases.policy import Policy
from cases.roles import actor
from store.engine import make_engine, transaction

NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)


def bring_cases(url, count, *, first=0):
    """Cases with numbers from `first` on; returns their ids."""
    office = Office(locator=Locator(), policy=Policy(), new_id=uuid.uuid4)
    engine = make_engine(url)
    ids = []
    for n in range(first, first + count):
        told = report(numbers=(Number(kind="12345", number=f"B{n}"),), title=f"路灯{n}")
        with transaction(engine) as conn:
            got = intake.receive(
                conn, office, intake.Incoming(report=told), actor=actor("platform-12345"), now=NOW
            )
        ids.append(got.case.id)
    engine.dispose()
    return ids
