"""Whom to send to a case, and which cases are like it: proposed with reasons, decided by people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from api.cases import Key
from api.deps import Now, Tx, Who
from api.views import case_view, eyes, local
from api.work_views import post_label
from cases import proposals, queries, scope, similar
from cases.errors import NotYourPost
from cases.loads import loads
from cases.model import ENDED, Case
from cases.people import roster, roster_lists
from cases.proposals import PARTIES, Facts
from cases.roles import UNIT_LEADS, Actor, actor
from layers.whereabouts import Whereabouts, whereabouts

router = APIRouter(prefix="/v1", tags=["cases"])
# Who leads the handling of a case; others need not know who is where with how much work.
_LEADING = frozenset({"street-centre", "coordinator", "inspector", "deputy", "head"}) | UNIT_LEADS


@dataclass(frozen=True, slots=True, kw_only=True)
class StationView:
    """A station to dispatch to, with why."""

    code: str
    post: str
    label: str
    own_grid: bool
    on_duty: int
    open_cases: int
    returned: bool
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """A party to call, with its score out of 100 and why; a post, never a name."""

    post: str
    label: str
    body: str
    score: float
    why: tuple[str, ...]
    distance_m: int | None
    age_s: int | None
    stale: bool
    on_duty: bool
    open_cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartmentView:
    """A department that may be called to any 片区."""

    post: str
    label: str
    open_cases: int


class Proposals(BaseModel):
    """Whom a case may go to; `station` is null where its grid is not known yet."""

    station: StationView | None
    stations: list[StationView]
    people: list[PersonView]
    departments: list[DepartmentView]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarView:
    """A case that is like another, with how."""

    id: UUID
    number: str
    full_number: str
    title: str
    status: str
    status_label: str
    ended: bool
    source: str
    source_label: str
    received_at: datetime
    closed_at: datetime | None
    distance_m: int | None
    why: tuple[str, ...]
    linked: str | None


class SimilarList(BaseModel):
    """The cases like one, the most alike first."""

    items: list[SimilarView]


@router.get("/cases/{key}/proposals")
def proposed(key: Key, tx: Tx, now: Now, who: Who) -> Proposals:
    """Stations and people for a case, by duty, distance, load and freshness of position."""
    case = _led(tx, key, who)
    desk = case.desk or who.desk or (case.sector.code if case.sector else None)
    if desk is None:
        return Proposals(station=None, stations=[], people=[], departments=[])
    hands = _Hands.of(tx, case, desk, now)
    ranked = proposals.rank(hands.facts(post) for post in hands.forces)
    stations = sorted(hands.stations(), key=lambda one: (not one.own_grid, one.code))
    return Proposals(
        station=next((one for one in stations if one.own_grid), None),
        stations=stations,
        people=[_person(one, hands) for one in ranked],
        departments=[
            DepartmentView(post=post, label=hands.label(post), open_cases=hands.load.get(post, 0))
            for post, row in sorted(hands.posts.items())
            if row["role"] == "department"
        ],
    )


@router.get("/cases/{key}/similar")
def alike(key: Key, tx: Tx, now: Now, who: Who) -> SimilarList:
    """Cases near in place, address or matter within thirty days, of those this post sees."""
    case = _led(tx, key, who)
    found = similar.similar(tx, case, who)
    viewer = eyes(tx, [one.case for one in found], who, now)
    linked = {link.other: link.kind for link in case.work.links}
    return SimilarList(items=[_similar(one, viewer, linked) for one in found])


def _led(tx: Tx, key: str, who: Actor) -> Case:
    case_id = scope.seen_id(tx, key, who)
    if who.role not in _LEADING:
        raise NotYourPost("力量推荐和相似案件由分中心和街道城运中心查看")
    return queries.case(tx, case_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hands:
    """What is known at this moment of who could be sent."""

    case: Case
    posts: dict[str, dict[str, Any]]
    bodies: dict[str, str]
    forces: dict[str, list[roster.Force]]
    load: dict[str, int]
    where: dict[str, Whereabouts]

    @classmethod
    def of(cls, tx: Tx, case: Case, desk: str, now: datetime) -> "_Hands":
        forces: dict[str, list[roster.Force]] = {}
        for force in roster.all_forces(tx, desk, now):
            if actor(force.post).role in PARTIES:
                forces.setdefault(force.post, []).append(force)
        known = roster_lists.posts(tx, None, now)
        posts = {row["id"]: row for row in known if _of(row, desk)}
        return cls(
            case=case,
            posts=posts,
            bodies={row["id"]: row["name"] for row in roster_lists.bodies(tx, None)},
            forces=forces,
            load=loads(tx, desk, case.id),
            where=whereabouts(tx, list(forces), case.point, now) if case.point else {},
        )

    def facts(self, post: str) -> Facts:
        """What the score of a post is made from."""
        forces = self.forces.get(post, [])
        there = next((one for one in forces if one.on_duty), forces[0] if forces else None)
        at, own = self.where.get(post), self.case.community
        return Facts(
            post=post,
            on_duty=there is not None and there.on_duty,
            duty_why=there.why if there else "空缺",
            open_cases=self.load.get(post, 0),
            distance_m=at.distance_m if at else None,
            age_s=at.age_s if at else None,
            stale=at.stale if at else False,
            own_grid=own is not None and post == f"station-{own.code}",
            asked=post == self.case.work.requested_by,
            returned=any(one.by == post for one in self.case.work.station_returns),
        )

    def stations(self) -> list[StationView]:
        """The stations of the desk, each with why."""
        found = []
        for post, row in self.posts.items():
            if row["role"] != "station":
                continue
            facts = self.facts(post)
            people = {one.staff_id for one in self.forces.get(post, []) if one.on_duty}
            found.append(
                StationView(
                    code=row["area"],
                    post=post,
                    label=self.bodies.get(row["body"], post),
                    own_grid=facts.own_grid,
                    on_duty=len(people),
                    open_cases=facts.open_cases,
                    returned=facts.returned,
                    why=proposals.station_why(station=facts, people=len(people)),
                )
            )
        return found

    def label(self, post: str) -> str:
        """A post in the words of the screen: stations and departments by their own names."""
        row = self.posts.get(post)
        body = self.bodies.get(row["body"], "") if row else ""
        if row and row["role"] in ("station", "department"):
            return body
        return post_label(post) or post


def _of(row: dict[str, Any], desk: str) -> bool:
    return row["role"] == "department" or (row["area"] or "").startswith(desk)


def _person(one: proposals.Ranked, hands: _Hands) -> PersonView:
    facts = one.facts
    row = hands.posts.get(facts.post)
    return PersonView(
        post=facts.post,
        label=hands.label(facts.post),
        body=hands.bodies.get(row["body"], "") if row else "",
        score=one.score,
        why=one.why,
        distance_m=None if facts.distance_m is None else round(facts.distance_m),
        age_s=facts.age_s,
        stale=facts.stale,
        on_duty=facts.on_duty,
        open_cases=facts.open_cases,
    )


def _similar(one: similar.Alike, viewer: Any, linked: dict[UUID, str]) -> SimilarView:
    view = case_view(one.case, viewer)
    return SimilarView(
        id=view.id,
        number=view.number,
        full_number=view.full_number,
        title=view.title,
        status=view.status,
        status_label=view.status_label,
        ended=one.case.status in ENDED,
        source=view.source,
        source_label=view.source_label,
        received_at=local(one.case.received_at),
        closed_at=view.closed_at,
        distance_m=None if one.distance_m is None else round(one.distance_m),
        why=one.why,
        linked=linked.get(view.id),
    )
