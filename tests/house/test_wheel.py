"""The wheel: whole, without tests, and at work in an environment of its own."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx2
import pytest
import signed
from house.files import ROOT
from processes import Site

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def uv():
    return subprocess.check_output([ROOT / "scripts" / "tool", "uv"], text=True).strip()


@pytest.fixture(scope="module")
def wheel(uv, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(uv, "build", "--quiet", "--wheel", "--out-dir", folder)
    return next(folder.glob("*.whl"))


def run(*command, **more):
    done = subprocess.run(
        command, cwd=more.pop("cwd", ROOT), capture_output=True, text=True, check=False, **more
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def python(uv, wheel, tmp_path_factory) -> str:
    """An environment with the wheel and the locked versions, and nothing of this checkout."""
    folder = tmp_path_factory.mktemp("environment")
    locked = folder / "locked.txt"
    run(uv, "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "-o", locked)
    run(uv, "venv", "--quiet", "--python", sys.executable, folder / "venv")
    python = str(folder / "venv" / "bin" / "python")
    run(uv, "pip", "install", "--quiet", "--python", python, "-r", locked, wheel)
    return python


def test_the_wheel_holds_what_it_must(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for part in (
        "web/app/dist/index.html",
        "web/app/dist/report-assets/leaflet.js",
        "web/situation/page.js",
        "boundaries/data/communities.geojson",
        "boundaries/data/README.md",
        "store/migrations/versions/0001_boundaries.py",
        "geo/py.typed",
        "pianqu/cli.py",
    ):
        assert part in names


def test_the_wheel_holds_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    rooms = {"pianqu", "web", "api", "layers", "cases", "boundaries", "geo", "store"}
    assert {top for top in tops if not top.endswith(".dist-info")} == rooms
    assert not [n for n in names if n.startswith("web/app/") and "/dist/" not in n]
    assert not [n for n in names if "node_modules" in n or "__pycache__" in n]


def test_the_wheel_serves_elsewhere(python, database, free_port, tmp_path):
    site = Site(tmp_path, database_url=database, port=free_port(), python=python)
    site.start()
    try:
        point = {"lon": 121.2655, "lat": 31.3885, "crs": "GCJ-02", "accuracy_m": 10}
        answer = httpx2.post(
            f"{site.base_url}/v1/assignments", json=point, headers=signed.headers()
        )
        assert answer.status_code == 200, answer.text
        assert "<html" in httpx2.get(site.base_url).text
        environment = {**os.environ, "PIANQU_DATABASE_URL": database, "PIANQU_PORT": "1"}
        said = run(python, "-m", "pianqu", "doctor", cwd=tmp_path, env=environment)
        assert "✓ Boundaries are in force and sound" in said
    finally:
        site.stop()
