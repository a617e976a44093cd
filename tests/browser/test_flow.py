"""Who logs in, and a case from acceptance to closing, post by post, at the screen."""

import re

import pytest
from photos import photo
from places import SURE_140901, report
from playwright.sync_api import expect
from screen_steps import act_as, open_case, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.db]


def status(page):
    return page.locator(".case [data-status]")


def find(page, number):
    """Open a case from the search field, whatever tab it is in."""
    page.keyboard.press("/")
    page.keyboard.type(number)
    page.locator(f"[data-case='{number}']").click()
    expect(page.locator(".case [data-number]")).to_have_text(number)
    expect(page.locator(".case .log li").first).to_be_visible()


def test_the_map_is_there_before_the_log_in_and_one_click_leads_in(page, site):
    page.goto(site.base_url + "/")
    wait_for_map(page)
    expect(page.locator("[data-demo]")).to_contain_text("演示")
    expect(page.locator(".queue")).to_have_count(0)
    page.get_by_label(re.compile("找岗位")).fill("水务")
    expect(page.locator("[data-post]")).to_have_count(1)
    page.get_by_label(re.compile("找岗位")).fill("")
    page.locator("[data-post=coordinator-140901]").click()
    expect(page.locator("h1")).to_have_text("迎园片区城运分中心")
    page.locator("[data-account]").click()
    page.locator("[data-logout]").click()
    expect(page.locator("[data-login]")).to_be_visible()


def test_a_wrong_password_says_what_to_do(page, site):
    page.goto(site.base_url + "/")
    page.get_by_text("用账号和密码登录").click()
    page.get_by_label("账号").fill("nobody")
    page.get_by_label("密码").fill("not the one it is")
    page.get_by_role("button", name="登录系统").click()
    expect(page.get_by_role("alert")).to_contain_text("账号或密码不对")


def test_an_ended_session_loses_nothing(dispatch, door):
    case = door.receive(report(SURE_140901, title="写到一半"))
    page = dispatch
    open_case(page, case["number"], "received")
    page.locator("[data-step=return-to-source]").or_(page.locator("[data-more]")).first.click()
    if page.locator("[data-form]").count() == 0:
        page.locator("[data-step=return-to-source]").click()
    page.get_by_label("理由").fill("缺门牌号")
    page.get_by_text("信息不全需补正").click()
    page.context.clear_cookies()
    page.locator("[data-send]").click()
    expect(page.get_by_text("登录已过期，请重新登录").first).to_be_visible()
    page.locator("[data-post=coordinator-140901]").click()
    expect(page.locator("[data-login]")).to_have_count(0)
    expect(page.get_by_label("理由")).to_have_value("缺门牌号")
    page.locator("[data-send]").click()
    expect(status(page)).to_have_text("已退回街道")


def test_from_acceptance_to_closing(dispatch, door):
    case = door.receive(report(SURE_140901, title="楼道堆物堵塞消防通道"))
    number, page = case["number"], dispatch
    open_case(page, number, "received")
    page.keyboard.press("a")
    expect(status(page)).to_have_text("已受理")
    page.get_by_role("button", name="派至嘉乐工作站").click()
    expect(status(page)).to_have_text("已派单")

    act_as(page, f"station-{case['community']['code']}")
    page.locator("[data-bell]").click()
    expect(page.locator("[data-mail] li").first).to_contain_text(number)
    page.keyboard.press("Escape")
    find(page, number)
    page.get_by_role("button", name="签收案件").click()
    expect(status(page)).to_have_text("已签收")
    page.locator("[data-step=feedback]").click()
    page.get_by_role("button", name=re.compile("提交处置结果")).click()
    expect(page.get_by_role("alert")).to_contain_text("处置情况")
    page.get_by_label("处置情况").fill("已清走堆物，通道畅通")
    brought = {"name": "处置后.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    page.locator("input[type=file]").set_input_files(brought)
    expect(page.locator("[data-file]")).to_have_count(1)
    page.locator("[data-send]").click()
    expect(status(page)).to_have_text("已反馈")
    expect(page.locator("[data-attachment] img").first).to_be_visible()

    act_as(page, "coordinator-140901")
    find(page, number)
    page.locator("[data-step=closing]").click()
    expect(page.get_by_label(re.compile("综合性评价报告"))).to_have_value(re.compile("已清走堆物"))
    page.locator("[data-send]").click()
    expect(page.get_by_role("alert")).to_contain_text("五项都要审核")
    for point in page.locator("[data-point]").all():
        point.get_by_text("通过", exact=True).click()
    page.locator("[data-send]").click()
    expect(status(page)).to_have_text("已结案")
    assert door.case(number)["status"] == "closed"


@pytest.mark.parametrize(
    ("path", "post", "sees"),
    [
        ("/accounts", "admin", "[data-account-row=coordinator-140901]"),
        ("/roster", "street-centre", "[data-roster-post=coordinator-140901]"),
        ("/policy", "street-centre", "[data-policy=dispatch_minutes]"),
        ("/deliveries", "street-centre", "[data-state=dead]"),
        ("/tasks", "deputy-140901", "main"),
        ("/security", "coordinator-140901", "main"),
    ],
)
def test_the_pages_beside_the_map(visit, site, path, post, sees):
    page = visit(site, path, post=post)
    expect(page.locator(sees).first).to_be_visible()
    expect(page.locator("[data-demo]")).to_be_visible()
    expect(page.locator("[role=alert]")).to_have_count(0)
