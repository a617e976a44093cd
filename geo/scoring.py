"""How sure it is that a text means a place: features, weights learned off line, calibration. Pure.

The weights come from `benchmarks/geocoding/train.py`: a logistic function of the features below,
made honest by an isotonic curve, and the threshold from which a place may be taken alone. Without a
file of weights the hand-set ones hold.
"""

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from math import exp

__all__ = ["FEATURES", "Weights", "shipped_weights"]

FEATURES: tuple[str, ...] = (
    # How the names were found: how many by each way, and how many signs differ (0–1 a name).
    "pinyin", "look_alike", "fuzzy", "similar", "unequal",
    # What kind of position it is.
    "door", "lane", "gate", "building", "compound", "poi", "crossing", "corner", "offset",
    "interpolated", "road", "segment", "area",
    # What speaks for and against it.
    "agree", "disagree", "other", "name_besides", "rivals", "coarse", "gap", "bare", "straight",
    "building_unknown", "part_only", "vague", "beside", "ring",
    # What else the text says.
    "admin_agree", "admin_conflict", "community_agree", "community_conflict", "unknown_names",
    "stray_numbers", "more_spots", "caller_only", "corrected", "text_long",
)  # fmt: skip

_BY_HAND: dict[str, float] = {
    "pinyin": -0.6, "look_alike": -0.8, "fuzzy": -1.2, "similar": -3.0, "unequal": -0.8,
    "interpolated": -0.4, "road": -1.0, "segment": -0.8, "area": -1.2,
    "agree": 1.0, "disagree": -3.0, "other": -4.0, "name_besides": -2.5, "rivals": -2.5,
    "coarse": -0.5, "gap": -0.7, "bare": -0.5, "straight": -0.3, "part_only": -1.5, "vague": -0.4,
    "admin_agree": 0.3, "admin_conflict": -2.0, "community_conflict": -0.5, "unknown_names": -1.4,
    "stray_numbers": -0.7, "more_spots": -1.8, "caller_only": -1.5, "corrected": -0.3,
}  # fmt: skip
_BASE = 3.3
# However well it goes on the calibration rows: nothing is taken that is likely wrong in ten.
LEAST = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A trained model: `knots` map the raw score to a probability; `threshold` is τe."""

    intercept: float = _BASE
    weights: Mapping[str, float] = field(default_factory=lambda: dict(_BY_HAND))
    knots: tuple[tuple[float, float], ...] = ()
    threshold: float = 0.9
    name: str = "by hand"

    def raw(self, features: Mapping[str, float]) -> float:
        """The logistic score, 0–1, before calibration."""
        total = self.intercept
        for name, value in features.items():
            total += self.weights.get(name, 0.0) * value
        return 1.0 / (1.0 + exp(-max(min(total, 60.0), -60.0)))

    def confidence(self, features: Mapping[str, float]) -> float:
        """The calibrated probability that the text means the place."""
        raw = self.raw(features)
        if not self.knots:
            return raw
        at = bisect_right(self.knots, (raw, 2.0))
        if at == 0:
            return self.knots[0][1]
        if at == len(self.knots):
            return self.knots[-1][1]
        (x0, y0), (x1, y1) = self.knots[at - 1], self.knots[at]
        return y0 if x1 <= x0 else y0 + (y1 - y0) * (raw - x0) / (x1 - x0)

    @classmethod
    def parse(cls, text: str) -> "Weights":
        """Read the file `train.py` writes."""
        told = json.loads(text)
        return cls(
            intercept=float(told["intercept"]),
            weights={str(name): float(value) for name, value in told["weights"].items()},
            knots=tuple((float(x), float(y)) for x, y in told["knots"]),
            threshold=max(float(told["threshold"]), LEAST),
            name=str(told.get("name", "")),
        )


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    """The weights in the package, or those set by hand when none are shipped."""
    file = files("geo") / "data" / "geocoding_weights.json"
    return Weights.parse(file.read_text("utf-8")) if file.is_file() else Weights()
