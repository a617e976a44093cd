"""A case from its events: `evolve` one, `replay` all. Pure; the projection must equal it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cases import events as ev
from cases.clocks import Changes, applied
from cases.effects import Doing, dropped, waiting_status, worked
from cases.model import Case, RawPoint, Refusal, RefusalState, Report, Status
from cases.ownership import staged
from cases.work import Kind

NO_CHANGES = Changes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event with its place in the history."""

    version: int
    event: ev.Event
    actor: str
    on_behalf_of: str | None
    at: datetime
    account: str | None = None
    clocks: Changes = NO_CHANGES


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
        moved = _received(event, record)
    else:
        assert case is not None
        moved = replace(case, version=record.version, updated_at=record.at)
        moved = _changed(moved, event, record)
    moved = _taken_back(moved, record.at)
    moved = replace(moved, clocks=applied(moved.clocks, record.clocks, record.at))
    return staged(moved, record.at)


def _taken_back(case: Case, at: datetime) -> Case:
    """What has ended is not with the street centre any more (R48); a merged case may come back."""
    if case.work.hand_over is None or not case.is_ended or case.status is Status.MERGED:
        return case
    *earlier, last = case.work.hand_overs
    ended = (*earlier, replace(last, returned_at=at))
    return replace(case, worked=replace(case.work, hand_overs=ended))


def _received(event: ev.CaseReceived, record: Recorded) -> Case:
    place = event.place
    return Case(
        id=event.id,
        number=event.number,
        version=record.version,
        status=waiting_status(place.status),
        report=event.report,
        place=place,
        location_problem=event.location_problem,
        desk=event.desk,
        sector=place.sector,
        community=place.community,
        police_area=place.police_area,
        proposal=event.proposal,
        reinstated=False,
        clocks=(),
        refusals=(),
        received_from=record.actor,
        received_at=record.at,
        updated_at=record.at,
    )


def _changed(case: Case, event: ev.Event, record: Recorded) -> Case:
    match event:
        case ev.ReportSupplemented():
            report = replace(
                case.report,
                numbers=(*case.report.numbers, *event.new_numbers),
                # What was told first stays; only a gap is filled.
                address=case.report.address or event.report.address,
                # A flag the source raises later counts as well; only a person lowers it.
                urgent=case.report.urgent or event.report.urgent,
                supervised=case.report.supervised or event.report.supervised,
            )
            return replace(case, report=report, supplements=case.supplements + 1)
        case ev.LocationCorrected():
            return _relocated(case, event, record)
        case ev.CaseAccepted():
            return _accepted(case, event, record)
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
        case ev.ClockWarned():
            return replace(
                case,
                clocks=tuple(
                    replace(c, warned=True) if c.code == event.code and c.seq == event.seq else c
                    for c in case.clocks
                ),
            )
        case _ if hasattr(event, "refusal_id"):
            return _settled(case, event, record)
        case _:
            return worked(case, event, Doing(by=record.actor, at=record.at))


def _accepted(case: Case, event: ev.CaseAccepted, record: Recorded) -> Case:
    work = replace(
        case.work,
        kind=event.kind or Kind.COMMUNITY,
        grades=event.grades,
        spans=event.spans,
        involved=event.involved,
        clock_from=record.at,
        # What was said and reported for an earlier acceptance does not serve this one.
        instructions=(),
        head_reports=(),
        resume=None,
    )
    return replace(
        case,
        status=Status.INSTRUCTION_PENDING if work.tier >= 2 else Status.ACCEPTED,
        community=event.community,
        sector=event.sector,
        police_area=event.police_area,
        # Told to take it, a desk keeps a case that lies in the other 片区.
        desk=case.desk or (event.sector.code if event.sector else None),
        proposal=None,
        accepted_at=record.at,
        worked=work,
    )


def _relocated(case: Case, event: ev.LocationCorrected, record: Recorded) -> Case:
    place = event.place
    waits = case.is_waiting or event.proposal is not None or place.community is None
    moved = not waits and place.community != case.community
    # A case under way stays where it stands while it stays in its grid; in another one the
    # station's part is called back, and outside the desk decides anew.
    redirected = moved and bool(case.work.station) and case.work.kind is Kind.COMMUNITY
    if redirected or (waits and case.worked is not None):
        case = replace(case, worked=replace(case.work, duties=dropped(case.work.duties, record.at)))
    status = waiting_status(place.status) if waits else case.status
    return replace(
        case,
        place=place,
        status=Status.ACCEPTED if redirected else status,
        location_problem=None,
        report=_with_pair(case.report, event),
        desk=event.desk,
        sector=place.sector,
        community=place.community,
        police_area=place.police_area,
        proposal=event.proposal,
    )


def _with_pair(report: Report, event: ev.LocationCorrected) -> Report:
    """The report with its better pair; found by words, it has none, and keeps what it came with."""
    if event.raw_lon is None or event.raw_lat is None:
        return report
    raw = RawPoint(lon=event.raw_lon, lat=event.raw_lat, crs=event.raw_crs)
    return replace(report, raw=raw, accuracy_m=event.accuracy_m)


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
            onward = {"status": waiting_status(case.place.status)}
        case ev.CaseRedispatched():
            changes = {
                "state": RefusalState.REDISPATCHED,
                "settled_at": record.at,
                "to_sector": event.to_sector,
            }
            onward = {"status": waiting_status(case.place.status), "desk": event.to_sector}
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
