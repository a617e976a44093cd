"""Words become places at the screen: why they were understood, and one key to say which."""

import re

import pytest
from places import report
from playwright.sync_api import expect
from screen_steps import open_case

pytestmark = [pytest.mark.browser, pytest.mark.db]
# 叶城路505弄 爱里舍花园, as a telephone dictates it: two names that only sound alike.
DICTATED = "叶层路505弄爱里色花园"
IN_TWO_GRIDS = "新城路118号嘉定提育馆附近"
HOSTILE = "😀<img src=x onerror=alert(1)>{{7*7}}"


def status(page):
    return page.locator(".case [data-status]")


def candidate(page, number):
    return page.locator(f"[data-place='{number}']")


def case_in_words(page, door, address, **more):
    case = door.receive(report(None, address=address, **more))
    assert case["status"] == "no_location"
    open_case(page, case["number"], "no_location")
    expect(page.locator("[data-marked]")).to_be_visible()
    return case


def test_a_dictated_address_is_explained_and_one_key_routes_the_case(dispatch, door):
    page = dispatch
    page.keyboard.press("n")
    page.get_by_label("案件描述").fill("垃圾没有人清")
    page.get_by_label("地址", exact=True).press_sequentially(DICTATED)
    where = page.locator("[data-where]")
    expect(where).to_contain_text("请确认")
    expect(where).to_contain_text("爱里舍花园社区网格")
    page.get_by_label("地址", exact=True).press("Control+Enter")
    done = page.locator("[data-received]")
    expect(done).to_contain_text("待确认位置")
    number = re.search(r"\d{4}-\d{4}", done.inner_text())[0]
    page.keyboard.press("Enter")
    told = page.locator("[data-places]")
    expect(told).to_contain_text("叶层路 → 叶城路")
    expect(told).to_contain_text("爱里色花园 → 爱里舍花园")
    expect(told).to_contain_text("为什么要确认")
    expect(candidate(page, 1)).to_contain_text(re.compile(r"爱里舍花园社区网格 \d+%"))
    expect(page.locator("[data-pin='1']")).to_be_visible()
    page.keyboard.press("1")
    expect(status(page)).to_have_text("待受理")
    expect(page.locator(".toast [data-todo]")).to_have_text("更正位置")
    case = door.case(number)
    assert (case["status"], case["community"]["code"]) == ("received", "14090105")
    assert case["address"] == DICTATED


def test_what_is_not_sure_takes_a_second_stroke_and_keeps_what_was_typed(dispatch, door):
    page = dispatch
    case_in_words(page, door, "塔城路")
    page.keyboard.press("1")
    expect(page.get_by_text("点地图选更正后的位置")).to_be_visible()
    expect(page.get_by_label("理由")).to_have_value(re.compile("^按地址文字选定：塔城路"))
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    number = case_in_words(page, door, IN_TWO_GRIDS)["number"]
    page.keyboard.press("1")
    expect(candidate(page, 1)).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".steps .btn.primary")).to_contain_text("选定 嘉定体育中心")
    assert door.case(number)["status"] == "no_location"
    page.keyboard.press("1")
    expect(page.get_by_label("经度")).to_have_value(re.compile(r"^121\.\d{7}$"))
    page.get_by_label("理由").fill("来电人说在东门")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.get_by_label("理由")).to_have_value("来电人说在东门")
    expect(page.locator("[data-send]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text("边界待定")
    expect(page.locator(".case .log li").first).to_contain_text("来电人说在东门")


def test_hostile_words_stay_words(dispatch, door):
    page = dispatch
    address = f"{HOSTILE}{DICTATED}{HOSTILE}"
    case_in_words(page, door, address, description=HOSTILE)
    parts = page.locator("[data-marked] .part > span")
    expect(parts.first).to_have_text("叶层路")
    text = page.locator("[data-marked]").evaluate(
        "p => { const c = p.cloneNode(true);"
        " c.querySelectorAll('small').forEach(s => s.remove()); return c.textContent }"
    )
    assert text == address
    assert page.locator("img").count() == 0


def test_a_place_is_found_by_its_initials_and_a_spot_tells_what_it_is(dispatch):
    page = dispatch
    page.keyboard.press("f")
    page.get_by_role("combobox", name="查找地点").press_sequentially("gccc")
    expect(page.locator("[data-find] [role=option]").first).to_contain_text("皋城菜场")
    page.keyboard.press("Enter")
    answer = page.locator("[data-whose]")
    expect(answer).to_contain_text("皋城菜场（仓场路331号）")
    expect(answer).to_contain_text("新成片区网格（140902）")
    page.keyboard.press("h")
    expect(answer).to_contain_text("这里是哪里？")
    expect(answer.locator("[data-around]")).to_contain_text("仓场路")
    page.keyboard.press("Escape")
    expect(answer).to_have_count(0)
    page.keyboard.press("n")
    page.get_by_label("案件描述").fill("路灯不亮")
    address = page.get_by_label("地址", exact=True)
    address.press_sequentially("yecheng")
    expect(page.locator("form [role=option]").first).to_contain_text("叶城路")
    address.press("ArrowDown")
    chosen = page.locator("form [role=option][aria-selected=true] .cut").inner_text()
    address.press("Enter")
    expect(address).to_have_value(chosen)
    expect(page.get_by_label("案件描述")).to_have_value("路灯不亮")
    expect(page.locator("[data-received]")).to_have_count(0)
