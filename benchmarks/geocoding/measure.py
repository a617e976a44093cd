"""Asking the engine every row and judging the answers: rates with their bounds, nothing rounded up.

A false accept is an accepted row that must not be accepted (`confirm`, `outside`, `nowhere`), or
whose place or community grid is not the true one. Bounds are one-sided 95 % Clopper–Pearson.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from time import perf_counter, thread_time

import numpy as np
from scipy.special import betaincinv

from benchmarks.geocoding import worlds
from boundaries.grounds import TerritoryGrounds
from boundaries.model import Area, Edition
from boundaries.seed import read_seed
from boundaries.territory import Territory
from geo.geocoding import Geocoder, Given
from geo.points import LonLat, distance_m

# Rows of these kinds have no entity, so any confidence in one is misplaced.
_NOTHING = frozenset({"nowhere", "unknown road", "impossible", "beyond", "foreign", "brand"})
BINS = 10
SHORT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the engine made of one row."""

    row: object
    outcome: str
    confidence: float
    key: str | None
    grid: str | None
    rank: int | None  # of the entity among the answers, from 1
    vetoes: tuple[str, ...]
    metres: float | None
    seconds: float  # of the clock
    cpu_s: float  # of the processor, whatever else the machine does
    fault: str  # why an accepted row is false; "" when it is right or not accepted

    @property
    def accepted(self):
        return self.outcome == "accepted"


def geocoder(name, weights=None):
    """The engine over a world: the product's own grounds for the real street."""
    world = getattr(worlds, name)()
    grounds = TerritoryGrounds(territory()) if name in ("real", "reworded") else world.grounds
    return Geocoder.of(world.gazetteer, grounds, weights)


@lru_cache(maxsize=1)
def territory():
    """The shipped boundaries without a database."""
    edition = Edition(
        id=1, name="示意边界", status="in_force", valid_from=datetime(2026, 1, 1, tzinfo=UTC),
        valid_to=None, provisional=True, notice="示意边界", licence="ODbL-1.0",
    )  # fmt: skip
    areas = [
        Area(
            level=draft.level,
            key=draft.code or f"{draft.level}-{at}",
            code=draft.code,
            name=draft.name,
            parent=draft.parent,
            provisional=draft.provisional,
            geometry=draft.geometry,
            properties=draft.properties,
        )
        for at, draft in enumerate(read_seed().areas)
    ]
    return Territory.of(edition, areas)


def ask(rows, weights=None):
    """A verdict for every row; the first 200 of each world are asked once before, to warm up."""
    verdicts = []
    for name in dict.fromkeys(row.world for row in rows):
        engine = geocoder(name, weights)
        mine = [row for row in rows if row.world == name]
        for row in mine[:200]:
            judged(row, engine)
        verdicts += [judged(row, engine) for row in mine]
    return verdicts


def judged(row, engine):
    """Ask one row."""
    given = Given(**row.given) if row.given else None
    begun, begun_cpu = perf_counter(), thread_time()
    try:
        answer = engine.geocode(row.text, given=given)
    except Exception as error:  # it never may: counted, and the evaluation goes on
        return Verdict(
            row=row, outcome="raised", confidence=0.0, key=repr(error)[:80], grid=None, rank=None,
            vetoes=(), metres=None, seconds=perf_counter() - begun, cpu_s=0.0, fault="it raised",
        )  # fmt: skip
    seconds, cpu_s = perf_counter() - begun, thread_time() - begun_cpu
    ranked = [found.key for found in answer.candidates]
    best = answer.found or (answer.candidates[0] if answer.candidates else None)
    if answer.found is not None:
        ranked = [answer.found.key, *(key for key in ranked if key != answer.found.key)]
    wanted = {bare(key) for key in row.keys}
    rank = next((at for at, key in enumerate(ranked, 1) if bare(key) in wanted), None)
    grid = best.shares[0].code if best is not None and best.shares else None
    metres = None
    if answer.outcome == "accepted" and row.true is not None and best.point is not None:
        metres = distance_m(best.point, LonLat(*row.true))
    return Verdict(
        row=row,
        outcome=str(answer.outcome),
        confidence=answer.confidence,
        key=best.key if best else None,
        grid=grid,
        rank=rank,
        vetoes=tuple(veto.code for veto in answer.vetoes),
        metres=metres,
        seconds=seconds,
        cpu_s=cpu_s,
        fault=_fault(row, str(answer.outcome), rank, grid),
    )


def bare(key):
    """A key without the words that only make it longer."""
    head, mark, tail = key.rpartition("/")
    return head + mark + tail.removesuffix("角").removesuffix("米") if mark else key


def _fault(row, outcome, rank, grid):
    if outcome != "accepted":
        return ""
    if row.truth != "auto_ok":
        return f"accepted though {row.truth}: {row.reason}"
    if grid != row.grid:
        return "wrong grid"
    return "" if rank == 1 else "another place in the right grid"


def upper(errors, count, level=0.95):
    """One-sided upper bound of a rate; 1 when nothing was counted."""
    return 1.0 if errors >= count else float(betaincinv(errors + 1, count - errors, level))


def lower(hits, count, level=0.95):
    """One-sided lower bound of a rate; 0 when nothing was counted."""
    return 0.0 if hits == 0 else float(betaincinv(hits, count - hits + 1, 1 - level))


@dataclass
class Figures:
    """The rates of one set of verdicts, each as (hits, count)."""

    rates: dict[str, tuple[int, int]]
    metres: list[float] = field(default_factory=list)
    ece: float = 0.0
    bins: list[tuple[float, float, int]] = field(default_factory=list)  # mean said, hit, count
    latency_ms: dict[str, float] = field(default_factory=dict)


def figures(verdicts):
    """All the rates of `geocoding.md` section 4."""
    verdicts = list(verdicts)
    accepted = [v for v in verdicts if v.accepted]
    able = [v for v in verdicts if v.row.truth == "auto_ok"]
    outside = [v for v in verdicts if v.row.truth == "outside"]
    named = [v for v in verdicts if v.row.expected]
    said, hit = _calibration(verdicts)
    ece, bins = _ece(said, hit)
    short = [v for v in verdicts if len(v.row.text) <= SHORT and v.outcome != "raised"]
    times = np.array([v.cpu_s for v in short] or [0.0]) * 1e3
    clock = np.array([v.seconds for v in short] or [0.0]) * 1e3
    return Figures(
        rates={
            "AAR": (len(accepted), len(verdicts)),
            "AAR auto_ok": (sum(v.accepted for v in able), len(able)),
            "FAR": (sum(bool(v.fault) for v in accepted), len(accepted)),
            "GA sector": (sum(_sector(v.grid) == _sector(v.row.grid) for v in accepted),
                          len(accepted)),
            "GA community": (sum(v.grid == v.row.grid for v in accepted), len(accepted)),
            "OOA-R": (sum(v.outcome == "out_of_area" for v in outside), len(outside)),
            "OOA-A": (sum(v.accepted for v in outside), len(outside)),
            "E@1": (sum(v.rank == 1 for v in named), len(named)),
            "E@5": (sum(v.rank is not None for v in named), len(named)),
        },
        metres=[v.metres for v in accepted if v.metres is not None],
        ece=ece,
        bins=bins,
        latency_ms={f"p{p}": float(np.percentile(times, p)) for p in (50, 95, 99)}
        | {f"clock p{p}": float(np.percentile(clock, p)) for p in (50, 95)},
    )  # fmt: skip


def _sector(code):
    return code[:6] if code else code


def _calibration(verdicts):
    """Confidence in the first answer against whether it is the entity; arguable rows left out."""
    chosen = [
        v for v in verdicts if v.key is not None and (v.row.expected or v.row.kind in _NOTHING)
    ]
    return (
        np.array([v.confidence for v in chosen]),
        np.array([float(v.rank == 1 and v.row.expected) for v in chosen]),
    )


def _ece(said, hit):
    if len(said) == 0:
        return 0.0, []
    at = np.minimum((said * BINS).astype(int), BINS - 1)
    bins, error = [], 0.0
    for place in range(BINS):
        mine = at == place
        if mine.any():
            mean, rate, count = float(said[mine].mean()), float(hit[mine].mean()), int(mine.sum())
            bins.append((mean, rate, count))
            error += abs(mean - rate) * count / len(said)
    return error, bins


def by(verdicts, what):
    """Verdicts in groups."""
    groups = defaultdict(list)
    for verdict in verdicts:
        for name in what(verdict):
            groups[name].append(verdict)
    return groups


def long_text_ms(engine, texts, *, length=10_000):
    """Processor milliseconds for 10,000 characters: complaints with a place in the middle."""
    words = "居民多次来电反映此处问题一直没有解决，希望有关部门尽快派人到现场查看并给出答复。"
    times = []
    for text in texts:
        fill = words * (length // len(words) // 2)
        long = (fill + text + "。" + fill)[:length]
        begun = thread_time()
        engine.geocode(long)
        times.append((thread_time() - begun) * 1e3)
    return {f"p{p}": float(np.percentile(times, p)) for p in (50, 95)} | {"max": max(times)}


def failures(verdicts, limit=50):
    """The worst first: what was accepted and must not be, then what was not found at all."""

    def worst(verdict):
        order = ("outside", "nowhere", "wrong grid", "confirm", "another place")
        at = next((n for n, word in enumerate(order) if word in verdict.fault), 9)
        return (at, -verdict.confidence, verdict.row.number)

    false = sorted((v for v in verdicts if v.fault), key=worst)
    missed = sorted(
        (v for v in verdicts if v.row.truth == "auto_ok" and v.rank is None),
        key=lambda v: (len(v.row.operators), v.row.number),
    )
    return (false + missed)[:limit]


def causes(verdicts):
    """Why rows of auto_ok were not accepted: by veto, or by confidence, or by what was found."""
    counted = Counter()
    for verdict in verdicts:
        if verdict.row.truth != "auto_ok" or verdict.accepted:
            continue
        if verdict.rank is None:
            counted["the place is not among the answers"] += 1
        elif verdict.rank > 1:
            counted["another place came first"] += 1
        elif verdict.vetoes:
            counted["+".join(sorted(set(verdict.vetoes)))] += 1
        else:
            counted["no veto: confidence or mass"] += 1
    return counted
