"""What a rule needs to know besides the case, and the act it answers with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from boundaries.model import Named
from cases import events as ev
from cases.clocks import Moment, applied, changes
from cases.errors import NotPermitted
from cases.history import Recorded, evolve
from cases.hours import Calendar
from cases.model import Case
from cases.policy import Policy
from cases.roles import Actor

EVERY_DAY = Calendar()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All a rule needs to know besides the case: who, when, under which policy, with which grids.

    `grids` maps each community's code to (community, sector, police area) in force. `needed` and
    `on_duty` count the desk's forces (A-19), `own_posts` are all posts the actor's account holds,
    `posts` those that exist (None: nobody has asked).
    """

    actor: Actor
    now: datetime
    policy: Policy
    new_id: Callable[[], UUID]
    grids: dict[str, tuple[Named, Named, Named]]
    sectors: dict[str, Named]
    calendar: Calendar = EVERY_DAY
    needed: int = 0
    on_duty: int = 0
    own_posts: frozenset[str] = frozenset()
    posts: frozenset[str] | None = None


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


def enact(case: Case | None, act: Act, setting: Setting) -> tuple[Recorded, Case]:
    """The record an act becomes, clocks and all, and the case after it."""
    bare = Recorded(
        version=case.version + 1 if case else 1,
        event=act.event,
        actor=act.actor,
        on_behalf_of=act.on_behalf_of,
        at=setting.now,
        account=setting.actor.account if act.actor == setting.actor.post else None,
    )
    after = evolve(case, bare)
    found = changes(
        Moment(
            before=case,
            after=after,
            event=act.event,
            at=setting.now,
            policy=setting.policy,
            calendar=setting.calendar,
        )
    )
    record = replace(bare, clocks=found)
    return record, replace(after, clocks=applied(after.clocks, found, setting.now))


def after(case: Case, acts: tuple[Act, ...], setting: Setting) -> Case:
    """The case after some acts."""
    for act in acts:
        _, case = enact(case, act, setting)
    return case
