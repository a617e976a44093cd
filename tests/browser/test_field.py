"""The phone page: tasks, arrival, photos off line and back, a restart, a find, 360 px."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from photos import photo
from places import SURE_140901, report
from playwright.sync_api import expect
from screen_steps import log_in

pytestmark = [pytest.mark.browser, pytest.mark.db]
PHONE = {"width": 390, "height": 844}
RESPONDER = "responder-140901-1"


@pytest.fixture
def phone(page, site):
    """The phone page of a post, its stream open; errors of the page or its policy fail the test."""
    trouble = []
    page.on("pageerror", lambda error: trouble.append(f"error {error}"))
    page.on(
        "console",
        lambda said: trouble.append(said.text) if "Content Security" in said.text else None,
    )

    def opened(post, size=PHONE):
        page.set_viewport_size(size)
        log_in(page, site, post)
        page.goto(site.base_url + "/field")
        expect(page.locator("[data-stream].live")).to_have_count(1, timeout=30_000)
        return page

    yield opened
    assert trouble == []


def stand(page, site, lon, lat):
    page.context.grant_permissions(["geolocation"], origin=site.base_url)
    page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 12})


def worker_ready(page):
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")


def act(door, case, step, body):
    return door.post(f"/v1/cases/{case['number']}/{step}", body)


def dispatched(door, **told):
    case = door.receive(report(SURE_140901, **told))
    station = case["community"]["code"]
    act(door, case, "acceptance", {"community": station})
    act(door, case, "dispatch", {"station": station})
    return case, f"station-{station}"


def open_task(page, number):
    row = page.locator(f"[data-row='{number}']")
    card = page.locator(f"[data-task='{number}']")
    expect(row.or_(card)).to_be_visible()
    if row.count():
        row.click()
    expect(card).to_be_visible()


def test_a_find_on_the_spot_at_360_px(phone, site):
    page = phone("station-14090101", {"width": 360, "height": 740})
    stand(page, site, *SURE_140901)
    for tab in ("duty", "report", "today"):
        page.locator(f"[data-tab={tab}]").click()
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, tab
    page.locator("[data-tab=report]").click()
    page.locator("[data-locate]").click()
    expect(page.locator("[data-grid]")).to_contain_text("归", timeout=15_000)
    page.get_by_label("看到什么").fill("人行道隔离桩缺失")
    taken = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    page.locator("[data-take=before]").set_input_files(taken)
    expect(page.locator("[data-photo]")).to_have_count(1)
    page.locator("[data-send]").click()
    expect(page.locator("[data-report=sent]")).to_have_count(1, timeout=15_000)


def test_off_line_with_photos_and_back(phone, site, door):
    case, post = dispatched(door, title="楼道堆物堵塞消防通道")
    page = phone(post)
    open_task(page, case["number"])
    worker_ready(page)
    page.get_by_role("button", name="签收案件").click()
    expect(page.locator("[data-step=disposal]")).to_be_visible()
    door.wait_for(case["number"], lambda one: one["status"] == "signed_for")
    page.wait_for_timeout(1_000)  # and the phone has heard so: nothing of it waits any more
    page.context.set_offline(True)
    expect(page.locator("[data-offline]")).to_contain_text("连接中断")
    for kind in ("before", "after"):
        taken = {"name": f"{kind}.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        page.locator(f"[data-take={kind}]").set_input_files(taken)
    expect(page.locator("[data-photo]")).to_have_count(2)
    # A killed page: another one of the same phone, still off line, from the worker and the store.
    page.close()
    page = page.context.new_page()
    page.set_viewport_size(PHONE)
    page.goto(site.base_url + "/field")
    open_task(page, case["number"])
    expect(page.locator("[data-photo]")).to_have_count(2)
    expect(page.locator("[data-offline]")).to_contain_text("草稿 1 份")
    page.locator("[data-step=disposal]").click()
    page.locator("[data-step=feedback]").click()
    page.get_by_label("处置情况").fill("已清走堆物，通道畅通")
    page.locator("[data-sheet] [data-send]").click()
    expect(page.locator("[data-offline]")).to_contain_text("草稿 2 份")
    page.context.set_offline(False)
    expect(page.locator("[data-offline]")).to_have_count(0, timeout=30_000)
    now = door.wait_for(case["number"], lambda one: one["status"] == "feedback_submitted")
    files = now["work"]["feedbacks"][0]["attachments"]
    assert {file["kind"] for file in files} <= {"before", "after"}
    assert files


def test_arrival_within_the_radius_and_help(phone, site, door):
    case = door.receive(report(SURE_140901, title="施工围挡倾斜"))
    act(door, case, "acceptance", {"kind": "joint", "grades": ["simple"], "reason": "多方"})
    at = {"lon": case["point"]["lon"], "lat": case["point"]["lat"], "crs": "CGCS2000"}
    soon = (datetime.now(UTC) + timedelta(minutes=30)).isoformat()
    act(
        door,
        case,
        "coordination",
        {"posts": [RESPONDER], "place": "路口", "appointment_at": soon, **at},
    )
    page = phone(RESPONDER)
    stand(page, site, at["lon"] + 0.004, at["lat"])
    page.reload()
    open_task(page, case["number"])
    expect(page.locator("[data-distance]")).to_contain_text("响应确认范围外")
    page.locator("[data-step=response]").click()
    expect(page.locator("[data-sheet]")).to_contain_text("超出")
    page.locator("[data-sheet] [data-send]").click()
    expect(page.get_by_role("alert")).to_contain_text("请写明理由")
    page.keyboard.press("Escape")
    page.locator("[data-navigate]").click()
    expect(page.locator("[data-way=geo]")).to_have_attribute("href", re.compile(r"^geo:31\."))
    page.locator("[data-close]").click()
    page.context.set_geolocation(
        {"longitude": at["lon"] + 0.0002, "latitude": at["lat"], "accuracy": 12}
    )
    expect(page.locator("[data-distance]")).to_contain_text("在响应确认范围内", timeout=15_000)
    page.locator("[data-step=response]").click()
    expect(page.locator("[data-step=response]")).to_have_count(0)
    there = door.wait_for(case["number"], lambda one: one["status"] == "responded")
    arrival = there["work"]["coordinations"][0]["arrivals"][0]
    assert arrival["within"]
    assert 10 < arrival["distance_m"] < 30
