"""Vector tiles as PostGIS writes them, read again by the specification's own text."""

from datetime import timedelta

import mvt
import pytest
from pyproj import Transformer
from sqlalchemy import text
from square_town import NOW

from cases.queries import Filter
from cases.roles import actor
from geo.points import LonLat
from layers import cameras, people, tiles
from layers.errors import UnknownLayer
from layers.fixes import Fix
from layers.model import Camera, DutyMode, Person
from layers.tilemath import Tile, tile_at

pytestmark = pytest.mark.db
STREET = actor("street-centre")
OPEN = Filter(open=True)
WEB = Transformer.from_crs(4326, 3857, always_xy=True)
HOUR = timedelta(hours=1)


def read(conn, z, lon=121.262, lat=31.385, layer="cases", who=STREET, wanted=OPEN):
    made = tiles.tile(conn, layer, tile_at(lon, lat, z), who, NOW, wanted)
    return mvt.read(made).get(layer, [])


def test_a_case_lies_where_an_independent_projection_puts_it(town, insert_case):
    insert_case(town, "0311-0001", due_at=NOW + 5 * HOUR, warn_at=NOW + HOUR, lon=121.2621234)
    (feature,) = read(town, 16)
    west, _, _, north = tile_at(121.2621234, 31.385, 16).bounds
    unit = tile_at(121.2621234, 31.385, 16).side_m / 4096
    x, y = WEB.transform(121.2621234, 31.385)
    assert feature["x"] == pytest.approx((x - west) / unit, abs=1)
    assert feature["y"] == pytest.approx((north - y) / unit, abs=1)
    told = feature["properties"]
    assert (told["clock"], told["source"], told["class"]) == ("running", "12345", "community_level")
    assert not {"title", "description", "address", "point_count"} & set(told)


def test_a_crowd_becomes_stacks_whose_counts_are_the_cases_and_whose_names_stay(town, insert_case):
    for number in range(40):
        due = [None, NOW + 5 * HOUR, NOW + HOUR, NOW - HOUR][number % 4]
        warn = due and [None, NOW + HOUR, NOW, NOW - 2 * HOUR][number % 4]
        insert_case(
            town, f"0311-{number:04}", due_at=due, warn_at=warn,
            lon=121.261 + number % 8 * 4e-4, lat=31.382 + number // 8 * 1e-3,
        )  # fmt: skip
    for z in range(10, 19):
        corner, far = tile_at(121.2609, 31.3875, z), tile_at(121.265, 31.3815, z)
        found = [
            feature["properties"]
            for x in range(corner.x, far.x + 1)
            for y in range(corner.y, far.y + 1)
            for feature in mvt.read(
                tiles.tile(town, "cases", Tile(z, x, y), STREET, NOW, OPEN)
            ).get("cases", [])
        ]
        assert sum(one.get("point_count", 1) for one in found) == 40, z
        stacks = [one for one in found if "point_count" in one]
        for one in stacks:
            shares = one["running"] + one["amber"] + one["red"] + one["none"]
            assert shares == one["point_count"] == len(one["ids"].split())
        assert len({one["id"] for one in found}) == len(found)
    before = {f["properties"]["id"] for f in read(town, 12)}
    insert_case(town, "0311-0099", lon=121.2611, lat=31.3821)
    assert {f["properties"]["id"] for f in read(town, 12)} == before


def test_a_tile_never_holds_more_than_its_cells(town):
    town.execute(
        text(
            "INSERT INTO case_now (id, number, version, status, source, title, description, urgent,"
            " supervised, desk, sector, community, state, received_at, updated_at, audience, geom)"
            " SELECT gen_random_uuid(), 'X' || n, 1, 'received', 'grid', '', '', false, false,"
            " '140901', '140901', '14090101', '{}', :now, :now, '{street}',"
            " ST_SetSRID(ST_MakePoint(121.26 + random() * 0.005, 31.38 + random() * 0.01), 4490)"
            " FROM generate_series(1, 3000) n"
        ),
        {"now": NOW},
    )
    made = tiles.tile(town, "cases", tile_at(121.262, 31.385, 15), STREET, NOW, OPEN)
    assert 1 < len(mvt.read(made)["cases"]) <= 64
    assert len(made) < 20_000


def test_same_address_is_one_spot_with_each_case_named(town, insert_case):
    for number in (1, 2, 3):
        insert_case(town, f"0311-000{number}", due_at=NOW + number * HOUR, warn_at=NOW)
    insert_case(town, "0311-0009", lon=121.2632)
    spot = next(f["properties"] for f in read(town, 19) if "point_count" in f["properties"])
    assert (spot["point_count"], spot["amber"], spot["one_spot"]) == (3, 3, True)
    order = town.execute(
        text("SELECT id::text FROM case_now WHERE number <> '0311-0009' ORDER BY number")
    )
    assert spot["ids"].split() == list(order.scalars())


def test_filters_scope_and_closed_cases(town, insert_case):
    insert_case(town, "0311-0001", source="grid")
    insert_case(town, "0311-0002", lon=121.264)
    insert_case(town, "0311-0003", lon=121.2605, status="closed")
    assert len(read(town, 17)) == 2
    one = read(town, 17, wanted=Filter(open=True, source="grid"))
    assert [f["properties"]["number"] for f in one] == ["0311-0001"]
    assert read(town, 12, who=actor("coordinator-140901")) == []
    assert read(town, 12, wanted=Filter(open=True, tab="overdue")) == []


def test_people_and_cameras_are_for_who_commands_them(town):
    town.execute(text("DELETE FROM camera"))
    cameras.upsert(town, [Camera(id="V", name="路口", point=LonLat(121.262, 31.385))], NOW)
    people.upsert(town, [Person(id="p", post="巡", name="巡1", chip="巡", duty_mode=DutyMode.ROTA)])
    fix = Fix(device_id="p", lon=121.262, lat=31.385, crs="CGCS2000", accuracy_m=8, fix_at=NOW)
    people.record_positions(town, [fix], NOW)
    for layer, name in (("cameras", "路口"), ("personnel", "巡1")):
        (feature,) = read(town, 16, layer=layer)
        assert feature["properties"]["name"] == name
        assert read(town, 16, layer=layer, who=actor("department-water")) == []
    with pytest.raises(UnknownLayer):
        tiles.tile(town, "roads", Tile(0, 0, 0), STREET, NOW, OPEN)


def test_count_before_drawing(town, insert_case):
    insert_case(town, "0311-0001")
    insert_case(town, "0311-0002", lon=None, lat=None)
    assert tiles.counted(town, STREET, NOW).cases == 1
    assert tiles.counted(town, actor("department-water"), NOW).cameras == 0
