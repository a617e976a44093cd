"""Who is on duty: the roster's word on the posts that the people of the map stand for.

The one truth is the roster. A person of the map is a post (`person.post` is the id of a post), and
is on duty while somebody who holds that post is.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from cases.errors import NotYourPost
from cases.people import roster
from cases.people.roster import Force
from cases.roles import DESKS, actor
from layers.model import DutyMode
from layers.presence import Duty

_POSTS = text("SELECT id, post FROM person WHERE id = ANY(:ids)").bindparams(
    bindparam("ids", type_=ARRAY(Text))
)


def duties_at(conn: Connection, at: datetime) -> dict[str, Duty]:
    """What the roster says of every post of the desks at a moment; a vacant post is not in it."""
    found: dict[str, Duty] = {}
    for desk in DESKS:
        found |= _of_desk(conn, desk, at)
    return found


def _of_desk(conn: Connection, desk: str, at: datetime) -> dict[str, Duty]:
    held: dict[str, list[Force]] = {}
    for force in roster.all_forces(conn, desk, at):
        held.setdefault(force.post, []).append(force)
    return {post: _duty(forces) for post, forces in held.items()}


def _duty(forces: list[Force]) -> Duty:
    """Of those who hold a post: whoever is there counts, the stand-in first."""
    one = next((force for force in forces if force.on_duty), forces[0])
    return Duty(mode=DutyMode(one.duty_mode), on=one.on_duty, since=one.since)


def desk_of(post: str) -> str | None:
    """The desk whose roster has a post.

    >>> desk_of("station-14090101")
    '140901'
    """
    try:
        area = (actor(post).area or "")[:6]
    except NotYourPost:
        return None
    return area if area in DESKS else None


class Watch:
    """Answers who was on duty when, asking the roster once for each desk and minute."""

    def __init__(self, conn: Connection, people: Mapping[str, str]) -> None:
        self._conn = conn
        self._posts = people
        self._known: dict[tuple[str, datetime], dict[str, Duty]] = {}

    @classmethod
    def over(cls, conn: Connection, ids: set[str]) -> "Watch":
        """For some people of the map."""
        rows = conn.execute(_POSTS, {"ids": sorted(ids)})
        return cls(conn, {row.id: row.post for row in rows})

    def on_duty(self, person_id: str, at: datetime) -> bool:
        """Whether a person was on duty at a moment; who is not on the roster never is."""
        post = self._posts.get(person_id, "")
        desk = desk_of(post)
        if desk is None:
            return False
        minute = at.replace(second=0, microsecond=0)
        if (desk, minute) not in self._known:
            # At the moment itself the first time: a duty that began within the minute counts.
            self._known[desk, minute] = _of_desk(self._conn, desk, at)
        duty = self._known[desk, minute].get(post)
        return duty is not None and duty.on
