"""Small places, reports and a way to play commands on a case, without a database."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from boundaries.model import Assignment, AssignmentStatus, Candidate, EditionName, Named
from cases import commands as do
from cases import events as ev
from cases.history import Recorded, replay
from cases.hours import SHANGHAI, Calendar
from cases.model import Case, Number, RawPoint, Report
from cases.policy import Policy
from cases.roles import actor
from cases.rules import decide
from cases.setting import Setting, enact
from cases.timers import state
from geo.points import LonLat

NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai
WEST = Named(code="140901", name="迎园片区网格")
EAST = Named(code="140902", name="新成片区网格")
MALU = Named(code="310114106", name="马陆镇")
SECTORS = {"140901": WEST, "140902": EAST}
POLICE = {
    "140901": Named(code="P1", name="第一责任区"),
    "140902": Named(code="P2", name="第二责任区"),
}
GRIDS = {
    code: (Named(code=code, name=name), SECTORS[code[:6]], POLICE[code[:6]])
    for code, name in {
        "14090101": "仓场社区网格",
        "14090102": "迎园社区网格",
        "14090201": "新成社区网格",
    }.items()
}
STANDING = Policy(auto_refuse=True, auto_redispatch=True)
_COMMON = {
    "point": LonLat(121.2604, 31.3854),
    "radius_m": 20.0,
    "edition": EditionName(id=1, name="示意边界", provisional=True),
}


def inside(code="14090101", edge=200.0):
    """Sure at every level."""
    community, sector, police = GRIDS[code]
    return Assignment(
        status=AssignmentStatus.ASSIGNED,
        sector=sector,
        community=community,
        police_area=police,
        distance_to_boundary_m=edge,
        distance_to_sector_edge_m=edge,
        **_COMMON,
    )


def _open(reason, *candidates, sector=None):
    return Assignment(
        status=AssignmentStatus.BOUNDARY_REVIEW,
        sector=sector,
        police_area=POLICE[sector.code] if sector else None,
        reason_code=reason,
        distance_to_boundary_m=3.0,
        distance_to_sector_edge_m=300.0 if sector else 3.0,
        candidates=candidates,
        **_COMMON,
    )


def _share(code, share):
    community, sector, _ = GRIDS[code]
    return Candidate(sector=sector, community=community, share=share)


def between_communities():
    """Two communities of the west: the 片区 is sure."""
    return _open("NEAR_BOUNDARY", _share("14090101", 0.7), _share("14090102", 0.3), sector=WEST)


def between_sectors():
    """On 新成路: both levels are open."""
    return _open("BOUNDARY_ROAD", _share("14090101", 0.6), _share("14090201", 0.4))


def between_west_and_outside():
    """Across the outline of the street."""
    beyond = Candidate(sector=None, community=None, share=0.6, outside=True, belongs_to=MALU)
    return _open("NEAR_BOUNDARY", beyond, _share("14090101", 0.4))


def outside(owner=MALU, edge=200.0, radius=20.0):
    """Wholly outside the street."""
    return Assignment(
        status=AssignmentStatus.OUT_OF_AREA,
        reason_code="OUTSIDE_STREET",
        belongs_to=owner,
        distance_to_boundary_m=edge,
        distance_to_sector_edge_m=edge,
        direction="东",
        **_COMMON | {"radius_m": radius},
    )


def nowhere():
    """No usable position."""
    return Assignment(status=AssignmentStatus.NO_LOCATION, reason_code="NO_LOCATION")


def report(**given):
    fields = {
        "source": "12345",
        "title": "路灯不亮",
        "description": "路灯不亮",
        "numbers": (Number(kind="12345", number="A1"),),
        "raw": RawPoint(lon=121.2604, lat=31.3854, crs="WGS84"),
        "accuracy_m": 10.0,
    }
    return Report(**fields | given)


@dataclass
class Story:
    """A case and all that happened to it; `play` gives a command, `at` moves the clock."""

    policy: Policy = field(default_factory=Policy)
    now: datetime = NOW
    case: Case | None = None
    records: list[Recorded] = field(default_factory=list)
    ids: int = 0
    grids: dict = field(default_factory=lambda: dict(GRIDS))
    sectors: dict = field(default_factory=lambda: dict(SECTORS))
    calendar: Calendar = field(default_factory=Calendar)
    needed: int = 0
    on_duty: int = 0
    posts: frozenset | None = None

    def new_id(self):
        self.ids += 1
        return UUID(int=self.ids)

    def at(self, *, minutes=0.0, hours=0.0, days=0.0):
        self.now += timedelta(minutes=minutes, hours=hours, days=days)
        return self

    def setting(self, post):
        return Setting(
            actor=actor(post),
            now=self.now,
            policy=self.policy,
            new_id=self.new_id,
            grids=self.grids,
            sectors=self.sectors,
            calendar=self.calendar,
            needed=self.needed,
            on_duty=self.on_duty,
            posts=self.posts,
        )

    def play(self, command, by="coordinator-140901"):
        """Carry a command out; return the names of its events."""
        setting = self.setting(by)
        acts = decide(self.case, command, setting)
        for act in acts:
            # Through JSON, as the journal keeps it.
            stored = json.loads(json.dumps(ev.to_json(act.event)))
            assert ev.from_json(ev.name(act.event), stored) == act.event
            record, self.case = enact(self.case, act, setting)
            self.records.append(record)
        return tuple(ev.name(act.event) for act in acts)

    def till(self, hour, minute=0, *, days=0):
        """Move the clock to a time of a day in Shanghai."""
        local = self.now.astimezone(SHANGHAI) + timedelta(days=days)
        then = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        assert then >= self.now, "time does not run backwards"
        self.now = then
        return self

    def deliver(self, channel="wecom"):
        """The courier brings every message that is under way."""
        waiting = [p for p in self.case.work.pushes if p.delivered_at is None]
        for push in waiting:
            done = do.NotePush(push_id=push.id, channel=channel, delivered=True, attempts=1)
            self.play(done, by="courier")
        return len(waiting)

    def clocks(self, code):
        """The runs of one clock, oldest first."""
        return [clock for clock in self.case.clocks if clock.code == code]

    def took(self, code):
        """How long the newest run of a clock took, in minutes, and whether it was in time."""
        clock = self.clocks(code)[-1]
        assert clock.stopped_at is not None, f"{code} runs still"
        minutes = (clock.stopped_at - clock.started_at) / timedelta(minutes=1)
        return minutes, state(clock, self.now).value == "stopped"

    def told(self, name):
        """The events of a name, oldest first."""
        return [r for r in self.records if ev.name(r.event) == name]

    @property
    def replayed(self):
        return replay(self.records)

    @property
    def refusal(self):
        return self.case.refusals[-1]

    @property
    def running(self):
        return [clock for clock in self.case.clocks if clock.stopped_at is None]


def begun(place=None, *, policy=None, by="platform-12345", problem=None, now=NOW, **told):
    """A story whose case has just come in."""
    story = Story(policy=policy or Policy(), now=now)
    command = do.Receive(
        id=story.new_id(),
        number="20260311-0001",
        report=report(**told),
        place=place if place is not None else inside(),
        location_problem=problem,
    )
    story.play(command, by=by)
    return story


def refused(place=None, *, policy=None, **told):
    """A story whose case the west desk has refused."""
    told = {"to_sector": "140901"} | told
    story = begun(place if place is not None else outside(), policy=policy, **told)
    if not story.case.refusals:
        story.play(do.Reject(reason="不在本片区"))
    return story


def better(place, accuracy_m=10.0):
    return do.CorrectLocation(
        place=place,
        raw=RawPoint(lon=121.26, lat=31.38, crs="WGS84"),
        accuracy_m=accuracy_m,
        reason="来电核实",
    )


def again(place=None, *, new=(), **told):
    return do.Supplement(
        report=report(**told), place=place if place is not None else nowhere(), new_numbers=new
    )
