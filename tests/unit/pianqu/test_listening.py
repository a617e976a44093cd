"""Where the server may listen, and what it says when it may not."""

import pytest
from pydantic import ValidationError

from pianqu import listening
from pianqu.listening import ListeningSettings, MayNotListen

NAME = ("https://pianqu.example",)


def pem(folder):
    for name in ("cert", "key"):
        (folder / name).touch()
    return {"tls_cert": folder / "cert", "tls_key": folder / "key"}


def test_loopback_needs_nothing():
    listening.check(ListeningSettings(), demo=True)
    listening.check(ListeningSettings(bind="::1"), demo=False)


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.0.2.7"])
def test_beyond_loopback_in_clear_is_refused_in_both_languages(bind):
    with pytest.raises(MayNotListen, match=r"明文.*in clear[\s\S]*PIANQU_TLS_CERT"):
        listening.check(ListeningSettings(bind=bind, public_origins=NAME), demo=False)


def test_with_tls_or_a_trusted_proxy_it_may(tmp_path):
    for safe in (pem(tmp_path), {"trusted_proxies": ("192.0.2.1",)}):
        listening.check(ListeningSettings(bind="0.0.0.0", public_origins=NAME, **safe), demo=False)


def test_it_must_know_its_name(tmp_path):
    with pytest.raises(MayNotListen, match="PIANQU_PUBLIC_ORIGINS"):
        listening.check(ListeningSettings(bind="0.0.0.0", **pem(tmp_path)), demo=False)


def test_a_missing_certificate_is_named(tmp_path):
    files = {"tls_cert": tmp_path / "none", "tls_key": tmp_path / "neither"}
    with pytest.raises(MayNotListen, match="none"):
        listening.check(ListeningSettings(public_origins=NAME, **files), demo=False)


@pytest.mark.parametrize("how", [{"bind": "192.0.2.7"}, {"public_origins": NAME}])
def test_the_demo_stays_on_loopback(how):
    with pytest.raises(MayNotListen, match="演示"):
        listening.check(ListeningSettings(trusted_proxies=("192.0.2.1",), **how), demo=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bind": "localhost"},
        {"trusted_proxies": "*"},
        {"trusted_proxies": "proxy.example"},
        {"public_origins": "http://pianqu.example"},
        {"public_origins": "https://pianqu.example/"},
        {"public_origins": "https://user@pianqu.example"},
        {"public_origins": "https://Pianqu.example"},
        {"tls_cert": "cert.pem"},
    ],
)
def test_values_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValidationError):
        ListeningSettings(**wrong)


def test_lists_are_read_from_the_environment(monkeypatch):
    from pianqu.settings import Settings

    monkeypatch.setenv("PIANQU_TRUSTED_PROXIES", "192.0.2.1, 198.51.100.0/24")
    monkeypatch.setenv("PIANQU_PUBLIC_ORIGINS", "https://a.example,https://b.example:8443")
    found = Settings()
    assert found.trusted_proxies == ("192.0.2.1", "198.51.100.0/24")
    assert found.public_origins == ("https://a.example", "https://b.example:8443")


@pytest.mark.parametrize(
    ("bind", "near"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("192.0.2.7",) * 2],
)
def test_the_machine_reaches_its_own_server(bind, near):
    assert ListeningSettings(bind=bind).near == near
