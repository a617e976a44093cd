"""Whom to send: every party's score and its reasons, by one visible table of weights. Pure.

The machine proposes, a person decides. The same facts give the same order; ties go by the post's
name. R51 dispatches to the grid's own station, R52–R54 call the forces who are there and near.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp

# Parties the plan calls to a 协调; who directs (指挥员, 督查员, 副网格长, 网格长) is not called.
PARTIES = frozenset({"station", "responder", "patrol", "police", "chengguan", "market"})

# What each fact may add to a score of 100 at most.
WEIGHTS = {
    "on_duty": 40.0,  # there at all: without it nobody comes
    "distance": 30.0,  # falls by half about every 350 m; by an old position it counts half
    "load": 15.0,  # divided by one more than the cases in hand
    "freshness": 5.0,  # a position not older than FRESH_S, none for a stale one
    "own_grid": 10.0,  # the grid's own station, or who asked for the 联动
}
NEAR_M = 500.0
FRESH_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of one party now; no position leaves `distance_m` and `age_s` empty."""

    post: str
    on_duty: bool
    duty_why: str
    open_cases: int = 0
    distance_m: float | None = None
    age_s: int | None = None
    stale: bool = False
    own_grid: bool = False
    asked: bool = False
    returned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A party in its place, with what speaks for and against it."""

    facts: Facts
    score: float
    why: tuple[str, ...]


def rank(people: Iterable[Facts]) -> tuple[Ranked, ...]:
    """The parties, best first.

    >>> near, far = (Facts(post=p, on_duty=True, duty_why="当班", distance_m=d, age_s=30)
    ...              for p, d in (("a", 100.0), ("b", 900.0)))
    >>> [one.facts.post for one in rank([far, near])]
    ['a', 'b']
    """
    ranked = (Ranked(facts=one, score=score(one), why=why(one)) for one in people)
    return tuple(sorted(ranked, key=lambda one: (-one.score, one.facts.post)))


def score(one: Facts) -> float:
    """Points out of 100, to one decimal."""
    points = WEIGHTS["load"] / (1 + one.open_cases)
    if one.on_duty:
        points += WEIGHTS["on_duty"]
    if one.distance_m is not None:
        sure = 0.5 if one.stale else 1.0
        points += WEIGHTS["distance"] * sure * exp(-one.distance_m / NEAR_M)
    if one.age_s is not None and one.age_s <= FRESH_S and not one.stale:
        points += WEIGHTS["freshness"]
    if one.own_grid or one.asked:
        points += WEIGHTS["own_grid"]
    return round(points, 1)


def why(one: Facts) -> tuple[str, ...]:
    """The reasons in the words of the screen, the weightiest first."""
    told = ["在岗" if one.on_duty else f"不在岗（{one.duty_why}）"]
    if one.asked:
        told.append("提请联动")
    elif one.own_grid:
        told.append("本网格")
    if one.distance_m is not None:
        told.append(f"距现场 {metres(one.distance_m)}")
    told.append(f"手上 {one.open_cases} 件" if one.open_cases else "手上没有案件")
    if one.age_s is None:
        told.append("没有位置")
    else:
        told.append(f"位置 {age(one.age_s)}" + ("，已陈旧" if one.stale else ""))
    return tuple(told)


def station_why(*, station: Facts, people: int) -> tuple[str, ...]:
    """Why a station is proposed for a case, or what speaks against it."""
    told = ["本网格工作站" if station.own_grid else "非本网格"]
    told.append(f"在岗 {people} 人" if people else f"无人在岗（{station.duty_why}）")
    told.append(f"手上 {station.open_cases} 件" if station.open_cases else "手上没有案件")
    if station.returned:
        told.append("本案曾由该站退单")
    return tuple(told)


def metres(distance_m: float) -> str:
    """A distance as people say it: tens of metres, from 1 km on kilometres."""
    if distance_m >= 1000:
        return f"{distance_m / 1000:.1f} 公里"
    return f"{max(10, round(distance_m / 10) * 10)} 米"


def age(seconds: int) -> str:
    """How old a position is."""
    if seconds < 60:
        return "刚刚"
    if seconds < 3600:
        return f"{seconds // 60} 分钟前"
    return f"{seconds // 3600} 小时前"
