"""`pianqu doctor`: runs every check and shows each finding with its repair.

A check is a function; the first line of its docstring is its title, its `hint` the repair
(Nominatim's idea). It returns what it saw, or raises `Amiss` or `Doubtful`.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.markup import escape

from pianqu.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What is examined: the settings, the database's address if it has one, the moment."""

    settings: Settings
    url: str
    now: datetime


class Amiss(Exception):
    """Something that must be repaired."""


class Doubtful(Exception):
    """Something worth a look; the product works."""


class NotApplicable(Exception):
    """Nothing to see, because an earlier finding must be repaired first."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check and the repair of what it finds."""

    look: Callable[[Patient], str]
    hint: str

    @property
    def title(self) -> str:
        """The first line of the function's docstring."""
        return (inspect.getdoc(self.look) or "").splitlines()[0].rstrip(".")


CHECKS: list[Check] = []


def check(hint: str) -> Callable[[Callable[[Patient], str]], Callable[[Patient], str]]:
    """Add a function to the doctor's round."""

    def add(look: Callable[[Patient], str]) -> Callable[[Patient], str]:
        CHECKS.append(Check(look, hint))
        return look

    return add


def examine(patient: Patient, console: Console | None = None) -> bool:
    """Run all checks and print them; whether nothing must be repaired.

    The checks add themselves when `pianqu.checks` is loaded, which makes the patient too.
    """
    console = console or Console()
    results = [_show(one, patient, console) for one in CHECKS]
    bad = results.count("amiss")
    console.print(
        f"\n{bad} to repair, {results.count('doubtful')} worth a look, of {len(results)} checks."
        if bad or "doubtful" in results
        else f"\nAll {len(results)} checks are well."
    )
    return bad == 0


def _show(one: Check, patient: Patient, console: Console) -> str:
    state, seen = _run(one, patient)
    mark = {
        "well": "[green]✓[/]",
        "amiss": "[red]✗[/]",
        "doubtful": "[yellow]![/]",
        "not seen": "[dim]–[/]",
    }[state]
    console.print(f"{mark} {escape(one.title)}: {escape(seen)}", highlight=False, soft_wrap=True)
    if state in ("amiss", "doubtful"):
        hint = one.hint.format(settings=patient.settings)
        console.print(f"    [dim]Repair:[/] {escape(hint)}", highlight=False, soft_wrap=True)
    return state


def _run(one: Check, patient: Patient) -> tuple[str, str]:
    try:
        return "well", one.look(patient)
    except NotApplicable as because:
        return "not seen", str(because)
    except Doubtful as doubt:
        return "doubtful", str(doubt)
    except Amiss as amiss:
        return "amiss", str(amiss)
    except Exception as error:
        # A doctor does not fall over the illness.
        return "amiss", f"{type(error).__name__}: {str(error).splitlines()[0]}"
