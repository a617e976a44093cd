"""What both doors, HTTP and command line, do with the gazetteer."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from boundaries.surroundings import Surroundings
from boundaries.territory import Territory
from geo import gazetteer, labels
from geo.gazetteer import SHANGHAI
from geo.gazetteer_changes import Change, changes
from geo.places import Place
from geo.plates import squeezed
from geo.registers.importing import Outcome, Wanted
from geo.registers.importing import take_in as take_register_in

__all__ = ["NOTICE", "Overview", "find", "overview", "take_in"]

NOTICE = "示意地名库：门牌和地点的位置未经实测，道路为描绘，仅供辅助定位"
LICENCE = "道路 © OpenStreetMap contributors，ODbL-1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the gazetteer holds today; `places` counts by scope and by quality."""

    version: str
    provisional: bool
    notice: str
    licence: str
    places: Mapping[str, int]
    roads: int
    anchors: int
    learned: int
    changes: tuple[Change, ...]


def overview(conn: Connection, at: datetime) -> Overview:
    """Count what is valid now."""
    now = gazetteer.load(conn, at.astimezone(SHANGHAI).date())
    return Overview(
        version=now.version,
        provisional=now.provisional,
        notice=NOTICE if now.provisional else "",
        licence=LICENCE,
        places=Counter(f"{place.scope}/{place.quality}" for place in now.places),
        roads=len(now.roads),
        anchors=len(now.anchors),
        learned=len(labels.learned_aliases(conn)),
        changes=changes(conn),
    )


def find(conn: Connection, at: datetime, words: str, limit: int) -> tuple[Place, ...]:
    """Places that hold the words in a name or plate; those whose name begins so come first."""
    wanted = squeezed(words)
    hits = []
    for place in gazetteer.load(conn, at.astimezone(SHANGHAI).date()).places:
        plate = place.address.text if place.address else ""
        names = (place.name or "", plate, place.id, *(alias.text for alias in place.aliases))
        if any(wanted in name for name in names):
            begins = any(name.startswith(wanted) for name in names)
            hits.append((not begins, place.scope != "in", place.id, place))
    return tuple(place for *_, place in sorted(hits, key=lambda hit: hit[:3])[:limit])


def take_in(
    conn: Connection,
    name: str,
    content: bytes,
    wanted: Wanted,
    *,
    territory: Territory,
    by: str,
    at: datetime,
) -> Outcome:
    """Take a register in; the edition in force says what is ours and what is around us."""
    return take_register_in(
        conn, name, content, wanted, where=Surroundings.of(territory).where, by=by, at=at
    )
