"""The words of 五(二) as a tester says them: a case, who does what with it, and what was proved.

All of it goes through the real doors: HTTP to the server process, and the worker's courier and
clock on the other side. Times are read from the history, never taken here.
"""

import itertools
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx2
from photos import photo
from places import SURE_140901, report
from processes import Site

DESK = "140901"
GRID = "14090103"  # 嘉乐社区网格, where SURE_140901 lies
STATION = f"station-{GRID}"
COORDINATOR, DEPUTY, HEAD = f"coordinator-{DESK}", f"deputy-{DESK}", f"head-{DESK}"
INSPECTOR, POLICE, CHENGGUAN = f"inspector-{DESK}", f"police-{DESK}", f"chengguan-{DESK}"
PATROL, RESPONDER = f"responder-{DESK}-1", f"responder-{DESK}-2"
STREET, HOTLINE, WATER = "street-centre", "platform-12345", "department-water"
FIVE_POINTS = ("description", "law", "opinion", "photos", "language")
PATIENCE_S = 15.0


class Town:
    """A running site, and one client per post that ever acted."""

    def __init__(self, site: Site):
        self.site = site
        self._clients: dict[str, httpx2.Client] = {}

    def client(self, post: str) -> httpx2.Client:
        if post not in self._clients:
            self._clients[post] = self.site.client(post, trust_env=False)
        return self._clients[post]

    def read(self, path: str, by: str = COORDINATOR, **query: Any) -> Any:
        answer = self.client(by).get(f"/v1{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def reported(self, by: str = HOTLINE, *, spot=SURE_140901, **told: Any) -> "Matter":
        """派来: a source brings a report."""
        answer = self.client(by).post("/v1/cases", json=report(spot, **told))
        assert answer.status_code == 201, answer.text
        return Matter(self, answer.json()["case"]["id"])

    def close(self) -> None:
        for client in self._clients.values():
            client.close()


class Matter:
    """One case, and the steps the plan has for it."""

    def __init__(self, town: Town, id: str):
        self.town, self.id = town, id

    # What is done

    def does(self, post: str, step: str, /, **words: Any) -> dict[str, Any]:
        """A post takes a step; it must be allowed to."""
        answer = self._tries(post, step, words)
        assert answer.status_code == 200, f"{post} {step}: {answer.text}"
        return answer.json()

    def cannot(self, post: str, step: str, /, **words: Any) -> str:
        """A post tries a step that the plan does not let it take; the reason it hears."""
        answer = self._tries(post, step, words)
        assert answer.status_code in (403, 409), f"{post} {step}: {answer.text}"
        return answer.json()["detail"]

    def _tries(self, post: str, step: str, words: dict[str, Any]) -> httpx2.Response:
        """Ask; again, as a person would, when the courier's note got in between."""
        while True:
            answer = self.town.client(post).post(f"/v1/cases/{self.id}/{step}", json=words)
            if not answer.text.startswith('{"type":"/problems/version-conflict"'):
                return answer

    def coordinated(self, *posts: str, offline: bool = False, **words: Any) -> dict[str, Any]:
        """发起协调 at the case's own place, in a quarter of an hour."""
        place = {"posts": posts, "place": "现场", "appointment_at": soon()}
        return self.does(COORDINATOR, "coordination", **place, offline=offline, **words)

    def phoned(self, *posts: str, by: str = COORDINATOR) -> None:
        for post in posts:
            self.does(by, "phone-call", post=post, outcome="reached", number="13800001111")

    def arrived(self, *posts: str, spot=SURE_140901) -> None:
        """响应确认, each from the place itself."""
        where = {"lon": spot[0], "lat": spot[1], "crs": "WGS84", "accuracy_m": 5}
        for post in posts:
            self.does(post, "response", **where)

    def divided(self, lead: str, *others: str) -> dict[str, Any]:
        """明确分工: one 主办, the others 协办, each with a time."""
        due = soon(hours=3)
        lines = [{"post": lead, "role": "lead", "text": "处置", "due_at": due}]
        lines += [{"post": p, "role": "assist", "text": "配合", "due_at": due} for p in others]
        return self.does(COORDINATOR, "coordination-result", duties=lines)

    def handled(self, *posts: str) -> None:
        """处置完成 and 反馈 the same day, with a photo of how it looks now."""
        for post in posts:
            self.does(post, "disposal-end")
            files = [self.photo(post, "after")]
            self.does(post, "feedback", text="已处置，现场恢复", attachments=files)

    def photo(self, by: str, kind: str) -> dict[str, str]:
        file = {"file": ("现场.jpg", photo(64, 48), "image/jpeg")}
        answer = self.town.client(by).post("/v1/attachments", files=file)
        assert answer.status_code == 201, answer.text
        return {"sha256": answer.json()["sha256"], "kind": kind, "name": "现场.jpg"}

    def closed(self) -> dict[str, Any]:
        """评价并结案: the five points, each passed, and the report."""
        points = [{"code": code, "passed": True} for code in FIVE_POINTS]
        told = self.does(COORDINATOR, "closing", points=points, report="处置及时，现场已恢复。")
        assert told["status"] == "closed"
        return told

    # What is read

    def now(self, by: str = COORDINATOR) -> dict[str, Any]:
        return self.town.read(f"/cases/{self.id}", by)

    def waits(self, condition: Callable[[dict[str, Any]], bool], by: str = COORDINATOR):
        """The case once it is so: the courier and the clock are another process."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition(case := self.now(by)):
            assert time.monotonic() < deadline, case
            time.sleep(0.05)
        return case

    def told(self, purpose: str, *posts: str) -> None:
        """送达: the courier has brought the newest push of this purpose to each of the posts."""

        def all_told(case: dict[str, Any]) -> bool:
            last = {p["post"]: p for p in case["work"]["pushes"] if p["purpose"] == purpose}
            return all(post in last and last[post]["delivered_at"] for post in posts)

        self.waits(all_told)

    def events(self, by: str = COORDINATOR) -> list[dict[str, Any]]:
        return self.town.read(f"/cases/{self.id}/events", by)["items"]

    def happened(self, type: str, which: int = -1) -> dict[str, Any]:
        """One event of a kind; the newest unless said otherwise."""
        return [event for event in self.events() if event["type"] == type][which]

    def pushes(self, purpose: str) -> dict[str, list[dict[str, Any]]]:
        """What each post was sent for a purpose."""
        found: dict[str, list[dict[str, Any]]] = {}
        for push in self.now()["work"]["pushes"]:
            if push["purpose"] == purpose:
                found.setdefault(push["post"], []).append(push)
        return found

    def clock(self, code: str, which: int = -1) -> "Ran":
        """A clock of the case; the newest of its kind unless said otherwise."""
        clocks = self.town.read(f"/cases/{self.id}/clocks")["items"]
        return Ran([clock for clock in clocks if clock["code"] == code][which])

    def never_ran(self, code: str) -> bool:
        return code not in {c["code"] for c in self.town.read(f"/cases/{self.id}/clocks")["items"]}


class Ran:
    """A clock as the case's own record has it."""

    def __init__(self, told: dict[str, Any]):
        self.told = told

    def ran_from(self, event: dict[str, Any]) -> "Ran":
        """It began at the very moment of the event."""
        assert self.told["started_at"] == event["at"], (self.told, event)
        return self

    def until(self, event: dict[str, Any]) -> "Ran":
        """It was stopped by the event, in time."""
        assert self.told["stopped_at"] == event["at"], (self.told, event)
        assert self.told["state"] == "stopped"
        assert moment(self.told["stopped_at"]) <= self.due
        return self

    def for_minutes(self, minutes: int) -> "Ran":
        """The limit of the plan, counted from its start."""
        assert self.due - moment(self.told["started_at"]) == timedelta(minutes=minutes)
        return self

    def to_the_end_of(self, day: datetime, *, days_on: int) -> "Ran":
        """自然日: until 24:00 of a day, counted from the day of a moment."""
        midnight = day.replace(hour=0, minute=0, second=0, microsecond=0)
        assert self.due == midnight + timedelta(days=days_on + 1)
        return self

    @property
    def due(self) -> datetime:
        return moment(self.told["due_at"])


def moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


def soon(*, minutes: int = 15, hours: int = 0) -> str:
    """A time from now, as it is agreed on the telephone."""
    return (datetime.now().astimezone() + timedelta(minutes=minutes, hours=hours)).isoformat()


def no_gap(case: dict[str, Any]) -> None:
    """Every stretch of time since receipt has a step and a post that owned it."""
    stages = case["stages"]
    assert stages[0]["from_at"] == case["received_at"]
    for before, after in itertools.pairwise(stages):
        assert before["to_at"] == after["from_at"]
    assert stages[-1]["to_at"] is None
    assert stages[-1]["status"] == case["status"]
    assert all(stage["owner"] for stage in stages)
