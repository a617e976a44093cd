"""The values of responsibility: areas, editions, and the answer to "whose is this place?"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from geo.points import LonLat


class Level(StrEnum):
    """The kinds of area an edition holds (R9–R14)."""

    STREET = "street"
    SECTOR = "sector"
    COMMUNITY = "community"
    POLICE_AREA = "police_area"
    NEIGHBOUR = "neighbour"


class AssignmentStatus(StrEnum):
    """What the decision came to."""

    ASSIGNED = "assigned"
    BOUNDARY_REVIEW = "boundary_review"
    OUT_OF_AREA = "out_of_area"
    NO_LOCATION = "no_location"


class ReasonCode(StrEnum):
    """Why it came to that; the words for the screen stand in `words.md` section 9."""

    SIBLING_PIANQU = "SIBLING_PIANQU"
    OUTSIDE_STREET = "OUTSIDE_STREET"
    OUTSIDE_DISTRICT = "OUTSIDE_DISTRICT"
    NEAR_BOUNDARY = "NEAR_BOUNDARY"
    ON_BOUNDARY = "ON_BOUNDARY"
    BOUNDARY_ROAD = "BOUNDARY_ROAD"
    NO_LOCATION = "NO_LOCATION"
    CRS_UNDECLARED = "CRS_UNDECLARED"
    AXES_SWAPPED = "AXES_SWAPPED"
    LOW_GEOCODE_QUALITY = "LOW_GEOCODE_QUALITY"
    ADDRESS_AMBIGUOUS = "ADDRESS_AMBIGUOUS"
    TEXT_DISAGREES = "TEXT_DISAGREES"
    AREA_NOT_IN_FORCE = "AREA_NOT_IN_FORCE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A code with the name people use; a neighbour's code may be unknown."""

    code: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One polygon of an edition; `geometry` is a shapely (Multi)Polygon in EPSG:4490 degrees."""

    level: Level
    key: str
    code: str | None
    name: str
    parent: str | None
    provisional: bool
    geometry: Any
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def named(self) -> Named:
        """Code and name."""
        return Named(code=self.code, name=self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionName:
    """Which edition an answer was given under, and whether it is only illustrative."""

    id: int
    name: str
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """A dated set of areas; in force on the half-open interval [valid_from, valid_to)."""

    id: int
    name: str
    status: str
    valid_from: datetime | None
    valid_to: datetime | None
    provisional: bool
    notice: str
    licence: str
    findings: tuple[Mapping[str, Any], ...] = ()

    @property
    def named(self) -> EditionName:
        """The short form carried by each answer."""
        return EditionName(id=self.id, name=self.name, provisional=self.provisional)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One owner the uncertainty disc touches, with its share of the disc (0–1)."""

    sector: Named | None
    community: Named | None
    share: float
    outside: bool = False
    belongs_to: Named | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """Whose a place is, why, and under which edition (R10–R14, A-3).

    `point` is CGCS2000 longitude/latitude; distances are metres in EPSG:4549.
    """

    status: AssignmentStatus
    sector: Named | None = None
    community: Named | None = None
    police_area: Named | None = None
    point: LonLat | None = None
    radius_m: float | None = None
    edition: EditionName | None = None
    provisional: bool = True
    distance_to_boundary_m: float | None = None
    distance_to_sector_edge_m: float | None = None
    direction: str | None = None
    reason_code: str | None = None
    candidates: tuple[Candidate, ...] = ()
    belongs_to: Named | None = None
    explanation: tuple[str, ...] = ()
