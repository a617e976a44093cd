"""The page as such: policy, sizes, themes, layers, and what it does when the line breaks."""

import re

import httpx2
import pytest
from places import SURE_140901, report
from playwright.sync_api import expect
from screen_steps import Door, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.db]
RIGHTMOST = """() => {
    const inBar = [...document.querySelectorAll('.top *')];
    const edges = inBar.map(e => e.getBoundingClientRect().right);
    return Math.max(document.documentElement.scrollWidth, ...edges);
}"""
# One pixel, so that a map of foreign tiles can be drawn without any.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.mark.parametrize("path", ["/", "/refusals"])
def test_the_policy_is_strict(site, path):
    answer = httpx2.get(site.base_url + path, trust_env=False)
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["cache-control"] == "no-cache"
    assets = re.findall(r'"(/assets/[^"]+)"', answer.text)
    assert assets
    for asset in assets:
        cached = httpx2.get(site.base_url + asset, trust_env=False).headers["cache-control"]
        assert "immutable" in cached


@pytest.mark.parametrize("path", ["/", "/refusals"])
@pytest.mark.parametrize(
    "size", [(1366, 768), (1280, 720), (1100, 700), (1920, 1080), (3840, 1080)]
)
def test_nothing_scrolls_sideways(visit, site, path, size):
    page = visit(site, path, size)
    assert page.evaluate(RIGHTMOST) <= size[0]


def test_dark_by_the_system_and_by_the_button(visit, site, page):
    page.emulate_media(color_scheme="dark")
    visit(site)
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    wait_for_map(page)
    page.get_by_label("改用浅色").click()
    expect(root).to_have_attribute("data-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-theme", "light")


def test_layers_by_keyboard(dispatch):
    page = dispatch
    page.keyboard.press("g")
    page.keyboard.press("l")
    first = page.locator("[data-layer=cases]")
    expect(first).to_be_focused()
    expect(first).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Space")
    expect(first).to_have_attribute("aria-checked", "false")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-layer=cameras]")).to_be_focused()
    police = page.locator("[data-layer=police]")
    expect(police).to_have_attribute("aria-checked", "false")
    police.click()
    expect(police).to_have_attribute("aria-checked", "true")


def test_help_and_folding(dispatch):
    page = dispatch
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    width = page.locator(".map").bounding_box()["width"]
    page.keyboard.press("[")
    page.keyboard.press("]")
    expect(page.locator("nav.queue")).to_be_hidden()
    expect(page.locator("aside.case")).to_be_hidden()
    assert page.locator(".map").bounding_box()["width"] == width + 740


def test_provisional_says_why(dispatch):
    page = dispatch
    page.locator(".legend summary").click()
    expect(page.locator(".legend details p")).to_contain_text("示意边界")


def test_printing_keeps_the_picture(dispatch):
    page = dispatch
    page.evaluate(
        "() => { window.print = () => {"
        " document.body.dataset.printed = document.querySelector('.printed').src.length } }"
    )
    page.get_by_label("打印当前画面").click()
    expect(page.locator("body")).to_have_attribute("data-printed", re.compile(r"^\d{5,}$"))
    expect(page.locator(".printed")).to_have_count(0)


@pytest.mark.slow
def test_a_broken_line_is_said_and_made_good(visit, open_site):
    house = open_site()
    page = visit(house)
    wait_for_map(page)
    house.kill("serve")
    expect(page.locator(".stream.stale")).to_contain_text("连接中断，显示至", timeout=15_000)
    house.start()
    missed = Door(house).receive(report(SURE_140901, title="断线时来的"))
    expect(page.locator(".stream.live")).to_be_visible(timeout=60_000)
    expect(page.locator(f"[data-case='{missed['number']}']")).to_be_visible()
    # The stream works again, not only the polling.
    after = Door(house).receive(report(SURE_140901, title="接上以后来的"))
    expect(page.locator(f"[data-case='{after['number']}']")).to_be_visible(timeout=3_000)


@pytest.mark.slow
def test_an_operators_tiles_in_gcj02_are_shifted(visit, open_site, page):
    house = open_site(
        PIANQU_BASEMAP_URL="http://tiles.test/{z}/{x}/{y}.png",
        PIANQU_BASEMAP_DATUM="GCJ-02",
        PIANQU_BASEMAP_ATTRIBUTION="测试底图",
    )
    asked = []

    def tile(route):
        asked.append(route.request.url)
        route.fulfill(
            body=PIXEL, content_type="image/png", headers={"Access-Control-Allow-Origin": "*"}
        )

    page.route("http://tiles.test/**", tile)
    visit(house, also="tiles.test")
    wait_for_map(page)
    expect(page.locator(".credit")).to_contain_text("测试底图")
    expect(page.locator("[data-layer=basemap]")).to_be_visible()
    # Shifted by 475 m, one of our tiles is composed of four of theirs.
    for _ in range(100):
        if len(asked) >= 4:
            break
        page.wait_for_timeout(200)
    assert len(asked) >= 4
    assert all(re.fullmatch(r"http://tiles\.test/\d+/\d+/\d+\.png", url) for url in asked)
    page.locator("[data-layer=basemap]").click()
    expect(page.locator(".credit")).not_to_contain_text("测试底图")


def test_the_situation_map_can_be_ordered(dispatch):
    page = dispatch
    page.get_by_label("生成态势图").click()
    link = page.get_by_role("link", name="下载态势图")
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename.endswith(".html")
