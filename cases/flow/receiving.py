"""A report comes in, comes again, or its place turns out to be another (R49, A-20). Pure."""

from boundaries.model import AssignmentStatus
from cases import commands as do
from cases import events as ev
from cases.by_words import is_silent, is_usable
from cases.errors import NotPermitted
from cases.flow.ground import addressed, ground, mapped, relocation, router
from cases.model import Case, RawPoint, Status
from cases.roles import ROUTER
from cases.setting import Act, Setting, after, enact

_COMPARED = (
    "title", "description", "category", "address", "raw", "accuracy_m", "urgent", "supervised",
    "to_sector", "forwarded_by", "forwarded_at", "forward_no", "reported_at", "source",
)  # fmt: skip


def receive(_case: None, command: do.Receive, setting: Setting) -> tuple[Act, ...]:
    """A report is a case, wherever it lies; the standing rules may refuse it at once (A-7)."""
    desk = addressed(command.report, setting) or mapped(command.place)
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
            attachments=command.attachments,
        ),
        actor=setting.actor.post,
    )
    _, opened = enact(None, received, setting)
    return (received, *router(opened, setting))


def supplement(case: Case, command: do.Supplement, setting: Setting) -> tuple[Act, ...]:
    """A known number came again with other content (interfaces 4)."""
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
    by_pair = is_usable(command.report.raw)
    # Words alone do not outweigh a pair that waits for somebody to read it.
    helps = by_pair or (is_silent(command.report.raw) and is_silent(case.report.raw))
    if case.status is not Status.NO_LOCATION or not placed or not helps:
        return (told,)
    # The case was waiting for just this: the source has told its position now.
    raw = command.report.raw if by_pair else None
    moved = Act(
        event=relocation(
            case,
            command.place,
            raw or RawPoint(lon=None, lat=None, crs=None),
            command.report.accuracy_m if by_pair else None,
            "来源补报坐标" if by_pair else "来源补报地址",
            setting,
        ),
        actor=ROUTER.post,
    )
    there = after(case, (told, moved), setting)
    return (told, moved, *router(there, setting))


def correct(case: Case, command: do.CorrectLocation, setting: Setting) -> tuple[Act, ...]:
    """更正位置: the grid is decided anew."""
    if command.place.status is AssignmentStatus.NO_LOCATION:
        raise NotPermitted("新位置不能用，请在地图上选点或核对坐标系")
    event = relocation(
        case, command.place, command.raw, command.accuracy_m, command.reason, setting
    )
    moved = Act(event=event, actor=setting.actor.post)
    # A person chose this spot, so a person also refuses: the router stays out of it.
    return (moved,)
