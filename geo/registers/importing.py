"""Takes a register in: reads, maps, compares; writes what is new or changed and in no conflict."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

import orjson
from sqlalchemy import Connection, text

from geo import gazetteer
from geo.datums import Datum
from geo.errors import UnknownDatum
from geo.gazetteer import SHANGHAI
from geo.gazetteer_changes import lock
from geo.places import Quality
from geo.registers.comparing import Conflict, Where, plan
from geo.registers.errors import UnusableRegister
from geo.registers.mapping import draft, find_columns, headers_named
from geo.registers.reading import Register, read

__all__ = ["Outcome", "Wanted", "take_in"]

MOST_CONFLICTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How a register is to be read.

    Attributes:
        crs: the datum of its coordinates; no table says it, and none is guessed.
        columns: fields and the headers they stand under, where those are unusual.
        quality: how good the positions are, where no column says it.
        source: whose table it is, kept with every place.
    """

    crs: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    quality: Quality = Quality.B
    source: str = ""
    dry_run: bool = False
    accept_conflicts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a register, or would become of it."""

    rows: int
    new: int
    changed: int
    unchanged: int
    repeated: int
    conflicts: tuple[Conflict, ...]
    conflict_counts: Mapping[str, int]
    columns: Mapping[str, str]
    crs: str | None
    written: bool
    version: str


def take_in(
    conn: Connection,
    name: str,
    content: bytes,
    wanted: Wanted,
    *,
    where: Where,
    by: str,
    at: datetime,
) -> Outcome:
    """Read, compare and (unless it is a dry run) write a file.

    Raises:
        UnusableRegister: not readable, no datum declared, or columns that cannot be found.
    """
    if wanted.quality is Quality.D:
        raise UnusableRegister("质量等级 D 只用于反例，不能导入")
    register = read(name, content)
    columns = find_columns(register.headers, wanted.columns)
    datum = _datum(register, wanted.crs) if columns.have_position else None
    source = wanted.source or name
    drafts = [
        draft(row, line, columns, datum=datum, quality=wanted.quality, source=source)
        for line, row in enumerate(register.rows, 2)
    ]
    if not wanted.dry_run:
        lock(conn)
    day = at.astimezone(SHANGHAI).date()
    retired = gazetteer.retired(conn, day)
    planned = plan(drafts, gazetteer.load(conn, day), where, retired=retired)
    accepted = planned.accepted if wanted.accept_conflicts else ()
    # Of two rows about one place the later one stands, if a person accepted it.
    changes = {place.id: place for place in (*planned.new, *planned.changed, *accepted)}
    outcome = Outcome(
        rows=len(register.rows),
        new=len(planned.new),
        changed=len(planned.changed),
        unchanged=planned.unchanged,
        repeated=planned.repeated,
        conflicts=planned.conflicts[:MOST_CONFLICTS],
        conflict_counts=dict(Counter(found.problem for found in planned.conflicts)),
        columns=headers_named(columns, register.headers),
        crs=datum.value if datum else None,
        written=bool(changes) and not wanted.dry_run,
        version=gazetteer.version(conn),
    )
    if not outcome.written:
        return outcome
    saved = gazetteer.store(
        conn, changes.values(), by=by, at=at, reason=f"导入 {name}", source=source
    )
    _remember(conn, name, content, outcome, saved.version, by=by, at=at)
    return replace(outcome, version=saved.version)


def _datum(register: Register, crs: str | None) -> Datum:
    told = [name for name in (crs, register.crs) if name]
    if not told:
        raise UnusableRegister(
            "没有说明坐标系，请写明（如 CGCS2000、WGS84、GCJ-02、BD-09）；不能猜"
        )
    try:
        datums = [Datum.parse(name) for name in told]
    except UnknownDatum as error:
        raise UnusableRegister(f"不认识坐标系“{error.text}”，请先转换为 CGCS2000") from error
    # GCJ-02 and BD-09 travel under the name of WGS84, as no format can name them.
    if len(datums) == 2 and datums[0].in_metres != datums[1].in_metres:
        raise UnusableRegister(f"文件自称 {register.crs}，与所写的 {crs} 不符")
    if len(datums) == 2 and datums[0].in_metres and datums[0] is not datums[1]:
        raise UnusableRegister(f"文件自称 {register.crs}，与所写的 {crs} 不符")
    return datums[0]


def _remember(
    conn: Connection,
    name: str,
    content: bytes,
    outcome: Outcome,
    version: str,
    *,
    by: str,
    at: datetime,
) -> None:
    result = {key: value for key, value in asdict(outcome).items() if key != "conflicts"}
    conn.execute(
        text(
            "INSERT INTO gazetteer_import (content_sha256, name, crs, mapping, result, version, at,"
            " by) VALUES (:sha256, :name, :crs, CAST(:mapping AS jsonb), CAST(:result AS jsonb),"
            " :version, :at, :by)"
        ),
        {
            "sha256": hashlib.sha256(content).hexdigest(),
            "name": name,
            "crs": outcome.crs,
            "mapping": orjson.dumps(dict(outcome.columns)).decode(),
            "result": orjson.dumps(result).decode(),
            "version": int(version.removeprefix("g")),
            "at": at,
            "by": by,
        },
    )
