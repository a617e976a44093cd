"""`pianqu assign` for CSV and XLSX: the table as it was, with the verdict's columns added."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from pianqu.assign_judging import Columns, Judge, UnusableFile, chunks, column_names, position

Progress = Callable[[int, int], None]

_WIDEST_CELL = 2**31 - 1


def assign_csv(
    source: Path, target: Path, columns: Columns, judge: Judge, progress: Progress
) -> None:
    """Add the verdict to a CSV file of any usual encoding, which the result keeps."""
    # A long description must not stop the run; the library's own limit is 128 kB a cell.
    csv.field_size_limit(_WIDEST_CELL)
    encoding = _encoding(source)
    total = max(sum(1 for _ in _csv_rows(source, encoding)) - 1, 0)
    rows = _csv_rows(source, encoding)
    header = next(rows, None)
    if header is None:
        raise UnusableFile(f"{source} is empty")
    at = _positions(header, columns, source)
    with target.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(
            out, delimiter=_delimiter(source, encoding), lineterminator=_line_end(source)
        )
        writer.writerow([*header, *column_names(header)])
        done = 0
        for chunk in chunks(rows):
            cells = [[_cell(row, i) for row in chunk] for i in at]
            for row, verdict in zip(chunk, judge.verdicts(*cells), strict=True):
                writer.writerow(_widened(row, len(header), [_text(value) for value in verdict]))
            done += len(chunk)
            progress(done, total)
    if not done:
        progress(0, 0)


def assign_xlsx(
    source: Path, target: Path, columns: Columns, judge: Judge, progress: Progress
) -> None:
    """Add the verdict to the first row's table of the active sheet; all else stays as it was."""
    book = openpyxl.load_workbook(source)
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise UnusableFile(f"{source}: the sheet shown first must be a table")
    # A coordinate may be a formula: its last value stands only in this second view.
    values = openpyxl.load_workbook(source, data_only=True, read_only=True)
    view = values[sheet.title]
    view.reset_dimensions()  # some exporters declare a sheet of one cell
    rows = view.iter_rows(values_only=True)
    header = list(next(rows, ()))
    while header and header[-1] is None:
        header.pop()
    if not header:
        raise UnusableFile(f"{source} is empty")
    at = _positions(header, columns, source)
    for offset, name in enumerate(column_names(header), 1):
        sheet.cell(row=1, column=len(header) + offset, value=name)
    total, done = max(sheet.max_row - 1, 0), 0
    for chunk in chunks(enumerate(rows, 2)):
        filled = [(number, row) for number, row in chunk if any(c is not None for c in row)]
        cells = [[_cell(row, i) for _, row in filled] for i in at]
        for (number, _), verdict in zip(filled, judge.verdicts(*cells), strict=True):
            for offset, value in enumerate(verdict, 1):
                _write_cell(sheet.cell(row=number, column=len(header) + offset), value)
        done += len(chunk)
        progress(done, max(total, done))
    values.close()
    book.save(target)


def read_csv(source: Path) -> tuple[list[Any], Iterator[Sequence[Any]]]:
    """The header and the rows of a CSV file of any usual encoding and delimiter."""
    csv.field_size_limit(_WIDEST_CELL)
    rows = _csv_rows(source, _encoding(source))
    header = next(rows, None)
    if header is None:
        raise UnusableFile(f"{source} is empty")
    return list(header), rows


def read_xlsx(source: Path) -> tuple[list[Any], Iterator[Sequence[Any]]]:
    """The header and the rows of the sheet shown first, formulas by their last value."""
    sheet = openpyxl.load_workbook(source, data_only=True, read_only=True).active
    if sheet is None or not hasattr(sheet, "iter_rows"):
        raise UnusableFile(f"{source}: the sheet shown first must be a table")
    sheet.reset_dimensions()  # some exporters declare a sheet of one cell
    rows = sheet.iter_rows(values_only=True)
    header = list(next(rows, ()))
    while header and header[-1] is None:
        header.pop()
    if not header:
        raise UnusableFile(f"{source} is empty")
    return header, (row for row in rows if any(cell is not None for cell in row))


def _write_cell(cell: Any, value: str | float | None) -> None:
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # a name is a name, also one that begins like a formula


def _positions(header: list[Any], columns: Columns, source: Path) -> list[int]:
    wanted = [columns.lon, columns.lat, *([columns.accuracy] if columns.accuracy else [])]
    at = [position(header, name, source) for name in wanted]
    return at if columns.accuracy else [*at, -1]


def _cell(row: Any, at: int) -> Any:
    """A cell, or None where the row is too short or the column was not asked for."""
    return row[at] if 0 <= at < len(row) else None


def _widened(row: list[str], width: int, verdict: list[str]) -> list[str]:
    """The row with the verdict under its columns; cells beyond the header come after it."""
    return [*row[:width], *[""] * (width - len(row)), *verdict, *row[width:]]


def _text(value: str | float | None) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else value


def _csv_rows(source: Path, encoding: str) -> Iterator[list[str]]:
    with source.open(encoding=encoding, newline="") as lines:
        yield from csv.reader(lines, delimiter=_delimiter(source, encoding))


def _encoding(source: Path) -> str:
    """UTF-8 with or without a mark, else GB 18030, in which Chinese spreadsheets save."""
    with source.open("rb") as raw:
        if raw.read(3) == b"\xef\xbb\xbf":
            return "utf-8-sig"
    for encoding in ("utf-8", "gb18030"):
        try:
            with source.open(encoding=encoding) as lines:
                for _ in lines:
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise UnusableFile(f"{source} is neither UTF-8 nor GB 18030; save it as UTF-8 CSV")


def _delimiter(source: Path, encoding: str) -> str:
    """The one of comma, tab and semicolon that the header has most of."""
    with source.open(encoding=encoding) as lines:
        header = lines.readline()
    return max(",\t;", key=header.count)


def _line_end(source: Path) -> str:
    with source.open("rb") as raw:
        return "\r\n" if raw.readline().endswith(b"\r\n") else "\n"
