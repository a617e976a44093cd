"""A fixed sample of the evaluation's rows on the shipped street: the floors, in a few seconds.

The whole evaluation, with both worlds and the bounds, is tests/prove/test_geocoding_at_large.py.
"""

from xml.etree import ElementTree

import pytest

from benchmarks.geocoding import generate, measure, report
from benchmarks.geocoding.picture import calibration_curve

SEED, SCALE, SIZE = 140_904, 0.04, 400


@pytest.fixture(scope="module")
def made():
    made = generate.rows(SEED, scale=SCALE, only=("real",))
    assert len(made.rows) >= SIZE
    return made


@pytest.fixture(scope="module")
def verdicts(made):
    engine = measure.geocoder("real")
    return [measure.judged(row, engine) for row in made.rows]


def share(verdicts, name):
    hits, count = measure.figures(verdicts).rates[name]
    assert count >= 20, name
    return hits / count


def told(verdicts):
    return [(v.row.text, v.fault or v.outcome, v.key) for v in verdicts]


def test_nothing_raises(verdicts):
    assert not told(v for v in verdicts if v.outcome == "raised")


def test_nothing_outside_is_accepted(verdicts):
    assert not told(v for v in verdicts if v.accepted and v.row.truth == "outside")


def test_nothing_is_accepted_falsely(verdicts):
    assert not told(v for v in verdicts if v.accepted and v.fault)


def test_what_may_be_accepted_mostly_is(verdicts):
    assert share(verdicts, "AAR auto_ok") >= 0.75


def test_places_are_found(verdicts):
    assert share(verdicts, "E@1") >= 0.93
    assert share(verdicts, "E@5") >= 0.95


def test_places_around_us_are_told(verdicts):
    assert share(verdicts, "OOA-R") >= 0.90


def test_a_pair_in_another_datum_is_never_accepted(verdicts):
    pairs = [v for v in verdicts if v.row.kind == "datum" and v.row.truth == "confirm"]
    assert pairs
    assert not told(v for v in pairs if v.accepted)


def test_the_report_says_what_cannot_be_told(made, verdicts):
    text = report.as_markdown(made, verdicts, {"p50": 1.0, "p95": 2.0, "max": 3.0}, verdicts)
    assert "the shipped street: **not measurable**" in text
    assert "| OOA-A rows | 0 | 0 | 0 ✓✓ |" in text
    assert "## Left out" in text
    record = report.as_record(made, verdicts, {"p95": 2.0}, verdicts)
    assert record["rows"] == len(verdicts)


def test_the_curve_is_a_picture(verdicts):
    figures = measure.figures(verdicts)
    picture = ElementTree.fromstring(calibration_curve({"the street": (figures.bins, figures.ece)}))
    circles = picture.findall("{http://www.w3.org/2000/svg}circle")
    assert len(circles) == len(figures.bins) > 1
