"""What a person can set, type or receive is explained in docs/ (datasette's idea)."""

import re

import pytest
import typer
from house.files import ROOT, committed

from api import problems
from pianqu.cli import app
from pianqu.settings import Settings


def docs():
    return "\n".join(path.read_text() for path in committed("docs/*.md", "README.md"))


def commands(group, prefix="pianqu"):
    for name, command in group.commands.items():
        if getattr(command, "commands", None):
            yield from commands(command, f"{prefix} {name}")
        elif not command.hidden:
            yield f"{prefix} {name}", command


COMMANDS = dict(commands(typer.main.get_command(app)))
KINDS = sorted(
    {kind.slug for kind in (*problems.PROBLEMS.values(), *problems.BY_STATUS.values())}
    | {problems.BAD_INPUT.slug, problems.INTERNAL.slug}
)


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_explained(name):
    variable = f"PIANQU_{name.upper()}"
    assert re.search(rf"^\| `{variable}` \|", docs(), re.MULTILINE), variable
    assert Settings.model_fields[name].description


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_explained(name):
    assert f"`{name}" in docs() or f"\n{name}" in docs()
    assert COMMANDS[name].help


@pytest.mark.parametrize("slug", KINDS)
def test_every_problem_is_explained(slug):
    assert f"`{slug}`" in docs()


def test_makefile_verbs_explain_themselves():
    text = (ROOT / "Makefile").read_text()
    verbs = re.findall(r"^([a-z-]+):(?!=)", text, re.MULTILINE)
    explained = re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE)
    assert verbs == explained


def test_links_between_documents_lead_somewhere():
    for path in committed("docs/*.md", "docs/**/*.md", "*.md"):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.relative_to(ROOT)} → {target}"
