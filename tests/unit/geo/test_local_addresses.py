"""Addresses as callers, operators and grid workers of 新成路街道 write them, judged by hand.

`local_addresses.csv` says what must come of each text and why. What is expected follows from the
shipped data and from `geocoding.md` 3.2 to 3.6; the masses that decide between accepted and ask
were computed with shapely, and what is a hair from the threshold allows both. Columns:

    text      as it was said or typed
    outcome   what may come of it; more than one where the rules leave it open, divided by `|`
    key       the place that must be found or stand first; `!key`: must not be offered at all.
              A place stands by its plate or name: `place:叶城路505弄`
    grid      the community grid an accepted text must be routed to
    why       the rule
"""

import csv
from functools import cache
from pathlib import Path

import pytest
from own_town import geocoder

from geo.readings import Geocoded, Outcome

TABLE = Path(__file__).with_name("local_addresses.csv").read_text(encoding="utf-8")
ROWS = list(csv.DictReader(TABLE.splitlines()))


@cache
def answer(text: str) -> Geocoded:
    return geocoder().geocode(text)


@cache
def ids_of(name: str) -> frozenset[str]:
    """The places that have this plate or name."""
    found = {
        place.id
        for place in geocoder().gazetteer.places
        if name in (place.name, place.address and place.address.text)
        or any(alias.text == name for alias in place.aliases)
    }
    assert found, f"the gazetteer has no {name}"
    return frozenset(found)


def is_the(key: str, wanted: str) -> bool:
    """Whether a candidate is the wanted one."""
    kind, _, name = wanted.partition(":")
    found, _, rest = key.partition(":")
    if kind == "place":
        # A place's plate may also answer as a lane or a number on its road.
        return rest in ids_of(name) or (
            found in {"lane", "number"} and rest.replace("#", "") == name
        )
    return (found, roads(rest)) == (kind, roads(name))


def roads(name: str) -> list[set[str]]:
    """`甲路×乙路/东北角` and `乙路×甲路/东北` are one."""
    return [set(part.removesuffix("角").split("×")) for part in name.split("/")]


def offered(got: Geocoded) -> list[str]:
    keys = [found.key for found in got.candidates]
    return [got.found.key, *keys] if got.found else keys


def faults(row: dict[str, str]) -> list[str]:
    """What is wrong about the answer to one row, in words."""
    got, wrong = answer(row["text"]), []
    if got.outcome not in row["outcome"].split("|"):
        vetoes = " ".join(veto.code for veto in got.vetoes)
        wrong.append(f"{got.outcome} ({got.confidence:.2f}, grid {got.grid_share:.2f}) {vetoes}")
    keys, wanted = offered(got), row["key"]
    if wanted.startswith("!"):
        if any(is_the(key, wanted[1:]) for key in keys):
            wrong.append(f"offers {wanted[1:]}")
    elif wanted and not (keys and is_the(keys[0], wanted)):
        wrong.append(f"first is {keys[0] if keys else 'nothing'}, not {wanted}")
    if got.outcome is Outcome.ACCEPTED and row["grid"]:
        assert got.found is not None
        if got.found.shares[0].code != row["grid"]:
            wrong.append(f"grid {got.found.shares[0].code}, not {row['grid']}")
    return wrong


def test_every_local_address_is_understood() -> None:
    lines = [
        f"{row['text']!r} should be {row['outcome']} ({row['why']}): {'; '.join(wrong)}"
        for row in ROWS
        if (wrong := faults(row))
    ]
    assert not lines, f"{len(lines)} of {len(ROWS)} rows:\n" + "\n".join(lines)


def test_nothing_that_must_be_asked_is_accepted() -> None:
    """The worst that can happen: a case in the wrong grid, and nobody looked."""
    assert [
        row["text"]
        for row in ROWS
        if "accepted" not in row["outcome"].split("|")
        and answer(row["text"]).outcome is Outcome.ACCEPTED
    ] == []


def test_the_table_is_sound() -> None:
    """Each text once, only outcomes there are, a grid for what may be accepted."""
    assert len(ROWS) >= 320
    assert len({row["text"] for row in ROWS}) == len(ROWS)
    for row in ROWS:
        outcomes = row["outcome"].split("|")
        assert all(Outcome(outcome) for outcome in outcomes), row
        assert bool(row["grid"]) == ("accepted" in outcomes), row
        assert row["why"], row


@pytest.mark.parametrize("outcome", Outcome)
def test_each_outcome_has_its_examples(outcome: Outcome) -> None:
    assert sum(row["outcome"] == outcome for row in ROWS) >= 30


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("爱里舍花园社区叶城路505弄", Outcome.ACCEPTED),
        ("墅沟社区叶城路505弄", Outcome.ASK),
        ("新成片区叶城路505弄", Outcome.ASK),
        ("迎园片区叶城路505弄", Outcome.ACCEPTED),
    ],
)
def test_another_community_than_the_places_own_is_asked_about(text, outcome):
    assert answer(text).outcome is outcome
