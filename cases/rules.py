"""What may happen next: `decide` turns a command into events or refuses it. Pure.

The plan's rules of acceptance and refusal (R49, R50) with our readings A-3, A-7 and A-20.
"""

from dataclasses import dataclass, replace

from boundaries.model import Assignment, AssignmentStatus, Candidate, Named, ReasonCode
from cases import commands as do
from cases import events as ev
from cases.errors import GridOpen, NotPermitted, NotYourPost, OutOfArea, WrongStatus
from cases.history import Recorded, evolve
from cases.model import Case, RawPoint, Report, Status
from cases.policy import Policy
from cases.refusing import refused_case
from cases.roles import CLOCK, ROUTER, check
from cases.setting import Act, Setting, own_desk
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


def decide(case: Case | None, command: do.Command, setting: Setting) -> tuple[Act, ...]:
    """The acts a command leads to.

    Raises:
        NotPermitted: and its family; the case stays as it was.
    """
    check(setting.actor, type(command).__name__)
    _known_desk(setting)
    if isinstance(command, do.Receive):
        if case is not None:
            raise WrongStatus("案件已经收到过，请按补报处理")
        return _receive(command, setting)
    assert case is not None
    match command:
        case do.Supplement():
            return _supplement(case, command, setting)
        case do.CorrectLocation():
            return _correct(case, command, setting)
        case do.Accept():
            return _accept(case, command, setting)
        case do.Reject():
            return _reject(case, command, setting)
        case do.MarkOverdue():
            return _overdue(case, command, setting)
        case _:
            return refused_case(case, command, setting)


def _known_desk(setting: Setting) -> None:
    if setting.actor.desk and setting.sectors and setting.actor.desk not in setting.sectors:
        raise NotYourPost(f"没有编号为 {setting.actor.desk} 的片区城运分中心")


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
        and not report.urgent
        and not report.supervised
        and not SOURCES[report.source].joint
        # Nobody's town: perhaps outside the district, so address and datum are checked first.
        and found.belongs_to is not None
    )


def _receive(command: do.Receive, setting: Setting) -> tuple[Act, ...]:
    desk = _addressed(command.report, setting) or _mapped(command.place)
    found = ground(command.place, desk, setting.sectors)
    received = Act(
        event=ev.CaseReceived(
            id=command.id,
            number=command.number,
            report=command.report,
            place=command.place,
            desk=desk,
            location_problem=command.location_problem,
            proposal="rejection" if found else None,
            alarm_minutes=setting.policy.alarm_minutes,
        ),
        actor=setting.actor.post,
    )
    case = evolve(None, _recorded(received, 1, setting))
    return (received, *_router(case, setting))


def _addressed(report: Report, setting: Setting) -> str | None:
    """The desk a report is sent to; one that no edition knows is nobody's, so the map decides."""
    return report.to_sector if report.to_sector in setting.sectors else None


def _mapped(place: Assignment) -> str | None:
    return place.sector.code if place.sector else None


def _desk_at(case: Case, place: Assignment, setting: Setting) -> str | None:
    """Whose a case is at a better place: still theirs to whom it was sent, else the map's."""
    sent = _addressed(case.report, setting) or any(r.to_sector for r in case.refusals)
    return case.desk if sent else _mapped(place)


def _relocation(
    case: Case,
    place: Assignment,
    raw: RawPoint,
    accuracy_m: float | None,
    reason: str,
    setting: Setting,
) -> ev.LocationCorrected:
    desk = _desk_at(case, place, setting)
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


def _router(case: Case, setting: Setting) -> tuple[Act, ...]:
    """What the standing rules do at once with a case that has just been placed."""
    found = ground(case.place, case.desk, setting.sectors)
    if found is None or not setting.policy.auto_refuse or case.reinstated:
        return ()
    if not is_sure(case.report, case.place, found, setting.policy):
        return ()
    refused = Act(
        event=_rejection(case, found, "位置和误差都在片区外", setting, rule=RULE_REFUSE),
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


def _rejection(
    case: Case, found: Ground, reason: str, setting: Setting, *, rule: str | None = None
) -> ev.CaseRejected:
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


_COMPARED = (
    "title", "description", "category", "address", "raw", "accuracy_m", "urgent", "supervised",
    "to_sector", "forwarded_by", "forwarded_at", "forward_no", "reported_at", "source",
)  # fmt: skip


def _supplement(case: Case, command: do.Supplement, setting: Setting) -> tuple[Act, ...]:
    changed = tuple(
        name for name in _COMPARED if getattr(command.report, name) != getattr(case.report, name)
    )
    told = Act(
        event=ev.ReportSupplemented(
            report=command.report, changed=changed, new_numbers=command.new_numbers
        ),
        actor=setting.actor.post,
    )
    placed = command.place.status is not AssignmentStatus.NO_LOCATION
    raw = command.report.raw
    if case.status is not Status.NO_LOCATION or not placed or raw is None:
        return (told,)
    # The case was waiting for just this: the source has sent its position now.
    accuracy_m = command.report.accuracy_m
    moved = Act(
        event=_relocation(case, command.place, raw, accuracy_m, "来源补报坐标", setting),
        actor=ROUTER.post,
    )
    after = _after(case, (told, moved), setting)
    return (told, moved, *_router(after, setting))


def _correct(case: Case, command: do.CorrectLocation, setting: Setting) -> tuple[Act, ...]:
    if not case.is_open:
        raise WrongStatus("只有尚未受理的案件可以更正位置")
    own_desk(case.desk, setting.actor)
    if command.place.status is AssignmentStatus.NO_LOCATION:
        raise NotPermitted("新位置不能用，请在地图上选点或核对坐标系")
    event = _relocation(
        case, command.place, command.raw, command.accuracy_m, command.reason, setting
    )
    moved = Act(event=event, actor=setting.actor.post)
    # A person chose this spot, so a person also refuses: the router stays out of it.
    return (moved,)


def _accept(case: Case, command: do.Accept, setting: Setting) -> tuple[Act, ...]:
    if case.status is Status.NO_LOCATION:
        raise GridOpen("位置还没有确认，请先更正位置")
    if not case.is_open:
        raise WrongStatus("案件已受理或已不予受理，不能再受理")
    own_desk(case.desk, setting.actor)
    if not case.reinstated:
        _refuse_foreign(case, setting)
    grid = _chosen_grid(case, command.community, setting)
    if grid is None:
        sector = setting.sectors.get(case.desk or "")
        event = ev.CaseAccepted(community=None, sector=sector, police_area=None)
    else:
        community, sector, police = grid
        desk = setting.actor.desk or case.desk
        if desk and sector.code != desk and not case.reinstated:
            raise OutOfArea(f"{community.name}属{sector.name}，本片区不能受理", sector)
        event = ev.CaseAccepted(community=community, sector=sector, police_area=police)
    return (Act(event=event, actor=setting.actor.post),)


def _refuse_foreign(case: Case, setting: Setting) -> None:
    found = ground(case.place, setting.actor.desk or case.desk, setting.sectors)
    if found is not None:
        owner = found.belongs_to.name if found.belongs_to else "不明"
        raise OutOfArea(f"案件不在本片区，建议归属：{owner}，请办理不予受理", found.belongs_to)


def _chosen_grid(
    case: Case, chosen: str | None, setting: Setting
) -> tuple[Named, Named, Named] | None:
    """The grid the map is sure of, else the coordinator's choice among the candidates."""
    sure = case.place.community
    if sure is not None and sure.code is not None:
        if chosen not in (None, sure.code):
            raise NotPermitted(f"位置确定在{sure.name}，要改归属请先更正位置")
        return _in_force(sure.code, setting)
    if case.place.status is AssignmentStatus.OUT_OF_AREA:
        return _ruled_grid(case, chosen, setting)
    offered = {c.community.code for c in case.place.candidates if c.community is not None}
    if chosen is None:
        raise GridOpen("社区网格还没有定，请从候选中选一个")
    if chosen not in offered:
        raise NotPermitted("所选网格不在候选之中，请先更正位置")
    return _in_force(chosen, setting)


def _ruled_grid(
    case: Case, chosen: str | None, setting: Setting
) -> tuple[Named, Named, Named] | None:
    """Taken on the street centre's ruling only (A-20): any grid of the desk's, or none yet."""
    if chosen is None:
        return None
    grid = _in_force(chosen, setting)
    if grid[1].code != case.desk:
        raise NotPermitted("所选网格不在本片区，请选本片区的网格")
    return grid


def _in_force(community: str, setting: Setting) -> tuple[Named, Named, Named]:
    grid = setting.grids.get(community)
    if grid is None:
        raise NotPermitted("所定网格不在启用的网格版本里，请更正位置后重新判定")
    return grid


def _reject(case: Case, command: do.Reject, setting: Setting) -> tuple[Act, ...]:
    if case.status is Status.NO_LOCATION:
        raise WrongStatus("没有位置不能不予受理，请先更正位置或联系来源核实")
    if not case.is_open:
        raise WrongStatus("案件已受理或已不予受理")
    own_desk(case.desk, setting.actor)
    if case.reinstated:
        raise WrongStatus("街道城运中心已指定受理，不得再次不予受理")
    desk = case.desk or setting.actor.desk
    if desk is not None and command.belongs_to is not None and command.belongs_to.code == desk:
        raise NotPermitted("建议归属就是本片区，请改为受理")
    found = ground(case.place, desk, setting.sectors)
    if found is None:
        found = _ground_by_choice(case, command, setting)
    elif command.belongs_to is not None:
        found = Ground(
            reason_code=found.reason_code,
            belongs_to=command.belongs_to,
            distance_m=found.distance_m,
            direction=found.direction,
        )
    event = replace(_rejection(case, found, command.reason, setting), desk=desk)
    return (Act(event=event, actor=setting.actor.post),)


def _ground_by_choice(case: Case, command: do.Reject, setting: Setting) -> Ground:
    """A disc over an edge: the coordinator judges that the part outside is the right one."""
    desk = case.desk or setting.actor.desk
    if case.place.sector is not None and case.place.sector.code == desk:
        raise NotPermitted("位置和误差都在本片区内，不能以非本片区不予受理；位置有误请先更正位置")
    foreign = [c for c in case.place.candidates if _lies_outside(c, desk)]
    if not foreign:
        raise NotPermitted("没有片区以外的候选归属，请先更正位置")
    best = foreign[0]
    owner = command.belongs_to or (best.belongs_to if best.outside else best.sector)
    sibling = owner is not None and owner.code in setting.sectors
    return Ground(
        reason_code=ReasonCode.SIBLING_PIANQU if sibling else ReasonCode.OUTSIDE_STREET,
        belongs_to=owner,
        distance_m=None,
        direction=None,
    )


def _lies_outside(candidate: Candidate, desk: str | None) -> bool:
    sector = candidate.sector
    # At nobody's desk, touching both 片区 is no ground: the street centre names the lead (A-20 d).
    return candidate.outside or (desk is not None and sector is not None and sector.code != desk)


def _overdue(case: Case, command: do.MarkOverdue, setting: Setting) -> tuple[Act, ...]:
    for clock in case.clocks:
        if clock.code == command.code and clock.seq == command.seq:
            # Red only at the formal limit, whoever asks.
            if clock.stopped_at is not None or clock.breached or setting.now < clock.due_at:
                return ()
            event = ev.ClockBreached(code=command.code, seq=command.seq)
            return (Act(event=event, actor=CLOCK.post),)
    return ()


def _recorded(act: Act, version: int, setting: Setting) -> Recorded:
    return Recorded(
        version=version,
        event=act.event,
        actor=act.actor,
        on_behalf_of=act.on_behalf_of,
        at=setting.now,
    )


def _after(case: Case, acts: tuple[Act, ...], setting: Setting) -> Case:
    for act in acts:
        case = evolve(case, _recorded(act, case.version + 1, setting))
    return case
