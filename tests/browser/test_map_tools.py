"""The tools of the map, worked by hand and by key."""

import math
import re

import pytest
from places import SURE_140901, report
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.db]
_PRINT = (
    "window.print = () => { const s = document.querySelector('.printsheet');"
    " document.body.dataset.paper = s.innerText;"
    " document.body.dataset.bar = s.querySelector('.scalebar').style.width;"
    " document.body.dataset.picture = s.querySelector('img').src.length }"
)


def middle(page):
    box = page.locator(".map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def view(page):
    """Longitude, latitude and zoom of the map's middle."""
    return [float(n) for n in page.locator(".map").get_attribute("data-view").split(",")]


def pixel(page, lon, lat):
    """Where a place is on the page, by the map's own projection."""
    at_lon, at_lat, zoom = view(page)
    x0, y0 = middle(page)
    scale = 512 * 2**zoom / (2 * math.pi)

    def north(degrees):
        return math.log(math.tan(math.pi / 4 + math.radians(degrees) / 2))

    return x0 + math.radians(lon - at_lon) * scale, y0 - (north(lat) - north(at_lat)) * scale


def test_measure_by_click_and_by_key(dispatch):
    page = dispatch
    x, y = middle(page)
    page.keyboard.press("g")
    page.keyboard.press("m")
    bar = page.locator("[data-bar=measure]")
    expect(bar).to_be_visible()
    for dx, dy in [(-60, -60), (60, -60), (60, 60)]:
        page.mouse.click(x + dx, y + dy)
        page.wait_for_timeout(350)  # slower than a double click
    expect(bar.locator("[data-measured]")).to_contain_text("长")
    bar.get_by_text("闭合算面积").click()
    expect(bar.locator("[data-measured]")).to_contain_text("面积")
    page.keyboard.press("Backspace")  # opens it again
    page.keyboard.press("Backspace")  # takes the last point back
    expect(bar.locator("[data-measured]")).not_to_contain_text("面积")
    page.keyboard.press("Escape")
    expect(bar).to_have_count(0)


def test_a_circle_selects_cases_and_the_list_shows_them(dispatch, door):
    number = door.receive(report(SURE_140901, title="圈里的案件"))["number"]
    page = dispatch
    find = page.locator(".queue .find input")
    find.fill(number)  # the list is a window on many cases: one looks for one
    expect(page.locator(f"[data-case='{number}']")).to_have_count(1)
    find.fill("")
    find.blur()
    x, y = pixel(page, *SURE_140901)
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.locator(".map .gl canvas")).to_have_css("cursor", "crosshair")
    page.mouse.click(x, y)
    page.wait_for_timeout(350)
    page.mouse.click(x + 25, y)
    result = page.locator("[data-bar=result]")
    expect(result).to_contain_text("未办结")
    result.locator("[data-to-list]").click()
    expect(page.locator("[data-area-chip]")).to_contain_text("圈选")
    listed = page.locator(".queue .row")
    expect(listed.first).to_be_visible()
    assert door.case(listed.first.get_attribute("data-case"))["point"] is not None
    page.locator("[data-area-chip]").click()
    expect(page.locator("[data-area-chip]")).to_have_count(0)


def test_a_stack_opens_and_escape_folds_it(dispatch, door):
    sent = [door.receive(report(SURE_140901, title=f"同一处 {n}"))["number"] for n in range(2)]
    page = dispatch
    # The list is a window on many cases: one looks for one.
    page.locator(".queue .find input").fill(sent[1])
    expect(page.locator(f"[data-case='{sent[1]}']")).to_have_count(1)
    page.wait_for_timeout(1_000)  # the stack is drawn
    x, y = pixel(page, *SURE_140901)
    page.mouse.click(x, y)
    either = page.locator("[data-pop] .stack button, [data-fan] .arm")
    expect(either.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(either).to_have_count(0)


def test_follow_ends_when_the_operator_moves_the_map(dispatch):
    page = dispatch
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.locator("[data-follow=new]")).to_be_visible()
    x, y = middle(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=4)
    page.mouse.up()
    expect(page.locator("[data-follow]")).to_have_count(0)


def test_the_time_slider_says_what_it_leaves_out(dispatch):
    page = dispatch
    page.keyboard.press("g")
    page.keyboard.press("t")
    bar = page.locator("[data-bar=time]")
    expect(bar).to_contain_text("全部未办结")
    bar.get_by_role("slider").nth(1).press("ArrowLeft")
    expect(bar).to_contain_text("地图只显示")
    bar.get_by_text("全部显示").click()
    expect(bar).to_contain_text("全部未办结")


def test_print_has_scale_legend_date_and_licence(dispatch):
    page = dispatch
    page.evaluate(f"() => {{ {_PRINT} }}")
    page.keyboard.press("g")
    page.keyboard.press("p")
    expect(page.locator("body")).to_have_attribute("data-picture", re.compile(r"^\d{5,}$"))
    told = page.evaluate("({...document.body.dataset})")
    for wanted in ("示意边界", "OpenStreetMap contributors, ODbL", "米", "按时", "打印时间"):
        assert wanted in told["paper"]
    assert told["bar"].endswith("%")
    expect(page.locator(".printsheet")).to_have_count(0)
