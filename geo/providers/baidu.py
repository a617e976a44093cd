"""百度 (baidu): in BD-09, its own datum, which we turn ourselves.

Follows its pages 地理编码 v3 (lbsyun.baidu.com, webapi/guide/webservice-geocoding) and 附录
(webapi/appendix) as read: `GET /geocoding/v3/?address&city&output=json&ak`; `address` at most 84
bytes; `status` 0 when well; `result.location{lng,lat}`, `precise`, `confidence` (the published
metres), `comprehension` (how far it understood), `level`. `city` filters, but it does not hold the
answer in that city. It says neither name nor district of what it found. `ret_coordtype` is not
asked for: in its own datum it is of another family than 高德 and 腾讯 (`geocoding.md` 3.7). From
memory: the codes 301, 302, 401 and 402, and the words of `level` beyond 门址, 道路 and 商务大厦.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from geo.datums import Datum
from geo.hits import HitLevel, ProviderHit
from geo.providers.protocol import (
    CITY,
    DISTRICT,
    Answer,
    Failure,
    ProviderFailed,
    number,
    part,
    text,
)

__all__ = ["BASE_URL", "Baidu"]

BASE_URL = "https://api.map.baidu.com"
MOST_BYTES = 84
_LEVELS = {
    "门址": HitLevel.DOOR,
    "交叉路口": HitLevel.CROSSING,
    "道路": HitLevel.ROAD,
    "地产小区": HitLevel.COMPOUND,
    **dict.fromkeys(
        (
            "商务大厦", "政府机构", "生活服务", "休闲娱乐", "餐饮", "宾馆", "购物", "金融", "教育",
            "医疗", "汽车服务", "公司企业", "运动健身", "停车场",
        ),
        HitLevel.POI,
    ),
    **dict.fromkeys(
        (
            "国家", "省", "城市", "区县", "乡镇", "村庄", "商圈", "行政区划", "工业园区",
            "旅游景点",
        ),
        HitLevel.AREA,
    ),
}  # fmt: skip
# The published error of a confidence, metres.
_CONFIDENCE_M = (
    (100, 20.0), (90, 50.0), (80, 100.0), (75, 200.0), (70, 300.0), (60, 500.0), (50, 1000.0),
)  # fmt: skip
_FAR_M = 10_000.0
# Below this it has not understood what was asked, whatever it then found.
_UNDERSTOOD = 80.0
_QUOTA = frozenset({4, 301, 302})
_BUSY = frozenset({401, 402})
_KEY = frozenset({3, 5, 101, 200, 201, 202, 203, 210, 211, 240, 250, 251, 252, 260, 261})


@dataclass(frozen=True, slots=True, kw_only=True)
class Baidu:
    """One account with 百度."""

    key: str = field(repr=False)
    base_url: str = BASE_URL
    name: ClassVar[str] = "baidu"
    title: ClassVar[str] = "百度"
    datum: ClassVar[Datum] = Datum.BD09

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"{self.base_url}/geocoding/v3/"

    def params(self, clause: str) -> dict[str, str] | None:
        """The longest form that fits its 84 bytes; a clause that does not fit is not cut."""
        for address in (f"{CITY}{DISTRICT}{clause}", f"{DISTRICT}{clause}"):
            if len(address.encode()) <= MOST_BYTES:
                return {"address": address, "city": CITY, "output": "json", "ak": self.key}
        return None

    def read(self, answer: Answer) -> tuple[ProviderHit, ...]:
        """The one place it gives."""
        status = number(answer.get("status"))
        if status == 1 and not answer.get("result"):
            # It says 1 both for its own trouble and for an address without a result.
            return ()
        if status != 0:
            raise ProviderFailed(_refusal(status), str(answer.get("status"))[:12])
        result = answer.get("result")
        location = part(result, "location")
        lon, lat = number(part(location, "lng")), number(part(location, "lat"))
        if lon is None or lat is None:
            return ()
        understood = (number(part(result, "comprehension")) or 0.0) >= _UNDERSTOOD
        level = _LEVELS.get(text(part(result, "level")), HitLevel.UNKNOWN)
        hit = ProviderHit.read(
            provider=self.name,
            lon=lon,
            lat=lat,
            datum=self.datum,
            level=level if understood or level is HitLevel.AREA else HitLevel.UNKNOWN,
            radius_m=_radius(number(part(result, "confidence"))),
        )
        return (hit,) if hit else ()


def _radius(confidence: float | None) -> float:
    for least, metres in _CONFIDENCE_M:
        if confidence is not None and confidence >= least:
            return metres
    return _FAR_M


def _refusal(status: float | None) -> Failure:
    if status in _QUOTA:
        return Failure.QUOTA
    if status in _BUSY:
        return Failure.BUSY
    return Failure.KEY if status in _KEY else Failure.BROKEN
