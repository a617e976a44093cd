"""The pages' headers, and what is said when they are not built."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from web.site import PAGES, REPAIR, content_security_policy, mount_site


@pytest.fixture
def dist(tmp_path):
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>片区</title>", encoding="utf-8")
    (folder / "theme.js").write_text("1", encoding="utf-8")
    (folder / "assets" / "index-abc.js").write_text("2", encoding="utf-8")
    return folder


def client(dist, **more):
    app = FastAPI()
    mount_site(app, dist, **more)
    return TestClient(app)


@pytest.mark.parametrize("path", PAGES)
def test_all_pages_are_the_one_application(dist, path):
    answer = client(dist).get(path)
    assert "片区" in answer.text
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert client(dist).head(path).status_code == 200


def test_files_with_a_hash_are_kept_for_a_year_and_a_missing_one_is_not(dist):
    answer = client(dist).get("/assets/index-abc.js")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    missing = client(dist).get("/assets/index-old.js")
    assert missing.status_code == 404
    assert "immutable" not in missing.headers.get("cache-control", "")
    assert client(dist).get("/theme.js").headers["cache-control"] == "no-cache"
    assert client(dist).get("/icon.svg").status_code == 404


def test_nothing_outside_the_folder_is_served(dist):
    (dist.parent / "secret").write_text("secret", encoding="utf-8")
    for path in ("/assets/../../secret", "/assets/%2e%2e/%2e%2e/secret"):
        assert client(dist).get(path).status_code == 404


def test_pages_that_are_not_built_say_how_to_build_them(tmp_path):
    answer = client(tmp_path / "dist").get("/")
    assert answer.status_code == 503
    assert REPAIR in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://tiles.example:8443/w/{z}/{x}/{y}.png?key=1", "https://tiles.example:8443"),
        ("http://t{s}.tiles.example/{z}/{x}/{y}", "http://*.tiles.example"),
        ("https://user:word@tiles.example/{z}", "https://tiles.example"),
    ],
)
def test_a_base_map_is_the_only_other_origin(url, origin):
    policy = content_security_policy(url).split("; ")
    assert f"connect-src 'self' {origin}" in policy
    assert f"img-src 'self' data: blob: {origin}" in policy
    assert "script-src 'self'" in policy


@pytest.mark.parametrize(
    "url", [None, "", "/own/{z}/{x}/{y}.png", "javascript:alert(1)", "https://a; x/", "ftp://x/"]
)
def test_without_one_there_is_no_other_origin(url):
    assert "http" not in content_security_policy(url)
    assert "unsafe" not in content_security_policy(url)
