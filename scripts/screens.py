"""Takes the README's pictures from a running `make demo`, into docs/screens/."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from pianqu.settings import Settings

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
SIZE = {"width": 1600, "height": 900}
# picture → (page, whose post looks at it, the tab that is opened first)
PAGES: dict[str, tuple[str, str | None, str | None]] = {
    "log-in": ("/", None, None),
    "dispatch": ("/", "coordinator-140901", "boundary_review"),
    "closing": ("/", "coordinator-140901", "to_close"),
    "refusals": ("/refusals", "street-centre", None),
    "roster": ("/roster", "street-centre", None),
    "policy": ("/policy", "street-centre", None),
}
# MapLibre draws its last labels after the network is quiet.
SETTLE_MS = 4_000


def main() -> None:
    """Each page in light and in dark, at the size of a desk's screen."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("No Chromium on this machine. Repair: scripts/setup-system tests")
    FOLDER.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        for scheme in ("light", "dark"):
            for name, (path, post, tab) in PAGES.items():
                context = browser.new_context(
                    viewport=SIZE, color_scheme=scheme, locale="zh-CN", timezone_id="Asia/Shanghai"
                )
                picture = FOLDER / f"{name}-{scheme}.png"
                page = context.new_page()
                if post is not None:
                    address = f"{Settings().base_url}/v1/session/demo"
                    assert page.request.post(address, data={"post": post}).ok
                take(page, Settings().base_url + path, tab, signed=post is not None)
                page.screenshot(path=picture)
                context.close()
                print(picture)
        browser.close()


def take(page: Page, address: str, tab: str | None, *, signed: bool) -> None:
    """One page as it is worked with: its stream connected and the first case of a tab opened."""
    page.goto(address)
    if signed:
        expect(page.locator(".stream.live").first).to_be_visible(timeout=30_000)
    page.wait_for_timeout(SETTLE_MS)
    if tab is not None:
        page.locator(f"[data-tab={tab}]").click()
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_timeout(SETTLE_MS)


if __name__ == "__main__":
    main()
