"""The case list as it leaves the house in a file: whose rows, in which words (R39, R67).

Only what the post sees, without people: names and numbers of reporters are not read into a row,
and the texts lose what points to a person, whoever asks, as a file goes on to others.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, text

from cases import clocks, reveal, timers
from cases.hours import SHANGHAI
from cases.model import Case, case_from
from cases.ownership import owner
from cases.queries import Filter, conditions
from cases.roles import Actor, label
from cases.scope import SEEN, keys_of
from cases.sources import SOURCES
from cases.timers import ClockState
from cases.words import GRADE, KIND, REASON, STATUS, next_step

__all__ = ["COLUMNS", "filtered", "shown"]

COLUMNS = (
    "编号", "来源编号", "状态", "下一步", "来源", "案件大类", "联动类别", "事项", "地址", "片区",
    "社区网格", "警务责任区", "承办岗位", "收到时间", "受理时间", "办结时间", "当前时限", "时限至",
    "时限情况", "判定依据", "建议归属", "经度（CGCS2000）", "纬度（CGCS2000）", "误差（米）",
)  # fmt: skip
BATCH = 1_000
_STATE = {
    ClockState.RUNNING: "按时",
    ClockState.AMBER: "将超时",
    ClockState.RED: "超时",
}
Row = tuple[str, ...]
T = TypeVar("T")


def filtered(conn: Connection, wanted: Filter, who: Actor, *, now: datetime) -> Iterator[Row]:
    """All cases of a filter that a post sees, newest first, in constant memory."""
    where, values = conditions(wanted, who, now)
    states = conn.execute(
        text(
            f"SELECT c.state FROM case_now c WHERE {where}"  # noqa: S608 - fixed fragments
            " ORDER BY c.received_at DESC, c.id DESC"
        ),
        values,
        execution_options={"stream_results": True, "yield_per": BATCH},
    )
    return _rows(conn, states.scalars(), now)


def shown(conn: Connection, ids: Sequence[UUID], who: Actor, *, now: datetime) -> Iterator[Row]:
    """The cases a screen shows, in its order; what the post does not see is left out."""
    return _rows(conn, _named(conn, ids, who), now)


def _named(conn: Connection, ids: Sequence[UUID], who: Actor) -> Iterator[dict[str, Any]]:
    for some in _batches(iter(ids)):
        yield from conn.execute(
            text(
                "SELECT c.state FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS asked (id, n)"  # noqa: S608
                f" JOIN case_now c ON c.id = asked.id WHERE {SEEN} ORDER BY asked.n"
            ),
            {"ids": some, "keys": keys_of(who)},
        ).scalars()


def _batches(all: Iterator[T]) -> Iterator[list[T]]:
    while some := list(islice(all, BATCH)):
        yield some


def _rows(conn: Connection, states: Iterator[Any], now: datetime) -> Iterator[Row]:
    for some in _batches(states):
        cases = [case_from(state) for state in some]
        known = reveal.known(conn, [case.id for case in cases])
        for case in cases:
            yield row(case, known.get(case.id, ()), now)


def row(case: Case, known: Sequence[str], now: datetime) -> Row:
    """One case in the words of the screen, in the order of COLUMNS."""
    report, work, place = case.report, case.work, case.place
    words = reveal.visible_text(case, None, known)
    clock = timers.first_due(case.clocks)
    reason = case.location_problem or place.reason_code
    return (
        case.number,
        "、".join(number.number for number in report.numbers),
        STATUS[case.status],
        next_step(case),
        SOURCES[report.source].label,
        KIND[work.kind] if work.kind else "",
        "、".join(GRADE[grade] for grade in work.grades),
        words["title"] or "",
        words["address"] or "",
        case.sector.name if case.sector else "",
        case.community.name if case.community else "",
        case.police_area.name if case.police_area else "",
        _post(owner(case)),
        _moment(case.received_at),
        _moment(case.accepted_at),
        _moment(work.closed_at),
        clocks.BY_CODE[clock.code].label if clock else "",
        _moment(clock.due_at) if clock else "",
        _STATE[timers.state(clock, now)] if clock else "不计时",
        REASON.get(reason, reason) if reason else "",
        place.belongs_to.name if place.belongs_to else "",
        f"{case.point.lon:.7f}" if case.point else "",
        f"{case.point.lat:.7f}" if case.point else "",
        f"{report.accuracy_m:g}" if report.accuracy_m is not None else "",
    )


def _post(whose: str) -> str:
    return label(whose) or whose


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at else ""
