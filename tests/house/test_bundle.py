"""What a browser must load before a page can be worked with, and that it asks nobody outside."""

import gzip
import re

import pytest
from house.files import ROOT

DIST = ROOT / "web" / "app" / "dist"
ASSETS = DIST / "assets"
# Page → the chunks it begins with, and the most kB, gzipped, of all scripts and styles it needs.
# MapLibre alone is 298 of them; the phone does without until a map is asked for.
BUDGETS = {
    "desk": (("AppShell",), 650),
    "wall": (("AppShell", "WallPage"), 680),
    "print": (("AppShell", "PrintPage"), 680),
    "phone": (("FieldApp",), 220),
}
# What stands in the files as a name or in a comment of a library; nothing is asked of them.
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
# Where the phone's own map opens when its owner asks for the way.
LINKS = {"uri.amap.com", "api.map.baidu.com"}
_STATIC = re.compile(r"""(?:from|import)\s*["'`]\./([^"'`]+\.js)["'`]""")


@pytest.fixture(scope="module")
def built():
    """The page as built."""
    index = DIST / "index.html"
    if not index.is_file():
        pytest.fail("web/app/dist is not built. Repair: scripts/setup-web", False)
    return index.read_text()


def needed(built, starts):
    """The scripts a page cannot do without, with the styles of the same chunks."""
    named = re.findall(r'(?:src|href)="/assets/([^"]+\.js)"', built)
    ahead = named + [path.name for start in starts for path in ASSETS.glob(f"{start}-*.js")]
    found = set()
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += _STATIC.findall((ASSETS / name).read_text())
    stems = {name.split("-")[0] for name in found}
    return [ASSETS / n for n in found] + [p for p in ASSETS.glob("*.css") if _stem(p) in stems]


def _stem(path):
    return path.name.split("-")[0]


@pytest.mark.parametrize("entry", sorted(BUDGETS))
def test_a_page_keeps_its_budget(built, entry):
    starts, most = BUDGETS[entry]
    size = sum(len(gzip.compress(path.read_bytes(), 6)) for path in needed(built, starts)) / 1000
    assert 50 < size <= most


def test_each_place_loads_only_its_own(built):
    desk = {_stem(path) for path in needed(built, ("AppShell",))}
    assert not desk & {"WallPage", "PrintPage", "FieldApp"}
    assert "maplibre" not in {_stem(path) for path in needed(built, ("FieldApp",))}


def test_no_source_maps_and_no_inline_script(built):
    assert not list(DIST.rglob("*.map"))
    assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", built)
    assert "<style" not in built
    assert not re.findall(r"\son[a-z]+=|javascript:", built)


@pytest.mark.usefixtures("built")
def test_nobody_outside_is_named():
    told = {
        host
        for path in DIST.rglob("*")
        if path.suffix in {".html", ".js", ".mjs", ".css", ".svg", ".webmanifest", ".json"}
        for host in re.findall(r"https?://([A-Za-z0-9.-]+)", path.read_text(errors="replace"))
    }
    assert told <= NAMES | LINKS
