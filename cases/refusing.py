"""What may happen to a refusal after it is spoken (R50, A-7, A-20). Pure."""

from boundaries.model import ReasonCode
from cases import commands as do
from cases import events as ev
from cases.errors import NotPermitted, RefusalNotFound, WrongStatus
from cases.model import Case, Refusal, RefusalState
from cases.setting import Act, Setting, own_desk


def refused_case(case: Case, command: do.Command, setting: Setting) -> tuple[Act, ...]:
    """The acts a command on a refusal leads to; none when it is done already.

    Raises:
        RefusalNotFound: the case has no such refusal.
        NotPermitted: it does not fit the refusal as it stands.
    """
    refusal = case.refusal(getattr(command, "refusal_id", None))
    if refusal is None:
        raise RefusalNotFound("没有这条不予受理记录")
    event = _event(case, refusal, command, setting)
    return (Act(event=event, actor=setting.actor.post),) if event is not None else ()


def _event(case: Case, refusal: Refusal, command: do.Command, setting: Setting) -> ev.Event | None:
    match command:
        case do.NoteDelivered():
            return _delivered(refusal, command)
        case do.NoteUndelivered():
            return _undelivered(refusal, command)
        case do.Acknowledge():
            return _acknowledged(refusal)
        case do.WithdrawRejection():
            return _withdrawn(refusal, command, setting)
        case do.Redispatch():
            return _redispatched(case, refusal, command, setting)
        case do.Reinstate():
            return _reinstated(case, refusal, command, setting)
        case do.Forward():
            return _forwarded(refusal, command)
    raise NotPermitted("没有这一步")


def _delivered(refusal: Refusal, command: do.NoteDelivered) -> ev.Event | None:
    if refusal.delivered_at is not None:
        return None
    return ev.RejectionDelivered(refusal_id=refusal.id, attempts=command.attempts)


def _undelivered(refusal: Refusal, command: do.NoteUndelivered) -> ev.Event | None:
    if refusal.delivered_at is not None:
        return None
    return ev.RejectionUndelivered(
        refusal_id=refusal.id, attempts=command.attempts, error=command.error
    )


def _acknowledged(refusal: Refusal) -> ev.Event | None:
    if refusal.acknowledged_at is not None:
        return None
    _unsettled(refusal, also=(RefusalState.REDISPATCHED,))
    return ev.RejectionAcknowledged(refusal_id=refusal.id)


def _withdrawn(refusal: Refusal, command: do.WithdrawRejection, setting: Setting) -> ev.Event:
    _unsettled(refusal)
    own_desk(refusal.desk, setting.actor)
    if refusal.acknowledged_at is not None:
        raise WrongStatus("街道城运中心已签收，不能撤回，请联系街道城运中心")
    return ev.RejectionWithdrawn(refusal_id=refusal.id, reason=command.reason)


def _forwarded(refusal: Refusal, command: do.Forward) -> ev.Event:
    _unsettled(refusal)
    if refusal.reason_code == ReasonCode.SIBLING_PIANQU:
        raise NotPermitted("属街道内另一片区，请派给另一片区，不上报区")
    owner = command.belongs_to or refusal.belongs_to
    return ev.RejectionForwarded(refusal_id=refusal.id, belongs_to=owner)


def _redispatched(
    case: Case, refusal: Refusal, command: do.Redispatch, setting: Setting
) -> ev.Event:
    _unsettled(refusal)
    if command.to_sector not in setting.sectors:
        raise NotPermitted("没有这个片区")
    # To and fro without a ruling would let both desks refuse for ever.
    if command.to_sector in {earlier.desk for earlier in case.refusals if not earlier.is_undone}:
        raise NotPermitted("派回原片区请用指定受理，并写明理由")
    return ev.CaseRedispatched(refusal_id=refusal.id, to_sector=command.to_sector)


def _reinstated(case: Case, refusal: Refusal, command: do.Reinstate, setting: Setting) -> ev.Event:
    # A standing rule's re-dispatch may still be revoked, until the other desk has accepted.
    if refusal.state is RefusalState.REDISPATCHED and not case.is_waiting:
        raise WrongStatus("另一片区已受理，不能再指定原片区")
    _unsettled(refusal, also=(RefusalState.REDISPATCHED,))
    desk = command.to_sector or refusal.desk
    if desk not in setting.sectors:
        raise NotPermitted("请写明指定哪个片区受理")
    return ev.CaseReinstated(refusal_id=refusal.id, reason=command.reason, to_sector=desk)


def _unsettled(refusal: Refusal, also: tuple[RefusalState, ...] = ()) -> None:
    if refusal.settled_at is not None and refusal.state not in also:
        raise WrongStatus("这条不予受理已处理完毕")
