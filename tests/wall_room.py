"""A wall under days of events: who makes them over HTTP, and what the page's memory holds after."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx2
import signed
from places import SURE_140901
from playwright.sync_api import CDPSession

COORDINATOR, STATION, GRID = "coordinator-140901", "station-14090103", "14090103"
POINTS = ("description", "law", "opinion", "photos", "language")
CLOSING = {
    "points": [{"code": code, "passed": True} for code in POINTS],
    "report": "处置及时，现场已恢复。",
}
STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (COORDINATOR, "acceptance", {}),
    (COORDINATOR, "dispatch", {"station": GRID}),
    (STATION, "signing", {}),
    (STATION, "feedback", {"text": "已处置"}),
    (COORDINATOR, "closing", CLOSING),
)


class Town:
    """Carries cases from the report to 结案, some at a time, as fast as the server answers."""

    def __init__(self, base_url: str):
        self._url = f"{base_url}/v1/cases"
        self._serial = 0
        self._lock = threading.Lock()

    def live(self, cases: int, hands: int = 4) -> None:
        """So many cases of a day; returns when all are closed."""
        left = iter(range(cases))
        failures: list[BaseException] = []
        workers = [
            threading.Thread(target=self._work, args=(left, failures), daemon=True)
            for _ in range(hands)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert not failures, failures[0]

    def _work(self, left: Iterator[int], failures: list[BaseException]) -> None:
        try:
            with httpx2.Client(timeout=60, trust_env=False) as client:
                while self._take(left) is not None:
                    self._carry(client)
        except BaseException as error:
            failures.append(error)

    def _take(self, left: Iterator[int]) -> int | None:
        with self._lock:
            self._serial += 1
            return next(left, None)

    def _carry(self, client: httpx2.Client) -> None:
        with self._lock:
            self._serial += 1
            serial = self._serial
        # Some metres apart, so that stacks of ever other counts come and go on the map.
        lon, lat = SURE_140901[0] + serial % 7 * 4e-5, SURE_140901[1] + serial % 11 * 4e-5
        report = {"source": "12345", "external_id": f"wall-{serial}", "title": f"路面积水 {serial}"}
        place = {"lon": lon, "lat": lat, "crs": "WGS84", "accuracy_m": 5}
        told = self._post(client, "", "platform-12345", report | place)
        for post, step, body in STEPS:
            self._post(client, f"/{told['case']['id']}/{step}", post, body)

    def _post(self, client: httpx2.Client, path: str, post: str, body: dict) -> dict:
        for _ in range(20):
            answer = client.post(self._url + path, json=body, headers=signed.headers(post))
            # The courier's note of delivery got in between: nothing was done, do it again.
            if answer.status_code not in (409, 503):
                break
        assert answer.status_code < 300, (path, answer.text)
        return answer.json()


@dataclass(frozen=True)
class Held:
    """What a page holds once everything that can be thrown away is."""

    heap: int
    nodes: int
    listeners: int
    documents: int


def held(cdp: CDPSession) -> Held:
    """Collect the garbage, then count; twice, as what finalisers free goes with the second."""
    for _ in range(2):
        cdp.send("HeapProfiler.collectGarbage")
    counters = cdp.send("Memory.getDOMCounters")
    return Held(
        heap=cdp.send("Runtime.getHeapUsage")["usedSize"],
        nodes=counters["nodes"],
        listeners=counters["jsEventListeners"],
        documents=counters["documents"],
    )
