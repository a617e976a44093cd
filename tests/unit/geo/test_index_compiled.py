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
from geo.predicates import split_product
print(split_product(3.0, 5.0)[0], sum(split_product.stats.cache_hits.values()))
"""


@pytest.fixture
def room(tmp_path):
    """A copy of this room that has no code yet and no folder to keep it in."""
    shutil.copytree(ROOM, tmp_path / "geo", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "geo" / "__pycache__").write_text("not a folder")
    return tmp_path / "geo"


def ask(room, home):
    """The product of 3 and 5 in a new process, and how often the cache was hit."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA", "XDG"))}
    environment |= {"HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [sys.executable, "-c", ASK], cwd=room.parent, env=environment, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return run.stdout.split()


def test_the_code_is_found_again_until_any_kernels_file_changes(room, tmp_path):
    """Here in the user's cache, as for a package that cannot be written."""
    assert ask(room, tmp_path) == ["15.0", "0"]
    assert ask(room, tmp_path) == ["15.0", "1"]
    with (room / "index_grid.py").open("a") as file:  # not the asked kernel's own file
        file.write("# changed\n")
    assert ask(room, tmp_path) == ["15.0", "0"]


def test_without_any_place_to_write_it_works_all_the_same(room):
    assert ask(room, "/dev/null") == ["15.0", "0"]
