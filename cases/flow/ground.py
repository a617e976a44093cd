"""Whether a place lies outside a desk's 片区, and the router's standing rules (A-7, A-20). Pure."""

from dataclasses import dataclass

from boundaries.model import Assignment, AssignmentStatus, Named, ReasonCode
from cases import events as ev
from cases.by_words import is_usable
from cases.model import Case, RawPoint, Report
from cases.policy import Policy
from cases.roles import ROUTER
from cases.setting import Act, Setting
from cases.sources import SOURCES

RULE_REFUSE = "A-7 位置确定在外，自动不予受理"
RULE_REDISPATCH = "A-20 属另一片区，街道城运中心授权自动改派"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Why a case is not of the desk's 片区."""

    reason_code: str
    belongs_to: Named | None
    distance_m: float | None
    direction: str | None


def ground(place: Assignment, desk: str | None, sectors: dict[str, Named]) -> Ground | None:
    """Whether a place lies outside the desk's 片区, and in whose."""
    if place.status is AssignmentStatus.OUT_OF_AREA:
        return Ground(
            reason_code=ReasonCode.OUTSIDE_STREET,
            belongs_to=place.belongs_to,
            distance_m=place.distance_to_boundary_m,
            direction=place.direction,
        )
    if desk and place.sector and place.sector.code != desk and desk in sectors:
        return Ground(
            reason_code=ReasonCode.SIBLING_PIANQU,
            belongs_to=place.sector,
            distance_m=place.distance_to_sector_edge_m,
            direction=None,
        )
    return None


def is_sure(report: Report, place: Assignment, found: Ground, policy: Policy) -> bool:
    """A-7: may the router refuse by itself under the street centre's rule?"""
    edge, radius = place.distance_to_sector_edge_m, place.radius_m
    if edge is None or radius is None or edge < radius + policy.boundary_band_m:
        return False
    return (
        report.accuracy_m is not None
        # A place found in words is proposed for refusal, but a person refuses.
        and is_usable(report.raw)
        and not report.urgent
        and not report.supervised
        and not SOURCES[report.source].joint
        # Nobody's town: perhaps outside the district, so address and datum are checked first.
        and found.belongs_to is not None
    )


def desk_at(case: Case, place: Assignment, setting: Setting) -> str | None:
    """Whose a case is at a better place: still theirs to whom it was sent, else the map's."""
    sent = addressed(case.report, setting) or any(r.to_sector for r in case.refusals)
    # Once a desk has accepted, the map alone does not take the case away from it.
    return case.desk if sent or case.accepted_at is not None else mapped(place)


def addressed(report: Report, setting: Setting) -> str | None:
    """The desk a report is sent to; one that no edition knows is nobody's, so the map decides."""
    return report.to_sector if report.to_sector in setting.sectors else None


def mapped(place: Assignment) -> str | None:
    """The desk the map names."""
    return place.sector.code if place.sector else None


def relocation(
    case: Case,
    place: Assignment,
    raw: RawPoint,
    accuracy_m: float | None,
    reason: str,
    setting: Setting,
) -> ev.LocationCorrected:
    """The event of a better place: whose the case is there, and whether to propose a refusal."""
    desk = desk_at(case, place, setting)
    found = ground(place, desk, setting.sectors)
    return ev.LocationCorrected(
        place=place,
        desk=desk,
        reason=reason,
        raw_lon=raw.lon,
        raw_lat=raw.lat,
        raw_crs=raw.crs,
        accuracy_m=accuracy_m,
        proposal="rejection" if found and not case.reinstated else None,
    )


def router(case: Case, setting: Setting) -> tuple[Act, ...]:
    """What the standing rules do at once with a case that has just been placed."""
    found = ground(case.place, case.desk, setting.sectors)
    if found is None or not setting.policy.auto_refuse or case.reinstated:
        return ()
    if not is_sure(case.report, case.place, found, setting.policy):
        return ()
    refused = Act(
        event=rejection(case, found, "位置和误差都在片区外", setting, rule=RULE_REFUSE),
        actor=ROUTER.post,
        on_behalf_of=f"coordinator-{case.desk}" if case.desk else None,
    )
    if found.reason_code != ReasonCode.SIBLING_PIANQU or not setting.policy.auto_redispatch:
        return (refused,)
    assert isinstance(refused.event, ev.CaseRejected)
    assert found.belongs_to is not None
    assert found.belongs_to.code is not None
    onward = ev.CaseRedispatched(
        refusal_id=refused.event.refusal_id,
        to_sector=found.belongs_to.code,
        rule=RULE_REDISPATCH,
    )
    return (refused, Act(event=onward, actor=ROUTER.post, on_behalf_of="street-centre"))


def rejection(
    case: Case, found: Ground, reason: str, setting: Setting, *, rule: str | None = None
) -> ev.CaseRejected:
    """The event of a refusal, by a person or under a standing rule (R50, A-7)."""
    return ev.CaseRejected(
        refusal_id=setting.new_id(),
        desk=case.desk,
        reason_code=found.reason_code,
        reason=reason,
        belongs_to=found.belongs_to,
        distance_m=found.distance_m,
        direction=found.direction,
        radius_m=case.place.radius_m,
        automatic=rule is not None,
        rule=rule,
    )
