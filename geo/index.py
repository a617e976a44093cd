"""PointIndex: which area of a coverage a point lies in, exactly, in constant time.

>>> from shapely import box
>>> index = PointIndex.build([box(0, 0, 1, 1), box(1, 0, 2, 1)])
>>> index.label(lon=1.5, lat=0.5), index.label(lon=1.0, lat=0.5), index.label(lon=9.0, lat=0.5)
(2, 1, 0)
"""

from collections.abc import Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.coverage_check import find_faults, find_misuse
from geo.coverage_errors import InvalidCoverage
from geo.index_build import fill_grid
from geo.index_edges import collect_rings, share_edges
from geo.index_grid import Floats, Ints, LongInts, lay_grid
from geo.index_query import label_point, label_points
from geo.index_reference import label_points_plainly

__all__ = ["InvalidCoverage", "PointIndex", "warm_up"]


class PointIndex:
    """Answers with labels: 1 for the first polygon, 2 for the second …, 0 outside all.

    The rule for shared edges (A-3): a point on an edge or vertex has the *smallest* label among
    the areas that touch it there. Areas are closed sets, so a point on the outer edge is inside.
    The answer does not depend on machine, run, threads or the way of asking.

    An index is immutable; threads may share it (batches release the GIL).
    """

    __slots__ = ("_tables",)

    def __init__(
        self, frame: Floats, root: LongInts, arena: Ints, ends: Floats, owners: Ints
    ) -> None:
        self._tables = (frame, root, arena, ends, owners)

    @classmethod
    def build(cls, polygons: Sequence[Polygon | MultiPolygon], *, checked: bool = False) -> Self:
        """Index polygons that touch but do not overlap; labels follow their order.

        Args:
            polygons: a valid coverage; gaps and holes are allowed.
            checked: skip the coverage check, for a caller that has made it already. Edges used
                too often are refused all the same.

        Raises:
            InvalidCoverage: with the findings, when the polygons are not such a coverage.
        """
        findings = () if checked else find_faults(polygons)
        if findings:
            raise InvalidCoverage(findings)
        edges = share_edges(collect_rings(polygons))
        if misuse := find_misuse(edges):
            raise InvalidCoverage(misuse)
        grid = lay_grid(edges.ends)
        root, arena = fill_grid(edges.ends, edges.owners, grid)
        return cls(grid.frame, root, arena, edges.ends, edges.owners)

    def label(self, *, lon: float, lat: float) -> int:
        """Label of the area that covers one point; 0 outside all, and for NaN or infinity."""
        return label_point(float(lon), float(lat), *self._tables)

    def labels(self, *, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Ints:
        """Labels of many points, as `label` gives them one by one."""
        xs, ys = _as_points(lon, lat)
        found = np.empty(len(xs), np.int32)
        label_points(xs, ys, found, *self._tables)
        return found

    def labels_reference(self, *, lon: npt.ArrayLike, lat: npt.ArrayLike) -> Ints:
        """The same answer by numpy alone, slower: the second opinion on `labels`."""
        xs, ys = _as_points(lon, lat)
        return label_points_plainly(xs, ys, *self._tables)

    @property
    def nbytes(self) -> int:
        """Memory the index takes."""
        return sum(table.nbytes for table in self._tables)


def _as_points(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Arrays of the one layout the kernels are compiled for (another would compile anew)."""
    xs = np.require(np.asarray(lon), np.float64, ["C", "A", "W"])
    ys = np.require(np.asarray(lat), np.float64, ["C", "A", "W"])
    if xs.ndim != 1 or xs.shape != ys.shape:
        raise ValueError(f"lon and lat must be 1-D and of one length: {xs.shape}, {ys.shape}")
    return xs, ys


def warm_up() -> None:
    """Compile everything, or load it from disk, so that the first question is not slow."""
    index = PointIndex.build([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)])
    index.label(lon=0.5, lat=0.5)
    index.labels(lon=np.array([0.5]), lat=np.array([0.5]))
