"""The evaluation's own rows: the same from one seed, split by entity, true where they say so."""

from collections import defaultdict
from random import Random

import pytest

from benchmarks.geocoding import generate, measure, naming, negatives, operators, train, worlds
from benchmarks.geocoding.grounds import ShippedGrounds, SquareGrounds, mass_in_best
from benchmarks.geocoding.plane import at
from benchmarks.geocoding.town import invent
from geo.points import LonLat, distance_m

SCALE = 0.06


@pytest.fixture(scope="module")
def made():
    return generate.rows(scale=SCALE, only=("real",))


@pytest.fixture(scope="module")
def town():
    return invent(7)


def test_one_seed_one_set_of_rows(made):
    again = generate.rows(scale=SCALE, only=("real",))
    assert again.rows == made.rows
    assert generate.rows(1, scale=SCALE, only=("real",)).rows != made.rows


def test_an_entity_is_in_one_split(made):
    splits = defaultdict(set)
    for row in made.rows:
        splits[row.entity].add(row.split)
    assert all(len(found) == 1 for found in splits.values())
    assert {row.split for row in made.rows} == {"train", "calibrate", "test"}


def test_rows_say_why(made):
    for row in made.rows:
        assert row.text
        assert row.truth in {"auto_ok", "confirm", "outside", "nowhere"}
        assert row.truth == "auto_ok" or row.reason, row
        assert row.truth != "auto_ok" or (row.keys and row.grid), row
        assert len(row.operators) <= 3 or row.kind in negatives.SHARES
    assert any(made.left_out["real"].values())


def test_no_text_has_two_truths(made):
    truths = defaultdict(set)
    for row in made.rows:
        truths[row.text, str(row.given)].add((row.truth, row.keys))
    assert all(len(found) == 1 for found in truths.values())


def test_known_facts_of_the_street():
    """爱里舍花园 may be accepted, a crossing on 新成路 may not, 塔城路 and 墅沟路 do not meet."""
    world = worlds.real()
    by_key = {entity.key: entity for entity in world.entities}
    assert by_key["p:叶城路505弄"].truth == "auto_ok"
    assert by_key["p:叶城路505弄"].grid == "14090105"
    assert by_key["x:嘉戬公路×新成路"].truth == "confirm"
    assert by_key["p:塔城路283号"].truth == "outside"
    assert by_key["p:澄浏中路2278号"].truth == "confirm"  # quality C
    assert frozenset(("塔城路", "墅沟路")) not in world.meets


def test_the_mass_of_two_grounds_agrees_with_what_is_known():
    squares = SquareGrounds()
    code, share = mass_in_best(squares, at(325.0, 325.0), 50.0)
    assert (code, round(share, 6)) == ("99010101", 1.0)
    assert mass_in_best(squares, at(650.0, 325.0), 50.0)[1] == pytest.approx(0.5, abs=1e-3)
    assert squares.shares(at(-500.0, 300.0), 10.0)[0].code is None
    assert squares.town(at(-500.0, 300.0)) == "枫泾镇"
    shipped = ShippedGrounds()
    assert mass_in_best(shipped, LonLat(121.2591, 31.3719), 60.0)[0] == "14090105"
    assert sum(s.share for s in shipped.shares(LonLat(121.263, 31.3858), 150.0)) == pytest.approx(1)


def test_the_invented_town_is_as_coarse_as_its_radius_says(town):
    ids = [place.id for place in town.gazetteer.places]
    assert len(set(ids)) == len(ids) > 2000
    assert len(town.gazetteer.roads) > 150
    off = defaultdict(list)
    for place in town.gazetteer.places:
        if place.point is not None and place.address is None:
            real = at(*town.true_xy[place.id])
            off[place.quality].append(distance_m(place.point, real) / place.radius_m)
    for rates in off.values():  # Rayleigh: the mean of a two-dimensional normal's distance
        spread = 3 * 0.655 / len(rates) ** 0.5
        assert sum(rates) / len(rates) == pytest.approx(1.253, abs=spread)


@pytest.mark.parametrize(
    ("number", "words"), [(505, "五百零五"), (12, "十二"), (1286, "一千二百八十六"), (40, "四十")]
)
def test_numerals(number, words):
    assert operators.counted(number) == words


def test_sounds():
    assert naming.sound("叶城路") == naming.sound("业成路")
    assert naming.accent("塔城路") == naming.accent("塔层路")
    assert all(naming.sound(c) == naming.sound("城") for c in naming.homophones("城"))
    assert "城" not in naming.homophones("城")
    assert all(naming.sound(c) != naming.sound("城") for c in naming.accents("城"))


def drafted(key, template):
    world = worlds.real()
    operators.know(world)
    entity = next(e for e in world.entities if e.key == key)
    slots = {**entity.slots, "admin": "嘉定区新成路街道", "conn": "和"}
    pieces = negatives.cut(template, slots)
    draft = negatives.Draft(
        pieces=pieces, entity=entity, template=template, truth=entity.truth, reason=""
    )
    return draft, world


def test_metamorphic_truths():
    """What an operator changes, and what it must not change, is written in the row."""
    chance = Random("truth")
    draft, world = drafted("p:叶城路505弄", "{admin}{road}{plate}{name}")
    assert operators.drop_admin(draft, world, chance)
    assert operators.numerals(draft, world, chance)
    assert operators.filler(draft, world, chance)
    assert draft.truth == "auto_ok"
    assert draft.expected
    draft, world = drafted("p:仓场路331号", "{road}{plate}")
    assert operators.wrong_admin(draft, world, chance)
    assert draft.truth == "confirm"
    assert not draft.expected
    draft, world = drafted("p:仓场路331号", "{road}{plate}")
    assert operators.delete_required(draft, world, chance)
    assert draft.truth == "confirm"
    assert draft.text in {"仓场路", "331号"}
    draft, world = drafted("x:仓场路×和政路", "{a}{conn}{b}路口")
    before = draft.entity.keys
    assert operators.reorder(draft, world, chance)
    assert draft.text == "和政路和仓场路路口"
    assert draft.entity.keys == before


def test_a_typo_that_is_another_number_is_left_out():
    seen = set()
    for at_ in range(60):
        draft, world = drafted("p:仓场路331号", "{road}{plate}")
        if operators.digit_typo(draft, world, Random(at_)):
            number = int("".join(c for c in draft.text if c.isdigit()))
            known = 55 <= number <= 441
            assert bool(draft.excluded) == known, draft.text
            seen.add(bool(draft.excluded))
    assert seen == {True, False}


def test_a_name_that_becomes_anothers_is_left_out():
    draft, world = drafted("p:仓场路331号", "{road}{plate}")
    assert operators._is_anothers("仓场东路", "仓场路", world, naming.sound)
    assert operators._is_anothers("迎宾路", "迎园路", world, naming.sound)
    assert not operators._is_anothers("苍场路", "仓场路", world, naming.sound)
    assert draft.excluded == ""


def test_bounds_of_clopper_and_pearson():
    """Zero errors in 149, 299, 598 rows bound a rate at 2, 1, 0.5 %."""
    for rows, bound in ((149, 0.02), (299, 0.01), (598, 0.005)):
        assert measure.upper(0, rows) == pytest.approx(bound, rel=0.02)
    assert measure.upper(0, 0) == 1.0
    assert measure.lower(100, 100) == pytest.approx(0.9705, abs=1e-4)


def test_isotonic_knots_rise():
    import numpy as np

    chance = np.random.default_rng(3)
    said = np.sort(chance.random(4000))
    hit = (chance.random(4000) < said**2).astype(float)
    knots = train.isotonic(said, hit)
    xs, ys = zip(*knots, strict=True)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys)
    assert all(abs(y - x**2) < 0.12 for x, y in knots)
    assert ys[0] > 0
    assert ys[-1] < 1
