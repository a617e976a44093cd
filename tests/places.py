"""Spots of the shipped boundaries that journeys use, and the reports made of them."""

import itertools

SURE_140901 = (121.256745, 31.384559)  # well inside 嘉乐社区网格
SURE_140902 = (121.270403, 31.389012)  # well inside 新望社区网格
ON_THE_LINE = (121.2630116, 31.3862293)  # the middle of 新成路, the edge of the two 片区
IN_MALU = (121.275329, 31.359738)  # 马陆镇, kilometres outside

_SERIAL = itertools.count(1)


def report(spot: tuple[float, float] | None = SURE_140901, **more):
    """A report from the hotline at a spot, declared WGS84 and exact to five metres."""
    told = {"source": "12345", "external_id": f"T-{next(_SERIAL)}", "description": "路面破损"}
    if spot is not None:
        told |= {"lon": spot[0], "lat": spot[1], "crs": "WGS84", "accuracy_m": 5}
    return told | more
