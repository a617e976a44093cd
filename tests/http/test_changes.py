"""What happened while somebody was away."""

from datetime import datetime, timedelta

import pytest
from spots import EAST, MALU, WEST

pytestmark = pytest.mark.db
WHO = {"X-Pianqu-Post": "coordinator-140901"}


@pytest.fixture
def digest(client):
    def asked(since, post="coordinator-140901", **more):
        answer = client.get(
            "/v1/changes",
            params={"since": since.isoformat(), **more},
            headers={"X-Pianqu-Post": post},
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    return asked


def numbers(told, kind):
    return {one["number"] for one in told["items"] if kind in one["kinds"]}


def test_nothing_happened(digest, clock):
    told = digest(clock.now)
    assert (told["total"], told["items"]) == (0, [])


def test_new_refused_overdue_and_mine(digest, report, clock):
    old = report(**WEST, title="早先的").json()["case"]
    clock.on(minutes=1)
    left = clock.now
    clock.on(minutes=1)
    new = report(**WEST, title="新到的", urgent=True).json()["case"]
    away = report(**MALU, title="街道以外").json()["case"]
    east = report(**EAST, title="另一片区", to_sector="140902").json()["case"]
    told = digest(left)
    assert old["number"] not in str(told)
    # The client reports as this coordinator, who so sees it; the inspector next to them does not.
    assert east["number"] not in str(digest(left, post="inspector-140901"))
    assert new["number"] in numbers(told, "new")
    assert new["number"] in numbers(told, "assigned")
    assert told["items"][0]["number"] == new["number"]  # urgent first
    assert told["items"][0]["status_label"] == "待受理"
    assert numbers(told, "refused") == {away["number"]}
    assert told["new"] == len(numbers(told, "new"))
    assert told["overdue"] == 0

    clock.on(days=3)
    later = digest(left)
    assert {old["number"], new["number"]} <= numbers(later, "overdue")
    assert later["items"][0]["kinds"][0] == "new"
    assert digest(clock.now)["total"] == 0


def test_the_list_is_short_and_the_counts_are_of_all(digest, report, clock):
    left = clock.now
    clock.on(minutes=1)
    for n in range(3):
        report(**WEST, title=f"案件{n}")
    told = digest(left, limit=2)
    assert (told["new"], len(told["items"])) == (3, 2)
    assert digest(left, post="admin")["total"] == 0


def test_at_most_seven_days_back(digest, clock):
    told = digest(clock.now - timedelta(days=400))
    assert datetime.fromisoformat(told["since"]) == clock.now - timedelta(days=7)


def test_a_moment_is_needed(client):
    assert client.get("/v1/changes", headers=WHO).status_code == 422
    assert client.get("/v1/changes", params={"since": "gestern"}, headers=WHO).status_code == 422
