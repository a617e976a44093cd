"""The command line teaches, answers quickly, and tells errors with their repair."""

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from pianqu import __version__
from pianqu.cli import app

runner = CliRunner()


def run(*arguments, **environment):
    return runner.invoke(app, arguments, env=environment)


def test_help_shows_where_to_begin():
    said = run("--help").output
    for example in ("pianqu demo", "pianqu doctor", "pianqu assign cases.csv --crs GCJ-02"):
        assert example in said


@pytest.mark.parametrize("group", ["db", "boundaries", "report"])
def test_a_noun_alone_shows_its_verbs(group):
    assert "Commands:" in run(group).output


def test_version():
    assert run("--version").output.strip() == __version__


def test_help_loads_none_of_the_heavy_rooms():
    code = (
        "import sys; from pianqu.cli import app; "
        "print([m for m in ('numba', 'geopandas', 'sqlalchemy', 'fastapi') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_a_database_that_does_not_answer_is_told_with_its_repair():
    done = run("migrate", PIANQU_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert done.exit_code == 1
    assert "The database does not answer" in done.output
    assert "PIANQU_DATABASE_URL" in done.output


def test_an_own_database_is_named_as_libpq_wants_it():
    url = "postgresql+psycopg://me@here/it"
    assert run("db", "url", PIANQU_DATABASE_URL=url).output == "postgresql://me@here/it\n"


def test_the_module_is_the_command():
    command = [sys.executable, "-m", "pianqu", "--version"]
    said = subprocess.check_output(command, cwd=os.sep, text=True)
    assert said.strip() == __version__
