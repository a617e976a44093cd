"""`pianqu account …` as it is typed."""

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from cases.people import callers, issuing
from pianqu.cli import app

pytestmark = pytest.mark.db


@pytest.fixture
def typed(database, monkeypatch):
    monkeypatch.setenv("PIANQU_DATABASE_URL", database)

    def run(*words, said=None):
        return CliRunner().invoke(app, ["account", *words], input=said)

    return run


def test_an_account_from_the_command_line(typed, engine):
    added = typed(
        "add", "li-desk", "--post", "deputy-140901", "--password-stdin", said="Rice-7-Boat!\n"
    )
    assert added.exit_code == 0, added.output
    told = typed("token", "li-desk", "--days", "2", "--label", "try", "--scope", "read")
    token = told.stdout.removesuffix("\n")
    assert token.startswith("pq_")
    assert "\n" not in token
    with engine.begin() as conn:
        now = conn.execute(text("SELECT now()")).scalar_one()
        caller = callers.by_token(conn, token, now)
        assert (caller.account, caller.posts) == ("li-desk", ("deputy-140901",))
        (kept,) = issuing.tokens_of(conn, "li-desk")
    assert kept.label == "try"
    assert "li-desk\topen\tdeputy-140901" in typed("list").stdout
    assert typed("disable", "li-desk").exit_code == 0
    assert "li-desk\tdisabled" in typed("list").stdout
    refused = typed("token", "li-desk")
    assert refused.exit_code == 1
    assert "已停用" in refused.output
    assert typed("enable", "li-desk").exit_code == 0
    weak = typed("password", "li-desk", "--password-stdin", said="12345678\n")
    assert weak.exit_code == 1
    assert typed("token", "nobody").exit_code == 1
