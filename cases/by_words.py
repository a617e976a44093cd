"""Whose a case is that tells its place in words, alone or beside a pair of numbers. Pure.

Words place a case by themselves only when the geocoder is sure; else a person chooses (R2–R5,
A-3). Beside a pair they are its check: a pair in a wrong datum lies hundreds of metres from the
place the text names, and is never assigned in silence (`geocoding.md` verdict 4).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from boundaries.assignment import assign, radius_m
from boundaries.model import Assignment, AssignmentStatus, Candidate, Named, ReasonCode
from boundaries.territory import Territory
from boundaries.words import metres
from cases.model import RawPoint, Report
from geo.datums import read_point
from geo.location_problems import LocationProblem
from geo.pairs import Given
from geo.points import distance_m
from geo.readings import Found, Geocoded, Outcome

# A text and a pair further apart than this, or than three radii of the text's place, disagree.
APART_M = 100.0
_APART_RADII = 3.0
_EDGE_SIGMAS = 2.06
# Such a pair is a default for "not known", so it neither places nor contradicts.
_SILENT = frozenset(
    {LocationProblem.NO_LOCATION, LocationProblem.ZERO_ISLAND, LocationProblem.NOT_FINITE}
)
# Parts that name no place by themselves.
_NO_PLACE = frozenset({"unknown", "caller", "near", "side", "corner", "offset"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What the map says of a report's place, or why it can say nothing."""

    place: Assignment
    problem: str | None = None
    # Of a place that is asked about: the grids it may lie in.
    grids: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the geocoder made of which text."""

    text: str
    geocoded: Geocoded


def texts(title: str | None, description: str | None, address: str | None) -> tuple[str, ...]:
    """The texts that may name the place, in the order in which they are asked.

    The address, else what the report tells; a title that only begins the telling says no more.
    """
    title, description = (title or "").strip(), (description or "").strip()
    told = description if description.startswith(title) else f"{title}\n{description}".strip()
    return tuple(words for words in ((address or "").strip(), told) if words)


def texts_of(report: Report) -> tuple[str, ...]:
    """The same of a report."""
    return texts(report.title, report.description, report.address)


def read(geocode: Callable[[str], Geocoded], words: Sequence[str]) -> Reading | None:
    """Read the first text that names any place; the first of all when none does."""
    first: Reading | None = None
    for one in words:
        found = Reading(text=one, geocoded=geocode(one))
        if found.geocoded.outcome is not Outcome.NOT_FOUND or names_a_place(found.geocoded):
            return found
        first = first or found
    return first


def names_a_place(geocoded: Geocoded) -> bool:
    """Whether any word of the text is one of a place."""
    return any(part.role not in _NO_PLACE for part in geocoded.parts)


def is_usable(raw: RawPoint | None) -> bool:
    """Whether a pair can be placed as it is declared."""
    return raw is not None and read_point(lon=raw.lon, lat=raw.lat, crs=raw.crs).problem is None


def is_silent(raw: RawPoint | None) -> bool:
    """Whether a pair says nothing at all: missing, or a default such as (0, 0)."""
    if raw is None:
        return True
    return read_point(lon=raw.lon, lat=raw.lat, crs=raw.crs).problem in _SILENT


def given_of(raw: RawPoint | None, accuracy_m: float | None) -> Given | None:
    """A report's own pair for the geocoder, unless it says nothing."""
    if raw is None or is_silent(raw):
        return None
    return Given(lon=raw.lon, lat=raw.lat, crs=raw.crs, accuracy_m=accuracy_m)


def placed_by_words(territory: Territory, geocoded: Geocoded) -> Placed:
    """Where words alone put a case: decided like a pair when the geocoder is sure."""
    found = geocoded.found
    if geocoded.outcome is Outcome.OUT_OF_AREA:
        return _out_of_area(territory, geocoded)
    if geocoded.outcome is Outcome.ACCEPTED and found is not None and found.point is not None:
        return Placed(place=_assigned(territory, geocoded, found))
    return _on_an_edge(territory, geocoded) or _asked(
        _reason(geocoded), geocoded.explanation, grids_of(territory, geocoded)
    )


def _on_an_edge(territory: Territory, geocoded: Geocoded) -> Placed | None:
    """A place that is sure while its grid is open stands at its point, as a pair near an edge does.

    The disc is so wide (98 % of the mass on a straight edge) that it is never assigned unasked.
    """
    best = geocoded.candidates[0] if geocoded.place_sure and geocoded.candidates else None
    if best is None or best.point is None:
        return None
    place = _assigned(territory, geocoded, replace(best, radius_m=_EDGE_SIGMAS * best.radius_m))
    return Placed(place=place) if place.status is AssignmentStatus.BOUNDARY_REVIEW else None


def checked_by_words(territory: Territory, by_pair: Assignment, geocoded: Geocoded) -> Placed:
    """A placed pair beside a text: as it is, unless the text surely names another place."""
    gap = disagreement(by_pair, geocoded)
    told = any(veto.code == "V8" for veto in geocoded.vetoes)
    if gap is None and not told:
        return Placed(place=by_pair)
    lines = geocoded.explanation if told or gap is None else (*geocoded.explanation, gap)
    return _asked(ReasonCode.TEXT_DISAGREES, lines, grids_of(territory, geocoded))


def asked_all_the_same(by_pair: Placed, geocoded: Geocoded) -> Placed:
    """A pair that cannot be placed keeps its problem, with what the words say (a person asks)."""
    lines = (*by_pair.place.explanation, *geocoded.explanation)
    return replace(by_pair, place=replace(by_pair.place, explanation=lines))


def disagreement(by_pair: Assignment, geocoded: Geocoded) -> str | None:
    """How a sure text and a placed pair disagree, where the geocoder has not said so itself (V8).

    It asks less of a pair that is rough, and nothing of a text outside; silence would be worse.
    """
    found = geocoded.found
    if geocoded.place_sure and geocoded.candidates:
        found = geocoded.candidates[0]
    elif geocoded.outcome not in (Outcome.ACCEPTED, Outcome.OUT_OF_AREA):
        return None
    if found is not None and found.point is not None and by_pair.point is not None:
        gap = distance_m(found.point, by_pair.point)
        if gap <= max(APART_M, _APART_RADII * found.radius_m):
            return None
        return f"文字写的是“{found.label}”，与坐标相距 {metres(gap)}，请核对地址和坐标系"
    outside = geocoded.outcome is Outcome.OUT_OF_AREA
    if not outside or by_pair.status is AssignmentStatus.OUT_OF_AREA:
        return None
    return f"文字写的是{geocoded.belongs_to or '街道以外'}，坐标在街道内，请核对地址和坐标系"


def grids_of(territory: Territory, geocoded: Geocoded) -> tuple[Candidate, ...]:
    """The grids the candidates may lie in, each with its part of the probability, largest first."""
    weights: dict[str | None, float] = {}
    whole = sum(found.confidence for found in geocoded.candidates if found.shares)
    for found in geocoded.candidates if whole else ():
        for grid in found.shares:
            weight = found.confidence * grid.share / whole
            weights[grid.code] = weights.get(grid.code, 0.0) + weight
    ranked = sorted(weights.items(), key=lambda one: (-one[1], one[0] or "~"))
    return tuple(_grid(territory, code, round(weight, 3)) for code, weight in ranked)


def _grid(territory: Territory, code: str | None, share: float) -> Candidate:
    area = territory.community(code) if code else None
    sector = territory.sector(area.parent) if area else None
    return Candidate(
        sector=sector.named if sector else None,
        community=area.named if area else None,
        share=share,
        outside=area is None,
    )


def _assigned(territory: Territory, geocoded: Geocoded, found: Found) -> Assignment:
    assert found.point is not None
    radius = radius_m(found.radius_m)
    given = (*geocoded.explanation, f"按文字地址定位，按 {radius:.0f} 米误差圆判定")
    return assign(territory, point=found.point, radius=radius, given=given)


def _out_of_area(territory: Territory, geocoded: Geocoded) -> Placed:
    """What the words place outside is proposed for refusal; whether it is refused, people say."""
    found = geocoded.found
    owner = Named(code=None, name=geocoded.belongs_to) if geocoded.belongs_to else None
    known = {area.name: area.named for area in territory.neighbours}
    owner = known.get(owner.name, owner) if owner else None
    if found is None or found.point is None:
        return Placed(
            place=Assignment(
                status=AssignmentStatus.OUT_OF_AREA,
                reason_code=ReasonCode.OUTSIDE_STREET,
                belongs_to=owner,
                edition=territory.edition.named,
                provisional=territory.edition.provisional,
                explanation=(*geocoded.explanation, territory.edition_line),
            )
        )
    place = _assigned(territory, geocoded, found)
    crosses = place.status is AssignmentStatus.BOUNDARY_REVIEW and place.candidates[0].outside
    if place.status is not AssignmentStatus.OUT_OF_AREA and not crosses:
        # The words say outside and the map does not, so a person looks.
        grids = grids_of(territory, geocoded)
        return _asked(ReasonCode.ADDRESS_AMBIGUOUS, place.explanation, grids)
    likely = place.candidates[0].belongs_to if crosses else place.belongs_to
    outside = replace(
        place,
        status=AssignmentStatus.OUT_OF_AREA,
        reason_code=ReasonCode.OUTSIDE_STREET,
        sector=None,
        community=None,
        police_area=None,
        candidates=(),
        belongs_to=owner or likely,
    )
    return Placed(place=outside)


def _asked(reason: str, explanation: Sequence[str], grids: tuple[Candidate, ...]) -> Placed:
    place = Assignment(
        status=AssignmentStatus.NO_LOCATION, reason_code=reason, explanation=tuple(explanation)
    )
    return Placed(place=place, problem=str(reason), grids=grids)


def _reason(geocoded: Geocoded) -> str:
    # Where only the position is too rough for one grid, nothing is ambiguous.
    if geocoded.outcome is not Outcome.NOT_FOUND and geocoded.candidates:
        sure = geocoded.place_sure
        return ReasonCode.LOW_GEOCODE_QUALITY if sure else ReasonCode.ADDRESS_AMBIGUOUS
    return (
        ReasonCode.LOW_GEOCODE_QUALITY if names_a_place(geocoded) else LocationProblem.NO_LOCATION
    )
