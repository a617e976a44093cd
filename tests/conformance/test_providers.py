"""The online geocoders, against loopback servers that answer as their pages say (A-3).

Good answers, nothing found, used-up allowances, wrong keys, other cities, middles of towns, points
given for nothing, rubbish, silence: no answer is ever believed alone and nothing is ever raised.
"""

import json
import logging
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from map_services import KEY, closed_port, map_services

from geo.datums import Datum, from_cgcs2000
from geo.hits import HitLevel, agreement, usable, usable_hits
from geo.points import LonLat, distance_m
from geo.providers.amap import Amap
from geo.providers.asking import Asker, make_client
from geo.providers.baidu import Baidu
from geo.providers.tencent import Tencent
from geo.providers.tianditu import Tianditu

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
HERE = LonLat(121.2671, 31.3842)
MIDDLE = LonLat(121.2668, 31.383)
CLAUSE = "和政路228弄"
ALL = ("tianditu", "amap", "tencent", "baidu")
MAKERS = {"tianditu": Tianditu, "amap": Amap, "tencent": Tencent, "baidu": Baidu}


def pair(datum, point=HERE):
    return from_cgcs2000(lon=point.lon, lat=point.lat, datum=datum)


def tianditu_place(point=HERE, level="门址", **more):
    return {"lon": str(point.lon), "lat": str(point.lat), "level": level, **more}


def amap_place(point=HERE, level="门牌号", name="上海市嘉定区和政路228弄", adcode="310114", **more):
    lon, lat = pair(Datum.GCJ02, point)
    place = {"location": f"{lon:.6f},{lat:.6f}", "level": level, "adcode": adcode}
    return place | {"formatted_address": name} | more


def tencent_place(point=HERE, level=9, reliability=8, plate="和政路228弄", adcode="310114"):
    lon, lat = pair(Datum.GCJ02, point)
    return {
        "location": {"lng": lon, "lat": lat},
        "address_components": {"city": "上海市", "street": "和政路", "street_number": plate},
        "ad_info": {"adcode": adcode},
        "reliability": reliability,
        "level": level,
    }


def baidu_place(point=HERE, level="门址", confidence=90, **more):
    lon, lat = pair(Datum.BD09, point)
    return {
        "location": {"lng": lon, "lat": lat},
        "confidence": confidence,
        "level": level,
    } | more


GOOD = {
    "tianditu": tianditu_place(),
    "amap": amap_place(),
    "tencent": tencent_place(),
    "baidu": baidu_place(),
}


@pytest.fixture(scope="module")
def running():
    with map_services() as found:
        yield found
    client().close()


@pytest.fixture
def services(running):
    """All four as on the first day."""
    running.reset()
    running.found = dict(GOOD)
    yield running
    running.reset()


@cache
def client():
    """One for all: making one reads the certificates of the world."""
    return make_client()


@contextmanager
def asking(services, *names, key=KEY, url=None, **given):
    made = [MAKERS[name](key=key, base_url=url or services.url) for name in names or ALL]
    one = Asker(made, client(), **given)
    try:
        yield one
    finally:
        one.close()


def hits(services, *names, clause=CLAUSE, now=NOW, **given):
    with asking(services, *names, **given) as asker:
        return asker.hits(clause, now)


def test_each_one_is_read_in_its_own_datum(services):
    found = hits(services)
    assert [hit.provider for hit in found] == list(ALL)
    assert [hit.datum for hit in found] == [
        Datum.CGCS2000,
        Datum.GCJ02,
        Datum.GCJ02,
        Datum.BD09,
    ]
    for hit in found:
        assert hit.level == HitLevel.DOOR
        assert distance_m(hit.point, HERE) < 1.0
        assert hit.radius_m <= 50
        assert usable(hit, middle=MIDDLE)
    assert found[1].name == "上海市嘉定区和政路228弄"
    assert found[2].name == "和政路228弄"
    # An echo of the question, or nothing, is no name.
    assert found[0].name == found[3].name == ""


def test_only_the_clause_is_sent_with_the_right_parameters(services):
    hits(services, "amap")
    services.asked.clear()
    hits(services)
    asked = {name: services.questions(name) for name in ALL}
    assert asked == {
        "tianditu": [{"ds": '{"keyWord": "上海市嘉定区和政路228弄"}', "tk": KEY}],
        "amap": [
            {"address": "上海市嘉定区和政路228弄", "city": "310114", "output": "JSON", "key": KEY}
        ],
        "tencent": [{"address": "上海市嘉定区和政路228弄", "output": "json", "key": KEY}],
        "baidu": [
            {"address": "上海市嘉定区和政路228弄", "city": "上海市", "output": "json", "ak": KEY}
        ],
    }
    for _, _, headers in services.asked:
        assert not {"Cookie", "Referer", "Authorization"} & set(headers)


@pytest.mark.parametrize(
    "clause",
    [
        "",
        "  ",
        "上海市嘉定区",
        "和政路228弄13812345678",
        "和政路 138 1234 5678",
        "和政路张先生家",
        "和政路abc@example.org",
        "联系人和政路",
        "路" * 61,
    ],
)
def test_what_is_no_bare_place_is_not_sent(services, clause):
    assert hits(services, clause=clause) == ()
    assert services.asked == []


def test_the_district_is_not_said_twice(services):
    hits(services, "amap", clause="上海市嘉定区 和政路228弄")
    assert services.questions("amap")[0]["address"] == "上海市嘉定区和政路228弄"


@pytest.mark.parametrize(("signs", "asked"), [(22, True), (25, True), (26, False)])
def test_baidu_is_not_asked_for_more_than_84_bytes(services, signs, asked):
    hits(services, "baidu", clause="园" * signs)
    assert bool(services.asked) == asked
    for question in services.questions("baidu"):
        assert len(question["address"].encode()) <= 84
        assert question["address"].endswith("园" * signs)


@pytest.mark.parametrize("name", ALL)
def test_nothing_found_is_no_failure(services, name):
    services.found = {}
    with asking(services, name) as asker:
        for _ in range(5):
            assert asker.hits(CLAUSE, NOW) == ()
    assert len(services.asked) == 5


@pytest.mark.parametrize("name", ALL)
def test_a_wrong_key_is_not_tried_again_for_an_hour(services, name, caplog):
    with asking(services, name, key="stolen-key") as asker, caplog.at_level(logging.DEBUG):
        for minute in (0, 1, 30, 59, 61):
            assert asker.hits(CLAUSE, NOW + timedelta(minutes=minute)) == ()
    assert len(services.asked) == 2
    ours = [one.getMessage() for one in caplog.records if one.name.startswith(("geo", "httpx2"))]
    assert ours
    assert not any("stolen-key" in one or "和政路" in one for one in ours)


@pytest.mark.parametrize("name", ALL)
def test_a_used_up_allowance_rests_until_midnight_in_shanghai(services, name):
    services.mood[name] = "quota"
    with asking(services, name) as asker:
        assert asker.hits(CLAUSE, NOW) == ()  # 18:00 in Shanghai
        assert asker.hits(CLAUSE, NOW + timedelta(hours=5, minutes=59)) == ()
        assert len(services.asked) == 1
        services.mood.clear()
        assert len(asker.hits(CLAUSE, NOW + timedelta(hours=6, minutes=1))) == 1


@pytest.mark.parametrize("name", ["amap", "tencent", "baidu"])
def test_too_often_is_a_passing_failure(services, name):
    services.mood[name] = "busy"
    assert hits(services, name) == ()
    services.mood.clear()
    assert len(hits(services, name)) == 1


@pytest.mark.parametrize("mood", ["html", "list", "endless", "deep", "500", "429", "drip", "slow"])
def test_rubbish_and_silence_are_nothing_and_open_the_circuit(services, mood):
    services.mood["amap"] = mood
    with asking(services, "amap", timeout_s=0.15) as asker:
        for _ in range(5):
            begun = time.perf_counter()
            assert asker.hits(CLAUSE, NOW) == ()
            assert time.perf_counter() - begun < 1.0
        assert len(services.asked) == 3
        services.mood.clear()
        assert asker.hits(CLAUSE, NOW + timedelta(seconds=59)) == ()
        # After a minute one question tries, and closes it.
        assert len(asker.hits(CLAUSE, NOW + timedelta(seconds=61))) == 1
        assert len(asker.hits(CLAUSE, NOW + timedelta(seconds=62))) == 1


def test_nobody_there_opens_the_circuit_and_it_stays_open_longer_each_time(services):
    url = f"http://127.0.0.1:{closed_port()}"
    with asking(services, "amap", url=url) as asker:
        guard = asker._desks[0].guard
        for second in range(3):
            assert asker.hits(CLAUSE, NOW + timedelta(seconds=second)) == ()
        assert guard.is_open(NOW + timedelta(seconds=60))
        assert not guard.is_open(NOW + timedelta(seconds=63))
        assert asker.hits(CLAUSE, NOW + timedelta(seconds=63)) == ()
        assert guard.is_open(NOW + timedelta(seconds=63 + 119))
        assert not guard.is_open(NOW + timedelta(seconds=63 + 121))


def test_a_slow_one_does_not_hold_up_the_others(services):
    services.mood["tencent"] = "slow"
    begun = time.perf_counter()
    found = hits(services, timeout_s=0.5)
    assert [hit.provider for hit in found] == ["tianditu", "amap", "baidu"]
    assert time.perf_counter() - begun < 2.0


def test_the_days_budget_is_kept_and_begins_anew(services):
    with asking(services, "amap", budget=2) as asker:
        found = [len(asker.hits(CLAUSE, NOW)) for _ in range(4)]
        assert found == [1, 1, 0, 0]
        assert len(services.asked) == 2
        assert len(asker.hits(CLAUSE, NOW + timedelta(hours=7))) == 1


def test_many_at_once_never_exceed_the_budget(services):
    with asking(services, "amap", budget=5) as asker:
        threads = [threading.Thread(target=asker.hits, args=(CLAUSE, NOW)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(services.asked) == 5


def test_without_keys_nobody_is_asked(services):
    none = Asker((), client())
    assert none.names == ()
    assert none.hits(CLAUSE, NOW) == ()
    none.close()
    assert services.asked == []


def test_after_closing_nobody_is_asked(services):
    with asking(services) as asker:
        asker.close()
        assert asker.hits(CLAUSE, NOW) == ()
    assert services.asked == []


def unusable(services):
    found = hits(services)
    return [hit.provider for hit in found if not usable(hit, middle=MIDDLE)]


def test_middles_of_towns_and_districts_are_refused(services):
    services.found = {
        "tianditu": tianditu_place(level="行政区划"),
        "amap": amap_place(level="乡镇", name="上海市嘉定区新成路街道"),
        "tencent": tencent_place(level=3, reliability=1),
        "baidu": baidu_place(level="区县", confidence=20, comprehension=0),
    }
    assert unusable(services) == list(ALL)


def test_whole_roads_are_refused(services):
    services.found = {
        "tianditu": tianditu_place(level="道路"),
        "amap": amap_place(level="道路", name="上海市嘉定区和政路"),
        "tencent": tencent_place(level=7, plate=""),
        "baidu": baidu_place(level="道路", confidence=50),
    }
    assert unusable(services) == list(ALL)


def test_another_citys_place_of_that_name_is_refused(services):
    urumqi = LonLat(87.6, 43.8)
    services.found = {
        "tianditu": tianditu_place(urumqi),
        "amap": amap_place(urumqi, name="新疆维吾尔自治区乌鲁木齐市和政路228弄", adcode="650102"),
        "tencent": tencent_place(urumqi, adcode="650102"),
        "baidu": baidu_place(urumqi),
    }
    assert unusable(services) == list(ALL)


def test_the_neighbouring_districts_place_is_refused_by_its_code(services):
    services.found = {
        "amap": amap_place(adcode="310113"),
        "tencent": tencent_place(adcode="310113"),
    }
    assert unusable(services) == ["amap", "tencent"]


@pytest.mark.parametrize(
    "spot",
    [
        "121.2653,31.375602",
        "121.269643,31.386835",
        "121.26621,31.37482",
        "121.253865,31.394553",
    ],
)
def test_the_points_given_for_nothing_are_refused(services, spot):
    services.found = {"amap": {**amap_place(), "location": spot}}
    (hit,) = hits(services, "amap")
    assert not usable(hit, middle=MIDDLE)


@pytest.mark.parametrize(
    "broken",
    [
        {"amap": {"location": [], "level": [], "formatted_address": [], "adcode": []}},
        {"amap": {"location": "x,y"}},
        {"amap": {"location": "0,0"}},
        {"amap": {"location": "NaN,NaN"}},
        {"amap": {"location": "1e308,1e308"}},
        {"amap": [None, 3, "x", {}]},
        {"tianditu": {"lon": None, "lat": True}},
        {"tianditu": {"lon": "", "lat": "31"}},
        {"tencent": {"location": None}},
        {"tencent": {"location": {"lng": 0, "lat": 0}, "level": "9", "ad_info": 3}},
        {"baidu": {"location": {"lng": [], "lat": {}}}},
        {"baidu": {"location": "x", "confidence": "high"}},
    ],
)
def test_an_answer_of_another_shape_is_no_place(services, broken):
    services.found = broken
    found = hits(services, *broken)
    assert all(not usable(hit, middle=MIDDLE) for hit in found)


def test_a_doubtful_answer_is_vague(services):
    services.found = {
        "tianditu": tianditu_place(score=40),
        "amap": amap_place(level="未知"),
        "tencent": tencent_place(reliability=3),
        "baidu": baidu_place(confidence=70, comprehension=40),
    }
    found = hits(services)
    assert all(hit.radius_m >= 200 for hit in found)
    assert agreement(found, CLAUSE) is None


def test_two_of_different_datums_that_agree_strengthen_each_other(services):
    found = usable_hits(hits(services), middle=MIDDLE)
    agreed = agreement(found, CLAUSE)
    assert agreed is not None
    assert "amap" in agreed.providers or "tencent" in agreed.providers
    assert distance_m(agreed.point, HERE) < 2.0
    # 高德 and 腾讯 share a datum, and with it what they may have wrong.
    assert agreement([hit for hit in found if hit.datum is Datum.GCJ02], CLAUSE) is None
    # 天地图 and 百度 say no name: they may both have found something else.
    assert agreement([hit for hit in found if not hit.name], CLAUSE) is None


def test_a_datum_mistaken_for_another_never_agrees(services):
    """百度's numbers declared as GCJ-02, or 高德's as CGCS2000, lie hundreds of metres off."""
    lon, lat = pair(Datum.GCJ02)
    services.found = {"amap": amap_place(), "tianditu": {"lon": lon, "lat": lat, "level": "门址"}}
    assert agreement(hits(services, "amap", "tianditu"), CLAUSE) is None


def test_the_question_is_json_whatever_is_in_the_clause(services):
    hits(services, "tianditu", clause='和政路"},"x":{"')
    assert set(json.loads(services.questions("tianditu")[0]["ds"])) == {"keyWord"}
