"""What a map layer, a camera and a post are: values only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo.points import LonLat


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer of the map, as the list of layers shows it."""

    id: str
    title: str
    kind: str
    geometry: str
    provisional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLayer:
    """A layer with what is in it now."""

    id: str
    title: str
    kind: str
    geometry: str
    provisional: bool
    count: int


class CameraStatus(StrEnum):
    """Whether a camera answers."""

    ONLINE = "online"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A reference to a camera: where it stands and where it looks; no stream, no password.

    `heading` is the compass bearing of the middle of its view and `fov` the angle it sees, both in
    degrees; a dome that turns has neither.
    """

    id: str
    name: str
    point: LonLat
    heading: float | None = None
    fov: float | None = None
    range_m: float | None = None
    status: CameraStatus = CameraStatus.ONLINE
    sector: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NearCamera:
    """A camera near a place, and whether the place lies in its view."""

    camera: Camera
    distance_m: float
    sees: bool


class DutyMode(StrEnum):
    """How a post is manned (words 11; the plan's own three modes)."""

    FIXED = "fixed"
    ROTA = "rota"
    SIGN_IN = "sign_in"

    @property
    def label(self) -> str:
        """The plan's word for it.

        >>> DutyMode.ROTA.label
        '机动轮岗'
        """
        return _DUTY_LABELS[self]


_DUTY_LABELS = {
    DutyMode.FIXED: "固点定岗",
    DutyMode.ROTA: "机动轮岗",
    DutyMode.SIGN_IN: "动态报到",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A role account: the post stands for the person, whose name is nowhere."""

    id: str
    post: str
    name: str
    chip: str
    duty_mode: DutyMode
    sector: str | None = None
    post_point: LonLat | None = None
    post_radius_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonNow:
    """A role account and its newest accepted position, if there is one."""

    person: Person
    point: LonLat | None
    accuracy_m: float | None
    fix_at: datetime | None
