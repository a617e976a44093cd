"""What an online geocoder answered, and which of its answers may be looked at (A-3). Pure.

A provider's answer is never a place by itself: it may stand among the candidates, and two answers
of different datum families that agree may strengthen one (`geocoding.md` 3.7). What a provider
says when it knows nothing (the middle of a town, a point it always gives) is refused here.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from geo.datums import Datum, to_cgcs2000
from geo.errors import GeoError
from geo.places import Gazetteer
from geo.points import LonLat, distance_m
from geo.projections import to_metres

__all__ = [
    "ADCODE",
    "Agreement",
    "HitLevel",
    "ProviderHit",
    "agreement",
    "family",
    "middle_of",
    "names_overlap",
    "refusal",
    "usable",
    "usable_hits",
]

ADCODE = "310114"  # 嘉定区
# Half the side of the box around the street's middle that a hit must lie in.
BOX_M = 6_000.0
AGREE_M = 50.0
AGREE_RADIUS_M = 50.0
# A public geocoder answers one of these when it knows nothing (shared data README; GCJ-02).
_DEFAULTS_GCJ02 = (
    (121.2653, 31.375602),
    (121.269643, 31.386835),
    (121.26621, 31.37482),
    (121.253865, 31.394553),
)
# The points come back digit by digit; the rest is for another datum's rounding.
_DEFAULT_M = 5.0


class HitLevel(StrEnum):
    """How closely a provider says it has placed a text, in our words for all of theirs."""

    DOOR = "door"
    POI = "poi"
    CROSSING = "crossing"
    COMPOUND = "compound"
    ROAD = "road"
    AREA = "area"  # town, street, district, city: the middle of it is nobody's place
    UNKNOWN = "unknown"


_TITLES = {"tianditu": "天地图", "amap": "高德", "tencent": "腾讯", "baidu": "百度"}
_POINTS = frozenset({HitLevel.DOOR, HitLevel.POI, HitLevel.CROSSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHit:
    """One answer of one provider.

    Attributes:
        provider: whose it is: tianditu, amap, tencent, baidu.
        lon: as it came, in `datum`.
        lat: as it came, in `datum`.
        datum: the provider's own, declared in its module and never guessed.
        level: a `HitLevel`.
        radius_m: how far off the provider says it may be, about one standard deviation.
        name: what the provider says it found; empty when it does not say (an echo is not a name).
        adcode: the district it says it is in.
        point: the same in CGCS2000.
    """

    provider: str
    lon: float
    lat: float
    datum: Datum
    level: str
    radius_m: float
    name: str
    adcode: str | None
    point: LonLat

    @property
    def label(self) -> str:
        """What the screen calls it: never without whose word it is."""
        return f"{self.name or '未说明名称的位置'}（{_TITLES.get(self.provider, self.provider)}）"

    @classmethod
    def read(
        cls,
        *,
        provider: str,
        lon: float,
        lat: float,
        datum: Datum,
        level: str,
        radius_m: float,
        name: str = "",
        adcode: str | None = None,
    ) -> "ProviderHit | None":
        """The hit with its place in CGCS2000; None when the pair is no place on earth or not ours.

        A pair outside the datum's country, such as (0, 0), says that nothing was found.
        """
        try:
            placed = to_cgcs2000(lon=lon, lat=lat, datum=datum)
            point = LonLat(*placed)
        except (GeoError, OverflowError):
            return None
        return cls(
            provider=provider,
            lon=lon,
            lat=lat,
            datum=datum,
            level=level,
            radius_m=radius_m,
            name=name,
            adcode=adcode,
            point=point,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Two providers that know one place: still only a feature, for a person or the score."""

    point: LonLat
    radius_m: float
    providers: tuple[str, str]
    gap_m: float


def family(datum: Datum) -> str:
    """Providers of one datum family tend to share their data, and with it their errors."""
    if datum.is_shifted:
        return datum.value
    return Datum.CGCS2000.value


def middle_of(gazetteer: Gazetteer) -> LonLat | None:
    """The middle of our own places; None when the gazetteer places none of them."""
    own = [p.point for p in gazetteer.places if p.scope == "in" and p.point is not None]
    if not own:
        return None
    lons = sorted(point.lon for point in own)
    lats = sorted(point.lat for point in own)
    return LonLat((lons[0] + lons[-1]) / 2, (lats[0] + lats[-1]) / 2)


def refusal(hit: ProviderHit, *, middle: LonLat, adcode: str = ADCODE) -> str | None:
    """Why a hit may not even stand among the candidates, for people; None when it may."""
    if hit.level == HitLevel.AREA:
        return "只定位到行政区或街镇中心，不采用"
    if hit.level == HitLevel.ROAD:
        return "只定位到整条道路，不采用"
    if hit.adcode and not hit.adcode.startswith(adcode):
        return "不在本区，不采用"
    east, north = to_metres(lon=hit.point.lon, lat=hit.point.lat)
    middle_east, middle_north = to_metres(lon=middle.lon, lat=middle.lat)
    # `not ≤` so that a NaN or infinity of a far-off projection counts as outside.
    if not (abs(east - middle_east) <= BOX_M and abs(north - middle_north) <= BOX_M):
        return "离本街道超过 6 公里，不采用"
    if any(distance_m(hit.point, default) <= _DEFAULT_M for default in _DEFAULTS):
        return "是该地图服务查不到时的默认点，不采用"
    return None


def usable(hit: ProviderHit, *, middle: LonLat, adcode: str = ADCODE) -> bool:
    """Whether a hit may stand among the candidates."""
    return refusal(hit, middle=middle, adcode=adcode) is None


def usable_hits(
    hits: Iterable[ProviderHit], *, middle: LonLat, adcode: str = ADCODE
) -> tuple[ProviderHit, ...]:
    """Those that may stand among the candidates, in a fixed order."""
    kept = [hit for hit in hits if usable(hit, middle=middle, adcode=adcode)]
    return tuple(sorted(kept, key=lambda hit: (hit.provider, hit.radius_m, hit.lon, hit.lat)))


def agreement(hits: Sequence[ProviderHit], query: str) -> Agreement | None:
    """The closest two providers that agree on a place of the query, if any two do.

    They must be of different datum families, so that one wrong datum cannot agree with itself;
    placed at a door, POI or crossing, within 50 m of each other; each that gives a name must name
    what was asked for, and one of them at least must give one.
    """
    good = [
        hit
        for hit in hits
        if hit.level in _POINTS
        and hit.radius_m <= AGREE_RADIUS_M
        and (not hit.name or names_overlap(query, hit.name))
    ]
    found: list[Agreement] = []
    for a, b in combinations(sorted(good, key=lambda hit: (hit.provider, hit.radius_m)), 2):
        if a.provider == b.provider or family(a.datum) == family(b.datum):
            continue
        gap = distance_m(a.point, b.point)
        if gap > AGREE_M or not (a.name or b.name):
            continue
        middle = LonLat((a.point.lon + b.point.lon) / 2, (a.point.lat + b.point.lat) / 2)
        radius = max(a.radius_m, b.radius_m, gap / 2)
        found.append(
            Agreement(point=middle, radius_m=radius, providers=(a.provider, b.provider), gap_m=gap)
        )
    return min(found, key=lambda one: (one.gap_m, one.providers), default=None)


_ADMIN = re.compile(r"中国|上海市?|嘉定区|新成路街道|嘉定镇街道|[一-鿿]{1,4}镇(?=[一-鿿]{2})")
_NUMBER = re.compile(r"\d+")
_HAN = re.compile(r"[一-鿿]+")


def names_overlap(query: str, name: str) -> bool:
    """Whether a provider's name speaks of what was asked: half its word pairs and all its numbers.

    >>> names_overlap("和政路228弄", "上海市嘉定区和政路228弄百合里")
    True
    >>> names_overlap("和政路228弄", "上海市嘉定区和政路230弄")
    False
    """
    asked, given = _bare(query), _bare(name)
    pairs, named = _pairs(asked), _pairs(given)
    if not pairs or len(pairs & named) * 2 < len(pairs):
        return False
    numbers = set(_NUMBER.findall(given))
    return not numbers or set(_NUMBER.findall(asked)) <= numbers


def _bare(text: str) -> str:
    return _ADMIN.sub("", text)


def _pairs(text: str) -> set[str]:
    runs = _HAN.findall(text)
    return {run[i : i + 2] for run in runs for i in range(len(run) - 1)}


_DEFAULTS = tuple(
    LonLat(*to_cgcs2000(lon=lon, lat=lat, datum=Datum.GCJ02)) for lon, lat in _DEFAULTS_GCJ02
)
