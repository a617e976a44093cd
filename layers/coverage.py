"""Reads areas and cameras for `layers.views`, and keeps the answer while neither has changed."""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import shapely
from sqlalchemy import Connection, text

from layers.cameras import camera_of
from layers.model import Camera
from layers.views import Coverage, coverage

_AREAS = text("""
    SELECT e.id AS edition, e.provisional, ST_AsBinary(ST_Union(a.geom)) AS geom
    FROM edition e JOIN area a ON a.edition_id = e.id AND a.level = 'sector'
     AND (CAST(:desk AS text) IS NULL OR a.code = :desk)
    WHERE e.status IN ('in_force', 'retired')
      AND tstzrange(e.valid_from, e.valid_to, '[)') @> CAST(:now AS timestamptz)
    GROUP BY e.id, e.provisional""")
# The register has no number of its own: any row that differs makes another sum.
_VERSION = text("SELECT count(*), sum(hashtextextended(camera::text, 0)::numeric) FROM camera")
# Also the cameras of the neighbours: where one stands says nothing of where it looks.
_CAMERAS = text("""
    SELECT id, name, ST_X(geom) AS lon, ST_Y(geom) AS lat, heading, fov, range_m, status, sector
    FROM camera WHERE status = 'online' ORDER BY id""")
KEPT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A 片区's coverage and whether its border is provisional."""

    coverage: Coverage
    provisional: bool


class Coverages:
    """Asks for the coverage of a desk's 片区, or of the whole street; safe from any thread."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], Coverage] = {}
        self._lock = Lock()

    def of(self, conn: Connection, desk: str | None, now: datetime) -> Ground | None:
        """The coverage now; None where no edition in force has such a 片区."""
        found = conn.execute(_AREAS, {"desk": desk, "now": now}).one_or_none()
        if found is None:
            return None
        key = (found.edition, desk, *conn.execute(_VERSION).one())
        kept = self._kept.get(key)
        if kept is None:
            with self._lock:  # one works it out, the others wait for it
                kept = self._kept.get(key) or coverage(
                    shapely.from_wkb(bytes(found.geom)), _cameras(conn)
                )
                while len(self._kept) >= KEPT:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[key] = kept
        return Ground(coverage=kept, provisional=found.provisional)


def _cameras(conn: Connection) -> list[Camera]:
    return [camera_of(row) for row in conn.execute(_CAMERAS)]
