"""`pianqu geocode`: what place each row's words tell. CSV and XLSX in; CSV, XLSX or GeoJSON out.

Every row stays as it was, with the answer beside it; one that is not sure carries its candidates
and the reasons, and no position.
"""

import csv
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

from geo.geocoding import Geocoder, Given
from geo.readings import Found, Geocoded, GridShare, Outcome
from pianqu.assign_judging import UnusableFile, column_names, position
from pianqu.assign_tables import read_csv, read_xlsx

ANSWER_COLUMNS = (
    "判定", "定位", "经度", "纬度", "误差米", "网格编号", "网格", "片区编号", "置信度",
    "候选", "说明", "地名版本",
)  # fmt: skip
OUTCOME = {
    Outcome.ACCEPTED: "已定位",
    Outcome.ASK: "待确认",
    Outcome.OUT_OF_AREA: "非本片区",
    Outcome.NOT_FOUND: "未找到",
}
Cell = str | float | None
Progress = Callable[[int], None]
_READ = {".csv": read_csv, ".xlsx": read_xlsx}
_TELL_EVERY = 50
_NO_GRID = GridShare(code=None, name="", sector=None, share=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextColumns:
    """Where the words stand, and the pair beside them if there is one."""

    address: str
    lon: str | None = None
    lat: str | None = None
    accuracy: str | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    header: list[Any]
    rows: Iterable[tuple[Sequence[Any], Geocoded]]


def geocode_file(
    source: Path,
    output: Path,
    *,
    columns: TextColumns,
    crs: str | None,
    geocoder: Geocoder,
    progress: Progress,
) -> None:
    """Write `output`: the rows of `source` with what their words tell beside them.

    Args:
        source: a CSV or XLSX file.
        output: the file to write, `.csv`, `.xlsx` or `.geojson`; it appears only when all is done.
        columns: where words and pairs stand.
        crs: the datum the pairs are declared in; without one they are only asked about.
        geocoder: of the gazetteer and the grids in force.
        progress: told the rows done.

    Raises:
        UnusableFile: an unknown format or column, or a file that cannot be read.
    """
    opened, write = _READ.get(source.suffix.lower()), _WRITE.get(output.suffix.lower())
    if opened is None:
        raise UnusableFile(f"{source}: the format must be one of {', '.join(_READ)}")
    if write is None:
        raise UnusableFile(f"{output}: the format must be one of {', '.join(_WRITE)}")
    if output.exists() and output.samefile(source):
        raise UnusableFile(f"{output} is the source itself; choose another name")
    part = output.with_name(f".{output.name}.part")
    try:
        header, rows = opened(source)
        ask = _asking(header, columns, crs, geocoder, source)
        write(part, _Table(header, _told(((row, ask(row)) for row in rows), progress)))
        part.replace(output)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise UnusableFile(f"{source}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def answer_cells(told: Geocoded) -> tuple[Cell, ...]:
    """What was found, as cells; a position only where it was accepted."""
    found = told.found if told.outcome is Outcome.ACCEPTED else None
    grid = found.shares[0] if found and found.shares else _NO_GRID
    point = found.point if found else None
    return (
        OUTCOME[told.outcome],
        told.found.label if told.found else told.belongs_to,
        round(point.lon, 7) if point else None,
        round(point.lat, 7) if point else None,
        round(found.radius_m, 1) if found else None,
        grid.code,
        grid.name or None,
        grid.sector,
        round(told.confidence, 4),
        "；".join(candidate_words(one) for one in told.candidates) or None,
        "；".join(told.explanation),
        told.gazetteer_version,
    )


def candidate_words(found: Found) -> str:
    """A candidate on one line: what it is, how likely, in which grid."""
    where = found.shares[0].name if found.shares else found.town or "位置不明"
    return f"{found.label}（{where}，{found.confidence:.0%}）"


def _asking(
    header: Sequence[Any],
    columns: TextColumns,
    crs: str | None,
    geocoder: Geocoder,
    source: Path,
) -> Callable[[Sequence[Any]], Geocoded]:
    wanted = (columns.address, columns.lon, columns.lat, columns.accuracy)
    at = [position(header, name, source) if name else None for name in wanted]

    def ask(row: Sequence[Any]) -> Geocoded:
        words, *pair = (row[i] if i is not None and i < len(row) else None for i in at)
        lon, lat, accuracy_m = (_number(cell) for cell in pair)
        given = None
        if lon is not None or lat is not None:
            given = Given(lon=lon, lat=lat, crs=crs, accuracy_m=accuracy_m)
        return geocoder.geocode("" if words is None else str(words), given=given)

    return ask


def _number(cell: Any) -> float | None:
    try:
        return float(str(cell)) if cell is not None and str(cell).strip() else None
    except ValueError:
        return None


def _told(rows: Iterable[Any], progress: Progress) -> Iterator[Any]:
    done = 0
    for done, row in enumerate(rows, 1):
        yield row
        if done % _TELL_EVERY == 0:
            progress(done)
    progress(done)


def _widened(header: Sequence[Any], row: Sequence[Any]) -> list[Any]:
    return [*row[: len(header)], *[None] * (len(header) - len(row))]


def _write_csv(target: Path, table: _Table) -> None:
    # With a mark, so that a spreadsheet program takes it for the UTF-8 it is.
    with target.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*table.header, *column_names(table.header, ANSWER_COLUMNS)])
        for row, told in table.rows:
            writer.writerow(chain(_widened(table.header, row), answer_cells(told)))


def _write_xlsx(target: Path, table: _Table) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("定位结果")

    def cell(value: Any) -> Any:
        one = WriteOnlyCell(sheet, value=value)
        if isinstance(value, str):
            one.data_type = "s"  # words are words, also those that begin like a formula
        return one

    names = column_names(table.header, ANSWER_COLUMNS)
    sheet.append([cell(name) for name in (*table.header, *names)])
    for row, told in table.rows:
        sheet.append([cell(one) for one in (*_widened(table.header, row), *answer_cells(told))])
    book.save(target)


def _write_geojson(target: Path, table: _Table) -> None:
    names = [str(name) for name in table.header]
    ours = column_names(table.header, ANSWER_COLUMNS)
    with target.open("w", encoding="utf-8") as out:
        out.write('{"type": "FeatureCollection", "features": [')
        for number, (row, told) in enumerate(table.rows):
            cells = answer_cells(told)
            properties = dict(zip(names, _widened(table.header, row), strict=True))
            properties |= dict(zip(ours, cells, strict=True))
            lon, lat = cells[2], cells[3]
            point = {"type": "Point", "coordinates": [lon, lat]} if lon is not None else None
            feature = {"type": "Feature", "geometry": point, "properties": properties}
            out.write(",\n" if number else "\n")
            json.dump(feature, out, ensure_ascii=False, default=str)
        out.write("\n]}\n")


_WRITE = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".geojson": _write_geojson,
    ".json": _write_geojson,
}
