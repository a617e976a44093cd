"""Takes a roster file in, all or nothing; a dry run says what it would do.

Every mistake is named with sheet, row, column and what to do. Everything is checked in memory
against what is there, so that ten thousand rows cost a handful of statements.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from cases.hours import SHANGHAI, span
from cases.people import roster_changes as changes
from cases.people.roster import MODES
from cases.people.roster_changes import Body, Holding, Staff
from cases.people.roster_tables import Book, Finding, Row, read
from cases.people.shifts import Shift, shift_mistakes, shift_row
from cases.roles import actor

_YES = frozenset({"是", "√", "y", "yes", "true", "1", "在册", "代岗"})
_NO = frozenset({"", "否", "×", "n", "no", "false", "0"})
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日")
_SHIFT_KINDS = {"": "duty", "值班": "duty", "运行": "running", "停运": "closed"}
_KIND_OF_BODY = {words: code for code, words in changes.BODY_KINDS.items()}
_KIND_OF_BODY |= {"职能部门": "department", "工作站": "station", "分中心": "sector_desk"}
_MODE_OF = {words: code for code, words in MODES.items()}
MAX_FINDINGS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file: its rows, what is wrong with it, and the changes made (or to make)."""

    rows: int
    errors: tuple[Finding, ...]
    changes: dict[str, int]
    notes: tuple[str, ...]
    written: bool


class _Wrong(Exception):
    """A cell cannot be read: its column and what to do."""

    def __init__(self, column: str, detail: str) -> None:
        super().__init__(detail)
        self.column = column
        self.detail = detail


@dataclass(slots=True)
class _Draft:
    """What the file comes to, while it is being read."""

    errors: list[Finding]
    bodies: dict[str, Body] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    posts: dict[str, str] = field(default_factory=dict)
    holdings: list[tuple[Row, Holding]] = field(default_factory=list)
    shifts: list[tuple[Row, Shift]] = field(default_factory=list)

    def wrong(self, row: Row, column: str | None, detail: str) -> None:
        """Note a mistake under the header the file has."""
        words = row.headers.get(column, column) if column else None
        self.errors.append(Finding(sheet=row.sheet, row=row.number, column=words, detail=detail))


def take_in(
    conn: Connection,
    name: str,
    content: bytes,
    *,
    by: str,
    dry_run: bool,
    desk: str | None = None,
) -> Outcome:
    """Read, check and (unless it is a dry run) write a file.

    Args:
        conn: inside a transaction; nothing is written when anything is wrong.
        name: the file's name, which may tell the kind of a CSV.
        content: its bytes.
        by: the post that imports.
        dry_run: check only.
        desk: a 片区 whose holdings and shifts alone may be changed; None: everything.
    """
    book = read(name, content)
    draft = _Draft(errors=list(book.findings))
    _understand(conn, book, draft, desk)
    counts = {
        "bodies": len(draft.bodies),
        "staff": len(draft.staff),
        "holdings": len(draft.holdings),
        "shifts": len(draft.shifts),
    }
    if not draft.errors:
        _write(conn, draft, by, dry_run)
    return Outcome(
        rows=book.count,
        errors=tuple(draft.errors[:MAX_FINDINGS]),
        changes=counts,
        notes=book.notes,
        written=not draft.errors and not dry_run,
    )


def _understand(conn: Connection, book: Book, draft: _Draft, desk: str | None) -> None:
    bodies = set(conn.execute(text("SELECT id FROM body")).scalars())
    staff = set(conn.execute(text("SELECT id FROM staff WHERE active")).scalars())
    posts = set(conn.execute(text("SELECT id FROM post")).scalars())
    if desk is not None:
        for kind in ("bodies", "staff"):
            for row in book.rows.get(kind, ())[:1]:
                draft.wrong(row, None, "单位和人员由街道城运中心登记，本岗位只能导入任职和班次")
    for row in book.rows.get("bodies", ()):
        _try(draft, row, _body)
    bodies |= set(draft.bodies)
    for row in book.rows.get("staff", ()):
        _try(draft, row, lambda d, r: _person(d, r, bodies))
    staff |= {person.id for person in draft.staff.values() if person.active}
    rules = changes.acting_rules(conn)
    for row in book.rows.get("holdings", ()):
        _try(draft, row, lambda d, r: _holding(d, r, staff, posts, rules))
    for row in book.rows.get("shifts", ()):
        _try(draft, row, lambda d, r: _shift(d, r, staff, posts))
    _own_only(draft, desk)
    _overlaps(draft)


def _try(draft: _Draft, row: Row, understand: Callable[[_Draft, Row], None]) -> None:
    try:
        understand(draft, row)
    except _Wrong as error:
        draft.wrong(row, error.column, error.detail)


def _body(draft: _Draft, row: Row) -> None:
    cells = row.cells
    kind = cells.get("kind", "")
    body = Body(
        id=cells.get("id", ""),
        kind=_KIND_OF_BODY.get(kind, kind),
        name=cells.get("name", ""),
        area=cells.get("area") or None,
        force_group=(cells.get("force_group") or "").upper() or None,
        force_kind=cells.get("force_kind") or None,
        note=cells.get("note") or None,
    )
    if body.id in draft.bodies:
        raise _Wrong("id", f"“{body.id}”在文件里出现了两次，请只留一行")
    for detail in changes.body_mistakes(body):
        draft.wrong(row, _column_of(detail, "bodies"), detail)
    draft.bodies[body.id] = body


def _person(draft: _Draft, row: Row, bodies: set[str]) -> None:
    cells = row.cells
    mode = cells.get("duty_mode", "")
    person = Staff(
        id=cells.get("id", ""),
        name=cells.get("name", ""),
        body=cells.get("body", ""),
        wecom_id=cells.get("wecom_id") or None,
        phone_masked=cells.get("phone_masked") or None,
        duty_mode=_MODE_OF.get(mode, mode) or None,
        active=_switch(cells.get("active") or "是", "active"),
    )
    if person.id in draft.staff:
        raise _Wrong("id", f"“{person.id}”在文件里出现了两次，请只留一行")
    if person.body not in bodies:
        draft.wrong(row, "body", f"没有“{person.body}”这个单位，请先在“单位”表登记")
    for detail in changes.staff_mistakes(person):
        draft.wrong(row, _column_of(detail, "staff"), detail)
    draft.staff[person.id] = person


def _holding(
    draft: _Draft,
    row: Row,
    staff: set[str],
    posts: set[str],
    rules: dict[tuple[str, str], list[str]],
) -> None:
    cells = row.cells
    holding = Holding(
        post=cells.get("post", ""),
        staff_id=cells.get("staff_id", ""),
        from_at=_moment(cells.get("from_at", ""), "from_at"),
        to_at=_moment(cells["to_at"], "to_at") if cells.get("to_at") else None,
        stand_in=_switch(cells.get("stand_in", ""), "stand_in"),
        authorised_by=cells.get("authorised_by") or None,
        reason=cells.get("reason") or None,
    )
    if holding.staff_id not in staff:
        draft.wrong(row, "staff_id", f"没有“{holding.staff_id}”这名在册人员，请先在“人员”表登记")
    if holding.post not in posts:
        raise _Wrong("post", f"没有“{holding.post}”这个岗位，请核对岗位编号或先登记岗位")
    for detail in changes.holding_mistakes(holding, rules):
        draft.wrong(row, _column_of(detail, "holdings"), detail)
    draft.holdings.append((row, holding))


def _shift(draft: _Draft, row: Row, staff: set[str], posts: set[str]) -> None:
    cells = row.cells
    day = _day(cells.get("day", ""), "day")
    start, end = _time(cells.get("start", ""), "start"), _time(cells.get("end", ""), "end")
    begins, ends = span(day, start, end)
    kind = cells.get("kind", "")
    shift = Shift(
        desk=cells.get("desk", ""),
        day=day,
        start_at=begins,
        end_at=ends,
        kind=_SHIFT_KINDS.get(kind, kind),
        staff_id=cells.get("staff_id") or None,
        post=cells.get("post") or None,
    )
    if shift.staff_id and shift.staff_id not in staff:
        draft.wrong(row, "staff_id", f"没有“{shift.staff_id}”这名在册人员，请先在“人员”表登记")
    if shift.post and shift.post not in posts:
        draft.wrong(row, "post", f"没有“{shift.post}”这个岗位，请核对岗位编号")
    for detail in shift_mistakes(shift):
        draft.wrong(row, _column_of(detail, "shifts"), detail)
    draft.shifts.append((row, shift))


def _own_only(draft: _Draft, desk: str | None) -> None:
    if desk is None:
        return
    for row, holding in draft.holdings:
        if desk_of_post(holding.post) != desk:
            draft.wrong(row, "post", "只能导入本片区岗位的任职")
    for row, shift in draft.shifts:
        if shift.desk != desk:
            draft.wrong(row, "desk", "只能导入本片区的班次")


def desk_of_post(post: str) -> str | None:
    """The 片区 a post lies in, or None."""
    area = actor(post).area or ""
    return area[:6] if area[:6].isdigit() else None


def _overlaps(draft: _Draft) -> None:
    """Two lines of the file that exclude each other."""
    far = datetime.max.replace(tzinfo=SHANGHAI)
    held = [(h.post, h.from_at, h.to_at or far, row) for row, h in draft.holdings if not h.stand_in]
    for row in _clashing(held):
        draft.wrong(row, "post", "与文件中同一岗位的另一行时间重叠，一个岗位同时只有一人任职")
    duty = [(s.staff_id or "", s.start_at, s.end_at, row) for row, s in draft.shifts if s.staff_id]
    for row in _clashing(duty):
        draft.wrong(row, "start", "与文件中同一人的另一班次时间重叠")


def _clashing(spans: Iterable[tuple[str, datetime, datetime, Row]]) -> list[Row]:
    found: list[Row] = []
    last: tuple[str, datetime] | None = None
    for key, start, end, row in sorted(spans, key=lambda s: (s[0], s[1], s[3].number)):
        if last is not None and last[0] == key and start < last[1]:
            found.append(row)
        until = max(end, last[1]) if last is not None and last[0] == key else end
        last = (key, until)
    return found


def _write(conn: Connection, draft: _Draft, by: str, dry_run: bool) -> None:
    """Write everything, or find out what the database refuses; a dry run is undone."""
    whole = conn.begin_nested()
    if draft.bodies:
        conn.execute(changes.PUT_BODY, [changes.body_row(b) for b in draft.bodies.values()])
    if draft.staff:
        conn.execute(changes.PUT_STAFF, [changes.staff_row(p) for p in draft.staff.values()])
    _write_holdings(conn, draft, by)
    _write_shifts(conn, draft, by)
    if dry_run or draft.errors:
        whole.rollback()
    else:
        whole.commit()


_ADD_HOLDINGS = text("""
    INSERT INTO holding (post, staff_id, from_at, to_at, stand_in, authorised_by, reason, set_by)
    SELECT CAST(:post AS text), CAST(:staff_id AS text), CAST(:from_at AS timestamptz),
           CAST(:to_at AS timestamptz), CAST(:stand_in AS boolean), :authorised_by, :reason, :by
    WHERE NOT EXISTS (
        SELECT 1 FROM holding h WHERE h.post = :post AND h.staff_id = :staff_id
          AND h.from_at = :from_at AND h.stand_in = :stand_in
          AND h.to_at IS NOT DISTINCT FROM CAST(:to_at AS timestamptz))""")
_ADD_SHIFTS = text("""
    INSERT INTO shift (kind, desk, day, start_at, end_at, staff_id, post, set_by)
    SELECT :kind, CAST(:desk AS text), CAST(:day AS date), CAST(:start_at AS timestamptz),
           CAST(:end_at AS timestamptz), CAST(:staff_id AS text), CAST(:post AS text), :by
    WHERE NOT EXISTS (
        SELECT 1 FROM shift s WHERE s.desk = :desk AND s.kind = :kind AND s.withdrawn_at IS NULL
          AND s.start_at = :start_at AND s.end_at = :end_at
          AND s.staff_id IS NOT DISTINCT FROM CAST(:staff_id AS text))""")


def _write_holdings(conn: Connection, draft: _Draft, by: str) -> None:
    own = [holding for _, holding in draft.holdings if not holding.stand_in]
    rows = [{**changes.holding_row(h), "by": by} for h in own]
    try:
        if rows:
            with conn.begin_nested():
                conn.execute(_ADD_HOLDINGS, rows)
    except IntegrityError:
        _name_taken(conn, draft)
        return
    rules = changes.acting_rules(conn)
    for row, holding in draft.holdings:
        if holding.stand_in:
            held = changes.roles_held(conn, holding)
            for detail in changes.pair_mistakes(holding, held, rules):
                draft.wrong(row, "staff_id", detail)
            conn.execute(_ADD_HOLDINGS, {**changes.holding_row(holding), "by": by})


_TAKEN = text("""
    SELECT w.n FROM unnest(
        CAST(:n AS int[]), CAST(:post AS text[]), CAST(:start AS timestamptz[]),
        CAST(:until AS timestamptz[])) AS w (n, post, start, until)
    WHERE EXISTS (
        SELECT 1 FROM holding h WHERE h.post = w.post AND NOT h.stand_in
          AND tstzrange(h.from_at, h.to_at) && tstzrange(w.start, w.until))""")


def _name_taken(conn: Connection, draft: _Draft) -> None:
    """Which rows the holdings already there exclude."""
    own = [(row, holding) for row, holding in draft.holdings if not holding.stand_in]
    told: dict[str, Any] = {
        "n": list(range(len(own))),
        "post": [h.post for _, h in own],
        "start": [h.from_at for _, h in own],
        "until": [h.to_at for _, h in own],
    }
    for n in conn.execute(_TAKEN, told).scalars():
        draft.wrong(own[n][0], "post", changes.taken(own[n][1]))


def _write_shifts(conn: Connection, draft: _Draft, by: str) -> None:
    if draft.errors or not draft.shifts:
        return
    conn.execute(_ADD_SHIFTS, [{**shift_row(s), "by": by} for _, s in draft.shifts])
    clash = text("""
        SELECT DISTINCT a.staff_id, a.start_at FROM shift a JOIN shift b
          ON b.staff_id = a.staff_id AND b.id < a.id AND b.withdrawn_at IS NULL
         AND b.start_at < a.end_at AND b.end_at > a.start_at
        WHERE a.withdrawn_at IS NULL AND a.staff_id = ANY(:staff)""")
    staff = sorted({s.staff_id for _, s in draft.shifts if s.staff_id})
    found = {(row.staff_id, row.start_at) for row in conn.execute(clash, {"staff": staff})}
    for row, shift in draft.shifts:
        if (shift.staff_id, shift.start_at) in found:
            draft.wrong(row, "start", "此人在这段时间已有班次，请核对或先取消原班次")


def _column_of(detail: str, kind: str) -> str | None:
    """The column a sentence speaks of, by the words it uses."""
    spoken = {
        "bodies": {"编号": "id", "类型": "kind", "名称": "name", "分组": "force_group"},
        "staff": {"编号": "id", "称呼": "name", "执勤": "duty_mode", "电话": "phone_masked"},
        "holdings": {"授权": "authorised_by", "结束": "to_at", "起止": "from_at", "规则": "post"},
        "shifts": {"片区": "desk", "类型": "kind", "人员": "staff_id", "结束": "end"},
    }[kind]
    return next((column for words, column in spoken.items() if words in detail), None)


def _switch(words: str, column: str) -> bool:
    plain = words.lower()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise _Wrong(column, f"“{words[:20]}”请填 是 或 否")


def _day(words: str, column: str) -> date:
    for form in _DATES:
        try:
            return datetime.strptime(words, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise _Wrong(column, f"“{words[:20]}”不是日期，请写成 2026-03-11")


def _time(words: str, column: str) -> time:
    if words in ("24:00", "24:00:00"):
        return time()
    for form in ("%H:%M", "%H:%M:%S"):
        try:
            return datetime.strptime(words, form).time()  # noqa: DTZ007 - a time of Shanghai
        except ValueError:
            continue
    raise _Wrong(column, f"“{words[:20]}”不是时刻，请写成 08:30")


def _moment(words: str, column: str) -> datetime:
    """A moment in Shanghai, or the day's 00:00; with a zone of its own where one is written."""
    try:
        zoned = datetime.fromisoformat(words)
    except ValueError:
        pass
    else:
        return zoned if zoned.tzinfo else zoned.replace(tzinfo=SHANGHAI)
    day, _, hour = words.partition(" ")
    return datetime.combine(
        _day(day, column), _time(hour.strip(), column) if hour.strip() else time(), SHANGHAI
    )
