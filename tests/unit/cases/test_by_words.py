"""From what the geocoder makes of a text to whose the case is: sure, asked, outside, or at odds."""

from dataclasses import replace

import pytest
import shipped
import stories

from boundaries.assignment import assign
from boundaries.model import AssignmentStatus, Named, ReasonCode
from cases import by_words
from cases.flow.ground import ground, is_sure
from cases.model import RawPoint, Status
from geo.datums import Datum, from_cgcs2000
from geo.points import LonLat
from geo.readings import Found, Geocoded, GridShare, Outcome, Part, Precision

SURE = LonLat(121.270, 31.3865)  # 新望社区
ON_THE_LINE = LonLat(121.2636769, 31.3844737)
MALU = LonLat(121.30, 31.3885)
TOWN = shipped.territory()


def found(point=SURE, radius=15.0, **given):
    fields = {
        "key": "place:p:x",
        "label": "仓场路331号",
        "point": point,
        "radius_m": radius,
        "confidence": 0.97,
        "precision": Precision.DOOR,
        "shares": (GridShare(code="14090202", name="新望社区网格", sector="140902", share=1.0),),
    }
    return Found(**fields | given)


def told(outcome, *candidates, **given):
    first = candidates[0] if candidates else None
    sure = outcome in (Outcome.ACCEPTED, Outcome.OUT_OF_AREA)
    fields = {
        "outcome": outcome,
        "found": first if sure else None,
        "candidates": candidates,
        "confidence": first.confidence if first else 0.0,
        "grid_share": 1.0,
        "parts": (Part(role="road", text="仓场路", start=0, end=3),) if candidates else (),
        "vetoes": (),
        "explanation": ("“仓场路331号”在地名库中",),
        "normalised": "",
        "clause": "",
        "gazetteer_version": "g1",
    }
    return Geocoded(**fields | given)


def pair(point=SURE, radius=20.0):
    return assign(TOWN, point=point, radius=radius)


# words alone


def test_a_sure_text_is_decided_like_a_pair_and_says_how_it_came_about():
    placed = by_words.placed_by_words(TOWN, told(Outcome.ACCEPTED, found()))
    assert placed.problem is None
    place = placed.place
    assert (place.status, place.community.code) == (AssignmentStatus.ASSIGNED, "14090202")
    assert (place.point, place.radius_m) == (SURE, 20.0)
    assert place.explanation[0] == "“仓场路331号”在地名库中"
    assert place.explanation[1] == "按文字地址定位，按 20 米误差圆判定"


def test_a_sure_text_beside_an_edge_leaves_the_grid_to_a_person():
    placed = by_words.placed_by_words(TOWN, told(Outcome.ACCEPTED, found(ON_THE_LINE)))
    assert (placed.problem, placed.place.status) == (None, AssignmentStatus.BOUNDARY_REVIEW)


@pytest.mark.parametrize(
    ("geocoded", "problem"),
    [
        (told(Outcome.ASK, found()), "ADDRESS_AMBIGUOUS"),
        (told(Outcome.ACCEPTED, found(point=None)), "ADDRESS_AMBIGUOUS"),
        (told(Outcome.ASK, found(), place_sure=True), "LOW_GEOCODE_QUALITY"),
        (told(Outcome.ASK, parts=(Part(role="road", text="和", start=0, end=1),)),
         "LOW_GEOCODE_QUALITY"),
        (told(Outcome.NOT_FOUND, parts=(Part(role="admin", text="嘉定区", start=0, end=3),)),
         "LOW_GEOCODE_QUALITY"),
        (told(Outcome.NOT_FOUND, parts=(Part(role="unknown", text="某苑", start=0, end=2),)),
         "NO_LOCATION"),
        (told(Outcome.NOT_FOUND), "NO_LOCATION"),
    ],
)  # fmt: skip
def test_what_is_not_sure_waits_for_a_person_with_its_reason(geocoded, problem):
    placed = by_words.placed_by_words(TOWN, geocoded)
    assert (placed.place.status, placed.place.point) == (AssignmentStatus.NO_LOCATION, None)
    assert placed.problem == placed.place.reason_code == problem
    assert placed.place.explanation == geocoded.explanation


def test_out_of_area_names_the_neighbour_with_or_without_a_point():
    known = told(Outcome.OUT_OF_AREA, found(MALU, in_ring=True), belongs_to="马陆镇")
    named = told(Outcome.OUT_OF_AREA, found=None, belongs_to="马陆镇")
    elsewhere = told(Outcome.OUT_OF_AREA, found=None, belongs_to="普陀区")
    by_point, by_name, far = (
        by_words.placed_by_words(TOWN, one) for one in (known, named, elsewhere)
    )
    for placed in (by_point, by_name, far):
        assert placed.problem is None
        assert placed.place.status is AssignmentStatus.OUT_OF_AREA
        assert placed.place.reason_code == ReasonCode.OUTSIDE_STREET
    assert by_point.place.belongs_to == by_name.place.belongs_to
    assert by_point.place.belongs_to.name == "马陆镇"
    assert by_point.place.distance_to_boundary_m > 1000
    assert by_name.place.point is None
    assert far.place.belongs_to == Named(code=None, name="普陀区")


def test_words_outside_at_a_point_inside_are_asked_about():
    placed = by_words.placed_by_words(TOWN, told(Outcome.OUT_OF_AREA, found(SURE)))
    assert placed.problem == "ADDRESS_AMBIGUOUS"


def test_words_never_let_the_router_refuse():
    """A report may state an accuracy without a pair; its words are no measurement (A-7)."""
    place = by_words.placed_by_words(
        TOWN, told(Outcome.OUT_OF_AREA, found(MALU), belongs_to="马陆镇")
    ).place
    outside = ground(place, "140901", stories.SECTORS)
    by_pair = RawPoint(lon=MALU.lon, lat=MALU.lat, crs="WGS84")
    for raw, sure in (
        (by_pair, True),
        (None, False),
        (RawPoint(lon=0.0, lat=0.0, crs="WGS84"), False),
        (RawPoint(lon=MALU.lon, lat=MALU.lat, crs=None), False),
    ):
        report = stories.report(raw=raw, accuracy_m=10.0)
        assert is_sure(report, place, outside, stories.STANDING) is sure


# words beside a pair


def test_a_text_that_agrees_or_is_not_sure_leaves_the_pair_alone():
    near = LonLat(SURE.lon + 0.0009, SURE.lat)  # 86 m
    for geocoded in (
        told(Outcome.ACCEPTED, found(near)),
        told(Outcome.ACCEPTED, found(MALU, radius=1000.0)),
        told(Outcome.ASK, found(MALU)),
        told(Outcome.NOT_FOUND),
    ):
        assert by_words.checked_by_words(TOWN, pair(), geocoded).place == pair()


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_pair_in_a_wrongly_declared_datum_is_caught_by_the_text(datum):
    lon, lat = from_cgcs2000(lon=SURE.lon, lat=SURE.lat, datum=datum)
    wrong = pair(LonLat(lon, lat))
    placed = by_words.checked_by_words(TOWN, wrong, told(Outcome.ACCEPTED, found()))
    assert placed.problem == placed.place.reason_code == "TEXT_DISAGREES"
    assert placed.place.status is AssignmentStatus.NO_LOCATION
    assert "仓场路331号" in placed.place.explanation[0]
    assert placed.grids[0].community.code == "14090202"


def test_a_foreign_town_in_the_text_speaks_against_a_pair_inside_only():
    foreign = told(Outcome.OUT_OF_AREA, found=None, belongs_to="马陆镇")
    assert by_words.checked_by_words(TOWN, pair(), foreign).problem == "TEXT_DISAGREES"
    outside = pair(MALU)
    assert by_words.checked_by_words(TOWN, outside, foreign).place == outside


def test_a_pair_that_cannot_be_read_keeps_its_problem_beside_the_words():
    undeclared = by_words.Placed(
        place=replace(stories.nowhere(), reason_code="CRS_UNDECLARED", explanation=("未声明",)),
        problem="CRS_UNDECLARED",
    )
    asked = by_words.asked_all_the_same(undeclared, told(Outcome.ACCEPTED, found()))
    assert (asked.problem, asked.place.status) == ("CRS_UNDECLARED", AssignmentStatus.NO_LOCATION)
    assert asked.place.explanation == ("未声明", "“仓场路331号”在地名库中")


# which words


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("路灯不亮", "仓场路331号路灯不亮", " 仓场路331号 "),
         ("仓场路331号", "路灯不亮\n仓场路331号路灯不亮")),
        (("仓场路331号", "仓场路331号路灯不亮", None), ("仓场路331号路灯不亮",)),
        (("仓场路331号", None, ""), ("仓场路331号",)),
        ((None, None, None), ()),
        (("  ", "\n", " "), ()),
    ],
)  # fmt: skip
def test_the_address_comes_before_what_is_told(given, expected):
    assert by_words.texts(*given) == expected


def test_an_address_that_names_nothing_gives_way_to_what_is_told():
    known = {"详见描述": told(Outcome.NOT_FOUND), "仓场路331号漏水": told(Outcome.ASK, found())}
    got = by_words.read(known.__getitem__, ("详见描述", "仓场路331号漏水"))
    assert got.text == "仓场路331号漏水"
    assert by_words.read(known.__getitem__, ("详见描述",)).text == "详见描述"
    assert by_words.read(known.__getitem__, ()) is None


def test_the_grids_of_the_candidates_share_the_probability():
    west = GridShare(code="14090101", name="仓场社区网格", sector="140901", share=0.75)
    out = GridShare(code=None, name="街道以外", sector=None, share=0.25)
    geocoded = told(
        Outcome.ASK,
        found(confidence=0.6),
        found(confidence=0.2, shares=(west, out)),
        found(confidence=0.9, shares=()),
    )
    grids = by_words.grids_of(TOWN, geocoded)
    named = [(grid.community.code if grid.community else None, grid.share) for grid in grids]
    assert named == [("14090202", 0.75), ("14090101", 0.188), (None, 0.062)]
    assert grids[-1].outside
    assert by_words.grids_of(TOWN, told(Outcome.NOT_FOUND)) == ()


# a report that comes again


@pytest.mark.parametrize(
    ("before", "now", "moves"),
    [
        (None, None, True),
        (RawPoint(lon=0.0, lat=0.0, crs="WGS84"), None, True),
        (RawPoint(lon=121.27, lat=31.38, crs=None), None, False),
        (None, RawPoint(lon=121.27, lat=31.38, crs=None), False),
    ],
)
def test_an_address_that_comes_later_places_a_waiting_case_unless_a_pair_says_otherwise(
    before, now, moves
):
    story = stories.begun(
        stories.nowhere(), problem="NO_LOCATION", raw=before, accuracy_m=None, address=None
    )
    place = by_words.placed_by_words(TOWN, told(Outcome.ACCEPTED, found())).place
    later = {"raw": now, "accuracy_m": None, "address": "仓场路331号"}
    events = story.play(stories.again(place, **later), by="platform-12345")
    case = story.case
    assert ("LocationCorrected" in events) is moves
    assert (case.report.address, case.report.raw) == ("仓场路331号", before)
    assert story.replayed == case
    if moves:
        assert (case.status, case.desk) == (Status.RECEIVED, "140902")
        assert (case.location_problem, case.sector.code) == (None, "140902")
        assert story.told("LocationCorrected")[0].event.reason == "来源补报地址"
    else:
        assert case.status is Status.NO_LOCATION
