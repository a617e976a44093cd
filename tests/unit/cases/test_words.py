"""Every code has its word, and every word stands in docs/glossary.md."""

from pathlib import Path

import pytest
from stories import (
    STANDING,
    begun,
    between_sectors,
    inside,
    nowhere,
    outside,
    refused,
)

from boundaries.model import AssignmentStatus, Level, ReasonCode
from boundaries.words import given_words, metres
from cases import commands as do
from cases import events as ev
from cases.clocks import RULES
from cases.model import RefusalState, Status
from cases.roles import LABELS, label
from cases.sources import SOURCES
from cases.timers import ClockState
from cases.words import REASON, REFUSAL_STATE, STATUS, event_label, next_step
from geo.location_problems import LocationProblem

GLOSSARY = (Path(__file__).parents[3] / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GLOSSARY.splitlines()
    if line.startswith("|")
]


def words_of(code):
    """What the glossary writes beside a code."""
    found = [row[1] for row in ROWS if f"`{code}`" in row[0]]
    assert found, f"{code} is not in docs/glossary.md"
    return found


def test_every_status_has_its_word_in_the_glossary():
    assert set(STATUS) == set(Status)
    assert all(word in words_of(status) for status, word in STATUS.items())


def test_every_refusal_state_has_its_word_in_the_glossary():
    assert set(REFUSAL_STATE) == {state.value for state in RefusalState}
    assert all(word in words_of(state) for state, word in REFUSAL_STATE.items())


def test_every_reason_has_its_word_in_the_glossary():
    assert set(REASON) == {str(code) for code in [*ReasonCode, *LocationProblem]}
    assert all(word in words_of(code) for code, word in REASON.items())


def test_every_source_has_its_word_in_the_glossary():
    assert all(code == source.code for code, source in SOURCES.items())
    assert all(source.label in words_of(source.code) for source in SOURCES.values())


def test_every_post_has_its_word_in_the_glossary():
    assert all(word in words_of(role) for role, word in LABELS.items())


def test_every_clock_and_its_states_are_in_the_glossary():
    assert all(rule.label in words_of(rule.code) for rule in RULES)
    assert all(words_of(state) for state in ClockState)


@pytest.mark.parametrize("code", [*Level, *AssignmentStatus, *ev.TYPES])
def test_levels_verdicts_and_events_are_in_the_glossary(code):
    assert words_of(code)


def test_the_glossary_has_no_word_the_product_does_not_use():
    """Words not to use (words.md 15): each has a better one."""
    second = " ".join(row[1] for row in ROWS if len(row) > 1)
    assert not [word for word in ("扇区", "拒绝", "驳回", "关闭", "操作员") if word in second]


def test_a_code_stands_once_in_each_table():
    seen, table = set(), ""
    for line in GLOSSARY.splitlines():
        if line.startswith("## "):
            table = line
        elif line.startswith("| `"):
            code = line.split("|")[1].strip()
            assert (table, code) not in seen
            seen.add((table, code))


# the lines of the history


def lines(story):
    return [event_label(ev.name(r.event), ev.to_json(r.event)) for r in story.records]


def test_what_was_received_says_what_the_map_decided():
    assert lines(begun(inside())) == ["收到12345转办件，判定：仓场社区网格"]
    assert lines(begun(between_sectors(), source="grid")) == [
        "收到网格流转件，判定：边界待定，误差圆跨 2 处"
    ]
    assert lines(begun(outside())) == ["收到12345转办件，判定：非本片区"]
    assert lines(begun(nowhere(), raw=None)) == ["收到12345转办件，没有位置"]
    assert lines(begun(nowhere(), problem="CRS_UNDECLARED")) == ["收到12345转办件，未说明坐标系"]


def test_the_life_of_a_refusal_in_words():
    story = refused(inside("14090201"))
    id = story.refusal.id
    story.play(do.NoteUndelivered(refusal_id=id, attempts=20, error="x"), by="courier")
    story.play(do.NoteDelivered(refusal_id=id, attempts=1), by="courier")
    story.play(do.Acknowledge(refusal_id=id), by="street-centre")
    story.play(do.Redispatch(refusal_id=id, to_sector="140902"), by="street-centre")
    story.play(do.Accept(), by="coordinator-140902")
    assert lines(story)[1:] == [
        "不予受理（属街道内另一片区），建议归属：新成片区网格",
        "反馈未送达，需人工处理",
        "反馈已送达街道城运中心",
        "街道城运中心签收",
        "街道城运中心改派至新成片区",
        "受理，归新成社区网格",
    ]


def test_an_unknown_event_is_shown_by_its_name_rather_than_not_at_all():
    assert event_label("CaseTeleported", {}) == "CaseTeleported"


# the next step


def test_the_next_step():
    assert next_step(begun(inside()).case) == "受理"
    assert next_step(begun(nowhere(), raw=None).case) == "定位置"
    assert next_step(begun(between_sectors()).case) == "定网格"
    assert next_step(begun(outside(), to_sector="140901").case) == "不予受理"
    assert next_step(refused(outside()).case) == "待反馈街道"
    story = begun(inside())
    story.play(do.Accept())
    assert next_step(story.case) == "派单"
    assert next_step(begun(inside("14090201"), policy=STANDING, to_sector="140901").case) == "受理"


def test_posts_in_words():
    assert label("coordinator-140901") == "迎园片区协调指挥员"
    assert label("coordinator") == "协调指挥员"
    assert label("platform-12345") == "12345热线平台"
    assert label("platform-grid") == "1+3+N网格化平台"
    assert label(None) is None


def test_numbers_are_shown_as_they_came():
    """Seven digits would move a longitude by ten metres and an easting by kilometres."""
    degrees = given_words(crs="GCJ-02", raw=(121.2655123, 31.3885), accuracy_m=10, radius=22)
    assert degrees == (
        "坐标按 GCJ-02 读入：121.2655123，31.3885",
        "来源误差 10 米，按 22 米误差圆判定",
    )
    plane = given_words(crs="EPSG:4528", raw=(40620171.58, 3473404.93), accuracy_m=None, radius=50)
    assert plane[0] == "坐标按 EPSG:4528 读入：40620171.58，3473404.93"
    assert plane[1] == "来源未写误差，按 50 米误差圆判定"


def test_distances_in_words():
    assert [metres(value) for value in (0, 12.4, 999.4, 1000, 12_345)] == [
        "0 米",
        "12 米",
        "999 米",
        "1.0 公里",
        "12.3 公里",
    ]
