"""Two posts with one case open see each other, and nobody else sees them."""

import asyncio

import pytest
from spots import EAST, WEST

from api import live
from cases import viewing
from cases.roles import actor, scope_keys
from store.engine import transaction

pytestmark = pytest.mark.db
COORDINATOR = {"X-Pianqu-Post": "coordinator-140901"}
INSPECTOR = {"X-Pianqu-Post": "inspector-140901"}
SIBLING = {"X-Pianqu-Post": "coordinator-140902"}
FIRST, SECOND = "seat-one-0001", "seat-two-0002"


@pytest.fixture
def case(report):
    return report(**WEST).json()["case"]["id"]


@pytest.fixture
def look(client, case):
    def sent(seat=FIRST, post=COORDINATOR, **body):
        return client.put(f"/v1/cases/{case}/viewing", json={"seat": seat, **body}, headers=post)

    return sent


def test_two_seats_see_each_other_by_their_posts(look, client, case):
    assert [one["post"] for one in look().json()["items"]] == ["coordinator-140901"]
    told = look(SECOND, INSPECTOR, step="dispatch").json()
    assert [
        (one["post"], one["step"]) for one in sorted(told["items"], key=lambda v: v["post"])
    ] == [
        ("coordinator-140901", None),
        ("inspector-140901", "dispatch"),
    ]
    assert told["mark"] in {one["mark"] for one in told["items"]}
    assert FIRST not in str(told)  # a seat's own name is nobody else's to know
    assert "account" not in str(told)
    client.delete(f"/v1/cases/{case}/viewing", params={"seat": FIRST}, headers=COORDINATOR)
    assert [one["post"] for one in look(SECOND, INSPECTOR).json()["items"]] == ["inspector-140901"]


def test_two_tabs_are_one_seat_and_two_computers_of_a_post_are_two(look):
    look(FIRST)
    assert len(look(FIRST).json()["items"]) == 1
    assert len(look(SECOND).json()["items"]) == 2


def test_who_falls_silent_is_gone_after_45_seconds(look, clock):
    look(FIRST)
    clock.on(seconds=46)
    assert [one["post"] for one in look(SECOND, INSPECTOR).json()["items"]] == ["inspector-140901"]


def test_what_one_does_not_see_one_cannot_look_at(look):
    assert look(FIRST, SIBLING).status_code == 404
    assert look("short").status_code == 422
    assert look(FIRST, step="<b>").status_code == 422


def test_only_who_sees_the_case_hears_of_it(look, house, case, report):
    look(FIRST, step="acceptance")
    east = report(**EAST, to_sector="140902").json()["case"]["id"]
    with transaction(house.engine) as conn:
        viewing.look(
            conn, east, actor("coordinator-140902"), seat=SECOND, step=None, now=house.now()
        )

    async def heard():
        hub = live.Hub(house.engine, house.database_url, house.now)
        posts = ("inspector-140901", "coordinator-140902", "station-14090204")
        streams = [hub.subscribe(scope_keys(actor(post))) for post in posts]
        await asyncio.to_thread(hub._tell_viewers)
        return [(await asyncio.wait_for(one.queue.get(), 5))[1].decode() for one in streams]

    inspector, sibling, station = asyncio.run(heard())
    assert case in inspector
    assert east not in inspector
    assert '"step":"acceptance"' in inspector
    assert east in sibling
    assert case not in sibling
    assert '"items":[]' in station
    assert inspector.startswith("event: viewers\n")
