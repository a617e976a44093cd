"""The list of layers, in the order the map draws them from below."""

from datetime import datetime

from sqlalchemy import Connection, text

from cases.roles import OUTSIDE, Actor
from cases.scope import SEEN, keys_of
from layers.errors import UnknownLayer
from layers.model import Layer, ListedLayer
from layers.muster import muster

CATALOG: tuple[Layer, ...] = (
    Layer(id="neighbours", title="相邻街镇", kind="area", geometry="MultiPolygon"),
    Layer(id="street", title="新成路街道", kind="area", geometry="MultiPolygon"),
    Layer(id="sectors", title="片区网格", kind="area", geometry="MultiPolygon"),
    Layer(id="water", title="河道", kind="base", geometry="LineString"),
    Layer(id="roads", title="道路", kind="base", geometry="LineString"),
    Layer(id="communities", title="社区网格", kind="area", geometry="MultiPolygon"),
    Layer(id="police_areas", title="公安警务责任区", kind="area", geometry="MultiPolygon"),
    Layer(id="split_line", title="新成路(分界线)", kind="base", geometry="LineString"),
    Layer(id="places", title="地点", kind="base", geometry="Point"),
    Layer(id="cameras", title="视频", kind="register", geometry="Point"),
    Layer(id="personnel", title="参勤人员", kind="register", geometry="Point"),
    Layer(id="cases", title="案件", kind="case", geometry="Point"),
)

# Which level of the edition in force an area layer draws.
LEVELS = {
    "neighbours": "neighbour",
    "street": "street",
    "sectors": "sector",
    "communities": "community",
    "police_areas": "police_area",
}

_COUNTS = text(f"""
    WITH edition_now AS (
        SELECT id, provisional FROM edition
        WHERE status IN ('in_force', 'retired')
          AND tstzrange(valid_from, valid_to, '[)') @> CAST(:now AS timestamptz))
    SELECT a.level AS layer, count(*) AS held,
           bool_or(a.provisional OR e.provisional) AS provisional
    FROM area a JOIN edition_now e ON e.id = a.edition_id GROUP BY a.level
    UNION ALL SELECT layer, count(*), false FROM base_feature GROUP BY layer
    UNION ALL SELECT 'cameras', count(*), false FROM camera
    UNION ALL SELECT 'cases', count(*), false FROM map_case c WHERE {SEEN}""")  # noqa: S608


def layer(id: str) -> Layer:
    """The layer of that name.

    Raises:
        UnknownLayer: there is none.
    """
    for one in CATALOG:
        if one.id == id:
            return one
    raise UnknownLayer(id)


def listed(conn: Connection, now: datetime, who: Actor | None = None) -> tuple[ListedLayer, ...]:
    """All layers with what is in each now; areas are those in force, cases those a post sees."""
    values = {"now": now, "keys": keys_of(who) if who else []}
    found = {row.layer: row for row in conn.execute(_COUNTS, values)}
    people = 0
    if who is not None and who.role not in OUTSIDE:
        people = sum(one.shown for one in muster(conn, now))
    lines = []
    for one in CATALOG:
        row = found.get(LEVELS.get(one.id, one.id))
        lines.append(
            ListedLayer(
                id=one.id,
                title=one.title,
                kind=one.kind,
                geometry=one.geometry,
                provisional=bool(row.provisional) if row else one.provisional,
                count=people if one.id == "personnel" else row.held if row else 0,
            )
        )
    return tuple(lines)
