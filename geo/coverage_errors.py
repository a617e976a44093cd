"""What is wrong with a set of areas that should cover a territory once, and nothing twice."""

from dataclasses import dataclass
from enum import StrEnum

from geo.errors import GeoError


class CoverageFault(StrEnum):
    """Kinds of faults; the value is the stable code."""

    EMPTY = "EMPTY"
    NOT_POLYGON = "NOT_POLYGON"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    DEGENERATE_RING = "DEGENERATE_RING"
    INVALID_POLYGON = "INVALID_POLYGON"
    EDGE_OVERUSED = "EDGE_OVERUSED"
    EDGE_MISMATCH = "EDGE_MISMATCH"
    OVERLAP = "OVERLAP"

    @property
    def message(self) -> str:
        """Chinese sentence for the screen."""
        return _MESSAGES[self]


_MESSAGES = {
    CoverageFault.EMPTY: "没有任何区域,无法建立索引",
    CoverageFault.NOT_POLYGON: "不是面(Polygon 或 MultiPolygon),或为空",
    CoverageFault.OUT_OF_RANGE: "坐标不是有限数值,或超出可计算范围",
    CoverageFault.DEGENERATE_RING: "环不足三个不同的点",
    CoverageFault.INVALID_POLYGON: "面自身无效(自相交、环重叠等),请先修复",
    CoverageFault.EDGE_OVERUSED: "同一条边被两个以上的环使用,或被同一区域使用两次",
    CoverageFault.EDGE_MISMATCH: "与相邻区域的公共边不一致(顶点不重合或相互交叉)",
    CoverageFault.OVERLAP: "两个区域重叠",
}


@dataclass(frozen=True, slots=True)
class CoverageFinding:
    """One fault: the labels concerned (1 for the first polygon), where, and the details."""

    fault: CoverageFault
    labels: tuple[int, ...] = ()
    where: tuple[float, float] | None = None
    detail: str = ""

    def __str__(self) -> str:
        """One line: code, labels, place, sentence."""
        place = f" @ {self.where[0]!r}, {self.where[1]!r}" if self.where else ""
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.fault} {list(self.labels)}{place}: {self.fault.message}{detail}"


class InvalidCoverage(GeoError, ValueError):
    """The polygons overlap, or are broken in themselves; `findings` says where and how."""

    def __init__(self, findings: tuple[CoverageFinding, ...]) -> None:
        self.findings = findings
        shown = "; ".join(str(finding) for finding in findings[:3])
        more = f" … ({len(findings)})" if len(findings) > 3 else ""
        super().__init__(shown + more)
