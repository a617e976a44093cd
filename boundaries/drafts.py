"""What boundary files contain, before it is checked and becomes an edition."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shapely.geometry.base import BaseGeometry

from boundaries.model import Level

__all__ = ["DraftArea", "DraftFeature"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftArea:
    """One area of a boundary file: a polygon or multipolygon in CGCS2000 degrees."""

    level: Level
    code: str | None
    name: str | None
    parent: str | None = None
    provisional: bool = True
    properties: Mapping[str, Any] = field(default_factory=dict)
    geometry: BaseGeometry

    @property
    def label(self) -> str:
        """How to call it in a sentence, whatever is missing."""
        return " ".join(part for part in (self.code, self.name) if part) or "（未命名）"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFeature:
    """One line of the base map: a road, a river or the dividing line."""

    id: str
    name: str | None
    properties: Mapping[str, Any] = field(default_factory=dict)
    geometry: BaseGeometry
