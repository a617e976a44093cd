"""Whom the machine proposes: every weight of the table, in numbers one can work out by hand."""

import pytest

from cases.proposals import WEIGHTS, Facts, metres, rank, score, station_why, why


def facts(post="patrol-140901", **told):
    return Facts(**{"post": post, "on_duty": True, "duty_why": "当班"} | told)


@pytest.mark.parametrize(
    ("told", "points"),
    [
        ({}, 55.0),  # there, nothing in hand
        ({"on_duty": False}, 15.0),
        ({"open_cases": 2}, 45.0),
        ({"distance_m": 0.0, "age_s": 30}, 90.0),
        ({"distance_m": 500.0, "age_s": 30}, 71.0),  # 30/e
        ({"distance_m": 0.0, "age_s": 900, "stale": True}, 70.0),  # half, and not fresh
        ({"distance_m": 0.0, "age_s": 200}, 85.0),  # still good, no longer fresh
        ({"own_grid": True}, 65.0),
        ({"asked": True, "own_grid": True}, 65.0),  # once
        ({"distance_m": 0.0, "age_s": 0, "own_grid": True}, 100.0),
    ],
)
def test_the_points_of_a_party(told, points):
    assert score(facts(**told)) == pytest.approx(points, abs=0.05)


def test_the_table_sums_to_a_hundred():
    assert sum(WEIGHTS.values()) == 100.0


def test_who_is_there_stands_before_who_is_near():
    near_and_away = facts("a", on_duty=False, duty_why="未排班", distance_m=10.0, age_s=10)
    far_and_there = facts("b", distance_m=1500.0, age_s=10, open_cases=3)
    assert [one.facts.post for one in rank([near_and_away, far_and_there])] == ["b", "a"]


def test_ties_go_by_the_posts_name_whatever_the_order():
    three = [facts(post) for post in ("c", "a", "b")]
    assert [one.facts.post for one in rank(three)] == ["a", "b", "c"]
    assert rank(three) == rank(reversed(three))


def test_the_reasons_are_the_screens_words():
    one = facts(distance_m=318.0, age_s=70, open_cases=2)
    assert why(one) == ("在岗", "距现场 320 米", "手上 2 件", "位置 1 分钟前")
    old = facts(on_duty=False, duty_why="未报到", distance_m=1234.0, age_s=7300, stale=True)
    assert why(old) == (
        "不在岗（未报到）", "距现场 1.2 公里", "手上没有案件", "位置 2 小时前，已陈旧",
    )  # fmt: skip
    assert why(facts(asked=True))[:2] == ("在岗", "提请联动")
    assert why(facts(own_grid=True))[-1] == "没有位置"


def test_a_station_says_what_speaks_for_and_against_it():
    own = facts("station-14090102", own_grid=True, open_cases=4)
    assert station_why(station=own, people=2) == ("本网格工作站", "在岗 2 人", "手上 4 件")
    other = facts("station-14090103", on_duty=False, duty_why="非运行时间", returned=True)
    assert station_why(station=other, people=0) == (
        "非本网格", "无人在岗（非运行时间）", "手上没有案件", "本案曾由该站退单",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("away", "said"), [(0.4, "10 米"), (95.0, "100 米"), (999.0, "1000 米"), (1050.0, "1.1 公里")]
)
def test_distances_as_people_say_them(away, said):
    assert metres(away) == said
