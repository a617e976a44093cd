"""Scripts and styles of the shareable map: collected from npm packages at build time, read here.

`python -m web.report_assets <node_modules> <folder>` runs once after the front-end build and puts
them beside it, so that the wheel, which has no node_modules, carries them. None is in the project.
"""

import base64
import re
import sys
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

# In the order in which a page needs them; folium brings the heat layer's script itself.
SCRIPTS = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
}
STYLES = {
    "leaflet.css": "leaflet/dist/leaflet.css",
    "markercluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
}
_URL = re.compile(r"url\(\s*(['\"]?)([^'\")]+)\1\s*\)")
_SOURCE_MAP = re.compile(r"^\s*(?://|/\*)[#@] sourceMappingURL=.*$", re.MULTILINE)
_TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".gif": "image/gif"}


class AssetsMissing(Exception):
    """The front end was not built; the message says how to build it."""


@dataclass(frozen=True, slots=True)
class Assets:
    """Third-party scripts and styles, and our own two files, as texts."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]


def collect(node_modules: Path, folder: Path) -> None:
    """Copy what a report needs out of `node_modules`, with pictures written into the styles.

    Raises:
        AssetsMissing: a package is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in {**SCRIPTS, **STYLES}.items():
        path = node_modules / source
        if not path.is_file():
            raise AssetsMissing(f"{source} is not in {node_modules}: run scripts/setup-web")
        text = _SOURCE_MAP.sub("", path.read_text(encoding="utf-8"))
        if name in STYLES:
            text = _inlined(text, path.parent)
        (folder / name).write_text(text, encoding="utf-8")


def _inlined(css: str, beside: Path) -> str:
    """The style with each picture as a data address; what lies outside is refused."""

    def data(match: re.Match[str]) -> str:
        address = match.group(2)
        if address.startswith(("data:", "#")):
            return match.group()
        path = beside / address
        if "//" in address or path.suffix not in _TYPES:
            raise AssetsMissing(f"a style asks for {address}, which cannot be written into it")
        written = base64.b64encode(path.read_bytes()).decode()
        return f'url("data:{_TYPES[path.suffix]};base64,{written}")'

    return _URL.sub(data, css)


def packaged() -> Assets:
    """The assets of the installed package.

    Raises:
        AssetsMissing: the front end was not built.
    """
    return read(files("web") / "app" / "dist" / "report-assets")


def read(folder: Traversable) -> Assets:
    """The assets collected in a folder, folium's heat layer, and our own page files.

    Raises:
        AssetsMissing: a file is not there.
    """
    own = files("web") / "situation"
    heat = files("folium") / "templates" / "leaflet_heat.min.js"
    try:
        return Assets(
            scripts=(
                *(_text(folder / name) for name in SCRIPTS),
                _text(heat),
                _text(own / "page.js"),
            ),
            styles=(*(_text(folder / name) for name in STYLES), _text(own / "page.css")),
        )
    except (FileNotFoundError, NotADirectoryError) as error:
        raise AssetsMissing("the map's scripts are not built: run scripts/setup-web") from error


def _text(path: Traversable) -> str:
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    collect(Path(sys.argv[1]), Path(sys.argv[2]))
