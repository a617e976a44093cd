"""axe-core on every page, in light and in dark: nobody is kept out (WCAG 2 A and AA)."""

from pathlib import Path

import pytest
from places import IN_MALU, ON_THE_LINE, SURE_140901, report
from playwright.sync_api import expect
from screen_steps import open_case, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.db]
AXE = Path(__file__).parents[2] / "web/app/node_modules/axe-core/axe.min.js"
# Injected by the debugger, since the page's policy lets no foreign script tag in.
RUN = """() => axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'],
    resultTypes: ['violations'],
})"""
GRAVE = {"serious", "critical"}
# page → whose post; the desk's states come from a test of their own
PAGES = {
    "/refusals": "street-centre",
    "/tasks": "deputy-140901",
    "/roster": "street-centre",
    "/policy": "street-centre",
    "/deliveries": "street-centre",
    "/accounts": "admin",
    "/security": "coordinator-140901",
    "/wall": "street-centre",
}


def violations(page):
    """Of the page as it stands: rule, how grave, the first elements and why."""
    if not page.evaluate("typeof window.axe === 'object'"):
        if not AXE.is_file():
            pytest.fail("axe-core is not installed. Repair: scripts/setup-web", False)
        page.evaluate(AXE.read_text())
    found = page.evaluate(RUN)["violations"]
    return [
        (v["id"], [(n["target"], n["any"] and n["any"][0]["message"]) for n in v["nodes"][:4]])
        for v in found
        if v["impact"] in GRAVE
    ]


@pytest.fixture(params=["light", "dark"])
def scheme(request, page):
    page.emulate_media(color_scheme=request.param, reduced_motion="reduce")
    return request.param


@pytest.mark.usefixtures("scheme")
def test_every_page(visit, site, page, door):
    door.receive(report(IN_MALU, title="街道以外", to_sector="140901"))
    found = {}
    for path, post in PAGES.items():
        visit(site, path, post=post)
        expect(page.get_by_text("正在读取…")).to_have_count(0)
        found[path] = violations(page)
    page.context.clear_cookies()
    page.goto(site.base_url + "/")
    expect(page.locator("[data-login]")).to_be_visible()
    found["log-in"] = violations(page)
    assert {path: seen for path, seen in found.items() if seen} == {}


def test_focus_goes_through_the_desk_in_reading_order(dispatch, door):
    page = dispatch
    case = door.receive(report(SURE_140901, title="按顺序走"))
    open_case(page, case["number"], "received")
    wait_for_map(page)
    where = page.evaluate(
        """() => [...document.querySelectorAll('header.top, .queue, .map, .case')]
            .map(e => e.matches('header') ? 'top' : e.classList[0])"""
    )
    assert where == ["top", "queue", "map", "case"]
    positive = page.evaluate("[...document.querySelectorAll('[tabindex]')].map(e => e.tabIndex)")
    assert max(positive) <= 0
    # The map says what it is; what it shows is in the queue beside it, as text.
    canvas = page.locator(".map canvas").first
    assert canvas.get_attribute("aria-label") or canvas.get_attribute("title")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, a, input, select, textarea')]
            .filter(e => e.checkVisibility())
            .filter(e => !(e.ariaLabel || e.title || e.textContent.trim() || e.labels?.length
                || e.placeholder || e.closest('label')))
            .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []


@pytest.mark.usefixtures("scheme")
def test_the_desk_in_its_states(dispatch, door):
    page = dispatch
    case = door.receive(report(ON_THE_LINE, title="新成路路面坑洼", accuracy_m=60))
    found = {"idle": violations(page)}
    open_case(page, case["number"], "boundary_review")
    found["boundary review"] = violations(page)
    page.keyboard.press("l")
    expect(page.locator(".steps.tall")).to_be_visible()
    found["a form"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_label("案件描述")).to_be_visible()
    found["new case"] = violations(page)
    page.keyboard.press("Escape")
    page.locator("[data-bell]").click()
    found["mail"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    found["help"] = violations(page)
    assert {state: seen for state, seen in found.items() if seen} == {}
