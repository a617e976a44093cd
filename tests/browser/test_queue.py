"""Many cases at once: filters, ticks, bulk steps, the list as a file, and one case on paper."""

import csv

import pytest
from places import IN_MALU, ON_THE_LINE, SURE_140901, report
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.db]


def find(page, words, count):
    page.keyboard.press("/")
    page.keyboard.type(words)
    expect(page.locator(".row")).to_have_count(count)
    page.keyboard.press("Enter")


def result(page):
    return page.locator("[data-bulk] [data-result]")


def test_accept_and_dispatch_many_by_keyboard(dispatch, door):
    page = dispatch
    sure = [door.receive(report(SURE_140901, title=f"批量甲{n}")) for n in range(3)]
    door.receive(report(ON_THE_LINE, title="批量甲边界", accuracy_m=60))
    find(page, "批量甲", 4)
    page.keyboard.press("*")
    expect(page.locator("[data-checked]")).to_have_text("已选 4 件")
    page.keyboard.press("Shift+A")
    expect(page.locator("[data-left]")).to_contain_text("边界待定，要逐件选定网格")
    page.keyboard.press("Enter")
    expect(result(page)).to_contain_text("办成 3 件，共 3 件")
    assert {door.case(case["number"])["status"] for case in sure} == {"accepted"}
    # What was not taken is still ticked; the three are ticked again, row by row.
    expect(page.locator(".row.ticked")).to_have_count(1)
    page.keyboard.press("*")
    page.keyboard.press("Shift+D")
    page.keyboard.press("Shift+D")
    expect(result(page)).to_contain_text("办成 3 件，共 3 件")
    assert {door.case(case["number"])["status"] for case in sure} == {"dispatched"}


def test_ticks_by_keys_and_a_case_that_changed_meanwhile_stays_ticked(dispatch, door):
    page = dispatch
    made = [door.receive(report(SURE_140901, title=f"批量乙{n}")) for n in range(3)]
    find(page, "批量乙", 3)
    page.keyboard.press("Space")
    page.keyboard.press("Shift+J")
    expect(page.locator(".row.ticked")).to_have_count(2)
    number = page.locator(".row.ticked").first.get_attribute("data-case")

    def taken_by_another(route):
        id = next(case["id"] for case in made if case["number"] == number)
        if id in route.request.url:
            door.post(f"/v1/cases/{id}/phone-call", {"post": "patrol-140901", "outcome": "reached"})
        route.continue_()

    page.route("**/acceptance", taken_by_another)
    page.keyboard.press("Shift+A")
    page.locator("[data-go]").click()
    expect(result(page)).to_contain_text("办成 1 件，共 2 件")
    expect(result(page)).to_contain_text(number)
    expect(page.locator(".row.ticked")).to_have_count(1)
    assert door.case(number)["status"] == "received"
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("[data-bulk]")).to_have_count(0)


def test_the_file_has_the_rows_of_the_filtered_screen(dispatch, door):
    page = dispatch
    for n in range(3):
        door.receive(report(SURE_140901, title=f"导出丙{n}", urgent=n == 0))
    door.receive(report(IN_MALU, title="导出丙街道外"))
    page.locator("[data-tab=received]").click()
    page.get_by_role("button", name="筛选").click()
    page.locator("[data-received='1h']").click()
    page.keyboard.press("Escape")
    expect(page.locator("[data-chip=received]")).to_have_text("1小时内收到")
    find(page, "导出丙", 4)
    page.get_by_label("排序").select_option("newest")
    rows = [row.get_attribute("data-case") for row in page.locator(".row").all()]
    page.locator("[data-open-export]").click()
    with page.expect_download() as taken:
        page.locator("[data-form=csv]").click()
    with open(taken.value.path(), encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["编号"][4:] for line in lines] == rows
    assert all("迎园片区协调指挥员" in line["导出水印"] for line in lines)
    page.locator("[data-chip=received]").click()
    expect(page.locator("[data-chips]")).to_have_count(0)


def test_a_view_is_kept_and_opened_by_its_number(dispatch, door):
    page = dispatch
    door.receive(report(SURE_140901, title="视图丁"))
    page.locator("[data-tab=received]").click()
    page.get_by_label("排序").select_option("grid")
    page.locator("[data-open-views]").click()
    page.locator("[data-view-name]").fill("待受理按网格")
    page.locator("[data-view-name]").press("Enter")
    page.keyboard.press("Escape")
    page.locator("[data-tab=overdue]").click()
    page.get_by_label("排序").select_option("limit")
    page.reload()
    expect(page.locator(".stream.live")).to_be_visible(timeout=30_000)
    page.keyboard.press("g")
    page.keyboard.press("1")
    expect(page.locator("[data-tab=received]")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_label("排序")).to_have_value("grid")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="快捷键")
    expect(sheet).to_contain_text("全选本页签")
    # Every key that something answers to stands in the sheet.
    expect(sheet).to_have_attribute("data-untold", "")


def test_one_case_on_paper(dispatch, door):
    page = dispatch
    case = door.receive(report(SURE_140901, title="打印戊", description="<b>原样</b>"))
    page.locator(".queue .find input").fill(case["number"])
    page.locator("[data-case='" + case["number"] + "']").click()
    expect(page.locator(".case [data-number]")).to_have_text(case["number"])
    address = page.locator(".case [data-print]").get_attribute("href")
    page.goto(page.url.split("/#")[0].rstrip("/") + address)
    paper = page.locator("[data-paper]")
    expect(paper.locator("h1")).to_have_text("打印戊")
    expect(paper).to_contain_text("<b>原样</b>")
    expect(paper.locator("[data-history]")).to_contain_text("收到")
    expect(paper.locator("footer")).to_contain_text("迎园片区协调指挥员")
    page.evaluate("() => { window.printed = 0; window.print = () => { window.printed += 1 } }")
    page.locator("[data-print]").click()
    assert page.evaluate("window.printed") == 1
    assert page.pdf(format="A4")[:4] == b"%PDF"
