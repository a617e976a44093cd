"""The door of positions: a phone's or a post's, for its own person only and in duty time only."""

from datetime import datetime

from sqlalchemy import Connection

from layers import devices, people
from layers.devices import Device
from layers.duties import Watch
from layers.fixes import LIMITS, Fix, FixLimits, FixProblem


def receive(
    conn: Connection,
    fix: Fix,
    now: datetime,
    *,
    device: Device | None = None,
    limits: FixLimits = LIMITS,
) -> FixProblem | None:
    """Take one position, or say why not; what a phone's was refused for is counted.

    What lies outside the duty of the person is not stored, whatever sent it.
    """
    watch = Watch.over(conn, {fix.device_id})
    intake = people.record_positions(conn, [fix], now, limits, watch.on_duty)
    problem = intake.rejected[0].problem if intake.rejected else None
    if problem is not None and device is not None:
        devices.note_problem(conn, device, problem, now)
    return problem
