"""Takes the pictures of docs/screens/ from a running `make demo`: every screen, in light and dark.

`make screens` takes all; `scripts/screens.py wall field` only those. A page that is missing is an
error at the end, after all others have been taken. Pictures are reduced to 256 colours: a map of
flat colours loses nothing by it, and all of them together stay below six megabytes.
"""

import io
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from pianqu.settings import Settings

FOLDER = Path(__file__).parents[1] / "docs" / "screens"
DESK, PHONE, WALL = (1366, 768), (390, 844), (1920, 1080)
COORDINATOR, STREET, STATION = "coordinator-140901", "street-centre", "station-14090103"
# MapLibre draws its last labels after the network is quiet.
SETTLE_MS = 3_500
SHORT_MS = 800
MOST_BYTES = 6_000_000


@dataclass(frozen=True)
class Screen:
    """One picture: where, whose post looks, what is done before it is taken."""

    name: str
    path: str = "/"
    post: str | None = COORDINATOR
    size: tuple[int, int] = DESK
    do: Callable[[Page], None] = lambda _page: None
    themes: tuple[str, ...] = ("light", "dark")


def first_of(tab: str) -> Callable[[Page], None]:
    """Open the first case of a tab of the queue."""

    def act(page: Page) -> None:
        page.locator(f"[data-tab={tab}]").click()
        page.locator("[data-case]").first.click()
        expect(page.locator(".case [data-number]")).to_be_visible()
        page.wait_for_timeout(SHORT_MS)

    return act


def step_of(tab: str, step: str) -> Callable[[Page], None]:
    """Open the first case of a tab, then the form of one of its steps."""

    def act(page: Page) -> None:
        first_of(tab)(page)
        button = page.locator(f".steps [data-step={step}]")
        if button.count() == 0:
            page.locator(".steps [data-more]").click()
        page.locator(f"[data-step={step}]").first.click()
        expect(page.locator("[data-form]")).to_be_visible()
        page.wait_for_timeout(SHORT_MS)

    return act


def keys(*pressed: str) -> Callable[[Page], None]:
    """Press keys one after the other."""

    def act(page: Page) -> None:
        for key in pressed:
            page.keyboard.press(key)
        page.wait_for_timeout(SHORT_MS)

    return act


def click(selector: str) -> Callable[[Page], None]:
    """Click the first element that fits."""

    def act(page: Page) -> None:
        page.locator(selector).first.click()
        page.wait_for_timeout(SHORT_MS)

    return act


def printed(page: Page) -> None:
    """The print of the first case that is being handled."""
    told = page.request.get(f"{Settings().base_url}/v1/cases?tab=to_close&limit=1").json()
    page.goto(f"{Settings().base_url}/print#{told['items'][0]['number']}")
    page.wait_for_timeout(SETTLE_MS)


SCREENS = (
    Screen("log-in", post=None),
    Screen("dispatch"),
    Screen("boundary-review", do=first_of("boundary_review")),
    Screen("places", do=first_of("no_location")),
    Screen("dispatching", do=first_of("to_dispatch")),
    Screen("coordination", do=step_of("to_coordinate", "coordination")),
    Screen("refusing", do=step_of("boundary_review", "rejection")),
    Screen("closing", do=step_of("to_close", "closing")),
    Screen("new-case", do=keys("n")),
    Screen("layers", do=keys("g", "l")),
    Screen("help", do=keys("?")),
    Screen("mail", do=click("[data-bell]")),
    Screen("refusals", "/refusals", STREET, do=click("[data-refusal]")),
    Screen("tasks", "/tasks", "deputy-140901"),
    Screen("roster", "/roster", STREET),
    Screen("policy", "/policy", STREET),
    Screen("deliveries", "/deliveries", STREET),
    Screen("accounts", "/accounts", "admin"),
    Screen("security", "/security"),
    Screen("print", do=printed, themes=("light",)),
    Screen("field", "/field", STATION, PHONE),
    Screen("wall", "/wall", COORDINATOR, WALL, themes=("dark",)),
    Screen("wall-wide", "/wall", STREET, (3840, 1080), themes=("dark",)),
)


def main() -> None:
    """Take the pictures that are asked for, then say which could not be taken."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.exit("No Chromium on this machine. Repair: scripts/setup-system tests")
    wanted = set(sys.argv[1:])
    missing: list[str] = []
    FOLDER.mkdir(parents=True, exist_ok=True)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        for screen in SCREENS:
            for theme in screen.themes if not wanted or screen.name in wanted else ():
                missing += take(browser, screen, theme)
        browser.close()
    size = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    print(f"{size / 1e6:.1f} MB in {FOLDER}")
    if missing or size > MOST_BYTES:
        sys.exit("\n".join(missing) or f"more than {MOST_BYTES / 1e6:.0f} MB of pictures")


def take(browser: Browser, screen: Screen, theme: str) -> list[str]:
    """One picture; the reason why not, if it could not be taken."""
    name = screen.name if len(screen.themes) == 1 else f"{screen.name}-{theme}"
    width, height = screen.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    base = Settings().base_url
    try:
        if httpx2.get(base + screen.path, trust_env=False).status_code != 200:
            return [f"{name}: there is no page {screen.path}"]
        if screen.post is not None:
            assert page.request.post(f"{base}/v1/session/demo", data={"post": screen.post}).ok
        page.goto(base + screen.path)
        page.wait_for_timeout(SETTLE_MS)
        screen.do(page)
        save(page.screenshot(), FOLDER / f"{name}.png")
    except (Error, AssertionError) as reason:
        return [f"{name}: {str(reason).splitlines()[0]}"]
    finally:
        context.close()
    print(f"{name}.png")
    return []


def save(picture: bytes, path: Path) -> None:
    """Keep a picture with a palette of its own."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    few = image.quantize(colors=256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


if __name__ == "__main__":
    main()
