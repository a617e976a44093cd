"""What browser tests do at the screen, and what others do meanwhile over HTTP."""

import time
from collections.abc import Callable
from typing import Any

import httpx2
import signed
from playwright.sync_api import Page, expect
from processes import Site


class Door:
    """What other systems and other posts do meanwhile, over the same HTTP interface."""

    def __init__(self, site: Site):
        self.site = site

    def get(self, path: str, **query: Any) -> Any:
        answer = httpx2.get(
            self.site.base_url + path, params=query, headers=signed.headers(), trust_env=False
        )
        return self._read(answer)

    def post(self, path: str, body: dict, post: str = "coordinator-140901") -> Any:
        answer = httpx2.post(
            self.site.base_url + path, json=body, headers=signed.headers(post), trust_env=False
        )
        return self._read(answer)

    def receive(self, body: dict) -> dict:
        """Report a case; the case as it was taken."""
        return self.post("/v1/cases", body, "platform-12345")["case"]

    def case(self, number: str) -> dict:
        return self.get(f"/v1/cases/{number}")

    def wait_for(self, number: str, condition: Callable[[dict], bool]) -> dict:
        """The case once it is so; what the worker does takes a moment."""
        deadline = time.monotonic() + 30
        while not condition(case := self.case(number)):
            assert time.monotonic() < deadline, case
            time.sleep(0.1)
        return case

    @staticmethod
    def _read(answer: httpx2.Response) -> Any:
        assert answer.status_code < 300, answer.text
        return answer.json()


def log_in(page: Page, site: Site, post: str) -> None:
    """The session of a demo post in the browser's cookie, before any page is opened."""
    answer = page.request.post(site.base_url + "/v1/session/demo", data={"post": post})
    assert answer.ok, answer.text()


def act_as(page: Page, post: str) -> None:
    """Change over to another demo post at the screen."""
    page.locator("[data-account]").click()
    page.locator("[data-switch]").click()
    page.locator(f"[data-post={post}]").click()
    expect(page.locator("[data-login]")).to_have_count(0)
    expect(page.locator(".stream.live")).to_be_visible(timeout=30_000)


def wait_for_map(page: Page) -> None:
    expect(page.locator(".map[data-ready=true]").first).to_be_visible(timeout=30_000)


def open_case(page: Page, number: str, tab: str) -> None:
    """Find a case by its number in a tab of the queue and open it."""
    page.locator(f"[data-tab={tab}]").click()
    row = page.locator(f"[data-case='{number}']")
    row.click()
    expect(page.locator(".case [data-number]")).to_have_text(number)
    # The history arrives with the whole case: now its steps are the right ones.
    expect(page.locator(".case .log li").first).to_be_visible()
