"""What a check of boundaries can find, each as one value with a sentence for the screen."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from geo.points import LonLat

__all__ = ["Finding", "FindingKind", "Severity"]


class Severity(StrEnum):
    """An error keeps an edition from coming into force, a warning is shown and recorded."""

    ERROR = "error"
    WARNING = "warning"


class FindingKind(StrEnum):
    """The kinds of fault."""

    MISSING_STREET = "MISSING_STREET"
    MISSING_CODE = "MISSING_CODE"
    MISSING_NAME = "MISSING_NAME"
    DUPLICATE_CODE = "DUPLICATE_CODE"
    UNKNOWN_PARENT = "UNKNOWN_PARENT"
    NOT_POLYGON = "NOT_POLYGON"
    INVALID_RING = "INVALID_RING"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    OVERLAP = "OVERLAP"
    GAP = "GAP"
    SLIVER = "SLIVER"
    EDGE_MISMATCH = "EDGE_MISMATCH"
    OUTSIDE_PARENT = "OUTSIDE_PARENT"
    SPLIT_LINE_OFF = "SPLIT_LINE_OFF"
    POLICE_MISMATCH = "POLICE_MISMATCH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault: the codes concerned, a Chinese sentence, how much of what unit, and where."""

    kind: FindingKind
    severity: Severity = Severity.ERROR
    codes: tuple[str, ...] = ()
    detail: str
    amount: float | None = None
    unit: str | None = None
    where: LonLat | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values for the edition's record and the API."""
        return asdict(self) | {"kind": str(self.kind), "severity": str(self.severity)}
