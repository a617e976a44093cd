"""The shareable map in a real Chromium, from a file and without any network."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from report_sample import HOSTILE, case, figures, invented_day

import web
from web.report_assets import collect, read
from web.reports import situation_html

pytestmark = pytest.mark.browser
NODE_MODULES = Path(web.__file__).parent / "app" / "node_modules"


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assets")
    collect(NODE_MODULES, folder)
    return read(folder)


@pytest.fixture
def opened(page, tmp_path, assets):
    """Open a situation as a file; a request to a host or an error in the console fails the test."""
    trouble = []

    def refuse(route):
        trouble.append(f"request {route.request.url}")
        route.abort()

    page.context.route(lambda url: not url.startswith(("file:", "data:")), refuse)
    page.on("pageerror", lambda error: trouble.append(f"error {error}"))
    page.on(
        "console",
        lambda told: told.type == "error" and trouble.append(f"console {told.text}"),
    )

    def open_it(shown, size=(1366, 768)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        path = tmp_path / "situation.html"
        path.write_text(situation_html(shown, assets), encoding="utf-8")
        page.goto(path.as_uri())
        expect(page.locator(".sp-time")).to_be_visible()
        return page

    yield open_it
    assert trouble == []


def shown_cases(page):
    """How many cases the marks stand for, read in one go."""
    return page.evaluate("""() => {
        const singles = document.querySelectorAll(".leaflet-marker-icon.sp-icon:has(svg)").length;
        const groups = [...document.querySelectorAll(".sp-cluster b")];
        return groups.reduce((sum, one) => sum + Number(one.textContent), singles);
    }""")


def test_it_opens_without_a_network(opened):
    shown = invented_day()
    page = opened(shown)
    expect(page).to_have_title("新成路街道 案件态势图")
    expect(page.locator(".sp-heading")).to_contain_text("截至 3月11日 18:30")
    expect(page.locator(".sp-badge")).to_have_text("示意边界")
    expect(page.locator(".sp-legend")).to_contain_text("新成片区网格")
    expect(page.locator(".leaflet-control-attribution")).to_contain_text("OpenStreetMap")
    expect(page.locator(".sp-watermark")).to_contain_text("20260311-1830-")
    expect(page.locator(".sp-now")).to_have_text(f"3月11日 18:30 已反映 {len(shown.cases)} 件")
    assert page.locator(".leaflet-overlay-pane path").count() > 80
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_slider_goes_through_the_day(opened):
    shown = invented_day()
    page = opened(shown)
    slider = page.get_by_label("时间")
    assert slider.get_attribute("max") == "144"
    slider.fill("90")
    moment = shown.since.timestamp() + 90 * 600
    until = sum(one.reported_at.timestamp() <= moment for one in shown.cases)
    assert 0 < until < len(shown.cases)
    expect(page.locator(".sp-now")).to_have_text(f"3月11日 09:30 已反映 {until} 件")
    assert shown_cases(page) <= until
    slider.fill("0")
    expect(page.locator(".sp-now")).to_contain_text("3月10日 18:30 已反映 0 件")
    assert shown_cases(page) == 0
    page.get_by_role("button", name="播放").click()
    expect(page.get_by_role("button", name="暂停")).to_be_visible()
    expect(slider).not_to_have_value("0")
    page.get_by_role("button", name="暂停").click()


def test_layers_can_be_switched(opened):
    page = opened(invented_day())
    assert page.locator(".sp-cluster").count() > 3
    page.get_by_label("案件", exact=True).uncheck()
    expect(page.locator(".sp-cluster")).to_have_count(0)
    expect(page.locator("canvas.leaflet-heatmap-layer")).to_have_count(0)
    page.get_by_label("热力").check()
    expect(page.locator("canvas.leaflet-heatmap-layer")).to_have_count(1)
    page.get_by_label("时间").fill("100")
    paths = page.locator(".leaflet-overlay-pane path")
    before = paths.count()
    page.get_by_label("视频").uncheck()
    assert paths.count() < before - 40


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_is_shown_and_does_nothing(opened, hostile):
    one = case(title=hostile, description=hostile, category=hostile, community=hostile)
    page = opened(figures(one, desk_name=hostile, notice=hostile, licence=hostile))
    assert "owned" not in page.title() or page.title() == f"{hostile} 案件态势图"
    before = page.title()
    page.locator(".leaflet-marker-icon.sp-icon:has(svg)").click()
    card = page.locator(".sp-card")
    expect(card).to_be_visible()
    assert card.locator("h2").text_content() == hostile
    assert card.locator(".sp-told").text_content() == hostile
    assert card.locator("img, script, svg, b:not([class])").count() == 0
    assert page.locator(".leaflet-control-attribution").locator("img, script, svg").count() == 0
    page.wait_for_timeout(100)
    assert page.title() == before


def test_it_fits_a_telephone(opened):
    page = opened(invented_day(), size=(390, 844))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    heading, time = (
        page.locator(".sp-heading").bounding_box(),
        page.locator(".sp-time").bounding_box(),
    )
    assert heading["x"] + heading["width"] <= 390
    assert time["x"] >= 0
    assert time["x"] + time["width"] <= 390
    expect(page.locator(".sp-legend .sp-row").first).to_be_hidden()
    page.locator(".sp-legend summary").click()
    expect(page.locator(".sp-legend .sp-row").first).to_be_visible()
