"""By which names the server may be reached, and from which pages a browser may write."""

import pytest
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse

from api.guard import Guard

PUBLIC = frozenset({"pianqu.example"})


def reach(base_url, method="GET", origin=None, public=PUBLIC):
    app = Guard(PlainTextResponse("in"), public_hosts=public)
    headers = {"Origin": origin} if origin else {}
    return TestClient(app, base_url=base_url).request(method, "/", headers=headers)


@pytest.mark.parametrize("url", ["https://pianqu.example", "http://127.0.0.1:8000", "http://[::1]"])
def test_known_names_are_let_in(url):
    assert reach(url).text == "in"


@pytest.mark.parametrize(
    "url", ["https://evil.example", "http://192.0.2.7", "http://x.pianqu.example"]
)
def test_other_names_are_refused(url):
    assert reach(url).status_code == 403


def test_without_public_names_only_loopback():
    assert reach("https://pianqu.example", public=()).status_code == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://pianqu.example", 200),
        ("https://pianqu.example:8443", 200),
        ("http://pianqu.example", 403),
        ("https://evil.example", 403),
        ("https://pianqu.example.evil.example", 403),
        ("null", 403),
    ],
)
def test_only_our_own_pages_write(origin, status):
    assert reach("https://pianqu.example", "POST", origin).status_code == status


def test_https_is_remembered_by_the_browser_and_http_is_not():
    assert "max-age" in reach("https://pianqu.example").headers["strict-transport-security"]
    assert "strict-transport-security" not in reach("http://127.0.0.1").headers
