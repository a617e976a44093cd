"""What may be set, and what is said when it may not."""

from dataclasses import fields

import pytest

from cases.policy import Policy, PolicyInvalid, checked


def test_every_value_has_words_and_a_clause_and_its_own_default_may_be_set():
    rows = {row["code"]: row for row in Policy().rows()}
    assert set(rows) == {f.name for f in fields(Policy)} - {"version"}
    assert all(row["label"] and row["clause"] and row["kind"] for row in rows.values())
    assert checked(Policy().values()) == Policy().values()
    assert rows["dispatch_minutes"]["plan"]
    assert rows["dispatch_minutes"]["max"] == 60
    assert rows["boundary_band_m"]["kind"] == "number"


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("dispatch_minutes", 61, "只能收紧"),
        ("urgent_minutes", 11, "只能收紧"),
        ("urgent_minutes", 0, "1 到 10"),
        ("dispatch_minutes", 30.5, "整数"),
        ("dispatch_minutes", True, "整数"),
        ("warn_share", float("nan"), "之间"),
        ("warn_share", "0.7", "数字"),
        ("auto_refuse", 1, "开或关"),
        ("quiet_from", "24:00", "时刻"),
        ("quiet_from", None, "时刻"),
        ("version", 3, "没有"),
        ("nothing", 3, "没有"),
    ],
)
def test_what_cannot_be_set_is_named(code, value, words):
    with pytest.raises(PolicyInvalid) as refused:
        checked({code: value, "alarm_minutes": 20})
    assert [f.code for f in refused.value.findings] == [code]
    assert words in str(refused.value)


def test_all_mistakes_are_named_at_once_and_whole_numbers_are_numbers():
    with pytest.raises(PolicyInvalid) as refused:
        checked({"repeat_days": 0, "alarm_minutes": 0})
    assert len(refused.value.findings) == 2
    assert checked({"boundary_band_m": 25}) == {"boundary_band_m": 25.0}
