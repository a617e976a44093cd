"""未到岗: who is away from duty for too long, once for each absence, until they are back.

A line is opened when somebody is first seen to be absent and closed when they are not any more. A
phone that falls silent meanwhile neither ends it nor lets it be told. Telling is in the same
transaction as the mark that it was told: killed at any line, nothing is told twice.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from cases import mailbox
from cases.hours import SHANGHAI
from cases.notices import PUSH, Notice
from layers.muster import Mustered, muster
from layers.presence import Presence
from store import feed

MISSING, RETURNED = "presence.missing", "presence.returned"
_STREET = "street"
# After a standstill of ours the phones have this long to be heard before anybody is called away.
SETTLING = timedelta(minutes=2)
_IDS = uuid.UUID("5d0c7c1e-6a52-4f0b-9f0e-7d5a53a5b1f4")

_OPEN = text("""
    SELECT id, person_id, since, noted_at, told_at FROM presence_absence
    WHERE ended_at IS NULL ORDER BY id FOR UPDATE""")
_BEGIN = text("""
    INSERT INTO presence_absence (person_id, since, noted_at) VALUES (:person, :since, :at)
    ON CONFLICT (person_id) WHERE ended_at IS NULL DO NOTHING""")
_END = text("UPDATE presence_absence SET ended_at = :at WHERE id = :id")
_TELL = text("""
    UPDATE presence_absence SET told_at = :at WHERE id = :id AND told_at IS NULL RETURNING id""")


def look(conn: Connection, at: datetime, absent_for: timedelta) -> int:
    """Note who is absent and who is back, and tell of those away too long; returns how many."""
    people = {one.id: one for one in muster(conn, at)}
    away = {id: one for id, one in people.items() if one.seen.state is Presence.ABSENT}
    # The order of ids, as every other worker: two never wait for each other.
    for id in sorted(away):
        since = min(away[id].seen.since or at, at)
        conn.execute(_BEGIN, {"person": id, "since": since, "at": at})
    told = 0
    for row in conn.execute(_OPEN).all():
        if row.person_id in away:
            long = row.since + absent_for <= at and row.noted_at + SETTLING <= at
            due = row.told_at is None and long
            told += due and _tell(conn, row.id, away[row.person_id], row.since, at)
        else:
            _end(conn, row.id, row.told_at, people.get(row.person_id), at)
    return told


def _tell(conn: Connection, id: int, one: Mustered, since: datetime, at: datetime) -> bool:
    if one.desk is None or conn.execute(_TELL, {"id": id, "at": at}).first() is None:
        return False
    minutes = int((at - since).total_seconds() // 60)
    notice = Notice(
        id=uuid.uuid5(_IDS, f"{id} {one.id} {since.isoformat()}"),
        topic=PUSH,
        recipient=f"coordinator-{one.desk}",
        mail=True,
        payload={
            "kind": "presence",
            "case_id": None,
            "case_number": None,
            "title": f"{one.name}未到岗 {minutes} 分钟",
            "text": f"自 {since.astimezone(SHANGHAI):%H:%M} 起{_why(one)}，请电话联系。",
            "urgent": False,
        },
    )
    mailbox.send(conn, notice, subject=one.id, now=at)
    feed.append(conn, [_fact(MISSING, one, at)])
    return True


def _why(one: Mustered) -> str:
    if one.in_post is False:
        return "不在岗位范围内"
    return "没有报到" if one.duty_mode == "sign_in" else "没有收到位置"


def _end(
    conn: Connection, id: int, told_at: datetime | None, one: Mustered | None, at: datetime
) -> None:
    if one is not None and one.seen.state is Presence.STALE:
        return
    conn.execute(_END, {"id": id, "at": at})
    if told_at is not None and one is not None and one.desk is not None:
        feed.append(conn, [_fact(RETURNED, one, at)])


def _fact(type: str, one: Mustered, at: datetime) -> feed.Fact:
    areas = (one.desk or "", _STREET)
    return feed.Fact(kind="presence", subject=one.id, type=type, areas=areas, at=at)
