"""The demo's people on duty: shifts and signing in, and a phone for each at the real door.

Their phones speak as Traccar Client does, with a token of their own; without duty the door would
take none of it, so the invented roster keeps everybody on duty round the clock.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from types import TracebackType

import httpx2
from sqlalchemy import Connection, text

from boundaries.locate import edition_in_force
from cases.hours import SHANGHAI
from cases.people import seed_roster, shifts, tokens
from cases.people.shifts import Shift
from layers import devices
from layers.model import DutyMode, Person
from pianqu.demo_registers import PeopleWalk
from store.engine import make_engine, transaction

BY = "demo"
_MODE = text("UPDATE staff SET duty_mode = :mode WHERE id = :staff AND duty_mode <> :mode")
_SIGNED = text("""
    SELECT 1 FROM sign_in WHERE staff_id = :staff AND at >= :since AND present LIMIT 1""")
_FORGET = text("DELETE FROM person_device WHERE created_by = :by")


def man(conn: Connection, people: Sequence[Person], now: datetime) -> None:
    """Put everybody on duty today and tomorrow; safe to repeat."""
    seed_roster.install(conn, edition_in_force(conn, now), now, holders=True)
    today = now.astimezone(SHANGHAI).date()
    for person in people:
        staff = f"demo-{person.post}"
        conn.execute(_MODE, {"mode": person.duty_mode.value, "staff": staff})
        for day in (today, today + timedelta(days=1)):
            _put(conn, person, staff, day)
        if person.duty_mode is DutyMode.SIGN_IN:
            _sign(conn, person, staff, now)


def _put(conn: Connection, person: Person, staff: str, day: date) -> None:
    start = datetime.combine(day, time(), SHANGHAI)
    shift = Shift(
        desk=person.sector or "",
        day=day,
        start_at=start,
        end_at=start + timedelta(days=1),
        staff_id=staff,
        post=person.post,
    )
    if not shifts.overlapping(conn, shift):
        shifts.put_shift(conn, shift, BY)


def _sign(conn: Connection, person: Person, staff: str, now: datetime) -> None:
    since = datetime.combine(now.astimezone(SHANGHAI).date(), time(), SHANGHAI)
    if conn.execute(_SIGNED, {"staff": staff, "since": since}).first() is None:
        shifts.sign(conn, staff, person.sector or "", present=True, by=person.post, at=now)


class Phones:
    """A phone for each post of a walk, with tokens made now; those of an earlier run are gone."""

    def __init__(self, base_url: str, database_url: str, walk: PeopleWalk, now: datetime) -> None:
        self._url = database_url
        self._walk = walk
        self._client = httpx2.Client(base_url=base_url, timeout=30, trust_env=False)
        self._day = now.astimezone(SHANGHAI).date()
        self._tokens = self._issued(now)

    def __enter__(self) -> "Phones":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def report(self, turns: Iterable[int], at: datetime) -> None:
        """Send where some of them are, as Traccar Client would."""
        self._begin_day(at)
        for turn in turns:
            person = self._walk.people[turn]
            if self._walk.is_silent(person, at):
                continue
            point = self._walk.position(person, at)
            self._client.post(
                "/v1/positions/osmand",
                data={
                    "id": self._tokens[person.id],
                    "lat": f"{point.lat:.7f}",
                    "lon": f"{point.lon:.7f}",
                    "accuracy": "8",
                    "timestamp": str(int(at.timestamp())),
                },
            )

    def _begin_day(self, at: datetime) -> None:
        day = at.astimezone(SHANGHAI).date()
        if day != self._day:
            self._day = day
            engine = make_engine(self._url, pool_size=1)
            try:
                with transaction(engine) as conn:
                    man(conn, self._walk.people, at)
            finally:
                engine.dispose()

    def _issued(self, now: datetime) -> dict[str, str]:
        made = {person.id: tokens.fresh() for person in self._walk.people}
        engine = make_engine(self._url, pool_size=1)
        try:
            with transaction(engine) as conn:
                conn.execute(_FORGET, {"by": BY})
                for id, token in made.items():
                    devices.issue(conn, id, token, label="演示手机", by=BY, now=now)
        finally:
            engine.dispose()
        return made
