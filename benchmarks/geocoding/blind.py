"""The blind set: the street and another town, in words never shown. Only its rates are told.

What is listed can be worked on, and is no longer blind. Each set so far was read after it had been
asked; the second and third wording then joined `wording.SHOWN`. The fourth is due to.
"""

from benchmarks.geocoding import generate, measure
from benchmarks.geocoding.goals import GOALS, WORLDS, rate_table, sets, shown, values

BLIND = ("reworded", "unseen")
SEED = 140_905
# What the engine made of each wording when it first met it, each with another
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
    "fourth wording": {
        "reworded": {
            "FAR": (1, 248), "AAR auto_ok": (247, 284), "E@1": (1672, 1787), "E@5": (1687, 1787),
            "OOA-A": (0, 653),
        },
        "unseen": {
            "FAR": (1, 1920), "AAR auto_ok": (1920, 2097), "E@1": (3069, 3276),
            "E@5": (3084, 3276), "OOA-A": (0, 378),
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
        "The sets above flatter: whoever works on the engine sees rows like them. So there is "
        "another wording, with another town, that was asked and not shown. What an engine made of "
        "such a set when it first met it stands below and is the figure to believe. The fourth one "
        "was read after it had been asked, so its rates here flatter as well; **write a fifth "
        f"before the next claim**. Seed {SEED}, {len(verdicts)} rows, the engine as it is:",
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
        "The first meetings (the second and third wording joined the rows above afterwards):",
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
