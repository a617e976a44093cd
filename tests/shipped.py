"""The shipped boundaries as a territory, without a database."""

from datetime import UTC, datetime
from functools import cache

import shapely

from boundaries.model import Area, Edition
from boundaries.seed import read_seed
from boundaries.territory import Territory

IN_FORCE_FROM = datetime(2026, 1, 1, tzinfo=UTC)


def edition(**given):
    return Edition(
        **{
            "id": 1,
            "name": "示意边界",
            "status": "in_force",
            "valid_from": IN_FORCE_FROM,
            "valid_to": None,
            "provisional": True,
            "notice": "示意边界",
            "licence": "ODbL-1.0",
        }
        | given
    )


def area(draft, at=0):
    return Area(
        level=draft.level,
        key=draft.code or f"{draft.level}-{at}",
        code=draft.code,
        name=draft.name,
        parent=draft.parent,
        provisional=draft.provisional,
        geometry=draft.geometry,
        properties=draft.properties,
    )


@cache
def territory():
    return Territory.of(edition(), [area(d, at) for at, d in enumerate(read_seed().areas)])


@cache
def communities():
    """The community grids sorted by code, and their shapes in degrees, prepared for asking."""
    found = sorted(read_seed().communities, key=lambda draft: draft.code)
    shapes = [draft.geometry for draft in found]
    for shape in shapes:
        shapely.prepare(shape)
    return found, shapes


def covering(lon, lat):
    """By shapely's exact predicate: how many communities cover each point, and the lowest."""
    points = shapely.points(lon, lat)
    covers = [shapely.covers(shape, points) for shape in communities()[1]]
    count, lowest = sum(c.astype(int) for c in covers), 0 * covers[0].astype(int)
    for at in range(len(covers), 0, -1):
        lowest[covers[at - 1]] = at
    return count, lowest
