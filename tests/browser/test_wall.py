"""The wall: read from five metres by a whole room, and right for days without a hand."""

import json
import re

import pytest
from places import IN_MALU, ON_THE_LINE, SURE_140901, SURE_140902, report
from playwright.sync_api import expect
from screen_steps import wait_for_map
from wall_room import Town, held

pytestmark = [pytest.mark.browser, pytest.mark.db]
WALL = (1920, 1080)
HOSTILE = "<img src=x onerror=alert(1)><b>粗</b>{{7*7}}"
# What is written and smaller than 22 px at 1920×1080, but for the licence notice.
SMALL = """() => [...document.querySelectorAll('.wall *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .filter(e => !e.classList.contains('credit') && !e.closest('.maplibregl-map'))
    .filter(e => parseFloat(getComputedStyle(e).fontSize) < 22 * innerHeight / 1080 - 0.1)
    .map(e => `${e.className}: ${e.textContent}`)"""
OVERFLOWING = """() => [...document.querySelectorAll('.wall, .wall aside, .wall section')]
    .filter(e => e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)
    .map(e => e.className)"""

STREAMS = """window.streams = [];
window.EventSource = class extends EventSource {
    constructor(...told) { super(...told); window.streams.push(this); }
}"""


def line(page, title):
    return page.locator("[data-record]").filter(has_text=title)


def test_a_room_sees_what_happens(visit, site, door):
    page = visit(site, "/wall", WALL)
    wait_for_map(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "wall")
    expect(page.locator("h1")).to_have_text("迎园片区城运分中心")
    todo = page.locator("[data-number=todo]")
    before = int(todo.inner_text())
    case = door.receive(report(SURE_140901, title=HOSTILE, urgent=True))
    expect(line(page, HOSTILE).first).to_contain_text("收到12345转办件")
    expect(todo).to_have_text(str(before + 1))
    # The urgent one's limit comes first; the text stays a text.
    expect(page.locator("[data-clock]").first).to_be_visible()
    assert page.locator(".wall img, .wall aside section b b").count() == 0
    door.post(f"/v1/cases/{case['id']}/acceptance", {})
    expect(line(page, HOSTILE).first).to_contain_text("已受理")
    expect(todo).to_have_text(str(before))
    east = door.receive(report(SURE_140902, title="东边的案件"))
    door.receive(report(SURE_140901, title="西边的案件"))
    expect(line(page, "西边的案件")).to_be_visible()
    assert line(page, east["title"]).count() == 0
    assert page.evaluate(SMALL) == []
    assert page.locator("a, button, input").count() == 0


@pytest.mark.parametrize(
    ("size", "post", "title"),
    [
        ((1366, 768), "coordinator-140902", "新成片区城运分中心"),
        ((3840, 1080), "street-centre", "新成路街道"),
    ],
)
def test_every_size_shows_as_much_as_fits(visit, site, door, size, post, title):
    for spot in (SURE_140901, SURE_140902, ON_THE_LINE):
        door.receive(report(spot, title="各处的案件，题目写得很长很长很长很长很长很长很长很长很长"))
    page = visit(site, "/wall", size, post=post)
    wait_for_map(page)
    expect(page.locator("h1")).to_have_text(title)
    expect(page.locator("[data-clock]").first).to_be_visible()
    assert page.evaluate(OVERFLOWING) == []
    assert page.evaluate(SMALL) == []
    box = page.locator(".map").bounding_box()
    assert box["width"] > size[0] * 0.55


def test_a_broken_line_and_an_ended_session_are_seen_from_afar(visit, site, door, page):
    broken = {"is": False}
    page.route("**/v1/**", lambda route: route.abort() if broken["is"] else route.continue_())
    page.add_init_script(STREAMS)
    visit(site, "/wall", WALL)
    broken["is"] = True
    page.evaluate("streams.forEach(s => { s.close(); s.dispatchEvent(new Event('error')); })")
    trouble = page.locator("p.trouble")
    expect(trouble).to_contain_text("连接中断，画面停在", timeout=10_000)
    broken["is"] = False
    expect(trouble).to_have_count(0, timeout=15_000)
    page.context.clear_cookies()
    door.receive(report(SURE_140901, title="没有人登录时"))
    expect(trouble).to_contain_text("登录已过期，画面停在")
    expect(page.locator("[data-login]")).to_be_visible()
    page.locator("[data-post=coordinator-140901]").click()
    expect(trouble).to_have_count(0)
    expect(line(page, "没有人登录时")).to_be_visible()


def test_midnight_begins_a_new_day(visit, site, page):
    told = {}

    def late(route):
        answer = route.fetch()
        body = answer.json()
        told.setdefault("now", "2026-03-11T23:59:56+08:00")
        route.fulfill(response=answer, body=json.dumps(body | {"now": told["now"]}))

    page.route("**/v1/config", late)
    visit(site, "/wall", WALL)
    expect(page.locator(".name p")).to_contain_text("3月11日 周三")
    with page.expect_request(re.compile("/v1/summary"), timeout=10_000):
        expect(page.locator(".name p")).to_contain_text("3月12日 周四", timeout=10_000)
    expect(page.locator("time.clock")).to_have_text("00:00")


def test_hundreds_of_events_leave_nothing_behind(visit, site):
    page = visit(site, "/wall", WALL)
    wait_for_map(page)
    cdp = page.context.new_cdp_session(page)
    town = Town(site.base_url)
    town.live(8)
    page.wait_for_timeout(1_500)
    before = held(cdp)
    town.live(24)
    expect(line(page, "路面积水").filter(has_text="已结案").first).to_be_visible()
    page.wait_for_timeout(1_500)
    after = held(cdp)
    assert after.nodes < before.nodes + 100
    assert after.listeners < before.listeners + 20
    assert after.heap < before.heap * 1.15
    assert page.locator("[data-record]").count() <= 5
    assert page.locator("[data-clock]").count() <= 6


def test_the_pointer_goes_and_a_new_release_comes_by_itself(visit, site, page):
    page.clock.install()
    visit(site, "/wall", WALL)
    page.mouse.move(300, 300)
    page.clock.run_for(5_500)
    expect(page.locator(".wall.still")).to_be_visible()
    page.mouse.move(400, 300)
    expect(page.locator(".wall.still")).to_have_count(0)
    page.route(
        "**/wall",
        lambda route: (
            route.fulfill(status=200, headers={"ETag": '"next"'})
            if route.request.method == "HEAD"
            else route.continue_()
        ),
    )
    with page.expect_navigation(timeout=15_000):
        page.clock.run_for(61_000)


def test_the_refused_leave_the_wall(visit, site, door):
    page = visit(site, "/wall", WALL)
    case = door.receive(report(IN_MALU, title="街道以外", to_sector="140901"))
    door.wait_for(case["number"], lambda c: c["status"] == "rejected_out_of_area")
    expect(line(page, "街道以外").first).to_contain_text(re.compile("不予受理|反馈已送达街道"))
    assert page.locator(f"[data-clock='{case['number']}']").count() == 0
