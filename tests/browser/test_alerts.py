"""Urgent cases and broken streams are told; two people on one case see each other."""

import re

import pytest
from places import SURE_140901, report
from playwright.sync_api import expect
from screen_steps import log_in, open_case

pytestmark = [pytest.mark.browser, pytest.mark.db]


@pytest.fixture
def other(browser, site):
    """Another coordinator at another computer."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    log_in(page, site, "coordinator-140901")
    yield page
    context.close()


def test_an_urgent_case_is_told_until_it_is_known(visit, site, door):
    page = visit(site)
    case = door.receive(report(SURE_140901, title="燃气泄漏", urgent=True))
    alert = page.locator("[data-alert=urgent]").filter(has_text=case["number"])
    expect(alert).to_contain_text("下一步：受理")
    expect(page).to_have_title(re.compile(r"^\(\d+\) "))
    page.locator("[data-sound=blocked]").or_(page.locator("[data-sound=on]")).first.hover()
    alert.locator("[data-alert-open]").click()
    expect(page.locator(".case [data-number]")).to_have_text(case["number"])
    expect(page.locator("[data-sound=on]")).to_be_visible()
    alert.locator("[data-acknowledge]").click()
    expect(alert).to_have_count(0)
    expect(page.get_by_text("已记录“已收到”")).to_be_visible()
    page.reload()
    expect(page.locator(".stream.live")).to_be_visible(timeout=30_000)
    expect(page.locator(f"[data-case='{case['number']}']").first).to_be_visible()
    expect(alert).to_have_count(0)


def test_a_lost_race_names_the_winner_and_keeps_what_was_typed(visit, site, door, other):
    case = door.receive(report(SURE_140901, title="两席同时受理"))
    page = visit(site)
    other.goto(site.base_url + "/")
    expect(other.locator(".stream.live")).to_be_visible(timeout=30_000)
    open_case(page, case["number"], "received")
    open_case(other, case["number"], "received")
    expect(page.locator("[data-viewer]")).to_contain_text("协调指挥员（另一席）正在查看")
    other.route("**/v1/live", lambda route: route.abort())
    other.locator("[data-more]").or_(other.locator("[data-step=return-to-source]")).first.click()
    if other.locator("[data-form]").count() == 0:
        other.locator("[data-step=return-to-source]").click()
    other.get_by_label("理由").fill("缺门牌号")
    expect(page.locator("[data-viewer]")).to_contain_text("正在填写")
    other.get_by_text("信息不全需补正").click()
    # The other's step arrives before the news of this one does.
    other.route("**/return-to-source", lambda route: (_accept(door, case), route.continue_()))
    other.locator("[data-send]").click()
    race = other.locator("[data-race]")
    expect(race).to_contain_text("已先办")
    expect(race).to_contain_text("案件现在是“已受理”")
    kept = other.get_by_label("理由").or_(race.locator("textarea"))
    expect(kept.first).to_have_value(re.compile("缺门牌号"))


def _accept(door, case):
    version = door.case(case["number"])["version"]
    door.post(f"/v1/cases/{case['id']}/acceptance", {"version": version})


def test_a_broken_stream_is_told_and_mended(visit, site):
    page = visit(site)
    page.context.set_offline(True)
    banner = page.locator("[data-stale]")
    expect(banner).to_contain_text("连接中断，显示至", timeout=15_000)
    page.context.set_offline(False)
    expect(page.locator(".stream.live")).to_be_visible(timeout=15_000)
    expect(banner).to_have_count(0)
