"""What the house itself notes: a message's fate, a limit near or past. Pure."""

from cases import commands as do
from cases import events as ev
from cases.model import Case
from cases.roles import CLOCK
from cases.setting import Act, Setting
from cases.timers import Clock


def note_push(case: Case, command: do.NotePush, setting: Setting) -> tuple[Act, ...]:
    """The courier brought a message, or gave up; the same news twice is once."""
    push = next((p for p in case.work.pushes if p.id == command.push_id), None)
    if push is None or push.delivered_at is not None:
        return ()
    if command.delivered:
        event: ev.Event = ev.PushDelivered(
            push_id=push.id, channel=command.channel, attempts=command.attempts
        )
    else:
        event = ev.PushFailed(
            push_id=push.id,
            channel=command.channel,
            attempts=command.attempts,
            error=command.error or "",
        )
    return (Act(event=event, actor=setting.actor.post),)


def _running(case: Case, code: str, seq: int) -> Clock | None:
    return next((c for c in case.clocks if c.code == code and c.seq == seq and c.runs), None)


def overdue(case: Case, command: do.MarkOverdue, setting: Setting) -> tuple[Act, ...]:
    """Red only at the formal limit (A-8), whoever asks."""
    clock = _running(case, command.code, command.seq)
    if clock is None or clock.breached or setting.now < clock.due_at:
        return ()
    return (Act(event=ev.ClockBreached(code=clock.code, seq=clock.seq), actor=CLOCK.post),)


def warned(case: Case, command: do.MarkWarned, setting: Setting) -> tuple[Act, ...]:
    """Amber from 70 % or the internal limit on."""
    clock = _running(case, command.code, command.seq)
    if clock is None or clock.warned or clock.breached or setting.now < clock.warn_at:
        return ()
    return (Act(event=ev.ClockWarned(code=clock.code, seq=clock.seq), actor=CLOCK.post),)
