"""`pianqu gazetteer`: a trial, an import, a look, a retirement."""

import pytest
from typer.testing import CliRunner

from pianqu.cli import app

pytestmark = pytest.mark.db
ROWS = "店名,地址,经度,纬度\n某店,仓场路333号,121.262,31.3837\n,苍场路1号,121.262,31.3837\n"


def test_from_the_file_to_the_list(database, tmp_path, monkeypatch):
    monkeypatch.setenv("PIANQU_DATABASE_URL", database)
    monkeypatch.setenv("PIANQU_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    table = tmp_path / "poi.csv"
    table.write_text(ROWS, "gb18030")

    def run(*arguments):
        return CliRunner().invoke(app, ["gazetteer", *map(str, arguments)])

    undeclared = run("import", table, "--map", "name=店名")
    assert undeclared.exit_code == 1
    assert "坐标系" in undeclared.output
    told = ("import", table, "--map", "name=店名", "--crs", "GCJ-02")
    trial = run(*told, "--dry-run")
    assert trial.exit_code == 0, trial.output
    assert "row 3: 苍场路1号 路名不在地名库" in trial.output
    assert "new 1, changed 0, unchanged 0, repeated 0, conflicts 1" in trial.output
    assert "Nothing was changed." in trial.output
    assert "version g2" in run(*told).output
    assert "某店（仓场路333号）" in run("list", "--like", "某店").output
    key = "p:仓场路333号/某店"
    gone = run("retire", key, "--on", "2026-01-01", "--reason", "关闭")
    assert gone.exit_code == 0, gone.output
    assert "某店" not in run("list", "--like", "某店").output
    assert run("retire", "p:没有", "--on", "2026-01-01", "--reason", "x").exit_code == 1
    assert run("labels").exit_code == 0
