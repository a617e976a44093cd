"""What a rule needs to know besides the case, and the act it answers with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from boundaries.model import Named
from cases import events as ev
from cases.errors import NotPermitted
from cases.policy import Policy
from cases.roles import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All a rule needs to know besides the case: who, when, under which policy, with which grids.

    `grids` maps each community's code to (community, sector, police area) in force.
    """

    actor: Actor
    now: datetime
    policy: Policy
    new_id: Callable[[], UUID]
    grids: dict[str, tuple[Named, Named, Named]]
    sectors: dict[str, Named]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An event with who did it; the router acts in the duty coordinator's name (A-7)."""

    event: ev.Event
    actor: str
    on_behalf_of: str | None = None


def own_desk(desk: str | None, who: Actor) -> None:
    """Refuse a post of the other 片区.

    Raises:
        NotPermitted: the case is at another desk.
    """
    if who.desk and desk and who.desk != desk:
        raise NotPermitted("案件在另一片区城运分中心，本岗位不能办理")
