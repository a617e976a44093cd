"""Settings come from the environment, and the webhook's secret is made once for all processes."""

import threading

import pytest
from pydantic import ValidationError

from pianqu.settings import Settings, inbox_url, webhook_secret


@pytest.fixture(autouse=True)
def _clean(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PIANQU_{name.upper()}", raising=False)
    monkeypatch.setenv("PIANQU_STATE_DIR", str(tmp_path / "state"))


def test_defaults_are_safe():
    settings = Settings()
    assert settings.port == 8000
    assert not any((settings.auto_refuse, settings.auto_redispatch, settings.demo))
    assert inbox_url(settings) == "http://127.0.0.1:8000/v1/street-centre/inbox"


def test_the_environment_is_read(monkeypatch):
    monkeypatch.setenv("PIANQU_PORT", "8123")
    monkeypatch.setenv("PIANQU_AUTO_REFUSE", "true")
    monkeypatch.setenv("PIANQU_BASEMAP_DATUM", "GCJ-02")
    monkeypatch.setenv("PIANQU_STREET_CENTRE_URL", "http://street/in")
    settings = Settings()
    assert (settings.base_url, settings.auto_refuse) == ("http://127.0.0.1:8123", True)
    assert settings.basemap_datum == "GCJ-02"
    assert inbox_url(settings) == "http://street/in"


def test_an_empty_value_counts_as_not_set(monkeypatch):
    monkeypatch.setenv("PIANQU_DATABASE_URL", "")
    assert Settings().database_url is None


@pytest.mark.parametrize(("name", "value"), [("PORT", "0"), ("PORT", "x"), ("BASEMAP_DATUM", "?")])
def test_nonsense_is_refused(monkeypatch, name, value):
    monkeypatch.setenv(f"PIANQU_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_the_secret_is_one_for_all_and_closed():
    settings = Settings()
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.append(webhook_secret(settings))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1
    assert len(made[0]) > 40
    kept = settings.state_dir / "webhook.secret"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in settings.state_dir.iterdir()] == ["webhook.secret"]


def test_a_secret_of_ones_own_is_not_written_down(monkeypatch):
    monkeypatch.setenv("PIANQU_WEBHOOK_SECRET", "of my own")
    settings = Settings()
    assert webhook_secret(settings) == "of my own"
    assert not settings.state_dir.exists()
    assert "of my own" not in repr(settings)
