"""What is committed works anywhere: no folder of one machine, no registry's host."""

import re

import pytest
from house.files import ROOT, committed

# Put together here, so that this file does not find itself.
FOLDERS = re.compile(
    r"(?<![\w.:/-])/(?:{})/[\w.-]".format("|".join(["work", "root", "home", "Users"]))
)
HOSTS = re.compile(
    "|".join(
        map(
            re.escape,
            ["registry." + "npmjs", "pypi" + ".org", "pythonhosted" + ".org", "npmmirror" + ".com"],
        )
    )
)
TEXT = {".py", ".md", ".toml", ".json", ".ts", ".vue", ".css", ".html", ".csv", ".geojson", ""}


def texts():
    for path in committed():
        # uv writes its one default registry into its lock; test_locks looks after that one.
        if path.suffix in TEXT and path.name != "uv.lock":
            yield path, path.read_text(errors="replace")


@pytest.mark.parametrize("forbidden", [FOLDERS, HOSTS], ids=["folders", "hosts"])
def test_nothing_points_at_one_machine(forbidden):
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:90]}"
        for path, text in texts()
        if path.name != "test_paths.py" and forbidden.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if forbidden.search(line)
    ]
    assert not found, "\n".join(found)
