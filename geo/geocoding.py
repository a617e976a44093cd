"""A spoken address becomes a place, a grid and a reason, or an honest question (R2–R5, A-4).

Pure. Reading (`geo.addresses`), sites with their uncertainty (`geo.siting`), features and
calibrated score (`geo.matching`, `geo.scoring`), what forbids to take one (`geo.vetoes`), and here
the decision. A place is taken without a person only if nothing forbids it, its calibrated
confidence reaches the threshold, and its probability lies in one grid (`geocoding.md` 3.6).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from geo.addresses import Reading, read
from geo.explaining import clause_of, explanation, parts_of
from geo.hits import ProviderHit, agreement
from geo.lexicon import Lexicon
from geo.matching import Match, Matched, match
from geo.pairs import Given, PairCheck, check_pair
from geo.places import Gazetteer
from geo.points import LonLat
from geo.readings import Found, Geocoded, GridShare, Outcome, Precision, Veto
from geo.scoring import Weights, shipped_weights
from geo.siting import Siting
from geo.streets import StreetMap, lonlat
from geo.vetoes import adjacent_admin, vetoes

__all__ = ["Geocoder", "Given", "Grounds"]

GRID_SHARE = 0.98
MARGIN = 0.3
MOST_CANDIDATES = 5
# A candidate with less than this share of the best one's confidence is not weighed or shown.
_NEGLIGIBLE = 0.02
_WEIGHED = 0.2
# What a stranger's answer counts: it is shown, never taken.
_PROVIDER_CONFIDENCE = 0.3
_ONE_SAYS = "在线地图的回答，仅供参考"
_TWO_AGREE = "两家在线地图的回答一致，仅供参考"


class Grounds(Protocol):
    """What the geocoder asks of the map of grids; all positions CGCS2000, all lengths metres."""

    def shares(self, point: LonLat, sigma_m: float) -> tuple[GridShare, ...]:
        """Probability mass of a normal distribution in each grid, largest first."""

    def along(self, line: Sequence[LonLat]) -> tuple[GridShare, ...]:
        """Share of a line's length in each grid, largest first."""

    def town(self, point: LonLat) -> str | None:
        """The neighbouring town a point outside lies in."""

    def area(self, code: str) -> GridShare | None:
        """The community grid of a code."""


@dataclass(frozen=True, slots=True)
class _Rated:
    match: Match
    found: Found


class Geocoder:
    """One gazetteer and one edition of the grids, ready to be asked."""

    def __init__(self, gazetteer: Gazetteer, grounds: Grounds, weights: Weights) -> None:
        self.gazetteer, self.grounds, self.weights = gazetteer, grounds, weights
        self.streets = StreetMap(gazetteer)
        self.siting = Siting(self.streets)
        self.lexicon = Lexicon(gazetteer)

    @classmethod
    def of(
        cls, gazetteer: Gazetteer, grounds: Grounds, weights: Weights | None = None
    ) -> "Geocoder":
        """Build the indexes; about a tenth of a second for a street and its ring."""
        return cls(gazetteer, grounds, weights or shipped_weights())

    def explainable(self, text: str) -> list[tuple[str, dict[str, float]]]:
        """The keys and features of all matches of a text: what the weights are trained on."""
        matched = match(read(text, self.lexicon), self.siting, self.lexicon)
        return [(one.site.key, one.features) for one in matched.matches]

    def geocode(
        self, text: str, *, given: Given | None = None, hits: Sequence[ProviderHit] = ()
    ) -> Geocoded:
        """Place a text, or ask, or say that it lies outside; never raises for any text.

        Args:
            text: as it was written or dictated.
            given: the pair of numbers that came with it, to check each other (V8).
            hits: usable answers of online providers; alone they are candidates only.
        """
        reading = read(text, self.lexicon)
        matched = match(reading, self.siting, self.lexicon)
        rated = self._rated(matched)
        verdict = self._decided(reading, matched, rated)
        parts = parts_of(reading, text, matched, self.streets)
        best = rated[0] if rated else None
        grid_open = bool(best and best.found.shares and best.found.shares[0].share < GRID_SHARE)
        answer = Geocoded(
            outcome=verdict.outcome,
            found=best.found if best and verdict.taken else None,
            candidates=_shown(rated),
            confidence=round(best.found.confidence, 4) if best else 0.0,
            grid_share=verdict.grid_share,
            parts=parts,
            vetoes=verdict.against,
            explanation=explanation(
                verdict.outcome,
                best.match if best else None,
                best.found if best else None,
                parts,
                verdict.against,
                grid_open=grid_open,
                belongs_to=verdict.belongs_to,
            ),
            normalised=reading.normal.text,
            clause=clause_of(reading),
            gazetteer_version=self.gazetteer.version,
            belongs_to=verdict.belongs_to,
            place_sure=verdict.place_sure,
        )
        if hits:
            answer = _with_hits(answer, hits, self.grounds)
        return self._checked(answer, given, verdict) if given is not None else answer

    def _rated(self, matched: Matched) -> list[_Rated]:
        weighed = [(self.weights.confidence(one.features), one) for one in matched.matches]
        weighed.sort(key=lambda pair: (-pair[0], pair[1].site.key))
        top = weighed[0][0] if weighed else 0.0
        return [
            _Rated(one, self._found(one, confidence))
            for confidence, one in weighed[: 2 * MOST_CANDIDATES]
            if confidence >= _NEGLIGIBLE * top
        ]

    def _found(self, one: Match, confidence: float) -> Found:
        site = one.site
        point = lonlat(site.spot) if site.spot is not None else None
        shares: tuple[GridShare, ...] = ()
        if point is not None:
            shares = self.grounds.shares(point, site.radius_m)
        elif site.line:
            shares = self.grounds.along(site.line)
        elif site.area_code and not site.in_ring:
            area = self.grounds.area(site.area_code)
            shares = (area,) if area else ()
        outside = bool(shares) and shares[0].code is None and shares[0].share >= GRID_SHARE
        in_ring = site.in_ring or outside
        town = site.town
        if in_ring and town is None and point is not None:
            town = self.grounds.town(point)
        return Found(
            key=site.key, label=site.label, point=point, radius_m=round(site.radius_m, 1),
            confidence=round(confidence, 4), precision=site.precision, shares=shares,
            line=site.line if point is None else (), in_ring=in_ring, town=town,
            area_code=site.area_code, why=site.why,
        )  # fmt: skip

    def _decided(self, reading: Reading, matched: Matched, rated: list[_Rated]) -> "_Verdict":
        if not rated:
            return _nowhere(reading, matched)
        best = rated[0]
        share = _mass(rated)
        against = (*vetoes(best.match, reading, matched), *_other_community(best.found, matched))
        elsewhere = adjacent_admin(best.match, matched)
        if elsewhere is not None and elsewhere.kind == "far":
            belongs = elsewhere.town or elsewhere.name
            return _Verdict(Outcome.OUT_OF_AREA, against, share, belongs_to=belongs)
        if best.found.in_ring:
            codes = {veto.code for veto in against} & {"V5", "V9", "V10"}
            if _all_outside(rated) and not codes and "similar" not in best.match.site.against:
                return _Verdict(
                    Outcome.OUT_OF_AREA, against, share,
                    taken=best.found.point is not None, belongs_to=best.found.town,
                )  # fmt: skip
            return _Verdict(Outcome.ASK, against, share)
        if elsewhere is not None and not _is_exact(best.match):
            belongs = elsewhere.town or elsewhere.name
            return _Verdict(Outcome.OUT_OF_AREA, against, share, belongs_to=belongs)
        sure = (
            not against
            and best.found.point is not None
            and best.found.confidence >= self.weights.threshold
        )
        if sure and share >= GRID_SHARE and _margin(rated) >= MARGIN:
            return _Verdict(Outcome.ACCEPTED, against, share, taken=True)
        return _Verdict(Outcome.ASK, against, share, place_sure=sure and _margin(rated) >= MARGIN)

    def _checked(self, answer: Geocoded, given: Given, verdict: "_Verdict") -> Geocoded:
        best = answer.candidates[0] if answer.candidates else None
        trusted = verdict.outcome is Outcome.ACCEPTED or verdict.place_sure
        return _merged(answer, check_pair(given, best, trusted=trusted), self.grounds)


@dataclass(frozen=True, slots=True)
class _Verdict:
    outcome: Outcome
    against: tuple[Veto, ...]
    grid_share: float
    taken: bool = False
    place_sure: bool = False
    belongs_to: str | None = None


def _nowhere(reading: Reading, matched: Matched) -> _Verdict:
    """No place at all: perhaps a town elsewhere is named, else nothing was found."""
    elsewhere = next((a for a in matched.admins if a.kind in ("far", "ring")), None)
    unknown = (Veto(code="V9", text="文字里有地名库没有的地名"),) if reading.unknown else ()
    if elsewhere is not None:
        belongs = elsewhere.town or elsewhere.name
        return _Verdict(Outcome.OUT_OF_AREA, (), 0.0, belongs_to=belongs)
    return _Verdict(Outcome.NOT_FOUND, unknown, 0.0)


def _other_community(found: Found, matched: Matched) -> tuple[Veto, ...]:
    """V1 within the street: the text names a community or 片区 of ours, the place is in another."""
    told = [a for a in matched.admins if a.kind == "own_community" and a.code]
    grid = found.shares[0].code if found.shares else None
    if grid is None or not told or any(grid.startswith(str(a.code)) for a in told):
        return ()
    return (Veto(code="V1", text=f"文字提到“{told[0].name}”，和找到的位置不在一个网格"),)


def _is_exact(best: Match) -> bool:
    """Whether a number, a crossing or a name of ours was said in full."""
    if best.site.marks & {"other", "name_besides"} or best.site.spot is None:
        return False
    return not best.site.against & {"V3", "V4", "V6"}


def _all_outside(rated: list[_Rated]) -> bool:
    top = rated[0].found.confidence
    return all(r.found.in_ring for r in rated if r.found.confidence >= _WEIGHED * top)


def _mass(rated: list[_Rated]) -> float:
    """Probability in the best single grid, over all candidates that weigh."""
    top = rated[0].found.confidence
    total = 0.0
    by_grid: dict[str | None, float] = {}
    for one in rated:
        if one.found.confidence < _WEIGHED * top:
            continue
        total += one.found.confidence
        for share in one.found.shares:
            held = by_grid.get(share.code, 0.0)
            by_grid[share.code] = held + one.found.confidence * share.share
    first = rated[0].found.shares[0].code if rated[0].found.shares else None
    return round(by_grid.get(first, 0.0) / total, 4) if total else 0.0


def _margin(rated: list[_Rated]) -> float:
    """How far the best candidate in another grid stays behind."""
    best = rated[0].found
    grid = best.shares[0].code if best.shares else None
    others = [
        r.found.confidence
        for r in rated[1:]
        if not r.found.shares or r.found.shares[0].code != grid
    ]
    return best.confidence - max(others, default=0.0)


def _shown(rated: list[_Rated]) -> tuple[Found, ...]:
    """At most five, the best first, places in other grids before more in the same."""
    fresh: list[Found] = []
    again: list[Found] = []
    grids: set[str | None] = set()
    for one in rated:
        grid = one.found.shares[0].code if one.found.shares else one.found.key
        (again if grid in grids else fresh).append(one.found)
        grids.add(grid)
    return tuple([*fresh, *again][:MOST_CANDIDATES])


def _with_hits(answer: Geocoded, hits: Sequence[ProviderHit], grounds: Grounds) -> Geocoded:
    """Providers' answers stand behind our own candidates; alone they are never taken."""
    room = max(MOST_CANDIDATES - len(answer.candidates), 0)
    first = {hit.provider: hit for hit in reversed(hits)}
    agreed = agreement(hits, answer.clause)
    both = agreed.providers if agreed else ()
    found = [
        Found(
            key=f"provider:{hit.provider}",
            label=hit.label,
            point=hit.point,
            radius_m=hit.radius_m,
            confidence=_PROVIDER_CONFIDENCE,
            precision=Precision.POI,
            shares=grounds.shares(hit.point, hit.radius_m),
            why=(_TWO_AGREE if hit.provider in both else _ONE_SAYS,),
        )
        for hit in list(first.values())[:room]
    ]
    if not found:
        return answer
    outcome = Outcome.ASK if answer.outcome is Outcome.NOT_FOUND else answer.outcome
    return replace(
        answer,
        outcome=outcome,
        candidates=(*answer.candidates, *found),
        provider=found[0].key.removeprefix("provider:"),
    )


def _merged(answer: Geocoded, check: PairCheck, grounds: Grounds) -> Geocoded:
    """Text and pair side by side: where they part, nothing is taken (V8)."""
    lines = (*answer.explanation, *check.lines)
    if check.agrees:
        return replace(answer, explanation=lines)
    read_again = [
        replace(one, shares=grounds.shares(one.point, one.radius_m))
        for one in check.candidates
        if one.point is not None
    ]
    first, rest = answer.candidates[:1], answer.candidates[1:]
    inferred = [one for one in read_again if one.key == f"coordinates:{check.inferred}"]
    others = [one for one in read_again if one not in inferred]
    shown = (*inferred, *first, *others, *rest)[:MOST_CANDIDATES]
    return replace(
        answer,
        outcome=Outcome.ASK if shown else answer.outcome,
        found=None,
        place_sure=False,
        candidates=shown,
        vetoes=(*answer.vetoes, *check.vetoes),
        explanation=lines,
        datum_inferred=check.inferred,
    )
