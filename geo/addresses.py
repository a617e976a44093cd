"""A Chinese address in words becomes parts with roles: roads, numbers, crossings, tails. Pure.

Gazetteer-first: names are found by `geo.lexicon`, only then are the gaps between them read
(`geo.joining`). A text may speak of several spots; each is kept with its role.
"""

import re
from dataclasses import dataclass, field

from geo.joining import Joiner
from geo.lexicon import Lexicon, Mention
from geo.spots import Spot
from geo.text.admins import foreign_admins
from geo.text.clauses import cues_of
from geo.text.normalise import Normal, normalise
from geo.text.tokens import Token, cover, tokens
from geo.text.unknowns import Unknown, unknown_names

__all__ = ["Reading", "read"]

_ORGANISATION = re.compile(
    r"^(?:街道|派出所|社区|居委|村委|小学|中学|幼儿园|卫生|菜场|菜市场|车站|公交|地铁|站|城运|办事处|支行"
    r"|分理处|消防|加油站|高架|大桥|桥)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A text read: its spots, whom it names as administration, and what stays unexplained."""

    normal: Normal
    spots: tuple[Spot, ...]
    areas: tuple[Mention, ...]
    foreign: tuple[Unknown, ...]
    unknown: tuple[Unknown, ...]
    stray_numbers: tuple[Token, ...]
    tokens: tuple[tuple[Token, bool], ...] = field(default=())

    @property
    def incident(self) -> tuple[Spot, ...]:
        """The spots that are meant: not the caller's home, not what was taken back."""
        return tuple(s for s in self.spots if s.role != "caller" and not s.taken_back)

    @property
    def caller(self) -> tuple[Spot, ...]:
        """Where the caller lives."""
        return tuple(s for s in self.spots if s.role == "caller" and not s.taken_back)


def read(raw: str, lexicon: Lexicon) -> Reading:
    """Read a text; never raises, and answers in time linear in its length."""
    normal = lexicon.unmasked(normalise(raw))
    text = normal.masked
    mentions = lexicon.mentions(text)
    covered = cover(text, mentions)
    builder = Joiner(text, covered, cues_of(text))
    foreign = foreign_admins(covered)
    organisations: list[Unknown] = []
    areas = []
    items: list[Mention | Token] = [*mentions, *tokens(covered)]
    for item in sorted(items, key=lambda one: (one.start, -one.end)):
        if isinstance(item, Token):
            builder.take_token(item)
        elif item.of("road") and _ORGANISATION.match(text[item.end : item.end + 4]):
            # 新成路派出所 is no place on the road of that name.
            organisations.append((item.start, item.end, item.refs[0].name))
            builder.close()
        elif item.of("road"):
            builder.take_road(item)
        elif item.of("place", "estate"):
            builder.take_name(item)
        else:
            areas.append(item)
            builder.pass_by(item)
    spots = builder.finished()
    used = cover(covered, [*builder.used, *(_span(f) for f in foreign)])
    return Reading(
        normal=normal,
        spots=spots,
        areas=tuple(areas),
        foreign=tuple(foreign),
        unknown=(*organisations, *unknown_names(used)),
        stray_numbers=tuple(builder.strays),
        tokens=tuple(builder.seen),
    )


def _span(span: Unknown) -> Token:
    return Token("foreign", span[0], span[1])
