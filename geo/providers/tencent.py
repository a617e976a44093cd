"""腾讯 (tencent): in GCJ-02.

Follows its page 地址解析 (lbs.qq.com/service/webService/webServiceGuide/address/Geocoder): `GET
/ws/geocoder/v1/?address&key`, the address must hold the city's name; `status` 0 when well; `result`
with `location{lat,lng}`, `address_components`, `ad_info.adcode`, `reliability` 1–10 and `level`
1–11. `title` is marked as abandoned there and not used. From memory: what the levels mean, that
reliability from 7 and level from 9 are to be trusted, and the codes 110–112, 120, 121, 190, 199,
311 and 347. The radii are ours.
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

__all__ = ["BASE_URL", "Tencent"]

BASE_URL = "https://apis.map.qq.com"
# 1–6: city, district, town, village, development zone, business area.
_LEVELS = {
    7: HitLevel.ROAD,
    8: HitLevel.CROSSING,
    9: HitLevel.DOOR,
    10: HitLevel.COMPOUND,
    11: HitLevel.POI,
}
_RADIUS_M = {HitLevel.CROSSING: 40.0, HitLevel.DOOR: 30.0, HitLevel.POI: 40.0}
_RELIABLE = 7.0
_VAGUE_M = 300.0
_NOTHING = 347
_QUOTA = 121
_BUSY = 120
_KEY = frozenset({110, 111, 112, 113, 190, 199, 311})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tencent:
    """One account with 腾讯."""

    key: str = field(repr=False)
    base_url: str = BASE_URL
    name: ClassVar[str] = "tencent"
    title: ClassVar[str] = "腾讯"
    datum: ClassVar[Datum] = Datum.GCJ02

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"{self.base_url}/ws/geocoder/v1/"

    def params(self, clause: str) -> dict[str, str] | None:
        """The address with its city, without which it refuses to answer."""
        return {"address": f"{CITY}{DISTRICT}{clause}", "output": "json", "key": self.key}

    def read(self, answer: Answer) -> tuple[ProviderHit, ...]:
        """The one place it gives."""
        status = number(answer.get("status"))
        if status == _NOTHING:
            return ()
        if status != 0:
            raise ProviderFailed(_refusal(status), str(answer.get("status"))[:12])
        result = answer.get("result")
        location = part(result, "location")
        lon, lat = number(part(location, "lng")), number(part(location, "lat"))
        if lon is None or lat is None:
            return ()
        level = _level(number(part(result, "level")))
        sure = (number(part(result, "reliability")) or 0.0) >= _RELIABLE
        hit = ProviderHit.read(
            provider=self.name,
            lon=lon,
            lat=lat,
            datum=self.datum,
            level=level,
            radius_m=_RADIUS_M.get(level, _VAGUE_M) if sure else _VAGUE_M,
            name=_name(part(result, "address_components")),
            adcode=_adcode(part(part(result, "ad_info"), "adcode")),
        )
        return (hit,) if hit else ()


def _level(value: float | None) -> HitLevel:
    if value is None:
        return HitLevel.UNKNOWN
    return HitLevel.AREA if value < min(_LEVELS) else _LEVELS.get(int(value), HitLevel.UNKNOWN)


def _name(parts: object) -> str:
    street, plate = text(part(parts, "street")), text(part(parts, "street_number"))
    return plate if plate.startswith(street) else f"{street}{plate}"


def _adcode(value: object) -> str | None:
    return text(value) or (str(value) if isinstance(value, int) else None)


def _refusal(status: float | None) -> Failure:
    if status == _QUOTA:
        return Failure.QUOTA
    if status == _BUSY:
        return Failure.BUSY
    return Failure.KEY if status in _KEY else Failure.BROKEN
