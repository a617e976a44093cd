"""The locks say what is installed and not from where: they work with any mirror."""

import json
import re

from house.files import ROOT, committed


def test_uv_lock_names_one_registry():
    text = (ROOT / "uv.lock").read_text()
    assert len(set(re.findall(r'registry = "([^"]+)"', text))) == 1


def test_pyproject_names_no_index():
    text = (ROOT / "pyproject.toml").read_text()
    assert "tool.uv.index" not in text
    assert "index-url" not in text


def test_package_lock_names_no_address():
    lock = json.loads((ROOT / "web/app/package-lock.json").read_text())
    resolved = [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert not resolved, resolved[:5]


def test_npm_is_told_to_keep_it_so():
    for path in (".npmrc", "web/app/.npmrc"):
        assert "omit-lockfile-registry-resolved=true" in (ROOT / path).read_text()


def test_no_built_or_foreign_files_are_committed():
    odd = [
        path.relative_to(ROOT)
        for path in committed()
        if re.search(
            r"\.min\.(js|css)$|/node_modules/|/vendor/|/dist/|\.(woff2?|ttf|otf)$", str(path)
        )
    ]
    assert not odd
