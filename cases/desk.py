"""The only way to change a case: `handle` a command; `cases.intake` brings the reports.

It runs in the caller's transaction, so that the report, the decision, the history, the clocks
and the message to the street centre stand or fall together.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.exc import InterfaceError, OperationalError

from boundaries.assignment import assign, radius_m
from boundaries.errors import NoEditionInForce
from boundaries.geocoders import Geocoders
from boundaries.locate import Locator
from boundaries.model import Assignment, AssignmentStatus, Named, ReasonCode
from boundaries.territory import Territory
from boundaries.words import given_words
from cases import commands as do
from cases.attachments import check as check_files
from cases.attachments import link
from cases.by_words import (
    Placed,
    Reading,
    asked_all_the_same,
    checked_by_words,
    given_of,
    placed_by_words,
    read,
    texts_of,
)
from cases.errors import CaseNotFound, Conflict
from cases.history import Recorded
from cases.journal import Taken, append
from cases.journal import hold as hold_row
from cases.journal import take as take_row
from cases.labelling import keep_label
from cases.model import Case, RawPoint
from cases.notices import Notice, notices
from cases.ownership import audience
from cases.people import roster
from cases.policies import PolicyBook
from cases.policy import Policy
from cases.queries import case as load
from cases.roles import Actor
from cases.rules import decide
from cases.setting import Setting, enact
from cases.sources import SOURCES
from geo.datums import added_uncertainty_m, read_point
from geo.location_problems import LocationProblem
from geo.points import LonLat

log = logging.getLogger(__name__)

# The journal is the desk's alone; the intake locks and reads through it.
hold, take = hold_row, take_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What the desk works with: the map, the policy values and a maker of ids.

    `policy` are the installation's own values; with a `book`, the versions in the database rule.
    """

    locator: Locator
    policy: Policy
    new_id: Callable[[], UUID]
    book: PolicyBook | None = None
    geocoders: Geocoders | None = None

    def policy_at(self, conn: Connection, at: datetime) -> Policy:
        """The values in force at a moment."""
        return self.book.policy(conn, at) if self.book else self.policy

    def told(self, conn: Connection, at: datetime, taken: Taken) -> None:
        """Remember for this transaction what the case's own statement has answered already."""
        self.locator.told(conn, at, taken.edition)
        if self.book:
            self.book.told(conn, taken.policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class BetterPlace:
    """A position a person gives for a case, and why."""

    raw: RawPoint
    accuracy_m: float | None
    reason: str
    # The candidate the person took; None for a point on the map.
    chosen: str | None = None


def locate(
    office: Office,
    conn: Connection,
    *,
    raw: RawPoint | None,
    accuracy_m: float | None,
    default_m: float,
    at: datetime,
    words: Sequence[str] = (),
) -> Placed:
    """Decide whose a place is by a pair in its declared datum and by words; nothing is guessed.

    Args:
        office: the map and the geocoder; an office without one reads pairs only.
        conn: inside a transaction.
        raw: the pair as it came.
        accuracy_m: as the source states it.
        default_m: of the source, where it states none.
        at: the moment whose edition counts.
        words: the texts that may name the place, in the order in which they are asked.
    """
    by_pair = _by_pair(office, conn, raw=raw, accuracy_m=accuracy_m, default_m=default_m, at=at)
    if not words or office.geocoders is None or by_pair.problem == ReasonCode.AREA_NOT_IN_FORCE:
        return by_pair
    hint = given_of(raw, accuracy_m)
    try:
        # Its own savepoint: a statement of the gazetteer that fails would spoil the report's.
        with conn.begin_nested():
            territory = office.locator.territory(conn, at)
            geocoder = office.geocoders.current(conn, at)
        reading = read(lambda one: geocoder.geocode(one, given=hint), words)
        return _with_words(territory, by_pair, reading, paired=hint is not None)
    except NoEditionInForce:
        return by_pair
    except (OperationalError, InterfaceError):
        raise  # the database went away: nothing can be stored, and the sender hears so
    except Exception:
        # The report is stored whatever it says: a fault of ours is for the log and for a person.
        log.exception("the words of a report could not be read")
        return _unread(by_pair)


def _with_words(
    territory: Territory, by_pair: Placed, reading: Reading | None, *, paired: bool
) -> Placed:
    if reading is None:
        return by_pair
    if by_pair.problem is None:
        return checked_by_words(territory, by_pair.place, reading.geocoded)
    if paired:
        return asked_all_the_same(by_pair, reading.geocoded)
    placed = placed_by_words(territory, reading.geocoded)
    # Words without any place leave the last word to what is wrong with the pair.
    return by_pair if placed.problem == LocationProblem.NO_LOCATION else placed


def _unread(by_pair: Placed) -> Placed:
    """What the pair alone says, with a line that nobody has read the words."""
    line = "文字地址未能识别（系统故障，已记录），请人工核对位置"
    return replace(
        by_pair, place=replace(by_pair.place, explanation=(*by_pair.place.explanation, line))
    )


def _by_pair(
    office: Office,
    conn: Connection,
    *,
    raw: RawPoint | None,
    accuracy_m: float | None,
    default_m: float,
    at: datetime,
) -> Placed:
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
    keys: Sequence[str] | None = None,
) -> Case:
    """Carry out a command on a case; with `keys` only on one whose audience holds one of them.

    Raises:
        CaseNotFound: no such case, or not to be seen with these keys.
        NotPermitted: and its family.
        Conflict: the case is no longer at `version`, or somebody was quicker.
    """
    taken = take(conn, case_id, now, keys)
    if version is not None and version != taken.case.version:
        raise Conflict(case_id, taken.case.version)
    return carry_out(conn, office, taken, command, actor, now)


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
    moved = handle(conn, office, case_id, command, actor=actor, now=now, version=version)
    offered = candidates(office, conn, case, texts_of(case.report), at=now)
    if offered is not None and offered.geocoded.parts:
        keep_label(
            conn,
            offered,
            case,
            placed.place,
            id=office.new_id(),
            chosen=better.chosen,
            actor=actor,
            now=now,
        )
    return moved


def candidates(
    office: Office, conn: Connection, case: Case, words: Sequence[str], *, at: datetime
) -> Reading | None:
    """The places a case's words may mean, with its own pair among them: asked, never stored.

    `words` are its texts as whoever asks may read them, so that nothing else can be told from the
    answer. None where there are no words or no geocoder.

    Raises:
        NoEditionInForce: no edition of the grids holds then.
    """
    if office.geocoders is None or not words:
        return None
    geocoder = office.geocoders.current(conn, at)
    pair = given_of(case.report.raw, case.report.accuracy_m)
    return read(lambda one: geocoder.geocode(one, given=pair), words)


def carry_out(
    conn: Connection,
    office: Office,
    taken: Taken | None,
    command: do.Command,
    actor: Actor,
    now: datetime,
) -> Case:
    """Decide, evolve, write: events, projection, clocks and notices in one statement."""
    case = taken.case if taken else None
    if taken is not None:
        office.told(conn, now, taken)
    before = audience(case) if case else frozenset()
    check_files(conn, getattr(command, "attachments", ()), actor)
    setting = _setting(conn, office, actor, now, command, case)
    acts = decide(case, command, setting)
    records: list[Recorded] = []
    letters: list[Notice] = []
    for act in acts:
        record, case = enact(case, act, setting)
        records.append(record)
        letters.extend(notices(act.event, case, now, act.actor))
    assert case is not None
    if records:
        head = taken.head if taken else None
        append(conn, case, records, letters, head=head, seen_by=before)
        _link_files(conn, case, records)
    return case


def merge(
    conn: Connection,
    office: Office,
    case_id: UUID,
    into_id: UUID,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    version: int | None = None,
) -> Case:
    """并案: both cases in one transaction, the smaller id first so that two never wait in a ring.

    Raises:
        CaseNotFound: there is no such case.
        NotPermitted: and its family.
        Conflict: one of them has moved on.
    """
    for id in sorted((case_id, into_id), key=str):
        hold(conn, id)
    main, own = load(conn, into_id), load(conn, case_id)
    merged = do.Merge(into=main.id, into_number=main.number, reason=reason)
    absorbed = do.Absorb(
        other=own.id, other_number=own.number, reason=reason, numbers=own.report.numbers
    )
    if case_id != into_id:
        handle(conn, office, into_id, absorbed, actor=actor, now=now)
    return handle(conn, office, case_id, merged, actor=actor, now=now, version=version)


def _link_files(conn: Connection, case: Case, records: list[Recorded]) -> None:
    for record in records:
        told = getattr(record.event, "feedback", record.event)
        files = getattr(told, "attachments", ())
        if files:
            link(conn, case.id, record.version, files)


def _setting(
    conn: Connection,
    office: Office,
    actor: Actor,
    now: datetime,
    command: do.Command,
    case: Case | None,
) -> Setting:
    try:
        territory = office.locator.territory(conn, now)
    except NoEditionInForce:
        grids: dict[str, tuple[Named, Named, Named]] = {}
        sectors: dict[str, Named] = {}
    else:
        grids = _grids(territory)
        sectors = {area.code: area.named for area in territory.sectors if area.code}
    setting = Setting(
        actor=actor,
        now=now,
        policy=office.policy_at(conn, now),
        new_id=office.new_id,
        grids=grids,
        sectors=sectors,
    )
    return _informed(conn, setting, command, case)


# What most commands need not know is asked only for those that do.
_NEEDS_CALENDAR = (do.Accept, do.Reopen)
_NEEDS_POSTS = (
    do.Coordinate, do.Divide, do.AddSubTask, do.AskSuspension, do.AskVerification, do.LogCall,
    do.Urge,
)  # fmt: skip


def _informed(
    conn: Connection, setting: Setting, command: do.Command, case: Case | None
) -> Setting:
    hotline = case is not None and case.report.source == "12345"
    if (hotline and isinstance(command, _NEEDS_CALENDAR)) or isinstance(
        command, do.HandOverToStreet
    ):
        setting = replace(setting, calendar=roster.calendar(conn))
    if isinstance(command, _NEEDS_POSTS):
        setting = replace(setting, posts=roster.known_posts(conn))
    if isinstance(command, do.Instruct) and setting.actor.account:
        held = roster.posts_of_account(conn, setting.actor.account, setting.now)
        setting = replace(setting, own_posts=frozenset(held))
    if isinstance(command, do.HandOverToStreet):
        desk = (case.desk if case else None) or setting.actor.desk or ""
        needed, on_duty = roster.strength(conn, desk, setting.now, setting.policy.minimum_force)
        setting = replace(setting, needed=needed, on_duty=on_duty)
    return setting


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
            "SELECT id FROM case_now WHERE number = :key OR substr(number, 5) = :key"
            " ORDER BY received_at DESC LIMIT 1"
        ),
        {"key": key},
    ).scalar_one_or_none()
    if found is None:
        raise CaseNotFound("没有这个案件")
    return found
