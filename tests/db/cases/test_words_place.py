"""Reports that tell their place in words: routed, asked about, proposed for refusal, never lost."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, text
from stories import NOW, report

from boundaries.geocoders import Geocoders
from boundaries.locate import Locator
from cases import commands as do
from cases import desk, queries
from cases.desk import BetterPlace, Office
from cases.intake import Incoming, receive
from cases.model import Number, RawPoint, Status
from cases.policy import Policy
from cases.roles import actor
from geo.datums import Datum, from_cgcs2000
from geo.labels import labels, learned_aliases
from geo.points import LonLat

PLATFORM, WEST = actor("platform-12345"), actor("coordinator-140901")
SURE = "叶城路505弄"  # 爱里舍花园
AT = LonLat(121.2591, 31.3719)
ELSEWHERE = RawPoint(lon=121.270, lat=31.3865, crs="WGS84")  # 新望社区


@pytest.fixture(scope="module")
def office():
    """An office that reads words, under the street centre's standing rules (A-7)."""
    locator = Locator()
    policy = Policy(auto_refuse=True, auto_redispatch=True)
    return Office(locator=locator, policy=policy, new_id=uuid.uuid4, geocoders=Geocoders(locator))


@pytest.fixture
def bring(conn, office):
    def brought(address=SURE, *, number="A1", now=NOW, **told):
        told = {"raw": None, "accuracy_m": None, "address": address} | told
        told["numbers"] = (Number(kind="12345", number=number),)
        return receive(conn, office, Incoming(report=report(**told)), actor=PLATFORM, now=now).case

    return brought


def raw(datum, crs=None, at=AT):
    lon, lat = from_cgcs2000(lon=at.lon, lat=at.lat, datum=datum)
    return RawPoint(lon=lon, lat=lat, crs=crs)


def test_a_sure_address_is_routed_at_once_and_explained(conn, bring):
    case = bring()
    assert (case.status, case.desk) == (Status.RECEIVED, "140901")
    assert case.community.name == "爱里舍花园社区网格"
    assert (case.location_problem, case.report.raw) == (None, None)
    assert "叶城路" in "".join(case.place.explanation)
    assert queries.case(conn, case.id) == case


def test_without_an_address_the_telling_is_read(bring):
    case = bring(None, title="占道", description=f"{SURE}门口有流动摊贩占道")
    assert (case.status, case.desk) == (Status.RECEIVED, "140901")


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("迎园新村三坊12号门口", "ADDRESS_AMBIGUOUS"),
        ("塔城路墅沟路路口", "ADDRESS_AMBIGUOUS"),
        (None, "NO_LOCATION"),
    ],
)
def test_what_is_not_sure_waits_for_a_person(bring, address, problem):
    case = bring(address)
    assert (case.status, case.location_problem) == (Status.NO_LOCATION, problem)
    assert (case.desk, case.point) == (None, None)


@pytest.mark.parametrize(
    ("address", "owner", "placed"),
    [("马陆镇沪宜公路3145号", "马陆镇", True), ("普陀区长寿路100号", "普陀区", False)],
)
def test_out_of_area_by_words_is_proposed_and_refused_by_a_person_only(
    conn, office, bring, address, owner, placed
):
    case = bring(address, accuracy_m=10.0, to_sector="140901")
    assert (case.status, case.proposal, case.refusals) == (Status.RECEIVED, "rejection", ())
    assert case.place.belongs_to.name == owner
    assert (case.point is not None) is placed
    refused = desk.handle(conn, office, case.id, do.Reject(reason="不在"), actor=WEST, now=NOW)
    assert refused.status is Status.REJECTED
    assert refused.refusals[0].belongs_to.name == owner
    assert queries.case(conn, case.id) == refused


def test_a_pair_of_another_place_than_the_texts_is_never_assigned_in_silence(bring):
    case = bring(raw=ELSEWHERE, accuracy_m=10.0)
    assert (case.status, case.location_problem) == (Status.NO_LOCATION, "TEXT_DISAGREES")
    wrong_datum = bring(raw=raw(Datum.GCJ02, "WGS84"), accuracy_m=10.0, number="A2")
    assert wrong_datum.location_problem == "TEXT_DISAGREES"
    rightly = bring(raw=raw(Datum.GCJ02, "GCJ-02"), accuracy_m=10.0, number="A3")
    assert (rightly.status, rightly.location_problem) == (Status.RECEIVED, None)


def test_an_undeclared_datum_is_inferred_and_asked_about(conn, office, bring):
    case = bring(raw=raw(Datum.BD09), accuracy_m=10.0)
    assert (case.status, case.location_problem) == (Status.NO_LOCATION, "CRS_UNDECLARED")
    told = desk.candidates(office, conn, case, (SURE,), at=NOW).geocoded
    assert told.datum_inferred == "BD-09"
    assert told.candidates[0].key == "coordinates:BD-09"
    assert told.outcome.value == "ask"


def test_an_address_that_comes_later_places_the_waiting_case(bring):
    waiting = bring(None)
    assert waiting.status is Status.NO_LOCATION
    placed = bring(now=NOW + timedelta(minutes=5))
    assert (placed.id, placed.status, placed.desk) == (waiting.id, Status.RECEIVED, "140901")
    assert placed.report.address == SURE


def test_words_cost_one_statement_and_none_where_there_are_none(conn, office):
    seen = []
    event.listen(conn, "before_cursor_execute", lambda *told: seen.append(told[2]))

    def statements(which, **told):
        seen.clear()
        told = {"raw": ELSEWHERE, "numbers": (), "address": None} | told
        with conn.begin_nested():
            receive(conn, which, Incoming(report=report(**told)), actor=PLATFORM, now=NOW)
        return [one for one in seen if "SAVEPOINT" not in one]

    plain = Office(locator=office.locator, policy=office.policy, new_id=uuid.uuid4)
    statements(office)  # what is built once
    conn.info.pop("pianqu_gazetteer", None)
    with_words, without = statements(office, address="仓场路"), statements(plain)
    assert len(with_words) <= len(without) + 1
    none = statements(office, title="", description="")
    assert len(none) == len(statements(plain, title="", description=""))


def corrected(conn, office, case, account, chosen, spot=AT):
    better = BetterPlace(
        raw=RawPoint(lon=spot.lon, lat=spot.lat, crs="CGCS2000"),
        accuracy_m=20.0,
        reason="按候选定位",
        chosen=chosen,
    )
    who = replace(WEST, account=account)
    return desk.relocate(conn, office, case.id, better, actor=who, now=NOW)


def test_a_confirmed_place_is_a_label_of_the_same_transaction(conn, office, bring):
    case = bring("迎园新村三坊12号门口")
    offered = desk.candidates(office, conn, case, (case.report.address,), at=NOW).geocoded
    moved = corrected(conn, office, case, "甲", "place:p:叶城路505弄")
    assert moved.status is not Status.NO_LOCATION
    [label] = labels(conn)
    assert (label.case_id, label.account, label.chosen) == (case.id, "甲", "place:p:叶城路505弄")
    assert [one.key for one in label.candidates] == [one.key for one in offered.candidates]
    assert (label.outcome, label.gazetteer_version) == ("ask", offered.gazetteer_version)
    assert "迎园" in label.clause


def test_a_refused_correction_leaves_no_label(conn, office, bring):
    case = bring("迎园新村三坊12号门口")
    with pytest.raises(Exception, match="新位置"):
        corrected(conn, office, case, "甲", None, LonLat(0.0, 0.0))
    assert labels(conn) == ()


def test_a_click_far_from_the_candidate_it_names_is_a_click_on_the_map(conn, office, bring):
    case = bring("仓场路331号附近")
    offered = desk.candidates(office, conn, case, ("仓场路331号附近",), at=NOW)
    key = offered.geocoded.candidates[0].key
    corrected(conn, office, case, "甲", key, AT)
    assert labels(conn)[0].chosen is None


def test_a_name_two_people_confirm_for_one_place_is_learned(conn, office, bring):
    told = "幸福大厦旁"
    for number, account in (("B1", "甲"), ("B2", "乙")):
        assert learned_aliases(conn) == ()
        case = bring(told, number=number)
        corrected(conn, office, case, account, "place:p:叶城路505弄")
    names = conn.execute(text("SELECT unmatched_name FROM geocode_label")).scalars().all()
    assert names == ["幸福大厦", "幸福大厦"]
    assert learned_aliases(conn) == (("幸福大厦", "p:叶城路505弄"),)
