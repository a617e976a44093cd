"""What is done on a case after acceptance, as values: 五(二)2–7 and what practice adds."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from boundaries.model import Named


class Kind(StrEnum):
    """Which of the plan's two ways a case goes (R49, A-15)."""

    COMMUNITY = "community_level"
    JOINT = "joint"


class Grade(StrEnum):
    """The classes of 联动 (R52–R54); several at once, the strictest wins the clock (A-16)."""

    SIMPLE = "simple"
    COMPLEX = "complex"
    DIFFICULT = "difficult"
    REPEAT = "repeat"
    SUPERVISED = "supervised"
    URGENT = "urgent"
    MAJOR = "major"


# How strict: 1 push only (R52), 2 instruction and phone first (R53), 3 the head as well (R54).
TIER: dict[Grade, int] = {
    Grade.SIMPLE: 1,
    Grade.COMPLEX: 2,
    Grade.DIFFICULT: 2,
    Grade.REPEAT: 2,
    Grade.SUPERVISED: 2,
    Grade.URGENT: 3,
    Grade.MAJOR: 3,
}


class Span(StrEnum):
    """The three ways a case crosses borders (R7); several at once."""

    LEVEL = "cross_level"
    GRID = "cross_grid"
    FIELD = "cross_field"


class DutyRole(StrEnum):
    """主办, of which there is one, or 协办."""

    LEAD = "lead"
    ASSIST = "assist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file by its content's hash (R58): before, after, check, enforcement, plan or other."""

    sha256: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One telephone call (R53): `at` is the server's time, `claimed_at` what the caller says."""

    id: UUID
    post: str
    outcome: str
    at: datetime
    claimed_at: datetime | None
    by: str
    number: str | None
    note: str
    back_dated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """指示 of the 专职副网格长 or a line lead (R53, R54, A-9)."""

    id: UUID
    by: str
    at: datetime
    channel: str
    text: str
    lag_s: float
    after_the_fact: bool
    self_given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadReport:
    """A report to the 片区网格长 (R54): `kind` is "start", or "result" (R25)."""

    at: datetime
    by: str
    kind: str
    channel: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One message to one post that the plan's clocks wait for."""

    id: UUID
    post: str
    purpose: str
    sent_at: datetime
    channel: str | None = None
    delivered_at: datetime | None = None
    failed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """响应确认 at the place (R56): how far away, or why without a position."""

    post: str
    at: datetime
    by: str
    distance_m: float | None
    within: bool
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordination:
    """One round of 协调: who is called where and when (R52–R54)."""

    round: int
    started_at: datetime
    by: str
    posts: tuple[str, ...]
    place: str
    lon: float | None
    lat: float | None
    radius_m: float
    appointment_at: datetime
    offline: bool
    text: str
    without_instruction: str | None
    arrivals: tuple[Arrival, ...] = ()
    complete_at: datetime | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Who is not there yet."""
        there = {arrival.post for arrival in self.arrivals}
        return tuple(post for post in self.posts if post not in there)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One party's part: the station's (R51), or one agreed on the spot (R57), or a sub-task."""

    id: UUID
    post: str
    role: DutyRole
    text: str
    given_at: datetime
    due_at: datetime | None
    signed_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    feedback_at: datetime | None = None
    dropped_at: datetime | None = None

    @property
    def is_required(self) -> bool:
        """Whether closing waits for its feedback (R63)."""
        return self.dropped_at is None and self.feedback_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """处置反馈 (R58)."""

    id: UUID
    duty_id: UUID
    by: str
    at: datetime
    finished_at: datetime
    text: str
    outcome: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """核实 (`before`: facts) or 核查 (`after`: results)."""

    id: UUID
    kind: str
    post: str
    asked_at: datetime
    due_at: datetime
    note: str
    reported_at: datetime | None = None
    result: str | None = None
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """提交 (R59, R60): level 1 to the 片区网格长, level 2 to the 街道城运中心."""

    level: int
    reason_code: str
    text: str
    at: datetime
    by: str
    head_coordinated_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """督办单."""

    id: UUID
    issuer: str
    reason: str
    issued_at: datetime
    due_at: datetime
    answered_at: datetime | None = None
    lifted_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """延期 of one duty."""

    id: UUID
    duty_id: UUID
    new_due_at: datetime
    reason: str
    asked_by: str
    asked_at: datetime
    decided_at: datetime | None = None
    approved: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """挂账 with the day it is looked at again."""

    id: UUID
    owner: str
    review_on: date
    reason: str
    asked_by: str
    asked_at: datetime
    decided_at: datetime | None = None
    approved: bool | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """街道承担 off hours (R48, A-19): both conditions, recorded."""

    at: datetime
    by: str
    condition: str
    on_duty: int
    needed: int
    declared: bool
    reason: str
    returned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How one case belongs to another: duplicate_of, repeat_of or related_to (section 6)."""

    kind: str
    other: UUID
    other_number: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One of the closing check's points (R61); the list stays open."""

    code: str
    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """结案评价 (R61, R62)."""

    points: tuple[Point, ...]
    report: str
    outcome: str | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """先行联系 of 12345 cases (section 8): made, or why not."""

    made: bool
    at: datetime
    by: str
    person: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """回访 after closing."""

    satisfaction: str
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReturn:
    """退回街道: 补正, 改派, 属警情 or a duplicate (section 8); never 不予受理."""

    kind: str
    text: str
    at: datetime
    by: str
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationReturn:
    """退单 of a station."""

    reason_code: str
    text: str
    at: datetime
    by: str
    decided_at: datetime | None = None
    approved: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """All that is done on a case from acceptance on; a case that has none yet keeps None."""

    kind: Kind | None = None
    grades: tuple[Grade, ...] = ()
    spans: tuple[Span, ...] = ()
    involved: tuple[Named, ...] = ()
    requested_by: str | None = None
    forces: tuple[str, ...] = ()
    station: str | None = None
    resume: str | None = None
    calls: tuple[Call, ...] = ()
    instructions: tuple[Instruction, ...] = ()
    head_reports: tuple[HeadReport, ...] = ()
    pushes: tuple[Push, ...] = ()
    coordinations: tuple[Coordination, ...] = ()
    duties: tuple[Duty, ...] = ()
    feedbacks: tuple[Feedback, ...] = ()
    verifications: tuple[Verification, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    supervisions: tuple[Supervision, ...] = ()
    extensions: tuple[Extension, ...] = ()
    suspensions: tuple[Suspension, ...] = ()
    hand_overs: tuple[HandOver, ...] = ()
    links: tuple[Link, ...] = ()
    source_returns: tuple[SourceReturn, ...] = ()
    station_returns: tuple[StationReturn, ...] = ()
    evaluation: Evaluation | None = None
    contacts: tuple[Contact, ...] = ()
    visits: tuple[Visit, ...] = ()
    urgings: int = 0
    reworks: int = 0
    reopenings: int = 0
    closed_at: datetime | None = None
    archived_at: datetime | None = None
    clock_from: datetime | None = field(default=None)

    @property
    def tier(self) -> int:
        """0 for 社区层面, else 1–3 of the strictest class (A-16)."""
        if self.kind is not Kind.JOINT:
            return 0
        return max((TIER[grade] for grade in self.grades), default=1)

    @property
    def coordination(self) -> Coordination | None:
        """The newest round."""
        return self.coordinations[-1] if self.coordinations else None

    @property
    def hand_over(self) -> HandOver | None:
        """The hand-over to the street centre that holds now."""
        last = self.hand_overs[-1] if self.hand_overs else None
        return last if last is not None and last.returned_at is None else None

    @property
    def open_duties(self) -> tuple[Duty, ...]:
        """The duties closing still waits for."""
        return tuple(duty for duty in self.duties if duty.is_required)

    def duty_of(self, post: str) -> Duty | None:
        """The duty of a post that is not done, else its newest one."""
        own = [d for d in self.duties if d.post == post and d.dropped_at is None]
        return next((d for d in own if d.is_required), own[-1] if own else None)
