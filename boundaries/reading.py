"""Boundary files of others, read into drafts: GeoJSON, GeoPackage, Shapefile, KML (R14).

One file with a column `level`, a GeoPackage with one layer a level, or a folder with one file a
level, named as the shipped ones are. Other columns: `code`, `name`, `parent`; what else there is
is kept as properties.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from boundaries.drafts import DraftArea
from boundaries.errors import BoundaryError
from boundaries.model import Level
from geo.datums import Datum, to_cgcs2000
from geo.errors import GeoError

__all__ = ["Reading", "UnreadableBoundaries", "read_areas"]

# The names of a folder's files (without ending) and of a GeoPackage's layers.
STEMS = {
    "street": Level.STREET,
    "sectors": Level.SECTOR,
    "communities": Level.COMMUNITY,
    "police_areas": Level.POLICE_AREA,
    "neighbours": Level.NEIGHBOUR,
}
ENDINGS = (".geojson", ".json", ".gpkg", ".shp", ".kml", ".fgb")
# As people who are handed a table write them; upper and lower case are the same.
_COLUMNS = {
    "level": ("level", "层级", "级别"),
    "code": ("code", "编码", "代码", "编号", "网格编码"),
    "name": ("name", "名称", "网格名称"),
    "parent": ("parent", "上级编码", "所属片区"),
}
_LEVELS = {level.value: level for level in Level} | {
    "街道": Level.STREET,
    "片区": Level.SECTOR,
    "片区网格": Level.SECTOR,
    "社区": Level.COMMUNITY,
    "社区网格": Level.COMMUNITY,
    "警务责任区": Level.POLICE_AREA,
    "邻接": Level.NEIGHBOUR,
}
# Longitude and latitude of these are taken as CGCS2000's, to a few decimetres (rule 8).
_SAME_DEGREES = {"EPSG:4326", "EPSG:4490", "EPSG:4979", "EPSG:4480", "OGC:CRS84"}
# An ellipsoid tells a datum that is tied to ours from 北京54 and 西安80, which lie up to 100 m
# off and which PROJ would pass through unchanged, with no more than a "ballpark" remark.
_OUR_ELLIPSOIDS = {298.257222101, 298.257223563}


class UnreadableBoundaries(BoundaryError):
    """The file lacks something a boundary needs; the sentence says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How to read a source: its datum, and where it departs from our column names."""

    crs: str | None
    provisional: bool
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None


def read_areas(
    source: Path,
    *,
    crs: str | None,
    provisional: bool,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> tuple[DraftArea, ...]:
    """Read all areas of a file or folder, in CGCS2000 degrees, rings as RFC 7946 wants them.

    Args:
        source: The file or folder.
        crs: The datum of the coordinates. GeoJSON without a `crs` member and KML cannot declare
            one and need it; GCJ-02 and BD-09 no format can declare.
        provisional: Whether the boundaries are only an illustration.
        columns: The file's own names for `code`, `name`, `parent`, `level`.
        encoding: The encoding of a Shapefile's table, when it does not declare one.

    Raises:
        UnreadableBoundaries: No datum, no level, no areas, or something that is no area.
    """
    reading = Reading(crs=crs, provisional=provisional, columns=columns or {}, encoding=encoding)
    try:
        areas = tuple(
            area
            for path, layer, level in _layers(source)
            for area in _areas(path, layer, level, reading)
        )
    except (OSError, RuntimeError, ValueError, LookupError) as error:
        raise UnreadableBoundaries(f"{source}: {error}") from error
    if not areas:
        raise UnreadableBoundaries(f"{source}: there are no areas in it")
    return areas


def _layers(source: Path) -> Iterator[tuple[Path, str, Level | None]]:
    """The layers to read, each with the level its name tells, if it tells one."""
    if source.is_dir():
        for stem, level in STEMS.items():
            for path in (source / f"{stem}{end}" for end in ENDINGS):
                if path.is_file():
                    yield path, pyogrio.list_layers(path)[0][0], level
                    break
        return
    names = [name for name, geometry in pyogrio.list_layers(source) if geometry is not None]
    if len(names) == 1:
        yield source, names[0], STEMS.get(source.stem) or STEMS.get(names[0])
        return
    known = [name for name in names if name in STEMS]
    if not known:
        raise UnreadableBoundaries(
            f"{source}: none of its layers ({', '.join(names)}) is named {', '.join(STEMS)}"
        )
    for name in known:
        yield source, name, STEMS[name]


def _areas(path: Path, layer: str, level: Level | None, reading: Reading) -> Iterator[DraftArea]:
    frame = geopandas.read_file(path, layer=layer, encoding=reading.encoding)
    there = {str(column).lower() for column in frame.columns}
    missing = {name for name in reading.columns.values() if name.lower() not in there}
    if missing:
        raise UnreadableBoundaries(f"{path}: it has no column {', '.join(sorted(missing))}")
    shapes = _in_degrees(frame, _datum(path, frame, reading.crs), path)
    rows = frame.drop(columns=frame.geometry.name).to_dict("records")
    for number, (row, shape) in enumerate(zip(rows, shapes, strict=True), 1):
        where = f"{path}, feature {number}"
        if shapely.get_type_id(shape) not in (3, 6):
            raise UnreadableBoundaries(f"{where}: an area must be a polygon")
        values = {key: _value(row, key, reading.columns.get(key)) for key in _COLUMNS}
        yield DraftArea(
            level=_level(values["level"], where) if level is None else level,
            code=values["code"],
            name=values["name"],
            parent=values["parent"],
            provisional=reading.provisional,
            properties={key: _plain(value) for key, value in row.items() if value == value},  # noqa: PLR0124 - NaN
            geometry=shape,
        )


def _datum(path: Path, frame: geopandas.GeoDataFrame, crs: str | None) -> Datum | None:
    """The declared datum, or None when the file's own system is for pyproj to convert."""
    own = _own_crs(path, frame)
    if crs is None:
        if own is None:
            raise UnreadableBoundaries(
                f"{path}: it does not say which datum its coordinates are in; say it with --crs"
            )
        if own.ellipsoid is None or (
            round(own.ellipsoid.inverse_flattening, 9) not in _OUR_ELLIPSOIDS
        ):
            raise UnreadableBoundaries(
                f"{path}: {own.name} needs a surveyed transformation; bring it to CGCS2000 first"
            )
        return None
    try:
        datum = Datum.parse(crs)
    except GeoError as error:
        raise UnreadableBoundaries(f"{path}: {error}") from error
    if own is None or _agrees(own, datum):
        return datum
    raise UnreadableBoundaries(f"{path}: it declares {own.name}, which is not {datum}")


def _own_crs(path: Path, frame: geopandas.GeoDataFrame) -> CRS | None:
    """What the file itself declares; readers report WGS84 for KML and bare GeoJSON regardless."""
    declared: CRS | None = frame.crs
    if path.suffix.lower() == ".kml":
        return None
    if path.suffix.lower() in {".geojson", ".json"}:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        return declared if "crs" in content else None
    return declared


def _agrees(own: CRS, datum: Datum) -> bool:
    """GCJ-02 and BD-09 travel under the name of WGS84, as no format can name them."""
    if datum.in_metres:
        return bool(own == CRS(str(datum)))
    return _authority(own) in _SAME_DEGREES


def _authority(crs: CRS) -> str | None:
    named = crs.to_authority()
    return ":".join(named) if named else None


def _in_degrees(
    frame: geopandas.GeoDataFrame, datum: Datum | None, path: Path
) -> NDArray[np.object_]:
    """The shapes in CGCS2000 degrees, vertex by vertex, so that shared edges stay shared."""
    if datum is None:
        same = _authority(frame.crs) in _SAME_DEGREES
        shapes = (frame if same else frame.to_crs(4490)).geometry.to_numpy()
    else:

        def convert(pairs: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(to_cgcs2000(lon=pairs[:, 0], lat=pairs[:, 1], datum=datum))

        try:
            shapes = shapely.transform(frame.geometry.to_numpy(), convert)
        except GeoError as error:
            raise UnreadableBoundaries(f"{path}: {error}") from error
    turned: NDArray[np.object_] = shapely.orient_polygons(shapely.force_2d(shapes))
    return turned


def _level(said: str | None, where: str) -> Level:
    if said not in _LEVELS:
        raise UnreadableBoundaries(
            f"{where}: level is {said!r}; it must be one of {', '.join(level for level in Level)}"
        )
    return _LEVELS[said]


def _value(row: Mapping[str, Any], key: str, column: str | None) -> str | None:
    """A column's value as text; 140901.0, as a table with gaps writes a code, is 140901."""
    names = (column.lower(),) if column else _COLUMNS[key]
    lowered = {str(name).lower(): value for name, value in row.items()}
    for name in names:
        value = lowered.get(name)
        if value is None or value != value:  # noqa: PLR0124 - NaN and NaT differ from themselves
            continue
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if str(value).strip():
            return str(value).strip()
    return None


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
