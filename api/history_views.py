"""How the past of a case looks from outside: its events, its stages, whose it has been."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.work_views import TEXTS, local, post_label
from boundaries.model import Assignment, Named
from cases.model import Case
from cases.ownership import owner
from cases.past import Placing
from cases.redaction import holds, redact
from cases.roles import Actor
from cases.words import STATUS, event_label


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One stretch of a case's life and whose it was."""

    status: str
    label: str
    owner: str
    owner_label: str | None
    from_at: datetime
    to_at: datetime | None


def stage_views(case: Case) -> tuple[StageView, ...]:
    """The stages of a case; no stretch of time is left out."""
    return tuple(
        StageView(
            status=stage.status.value,
            label=STATUS[stage.status],
            owner=stage.owner,
            owner_label=post_label(stage.owner),
            from_at=local(stage.from_at),
            to_at=local(stage.to_at),
        )
        for stage in case.stages
    )


def event_view(
    row: Mapping[str, Any], case: Case, who: Actor, known: Sequence[str]
) -> dict[str, Any]:
    """A line of the history, with the words for it."""
    inside = holds(who, case)
    data = row["data"] if inside else _without_people(row["data"], tuple(known))
    return {
        "version": row["version"],
        "type": row["type"],
        "label": event_label(row["type"], data),
        "at": local(row["at"]),
        "actor": row["actor"],
        "actor_label": post_label(row["actor"]),
        "on_behalf_of": row["on_behalf_of"],
        "on_behalf_of_label": post_label(row["on_behalf_of"]),
        "account": row.get("account") if inside else None,
        "data": data,
    }


def _without_people(value: Any, known: tuple[str, ...], name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _without_people(part, known, key) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_people(part, known, name) for part in value]
    return redact(value, known) if isinstance(value, str) and name in TEXTS else value


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceView:
    """Whose a case was from one moment on, and by which event."""

    version: int
    at: datetime
    type: str
    actor: str
    actor_label: str | None
    desk: str | None
    sector: Named | None
    community: Named | None
    police_area: Named | None
    station: str | None
    owner: str
    owner_label: str | None
    assignment: Assignment


def place_view(placing: Placing) -> PlaceView:
    """One line of a case's history of assignment."""
    case = placing.case
    whose = owner(case)
    return PlaceView(
        version=case.version,
        at=local(placing.at),
        type=placing.event,
        actor=placing.actor,
        actor_label=post_label(placing.actor),
        desk=case.desk,
        sector=case.sector,
        community=case.community,
        police_area=case.police_area,
        station=case.work.station,
        owner=whose,
        owner_label=post_label(whose),
        assignment=case.place,
    )
