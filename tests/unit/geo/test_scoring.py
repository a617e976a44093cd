"""The score: monotone in its calibration, honest about what it does not know."""

import json

import pytest

from geo.scoring import FEATURES, Weights, shipped_weights


def test_a_curve_is_followed_between_its_knots():
    weights = Weights(intercept=0.0, weights={}, knots=((0.0, 0.1), (0.5, 0.2), (1.0, 0.9)))
    assert weights.confidence({}) == pytest.approx(0.2)
    assert Weights(intercept=50.0, weights={}, knots=weights.knots).confidence({}) == 0.9
    assert Weights(intercept=-50.0, weights={}, knots=weights.knots).confidence({}) == (
        pytest.approx(0.1)
    )


def test_a_score_never_overflows():
    assert Weights(intercept=1e9, weights={}).raw({}) == pytest.approx(1.0)
    assert Weights(intercept=-1e9, weights={}).raw({"door": 1.0}) == pytest.approx(0.0)


def test_the_shipped_weights_are_of_our_features_and_monotone():
    weights = shipped_weights()
    assert set(weights.weights) <= set(FEATURES)
    ys = [y for _, y in weights.knots]
    assert ys == sorted(ys)
    assert 0.5 < weights.threshold <= 1.0


def test_the_file_is_read_as_it_was_written():
    told = {"intercept": 1, "weights": {"door": 2}, "knots": [[0, 0], [1, 1]], "threshold": 0.9}
    weights = Weights.parse(json.dumps(told))
    assert (weights.intercept, weights.weights, weights.threshold) == (1.0, {"door": 2.0}, 0.9)
