"""A case from its events: `evolve` one, `replay` all. Pure; the projection must equal it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from boundaries.model import AssignmentStatus
from cases import events as ev
from cases.clocks import advanced
from cases.model import Case, RawPoint, Refusal, RefusalState, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event with its place in the history."""

    version: int
    event: ev.Event
    actor: str
    on_behalf_of: str | None
    at: datetime


def replay(history: Iterable[Recorded]) -> Case:
    """The case its events tell of.

    Raises:
        ValueError: an empty history.
    """
    case: Case | None = None
    for record in history:
        case = evolve(case, record)
    if case is None:
        raise ValueError("a case has at least one event")
    return case


def evolve(case: Case | None, record: Recorded) -> Case:
    """The case after one more event."""
    event = record.event
    if isinstance(event, ev.CaseReceived):
        return _received(event, record)
    assert case is not None
    moved = replace(
        case,
        version=record.version,
        updated_at=record.at,
        clocks=advanced(
            case.clocks,
            ev.name(event),
            record.at,
            alarm_minutes=case.alarm_minutes,
            spared=_spared_runs(case, event),
        ),
    )
    return _changed(moved, event, record)


def _spared_runs(case: Case, event: ev.Event) -> frozenset[int]:
    """The runs of a clock that an event of the stopping kind does not concern."""
    runs = frozenset(clock.seq for clock in case.clocks)
    match event:
        case ev.RejectionDelivered():
            refusal = case.refusal(event.refusal_id)
            if refusal is None or refusal.state is RefusalState.WITHDRAWN:
                return runs  # a refusal taken back settles nothing, however late it is delivered
            return runs - {refusal.clock_seq}
        case ev.CaseAccepted() | ev.CaseReinstated():
            # R50 asks for delivery: the other desk's acceptance does not make up for it.
            return frozenset(
                refusal.clock_seq
                for refusal in case.refusals
                if refusal.delivered_at is None and refusal.state is not RefusalState.WITHDRAWN
            )
    return frozenset()


def _received(event: ev.CaseReceived, record: Recorded) -> Case:
    place = event.place
    return Case(
        id=event.id,
        number=event.number,
        version=record.version,
        status=_waiting_status(place.status),
        report=event.report,
        place=place,
        location_problem=event.location_problem,
        desk=event.desk,
        sector=place.sector,
        community=place.community,
        police_area=place.police_area,
        proposal=event.proposal,
        reinstated=False,
        alarm_minutes=event.alarm_minutes,
        clocks=advanced((), "CaseReceived", record.at, alarm_minutes=event.alarm_minutes),
        refusals=(),
        received_at=record.at,
        updated_at=record.at,
    )


def _waiting_status(status: AssignmentStatus) -> Status:
    """A place outside waits at the desk too: a refusal is an act, not a property of the map."""
    return {
        AssignmentStatus.NO_LOCATION: Status.NO_LOCATION,
        AssignmentStatus.BOUNDARY_REVIEW: Status.BOUNDARY_REVIEW,
    }.get(status, Status.RECEIVED)


def _changed(case: Case, event: ev.Event, record: Recorded) -> Case:
    match event:
        case ev.ReportSupplemented():
            report = replace(
                case.report,
                numbers=(*case.report.numbers, *event.new_numbers),
                # A flag the source raises later counts as well; only a person lowers it.
                urgent=case.report.urgent or event.report.urgent,
                supervised=case.report.supervised or event.report.supervised,
            )
            return replace(case, report=report, supplements=case.supplements + 1)
        case ev.LocationCorrected():
            return _relocated(case, event)
        case ev.CaseAccepted():
            return replace(
                case,
                status=Status.ACCEPTED,
                community=event.community,
                sector=event.sector,
                police_area=event.police_area,
                # Told to take it, a desk keeps a case that lies in the other 片区.
                desk=case.desk or (event.sector.code if event.sector else None),
                proposal=None,
                accepted_at=record.at,
            )
        case ev.CaseRejected():
            return _rejected(case, event, record)
        case ev.ClockBreached():
            return replace(
                case,
                clocks=tuple(
                    replace(c, breached=True) if c.code == event.code and c.seq == event.seq else c
                    for c in case.clocks
                ),
            )
        case _:
            return _settled(case, event, record)


def _relocated(case: Case, event: ev.LocationCorrected) -> Case:
    place = event.place
    return replace(
        case,
        place=place,
        status=_waiting_status(place.status),
        location_problem=None,
        report=replace(
            case.report,
            raw=RawPoint(lon=event.raw_lon, lat=event.raw_lat, crs=event.raw_crs),
            accuracy_m=event.accuracy_m,
        ),
        desk=event.desk,
        sector=place.sector,
        community=place.community,
        police_area=place.police_area,
        proposal=event.proposal,
    )


def _rejected(case: Case, event: ev.CaseRejected, record: Recorded) -> Case:
    run = [clock.seq for clock in case.clocks if clock.code == "refusal_feedback"]
    refusal = Refusal(
        id=event.refusal_id,
        desk=event.desk,
        reason_code=event.reason_code,
        reason=event.reason,
        belongs_to=event.belongs_to,
        distance_m=event.distance_m,
        direction=event.direction,
        radius_m=event.radius_m,
        automatic=event.automatic,
        rule=event.rule,
        by=record.actor,
        on_behalf_of=record.on_behalf_of,
        rejected_at=record.at,
        clock_seq=max(run),
    )
    return replace(case, status=Status.REJECTED, proposal=None, refusals=(*case.refusals, refusal))


def _settled(case: Case, event: Any, record: Recorded) -> Case:
    """The events that move a refusal on, and with it perhaps the case."""
    changes: dict[str, Any] = {}
    onward: dict[str, Any] = {}
    match event:
        case ev.RejectionDelivered():
            changes = {"delivered_at": record.at, "undeliverable_at": None}
        case ev.RejectionUndelivered():
            changes = {"undeliverable_at": record.at}
        case ev.RejectionAcknowledged():
            changes = {"acknowledged_at": record.at, "acknowledged_by": record.actor}
        case ev.RejectionForwarded():
            changes = {"state": RefusalState.FORWARDED, "settled_at": record.at}
        case ev.RejectionWithdrawn():
            changes = {"state": RefusalState.WITHDRAWN, "settled_at": record.at}
            onward = {"status": _waiting_status(case.place.status)}
        case ev.CaseRedispatched():
            changes = {
                "state": RefusalState.REDISPATCHED,
                "settled_at": record.at,
                "to_sector": event.to_sector,
            }
            onward = {"status": _waiting_status(case.place.status), "desk": event.to_sector}
        case ev.CaseReinstated():
            changes = {
                "state": RefusalState.REINSTATED,
                "settled_at": record.at,
                "to_sector": event.to_sector,
            }
            onward = {"status": Status.RECEIVED, "desk": event.to_sector, "reinstated": True}
    refusals = tuple(
        _moved(refusal, changes) if refusal.id == event.refusal_id else refusal
        for refusal in case.refusals
    )
    return replace(case, refusals=refusals, **onward)


def _moved(refusal: Refusal, changes: dict[str, Any]) -> Refusal:
    moved: Refusal = replace(refusal, **changes)
    if moved.settled_at is not None:
        return moved
    if moved.acknowledged_at is not None:
        return replace(moved, state=RefusalState.ACKNOWLEDGED)
    if moved.delivered_at is not None:
        return replace(moved, state=RefusalState.FEEDBACK_DELIVERED)
    return moved
