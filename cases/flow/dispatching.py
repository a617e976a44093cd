"""派单 to a station, its 签收 or 退单, and 提请联动 out of it (R51, R6). Pure."""

from cases import commands as do
from cases import events as ev
from cases.errors import NotPermitted
from cases.flow.parties import act, needs, not_past, own_duty, push
from cases.model import Case, Status
from cases.setting import Act, Setting
from cases.work import Duty, DutyRole, Kind

STATION_RETURNS = {
    "not_our_grid": "非本网格",
    "needs_joint": "需多方联动（改提请联动）",
    "information": "信息不全",
    "other": "其他",
}


def dispatch(case: Case, command: do.Dispatch, setting: Setting) -> tuple[Act, ...]:
    """派至○○工作站: one station has the duty, within the hour of acceptance."""
    if case.work.kind is Kind.JOINT:
        raise NotPermitted("联动案件请发起协调，不派单")
    grid = setting.grids.get(command.station)
    if grid is None:
        raise NotPermitted("没有这个工作站，请选本片区的网格城运工作站")
    if case.desk and grid[1].code != case.desk:
        raise NotPermitted(f"{grid[0].name}属{grid[1].name}，请派本片区的工作站")
    own = case.community.code if case.community else None
    near = {own, *(area.code for area in case.work.involved)}
    if command.station not in near:
        needs(
            command.text, f"为什么不派本网格（{case.community.name if case.community else '未定'}）"
        )
    if command.due_at is not None:
        not_past(command.due_at, "处置时限", setting)
    post = f"station-{command.station}"
    duty = Duty(
        id=setting.new_id(),
        post=post,
        role=DutyRole.LEAD,
        text=command.text,
        given_at=setting.now,
        due_at=command.due_at,
    )
    event = ev.CaseDispatched(duty=duty, pushes=(push(post, "dispatch", setting),))
    return (act(event, setting),)


def sign(case: Case, _command: do.Sign, setting: Setting) -> tuple[Act, ...]:
    """签收; signing twice changes nothing."""
    duty = own_duty(case, setting)
    if duty.signed_at is not None:
        return ()
    return (act(ev.DutySigned(duty_id=duty.id), setting),)


def _as_lead(case: Case, setting: Setting) -> None:
    """Only the station that a 社区层面 case was dispatched to sends it back or on."""
    duty = own_duty(case, setting)
    if case.work.kind is not Kind.COMMUNITY or duty.role is not DutyRole.LEAD:
        raise NotPermitted("本站是参加处置的一方，有困难请联系协调指挥员调整分工")


def return_station(case: Case, command: do.ReturnStation, setting: Setting) -> tuple[Act, ...]:
    """退单 with a reason; the coordinator decides (section 8)."""
    _as_lead(case, setting)
    if not setting.policy.enable_station_return:
        raise NotPermitted("街道城运中心未启用工作站退单，请联系协调指挥员")
    if command.reason_code not in STATION_RETURNS:
        raise NotPermitted("退单原因请选：" + "、".join(STATION_RETURNS.values()))
    needs(command.reason, "退单理由")
    event = ev.StationReturned(reason_code=command.reason_code, reason=command.reason)
    return (act(event, setting),)


def decide_return(
    _case: Case, command: do.DecideStationReturn, setting: Setting
) -> tuple[Act, ...]:
    """Agreed: to be dispatched anew; not agreed: the station keeps it."""
    needs(command.reason, "审核意见")
    event = ev.StationReturnDecided(approved=command.approve, reason=command.reason)
    return (act(event, setting),)


def request_joint(case: Case, command: do.RequestJoint, setting: Setting) -> tuple[Act, ...]:
    """提请联动 for a case it holds: the same case, confirmed anew by class (R6, R49)."""
    _as_lead(case, setting)
    needs(command.reason, "提请联动的事由")
    if case.status not in (Status.DISPATCHED, Status.SIGNED_FOR, Status.DISPOSING):
        raise NotPermitted("案件已不在工作站办理")
    event = ev.JointRequested(reason=command.reason, forces=command.forces, by=setting.actor.post)
    return (act(event, setting),)
