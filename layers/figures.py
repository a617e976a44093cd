"""The figures of one moment that a report draws: values only, made by `layers.situation`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMark:
    """One case as a mark on the map. Its texts are redacted, but they are not HTML."""

    number: str
    source: str
    status: str
    title: str
    description: str
    category: str | None
    community: str | None
    urgent: bool
    supervised: bool
    reported_at: datetime
    received_at: datetime
    warn_at: datetime | None
    due_at: datetime | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraMark:
    """One camera as a mark on the map."""

    name: str
    heading: float | None
    fov: float | None
    range_m: float | None
    online: bool
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything a report of the moment shows.

    It is made to be passed on, so people and their positions are left out.
    """

    at: datetime
    since: datetime  # where the time slider begins
    desk: str | None
    desk_name: str
    edition: str
    provisional: bool
    notice: str
    licence: str
    # GeoJSON by layer: neighbours street sectors communities split_line roads water
    ground: dict[str, dict[str, Any]]
    cases: tuple[CaseMark, ...]
    cases_in_all: int
    received_today: int
    refused_today: int
    without_location: int
    cameras: tuple[CameraMark, ...]
