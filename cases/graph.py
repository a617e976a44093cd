"""The flow drawn from its own tables: a graph of statuses, who may what, and the clocks. Pure."""

from collections.abc import Iterable

from cases.clocks import RULES, ClockRule
from cases.model import ENDED, Status
from cases.roles import LABELS
from cases.steps import STEPS, WORDS, Step
from cases.words import STATUS

_HEAD = """# The case flow

Drawn by `pianqu graph` from `cases/steps.py` and `cases/clocks.py`; do not edit by hand.
The clauses are the plan's, as `R` numbers; `A` numbers are policy values.
"""
_CLOCK_COLUMNS = (
    "条款", "计时", "代码", "起", "止", "时限", "日历", "参数值", "将超时告知", "超时告知",
)  # fmt: skip


def draw() -> str:
    """The whole of docs/case-flow.md."""
    parts = (
        _HEAD,
        "## The graph\n",
        "Steps that leave a case where it stands are in the table below only.\n",
        "```mermaid\nstateDiagram-v2\n" + "\n".join(_edges()) + "\n```\n",
        "## Who may do what\n",
        _table(
            ("命令", "按钮", "岗位", "哪些案件", "在哪一步", "到哪一步"),
            (_step_row(step) for step in STEPS),
        ),
        "## Clocks\n",
        _table(
            _CLOCK_COLUMNS,
            (_clock_row(rule) for rule in RULES),
        ),
    )
    return "\n".join(parts)


def _edges() -> Iterable[str]:
    """One line for each pair of statuses, with the buttons that lead from one to the other."""
    buttons: dict[tuple[str, str], list[str]] = {}
    for step in STEPS:
        # What may happen anywhere would only hide the way; the table has it.
        sources = step.at if len(step.at) < len(Status) else frozenset({Status.REJECTED})
        for target in _ordered(step.to):
            for source in _ordered(sources):
                if source is not target:
                    buttons.setdefault((source.value, target.value), []).append(step.button)
    opening = next(step for step in STEPS if not step.at)
    for target in _ordered(opening.to):
        yield f"    [*] --> {target.value}"
    for status in Status:
        yield f"    {status.value} : {STATUS[status]}"
    for (one, other), names in buttons.items():
        yield f"    {one} --> {other} : {'、'.join(dict.fromkeys(names))}"
    for status in _ordered(ENDED):
        yield f"    {status.value} --> [*]"


def _ordered(statuses: Iterable[Status]) -> list[Status]:
    """Statuses in the order of the list, so that the drawing is always the same."""
    found = set(statuses)
    return [status for status in Status if status in found]


def _step_row(step: Step) -> tuple[str, ...]:
    scopes: dict[str, list[str]] = {}
    for role in (role for role in LABELS if role in step.may):
        scope = step.may[role]
        scopes.setdefault(WORDS[scope], []).append(LABELS[role])
    return (
        f"`{step.command}`",
        step.button,
        "<br>".join("、".join(dict.fromkeys(roles)) for roles in scopes.values()),
        "<br>".join(scopes),
        _words(step.at),
        _words(step.to) or "不变",
    )


def _words(statuses: frozenset[Status]) -> str:
    if statuses == frozenset(Status):
        return "任何一步"
    return "、".join(STATUS[status] for status in _ordered(statuses))


def _clock_row(rule: ClockRule) -> tuple[str, ...]:
    names = {**LABELS, "holder": "承办岗位"}
    return (
        rule.clause,
        rule.label,
        f"`{rule.code}`",
        rule.from_words,
        rule.to_words,
        rule.limit,
        rule.calendar,
        "是" if rule.policy else "",
        "、".join(names[role] for role in rule.amber),
        "、".join(names[role] for role in rule.red),
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
