"""The kernels' machine code on disk: found again, never stale, not needed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import geo

ROOM = Path(geo.__file__).parent
ASK = """
import numba
from geo.predicates import orientation
print(orientation(0.0, 0.0, 1.0, 0.0, 0.5, 1.0), sum(orientation.stats.cache_hits.values()))
"""


@pytest.fixture
def room(tmp_path):
    """A copy of this room whose cache begins empty."""
    shutil.copytree(ROOM, tmp_path / "geo", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "geo"


def ask(room, home):
    """The orientation of a left turn in a new process, and how often the cache was hit."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "XDG"))}
    environment |= {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [sys.executable, "-c", ASK], cwd=room.parent, env=environment, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_another_process_finds_the_code_and_a_changed_file_makes_it_anew(room, tmp_path):
    assert ask(room, tmp_path) == ["1", "0"]
    assert ask(room, tmp_path) == ["1", "1"]
    with (room / "index_grid.py").open("a") as file:  # another kernel's file
        file.write("# changed\n")
    assert ask(room, tmp_path) == ["1", "0"]


def test_a_package_that_cannot_be_written_uses_the_users_cache(room, tmp_path):
    (room / "__pycache__").write_text("no folder")
    assert ask(room, tmp_path) == ["1", "0"]
    assert ask(room, tmp_path) == ["1", "1"]


def test_without_any_place_to_write_it_works_all_the_same(room):
    (room / "__pycache__").write_text("no folder")
    assert ask(room, "/dev/null") == ["1", "0"]
