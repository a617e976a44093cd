"""The blind set: the street and another town, in words never shown. Only its rates are told.

What is listed can be worked on, and is no longer blind. Twice already such a set was shown after
it had been asked once; its wording then joined `wording.SHOWN` and a new one was written.
"""

from benchmarks.geocoding import generate, measure
from benchmarks.geocoding.goals import GOALS, WORLDS, rate_table, sets, shown, values

BLIND = ("reworded", "unseen")
SEED = 140_905
# What the engine made of the second and third wording when it first met them, each with another
# town; written down once, 2026-11-24.
FIRST_MET = {
    "second wording": {
        "reworded": {"FAR": (2, 59), "AAR auto_ok": (58, 69), "E@1": (356, 373), "OOA-A": (0, 140)},
        "unseen": {
            "FAR": (10, 390), "AAR auto_ok": (388, 431), "E@1": (633, 670), "OOA-A": (0, 86),
        },
    },
    "third wording": {
        "reworded": {
            "FAR": (51, 324), "AAR auto_ok": (273, 308), "E@1": (1588, 1782), "OOA-A": (0, 652),
        },
        "unseen": {
            "FAR": (52, 1905), "AAR auto_ok": (1854, 2106), "E@1": (2889, 3276), "OOA-A": (0, 372),
        },
    },
}  # fmt: skip


def blind(scale=0.25, seed=SEED):
    """Verdicts on the blind set."""
    return measure.ask(generate.rows(seed, scale=scale, only=BLIND).rows)


def blind_section(verdicts):
    """The rates of the blind set, and of those before it."""
    return [
        "## Blind",
        "",
        "The sets above flatter: whoever works on the engine sees rows like them. So there is a "
        "wording, and a town, that are asked and never shown; failures are counted and not listed. "
        f"Seed {SEED}, {len(verdicts)} rows, asked of the engine as it is:",
        "",
        *rate_table(verdicts, splits=False),
        "",
        "ECE: "
        + ", ".join(
            f"{name} {measure.figures(mine).ece:.3f}"
            for name, mine, _ in sets(verdicts, splits=False)
        )
        + ".",
        "",
        "Goals it misses (must): " + ("; ".join(_missed(verdicts)) or "none") + ".",
        "",
        "Two such wordings came before; they joined the rows above after this first meeting:",
        "",
        *(
            f"- {title}, {WORLDS[world]}: "
            + ", ".join(f"{name} {hits} of {count}" for name, (hits, count) in rates.items())
            for title, both in FIRST_MET.items()
            for world, rates in both.items()
        ),
        "",
    ]


def _missed(verdicts):
    for name, mine, _ in sets(verdicts, splits=False):
        measured = values(measure.figures(mine))
        for goal in GOALS:
            value = measured.get(goal.name)
            if value is not None and not goal.met(value, ambitious=False):
                yield f"{name}: {goal.name} {shown(goal.name, value)}"
