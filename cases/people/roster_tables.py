"""Reads a roster file (CSV or XLSX) into rows of words, each with the place it came from.

Nothing is judged here but the file itself; `roster_import` checks what the rows say.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

MAX_ROWS = 20_000
# An XLSX is a zip: what it unpacks to is bounded before it is unpacked.
MAX_UNPACKED = 200_000_000

# kind → column → the headers it may stand under; the first is what messages say.
HEADERS: dict[str, dict[str, tuple[str, ...]]] = {
    "bodies": {
        "id": ("单位编号", "编号", "body_id", "id"),
        "kind": ("单位类型", "类型", "kind"),
        "name": ("单位名称", "名称", "name"),
        "area": ("片区或网格编号", "网格编号", "片区", "area"),
        "force_group": ("力量分组", "分组", "force_group"),
        "force_kind": ("力量类别", "类别", "force_kind"),
        "note": ("备注", "note"),
    },
    "staff": {
        "id": ("人员编号", "编号", "staff_id", "id"),
        "name": ("称呼", "账号名称", "名称", "name"),
        "body": ("单位编号", "所属单位", "单位", "body"),
        "wecom_id": ("政务微信号", "政务微信", "wecom_id"),
        "phone_masked": ("电话（打码）", "电话", "phone_masked"),
        "duty_mode": ("执勤方式", "duty_mode"),
        "active": ("在册", "active"),
    },
    "holdings": {
        "post": ("岗位", "岗位编号", "post"),
        "staff_id": ("人员编号", "人员", "staff_id"),
        "from_at": ("任职开始", "开始", "from", "from_at"),
        "to_at": ("任职结束", "结束", "to", "to_at"),
        "stand_in": ("代岗", "stand_in"),
        "authorised_by": ("授权人", "授权岗位", "authorised_by"),
        "reason": ("原因", "reason"),
    },
    "shifts": {
        "desk": ("片区", "片区编号", "desk"),
        "kind": ("班次类型", "类型", "kind"),
        "day": ("日期", "day"),
        "start": ("开始", "上班", "start"),
        "end": ("结束", "下班", "end"),
        "staff_id": ("人员编号", "人员", "staff_id"),
        "post": ("岗位", "岗位编号", "post"),
    },
}
NEEDED = {
    "bodies": ("id", "kind", "name"),
    "staff": ("id", "name", "body"),
    "holdings": ("post", "staff_id", "from_at"),
    "shifts": ("desk", "day", "start", "end"),
}
SHEETS = {"bodies": "单位", "staff": "人员", "holdings": "任职", "shifts": "班次"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to put right: where, and what to do."""

    sheet: str
    row: int | None
    column: str | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as words by column; `number` is the file's own, `headers` are its words for them."""

    sheet: str
    number: int
    cells: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All rows of a file by kind, what was wrong with the file, and what was passed over."""

    rows: dict[str, tuple[Row, ...]]
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many rows there are in all."""
        return sum(len(rows) for rows in self.rows.values())


def read(name: str, content: bytes) -> Book:
    """Read a file by what it is, not by its name; the name is used for CSV's kind only."""
    if content[:4] == b"PK\x03\x04":
        return _read_xlsx(content)
    if content[:4] == b"\xd0\xcf\x11\xe0":
        return _bad("这是旧版 .xls 或加密的文件，请另存为不加密的 .xlsx 或 .csv")
    return _read_csv(name, content)


def _bad(detail: str, sheet: str = "") -> Book:
    return Book(rows={}, findings=(Finding(sheet=sheet, row=None, column=None, detail=detail),))


def _read_csv(name: str, content: bytes) -> Book:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            words = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        return _bad("文字编码不是 UTF-8 或 GB18030，请另存为 CSV UTF-8")
    if "\0" in words:
        return _bad("文件不是文本表格，请用 .xlsx 或 .csv")
    try:
        lines = list(csv.reader(io.StringIO(words, newline=""), strict=True))
    except csv.Error as error:
        return _bad(f"CSV 格式有误：{error}；请检查引号")
    return _assembled([(name.rpartition("/")[2].rpartition(".")[0] or "表格", lines)], ())


def _read_xlsx(content: bytes) -> Book:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                return _bad("工作簿太大，请分成几个文件")
        # data_only: a formula counts by the result that was saved with it.
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        formulas = load_workbook(io.BytesIO(content), read_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError):
        return _bad("打不开这个工作簿，文件可能已损坏，请重新另存为 .xlsx")
    sheets, notes = [], []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            notes.append(f"工作表“{sheet.title}”是隐藏的，已跳过")
            continue
        # Sizes written into the file may be wrong, and would cut off rows.
        sheet.reset_dimensions()
        twin = formulas[sheet.title]
        twin.reset_dimensions()
        lines = [
            [_words(value, formula) for value, formula in zip(values, asked, strict=False)]
            for values, asked in zip(
                sheet.iter_rows(values_only=True, max_row=MAX_ROWS + 2),
                twin.iter_rows(values_only=True, max_row=MAX_ROWS + 2),
                strict=False,
            )
        ]
        sheets.append((sheet.title, lines))
    return _assembled(sheets, tuple(notes))


_NO_RESULT = "\ue000"


def _words(value: object, formula: object) -> str:
    """A cell as a person reads it."""
    if value is None:
        # A formula nobody has calculated: no result to take.
        return _NO_RESULT if isinstance(formula, str) and formula.startswith("=") else ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        whole = value.time() == time()
        return f"{value:%Y-%m-%d}" if whole else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value).strip()


def _assembled(sheets: Iterable[tuple[str, list[list[str]]]], notes: tuple[str, ...]) -> Book:
    rows: dict[str, tuple[Row, ...]] = {}
    findings: list[Finding] = []
    passed_over = list(notes)
    for title, lines in sheets:
        first = next((n for n, line in enumerate(lines) if any(c.strip() for c in line)), None)
        if first is None:
            passed_over.append(f"“{title}”是空的，已跳过")
            continue
        kind = _kind(title, lines[first])
        if kind is None:
            words = "、".join(SHEETS.values())
            findings.append(
                Finding(
                    sheet=title, row=first + 1, column=None,
                    detail=f"看不出是哪种表，工作表请命名为{words}之一，或用规定的表头",
                )
            )  # fmt: skip
            continue
        columns = _columns(kind, lines[first])
        findings += _missing(title, first + 1, kind, columns)
        own = tuple(_rows(title, lines, first, columns, findings))
        if len(own) > MAX_ROWS:
            findings.append(Finding(sheet=title, row=None, column=None,
                                    detail=f"一次最多 {MAX_ROWS} 行，请分成几个文件"))  # fmt: skip
        rows[kind] = rows.get(kind, ()) + own
    if not rows and not findings:
        findings.append(Finding(sheet="", row=None, column=None, detail="文件里没有数据行"))
    return Book(rows=rows, findings=tuple(findings), notes=tuple(passed_over))


def _kind(title: str, header: list[str]) -> str | None:
    for kind, words in SHEETS.items():
        if title.strip().lower() in (kind, words):
            return kind
    fits = [
        (len(_columns(kind, header)), kind)
        for kind in HEADERS
        if set(NEEDED[kind]) <= set(_columns(kind, header).values())
    ]
    return max(fits)[1] if fits else None


def _columns(kind: str, header: list[str]) -> dict[int, str]:
    """Position → column; a header that is not ours is passed over, the first of two counts."""
    found: dict[int, str] = {}
    for position, words in enumerate(header):
        plain = words.strip().lower().replace("(", "（").replace(")", "）")
        for column, names in HEADERS[kind].items():
            if plain in names and column not in found.values():
                found[position] = column
                break
    return found


def _missing(title: str, number: int, kind: str, columns: dict[int, str]) -> list[Finding]:
    return [
        Finding(
            sheet=title,
            row=number,
            column=HEADERS[kind][column][0],
            detail=f"缺少“{HEADERS[kind][column][0]}”这一列",
        )
        for column in NEEDED[kind]
        if column not in columns.values()
    ]


def _rows(
    title: str,
    lines: list[list[str]],
    first: int,
    columns: dict[int, str],
    findings: list[Finding],
) -> Iterator[Row]:
    headers = {column: lines[first][position].strip() for position, column in columns.items()}
    for number, line in enumerate(lines[first + 1 :], first + 2):
        cells = {
            column: line[position].strip() if position < len(line) else ""
            for position, column in columns.items()
        }
        if not any(cells.values()):
            continue
        for column in columns.values():
            if cells[column] == _NO_RESULT:
                findings.append(
                    Finding(
                        sheet=title, row=number, column=headers[column],
                        detail="单元格是没有结果的公式，请在表格软件里打开并保存一次，或改填数值",
                    )
                )  # fmt: skip
                cells[column] = ""
        yield Row(sheet=title, number=number, cells=cells, headers=headers)
