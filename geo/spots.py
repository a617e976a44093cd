"""One place a text speaks of, still in words. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from geo.lexicon import Mention

__all__ = ["Link", "Spot"]


class Link(StrEnum):
    """How two roads of a spot belong together."""

    CROSSING = "crossing"  # 路口, 交叉口, 和, 与, /
    BARE = "bare"  # side by side or with a dash, nothing said
    NEAR = "near"  # 近, 靠近 without 路口: a stretch of the first
    SEGMENT = "segment"  # 到, 至 … 之间


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place a text speaks of, still in words; positions count the normal text."""

    start: int
    end: int
    role: str = "incident"
    road: Mention | None = None
    cross: Mention | None = None
    until: Mention | None = None
    link: Link | None = None
    lane: int | None = None
    sublane: int | None = None
    number: int | None = None
    suffix: str = ""
    to_number: int | None = None
    names: tuple[Mention, ...] = ()
    fang: int | None = None
    building: int | None = None
    corner: str | None = None
    offset: tuple[str | None, int] | None = None
    side: str | None = None
    gate: str | None = None
    near: str | None = None
    vague: bool = False
    # The road a distance is walked along, when it is not the first-named: 沿乙路往东走50米.
    along: Mention | None = None
    # Not the place itself but another thing called after it: 爱里舍花园公交站, 新爱里舍花园.
    named_after: bool = False
    by: tuple[Mention, ...] = ()
    taken_back: bool = False
    # Said beside the spot before it as another place: 甲小区和乙小区.
    twin: bool = False

    @property
    def has_number(self) -> bool:
        """Whether a lane or house number is said."""
        return self.lane is not None or self.number is not None

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The names it is made of."""
        roads = [m for m in (self.road, self.cross, self.until) if m is not None]
        return (*roads, *self.names)
