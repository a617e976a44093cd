"""The shipped files hold what their README says."""

import csv
import itertools
import json
import re
from collections import Counter
from importlib.resources import files

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from boundaries.model import Level
from boundaries.seed import crossings, place_along, places, read_seed
from geo.points import LonLat, distance_m
from geo.projections import geometry_to_metres, to_degrees

DATA = files("boundaries").joinpath("data")
AREAS = ["street", "sectors", "communities", "police_areas", "neighbours"]
LINES = ["split_line", "roads", "water"]


@pytest.fixture(scope="module")
def seed():
    return read_seed()


@pytest.fixture(scope="module")
def known():
    return {place.address: place for place in places()}


def text(name):
    return DATA.joinpath(name).read_text(encoding="utf-8")


def at(place):
    return shapely.Point(place.point.lon, place.point.lat)


@pytest.mark.parametrize("layer", AREAS + LINES)
def test_files_are_rfc_7946(layer):
    collection = json.loads(text(f"{layer}.geojson"))
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    ids = [feature["id"] for feature in collection["features"]]
    assert len(set(ids)) == len(ids)
    for feature in collection["features"]:
        geometry = shape(feature["geometry"])
        assert geometry.is_valid
        for polygon in shapely.get_parts(geometry):
            if layer in AREAS:
                assert polygon.exterior.is_ccw
                assert not any(hole.is_ccw for hole in polygon.interiors)
        for lon, lat in shapely.get_coordinates(geometry):
            assert 120.8 < lon < 121.6
            assert 31.1 < lat < 31.7


@pytest.mark.parametrize("layer", AREAS + LINES)
def test_at_most_seven_decimals(layer):
    assert max(map(len, re.findall(r"\d+\.(\d+)[,\]]", text(f"{layer}.geojson")))) <= 7


@pytest.mark.parametrize("layer", AREAS + LINES)
def test_every_thing_says_what_it_is(layer):
    collection = json.loads(text(f"{layer}.geojson"))
    assert "OpenStreetMap contributors" in collection["licence"]
    assert collection["notice"]
    provisional = layer not in {"roads", "water"}  # real and traced, with a stated accuracy
    assert collection["provisional"] is provisional
    for feature in collection["features"]:
        properties = feature["properties"]
        assert properties["provisional"] is provisional
        assert properties["status"]
        assert "ODbL" in properties["licence"]
        if not provisional:
            assert properties["accuracy_m"] in {8, 40}


def test_counts_codes_and_parents(seed):
    """R10 to R14: one street, two 片区, five and seven community grids."""
    assert (len(seed.sectors), len(seed.communities), len(seed.police_areas)) == (2, 12, 2)
    assert (len(seed.neighbours), len(seed.roads), len(seed.water)) == (9, 27, 7)
    assert seed.street.code == "310114001"
    assert [sector.code for sector in seed.sectors] == ["140901", "140902"]
    assert {sector.parent for sector in seed.sectors} == {"310114001"}
    expected = [f"1409{s:02d}{c:02d}" for s, n in ((1, 5), (2, 7)) for c in range(1, n + 1)]
    assert [community.code for community in seed.communities] == expected
    assert all(community.code.startswith(community.parent) for community in seed.communities)
    assert [area.parent for area in seed.police_areas] == ["140901", "140902"]
    assert Counter(area.level for area in seed.areas) == {
        Level.STREET: 1,
        Level.SECTOR: 2,
        Level.COMMUNITY: 12,
        Level.POLICE_AREA: 2,
        Level.NEIGHBOUR: 9,
    }
    assert all(area.provisional for area in seed.areas)


def test_illustrations_say_how_good_a_guess_they_are(seed):
    by_confidence = {}
    for community in seed.communities:
        assert community.properties["status"] == "illustrative"
        assert community.properties["why"]
        name = community.properties["short_name"]
        by_confidence.setdefault(community.properties["placement_confidence"], set()).add(name)
    assert by_confidence["high"] == {"爱里舍花园社区"}
    assert by_confidence["none"] == {"新望社区", "南陈社区", "沧海社区", "南塘河社区"}
    assert set(by_confidence) == {"high", "medium", "low", "none"}
    assert all("illustrative" in area.properties["status"] for area in seed.police_areas)


def test_communities_are_those_of_the_official_list(seed):
    listed = {row["code12"]: row for row in csv.DictReader(text("codes.csv").splitlines())}
    ours = {row["code12"] for row in listed.values() if row["street_code"] == "310114001"}
    assert {community.properties["code_cn"] for community in seed.communities} == ours
    for community in seed.communities:
        row = listed[community.properties["code_cn"]]
        assert row["sector_code"] == community.parent
        assert row["name"].startswith(community.properties["short_name"])


@pytest.mark.parametrize("level", ["sectors", "communities"])
def test_shared_edges_are_vertex_identical(seed, level):
    shapes = [area.geometry for area in getattr(seed, level)]
    assert shapely.coverage_is_valid(shapes)
    edges = Counter()
    for polygon in shapes:
        ring = [tuple(xy) for xy in polygon.exterior.coords]
        edges.update(frozenset(pair) for pair in itertools.pairwise(ring))
    assert max(edges.values()) == 2
    outer = [edge for edge, times in edges.items() if times == 1]
    ring = [tuple(xy) for xy in seed.street.geometry.exterior.coords]
    assert set(outer) >= {frozenset(pair) for pair in itertools.pairwise(ring)}


def test_levels_nest_exactly(seed):
    for sector in seed.sectors:
        parts = [c.geometry for c in seed.communities if c.parent == sector.code]
        union = shapely.coverage_union_all(parts)
        assert shapely.symmetric_difference(union, sector.geometry).area == 0.0
        assert all(sector.geometry.covers(part) for part in parts)
    whole = shapely.coverage_union_all([sector.geometry for sector in seed.sectors])
    assert shapely.symmetric_difference(whole, seed.street.geometry).area == 0.0


def test_police_areas_coincide_with_the_sectors(seed):
    """R9, in our illustration: equal to the vertex."""
    for area, sector in zip(seed.police_areas, seed.sectors, strict=True):
        assert area.parent == sector.code
        assert area.name == sector.properties["police_area"]
        assert area.geometry.equals_exact(sector.geometry, 0.0)


def test_sizes(seed):
    km2 = {a.code: geometry_to_metres(a.geometry).area / 1e6 for a in (seed.street, *seed.sectors)}
    assert km2["310114001"] == pytest.approx(5.65, abs=0.01)
    assert km2["140901"] == pytest.approx(2.20, abs=0.01)
    assert km2["140902"] == pytest.approx(3.45, abs=0.01)


def test_the_sectors_meet_on_the_dividing_line(seed):
    west, east = (geometry_to_metres(sector.geometry) for sector in seed.sectors)
    shared = shapely.line_merge(west.boundary.intersection(east.boundary))
    line = geometry_to_metres(seed.split_line.geometry)
    assert shapely.hausdorff_distance(shared, line) < 0.005
    assert line.length == pytest.approx(2112, abs=2)
    assert seed.split_line.name == "新成路"


def test_twins_across_the_dividing_line(seed, known):
    """迎园五八坊 and 新成八坊: within 100 m of the line, on opposite sides."""
    west, east = known["迎园新村五八坊"], known["迎园路488弄"]
    assert east.name == "新成八坊"
    line = geometry_to_metres(seed.split_line.geometry)
    for place, sector in ((west, seed.sectors[0]), (east, seed.sectors[1])):
        assert geometry_to_metres(at(place)).distance(line) < 100
        assert sector.geometry.covers(at(place))
    assert seed.sectors[0].name.startswith("迎园")


def test_places_have_a_name_a_point_and_a_notice(seed):
    everything = places()
    assert len(everything) == 115
    assert sum(place.in_street for place in everything) == 45
    for place in everything:
        assert place.address
        assert place.quality in "ABCD"
        assert "未经实测" in place.notice
        assert ("不能单独采信" in place.notice) == (place.quality == "C")
        assert ("反例" in place.notice) == (place.quality == "D") == place.is_counter_example
        assert seed.street.geometry.covers(at(place)) == place.in_street
    assert {p.address for p in everything if p.is_counter_example} == {
        "回城南路1128号", "民乐社区怡景花园小区", "民乐社区民乐路100弄", "陈泽路386弄",
    }  # fmt: skip
    assert not any(place.in_street for place in everything if place.is_counter_example)


def test_positions_are_chainages_where_there_is_an_anchor():
    rows = list(csv.DictReader(text("places.csv").splitlines()))
    anchors = list(csv.DictReader(text("number_anchors.csv").splitlines()))
    along = [row for row in rows if row["road_id"]]
    assert len(along) == len(anchors) == 39
    as_anchor = {
        (row["road"], row["number"], row["unit"], row["road_id"], row["chainage_m"],
         row["offset_m"], row["side"])
        for row in along
    }  # fmt: skip
    assert as_anchor == {
        (a["road"], a["number"], a["unit"], a["road_id"], a["chainage_m_along_traced_line"],
         a["offset_m"], a["side_of_line"])
        for a in anchors
    }  # fmt: skip
    for row in rows:
        assert bool(row["lon"]) != bool(row["road_id"])
        if row["lon"]:
            assert len(row["lon"].split(".")[1]) == len(row["lat"].split(".")[1]) == 4
            assert "4位小数" in row["notice"]


@pytest.mark.parametrize(
    ("address", "lon", "lat"),
    [
        ("新成路118号", 121.2663, 31.3784),
        ("墅沟路69弄", 121.2732, 31.3818),
        ("叶城路505弄", 121.2591, 31.3719),
        ("迎园路488弄", 121.2629, 31.3875),
    ],
)
def test_walked_positions_are_where_the_geocoders_had_them(known, address, lon, lat):
    assert distance_m(known[address].point, LonLat(lon, lat)) < 8


def test_sides_of_a_road():
    """On a road going north, left is west; the ends are not overrun."""
    east, north = 620_000.0, 3_474_000.0
    road = shapely.LineString([(east, north), (east, north + 100)])
    for side, sign in (("left", -1), ("right", 1)):
        point = place_along(road, chainage_m=40, offset_m=10, side=side)
        expected = to_degrees(easting=east + sign * 10, northing=north + 40)
        assert (point.lon, point.lat) == pytest.approx(expected, abs=1e-10)
    end = place_along(road, chainage_m=1e6, offset_m=0, side="left")
    assert (end.lon, end.lat) == pytest.approx(
        to_degrees(easting=east, northing=north + 100), abs=1e-10
    )


def test_crossings_lie_on_both_roads(seed):
    roads = {}
    for road in seed.roads:
        roads.setdefault(road.name, []).append(geometry_to_metres(road.geometry))
    pairs = set()
    for crossing in crossings():
        here = geometry_to_metres(shapely.Point(crossing.point.lon, crossing.point.lat))
        for name in (crossing.road_a, crossing.road_b):
            assert min(line.distance(here) for line in roads[name]) <= crossing.gap_m + 2
        inside = seed.street.geometry.covers(shapely.Point(crossing.point.lon, crossing.point.lat))
        assert inside == crossing.in_street
        pairs.add(frozenset((crossing.road_a, crossing.road_b)))
    assert len(pairs) == 35
    assert frozenset(("塔城路", "墅沟路")) not in pairs


def test_neighbours_leave_at_most_slivers(seed):
    names = {area.name for area in seed.neighbours}
    assert {"嘉定镇街道", "徐行镇", "马陆镇"} <= names
    street = geometry_to_metres(seed.street.geometry)
    shapes = geometry_to_metres(np.array([area.geometry for area in seed.neighbours]))
    overlap = max(shapely.area(shapely.intersection(shapes, street)))
    assert overlap < 0.01 * street.area


def test_licence_and_readme_ship_with_the_data():
    assert "Open Database License" in text("LICENSE")
    readme = text("README.md")
    for entry in DATA.iterdir():
        assert entry.name in {"README.md", "LICENSE"} or f"`{entry.name}`" in readme
