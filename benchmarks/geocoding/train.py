"""Fitting the score: `python -m benchmarks.geocoding.train [--seed N] [--goal 0.005]`.

Logistic weights on the train split, isotonic knots on the calibrate split, and the threshold from
which a place may be taken alone: the lowest, but at least 0.9, for which the one-sided 95 %
Clopper–Pearson bound of the false accepts on calibrate stays within the goal. numpy and scipy
only; same rows, same bytes.
"""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from benchmarks.geocoding import generate, measure
from geo.scoring import FEATURES, Weights

FILE = Path(__file__).parents[2] / "geo" / "data" / "geocoding_weights.json"
RIDGE = 1.0
GOAL = 0.005
# Whatever the bound allows: nothing is taken that is wrong more often than once in ten.
FLOOR = 0.9
# A weight may not point the wrong way, whatever the rows say: more agreement is never worse.
_AGAINST = (
    *("pinyin", "look_alike", "fuzzy", "similar", "unequal", "disagree", "other", "name_besides"),
    *("rivals", "coarse", "gap", "bare", "straight", "building_unknown", "part_only", "vague"),
    *("beside", "admin_conflict", "community_conflict", "unknown_names", "stray_numbers"),
    *("more_spots", "caller_only", "corrected", "provider_differ"),
)
_FOR = ("agree", "admin_agree", "community_agree", "provider_agree")
_ARGUABLE = frozenset({"wrong_admin", "digit_typo", "delete_required"})
_SKIPPED = frozenset({"two", "caller only", "datum", "opposite"})


def train(rows, *, goal=GOAL):
    """The weights of a set of rows."""
    x, y, counts = examples([r for r in rows if r.split == "train"])
    coefficients = logistic(x, y, counts)
    raw = Weights(
        intercept=float(coefficients[0]),
        weights=dict(zip(FEATURES, coefficients[1:].tolist(), strict=True)),
        knots=(),
        threshold=0.0,
    )
    calibrate = [r for r in rows if r.split == "calibrate"]
    knots = isotonic(*_best(calibrate, raw))
    open_to_all = replace(raw, knots=knots)
    return replace(open_to_all, threshold=threshold(calibrate, open_to_all, goal=goal))


def examples(rows):
    """Features and truth of every candidate the engine thinks of; a row weighs one in all."""
    xs, ys, counts = [], [], []
    for name in dict.fromkeys(row.world for row in rows):
        engine = measure.geocoder(name, Weights(threshold=0.0))
        for row in rows:
            if row.world != name or not arguable(row):
                continue
            wanted = {measure.bare(key) for key in row.keys} if row.expected else set()
            found = engine.explainable(row.text)
            for key, features in found:
                xs.append([features.get(feature, 0.0) for feature in FEATURES])
                ys.append(float(measure.bare(key) in wanted))
                counts.append(1.0 / len(found))
    return np.array(xs), np.array(ys), np.array(counts)


def arguable(row):
    """Only rows that say without doubt which place is meant, or that none is."""
    return row.kind not in _SKIPPED and not _ARGUABLE & set(row.operators)


def logistic(x, y, counts):
    """Ridge logistic regression towards the weights set by hand, which stay where no row speaks."""
    full = np.column_stack([np.ones(len(x)), x])
    hand = Weights()
    start = np.array([hand.intercept, *(hand.weights.get(name, 0.0) for name in FEATURES)])
    bounds = [(None, None)]
    for name in FEATURES:
        bounds.append((0.0 if name in _FOR else None, 0.0 if name in _AGAINST else None))

    def loss(w):
        z = full @ w
        p = 1 / (1 + np.exp(-np.clip(z, -60, 60)))
        off = (w - start)[1:]
        cost = (counts * (np.logaddexp(0, z) - y * z)).sum() + RIDGE * (off**2).sum() / 2
        slope = full.T @ (counts * (p - y))
        slope[1:] += RIDGE * off
        return cost, slope

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds,
                     options={"maxiter": 500})  # fmt: skip
    return np.round(found.x, 4)


def _best(rows, raw):
    """The score of each row's first answer, and whether it is right."""
    said, hit = [], []
    for verdict in measure.ask([r for r in rows if arguable(r)], raw):
        if verdict.key is not None and (verdict.row.expected or verdict.row.keys == ()):
            said.append(verdict.confidence)
            hit.append(float(verdict.rank == 1 and verdict.row.expected))
    return np.array(said), np.array(hit)


def isotonic(said, hit, *, most=24):
    """Knots of the best rising curve (pool adjacent violators), thinned; ends stay open."""
    order = np.argsort(said, kind="stable")
    blocks: list[list[float]] = []  # sum of hits, count, sum of said
    for x, y in zip(said[order], hit[order], strict=True):
        blocks.append([y, 1.0, x])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            top = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], top, strict=True)]
    # A block of a few rows says little: it is joined with its neighbour, and no knot is 0 or 1.
    least = max(20.0, len(said) / most / 4)
    joined: list[list[float]] = []
    for block in blocks:
        if joined and joined[-1][1] < least:
            joined[-1] = [a + b for a, b in zip(joined[-1], block, strict=True)]
        else:
            joined.append(block)
    knots = [(total / count, (hits + 0.5) / (count + 1.0)) for hits, count, total in joined]
    rising = np.maximum.accumulate([y for _, y in knots])
    return tuple(
        (round(float(x), 5), round(float(y), 5)) for (x, _), y in zip(knots, rising, strict=True)
    )


def threshold(rows, weights, *, goal):
    """The lowest confidence from which on the bound of false accepts holds.

    If it holds for all that is accepted without any, the floor is enough: below the lowest of them
    nothing was seen to go wrong, and the curve says how sure it is there.
    """
    accepted = sorted(
        (v for v in measure.ask(rows, weights) if v.accepted), key=lambda v: -v.confidence
    )
    false, bounds = 0, []
    for at, verdict in enumerate(accepted, 1):
        false += bool(verdict.fault)
        if at == len(accepted) or accepted[at].confidence < verdict.confidence:
            bounds.append((measure.upper(false, at), verdict.confidence))
    held = [level for bound, level in bounds if bound <= goal]
    # Where no level holds the goal the safest one is taken; the report shows the miss.
    if held and min(held) == bounds[-1][1]:
        return FLOOR
    found = min(held) if held else min(bounds)[1]
    return max(round(found - 1e-6, 5), FLOOR)


def as_json(weights, *, seed):
    """The file's text."""
    return json.dumps(
        {
            "intercept": weights.intercept,
            "weights": dict(weights.weights),
            "knots": [list(knot) for knot in weights.knots],
            "threshold": weights.threshold,
            "name": f"trained, seed {seed}",
        },
        indent=1,
        ensure_ascii=False,
    ) + "\n"  # fmt: skip


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=generate.SEED)
    options.add_argument("--goal", type=float, default=GOAL)
    chosen = options.parse_args()
    weights = train(generate.rows(chosen.seed).rows, goal=chosen.goal)
    FILE.write_text(as_json(weights, seed=chosen.seed))
    print(FILE.read_text())


if __name__ == "__main__":
    main()
