"""A possible position of a spot."""

from dataclasses import dataclass, field

from geo.lexicon import Ref
from geo.points import LonLat
from geo.readings import Precision
from geo.streets import Spot2

__all__ = ["Site"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A possible position; `against` are codes of `geo.vetoes` that only concern this one."""

    key: str
    label: str
    precision: Precision
    spot: Spot2 | None = None
    radius_m: float = 0.0
    line: tuple[LonLat, ...] = ()
    in_ring: bool = False
    town: str | None = None
    area_code: str | None = None
    place: str | None = None
    against: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()
    refs: tuple[Ref, ...] = ()
    why: tuple[str, ...] = field(default=())
