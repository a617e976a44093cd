"""From a text read to the places it may mean, each with the features of its score. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import shapely

from geo.addresses import Reading
from geo.lexicon import Lexicon, Mention
from geo.places import Place, PlaceKind
from geo.readings import Precision, Tier
from geo.siting import Site, Siting
from geo.spots import Spot
from geo.streets import StreetMap, distance
from geo.text.tokens import VAGUE

__all__ = ["Match", "Matched", "Nature", "match"]

_TIERS = {
    Tier.PINYIN: "pinyin",
    Tier.LOOK_ALIKE: "look_alike",
    Tier.FUZZY: "fuzzy",
    Tier.SIMILAR: "similar",
}
_LINES = frozenset({Precision.ROAD, Precision.AREA, Precision.SEGMENT})
_TOGETHER_M = 150.0
# A text that speaks of more places is asked about anyway.
MOST_SPOTS = 12


@dataclass(frozen=True, slots=True)
class Nature:
    """An administration named in the text: ours, a neighbour's, or far away."""

    name: str
    start: int
    end: int
    kind: str  # ours, own_community, ring, far
    code: str | None = None
    town: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """A site a text may mean, with its features and the spot it comes from."""

    site: Site
    features: dict[str, float]
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class Matched:
    """All matches of a text; `groups` counts the different places it speaks of."""

    matches: tuple[Match, ...]
    admins: tuple[Nature, ...]
    groups: int
    caller_only: bool


def match(reading: Reading, siting: Siting, lexicon: Lexicon) -> Matched:
    """The places a text may mean."""
    streets = siting.streets
    admins = _admins(reading, streets)
    spots, caller_only = _meant_spots(reading, siting)
    sited = [(spot, siting.sites(spot)) for spot in spots[:MOST_SPOTS]]
    sited = [(spot, sites) for spot, sites in sited if sites]
    groups = _groups(sited, siting)
    told = sum(spot.twin for spot, _ in sited) + 1 if len(sited) > 1 else 1
    count = max(len(groups), told)
    common = _common(reading, admins, count, caller_only=caller_only)
    matches = []
    for spot, sites in (one for group in groups for one in group):
        for site in sites:
            features = {**common, **_of_site(site, spot, sites)}
            matches.append(Match(site, {k: v for k, v in features.items() if v}, spot))
    if not matches:
        matches = [*_areas(reading, streets, common)]
        if not all(m.site.in_ring for m in matches) or not matches:
            matches += _similar(reading, lexicon, siting, common)
    return Matched(tuple(matches), admins, count, caller_only)


def _meant_spots(reading: Reading, siting: Siting) -> tuple[tuple[Spot, ...], bool]:
    """The spots to look at, and whether they are only where the caller lives.

    What follows a home behind a comma is the incident, unless it is the home's own surroundings.
    """
    spots = reading.incident
    if not reading.caller:
        return spots, False
    if all(spot.role == "after_home" for spot in spots):
        homes = [sites for spot in reading.caller if (sites := siting.sites(spot))]
        if all(any(_together(siting.sites(spot), home) for home in homes) for spot in spots):
            return (*reading.caller, *spots), True
    return spots, False


def _groups(
    sited: Sequence[tuple[Spot, tuple[Site, ...]]], siting: Siting
) -> list[list[tuple[Spot, tuple[Site, ...]]]]:
    """Spots that speak of the same place stand together; a bare road beside one is its context."""
    precise = [one for one in sited if not _is_line(one)]
    kept = precise or list(sited)
    if precise:
        kept = precise + [
            one for one in sited if _is_line(one) and not _is_context(one, precise, siting)
        ]
    groups: list[list[tuple[Spot, tuple[Site, ...]]]] = []
    for one in kept:
        for group in groups:
            if any(_together(one[1], other[1]) for other in group):
                group.append(one)
                break
        else:
            groups.append([one])
    return groups


def _is_line(one: tuple[Spot, tuple[Site, ...]]) -> bool:
    return all(site.precision in _LINES for site in one[1])


def _is_context(
    one: tuple[Spot, tuple[Site, ...]],
    precise: Sequence[tuple[Spot, tuple[Site, ...]]],
    siting: Siting,
) -> bool:
    """A road named beside a place that stands on it, or the estate of a compound."""
    roads = {ref.ref for ref in one[0].road.of("road")} if one[0].road else set()
    names = {ref.ref for name in one[0].names for ref in name.refs}
    for spot, sites in precise:
        if roads & {ref.ref for m in spot.mentions for ref in m.of("road")}:
            return True
        for site in sites:
            place = siting.streets.places.get(site.place or "")
            if place is not None and place.parent in names:
                return True
            if site.spot is not None and any(
                shapely.dwithin(piece.line, shapely.Point(site.spot), _TOGETHER_M + site.radius_m)
                for road in roads
                for piece in siting.streets.pieces.get(road, ())
            ):
                return True
    return False


def _together(one: tuple[Site, ...], other: tuple[Site, ...]) -> bool:
    a, b = _meant(one), _meant(other)
    if {s.key for s in a} & {s.key for s in b}:
        return True
    return any(
        s.spot is not None
        and t.spot is not None
        and distance(s.spot, t.spot) <= _TOGETHER_M + s.radius_m + t.radius_m
        for s in a
        for t in b
    )


def _meant(sites: tuple[Site, ...]) -> list[Site]:
    return [s for s in sites if "other" not in s.marks] or list(sites)


def _of_site(site: Site, spot: Spot, sites: tuple[Site, ...]) -> dict[str, float]:
    features: dict[str, float] = {str(site.precision): 1.0}
    for ref in site.refs:
        tier = _TIERS.get(ref.tier)
        if tier is not None:
            features[tier] = features.get(tier, 0.0) + 1.0
            features["unequal"] = features.get("unequal", 0.0) + (1.0 - ref.equal)
    for mark in site.marks:
        features[mark] = 1.0
    features["coarse"] = float("coarse" in site.against)
    features["gap"] = float("gap" in site.against)
    features["part_only"] = float("V3" in site.against and "other" not in site.marks)
    features["vague"] = float(spot.vague or spot.near in VAGUE or "V7" in site.against)
    features["ring"] = float(site.in_ring)
    features["rivals"] = float(min(_rivals(site, sites), 3))
    features["corrected"] = float(spot.taken_back)
    return features


def _rivals(site: Site, sites: tuple[Site, ...]) -> int:
    """How many other places the same words fit as well."""
    mine = _likeness(site)
    return sum(
        1
        for other in sites
        if other.key != site.key
        and not other.marks & {"other", "name_besides"}
        and _likeness(other) >= mine
        and not _together((site,), (other,))
    )


def _likeness(site: Site) -> float:
    order = {Tier.EXACT: 0.0, Tier.ALIAS: 0.0, Tier.PINYIN: -1.0, Tier.LOOK_ALIKE: -1.0}
    worth = sum(order.get(ref.tier, -2.0) for ref in site.refs)
    return worth - 3.0 * len(site.against & {"V2", "V3", "V4"}) + ("agree" in site.marks)


def _common(
    reading: Reading, admins: tuple[Nature, ...], groups: int, *, caller_only: bool
) -> dict[str, float]:
    kinds = {admin.kind for admin in admins}
    return {
        "admin_agree": float("ours" in kinds),
        "admin_conflict": float(bool(kinds & {"ring", "far"})),
        "unknown_names": float(min(len(reading.unknown), 2)),
        "stray_numbers": float(min(len(reading.stray_numbers), 2)),
        "more_spots": float(min(max(groups - 1, 0), 2)),
        "caller_only": float(caller_only),
        "text_long": float(len(reading.normal.text) > 60),
    }


def _admins(reading: Reading, streets: StreetMap) -> tuple[Nature, ...]:
    found = []
    for mention in reading.areas:
        place = _nearest_kind(mention, streets)
        if any(ref.ref.startswith("ours:") for ref in mention.refs):
            found.append(Nature(mention.refs[0].name, mention.start, mention.end, "ours"))
        elif place is not None:
            found.append(_nature(mention, place, streets))
    for start, end, name in reading.foreign:
        ours = any(name.startswith(one[:-1]) for one in streets.gazetteer.ours)
        found.append(Nature(name, start, end, "ours" if ours else "far"))
    return tuple(sorted(found, key=lambda one: one.start))


def _nearest_kind(mention: Mention, streets: StreetMap) -> Place | None:
    """The place an area's name stands for; ours before a namesake."""
    places = [streets.places[r.ref] for r in mention.of("area") if r.ref in streets.places]
    return min(places, key=lambda p: p.scope != "in", default=None)


def _nature(mention: Mention, place: Place, streets: StreetMap) -> Nature:
    name = place.name or mention.refs[0].name
    if name in streets.gazetteer.ours:
        return Nature(name, mention.start, mention.end, "ours")
    if place.scope == "in":
        kind = "own_community" if place.kind is PlaceKind.COMMUNITY else "ours"
        return Nature(name, mention.start, mention.end, kind, place.area_code)
    far = place.kind is PlaceKind.DISTRICT
    town = name if place.kind is PlaceKind.TOWN else place.town
    return Nature(name, mention.start, mention.end, "far" if far else "ring", None, town)


def _areas(reading: Reading, streets: StreetMap, common: dict[str, float]) -> list[Match]:
    """Nothing but the name of a community: its grid is known, its place is not (V6)."""
    found = []
    for mention in reading.areas:
        place = _nearest_kind(mention, streets)
        if place is None or place.kind is not PlaceKind.COMMUNITY:
            continue
        site = Site(
            key=f"area:{place.area_code or place.id}", label=place.label, precision=Precision.AREA,
            in_ring=place.scope == "ring", town=place.town, area_code=place.area_code,
            place=place.id, against=frozenset({"V6"}), refs=mention.refs[:1],
        )  # fmt: skip
        found.append(Match(site, {**common, "area": 1.0, "ring": float(site.in_ring)}, None))
    return found


def _similar(
    reading: Reading, lexicon: Lexicon, siting: Siting, common: dict[str, float]
) -> list[Match]:
    """Nothing fits: what shares most of its sign pairs with the text is only shown."""
    found = []
    for _share, ref in lexicon.similar(reading.normal.masked):
        for site in siting.sites(Spot(start=0, end=0, names=(Mention(0, 0, (ref,)),))):
            features = {**common, **_of_site(site, Spot(start=0, end=0), (site,))}
            found.append(Match(_asked(site), {k: v for k, v in features.items() if v}, None))
    return found


def _asked(site: Site) -> Site:
    return replace(site, against=site.against | {"similar"})
