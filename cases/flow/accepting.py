"""受理 by class, or 不予受理, or back to the source (R49, R50, A-15, A-16, A-20). Pure."""

from dataclasses import replace

from boundaries.model import AssignmentStatus, Candidate, Named, ReasonCode
from cases import commands as do
from cases import events as ev
from cases.errors import GridOpen, NotPermitted, OutOfArea, WrongStatus
from cases.flow.ground import Ground, ground, rejection
from cases.model import Case, Status
from cases.setting import Act, Setting
from cases.sources import SOURCES
from cases.work import Grade, Kind, Span


def accept(case: Case, command: do.Accept, setting: Setting) -> tuple[Act, ...]:
    """受理: the grid, then the class, then whose step comes next."""
    if case.status is Status.NO_LOCATION:
        raise GridOpen("位置还没有确认，请先更正位置")
    if not case.reinstated:
        _refuse_foreign(case, setting)
    kind, grades = _classed(case, command)
    involved = involved_grids(command.involved, setting)
    grid = _chosen_grid(case, command.community, setting)
    if grid is None:
        community, police = None, None
        sector = setting.sectors.get(case.desk or "")
    else:
        community, own_sector, police = grid
        sector = own_sector
        desk = setting.actor.desk or case.desk
        if desk and own_sector.code != desk and not case.reinstated:
            raise OutOfArea(f"{community.name}属{own_sector.name}，本片区不能受理", own_sector)
    event = ev.CaseAccepted(
        community=community,
        sector=sector,
        police_area=police,
        kind=kind,
        grades=grades,
        spans=spans_of(command.spans, involved),
        involved=involved,
        reason=command.reason,
    )
    return (Act(event=event, actor=setting.actor.post),)


def default_kind(case: Case) -> Kind:
    """The class by the door (A-15): what a department or station asks for is 联动."""
    joint = SOURCES[case.report.source].joint or case.work.requested_by is not None
    return Kind.JOINT if joint else Kind.COMMUNITY


def default_grades(case: Case) -> tuple[Grade, ...]:
    """What the source's flags propose; a person confirms (A-16)."""
    ordered = any(order.lifted_at is None for order in case.work.supervisions)
    flags = {
        Grade.SUPERVISED: case.report.supervised or ordered,
        Grade.URGENT: case.report.urgent,
    }
    return tuple(grade for grade, raised in flags.items() if raised) or (Grade.SIMPLE,)


def _classed(case: Case, command: do.Accept) -> tuple[Kind, tuple[Grade, ...]]:
    proposed = default_kind(case)
    kind = command.kind or proposed
    if kind is not proposed and not command.reason.strip():
        raise NotPermitted("改变案件大类（社区层面或联动）要写明理由")
    if kind is Kind.COMMUNITY:
        if command.grades:
            raise NotPermitted("社区层面案件不分联动类别；要按联动办理请选联动")
        return kind, ()
    grades = tuple(dict.fromkeys(command.grades)) or default_grades(case)
    needs_reason = set(grades) - set(default_grades(case)) - {Grade.SIMPLE}
    if needs_reason and not command.reason.strip():
        raise NotPermitted("定为复杂及以上类别要写明理由")
    return kind, grades


def involved_grids(codes: tuple[str, ...], setting: Setting) -> tuple[Named, ...]:
    """The other grids a case touches (R7).

    Raises:
        NotPermitted: a code that no edition in force knows.
    """
    unknown = [code for code in codes if code not in setting.grids]
    if unknown:
        raise NotPermitted(f"没有编号为 {unknown[0][:20]} 的社区网格")
    return tuple(setting.grids[code][0] for code in dict.fromkeys(codes))


def spans_of(spans: tuple[Span, ...], involved: tuple[Named, ...]) -> tuple[Span, ...]:
    """The three flags of R7; more than one grid is 跨网格 by itself."""
    all = (*spans, Span.GRID) if involved else spans
    return tuple(dict.fromkeys(all))


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


def reject(case: Case, command: do.Reject, setting: Setting) -> tuple[Act, ...]:
    """不予受理: not of this 片区 (R50)."""
    if case.status is Status.NO_LOCATION:
        raise WrongStatus("没有位置不能不予受理，请先更正位置或联系来源核实")
    if case.reinstated:
        raise WrongStatus("街道城运中心已指定受理，不得再次不予受理")
    desk = case.desk or setting.actor.desk
    if desk is not None and command.belongs_to is not None and command.belongs_to.code == desk:
        raise NotPermitted("建议归属就是本片区，请改为受理")
    found = ground(case.place, desk, setting.sectors)
    # Accepted once, it may be refused only when its place has turned out to be another.
    if found is None and case.accepted_at is not None and case.community is not None:
        raise WrongStatus("案件已受理过，位置仍在本片区，不能不予受理")
    if found is None:
        found = _ground_by_choice(case, command, setting)
    elif command.belongs_to is not None:
        found = Ground(
            reason_code=found.reason_code,
            belongs_to=command.belongs_to,
            distance_m=found.distance_m,
            direction=found.direction,
        )
    event = replace(rejection(case, found, command.reason, setting), desk=desk)
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


def return_to_source(_case: Case, command: do.ReturnToSource, setting: Setting) -> tuple[Act, ...]:
    """退回街道 (section 8): never for being out of area, that is 不予受理."""
    if command.kind not in ("supplement", "reassign", "police", "duplicate"):
        raise NotPermitted("退回原因请选：补正、改派、属警情或与在办案件同一事件")
    if command.kind == "police" and command.call_outcome is None:
        # R5: what is a police matter goes back to 110 at once by phone, with a record.
        raise NotPermitted("属警情的要先电话转回110，请记录通话结果")
    event = ev.CaseReturnedToSource(
        kind=command.kind, reason=command.reason, call_outcome=command.call_outcome
    )
    return (Act(event=event, actor=setting.actor.post),)


def send_back(_case: Case, command: do.SendBack, setting: Setting) -> tuple[Act, ...]:
    """The street centre does not agree: the desk decides anew."""
    return (Act(event=ev.CaseSentBack(reason=command.reason), actor=setting.actor.post),)
