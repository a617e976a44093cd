"""How a case looks from outside: dataclasses that FastAPI documents and serialises."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.deps import Tx
from api.history_views import StageView, stage_views
from api.work_views import WorkView, local, post_label, work_view
from boundaries.model import Assignment, Named
from cases import clocks, offers, queries, reveal, timers
from cases.model import Case, Number, RawPoint, Refusal
from cases.ownership import owner, waits_for
from cases.redaction import holds, redact
from cases.roles import Actor
from cases.sources import SOURCES
from cases.words import GRADE, KIND, REASON, REFUSAL_STATE, STATUS, next_step
from geo.points import LonLat

__all__ = [
    "CaseView", "ClockView", "DeliveryView", "Eyes", "RefusalView", "StepView", "case_view",
    "clock_view", "eyes", "local", "refusal_view", "rounded",
]  # fmt: skip

Deliveries = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """Who looks and when, and what is needed to write only what they may read."""

    who: Actor
    now: datetime
    deliveries: Deliveries = field(default_factory=dict)
    known: dict[UUID, tuple[str, ...]] = field(default_factory=dict)


def eyes(tx: Tx, cases: Sequence[Case], who: Actor, now: datetime) -> Eyes:
    """A viewer of some cases: the state of their messages, and the reporters to be taken out."""
    refused = [case.id for case in cases if case.refusals]
    foreign = [case.id for case in cases if not holds(who, case)]
    return Eyes(
        who=who,
        now=now,
        deliveries=queries.deliveries(tx, refused) if refused else {},
        known=reveal.known(tx, foreign) if foreign else {},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step the viewer's post may take now: the button, and the path it is sent to."""

    command: str
    path: str
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """A clock and its colour at the moment of the answer; `used` is the share of the limit.

    `subject` is the duty, check or 督办单 it is about; `from` and `to` are the plan's words.
    """

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
    subject: str
    policy_version: int
    calendar: str
    from_: Annotated[str, Field(serialization_alias="from")]
    to: str


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
    """A case as lists and the panel show it.

    `assignment`, `work` and `stages` only in the single view; `steps` are those the viewer's post
    may take now. Who does not work on the case reads its texts without people.
    """

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
    due_at: datetime | None
    to_sector: str | None
    desk: str | None
    kind: str | None
    kind_label: str | None
    grades: tuple[str, ...]
    grade_labels: tuple[str, ...]
    spans: tuple[str, ...]
    involved: tuple[Named, ...]
    station: str | None
    owner: str
    owner_label: str | None
    handed_over: bool
    mine: bool
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
    steps: tuple[StepView, ...]
    clocks: tuple[ClockView, ...]
    clock: ClockView | None
    refusals: tuple[RefusalView, ...]
    received_at: datetime
    updated_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    supplements: int
    assignment: Assignment | None
    work: WorkView | None
    stages: tuple[StageView, ...] | None


def case_view(case: Case, viewer: Eyes, *, whole: bool = False) -> CaseView:
    """A case as somebody sees it at a moment; `whole` adds all that was done on it."""
    report, work, now = case.report, case.work, viewer.now
    words = reveal.visible_text(case, viewer.who, viewer.known.get(case.id, ()))
    first = timers.first_due(case.clocks)
    whose = owner(case)
    return CaseView(
        id=case.id,
        number=case.number[4:],
        full_number=case.number,
        version=case.version,
        status=case.status.value,
        status_label=STATUS[case.status],
        source=report.source,
        source_label=SOURCES[report.source].label,
        title=words["title"] or "",
        description=words["description"] or "",
        category=report.category,
        address=words["address"],
        external_ids=report.numbers,
        forwarded_by=report.forwarded_by,
        forwarded_at=local(report.forwarded_at),
        forward_no=report.forward_no,
        reported_at=local(report.reported_at),
        due_at=local(report.due_at),
        to_sector=report.to_sector,
        desk=case.desk,
        kind=work.kind,
        kind_label=KIND[work.kind] if work.kind else None,
        grades=work.grades,
        grade_labels=tuple(GRADE[grade] for grade in work.grades),
        spans=work.spans,
        involved=work.involved,
        station=work.station,
        owner=whose,
        owner_label=post_label(whose),
        handed_over=work.hand_over is not None,
        mine=viewer.who.post in waits_for(case),
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
        steps=tuple(
            StepView(command=step.command, path=step.path or "", button=step.button)
            for step in offers.offered(case, viewer.who)
        ),
        clocks=tuple(clock_view(clock, now) for clock in case.clocks),
        clock=clock_view(first, now) if first else None,
        refusals=tuple(refusal_view(case, refusal, viewer) for refusal in case.refusals),
        received_at=local(case.received_at),
        updated_at=local(case.updated_at),
        accepted_at=local(case.accepted_at),
        closed_at=local(work.closed_at),
        supplements=case.supplements,
        assignment=case.place if whole else None,
        work=work_view(case, viewer.who, viewer.known.get(case.id, ())) if whole else None,
        stages=stage_views(case) if whole else None,
    )


def clock_view(clock: timers.Clock, now: datetime) -> ClockView:
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
        state=timers.state(clock, now).value,
        used=round(timers.used_share(clock, now), 4),
        subject=clock.subject,
        policy_version=clock.policy_version,
        calendar=rule.calendar,
        from_=rule.from_words,
        to=rule.to_words,
    )


def refusal_view(case: Case, refusal: Refusal, viewer: Eyes) -> RefusalView:
    """A refusal as somebody sees it at a moment."""
    known = viewer.known.get(case.id, ())
    words = reveal.visible_text(case, viewer.who, known)
    reason = refusal.reason if holds(viewer.who, case) else redact(refusal.reason, known)
    now = viewer.now
    clock = next((c for c in case.clocks if c.seq == refusal.clock_seq), None)
    sent = viewer.deliveries.get(str(refusal.id))
    return RefusalView(
        id=refusal.id,
        case_id=case.id,
        number=case.number[4:],
        title=words["title"] or "",
        source=case.report.source,
        source_label=SOURCES[case.report.source].label,
        desk=refusal.desk,
        reason_code=refusal.reason_code,
        reason_label=REASON.get(refusal.reason_code, refusal.reason_code),
        reason=reason,
        belongs_to=refusal.belongs_to,
        distance_m=refusal.distance_m,
        direction=refusal.direction,
        radius_m=refusal.radius_m,
        automatic=refusal.automatic,
        rule=refusal.rule,
        by=refusal.by,
        by_label=post_label(refusal.by),
        on_behalf_of=refusal.on_behalf_of,
        rejected_at=local(refusal.rejected_at),
        received_at=local(case.received_at),
        state=refusal.state.value,
        state_label=REFUSAL_STATE[refusal.state],
        delivery=_delivery(sent) if sent else None,
        acknowledged_at=local(refusal.acknowledged_at),
        acknowledged_by=post_label(refusal.acknowledged_by),
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


def rounded(point: LonLat | None) -> LonLat | None:
    """A point as GeoJSON wants it: seven decimals, about a centimetre."""
    return LonLat(lon=round(point.lon, 7), lat=round(point.lat, 7)) if point else None
