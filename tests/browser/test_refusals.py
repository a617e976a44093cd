"""The street centre's page: what the 片区 refused, whether it arrived, and what becomes of it."""

import pytest
from places import IN_MALU, SURE_140901, SURE_140902, report
from playwright.sync_api import expect
from screen_steps import Door, wait_for_map

pytestmark = [pytest.mark.browser, pytest.mark.db]


def row(page, case):
    return page.locator(f"[data-refusal='{case['number']}']")


def state(page):
    return page.locator("[data-state]")


@pytest.fixture
def centre(visit, site):
    page = visit(site, "/refusals")
    return page


def test_a_refusal_arrives_by_itself_and_is_signed_for(centre, door):
    page = centre
    case = door.receive(report(IN_MALU, title="送到街道"))
    found = row(page, case)
    expect(found).to_be_visible(timeout=3_000)
    expect(found).to_contain_text("在新成路街道以外")
    expect(found).to_contain_text("马陆镇")
    # The worker may still be starting when the server is ready.
    expect(found).to_contain_text("已送达", timeout=30_000)
    found.click()
    wait_for_map(page)
    expect(state(page)).to_have_text("已反馈街道")
    page.keyboard.press("a")
    expect(state(page)).to_have_text("街道已签收")
    assert door.case(case["number"])["refusals"][0]["acknowledged_by"] == "街道城运中心"


def test_the_ruling_needs_a_reason(centre, door):
    page = centre
    case = door.receive(report(IN_MALU, title="仍由本片区办", to_sector="140901"))
    row(page, case).click()
    page.locator("[data-step=reinstate]").click()
    expect(page.get_by_role("alert")).to_contain_text("请写明理由")
    page.locator("[name=reason]").fill("沿线一并处置")
    page.locator("[data-step=reinstate]").click()
    expect(state(page)).to_have_text("指定受理")
    again = door.case(case["number"])
    assert (again["status"], again["desk"], again["reinstated"]) == ("received", "140901", True)


def test_what_lies_in_the_other_sector_is_given_to_it(centre, door):
    page = centre
    case = door.receive(report(SURE_140902, title="东边的事", to_sector="140901", accuracy_m=5))
    expect(row(page, case)).to_contain_text("属街道内另一片区")
    row(page, case).click()
    page.get_by_role("button", name="派给新成片区").click()
    expect(state(page)).to_have_text("街道已改派")
    assert door.case(case["number"])["desk"] == "140902"


def test_what_lies_outside_is_passed_on(centre, door):
    page = centre
    case = door.receive(report(IN_MALU, title="上报区的事"))
    row(page, case).click()
    page.get_by_role("button", name="上报区，建议归属马陆镇").click()
    expect(state(page)).to_have_text("已上报区")
    page.locator("[data-tab=redispatched]").click()
    expect(row(page, case)).to_be_visible()
    page.locator("[data-tab=all]").click()


@pytest.mark.slow
def test_a_message_that_does_not_arrive_is_underlined(visit, open_site, free_port):
    house = open_site(
        PIANQU_AUTO_REFUSE="true",
        PIANQU_STREET_CENTRE_URL=f"http://127.0.0.1:{free_port()}/nobody",
    )
    case = Door(house).receive(report(IN_MALU, title="送不到"))
    page = visit(house, "/refusals")
    told = row(page, case).locator(".bad")
    expect(told).to_contain_text("未送达（重试中）", timeout=30_000)
    expect(row(page, case)).to_contain_text("待反馈街道")
    expect(row(page, case)).to_contain_text("剩余")


def test_both_pages_lead_to_each_other(visit, site):
    page = visit(site, "/refusals")
    page.get_by_role("link", name="片区城运分中心").click()
    expect(page.locator("[data-tab=todo]")).to_be_visible()
    page.locator("[data-account]").click()
    page.get_by_role("link", name="不予受理").click()
    expect(page.locator("h1")).to_have_text("街道城运中心")


def test_the_desk_sees_the_ruling(visit, site, door):
    case = door.receive(report(SURE_140901, title="看得到经过"))
    page = visit(site)
    # The list draws only the rows in sight, and by now the house has many cases.
    page.locator(".queue .find input").fill(case["number"])
    page.locator(f"[data-case='{case['number']}']").click()
    expect(page.locator(".case .log li")).to_have_count(1)
