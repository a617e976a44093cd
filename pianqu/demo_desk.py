"""The demo's coordinators: they work off the invented day by the real HTTP doors.

Without them every invented case would be late after half an hour. They take the oldest first,
leave the newest for whoever is looking, and leave one in twelve for three quarters of an hour, so
that some clocks run into amber and red.
"""

import hashlib
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx2
import shapely

from boundaries.seed import places, read_seed
from cases.hours import SHANGHAI
from cases.roles import DESKS
from geo.points import LonLat
from pianqu import demo_flow
from pianqu.demo_posts import POST

KEEP = 45
_PAGE = 500
_ROUNDS = 5
_ANY_DESK = "140901"
_LEFT_ALONE = 12
_LEFT_FOR = timedelta(minutes=45)

Json = dict[str, Any]


def catch_up(client: httpx2.Client, stop: threading.Event, *, keep: int = KEEP) -> int:
    """Handle the oldest open cases until about `keep` are left; return how many were handled."""
    # A case that has just got its place needs one more step, and a refused edge perhaps another.
    done = sum(_handle(client, stop, keep=keep, most=None) for _ in range(3))
    # Then the other posts: far enough that every tab has something in it.
    return done + sum(_carry_on(client, stop, most=None) for _ in range(_ROUNDS))


def go_on(client: httpx2.Client, stop: threading.Event, *, keep: int = KEEP) -> int:
    """Handle at most two more, as people would between two calls."""
    return _handle(client, stop, keep=keep, most=2) + _carry_on(client, stop, most=2)


def _carry_on(client: httpx2.Client, stop: threading.Event, *, most: int | None) -> int:
    """Let stations, deputies and leads take accepted cases a step further, the oldest first."""
    done = 0
    now = datetime.now(tz=SHANGHAI)
    for desk in DESKS:
        for status in demo_flow.STEPS:
            for case in reversed(list(_of_desk(client, desk, status=status))):
                if stop.is_set() or done == most:
                    return done
                done += demo_flow.carry_on(case, _asked(client, case), now)
    return done


def _asked(client: httpx2.Client, case: Json) -> demo_flow.Ask:
    def ask(post: str, verb: str, body: Json) -> bool:
        answer = client.post(f"/v1/cases/{case['id']}/{verb}", json=body, headers={POST: post})
        return answer.is_success

    return ask


def _handle(client: httpx2.Client, stop: threading.Event, *, keep: int, most: int | None) -> int:
    waiting = list(_open_cases(client))
    # Newest first, as the list comes; the oldest beyond `keep` are due.
    now = datetime.now(tz=SHANGHAI)
    due = [case for case in reversed(waiting[keep:]) if not _is_left_alone(case, now)]
    spots = Spots()
    done = 0
    for case in due:
        if stop.is_set() or done == most:
            break
        done += _one(client, case, spots)
    return done


def _open_cases(client: httpx2.Client) -> Iterator[Json]:
    """What waits at either desk, newest first; what is open to both once."""
    waiting: dict[str, Json] = {}
    for desk in DESKS:
        waiting |= {case["id"]: case for case in _of_desk(client, desk)}
    yield from sorted(waiting.values(), key=lambda case: case["received_at"], reverse=True)


def _of_desk(client: httpx2.Client, desk: str, *, status: str | None = None) -> Iterator[Json]:
    cursor = None
    headers = {POST: f"coordinator-{desk}"}
    while True:
        query: dict[str, str | int] = {"limit": _PAGE}
        query |= {"status": status} if status else {"tab": "todo"}
        if cursor:
            query["cursor"] = cursor
        page = client.get("/v1/cases", params=query, headers=headers).raise_for_status().json()
        yield from page["items"]
        cursor = page["next"]
        if cursor is None:
            return


def _is_left_alone(case: Json, now: datetime) -> bool:
    age = now - datetime.fromisoformat(case["received_at"])
    return _digest(case["number"]) % _LEFT_ALONE == 0 and age < _LEFT_FOR


def _digest(number: str) -> int:
    return hashlib.sha256(number.encode()).digest()[0]


class Spots:
    """Where a caller would say it is: the known address, else some spot along the named road."""

    def __init__(self) -> None:
        self._known = {p.address: p.point for p in places() if not p.is_counter_example}
        self._roads = {road.name: road.geometry for road in read_seed().roads if road.name}

    def of(self, case: Json) -> LonLat | None:
        """The spot of a case; the same case always gets the same."""
        address = case["address"] or ""
        if address in self._known:
            return self._known[address]
        # The longest name first: 塔城东路 before 塔城路.
        for name in sorted(self._roads, key=len, reverse=True):
            if address.startswith(name):
                share = 0.2 + 0.6 * _digest(case["number"]) / 255
                spot = shapely.line_interpolate_point(self._roads[name], share, normalized=True)
                return LonLat(lon=spot.x, lat=spot.y)
        return None


def _one(client: httpx2.Client, case: Json, spots: Spots) -> bool:
    """One step of one case; False where only a person could say."""
    if case["status"] == "no_location":
        spot = spots.of(case)
        if spot is None:
            return False
        body: Json = {
            "lon": round(spot.lon, 7),
            "lat": round(spot.lat, 7),
            "crs": "CGCS2000",
            "accuracy_m": 25,
            "reason": "电话联系来源，核实了位置",
        }
        return _post(client, case, "location", body, case["desk"])
    if case["proposal"] == "rejection":
        body = {"reason": "经核对，位置在本片区以外"}
        return _post(client, case, "rejection", body, case["desk"])
    if case["status"] == "boundary_review":
        return _choose(client, case)
    return _post(client, case, "acceptance", demo_flow.accept_body(case), case["desk"])


def _choose(client: httpx2.Client, case: Json) -> bool:
    post = {POST: f"coordinator-{case['desk'] or _ANY_DESK}"}
    whole = client.get(f"/v1/cases/{case['id']}", headers=post).raise_for_status().json()
    best = whole["assignment"]["candidates"][0]
    if best["outside"]:
        body: Json = {"reason": "现场核对，在街道以外"}
        return _post(client, case, "rejection", body, case["desk"])
    sector = best["sector"]["code"]
    if case["desk"] not in (None, sector):
        body = {"reason": "现场核对，在分界线另一侧"}
        return _post(client, case, "rejection", body, case["desk"])
    body = {"community": best["community"]["code"]}
    return _post(client, case, "acceptance", body, sector)


def _post(client: httpx2.Client, case: Json, verb: str, body: Json, desk: str | None) -> bool:
    post = f"coordinator-{desk or _ANY_DESK}"
    answer = client.post(f"/v1/cases/{case['id']}/{verb}", json=body, headers={POST: post})
    # A person at the screen may have been quicker, or the rule says no: the case is left to them.
    return answer.is_success
