"""The only way to change a case: `handle` a command; `cases.intake` brings the reports.

It runs in the caller's transaction, so that the report, the decision, the history, the clocks
and the message to the street centre stand or fall together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Connection, text

from boundaries.assignment import assign, radius_m
from boundaries.errors import NoEditionInForce
from boundaries.locate import Locator
from boundaries.model import Assignment, AssignmentStatus, Named, ReasonCode
from boundaries.territory import Territory
from boundaries.words import given_words
from cases import commands as do
from cases.errors import CaseNotFound, Conflict
from cases.history import Recorded, evolve
from cases.journal import append
from cases.model import Case, RawPoint
from cases.notices import Notice, notices
from cases.policy import Policy
from cases.queries import case as load
from cases.roles import Actor
from cases.rules import decide
from cases.setting import Setting
from cases.sources import SOURCES
from geo.datums import added_uncertainty_m, read_point
from geo.location_problems import LocationProblem
from geo.points import LonLat


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What the desk works with: the map, the policy in force and a maker of ids."""

    locator: Locator
    policy: Policy
    new_id: Callable[[], UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class BetterPlace:
    """A position a person gives for a case, and why."""

    raw: RawPoint
    accuracy_m: float | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What the map says of a raw pair, or why it can say nothing."""

    place: Assignment
    problem: str | None = None


def locate(
    office: Office,
    conn: Connection,
    *,
    raw: RawPoint | None,
    accuracy_m: float | None,
    default_m: float,
    at: datetime,
) -> Placed:
    """Read a raw pair in its declared datum and decide whose it is; nothing is guessed."""
    read = read_point(
        lon=raw.lon if raw else None, lat=raw.lat if raw else None, crs=raw.crs if raw else None
    )
    if read.point is None or read.datum is None:
        problem = read.problem or LocationProblem.NO_LOCATION
        code = ReasonCode.CRS_UNDECLARED if problem == "CRS_UNDECLARED" else str(problem)
        nowhere = Assignment(
            status=AssignmentStatus.NO_LOCATION,
            reason_code=code,
            explanation=(problem.message,),
        )
        return Placed(place=nowhere, problem=str(problem))
    try:
        territory = office.locator.territory(conn, at)
    except NoEditionInForce:
        nowhere = Assignment(
            status=AssignmentStatus.NO_LOCATION,
            reason_code=ReasonCode.AREA_NOT_IN_FORCE,
            point=read.point,
            explanation=("该时点没有启用的网格版本，请联系管理员",),
        )
        return Placed(place=nowhere, problem=ReasonCode.AREA_NOT_IN_FORCE)
    assert raw is not None
    assert raw.lon is not None
    assert raw.lat is not None
    radius = radius_m(accuracy_m, default_m) + added_uncertainty_m(read.datum)
    given = given_words(
        crs=str(read.datum), raw=(raw.lon, raw.lat), accuracy_m=accuracy_m, radius=radius
    )
    point = LonLat(lon=read.point.lon, lat=read.point.lat)
    return Placed(place=assign(territory, point=point, radius=radius, given=given))


def handle(
    conn: Connection,
    office: Office,
    case_id: UUID,
    command: do.Command,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Case:
    """Carry out a command on a case.

    Raises:
        NotPermitted: and its family.
        Conflict: the case is no longer at `version`, or somebody was quicker.
    """
    case = load(conn, case_id)
    if version is not None and version != case.version:
        raise Conflict(case.id, case.version)
    return carry_out(conn, office, case, command, actor, now)


def relocate(
    conn: Connection,
    office: Office,
    case_id: UUID,
    better: BetterPlace,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Case:
    """更正位置: decide the grid anew for a better position."""
    case = load(conn, case_id)
    placed = locate(
        office,
        conn,
        raw=better.raw,
        accuracy_m=better.accuracy_m,
        default_m=SOURCES[case.report.source].default_accuracy_m,
        at=now,
    )
    command = do.CorrectLocation(
        place=placed.place, raw=better.raw, accuracy_m=better.accuracy_m, reason=better.reason
    )
    return handle(conn, office, case_id, command, actor=actor, now=now, version=version)


def carry_out(
    conn: Connection,
    office: Office,
    case: Case | None,
    command: do.Command,
    actor: Actor,
    now: datetime,
) -> Case:
    """Decide, evolve, write: events, projection, clocks and notices in one statement."""
    setting = _setting(conn, office, actor, now)
    acts = decide(case, command, setting)
    records: list[Recorded] = []
    letters: list[Notice] = []
    for act in acts:
        record = Recorded(
            version=case.version + 1 if case else 1,
            event=act.event,
            actor=act.actor,
            on_behalf_of=act.on_behalf_of,
            at=now,
        )
        case = evolve(case, record)
        records.append(record)
        letters.extend(notices(act.event, case, now, act.actor))
    assert case is not None
    if records:
        append(conn, case, records, letters)
    return case


def _setting(conn: Connection, office: Office, actor: Actor, now: datetime) -> Setting:
    try:
        territory = office.locator.territory(conn, now)
    except NoEditionInForce:
        grids: dict[str, tuple[Named, Named, Named]] = {}
        sectors: dict[str, Named] = {}
    else:
        grids = _grids(territory)
        sectors = {area.code: area.named for area in territory.sectors if area.code}
    return Setting(
        actor=actor,
        now=now,
        policy=office.policy,
        new_id=office.new_id,
        grids=grids,
        sectors=sectors,
    )


@lru_cache(maxsize=8)
def _grids(territory: Territory) -> dict[str, tuple[Named, Named, Named]]:
    found = {}
    for community in territory.communities:
        sector = territory.sector(community.parent)
        police = territory.police_area_of(community.parent)
        if community.code and sector and police:
            found[community.code] = (community.named, sector.named, police.named)
    return found


def case_id_of(conn: Connection, key: str) -> UUID:
    """The id of a case from its id, its number, or the short number of a day (1124-0031).

    Raises:
        CaseNotFound: nothing fits.
    """
    try:
        return UUID(key)
    except ValueError:
        pass
    found: UUID | None = conn.execute(
        text(
            "SELECT id FROM case_now"
            " WHERE number = :key OR (length(:key) BETWEEN 9 AND 12 AND number LIKE :tail)"
            " ORDER BY received_at DESC LIMIT 1"
        ),
        {"key": key, "tail": "____" + key.replace("%", "").replace("_", "")},
    ).scalar_one_or_none()
    if found is None:
        raise CaseNotFound("没有这个案件")
    return found
