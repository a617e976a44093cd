"""Whether areas are a sound set of boundaries: complete, without overlap, exactly nested (R14).

Shapes are compared in the degrees they are stored in, where areas that share an edge share its
vertices to the last digit and the comparison is exact; amounts are measured in metres
(EPSG:4549). Ring direction is no fault, it is normalised on the way in.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from boundaries.findings import Finding, FindingKind, Severity
from boundaries.model import Level
from geo.location_problems import in_china
from geo.points import LonLat
from geo.projections import geometry_to_degrees, geometry_to_metres

__all__ = ["Finding", "FindingKind", "Severity", "Shaped", "findings"]

# Narrower than this, an overlap or gap is a slip of drawing rather than a contested place.
_SLIVER_WIDTH_M = 0.5
# The dividing line was traced to a few millimetres; A-3 is about a carriageway of 20 m.
_SPLIT_TOLERANCE_M = 1.0
# Nearer than this, an edge lies on its neighbour's: a tenth of a millimetre.
_TOUCH_DEG = 1e-9
_SHOWN_PARTS = 10

_WORDS = {
    Level.STREET: "街道",
    Level.SECTOR: "片区网格",
    Level.COMMUNITY: "社区网格",
    Level.POLICE_AREA: "警务责任区",
}


class Shaped(Protocol):
    """What the check needs to know of an area, a draft's or an edition's."""

    @property
    def level(self) -> Level: ...  # noqa: D102
    @property
    def code(self) -> str | None: ...  # noqa: D102
    @property
    def name(self) -> str | None: ...  # noqa: D102
    @property
    def parent(self) -> str | None: ...  # noqa: D102
    @property
    def geometry(self) -> Any: ...  # noqa: D102


def findings(
    street: Shaped,
    sectors: Sequence[Shaped],
    communities: Sequence[Shaped],
    police_areas: Sequence[Shaped],
    split_line: BaseGeometry | None = None,
) -> tuple[Finding, ...]:
    """Everything wrong with a set of boundaries, errors first; empty for a sound one.

    How many areas there are is not checked, it is data. If a shape is broken in itself the
    shapes are not compared, as the comparison would mean nothing.
    """
    levels = ([street], sectors, communities, police_areas)
    found = [fault for areas in levels for fault in _naming(areas)]
    found += _parents(sectors, [street])
    found += _parents(communities, sectors)
    found += _parents(police_areas, sectors)
    broken = [fault for areas in levels for area in areas for fault in _shape_faults(area)]
    if broken:
        return _errors_first([*found, *broken])
    for areas in levels[1:]:
        found += _overlaps(areas)
    found += _nesting(street, sectors)
    for sector in sectors:
        found += _nesting(sector, [area for area in communities if area.parent == sector.code])
        found += _police_mismatch(sector, police_areas)
    found += _split_line_faults(street, sectors, split_line)
    return _errors_first(found)


def _errors_first(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda finding: finding.severity is not Severity.ERROR))


def _naming(areas: Sequence[Shaped]) -> Iterator[Finding]:
    for area in areas:
        word = _WORDS[area.level]
        if not area.code:
            yield Finding(
                kind=FindingKind.MISSING_CODE, detail=f"{word}“{area.name or '未命名'}”没有编号"
            )
        if not area.name:
            yield Finding(
                kind=FindingKind.MISSING_NAME,
                codes=_codes(area),
                detail=f"{word} {area.code or '（无编号）'} 没有名称",
            )
    for code, times in Counter(area.code for area in areas if area.code).items():
        if times > 1:
            yield Finding(
                kind=FindingKind.DUPLICATE_CODE,
                codes=(code,),
                detail=f"{_WORDS[areas[0].level]}编号 {code} 出现了 {times} 次",
                amount=float(times),
                unit="次",
            )


def _parents(areas: Sequence[Shaped], parents: Sequence[Shaped]) -> Iterator[Finding]:
    known = {parent.code for parent in parents if parent.code}
    for area in areas:
        if area.parent not in known:
            yield Finding(
                kind=FindingKind.UNKNOWN_PARENT,
                codes=_codes(area),
                detail=f"{_label(area)}的上级 {area.parent or '（未填）'} 不存在",
            )


def _shape_faults(area: Shaped) -> Iterator[Finding]:
    shape, codes, label = area.geometry, _codes(area), _label(area)
    if shape is None or shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
        yield Finding(kind=FindingKind.NOT_POLYGON, codes=codes, detail=f"{label}不是面，或为空")
        return
    coords = shapely.get_coordinates(shape)
    if not np.all(in_china(lon=coords[:, 0], lat=coords[:, 1])):
        yield Finding(
            kind=FindingKind.OUT_OF_RANGE,
            codes=codes,
            detail=f"{label}的坐标不在中国范围内，请核对坐标系和坐标顺序",
        )
    elif not shape.is_valid:
        reason = shapely.is_valid_reason(shape)
        yield Finding(
            kind=FindingKind.INVALID_RING,
            codes=codes,
            detail=f"{label}的边线自相交或重叠（{reason}）",
            where=_place_in(reason),
        )


def _place_in(reason: str) -> LonLat | None:
    """The place GEOS names in a reason such as `Self-intersection[121.26 31.38]`."""
    numbers = reason.partition("[")[2].rstrip("]").split()
    return LonLat(float(numbers[0]), float(numbers[1])) if len(numbers) >= 2 else None


def _overlaps(areas: Sequence[Shaped]) -> Iterator[Finding]:
    """Areas of one level that share ground, or whose common edge differs in its vertices."""
    if not areas:
        return
    shapes = np.array([area.geometry for area in areas], dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = sorted((a, b) for a, b in zip(first.tolist(), second.tolist(), strict=True) if a < b)
    named: set[int] = set()
    for a, b in pairs:
        common = _polygons(shapely.intersection(shapes[a], shapes[b]))
        if common:
            named |= {a, b}
            what = f"{_label(areas[a])}与{_label(areas[b])}重叠"
            codes = _codes(areas[a], areas[b])
            yield from _ground(FindingKind.OVERLAP, codes, what, common)
    yield from _unpaired_edges(areas, named)


def _unpaired_edges(areas: Sequence[Shaped], named: set[int]) -> Iterator[Finding]:
    """Common edges that are not the same two vertices on both sides, compared to the digit.

    GEOS' coverage check overlooks a lone node that lies exactly on its neighbour's edge; the
    index needs the edges identical, so they are counted here.
    """
    owners: dict[tuple[tuple[float, ...], ...], list[int]] = {}
    for at, area in enumerate(areas):
        for edge in _edges(area.geometry):
            owners.setdefault(edge, []).append(at)
    outlines = [area.geometry.boundary for area in areas]
    lonely: dict[int, list[tuple[tuple[float, ...], ...]]] = {}
    for edge, (at, *others) in owners.items():
        if at in named or others:
            continue
        middle = shapely.Point((np.array(edge[0]) + np.array(edge[1])) / 2)
        if any(o.distance(middle) < _TOUCH_DEG for i, o in enumerate(outlines) if i != at):
            lonely.setdefault(at, []).append(edge)
    for at, edges in lonely.items():
        yield Finding(
            kind=FindingKind.EDGE_MISMATCH,
            codes=_codes(areas[at]),
            detail=f"{_label(areas[at])}与相邻区域的公共边节点不一致",
            amount=float(geometry_to_metres(shapely.MultiLineString(edges)).length),
            unit="m",
            where=LonLat(*edges[0][0]),
        )


def _edges(geometry: BaseGeometry) -> Iterator[tuple[tuple[float, ...], ...]]:
    """The edges of all rings, each as its two vertices in a fixed order."""
    for polygon in shapely.get_parts(geometry):
        for ring in (polygon.exterior, *polygon.interiors):
            for ends in pairwise(ring.coords):
                yield tuple(sorted(ends))


def _nesting(parent: Shaped, children: Sequence[Shaped]) -> Iterator[Finding]:
    """Children that reach beyond their parent, and what of the parent they leave uncovered."""
    for child in children:
        beyond = _polygons(shapely.difference(child.geometry, parent.geometry))
        what = f"{_label(child)}超出{_label(parent)}的范围"
        yield from _ground(FindingKind.OUTSIDE_PARENT, _codes(child, parent), what, beyond)
    covered = shapely.union_all([child.geometry for child in children])
    left = _polygons(shapely.difference(parent.geometry, covered))
    below = "片区网格" if parent.level == Level.STREET else "社区网格"
    what = f"{_label(parent)}内有地方没有{below}覆盖"
    yield from _ground(FindingKind.GAP, _codes(parent), what, left)


def _police_mismatch(sector: Shaped, police_areas: Sequence[Shaped]) -> Iterator[Finding]:
    """R9 pairs each 片区 with a police duty area; that they coincide is our check, a warning."""
    own = [area for area in police_areas if area.parent == sector.code]
    union = shapely.union_all([area.geometry for area in own])
    apart = _polygons(shapely.symmetric_difference(sector.geometry, union))
    if apart:
        whole = shapely.MultiPolygon(apart)
        square_m = float(geometry_to_metres(whole).area)
        yield Finding(
            kind=FindingKind.POLICE_MISMATCH,
            severity=Severity.WARNING,
            codes=_codes(sector, *own),
            detail=f"{_label(sector)}与警务责任区范围不一致，相差{_square_metres(square_m)}"
            if own
            else f"{_label(sector)}没有对应的警务责任区",
            amount=square_m,
            unit="m²",
            where=_inside(whole),
        )


def _split_line_faults(
    street: Shaped, sectors: Sequence[Shaped], split_line: BaseGeometry | None
) -> Iterator[Finding]:
    """The edge the 片区 share must run on the dividing road, both ways (R10, A-3)."""
    if split_line is None:
        return
    edges = [
        shapely.intersection(a.geometry.boundary, b.geometry.boundary)
        for i, a in enumerate(sectors)
        for b in sectors[i + 1 :]
    ]
    shared = geometry_to_metres(shapely.union_all(edges))
    # The road may run on beyond the street; only the part within divides it.
    line = geometry_to_metres(shapely.intersection(split_line, street.geometry))
    if shared.length == 0 or line.length == 0:
        yield Finding(
            kind=FindingKind.SPLIT_LINE_OFF,
            codes=_codes(*sectors),
            detail="片区网格之间没有沿分界线的公共边",
        )
        return
    distance, place = max(_farthest(shared, line), _farthest(line, shared))
    if distance > _SPLIT_TOLERANCE_M:
        lon, lat = shapely.get_coordinates(geometry_to_degrees(shapely.Point(place)))[0]
        yield Finding(
            kind=FindingKind.SPLIT_LINE_OFF,
            codes=_codes(*sectors),
            detail=f"片区网格的公共边偏离分界线，最大 {distance:.1f} 米",
            amount=distance,
            unit="m",
            where=LonLat(lon, lat),
        )


def _farthest(line: BaseGeometry, other: BaseGeometry) -> tuple[float, tuple[float, float]]:
    """The point of a line that lies farthest from the other, looked at every five metres."""
    coords = shapely.get_coordinates(shapely.segmentize(line, 5.0))
    distances = shapely.distance(shapely.points(coords), other)
    at = int(distances.argmax())
    return float(distances[at]), (float(coords[at, 0]), float(coords[at, 1]))


def _ground(
    kind: FindingKind, codes: tuple[str, ...], what: str, parts: list[BaseGeometry]
) -> Iterator[Finding]:
    """One finding for each piece of ground, the largest first, the many small ones together."""
    pieces = sorted(parts, key=lambda part: float(part.area), reverse=True)
    if len(pieces) > _SHOWN_PARTS:
        rest = shapely.MultiPolygon(pieces[_SHOWN_PARTS - 1 :])
        pieces = [*pieces[: _SHOWN_PARTS - 1], rest]
    for piece in pieces:
        metres = geometry_to_metres(piece)
        # An overlap may be so thin that its outline has no length in metres at all.
        width = 2.0 * metres.area / metres.length if metres.length else 0.0
        count = shapely.get_num_geometries(piece)
        times = f"共 {count} 处，" if count > 1 else ""
        yield Finding(
            kind=FindingKind.SLIVER if width < _SLIVER_WIDTH_M else kind,
            codes=codes,
            detail=f"{what}，{times}{_square_metres(metres.area)}",
            amount=float(metres.area),
            unit="m²",
            where=_inside(piece),
        )


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    """The parts of an overlay's answer that have an area; touching edges are no fault."""
    return [
        part
        for part in shapely.get_parts(shape)
        if part.geom_type in {"Polygon", "MultiPolygon"} and part.area > 0.0
    ]


def _square_metres(amount: float) -> str:
    return f"约 {amount:.1f} 平方米" if amount >= 0.1 else "不足 0.1 平方米"


def _inside(shape: BaseGeometry) -> LonLat:
    place = shapely.point_on_surface(shape)
    return LonLat(float(place.x), float(place.y))


def _codes(*areas: Shaped) -> tuple[str, ...]:
    return tuple(area.code for area in areas if area.code)


def _label(area: Shaped) -> str:
    parts = [part for part in (area.code, area.name) if part]
    return f"{_WORDS[area.level]} {' '.join(parts) or '（未命名）'} "
