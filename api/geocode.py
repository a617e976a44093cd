"""Words to places and back. Nothing is stored here, and nobody's words are logged."""

from dataclasses import dataclass, fields, replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import ConfigDict, Field

from api.bodies import Body
from api.deps import House, Now, Tx, Who, connected
from api.problems import BadLocation, NotReady
from api.runtime import Runtime
from api.views import eyes, rounded
from boundaries.geocoders import Finders
from cases import desk, queries, reveal, scope
from cases.by_words import Reading, given_of, texts
from cases.model import Case
from geo.datums import read_point
from geo.geocoding import Given
from geo.hits import middle_of, usable_hits
from geo.points import LonLat
from geo.readings import Found, Geocoded, Outcome
from geo.reversing import Near, Reversed
from geo.suggesting import MOST, Suggestion

router = APIRouter(prefix="/v1", tags=["geocoding"])
LONGEST = 20_000
Key = Annotated[str, Path(max_length=40, pattern=r"^[0-9A-Za-z-]+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class GeocodedView(Geocoded):
    """What a text means; `provisional` while nobody has surveyed the gazetteer's positions."""

    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesView:
    """What the words of a case may mean; the parts' offsets count into `text`, as it is shown."""

    geocoded: GeocodedView
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsView:
    """What somebody may be about to type."""

    suggestions: tuple[Suggestion, ...]
    gazetteer_version: str
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversedView(Reversed):
    """What is near a point, with the gazetteer it was asked of."""

    gazetteer_version: str
    provisional: bool


class GivenPair(Body):
    """A pair that came with the words, in the datum it is declared in."""

    model_config = ConfigDict(extra="forbid")
    lon: float = Field(examples=[121.2655])
    lat: float = Field(examples=[31.3885])
    crs: Annotated[str, Field(max_length=60)] | None = Field(None, examples=["GCJ-02"])
    accuracy_m: float | None = Field(None, ge=0, le=100_000, allow_inf_nan=False)


class Question(Body):
    """Words that tell a place."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(max_length=LONGEST)] = Field(examples=["和政路近墅沟路路口东北角"])
    source: Annotated[str, Field(max_length=20)] | None = None
    point: GivenPair | None = None


@router.post("/geocode")
def geocode(question: Question, tx: Tx, house: House, now: Now, _who: Who) -> GeocodedView:
    """What place the words tell: accepted, asked about, out of the area, or not found."""
    given = None
    if question.point is not None:
        pair = question.point
        _placed(pair.lon, pair.lat, pair.crs)
        given = Given(lon=pair.lon, lat=pair.lat, crs=pair.crs, accuracy_m=pair.accuracy_m)
    found = _finders(house, tx, now)
    return _view(found.geocoder.geocode(question.text, given=given), found)


@router.get("/geocode/suggest")
def suggest(
    tx: Tx,
    house: House,
    now: Now,
    _who: Who,
    q: Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")],
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> SuggestionsView:
    """Type-ahead by Chinese, pinyin or initials; places of the street come first."""
    found = _finders(house, tx, now)
    return SuggestionsView(
        suggestions=tuple(
            replace(one, point=rounded(one.point)) for one in found.suggester.suggest(q, limit)
        ),
        gazetteer_version=found.gazetteer.version,
        provisional=found.gazetteer.provisional,
    )


@router.get("/geocode/reverse")
def reverse(
    tx: Tx,
    house: House,
    now: Now,
    _who: Who,
    lon: float,
    lat: float,
    crs: Annotated[str | None, Query(max_length=60)] = None,
) -> ReversedView:
    """The nearest door plate, the road between which crossings, the compound."""
    point = _placed(lon, lat, crs)
    found = _finders(house, tx, now)
    told = found.reverser.reverse(point)
    near = replace(
        told,
        point=_rounded(told.point),
        doorplate=_rounded_near(told.doorplate),
        compound=_rounded_near(told.compound),
    )
    return ReversedView(
        **_values(near),
        gazetteer_version=found.gazetteer.version,
        provisional=found.gazetteer.provisional,
    )


@router.get("/cases/{key}/places")
def places(key: Key, house: House, now: Now, who: Who) -> PlacesView:
    """The places a case's words may mean, best first, with its own pair among them."""
    with connected(house.engine) as tx:
        case = queries.case(tx, scope.seen_id(tx, key, who))
        shown = reveal.visible_text(case, who, eyes(tx, [case], who, now).known.get(case.id, ()))
        found = _finders(house, tx, now)
        words = texts(shown["title"], shown["description"], shown["address"])
        reading = desk.candidates(house.office, tx, case, words or ("",), at=now)
    assert reading is not None
    # Strangers are asked with no transaction open: they may take two seconds.
    told = _asked_elsewhere(house, found, case, reading, now)
    return PlacesView(geocoded=_view(told, found), text=reading.text)


def _asked_elsewhere(
    house: Runtime, found: Finders, case: Case, reading: Reading, now: Now
) -> Geocoded:
    """The reading with what the online geocoders say of its place words, where we are not sure."""
    told = reading.geocoded
    middle = middle_of(found.gazetteer)
    if house.elsewhere is None or told.outcome is Outcome.ACCEPTED or middle is None:
        return told
    hits = usable_hits(house.elsewhere(told.clause, now), middle=middle) if told.clause else ()
    if not hits:
        return told
    pair = given_of(case.report.raw, case.report.accuracy_m)
    return found.geocoder.geocode(reading.text, given=pair, hits=hits)


def _finders(house: Runtime, tx: Tx, now: Now) -> Finders:
    if house.geocoders is None:
        raise NotReady("本系统没有装入地名库")
    return house.geocoders.finders(tx, now)


def _placed(lon: float, lat: float, crs: str | None) -> LonLat:
    """A declared pair as CGCS2000.

    Raises:
        BadLocation: a pair that must not be placed; nothing is guessed.
    """
    read = read_point(lon=lon, lat=lat, crs=crs)
    if read.point is None:
        assert read.problem is not None
        raise BadLocation(str(read.problem), read.problem.message)
    return LonLat(lon=float(read.point.lon), lat=float(read.point.lat))


def _view(told: Geocoded, found: Finders) -> GeocodedView:
    told = replace(
        told,
        found=_rounded_found(told.found) if told.found else None,
        candidates=tuple(_rounded_found(one) for one in told.candidates),
    )
    return GeocodedView(**_values(told), provisional=found.gazetteer.provisional)


def _values(told: Geocoded | Reversed) -> dict[str, Any]:
    return {field.name: getattr(told, field.name) for field in fields(told)}


def _rounded_found(found: Found) -> Found:
    line = tuple(_rounded(point) for point in found.line)
    return replace(found, point=rounded(found.point), line=line)


def _rounded_near(near: Near | None) -> Near | None:
    return replace(near, point=_rounded(near.point)) if near else None


def _rounded(point: LonLat) -> LonLat:
    return LonLat(lon=round(point.lon, 7), lat=round(point.lat, 7))
