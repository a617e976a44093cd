"""docs/case-flow.md says what the tables say."""

from house.files import ROOT
from typer.testing import CliRunner

from cases.graph import draw
from cases.model import Status
from pianqu.cli import app


def test_the_drawing_is_up_to_date():
    kept = (ROOT / "docs" / "case-flow.md").read_text(encoding="utf-8")
    assert kept == draw(), "draw it again: pianqu graph --to docs/case-flow.md"


def test_every_status_is_in_the_drawing():
    assert all(f"    {status.value} : " in draw() for status in Status)


def test_the_command_draws_it_to_a_file_or_to_the_screen(tmp_path):
    run = CliRunner().invoke
    assert run(app, ["graph"]).output == draw()
    assert run(app, ["graph", "--to", str(tmp_path / "flow.md")]).exit_code == 0
    assert (tmp_path / "flow.md").read_text(encoding="utf-8") == draw()
