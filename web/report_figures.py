"""What the shareable map says, as plain JSON values: its number, its cases and its names."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from shapely.geometry import shape

from cases.sources import SOURCES
from cases.words import STATUS
from layers.figures import CaseMark, Situation


@dataclass(frozen=True, slots=True)
class SectorLook:
    """The colours of a 片区: its edge and its tint."""

    edge: str
    tint: str


_LOOKS = {
    "140901": SectorLook(edge="#5b7fb3", tint="#608ac4"),
    "140902": SectorLook(edge="#a9793f", tint="#d69e58"),
}
_STATUS_LABELS = {status.value: label for status, label in STATUS.items()}


def sector_look(code: str) -> SectorLook:
    """The colours of a 片区; grey for one we do not know."""
    return _LOOKS.get(code, SectorLook(edge="#7b8490", tint="#7b8490"))


def report_id(figures: Situation) -> str:
    """A short number of the report, derived from all it shows.

    Two reports of the same moment and figures are the same report.
    """
    told = json.dumps(asdict(figures), default=datetime.isoformat, sort_keys=True)
    digest = hashlib.sha256(told.encode()).hexdigest().upper()
    return f"{figures.at:%Y%m%d-%H%M}-{digest[:6]}"


def shown(figures: Situation) -> dict[str, Any]:
    """All that the page's own script writes on the page, as JSON values."""
    return {
        "title": f"{figures.desk_name} 案件态势图",
        "id": report_id(figures),
        "at": _ms(figures.at),
        "since": _ms(figures.since),
        "edition": figures.edition,
        "provisional": figures.provisional,
        "notice": figures.notice,
        "licence": figures.licence,
        "counts": {
            "received_today": figures.received_today,
            "refused_today": figures.refused_today,
            "without_location": figures.without_location,
            "in_all": figures.cases_in_all,
        },
        "sources": {code: source.label for code, source in SOURCES.items()},
        "sectors": [_sector(feature["properties"]) for feature in _features(figures, "sectors")],
        "cases": [_case(case) for case in figures.cases],
        "cameras": [
            {
                "name": one.name,
                "at": _pair(one.lon, one.lat),
                "heading": one.heading,
                "fov": one.fov,
                "range_m": one.range_m,
                "online": one.online,
            }
            for one in figures.cameras
        ],
        "labels": [*_area_labels(figures), *_line_labels(figures)],
        "bounds": _bounds(_features(figures, "street")),
    }


def _sector(properties: Mapping[str, Any]) -> dict[str, str]:
    look = sector_look(str(properties.get("code")))
    return {"name": str(properties.get("name")), "edge": look.edge, "tint": look.tint + "2e"}


def _features(figures: Situation, layer: str) -> list[dict[str, Any]]:
    features: list[dict[str, Any]] = figures.ground.get(layer, {}).get("features", [])
    return features


def _case(case: CaseMark) -> dict[str, Any]:
    return {
        "number": case.number,
        "source": case.source,
        "status": _STATUS_LABELS.get(case.status, case.status),
        "title": case.title,
        "description": case.description,
        "category": case.category,
        "community": case.community,
        "urgent": case.urgent,
        "supervised": case.supervised,
        "reported_at": _ms(case.reported_at),
        "warn_at": case.warn_at and _ms(case.warn_at),
        "due_at": case.due_at and _ms(case.due_at),
        "at": _pair(case.lon, case.lat),
    }


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _pair(lon: float, lat: float) -> list[float]:
    """A place in Leaflet's order, to a decimetre."""
    return [round(lat, 6), round(lon, 6)]


def _area_labels(figures: Situation) -> list[dict[str, Any]]:
    labels = []
    for layer, kind in (("neighbours", "neighbour"), ("communities", "community")):
        for feature in _features(figures, layer):
            lon, lat = _middle(feature["geometry"])
            name = str(feature["properties"].get("name") or "").removesuffix("网格")
            labels.append({"text": name, "kind": kind, "at": _pair(lon, lat), "turn": 0})
    return labels


def _middle(geometry: Mapping[str, Any]) -> tuple[float, float]:
    inside = shape(geometry).representative_point()
    return inside.x, inside.y


def _line_labels(figures: Situation) -> list[dict[str, Any]]:
    """Names of roads and rivers, each along the straightest long piece of its line."""
    labels = _split_labels(figures)
    for layer, kind in (("roads", "road"), ("water", "river")):
        longest: dict[str, tuple[float, list[float], list[float]]] = {}
        for feature in _features(figures, layer):
            name = feature["properties"].get("name")
            if not name or feature["geometry"]["type"] != "LineString":
                continue
            line = feature["geometry"]["coordinates"]
            for a, b in pairwise(line):
                length = math.hypot((b[0] - a[0]) * 0.854, b[1] - a[1])
                if length > longest.get(name, (0.0, [], []))[0]:
                    longest[name] = (length, a, b)
        for name, (_, a, b) in sorted(longest.items()):
            at = _pair((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
            labels.append({"text": name, "kind": kind, "at": at, "turn": _turn(a, b)})
    return labels


def _split_labels(figures: Situation) -> list[dict[str, Any]]:
    """The dividing road's name near both its ends, where few cases cover it."""
    labels = []
    for feature in _features(figures, "split_line"):
        line = shape(feature["geometry"])
        for share in (0.11, 0.93):
            a, b = (line.interpolate(share + step, normalized=True) for step in (-0.02, 0.02))
            turn = _turn([a.x, a.y], [b.x, b.y])
            at = _pair((a.x + b.x) / 2, (a.y + b.y) / 2)
            name = str(feature["properties"].get("name") or "")
            labels.append({"text": name, "kind": "split", "at": at, "turn": turn})
    return labels


def _turn(a: list[float], b: list[float]) -> float:
    """Degrees to turn a name by so that it runs along a piece and is never upside down."""
    angle = -math.degrees(math.atan2(b[1] - a[1], (b[0] - a[0]) * 0.854))
    return round((angle + 90) % 180 - 90, 1)


def _bounds(features: list[dict[str, Any]]) -> list[list[float]] | None:
    if not features:
        return None
    west, south, east, north = shape(features[0]["geometry"]).bounds
    return [_pair(west, south), _pair(east, north)]
