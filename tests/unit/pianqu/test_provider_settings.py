"""Online geocoders are off until their keys are set, and the keys are never shown."""

import pytest
from pydantic import ValidationError

from pianqu.provider_settings import asker, providers
from pianqu.settings import Settings


@pytest.fixture(autouse=True)
def _clean(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PIANQU_{name.upper()}", raising=False)


def test_without_a_key_nobody_is_asked():
    nobody = asker(Settings())
    assert (providers(Settings()), nobody.names) == ((), ())
    nobody.close()


def test_those_with_a_key_are_asked_where_they_are(monkeypatch):
    monkeypatch.setenv("PIANQU_BAIDU_KEY", "very-secret")
    monkeypatch.setenv("PIANQU_TIANDITU_KEY", "very-secret")
    monkeypatch.setenv("PIANQU_TIANDITU_BASE_URL", "http://127.0.0.1:9/maps/")
    found = providers(Settings())
    assert [one.url for one in found] == [
        "http://127.0.0.1:9/maps/geocoder",
        "https://api.map.baidu.com/geocoding/v3/",
    ]
    assert "very-secret" not in repr(found) + repr(Settings())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AMAP_BASE_URL", "http://restapi.example"),
        ("BAIDU_BASE_URL", "ftp://127.0.0.1"),
        ("PROVIDER_BUDGET", "-1"),
    ],
)
def test_a_key_does_not_travel_in_the_open_and_a_mistake_does_not_show_it(monkeypatch, name, value):
    monkeypatch.setenv("PIANQU_AMAP_KEY", "very-secret")
    monkeypatch.setenv(f"PIANQU_{name}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "very-secret" not in str(caught.value)
