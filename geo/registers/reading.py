"""A register's bytes as headers and rows of text: CSV, TSV, XLSX, GeoJSON, GeoPackage.

A layer's points come as two columns, `经度` and `纬度`, with the reference system it declares.
"""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
import pyogrio
import shapely
from openpyxl.utils.exceptions import InvalidFileException
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.registers.errors import UnusableRegister

__all__ = ["ENDINGS", "MOST_ROWS", "Register", "read"]

ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".geojson", ".json", ".gpkg")
MOST_ROWS = 200_000
LON, LAT = "经度", "纬度"


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A table: the first row's names, then rows as wide as it; `crs` is what the file declares."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    crs: str | None = None
    is_layer: bool = False


def read(name: str, content: bytes) -> Register:
    """Read a file by the ending of its name.

    Raises:
        UnusableRegister: no table, no rows, too many, or not such a file.
    """
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise UnusableRegister(
            f"不支持“{ending or name}”，请用 CSV、TSV、XLSX、GeoJSON 或 GeoPackage"
        )
    try:
        if ending == ".xlsx":
            return _table(_sheet(content))
        if ending in {".geojson", ".json", ".gpkg"}:
            return _layer(content, ending)
        return _table(_lines(content))
    except (csv.Error, ValueError, RuntimeError, BadZipFile, InvalidFileException, KeyError) as why:
        raise UnusableRegister(f"{name} 读不出来：{why}") from why


def _table(rows: Iterable[Sequence[Any]], **more: Any) -> Register:
    texts = ([_text(cell) for cell in row] for row in rows)
    filled = [row for row in texts if any(row)]
    if len(filled) < 2:
        raise UnusableRegister("文件里没有数据：第一行应为列名，其后每行一个地址或地点")
    if len(filled) > MOST_ROWS + 1:
        raise UnusableRegister(f"超过 {MOST_ROWS} 行，请分成几个文件导入")
    headers = tuple(filled[0])
    width = len(headers)
    named = [header for header in headers if header]
    if len(set(named)) < len(named):
        raise UnusableRegister("有两列同名，请先改名")
    return Register(
        headers=headers,
        rows=tuple(tuple((row + [""] * width)[:width]) for row in filled[1:]),
        **more,
    )


def _text(cell: Any) -> str:
    """A cell as people see it: 12.0, as spreadsheets and layers keep a number, is 12."""
    if cell is None or cell != cell:  # noqa: PLR0124 - NaN and NaT differ from themselves
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell).strip()


def _lines(content: bytes) -> Iterable[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        header = text.split("\n", 1)[0]
        delimiter = max(",\t;", key=header.count)
        return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    raise UnusableRegister("文字编码既不是 UTF-8 也不是 GB 18030，请另存为 UTF-8")


def _sheet(content: bytes) -> Iterable[tuple[Any, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # some exporters declare a sheet of one cell
    return list(sheet.iter_rows(values_only=True))


def _layer(content: bytes, ending: str) -> Register:
    with tempfile.NamedTemporaryFile(suffix=ending) as held:
        held.write(content)
        held.flush()
        layers = [name for name, geometry in pyogrio.list_layers(held.name) if geometry]
        if len(layers) != 1:
            raise UnusableRegister(f"应只有一个点图层，现有 {len(layers)} 个")
        meta, _, shapes, columns = pyogrio.raw.read(held.name, layer=layers[0])
    points = shapely.from_wkb(shapes)
    if not (shapely.get_type_id(points) == 0).all():
        raise UnusableRegister("图层里应全是点")
    fields = [str(field) for field in meta["fields"]]
    taken = {LON, LAT} & set(fields)
    if taken:
        raise UnusableRegister(f"图层的属性列与坐标列同名（{'、'.join(taken)}），请先改名")
    rows = zip(*columns, shapely.get_x(points), shapely.get_y(points), strict=True)
    declared = _declared(meta["crs"], content, ending)
    return _table([[*fields, LON, LAT], *rows], crs=declared, is_layer=True)


def _declared(crs: str | None, content: bytes, ending: str) -> str | None:
    """What the file itself says; a GeoJSON says nothing unless it has the old member `crs`."""
    if ending != ".gpkg" and "crs" not in json.loads(content.decode("utf-8-sig")):
        return None
    try:
        found = CRS(crs).to_authority() if crs else None
    except CRSError:
        return crs
    return ":".join(found) if found else crs
