"""What a browser must load before a page can be worked with, and that it asks nobody outside."""

import gzip
import re

import pytest
from house.files import ROOT

DIST = ROOT / "web" / "app" / "dist"
ENTRY = "index.html"
# Page entry → most kB, gzipped, of scripts and styles before it can be used. MapLibre alone is 287.
BUDGET_KB = {
    "first load": 650,
    "WallPage": 25,
    "FieldPage": 90,
    "PrintPage": 40,
    "MapView": 150,
}
# Addresses that stand in the files as names or in comments of libraries; nothing is asked of them.
NAMES = {
    "www.w3.org",
    "github.com",
    "vuejs.org",
    "maplibre.org",
    "maplibre.invalid",
    "leafletjs.com",
    "bugs.chromium.org",
    "bugzilla.mozilla.org",
    "wiki.openstreetmap.org",
    "element-plus.org",
    "developer.mozilla.org",
}


@pytest.fixture(scope="module")
def page():
    index = DIST / ENTRY
    if not index.is_file():
        pytest.fail("web/app/dist is not built. Repair: scripts/setup-web", False)
    return index.read_text()


def kilobytes(paths):
    return sum(len(gzip.compress(path.read_bytes(), 6)) for path in paths) / 1000


def first_files(page):
    """What the page names itself: they are asked for before anything is drawn."""
    return [DIST / name for name in re.findall(r'(?:src|href)="/([^"]+\.(?:js|css))"', page)]


def test_the_first_load_is_small(page):
    files = first_files(page)
    assert any(path.suffix == ".css" for path in files)
    assert kilobytes(files) <= BUDGET_KB["first load"]


@pytest.mark.usefixtures("page")
@pytest.mark.parametrize("name", [name for name in BUDGET_KB if name != "first load"])
def test_a_page_of_its_own_adds_little(name):
    files = list((DIST / "assets").glob(f"{name}-*.*"))
    assert kilobytes(files) <= BUDGET_KB[name]


def test_the_wall_is_not_loaded_at_the_desk(page):
    assert list((DIST / "assets").glob("WallPage-*.js"))
    assert not any("WallPage" in path.name for path in first_files(page))


def test_no_source_maps_and_no_inline_script(page):
    assert not list(DIST.rglob("*.map"))
    assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)
    assert "<style" not in page
    assert not re.findall(r"\son[a-z]+=|javascript:", page)


@pytest.mark.usefixtures("page")
def test_nobody_outside_is_named():
    told = {
        host
        for path in DIST.rglob("*")
        if path.suffix in {".html", ".js", ".mjs", ".css", ".svg", ".webmanifest", ".json"}
        for host in re.findall(r"https?://([A-Za-z0-9.-]+)", path.read_text(errors="replace"))
    }
    assert told <= NAMES
