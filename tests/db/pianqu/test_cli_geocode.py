"""`pianqu geocode`: a file, one text, and what is said of neither."""

import pytest
from typer.testing import CliRunner

from pianqu.cli import app

pytestmark = pytest.mark.db


def test_a_file_and_a_text(database, tmp_path, monkeypatch):
    monkeypatch.setenv("PIANQU_DATABASE_URL", database)
    monkeypatch.setenv("PIANQU_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    table = tmp_path / "cases.csv"
    table.write_text("编号,地址\n1,叶城路505弄\n2,仓场路\n", "gb18030")

    def run(*arguments):
        return CliRunner().invoke(app, ["geocode", *map(str, arguments)])

    done = run(table, "--column", "地址")
    assert done.exit_code == 0, done.output
    assert "2 rows geocoded with gazetteer g1, unsurveyed positions" in done.output
    _, first, second = (tmp_path / "cases.geocoded.csv").read_text("utf-8-sig").splitlines()
    assert first.startswith("1,叶城路505弄,已定位,爱里舍花园（叶城路505弄）,121.259")
    assert second.startswith("2,仓场路,待确认,")
    told = run("--text", "叶城路505弄")
    assert told.output.startswith("已定位：爱里舍花园（叶城路505弄）")
    missing = run(table)
    assert missing.exit_code == 1
    assert "no column address" in missing.output
    assert run().exit_code == run(table, "--text", "x").exit_code == 2
