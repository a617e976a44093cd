"""Event → who must be told what (R50): the street centre hears of each refusal. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import msgspec

from cases import events as ev
from cases.model import Case
from cases.words import REASON

TOPIC = "street_centre"
PREFIX = "cn.cityops.case."


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message for the outbox; its id follows from the event, so it never changes."""

    id: UUID
    topic: str
    payload: dict[str, Any]


def notices(event: ev.Event, case: Case, at: datetime, actor: str) -> tuple[Notice, ...]:
    """The messages an event calls for, as CloudEvents 1.0."""
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
