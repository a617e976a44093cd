"""An edition made ready for deciding: exact indexes in degrees, edges and shapes in metres."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from boundaries.model import Area, Edition, Level
from geo.index import PointIndex
from geo.projections import geometry_to_metres


@dataclass(frozen=True, slots=True)
class Edges:
    """A set of border lines in EPSG:4549 that tells how far a point is from the nearest one."""

    line: Any
    tree: shapely.STRtree

    @classmethod
    def of(cls, line: Any) -> "Edges":
        """Cut a (multi)line into segments and index them."""
        segments = []
        for part in shapely.get_parts(line):
            xy = shapely.get_coordinates(part)
            segments.append(shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)))
        return cls(line=line, tree=shapely.STRtree(np.concatenate(segments)))

    def distance(self, points: Any) -> NDArray[np.float64]:
        """Metres from each point to the nearest border."""
        (at, _), metres = self.tree.query_nearest(points, return_distance=True, all_matches=False)
        answer = np.full(len(points), np.inf)
        answer[at] = metres
        return answer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Territory:
    """One edition, ready to answer; areas sorted by code, so a label is also the tie's order.

    Each is equal to itself only, so that what follows from it can be remembered beside it.
    """

    edition: Edition
    street: Area
    sectors: tuple[Area, ...]
    communities: tuple[Area, ...]
    police_areas: tuple[Area, ...]
    neighbours: tuple[Area, ...]
    index: PointIndex
    police_index: PointIndex
    sector_of: NDArray[np.int32]
    community_edges: Edges
    sector_edges: Edges
    police_edges: Edges
    outline: Edges
    split: Edges
    community_shapes: NDArray[np.object_]
    neighbour_shapes: NDArray[np.object_]
    street_shape: Any
    edition_line: str

    @classmethod
    def of(cls, edition: Edition, areas: Iterable[Area]) -> "Territory":
        """Build the indexes of an edition.

        Raises:
            geo InvalidCoverage: the communities or police areas overlap or are broken.
        """
        by_level: dict[Level, list[Area]] = {level: [] for level in Level}
        for area in sorted(areas, key=lambda a: (a.code or "~", a.key)):
            by_level[area.level].append(area)
        communities, sectors = by_level[Level.COMMUNITY], by_level[Level.SECTOR]
        police = by_level[Level.POLICE_AREA]
        position = {sector.code: at for at, sector in enumerate(sectors)}
        shapes = {level: _in_metres(found) for level, found in by_level.items()}
        outlines = shapely.boundary(shapes[Level.SECTOR])
        street_shape = shapely.union_all(shapes[Level.SECTOR])
        mark = "（示意边界，非官方测绘成果）" if edition.provisional else ""
        return cls(
            edition=edition,
            street=by_level[Level.STREET][0],
            sectors=tuple(sectors),
            communities=tuple(communities),
            police_areas=tuple(police),
            neighbours=tuple(by_level[Level.NEIGHBOUR]),
            index=PointIndex.build([area.geometry for area in communities]),
            police_index=PointIndex.build([area.geometry for area in police]),
            sector_of=np.array([position[area.parent] for area in communities], np.int32),
            community_edges=Edges.of(_lines(shapes[Level.COMMUNITY])),
            sector_edges=Edges.of(_lines(shapes[Level.SECTOR])),
            police_edges=Edges.of(_lines(shapes[Level.POLICE_AREA])),
            outline=Edges.of(_only_lines(shapely.boundary(street_shape))),
            split=Edges.of(_shared_edge(outlines)),
            community_shapes=shapes[Level.COMMUNITY],
            neighbour_shapes=shapes[Level.NEIGHBOUR],
            street_shape=street_shape,
            edition_line=f"依据网格版本“{edition.name}”{mark}",
        )

    def community(self, code: str) -> Area | None:
        """The community grid of a code."""
        return next((area for area in self.communities if area.code == code), None)

    def sector(self, code: str | None) -> Area | None:
        """The 片区 of a code."""
        return next((area for area in self.sectors if area.code == code), None)

    def police_area_of(self, sector: str | None) -> Area | None:
        """The duty area that belongs to a 片区 (R9)."""
        return next((area for area in self.police_areas if area.parent == sector), None)


def _in_metres(areas: list[Area]) -> NDArray[np.object_]:
    shapes = np.empty(len(areas), dtype=object)
    if areas:
        shapes[:] = geometry_to_metres(np.array([area.geometry for area in areas], dtype=object))
    return shapes


def _lines(shapes: NDArray[np.object_]) -> Any:
    return shapely.union_all(shapely.boundary(shapes))


def _only_lines(geometry: Any) -> Any:
    parts = shapely.get_parts(geometry)
    return shapely.multilinestrings([p for p in parts if shapely.get_type_id(p) in (1, 2)])


def _shared_edge(outlines: NDArray[np.object_]) -> Any:
    """The line two sectors share: 新成路, the dividing line of R10."""
    shared = [
        shapely.intersection(outlines[a], outlines[b])
        for a in range(len(outlines))
        for b in range(a + 1, len(outlines))
    ]
    return _only_lines(shapely.union_all(shared))
