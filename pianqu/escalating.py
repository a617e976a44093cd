"""Urgent and unread: the post is reminded, then the next in line are told, each once.

What is counted is 推送未读 ○ 分钟: a message nobody has opened. Whether somebody is logged in
anywhere we do not know and do not say (A-10).
"""

import logging
import uuid
from datetime import datetime

from sqlalchemy import Connection

from cases import mailbox
from cases.errors import NotYourPost
from cases.mailbox import LAST, Waiting
from cases.notices import Notice
from cases.roles import actor, label
from pianqu.bench import Bench
from store import outbox
from store.engine import transaction

log = logging.getLogger("pianqu.worker")


def unread_minutes(bench: Bench, conn: Connection, at: datetime) -> int:
    """After how many minutes an urgent push counts as unread (A-10, a policy value)."""
    return bench.office.policy_at(conn, at).unread_push_minutes


def escalate(bench: Bench, at: datetime) -> None:
    """Take the next step for every urgent message that is unread too long."""
    with transaction(bench.engine) as conn:
        waiting = mailbox.unanswered(conn, at, unread_minutes(bench, conn, at))
    for one in waiting:
        with transaction(bench.engine) as conn:
            step = 0 if one.step is None else one.step + 1
            told = one.mail.recipient if step == 0 else _next(conn, one, step)
            if told is None:
                mailbox.take_step(conn, one.mail.id, LAST, "-", at)
            elif mailbox.take_step(conn, one.mail.id, step, told, at):
                notice = _notice(one, step, told, at)
                mailbox.send(conn, notice, subject=_subject(one), now=at)
                if step > 0 and bench.channels.robot is not None:
                    _tell_group(conn, one, step, at)
                log.info("message %s is unread: step %d, %s is told", one.mail.id, step, told)


def _next(conn: Connection, one: Waiting, step: int) -> str | None:
    """The post that is told at a step, of the desk of the recipient or of its case."""
    try:
        who = actor(one.mail.recipient)
    except NotYourPost:
        return None
    role = mailbox.next_role(conn, who.role, step)
    if role is None or role == "street-centre":
        return role
    area = (who.area or "")[:6]
    desk = area if len(area) == 6 and area.isdigit() else one.desk
    # Without a desk of its own, such as 水务 for a case whose desk is open: the street centre.
    return f"{role}-{desk}" if desk else ("street-centre" if step == 1 else None)


def _notice(one: Waiting, step: int, told: str, at: datetime) -> Notice:
    mail = one.mail
    minutes = int((at - mail.created_at).total_seconds() // 60)
    title = f"推送未读 {minutes} 分钟"
    text = mail.title if step == 0 else f"{label(mail.recipient)}尚未阅读：{mail.title}"
    return Notice(
        id=uuid.uuid5(mail.id, f"unread-{step}"),
        topic="push",
        recipient=told,
        # The reminder rings again for a message that is in the mailbox already.
        mail=step > 0,
        payload={
            "kind": "reminder" if step == 0 else "unread",
            "case_id": str(mail.case_id) if mail.case_id else None,
            "case_number": mail.case_number,
            "title": title,
            "text": text,
            "urgent": True,
        },
    )


def _tell_group(conn: Connection, one: Waiting, step: int, at: datetime) -> None:
    minutes = int((at - one.mail.created_at).total_seconds() // 60)
    number = f"，案件{one.mail.case_number[4:]}" if one.mail.case_number else ""
    outbox.put(
        conn,
        id=uuid.uuid5(one.mail.id, f"unread-{step}-group"),
        topic="robot",
        subject=_subject(one),
        payload={"text": f"推送未读 {minutes} 分钟：{label(one.mail.recipient)}{number}"},
        now=at,
    )


def _subject(one: Waiting) -> str:
    return str(one.mail.case_id or one.mail.id)
