"""How a case looks from outside: dataclasses that FastAPI documents and serialises."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from boundaries.model import Assignment, Named
from cases import clocks
from cases.hours import SHANGHAI
from cases.model import Case, Number, RawPoint, Refusal
from cases.roles import label
from cases.sources import SOURCES
from cases.words import REASON, REFUSAL_STATE, STATUS, event_label, next_step
from geo.points import LonLat


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """A clock and its colour at the moment of the answer; `used` is the share of the limit."""

    code: str
    label: str
    clause: str
    policy: bool
    started_at: datetime
    warn_at: datetime
    internal_due_at: datetime | None
    due_at: datetime
    stopped_at: datetime | None
    state: str
    used: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """How the message to the street centre stands."""

    id: UUID | None
    status: str
    attempts: int
    last_error: str | None
    next_at: datetime | None
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalView:
    """One 不予受理 with its delivery and its clock."""

    id: UUID
    case_id: UUID
    number: str
    title: str
    source: str
    source_label: str
    desk: str | None
    reason_code: str
    reason_label: str
    reason: str
    belongs_to: Named | None
    distance_m: float | None
    direction: str | None
    radius_m: float | None
    automatic: bool
    rule: str | None
    by: str
    by_label: str | None
    on_behalf_of: str | None
    rejected_at: datetime
    received_at: datetime
    state: str
    state_label: str
    delivery: DeliveryView | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    settled_at: datetime | None
    to_sector: str | None
    clock: ClockView | None
    point: LonLat | None
    case_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as lists and the panel show it; `assignment` only in the single view."""

    id: UUID
    number: str
    full_number: str
    version: int
    status: str
    status_label: str
    source: str
    source_label: str
    title: str
    description: str
    category: str | None
    address: str | None
    external_ids: tuple[Number, ...]
    forwarded_by: str | None
    forwarded_at: datetime | None
    forward_no: str | None
    reported_at: datetime | None
    to_sector: str | None
    desk: str | None
    sector: Named | None
    community: Named | None
    police_area: Named | None
    point: LonLat | None
    raw: RawPoint | None
    accuracy_m: float | None
    radius_m: float | None
    urgent: bool
    supervised: bool
    reason_code: str | None
    location_problem: str | None
    belongs_to: Named | None
    proposal: str | None
    reinstated: bool
    provisional: bool
    next_step: str
    clocks: tuple[ClockView, ...]
    clock: ClockView | None
    refusals: tuple[RefusalView, ...]
    received_at: datetime
    updated_at: datetime
    accepted_at: datetime | None
    supplements: int
    assignment: Assignment | None


Deliveries = dict[str, dict[str, Any]]


def case_view(
    case: Case, now: datetime, *, deliveries: Deliveries | None = None, whole: bool = False
) -> CaseView:
    """A case at a moment; `whole` adds the assignment with its explanation."""
    report = case.report
    first = clocks.first_due(case.clocks)
    return CaseView(
        id=case.id,
        number=case.number[4:],
        full_number=case.number,
        version=case.version,
        status=case.status.value,
        status_label=STATUS[case.status],
        source=report.source,
        source_label=SOURCES[report.source].label,
        title=report.title,
        description=report.description,
        category=report.category,
        address=report.address,
        external_ids=report.numbers,
        forwarded_by=report.forwarded_by,
        forwarded_at=local(report.forwarded_at),
        forward_no=report.forward_no,
        reported_at=local(report.reported_at),
        to_sector=report.to_sector,
        desk=case.desk,
        sector=case.sector,
        community=case.community,
        police_area=case.police_area,
        point=rounded(case.point),
        raw=report.raw,
        accuracy_m=report.accuracy_m,
        radius_m=case.place.radius_m,
        urgent=report.urgent,
        supervised=report.supervised,
        reason_code=case.location_problem or case.place.reason_code,
        location_problem=case.location_problem,
        belongs_to=case.place.belongs_to,
        proposal=case.proposal,
        reinstated=case.reinstated,
        provisional=case.place.provisional,
        next_step=next_step(case),
        clocks=tuple(clock_view(clock, now) for clock in case.clocks),
        clock=clock_view(first, now) if first else None,
        refusals=tuple(refusal_view(case, r, now, deliveries or {}) for r in case.refusals),
        received_at=local(case.received_at),
        updated_at=local(case.updated_at),
        accepted_at=local(case.accepted_at),
        supplements=case.supplements,
        assignment=case.place if whole else None,
    )


def clock_view(clock: clocks.Clock, now: datetime) -> ClockView:
    """A clock at a moment."""
    rule = clocks.BY_CODE[clock.code]
    return ClockView(
        code=clock.code,
        label=rule.label,
        clause=rule.clause,
        policy=rule.policy,
        started_at=local(clock.started_at),
        warn_at=local(clock.warn_at),
        internal_due_at=local(clock.internal_due_at),
        due_at=local(clock.due_at),
        stopped_at=local(clock.stopped_at),
        state=clocks.state(clock, now).value,
        used=round(clocks.used_share(clock, now), 4),
    )


def refusal_view(
    case: Case, refusal: Refusal, now: datetime, deliveries: Deliveries
) -> RefusalView:
    """A refusal at a moment."""
    clock = next((c for c in case.clocks if c.seq == refusal.clock_seq), None)
    sent = deliveries.get(str(refusal.id))
    return RefusalView(
        id=refusal.id,
        case_id=case.id,
        number=case.number[4:],
        title=case.report.title,
        source=case.report.source,
        source_label=SOURCES[case.report.source].label,
        desk=refusal.desk,
        reason_code=refusal.reason_code,
        reason_label=REASON.get(refusal.reason_code, refusal.reason_code),
        reason=refusal.reason,
        belongs_to=refusal.belongs_to,
        distance_m=refusal.distance_m,
        direction=refusal.direction,
        radius_m=refusal.radius_m,
        automatic=refusal.automatic,
        rule=refusal.rule,
        by=refusal.by,
        by_label=label(refusal.by),
        on_behalf_of=refusal.on_behalf_of,
        rejected_at=local(refusal.rejected_at),
        received_at=local(case.received_at),
        state=refusal.state.value,
        state_label=REFUSAL_STATE[refusal.state],
        delivery=_delivery(sent) if sent else None,
        acknowledged_at=local(refusal.acknowledged_at),
        acknowledged_by=label(refusal.acknowledged_by),
        settled_at=local(refusal.settled_at),
        to_sector=refusal.to_sector,
        clock=clock_view(clock, now) if clock else None,
        point=rounded(case.point),
        case_version=case.version,
    )


def _delivery(sent: dict[str, Any]) -> DeliveryView:
    return DeliveryView(
        id=sent["id"],
        status=sent["status"],
        attempts=sent["attempts"],
        last_error=sent["last_error"],
        next_at=local(sent["next_at"]),
        delivered_at=local(sent["delivered_at"]),
    )


def event_view(row: dict[str, Any]) -> dict[str, Any]:
    """A line of the history, with the words for it."""
    return {
        "version": row["version"],
        "type": row["type"],
        "label": event_label(row["type"], row["data"]),
        "at": local(row["at"]),
        "actor": row["actor"],
        "actor_label": label(row["actor"]),
        "on_behalf_of": row["on_behalf_of"],
        "on_behalf_of_label": label(row["on_behalf_of"]),
        "data": row["data"],
    }


def rounded(point: LonLat | None) -> LonLat | None:
    """A point as GeoJSON wants it: seven decimals, about a centimetre."""
    return LonLat(lon=round(point.lon, 7), lat=round(point.lat, 7)) if point else None


def local(moment: Any) -> Any:
    """A moment in Shanghai's time, as it is shown (+08:00)."""
    return moment.astimezone(SHANGHAI) if moment is not None else None
