"""高德 (amap): in GCJ-02.

Follows its page 地理/逆地理编码 (lbs.amap.com/api/webservice/guide/api/georegeo): `GET
/v3/geocode/geo?key&address&city`; `status` "1" and `infocode` "10000" when well, `geocodes[]` with
`location` "lon,lat", `formatted_address`, `adcode` and `level`, whose list was extended on
2023-12-07 (lbs.amap.com/news/geocoder_api). Codes of refusal: its page 错误码说明, of which 10003,
10004, 10001, 10002, 10005–10007 were read and 10009, 10010, 10012, 10014–10021, 10044, 10045 are
from memory. Empty fields come as []. It gives no confidence: the radii are ours.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from geo.datums import Datum
from geo.hits import ADCODE, HitLevel, ProviderHit
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

__all__ = ["BASE_URL", "Amap"]

BASE_URL = "https://restapi.amap.com"
_MOST = 3
_LEVELS = {
    "门牌号": (HitLevel.DOOR, 20.0),
    "门址": (HitLevel.DOOR, 20.0),
    "单元号": (HitLevel.DOOR, 20.0),
    "楼层": (HitLevel.DOOR, 20.0),
    "房间": (HitLevel.DOOR, 20.0),
    "兴趣点": (HitLevel.POI, 40.0),
    "道路交叉路口": (HitLevel.CROSSING, 25.0),
    "住宅区": (HitLevel.COMPOUND, 100.0),
    "道路": (HitLevel.ROAD, 500.0),
    "小巷": (HitLevel.ROAD, 300.0),
    **dict.fromkeys(
        (
            "国家", "省", "市", "城市", "区县", "开发区", "乡镇", "村庄", "热点商圈",
        ),
        (HitLevel.AREA, 2000.0),
    ),
}  # fmt: skip
_QUOTA = frozenset({"10003", "10044", "10045"})
_BUSY = frozenset({"10004", "10014", "10015", "10016", "10017", "10018", "10019", "10020", "10021"})
_KEY = frozenset({"10001", "10002", "10005", "10006", "10007", "10009", "10010", "10012"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Amap:
    """One account with 高德."""

    key: str = field(repr=False)
    base_url: str = BASE_URL
    name: ClassVar[str] = "amap"
    title: ClassVar[str] = "高德"
    datum: ClassVar[Datum] = Datum.GCJ02

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"{self.base_url}/v3/geocode/geo"

    def params(self, clause: str) -> dict[str, str] | None:
        """The address with its district, and the district's code."""
        # It splits batches at |, of which a clause holds none, but a stranger's text might.
        address = f"{CITY}{DISTRICT}{clause}".replace("|", "")
        return {"address": address, "city": ADCODE, "output": "JSON", "key": self.key}

    def read(self, answer: Answer) -> tuple[ProviderHit, ...]:
        """The first few places."""
        code = str(answer.get("infocode", ""))[:12]
        if str(answer.get("status")) != "1":
            raise ProviderFailed(_refusal(code), code)
        found = answer.get("geocodes")
        hits = [self._hit(one) for one in found[:_MOST]] if isinstance(found, list) else []
        return tuple(hit for hit in hits if hit)

    def _hit(self, one: object) -> ProviderHit | None:
        lon, _, lat = text(part(one, "location")).partition(",")
        east, north = number(lon), number(lat)
        if east is None or north is None:
            return None
        level, radius = _LEVELS.get(text(part(one, "level")), (HitLevel.UNKNOWN, 300.0))
        return ProviderHit.read(
            provider=self.name,
            lon=east,
            lat=north,
            datum=self.datum,
            level=level,
            radius_m=radius,
            name=text(part(one, "formatted_address")),
            adcode=text(part(one, "adcode")) or None,
        )


def _refusal(code: str) -> Failure:
    if code in _QUOTA:
        return Failure.QUOTA
    if code in _BUSY:
        return Failure.BUSY
    return Failure.KEY if code in _KEY else Failure.BROKEN
