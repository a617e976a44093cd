"""Takes the README's pictures from a running `make demo`, into docs/screens/."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from pianqu.settings import Settings

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
SIZE = {"width": 1600, "height": 900}
PAGES = {"dispatch": "/", "refusals": "/refusals"}
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
            context = browser.new_context(
                viewport=SIZE, color_scheme=scheme, locale="zh-CN", timezone_id="Asia/Shanghai"
            )
            for name, path in PAGES.items():
                picture = FOLDER / f"{name}-{scheme}.png"
                take(context.new_page(), Settings().base_url + path, picture)
                print(picture)
        browser.close()


def take(page: Page, address: str, picture: Path) -> None:
    """One picture of one page, its live stream connected and the first case opened."""
    page.goto(address)
    expect(page.locator(".stream.live")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(SETTLE_MS)
    undecided = page.locator("[data-tab=boundary_review]")
    if undecided.count():  # the page of the desk: a case that waits for somebody's judgement
        undecided.click()
        page.keyboard.press("j")
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=picture)
    page.close()


if __name__ == "__main__":
    main()
