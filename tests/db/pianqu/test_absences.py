"""未到岗: told once for each absence, ended by the return, and nothing twice when killed."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from duty_people import give_phone, put_on_duty
from sqlalchemy import text

from boundaries.locate import Locator
from cases import mailbox, policies
from cases.channels.webhook import StreetCentre
from cases.desk import Office
from cases.policies import PolicyBook
from cases.policy import Policy
from geo.points import LonLat
from layers import absences, people
from layers.fixes import Fix
from pianqu.bench import Bench
from pianqu.presence_watch import note_absences
from store import feed
from store.engine import transaction

pytestmark = pytest.mark.db
POST = LonLat(121.262, 31.382)
AWAY = LonLat(121.266, 31.382)
# A Wednesday, 9:30 in Shanghai: the desk has run for an hour.
START = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
DESK = "coordinator-140901"


class Site:
    """A guard at an appointed post, a worker, and a clock."""

    def __init__(self, engine):
        self.now = START
        self.engine = engine
        self.bench = Bench(
            engine=engine,
            office=Office(locator=Locator(), policy=Policy(), new_id=uuid.uuid4, book=PolicyBook()),
            target=StreetCentre(url="http://127.0.0.1:1/", secret=b"x"),
            make_report=lambda *_: b"",
            now=lambda: self.now,
            reaches=lambda *_: (),
        )
        with transaction(engine) as conn:
            policies.ensure_first(conn, Policy(), START)
            put_on_duty(conn, START, post_point=POST, post_radius_m=60.0)
            give_phone(conn, START)

    def pass_by(self, minutes, where=None):
        """Time passes; each minute the phone tells where it is, and the worker looks."""
        for _ in range(minutes):
            self.now += timedelta(minutes=1)
            if where is not None:
                fix = Fix(device_id="P1", lon=where.lon, lat=where.lat, crs="CGCS2000",
                          accuracy_m=8, fix_at=self.now)  # fmt: skip
                with transaction(self.engine) as conn:
                    assert people.record_positions(conn, [fix], self.now).accepted == 1
            note_absences(self.bench, self.now)

    def told(self):
        with transaction(self.engine) as conn:
            letters = mailbox.letters(conn, [DESK])
            return [(one.kind, one.title, one.body) for one in letters]

    def facts(self):
        with transaction(self.engine) as conn:
            rows = conn.execute(
                text("SELECT type, subject, areas FROM feed WHERE kind = 'presence' ORDER BY id")
            )
            return [(row.type, row.subject, tuple(row.areas)) for row in rows]

    def lines(self):
        with transaction(self.engine) as conn:
            return conn.execute(
                text("SELECT since, told_at, ended_at FROM presence_absence ORDER BY id")
            ).all()


@pytest.fixture
def site(engine):
    return Site(engine)


def test_an_absence_is_told_once_and_ended_by_the_return(site):
    site.pass_by(3, POST)
    assert site.lines() == []
    site.pass_by(14, AWAY)
    assert site.told() == []
    site.pass_by(20, AWAY)
    ((kind, title, body),) = site.told()
    assert (kind, title) == ("presence", "巡防队员02未到岗 15 分钟")
    assert body == "自 09:34 起不在岗位范围内，请电话联系。"
    missing = (absences.MISSING, "P1", ("140901", "street"))
    assert site.facts() == [missing]
    site.pass_by(2, POST)
    assert site.facts() == [missing, (absences.RETURNED, "P1", ("140901", "street"))]
    assert site.lines()[0].ended_at == START + timedelta(minutes=38)
    # The next absence is another one; one too short to be told is nobody's business.
    site.pass_by(5, AWAY)
    site.pass_by(1, POST)
    site.pass_by(17, AWAY)
    assert len(site.told()) == 2
    assert [line.told_at is not None for line in site.lines()] == [True, False, True]


def test_a_silent_phone_neither_ends_an_absence_nor_lets_it_be_told(site):
    site.pass_by(10, AWAY)
    site.pass_by(30)
    assert site.told() == []
    assert [line.ended_at for line in site.lines()] == [None]
    site.pass_by(1, AWAY)
    assert len(site.told()) == 1


def test_who_is_not_heard_since_the_duty_began_is_missed(site):
    # A phone given out at 9:30; the policy says 30 minutes.
    with transaction(site.engine) as conn:
        policies.set_values(
            conn, {"absent_minutes": 30}, by="street-centre", reason="试行", now=START
        )
    site.pass_by(29)
    assert site.told() == []
    site.pass_by(2)
    assert site.told()[0][2] == "自 09:30 起没有收到位置，请电话联系。"


def test_after_a_standstill_of_ours_the_phones_are_waited_for(site):
    site.pass_by(1, POST)
    site.now += timedelta(days=1)
    note_absences(site.bench, site.now)
    assert site.told() == []
    site.pass_by(1, POST)
    assert site.told() == []
    assert site.lines()[0].ended_at is not None


def test_the_end_of_the_duty_ends_it_and_says_nothing_more(site):
    site.pass_by(20, AWAY)
    site.now = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)
    note_absences(site.bench, site.now)
    assert site.lines()[0].ended_at == site.now
    assert len(site.told()) == 1


def test_killed_before_the_commit_nothing_is_told_and_then_once(site, monkeypatch):
    site.pass_by(14, AWAY)
    append = feed.append

    def killed(conn, facts):
        append(conn, facts)
        if facts[0].kind == "presence":
            raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(feed, "append", killed)
        with pytest.raises(KeyboardInterrupt):
            site.pass_by(2, AWAY)
    assert site.told() == site.facts() == []
    note_absences(site.bench, site.now)
    note_absences(site.bench, site.now)
    assert len(site.told()) == len(site.facts()) == 1


def test_two_workers_tell_once(site):
    site.pass_by(14, AWAY)
    site.now += timedelta(minutes=3)
    with transaction(site.engine) as conn:
        fix = Fix(device_id="P1", lon=AWAY.lon, lat=AWAY.lat, crs="CGCS2000", accuracy_m=8,
                  fix_at=site.now)  # fmt: skip
        people.record_positions(conn, [fix], site.now)
    both = [threading.Thread(target=note_absences, args=(site.bench, site.now)) for _ in range(4)]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
    assert len(site.told()) == len(site.facts()) == 1


def test_absences_are_forgotten_with_the_positions(site):
    site.pass_by(16, AWAY)
    site.pass_by(1, POST)
    with transaction(site.engine) as conn:
        assert people.purge_positions(conn, START + timedelta(days=29)) == 0
        people.purge_positions(conn, START + timedelta(days=31))
    assert site.lines() == []
