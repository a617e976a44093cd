"""Boundaries from the command line: a trial changes nothing, a faulty edition is refused."""

import json
from importlib.resources import files

import pytest
from typer.testing import CliRunner

from pianqu.cli import app

pytestmark = pytest.mark.db
SHIPPED = ("street", "sectors", "communities", "police_areas", "neighbours")


@pytest.fixture
def run(database, tmp_path, monkeypatch):
    monkeypatch.setenv("PIANQU_DATABASE_URL", database)
    monkeypatch.setenv("PIANQU_STATE_DIR", str(tmp_path / "state"))
    return lambda *arguments: CliRunner().invoke(app, ["boundaries", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path):
    """The shipped boundaries, as somebody's folder of files."""
    here = tmp_path / "2027"
    here.mkdir()
    for name in SHIPPED:
        text = files("boundaries").joinpath("data", f"{name}.geojson").read_text("utf-8")
        (here / f"{name}.geojson").write_text(text, "utf-8")
    return here


def editions(run):
    return [line for line in run("list").output.splitlines() if "in_force" in line]


def test_a_trial_changes_nothing(run, folder):
    before = editions(run)
    done = run("import", folder, "--crs", "CGCS2000")
    assert done.exit_code == 0, done.output
    assert "Sound: no gap" in done.output
    assert "nothing was changed" in done.output
    assert editions(run) == before


def test_an_edition_comes_into_force_and_ends_the_one_before(run, folder):
    valid = ("--in-force", "--valid-from", "2026-09-01")
    done = run("import", folder, "--crs", "CGCS2000", "--name", "正式版", *valid)
    assert done.exit_code == 0, done.output
    assert "holds from 2026-09-01T00:00:00+08:00" in done.output
    assert len(editions(run)) == 1
    assert "正式版" in editions(run)[0]
    assert run("check").exit_code == 0


def test_a_faulty_edition_is_refused_with_its_findings(run, folder):
    path = folder / "communities.geojson"
    collection = json.loads(path.read_text("utf-8"))
    del collection["features"][3]
    path.write_text(json.dumps(collection), "utf-8")
    done = run("import", folder, "--crs", "CGCS2000", "--in-force")
    assert done.exit_code == 1
    assert "error: " in done.output
    assert len(editions(run)) == 1


def test_one_table_with_a_column_for_the_level(run, folder, tmp_path):
    import geopandas
    import pandas

    frames = [geopandas.read_file(folder / f"{name}.geojson") for name in SHIPPED]
    table = geopandas.GeoDataFrame(pandas.concat(frames), crs=4326)
    table[["level", "code", "name", "parent", "geometry"]].to_file(tmp_path / "all.gpkg")
    done = run("import", tmp_path / "all.gpkg")
    assert done.exit_code == 0, done.output
    assert "Sound: no gap" in done.output


def test_a_file_without_a_datum_is_not_guessed(run, folder):
    done = run("import", folder)
    assert done.exit_code == 1
    assert "--crs" in done.output


def test_a_table_of_other_columns_is_named_to_us(run, folder, tmp_path):
    import geopandas

    frame = geopandas.read_file(folder / "communities.geojson").rename(columns={"code": "bianma"})
    for name in SHIPPED:
        geopandas.read_file(folder / f"{name}.geojson").to_file(tmp_path / "all.gpkg", layer=name)
    frame.to_file(tmp_path / "all.gpkg", layer="communities")
    assert run("import", tmp_path / "all.gpkg").output.count("MISSING") == 0
    done = run("import", tmp_path / "all.gpkg", "--column", "code=bianma")
    assert "it has no column bianma" in done.output


def test_the_shipped_boundaries_are_there_once(run):
    assert run("import").exit_code == 0
    assert len(editions(run)) == 1
