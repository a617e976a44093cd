"""The page in a real Chromium against a real server and worker."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect
from processes import Site
from screen_steps import Door, log_in, wait_for_map

DESK = (1366, 768)
# Whose workplace a page is; all others are the coordinator's.
POSTS = {"/refusals": "street-centre", "/accounts": "admin"}
# The browser writes a line for every answer of 400 and more; the tests that ask for one expect it.
_EXPECTED = "Failed to load resource"


@pytest.fixture(scope="module")
def open_site(open_site: Callable[..., Site]) -> Callable[..., Site]:
    """Sites in demo mode: one click per post logs in."""
    return lambda **settings: open_site(**{"PIANQU_DEMO": "true", **settings})


@pytest.fixture(scope="module")
def site(shared_site: Callable[..., Site]) -> Site:
    """One site for all pages: each test looks only at cases it has received itself."""
    return shared_site(PIANQU_DEMO="true", PIANQU_AUTO_REFUSE="true")


@pytest.fixture
def door(site: Site) -> Door:
    return Door(site)


@pytest.fixture
def visit(page: Page) -> Iterator[Callable[..., Page]]:
    """Log in, open a page of a site and wait for its stream.

    A request to any other host, an error of the page or a violation of its policy fails the test.
    """
    trouble: list[str] = []
    hosts: set[str] = set()

    def watch(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc not in hosts:
            trouble.append(f"request to {url}")

    page.on("request", lambda request: watch(request.url))
    page.on("pageerror", lambda error: trouble.append(f"error {error}"))
    page.on("console", lambda said: trouble.append(said.text) if _is_grave(said) else None)
    page.on("dialog", lambda box: (trouble.append(f"dialog {box.message}"), box.dismiss()))

    def visited(
        site: Site,
        path: str = "/",
        size: tuple[int, int] = DESK,
        also: str = "",
        post: str | None = None,
    ) -> Page:
        hosts.update({urlsplit(site.base_url).netloc, also} - {""})
        page.set_viewport_size({"width": size[0], "height": size[1]})
        log_in(page, site, post or POSTS.get(path, "coordinator-140901"))
        page.goto(site.base_url + path)
        expect(page.locator(".stream.live")).to_be_visible(timeout=30_000)
        return page

    yield visited
    assert trouble == []


def _is_grave(said: Any) -> bool:
    return said.type == "error" and not said.text.startswith(_EXPECTED)


@pytest.fixture
def dispatch(visit: Callable[..., Page], site: Site) -> Page:
    """The dispatch page at the desk of 140901, its map drawn."""
    page = visit(site)
    wait_for_map(page)
    return page
