"""Every step one may take has its form on the screen: the two tables against each other."""

import re
from pathlib import Path

from cases.steps import STEPS

FORMS = Path(__file__).parents[2] / "web" / "app" / "src" / "flow" / "forms.ts"
_ENTRY = re.compile(r"^  '?([a-z-]+)'?: \{(?:\s*|.*?)command: '([A-Za-z]+)'", re.MULTILINE)


def test_every_path_of_the_table_has_a_form_and_no_other():
    table = FORMS.read_text(encoding="utf-8").partition("export const FORMS")[2]
    on_screen = dict(_ENTRY.findall(table))
    assert on_screen == {step.path: step.command for step in STEPS if step.path}
