"""Event → who must be told what (R50): the street centre hears of each refusal. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from cases import events as ev
from cases.model import Case
from cases.redaction import redact
from cases.telling import news, news_id
from cases.words import REASON

TOPIC = "street_centre"
PUSH = "push"
PREFIX = "cn.cityops.case."


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message for the outbox; its id follows from the event, so it never changes.

    `recipient` is the post that is told; with `mail` it finds it in its mailbox on screen too.
    """

    id: UUID
    topic: str
    payload: dict[str, Any]
    recipient: str | None = None
    mail: bool = False


def notices(event: ev.Event, case: Case, at: datetime, actor: str) -> tuple[Notice, ...]:
    """The messages an event calls for: CloudEvents 1.0 for the street centre, news for posts."""
    return (*_letters(event, case, at, actor), *_news(event, case))


def _news(event: ev.Event, case: Case) -> Iterable[Notice]:
    for item in news(event, case):
        id = news_id(case, item, case.version)
        yield Notice(
            id=id,
            topic=PUSH,
            recipient=item.post,
            mail=True,
            payload={
                "kind": item.kind,
                "case_id": str(case.id),
                "case_number": case.number,
                "title": redact(case.report.title),
                "text": item.text,
                "urgent": item.urgent,
                "push_id": str(id) if item.push is not None else None,
                **dict(item.more),
            },
        )


def _letters(event: ev.Event, case: Case, at: datetime, actor: str) -> tuple[Notice, ...]:
    if isinstance(event, ev.CaseRejected):
        return (_notice("out_of_area_rejected", event.refusal_id, case, at, _refusal(event, case)),)
    if isinstance(event, ev.RejectionWithdrawn):
        data = {"refusal_id": str(event.refusal_id), "reason": event.reason, "by": actor}
        return (_notice("rejection_withdrawn", event.refusal_id, case, at, data),)
    return ()


def _notice(kind: str, refusal_id: UUID, case: Case, at: datetime, data: dict[str, Any]) -> Notice:
    id = uuid5(refusal_id, kind)
    return Notice(
        id=id,
        topic=TOPIC,
        payload={
            "specversion": "1.0",
            "id": str(id),
            "source": "/pianqu",
            "type": PREFIX + kind,
            "subject": str(case.id),
            "time": at.isoformat(),
            "datacontenttype": "application/json",
            "data": {"case_number": case.number, **data},
        },
    )


def _refusal(event: ev.CaseRejected, case: Case) -> dict[str, Any]:
    report = case.report
    data: dict[str, Any] = msgspec.to_builtins(event)
    return {
        **data,
        "reason_label": REASON.get(event.reason_code, event.reason_code),
        "title": report.title,
        "source": report.source,
        "forward_no": report.forward_no,
        "external_ids": msgspec.to_builtins(report.numbers),
        "edition": msgspec.to_builtins(case.place.edition),
        # For sources 5 and 6 the requester is told as well (requirements, section 8).
        "also_tell": report.source if report.source in ("department", "station") else None,
    }
