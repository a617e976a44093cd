"""Takes one message after another out of the house, each by the way that fits its topic.

The message stays locked from claim to note, without a row being touched before the answer is
there. Dying after the send and before the commit sends it once more, with the same id: at least
once, and the receiver can tell.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from cases import commands as do
from cases import desk, mailbox
from cases.channels import letters
from cases.channels.choosing import (
    MAILBOX,
    SMS,
    WECOM,
    Reach,
    choose,
    hold_until,
    quiet_hours,
)
from cases.channels.exchange import DeliveryFailed
from cases.channels.sms import masked
from cases.channels.webhook import deliver
from cases.errors import CaseError, Conflict
from cases.roles import COURIER
from pianqu.bench import SEND_TIMEOUT_S, Bench
from store import outbox
from store.engine import transaction

log = logging.getLogger("pianqu.worker")
TRIES = 8
# After so many failures of the best way an urgent push takes the next one.
PATIENCE = 2
# Two minutes of trying: then a person must know, for the limit is ten (R54).
URGENT_ATTEMPTS = 6


def send_next(bench: Bench, at: datetime) -> bool:
    """Send one message that is due; False when none is."""
    with transaction(bench.engine) as conn:
        message = outbox.claim(conn, at)
        if message is None:
            return False
        send = TOPICS.get(message.topic)
        if send is None:
            log.error("message %s has the unknown topic %s", message.id, message.topic)
            outbox.later(conn, message, error="unknown topic", now=bench.now(), final=True)
        else:
            send(bench, conn, message, at)
    return True


def _to_street_centre(
    bench: Bench, conn: Connection, message: outbox.Message, at: datetime
) -> None:
    """The signed webhook (R50); its outcome goes into the case's own history."""
    error = None
    try:
        deliver(bench.target, message, at, within_s=SEND_TIMEOUT_S)
    except DeliveryFailed as failure:
        error = str(failure)
        log.warning("delivery %s failed: %s", message.id, error)
        if not outbox.later(conn, message, error=error, now=bench.now(), channel="webhook"):
            return
    else:
        outbox.done(conn, message.id, bench.now(), channel="webhook")
    if not str(message.payload.get("type")).endswith("rejected"):
        return
    refusal_id = UUID(message.payload["data"]["refusal_id"])
    attempts = message.attempts + 1
    command: do.Command = (
        do.NoteDelivered(refusal_id=refusal_id, attempts=attempts)
        if error is None
        else do.NoteUndelivered(refusal_id=refusal_id, attempts=attempts, error=error)
    )
    _insist(bench, conn, UUID(message.subject), command)


def _to_post(bench: Bench, conn: Connection, message: outbox.Message, at: datetime) -> None:
    """A push to a post: by the way its holders can be reached now, or on screen alone."""
    payload = message.payload
    if message.read_at is None and message.attempts == 0:
        until = hold_until(payload, at, quiet_hours(bench.office.policy_at(conn, at)))
        if until:
            outbox.hold(conn, message.id, until)
            mailbox.hold(conn, message.id, until)
            return
    urgent = bool(payload.get("urgent"))
    reaches = bench.reaches(conn, message.recipient, at) if message.recipient else ()
    ways = choose(bench.channels.ways, reaches, urgent=urgent)
    if message.read_at is not None:
        ways = (MAILBOX,)  # it has been read on screen meanwhile
    elif message.attempts >= PATIENCE:
        ways = ways[1:] or ways
    failure, hopeless, way = DeliveryFailed("no way"), True, MAILBOX
    for way in ways:
        try:
            provider_id, note = _by(bench, way, message, reaches, at)
        except DeliveryFailed as failed:
            failure, hopeless = failed, hopeless and failed.final
            log.warning("push %s by %s failed: %s", message.id, way, failed)
            if not failed.final:
                break
        else:
            outbox.done(
                conn, message.id, bench.now(), channel=way, provider_id=provider_id, note=note
            )
            _note_push(bench, conn, message, way, None)
            return
    dead = outbox.later(
        conn,
        message,
        error=str(failure),
        now=bench.now(),
        channel=way,
        pause_s=failure.pause_s,
        final=hopeless or (urgent and message.attempts + 1 >= URGENT_ATTEMPTS),
    )
    if dead:
        _note_push(bench, conn, message, way, str(failure))


def _to_group(bench: Bench, conn: Connection, message: outbox.Message, _at: datetime) -> None:
    """A line for the group's robot: no names, no facts of the case."""
    try:
        if bench.channels.robot is None:
            raise DeliveryFailed("no robot is set up", final=True)
        bench.channels.robot.say(str(message.payload.get("text")))
    except DeliveryFailed as failure:
        outbox.later(
            conn,
            message,
            error=str(failure),
            now=bench.now(),
            channel="robot",
            pause_s=failure.pause_s,
            final=failure.final,
        )
    else:
        outbox.done(conn, message.id, bench.now(), channel="robot")


Way = Callable[[Bench, Connection, outbox.Message, datetime], None]
TOPICS: dict[str, Way] = {
    "street_centre": _to_street_centre,
    "push": _to_post,
    "robot": _to_group,
}


def _by(
    bench: Bench, way: str, message: outbox.Message, reaches: Sequence[Reach], at: datetime
) -> tuple[str | None, str | None]:
    """Send by one way; the provider's number and what was not as it should be."""
    if way == WECOM:
        return _by_wecom(bench, message, reaches, at)
    if way == SMS:
        return None, _by_sms(bench, message, reaches)
    return None, None  # the mailbox row was written with the event: it is there already


def _by_wecom(
    bench: Bench, message: outbox.Message, reaches: Sequence[Reach], at: datetime
) -> tuple[str | None, str | None]:
    wecom, payload = bench.channels.wecom, message.payload
    assert wecom is not None
    staff = {reach.wecom_id: reach.staff_id for reach in reaches if reach.wecom_id}
    link = bench.channels.link
    if bench.channels.cards and payload.get("urgent"):
        # A task id may be used once only, and a message may be sent twice.
        letter = letters.button(payload, f"{message.id}@{int(at.timestamp())}")
    elif link and payload.get("case_id"):
        letter = letters.card(payload, f"{link.rstrip('/')}/?case={payload['case_id']}")
    else:
        letter = letters.text(payload)
    sent = wecom.send(list(staff), letter)
    missing = "、".join(staff[user] for user in sent.unreached)
    return sent.provider_id, f"政务微信未送达：{missing}" if missing else None


def _by_sms(bench: Bench, message: outbox.Message, reaches: Sequence[Reach]) -> str | None:
    sms = bench.channels.sms
    assert sms is not None
    words = letters.short(message.payload)
    numbers = [reach.phone for reach in reaches if reach.phone]
    failures: list[tuple[str, DeliveryFailed]] = []
    for index, number in enumerate(numbers):
        try:
            sms.send(number, words, delivery_id=f"{message.id}-{index}")
        except DeliveryFailed as failure:
            failures.append((masked(number), failure))
    if len(failures) == len(numbers):
        raise failures[-1][1]
    return f"短信未送达：{'、'.join(number for number, _ in failures)}" if failures else None


def _note_push(
    bench: Bench, conn: Connection, message: outbox.Message, way: str, error: str | None
) -> None:
    """Write the outcome into the case's own history, where the push is the case's."""
    payload = message.payload
    if not payload.get("case_id") or not payload.get("push_id"):
        return
    command = do.NotePush(
        push_id=UUID(payload["push_id"]),
        channel=way,
        delivered=error is None,
        attempts=message.attempts + 1,
        error=error,
    )
    _insist(bench, conn, UUID(payload["case_id"]), command)


def _insist(bench: Bench, conn: Connection, case_id: UUID, command: do.Command) -> None:
    """Give a command whose only enemy is a quicker writer.

    A case that has no use for it any more (closed, withdrawn) is no reason to send again.
    """
    for attempt in range(TRIES):
        try:
            desk.handle(conn, bench.office, case_id, command, actor=COURIER, now=bench.now())
        except Conflict:
            if attempt == TRIES - 1:
                raise
        except CaseError as refusal:
            log.warning("case %s does not take %s: %s", case_id, type(command).__name__, refusal)
            return
        else:
            return
