"""Rows as a CSV or XLSX file that says on every line who took it out, and runs nothing. Pure.

A cell that begins like a formula would be one in whatever opens the file (CWE-1236): it gets a
leading apostrophe, in XLSX too, as a table is saved as CSV by the next hand.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

__all__ = ["Mark", "write_csv", "write_xlsx"]

# Full-width forms are taken for the half-width ones by some table programs.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff￾￿]"
)
_NUMBER = re.compile(r"-?\d{1,9}(\.\d{1,9})?")
_A4 = 9
_WIDTHS = (18, 18, 10, 10, 14, 10, 12, 32, 32, 14, 16, 16, 20, 16, 16, 16, 18, 16, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The watermark: which export it is, whose, and when."""

    export: str
    account: str
    post: str
    at: str

    @property
    def short(self) -> str:
        """What stands on every line."""
        return f"{self.export} · {self.account} · {self.post} · {self.at}"

    @property
    def whole(self) -> str:
        """What stands at the head of the sheet and on each printed page."""
        return f"内部资料，不得外传 · 导出编号 {self.short}"


MARK_COLUMN = "导出水印"


def cell(value: str) -> str:
    """A text as no table program runs it; a plain number stays one.

    >>> cell("=1+1"), cell("-121.26"), cell(" +86"), cell("路灯")
    ("'=1+1", '-121.26', "' +86", '路灯')
    """
    plain = _UNSEEN.sub("", value)
    if _NUMBER.fullmatch(plain):
        return plain
    return f"'{plain}" if plain.lstrip(" \u3000").startswith(_FORMULA) else plain


def write_csv(
    to: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[str]], mark: Mark
) -> int:
    """Write a CSV with a byte-order mark, as Excel wants it; how many rows were written."""
    words = io.TextIOWrapper(to, encoding="utf-8-sig", newline="", write_through=True)
    out = csv.writer(words, lineterminator="\r\n")
    out.writerow((*columns, MARK_COLUMN))
    count = 0
    for row in rows:
        out.writerow((*map(cell, row), cell(mark.short)))
        count += 1
    words.flush()
    words.detach()
    return count


def write_xlsx(
    to: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[str]], mark: Mark
) -> int:
    """Write an XLSX: the mark above the titles, on each line and on each printed page."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("案件清单")
    sheet.freeze_panes = "B3"
    for n, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(n)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
    sheet.print_title_rows = "2:2"
    # "&" begins a code in headers and footers.
    sheet.oddHeader.center.text = mark.whole.replace("&", "&&")
    sheet.oddFooter.left.text = mark.short.replace("&", "&&")
    sheet.oddFooter.right.text = "第 &P 页，共 &N 页"
    sheet.append([_bold(sheet, mark.whole)])
    sheet.append([_bold(sheet, name) for name in (*columns, MARK_COLUMN)])
    count = 0
    for row in rows:
        sheet.append([*map(cell, row), cell(mark.short)])
        count += 1
    book.save(to)
    return count


def _bold(sheet: Any, value: str) -> Any:
    made = WriteOnlyCell(sheet, value)
    made.font = Font(bold=True)
    return made
