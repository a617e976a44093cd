"""The territory in force at a moment, loaded from PostGIS once per edition and kept."""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

import shapely
from sqlalchemy import Connection, bindparam, func, select

from boundaries.errors import NoEditionInForce
from boundaries.model import Area, Edition, Level
from boundaries.tables import area, edition
from boundaries.territory import Territory

_HELD = "pianqu_territory"
_IN_FORCE = (
    select(edition)
    .where(edition.c.status.in_(("in_force", "retired")))
    .where(edition.c.valid_from <= bindparam("at"))
    .where((edition.c.valid_to.is_(None)) | (edition.c.valid_to > bindparam("at")))
)


class Locator:
    """Answers with the `Territory` in force; a new edition is picked up at the next question."""

    def __init__(self, keep: int = 4) -> None:
        self._ready: dict[int, Territory] = {}
        self._keep = keep
        self._lock = Lock()

    def territory(self, conn: Connection, at: datetime) -> Territory:
        """The territory in force at a moment; asked twice in one transaction, the same answer.

        Raises:
            NoEditionInForce: no edition holds then.
        """
        asked = (conn.get_transaction(), at)
        held = conn.info.get(_HELD)
        if held is not None and held[0] is asked[0] and held[1] == at:
            remembered: Territory = held[2]
            return remembered
        ready = self._load(conn, at)
        conn.info[_HELD] = (*asked, ready)
        return ready

    def told(self, conn: Connection, at: datetime, edition_id: int | None) -> None:
        """Remember for this transaction which edition is in force, if its territory is at hand."""
        ready = self._ready.get(edition_id) if edition_id is not None else None
        if ready is not None:
            conn.info[_HELD] = (conn.get_transaction(), at, ready)

    def _load(self, conn: Connection, at: datetime) -> Territory:
        found = edition_in_force(conn, at)
        ready = self._ready.get(found.id)
        if ready is None:
            with self._lock:
                ready = self._ready.get(found.id) or Territory.of(found, areas_of(conn, found.id))
                while len(self._ready) >= self._keep:
                    self._ready.pop(next(iter(self._ready)))
                self._ready[found.id] = ready
        return ready


def edition_in_force(conn: Connection, at: datetime) -> Edition:
    """The edition whose half-open interval holds the moment."""
    row = conn.execute(_IN_FORCE, {"at": at}).mappings().first()
    if row is None:
        raise NoEditionInForce(at.isoformat())
    return edition_from(row)


def edition_from(row: object) -> Edition:
    """An edition from its row."""
    columns = dict(row)  # type: ignore[call-overload]
    columns.pop("created_at")
    return Edition(**{**columns, "findings": tuple(columns["findings"])})


def areas_of(conn: Connection, edition_id: int) -> Sequence[Area]:
    """All areas of an edition, with shapely geometries in EPSG:4490 degrees."""
    rows = conn.execute(
        select(
            area.c.level,
            area.c.key,
            area.c.code,
            area.c.name,
            area.c.parent,
            area.c.provisional,
            area.c.properties,
            func.ST_AsBinary(area.c.geom).label("wkb"),
        ).where(area.c.edition_id == edition_id)
    ).all()
    shapes = shapely.from_wkb([bytes(row.wkb) for row in rows])
    return [
        Area(
            level=Level(row.level),
            key=row.key,
            code=row.code,
            name=row.name,
            parent=row.parent,
            provisional=row.provisional,
            properties=row.properties,
            geometry=shape,
        )
        for row, shape in zip(rows, shapes, strict=True)
    ]
