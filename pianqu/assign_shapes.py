"""`pianqu assign` for GeoJSON and GeoPackage: points keep all they had and gain the verdict."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.datums import Datum
from pianqu.assign_judging import Columns, Judge, UnusableFile, chunks, column_names, position

Progress = Callable[[int, int], None]
Point = tuple[object, object]

# Stands for a feature that is no point: no number, so its verdict says so.
_NO_POINT: Point = ("-", "-")
_DEGREES = {4326, 4490}
# Bytes of the envelope in a GeoPackage geometry, by the code in its flags.
_ENVELOPE = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}


def assign_geojson(
    source: Path, target: Path, columns: Columns, judge: Judge, progress: Progress
) -> None:
    """Add the verdict to the properties of each feature of a FeatureCollection."""
    content = json.loads(source.read_text(encoding="utf-8-sig"))
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(f, dict) for f in features):
        raise UnusableFile(f"{source} is no GeoJSON FeatureCollection")
    taken = sorted({key for feature in features for key in feature.get("properties") or {}})
    names = column_names(taken)
    if columns.accuracy:
        position(taken, columns.accuracy, source)
    done = 0
    for chunk in chunks(iter(features)):
        points = [_geojson_point(feature.get("geometry")) for feature in chunk]
        accuracy = [
            (feature.get("properties") or {}).get(columns.accuracy or "") for feature in chunk
        ]
        verdicts = judge.verdicts([p[0] for p in points], [p[1] for p in points], accuracy)
        for feature, verdict in zip(chunk, verdicts, strict=True):
            feature["properties"] = (feature.get("properties") or {}) | dict(
                zip(names, verdict, strict=True)
            )
        done += len(chunk)
        progress(done, len(features))
    target.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _geojson_point(geometry: Any) -> Point:
    if geometry is None:
        return None, None
    coordinates = geometry.get("coordinates")
    if geometry.get("type") != "Point" or not isinstance(coordinates, list):
        return _NO_POINT
    return (coordinates[0], coordinates[1]) if len(coordinates) >= 2 else (None, None)


def assign_gpkg(
    source: Path, target: Path, columns: Columns, judge: Judge, progress: Progress
) -> None:
    """Copy a GeoPackage and add the verdict's columns to its one layer of points."""
    # SQLite's own copy also takes along what still stands in a write-ahead log beside the file.
    original = f"{source.resolve().as_uri()}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(original, uri=True)) as kept,
            closing(sqlite3.connect(target)) as package,
        ):
            kept.backup(package)
            _assign_layer(package, source, columns, judge, progress)
            package.commit()
    except sqlite3.DatabaseError as error:
        raise UnusableFile(f"{source}: {error}") from error


def _assign_layer(
    package: sqlite3.Connection, source: Path, columns: Columns, judge: Judge, progress: Progress
) -> None:
    table, geometry = _layer(package, source, judge.crs)
    there = list(package.execute(f"PRAGMA table_info({_quoted(table)})"))
    key = next((row[1] for row in there if row[5]), "rowid")
    taken = [row[1] for row in there]
    if columns.accuracy:
        position(taken, columns.accuracy, source)
    names = column_names(taken)
    for name in names:
        kind = "REAL" if name.startswith("误差米") else "TEXT"
        package.execute(f"ALTER TABLE {_quoted(table)} ADD COLUMN {_quoted(name)} {kind}")
    _allow_updates(package)
    accuracy = _quoted(columns.accuracy) if columns.accuracy else "NULL"
    total = package.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0]  # noqa: S608
    rows = package.execute(
        f"SELECT {_quoted(key)}, {_quoted(geometry)}, {accuracy} FROM {_quoted(table)}"  # noqa: S608
    ).fetchall()
    places = ", ".join(f"{_quoted(name)} = ?" for name in names)
    update = f"UPDATE {_quoted(table)} SET {places} WHERE {_quoted(key)} = ?"  # noqa: S608
    done = 0
    for chunk in chunks(iter(rows)):
        points = [_package_point(row[1]) for row in chunk]
        verdicts = judge.verdicts(
            [p[0] for p in points], [p[1] for p in points], [row[2] for row in chunk]
        )
        package.executemany(
            update, [(*verdict, row[0]) for row, verdict in zip(chunk, verdicts, strict=True)]
        )
        done += len(chunk)
        progress(done, total)


def _layer(package: sqlite3.Connection, source: Path, crs: str) -> tuple[str, str]:
    """Table and geometry column of the package's one layer, if its system is the declared one."""
    layers = package.execute(
        "SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id"
        " FROM gpkg_geometry_columns g LEFT JOIN gpkg_spatial_ref_sys s USING (srs_id)"
    ).fetchall()
    if len(layers) != 1:
        names = "、".join(row[0] for row in layers)
        raise UnusableFile(f"{source} must have one layer; it has {len(layers)}: {names}")
    table, geometry, organization, number = layers[0]
    _refuse_other_system(source, organization, number, Datum.parse(crs))
    return table, geometry


def _refuse_other_system(source: Path, organization: str | None, number: int, datum: Datum) -> None:
    """GCJ-02 and BD-09 travel under the name of WGS84, as no format can name them."""
    try:
        own = CRS(f"{organization}:{number}")
    except CRSError:
        return  # the package leaves its system undefined; what the person declares counts
    same = str(own) == str(datum) if datum.in_metres else number in _DEGREES
    if not same:
        raise UnusableFile(f"{source} declares {own.name}, which is not {datum}")


def _package_point(blob: bytes | None) -> Point:
    if blob is None:
        return None, None
    shape = shapely.from_wkb(blob[8 + _ENVELOPE.get(blob[3] >> 1 & 7, 0) :])
    if shape.geom_type != "Point":
        return _NO_POINT
    return (None, None) if shape.is_empty else (shape.x, shape.y)


def _allow_updates(package: sqlite3.Connection) -> None:
    """Name the functions the spatial index's triggers mention; none is called, as no row moves."""
    for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        package.create_function(name, 1, lambda _geometry: None, deterministic=True)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
