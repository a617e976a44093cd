"""`pianqu assign`: whose is each row of a file? CSV, XLSX, GeoJSON and GeoPackage.

The result has the source's format and all it contained, and the verdict beside it. A row that
cannot be decided stays, with the reason. Points of GeoJSON and GeoPackage come from the geometry,
those of tables from the columns named.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path

from geo.datums import Datum
from geo.errors import UnknownDatum
from pianqu.assign_judging import VERDICT_COLUMNS, Columns, Judge, UnusableFile
from pianqu.assign_shapes import assign_geojson, assign_gpkg
from pianqu.assign_tables import assign_csv, assign_xlsx

__all__ = ["VERDICT_COLUMNS", "Columns", "Judge", "UnusableFile", "assign_file"]

_FORMATS = {
    ".csv": assign_csv,
    ".xlsx": assign_xlsx,
    ".geojson": assign_geojson,
    ".json": assign_geojson,
    ".gpkg": assign_gpkg,
}


def assign_file(
    source: Path,
    output: Path,
    *,
    columns: Columns,
    judge: Judge,
    progress: Callable[[int, int], None],
) -> None:
    """Write `output`: the rows of `source` with 片区, 网格, 判定, 原因, 误差米 and 版本 added.

    Args:
        source: The file to read.
        output: The file to write, of the same format; it appears only when all is done.
        columns: Which columns hold the pair and its accuracy.
        judge: The declared datum, and the decision under the edition in force.
        progress: Told rows done and rows in all, after each chunk.

    Raises:
        UnusableFile: An unknown datum, format or column, or a file that cannot be read.
    """
    assign = _FORMATS.get(source.suffix.lower())
    if assign is None:
        raise UnusableFile(f"{source}: the format must be one of {', '.join(_FORMATS)}")
    if _FORMATS.get(output.suffix.lower()) is not assign:
        raise UnusableFile(f"{output}: the result has the format of the source, {source.suffix}")
    if output.exists() and output.samefile(source):
        raise UnusableFile(f"{output} is the source itself; choose another name")
    try:
        Datum.parse(judge.crs)
    except UnknownDatum as error:
        raise UnusableFile(str(error)) from error
    part = output.with_name(f".{output.name}.part")
    try:
        assign(source, part, columns, judge, progress)
        part.replace(output)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise UnusableFile(f"{source}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
