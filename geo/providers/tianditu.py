"""天地图 (tianditu): the state's own geocoder, in CGCS2000.

Follows its page 地理编码查询 (lbs.tianditu.gov.cn, server/geocodinginterface.html) as quoted on
public pages: `GET /geocoder?ds={"keyWord":…}&tk=…`; `status` "0" ok, "101" nothing found, "404"
an error; `location` with `lon`, `lat`, `level` (optional), `score`, `keyWord`. `keyWord` gives the
question back, so it is no name. From memory: that a wrong or exhausted key is answered with `code`
and `msg` instead of `status`, and the words of `level` but 门址 and 地名地址. The radii are ours.
"""

import json
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

__all__ = ["BASE_URL", "Tianditu"]

BASE_URL = "https://api.tianditu.gov.cn"
_LEVELS = (
    (("门址", "门牌"), HitLevel.DOOR),
    (("路口", "交叉"), HitLevel.CROSSING),
    (("兴趣点", "POI"), HitLevel.POI),
    (("小区", "住宅"), HitLevel.COMPOUND),
    (("道路", "街巷"), HitLevel.ROAD),
    (("行政", "省", "市", "区县", "乡", "镇", "街道", "村"), HitLevel.AREA),
)
_RADIUS_M = {HitLevel.DOOR: 30.0, HitLevel.POI: 40.0, HitLevel.CROSSING: 30.0}
_GOOD_SCORE = 80.0
_VAGUE_M = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tianditu:
    """One account with 天地图."""

    key: str = field(repr=False)
    base_url: str = BASE_URL
    name: ClassVar[str] = "tianditu"
    title: ClassVar[str] = "天地图"
    datum: ClassVar[Datum] = Datum.CGCS2000

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"{self.base_url}/geocoder"

    def params(self, clause: str) -> dict[str, str] | None:
        """The question as it wants it: JSON within the address."""
        question = {"keyWord": f"{CITY}{DISTRICT}{clause}"}
        return {"ds": json.dumps(question, ensure_ascii=False), "tk": self.key}

    def read(self, answer: Answer) -> tuple[ProviderHit, ...]:
        """The one place it gives."""
        status = answer.get("status")
        if status is None:
            raise ProviderFailed(_refusal(text(answer.get("msg"))), str(answer.get("code", "")))
        if str(status) == "101":
            return ()
        if str(status) != "0":
            raise ProviderFailed(Failure.BROKEN, str(status)[:12])
        location = answer.get("location")
        lon, lat = number(part(location, "lon")), number(part(location, "lat"))
        if lon is None or lat is None:
            return ()
        level = _level(text(part(location, "level")))
        score = number(part(location, "score"))
        sure = score is not None and score >= _GOOD_SCORE
        hit = ProviderHit.read(
            provider=self.name,
            lon=lon,
            lat=lat,
            datum=self.datum,
            level=level,
            radius_m=_RADIUS_M.get(level, _VAGUE_M) if sure else _VAGUE_M,
        )
        return (hit,) if hit else ()


def _level(word: str) -> HitLevel:
    for words, level in _LEVELS:
        if any(one in word for one in words):
            return level
    # 地名地址 is what it calls anything from a shop to a village.
    return HitLevel.UNKNOWN


def _refusal(message: str) -> Failure:
    if any(word in message for word in ("次数", "超限", "上限", "配额")):
        return Failure.QUOTA
    if any(word in message.lower() for word in ("key", "密钥", "权限", "tk")):
        return Failure.KEY
    return Failure.BROKEN
