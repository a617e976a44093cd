"""What the geocoder answers with: what was understood, where that is, and what speaks against it.

Pure values. The words for people are Chinese and hold nothing of the text but what was recognised
as part of a place, so that an explanation never carries a name or a telephone number.
"""

from dataclasses import dataclass
from enum import StrEnum

from geo.points import LonLat


class Outcome(StrEnum):
    """What came of a text."""

    ACCEPTED = "accepted"
    ASK = "ask"
    OUT_OF_AREA = "out_of_area"
    NOT_FOUND = "not_found"


class Tier(StrEnum):
    """How a name in the text was matched to one of the gazetteer."""

    EXACT = "exact"
    ALIAS = "alias"
    PINYIN = "pinyin"
    FUZZY = "fuzzy"
    LOOK_ALIKE = "look_alike"
    SIMILAR = "similar"


class Precision(StrEnum):
    """What kind of position a candidate has (`geocoding.md` 3.5)."""

    DOOR = "door"
    LANE = "lane"
    GATE = "gate"
    BUILDING = "building"
    COMPOUND = "compound"
    POI = "poi"
    CROSSING = "crossing"
    CORNER = "corner"
    OFFSET = "offset"
    INTERPOLATED = "interpolated"
    SEGMENT = "segment"
    ROAD = "road"
    AREA = "area"
    COORDINATES = "coordinates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One recognised piece: [start, end) counts code points of the text as it was written."""

    role: str  # road number lane sublane compound estate building gate poi village admin community
    #            crossing corner offset side near caller asset unknown
    text: str  # as written
    start: int
    end: int
    value: str | None = None  # the gazetteer's own name
    tier: Tier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GridShare:
    """How much of a position's probability lies in one community grid; code None is outside."""

    code: str | None
    name: str
    sector: str | None
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One place the text may mean.

    Attributes:
        key: stable name of the place: `place:…`, `crossing:甲路×乙路`, `number:甲路#12号` …
        label: what the screen calls it.
        point: CGCS2000; None when only an area or a line is known.
        radius_m: about one standard deviation of the position.
        confidence: calibrated probability that the text means this place (0–1).
        shares: the grids its probability lies in, largest first.
        line: the stretch of road it may be on, when that is all that is known.
        in_ring: it is one of the places around us.
        town: whose it is when outside.
        why: short Chinese words on how it was found.
    """

    key: str
    label: str
    point: LonLat | None
    radius_m: float
    confidence: float
    precision: Precision
    shares: tuple[GridShare, ...] = ()
    line: tuple[LonLat, ...] = ()
    in_ring: bool = False
    town: str | None = None
    area_code: str | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """Why no place is taken without a person; `code` is V1 … V13 of `geocoding.md` 3.6."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Geocoded:
    """The answer to a text (R2–R5, A-3, A-4).

    `found` is the accepted place, or None; `candidates` are at most five, best first and places in
    different grids before others; `grid_share` is the probability mass in the best single grid.
    """

    outcome: Outcome
    found: Found | None
    candidates: tuple[Found, ...]
    confidence: float
    grid_share: float
    parts: tuple[Part, ...]
    vetoes: tuple[Veto, ...]
    explanation: tuple[str, ...]
    normalised: str
    # The place words alone, fit to be sent to a provider: no names, numbers of people, rooms.
    clause: str
    gazetteer_version: str
    belongs_to: str | None = None
    provider: str | None = None
    datum_inferred: str | None = None
    # The place is sure and only its grid is open: the position's mass lies in more than one.
    place_sure: bool = False
