"""Three days of events before a wall: its memory does not grow. Writes docs/evidence/wall.md."""

import os
import statistics
import time
from pathlib import Path

import httpx2
import pytest
import signed
from playwright.sync_api import expect
from screen_steps import log_in
from wall_room import STEPS, Held, Town, held

EVIDENCE = Path(__file__).parents[2] / "docs" / "evidence" / "wall.md"
# 400 cases a day are what the plan's two 片区 may meet on a bad one; each is told of six times by
# people, and some times more by worker and courier.
A_DAY = int(os.environ.get("PIANQU_PROVE_CASES_A_DAY", "400"))
DAYS, PARTS = 3, 4
LIMIT = 0.05
COUNT_HEARD = """() => {
    const Real = window.EventSource;
    window.heard = 0;
    window.EventSource = class extends Real {
        constructor(...told) {
            super(...told);
            this.addEventListener('change', () => { window.heard += 1; });
        }
    };
}"""


@pytest.mark.slow
@pytest.mark.browser
def test_three_days_before_a_wall(open_site, page):
    site = open_site(PIANQU_DEMO="true")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.add_init_script(f"({COUNT_HEARD})()")
    log_in(page, site, "coordinator-140901")
    page.goto(site.base_url + "/wall")
    expect(page.locator(".stream.live")).to_be_visible(timeout=30_000)
    expect(page.locator(".map[data-ready=true]")).to_be_visible(timeout=30_000)
    cdp = page.context.new_cdp_session(page)
    town, began = Town(site.base_url), time.monotonic()
    taken: list[tuple[int, int, Held]] = []
    for part in range(1, DAYS * PARTS + 1):
        town.live(A_DAY // PARTS)
        closed = A_DAY // PARTS * part
        answer = httpx2.get(
            f"{site.base_url}/v1/summary", headers=signed.headers(), trust_env=False
        ).json()
        # The page has heard of the last one and shows it.
        expect(page.locator("[data-number=closed]")).to_have_text(
            str(answer["closed_today"]), timeout=60_000
        )
        page.wait_for_timeout(6_000)  # the map draws every five seconds
        taken.append((closed, page.evaluate("window.heard"), held(cdp)))
    took = time.monotonic() - began
    warm = taken[PARTS // 2 :]
    first = statistics.median(h.heap for _, _, h in warm[:3])
    last = statistics.median(h.heap for _, _, h in warm[-3:])
    growth = last / first - 1
    _write(taken, growth, took)
    assert growth < LIMIT, f"heap grew by {growth:.1%}"
    assert warm[-1][2].nodes < warm[0][2].nodes * 1.05 + 50
    assert warm[-1][2].listeners < warm[0][2].listeners * 1.05 + 20
    assert page.locator("[data-record]").count() <= 5
    assert page.locator("[data-clock]").count() <= 6


def _write(taken: list[tuple[int, int, Held]], growth: float, took: float) -> None:
    lines = [
        "# A wall for three days",
        "",
        "Written by `tests/prove/test_wall_days.py` (`make prove`); do not edit. A real server and",
        f"worker, and `/wall` at 1920×1080 in Chromium. {A_DAY} cases a day for {DAYS} days are",
        f"carried over HTTP from the report to 结案 ({len(STEPS) + 1} commands each) as fast as",
        "the server answers; the page hears every event on its stream and reads each case anew.",
        "Memory is what is held after the garbage is collected (CDP `HeapProfiler`,",
        "`Runtime.getHeapUsage`, `Memory.getDOMCounters`). Time itself is not stretched: timers of",
        "the page run for the minutes that this takes, not for 72 hours.",
        "",
        "| hours of events | cases | events heard | heap, MB | DOM nodes | listeners |",
        "|--:|--:|--:|--:|--:|--:|",
        *(
            f"| {24 // PARTS * (n + 1)} | {cases} | {heard} | {h.heap / 1e6:.2f} | {h.nodes} "
            f"| {h.listeners} |"
            for n, (cases, heard, h) in enumerate(taken)
        ),
        "",
        f"Growth of the heap from the first twelve hours (median of three readings) to the end "
        f"(median of three): **{growth:+.1%}** (limit {LIMIT:.0%}); {took / 60:.0f} minutes.",
        "",
    ]
    EVIDENCE.parent.mkdir(parents=True, exist_ok=True)
    EVIDENCE.write_text("\n".join(lines))
