"""Every step of the plan has one door and no other; a body says all its command can be told."""

import dataclasses
import re

from api import cases, steps
from api.street_centre import verbs as street_centre
from cases import commands as do
from cases.roles import LABELS
from cases.steps import STEPS
from cases.tabs import LABELS as TAB_LABELS
from cases.tabs import TABS

# What the door finds out by itself, and what it asks for besides.
OWN_WAY = {
    "CorrectLocation": ({"place", "raw"}, {"lon", "lat", "crs", "candidate"}),
    "Coordinate": (set(), {"crs"}),
    "Respond": (set(), {"crs"}),
    "AskHelp": (set(), {"crs"}),
    "Merge": ({"into_number"}, set()),
    "LinkCase": ({"other_number"}, set()),
}


def posted(router):
    return [
        route.path.removeprefix("/v1/cases/{key}/")
        for route in router.routes
        if "POST" in route.methods and route.path.startswith("/v1/cases/{key}/")
    ]


def test_every_listed_path_has_exactly_one_door_and_the_reverse():
    paths = [step.path for step in STEPS if step.path]
    assert sorted(posted(steps.verbs)) == sorted(paths)
    assert len(set(paths)) == len(paths)
    assert not posted(cases.router)
    assert not posted(street_centre)
    assert {step.command for step in STEPS if step.path} == set(steps.DOORS)


def test_a_body_has_the_fields_of_its_command():
    for name, door in steps.DOORS.items():
        told = set(door.body.model_fields) - {"version"}
        needed = {field.name for field in dataclasses.fields(getattr(do, name))}
        found, asked = OWN_WAY.get(name, (set(), set()))
        assert told == (needed - found) | asked, name


def test_each_operation_is_described_by_itself():
    seen = set()
    for route in steps.verbs.routes:
        if route.path.startswith("/v1/cases/{key}/"):
            assert route.summary
            assert "由：" in route.description
            assert route.unique_id not in seen
            seen.add(route.unique_id)
            assert re.fullmatch(r"[a-z_]+", route.name)
    assert len(seen) == len(steps.DOORS)


def test_the_tables_tell_who_and_when():
    rows = {row["command"]: row for row in steps.steps().items}
    assert set(rows) == {step.command for step in STEPS}
    dispatch = rows["Dispatch"]
    assert dispatch["from"] == ["accepted", "reopened"]
    assert dispatch["to_labels"] == ["已派单"]
    assert dispatch["roles"][0] == {
        "role": "coordinator", "label": "协调指挥员", "scope": "desk",
        "scope_label": "本片区的案件",
    }  # fmt: skip
    clocks = {row["code"]: row for row in steps.clocks().items}
    assert clocks["urgent_limit"]["clause"] == "R54"
    assert [one["label"] for one in clocks["urgent_limit"]["red"]][-1] == LABELS["head"]


def test_every_queue_has_its_word():
    assert set(TAB_LABELS) == set(TABS)
    assert set(cases.Tab.__args__) == set(TABS)
