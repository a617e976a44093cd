"""Positions from words, in a town one can draw: two streets that cross at right angles.

甲路 runs north–south, 乙路 west–east; they meet at the origin. 丙路 runs west–east 300 m north and
ends 30 m short of 甲路; 丁路 lies far off. Numbers grow northward on 甲路: odd on the west side.
"""

from dataclasses import replace
from functools import cache
from math import hypot

import pytest

from geo.addresses import read
from geo.crossings import crossings
from geo.geocoding import Geocoder
from geo.lexicon import Lexicon
from geo.places import Address, Alias, Gazetteer, Place, PlaceKind, Quality, Road
from geo.readings import GridShare, Outcome, Precision
from geo.scoring import Weights
from geo.spots import Link
from geo.streets import StreetMap, lonlat, metres_of

ORIGIN = (620_000.0, 3_474_000.0)


def at(east, north):
    return lonlat((ORIGIN[0] + east, ORIGIN[1] + north))


def road(id, name, *points, **given):
    return Road(id=id, name=name, line=tuple(at(*p) for p in points), radius_m=1.0, **given)


def plate(number, east, north, **given):
    return Place(
        id=f"p:{number}",
        kind=PlaceKind.DOORPLATE,
        address=Address(road="甲子路", number=number),
        point=at(east, north),
        radius_m=5.0,
        quality=Quality.SURVEYED,
        **given,
    )


@cache
def town():
    return Gazetteer(
        version="t",
        roads=(
            road("A", "甲子路", (0, -500), (0, 500), width_m=20.0),
            road("B", "乙丑路", (-500, 0), (500, 0), width_m=20.0),
            road("C", "丙寅路", (30, 300), (500, 300)),
            road("D", "丁卯路", (5000, 0), (5000, 500)),
        ),
        places=(
            plate(101, -15, 100),
            plate(121, -15, 180),
            plate(141, -15, 490),
            plate(102, 15, 100),
            Place(
                id="p:园",
                kind=PlaceKind.COMPOUND,
                name="碧水花园",
                address=Address(road="乙丑路", lane=88),
                aliases=(Alias(text="碧水"),),
                point=at(300, -60),
                radius_m=5.0,
                quality=Quality.SURVEYED,
            ),
            Place(
                id="p:园/3",
                kind=PlaceKind.BUILDING,
                name="3号",
                address=Address(road="乙丑路", lane=88, number=3),
                point=at(320, -90),
                radius_m=5.0,
                quality=Quality.SURVEYED,
                parent="p:园",
            ),
        ),
    )


class West:
    """Two grids, divided by 甲子路."""

    def shares(self, point, _sigma):
        return (self.area("W" if metres_of(point)[0] < ORIGIN[0] else "E"),)

    def along(self, _line):
        return (self.area("W"),)

    def town(self, _point):
        return None

    def area(self, code):
        return GridShare(code=code, name=code, sector=None, share=1.0)


@cache
def geocoder():
    return Geocoder.of(town(), West(), Weights())


def first(text):
    return geocoder().geocode(text).candidates[0]


def where(found):
    east, north = metres_of(found.point)
    return east - ORIGIN[0], north - ORIGIN[1]


@pytest.mark.parametrize(
    ("text", "precision", "spot"),
    [
        ("甲子路乙丑路路口", "crossing", (0, 0)),
        ("乙丑路近甲子路路口", "crossing", (0, 0)),
        ("甲子路乙丑路东北角", "corner", (10.6, 10.6)),
        ("甲子路和乙丑路口西南角", "corner", (-10.6, -10.6)),
        # Along the first-named road where it goes that way, else straight.
        ("甲子路乙丑路口往北120米", "offset", (0, 120)),
        ("乙丑路甲子路口向东80米", "offset", (80, 0)),
        ("甲子路乙丑路口往东80米", "offset", (80, 0)),
        ("甲子路乙丑路口往东北100米", "offset", (0, 100)),
        # Odd numbers on their own side, between the nearest known ones.
        ("甲子路111号", "interpolated", (-15, 140)),
        ("甲子路101号", "door", (-15, 100)),
        ("甲子路101号对面", "door", (15, 100)),
        ("碧水花园", "compound", (300, -60)),
        ("乙丑路88弄", "lane", (300, -60)),
        ("乙丑路88弄3号", "building", (320, -90)),
        ("碧水花园3号楼", "building", (320, -90)),
        ("甲子路101号往北30米", "offset", (-15, 130)),
    ],
)
def test_where_words_put_it(text, precision, spot):
    found = first(text)
    assert found.precision == precision
    assert hypot(where(found)[0] - spot[0], where(found)[1] - spot[1]) < 1.5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("甲子路丙寅路路口", "V4"),  # 30 m between the ends
        ("甲子路丁卯路路口", "V4"),
        ("甲子路131号", "V3"),  # 310 m between 121 and 141: too far to say
        ("甲子路999号", "V3"),
        ("甲子路111弄碧水花园", "V2"),
        ("碧水花园附近", "V7"),
        ("甲子路", "V6"),
        ("甲子路101号和乙丑路88弄", "V5"),
        ("我住在甲子路101号", "V10"),
        ("甲子路101号阳光小区", "V9"),
        ("甲子路101号碧水花园", "V2"),
    ],
)
def test_what_is_asked(text, code):
    answer = geocoder().geocode(text)
    assert answer.outcome is Outcome.ASK
    assert code in {veto.code for veto in answer.vetoes}
    assert answer.found is None


def test_uncertainty_grows_with_what_is_not_said():
    crossing, corner = first("甲子路乙丑路路口"), first("甲子路乙丑路东北角")
    assert crossing.radius_m == pytest.approx(hypot(18, 1), abs=0.1)
    assert corner.radius_m == pytest.approx(hypot(10, 1), abs=0.1)
    assert first("甲子路111号").radius_m > first("甲子路101号").radius_m
    assert first("甲子路乙丑路口往北200米").radius_m > 40
    assert first("碧水花园附近").radius_m == pytest.approx(first("碧水花园").radius_m + 60)


def test_an_interpolated_number_never_lies_beyond_the_known_ones():
    numbers = [where(first(f"甲子路{n}号"))[1] for n in range(103, 121, 2)]
    assert numbers == sorted(numbers)
    assert all(100 < n < 180 for n in numbers)


def test_a_segment_is_a_line_between_its_crossings():
    reading = read("甲子路从乙丑路到丙寅路", Lexicon(town()))
    assert reading.spots[0].link is Link.SEGMENT
    found = first("甲子路从乙丑路到丙寅路")
    assert found.precision is Precision.SEGMENT
    ends = sorted(round(metres_of(point)[1] - ORIGIN[1]) for point in found.line)
    assert (ends[0], ends[-1]) == (0, 300)


def test_crossings_are_the_meetings_of_lines():
    found = {frozenset((c.road_a, c.road_b)): c for c in crossings(town())}
    assert {frozenset(pair) for pair in (("甲子路", "乙丑路"), ("甲子路", "丙寅路"))} == set(found)
    assert found[frozenset(("甲子路", "丙寅路"))].gap_m == 30.0
    assert len(found[frozenset(("甲子路", "乙丑路"))].arms) == 4


def test_the_plates_of_a_side_know_their_road():
    streets = StreetMap(town())
    west = streets.numbers("甲子路", odd=True)
    assert [p.number for p in west] == [101, 121, 141]
    assert all(p.left_m == pytest.approx(15.0, abs=0.1) for p in west)
    assert streets.numbers("甲子路", odd=False)[0].left_m == pytest.approx(-15.0, abs=0.1)


def test_a_name_that_is_nothing_but_a_filler_breaks_no_gazetteer():
    """An imported shop may be called so; the intake of every other report must not suffer."""
    odd = Place(id="p:odd", kind=PlaceKind.POI, name="就是", point=at(0, 0))
    whole = replace(town(), places=(*town().places, odd))
    answer = Geocoder.of(whole, West(), Weights()).geocode("就是在碧水花园")
    assert answer.candidates[0].label.startswith("碧水花园")
