"""Eight coordinators press the same button at once: one of them has done it, the others hear so.

Each has an account and a connection of their own and the same post. What the seven said must not
be found anywhere afterwards: no event, no message, no push.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx2
import pytest
from plan_words import COORDINATOR, DEPUTY, GRID, STATION, Town
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from cases import audit
from cases.people import accounts, issuing

pytestmark = [pytest.mark.db, pytest.mark.slow]
NAMES = [f"racer-{number}" for number in range(8)]
LETTERS = "SELECT count(*) FROM mailbox WHERE case_id = CAST(:case AS uuid) AND recipient = :to"
SENDINGS = "SELECT count(*) FROM outbox WHERE subject = :case AND recipient = :to"
WORDS = {name: f"{name}说的话" for name in NAMES}


@pytest.fixture(scope="module")
def town(shared_site):
    town = Town(shared_site())
    yield town
    town.close()


@pytest.fixture(scope="module")
def engine(town):
    engine = create_engine(town.site.database_url, poolclass=NullPool)
    with engine.begin() as conn:
        for name in NAMES:
            now = datetime.now(UTC)
            accounts.add(conn, name, now=now, post=COORDINATOR)
            issuing.issue(conn, name, f"pq_test_{name}", now=now)
    return engine


@pytest.fixture(scope="module")
def race(town, engine):
    """Send all at the same moment: name → (step, body, headers); returns name → answer."""
    assert engine

    def run(case, told):
        start = threading.Barrier(len(told))

        def send(name):
            step, body, headers = told[name]
            headers = {"Authorization": f"Bearer pq_test_{name}"} | headers
            with httpx2.Client(
                base_url=town.site.base_url, headers=headers, timeout=30, trust_env=False
            ) as client:
                assert client.get("/healthz").status_code == 200  # the connection is open
                start.wait()
                return client.post(f"/v1/cases/{case.id}/{step}", json=body)

        with ThreadPoolExecutor(len(told)) as pool:
            return dict(zip(told, pool.map(send, told), strict=True))

    return run


def one_won(answers):
    """The name of the one winner; the others were told that somebody was quicker."""
    (winner,) = [name for name, answer in answers.items() if answer.status_code == 200]
    lost = [answer for name, answer in answers.items() if name != winner]
    assert [answer.status_code for answer in lost] == [409] * (len(answers) - 1)
    for answer in lost:
        told = answer.json()
        assert told["type"] in ("/problems/version-conflict", "/problems/wrong-status"), told
        if told["type"] == "/problems/version-conflict":
            assert told["version"] >= 2, "the current version, so that one can look again"
        assert WORDS[winner] not in answer.text
    return winner


def count(engine, statement, **values):
    with engine.connect() as conn:
        return conn.execute(text(statement), values).scalar_one()


def check(engine, case, winner):
    """Nothing of the losers is anywhere, and the case's own record holds."""
    with engine.connect() as conn:
        verdict = audit.verify(conn)
        written = "\n".join(
            str(row)
            for table in ("case_event", "case_text", "case_now", "mailbox", "outbox", "feed")
            for row in conn.execute(
                text(f"SELECT t::text FROM {table} t WHERE t::text LIKE :case"),
                {"case": f"%{case.id}%"},
            ).scalars()
        )
    assert not verdict.findings
    assert [word for name, word in WORDS.items() if name != winner and word in written] == []
    versions = [event["version"] for event in case.events()]
    assert versions == list(range(1, len(versions) + 1))


def test_eight_accept_without_naming_a_version(town, race, engine):
    case = town.reported()
    told = {
        name: ("acceptance", {"kind": "joint", "grades": ["complex"], "reason": word}, {})
        for name, word in WORDS.items()
    }
    winner = one_won(race(case, told))
    accepted = [event for event in case.events() if event["type"] == "CaseAccepted"]
    assert [(event["account"], event["data"]["reason"]) for event in accepted] == [
        (winner, WORDS[winner])
    ]
    # The deputy is asked for instruction once.
    assert count(engine, LETTERS, case=case.id, to=DEPUTY) == 1
    assert count(engine, SENDINGS, case=case.id, to=DEPUTY) == 1
    check(engine, case, winner)


def test_eight_dispatch_the_version_they_looked_at(town, race, engine):
    case = town.reported()
    case.does(COORDINATOR, "acceptance")
    match = {"If-Match": f'"{case.now()["version"]}"'}
    told = {
        name: ("dispatch", {"station": GRID, "text": word}, match) for name, word in WORDS.items()
    }
    answers = race(case, told)
    winner = one_won(answers)
    kinds = {a.json()["type"] for name, a in answers.items() if name != winner}
    assert kinds == {"/problems/version-conflict"}
    case.told("dispatch", STATION)
    (event,) = [event for event in case.events() if event["type"] == "CaseDispatched"]
    assert (event["account"], event["data"]["duty"]["text"]) == (winner, WORDS[winner])
    assert [len(sent) for sent in case.pushes("dispatch").values()] == [1]
    assert len(case.now()["work"]["duties"]) == 1
    assert count(engine, LETTERS, case=case.id, to=STATION) == 1
    assert count(engine, SENDINGS, case=case.id, to=STATION) == 1
    delivered = [event["type"] for event in case.events()].count("PushDelivered")
    assert delivered == 1
    check(engine, case, winner)


def test_different_commands_on_one_version_exclude_each_other(town, race, engine):
    case = town.reported()
    other = town.reported()
    deeds = (
        ("acceptance", {"kind": "joint", "grades": ["complex"]}, "reason"),
        ("acceptance", {"kind": "joint", "grades": ["major"]}, "reason"),
        ("return-to-source", {"kind": "supplement"}, "reason"),
        ("return-to-source", {"kind": "reassign"}, "reason"),
        ("merge", {"into": other.id}, "reason"),
        ("link", {"kind": "related_to", "other": other.id}, "reason"),
        ("phone-call", {"post": DEPUTY, "outcome": "reached"}, "note"),
        ("location", {"lon": 121.256745, "lat": 31.384559, "crs": "WGS84"}, "reason"),
    )
    told = {
        name: (step, body | {words: WORDS[name], "version": 1}, {})
        for name, (step, body, words) in zip(NAMES, deeds, strict=True)
    }
    winner = one_won(race(case, told))
    assert {event["account"] for event in case.events() if event["version"] > 1} == {winner}
    check(engine, case, winner)


def test_commands_that_suit_each_other_all_stand_in_one_order(town, race, engine):
    """Without a version whoever is refused was overtaken, and hears so."""
    case = town.reported()
    case.does(COORDINATOR, "acceptance", kind="joint", grades=["complex"], reason="两处积水")
    told = {
        name: ("phone-call", {"post": DEPUTY, "outcome": "reached", "note": word}, {})
        for name, word in WORDS.items()
    }
    answers = race(case, told)
    assert {answer.status_code for answer in answers.values()} <= {200, 409}
    won = {name for name, answer in answers.items() if answer.status_code == 200}
    calls = [event for event in case.events() if event["type"] == "CallLogged"]
    assert sorted(event["account"] for event in calls) == sorted(won)
    assert all(event["data"]["call"]["note"] == WORDS[event["account"]] for event in calls)
    assert won
    with engine.connect() as conn:
        assert not audit.verify(conn).findings


def test_one_command_sent_eight_times_is_done_once(town, race, engine):
    """The same Idempotency-Key of one account, all at once: eight answers, one deed."""
    case = town.reported()
    body = {"kind": "joint", "grades": ["complex"], "reason": WORDS[NAMES[0]]}
    headers = {"Idempotency-Key": "once", "Authorization": f"Bearer pq_test_{NAMES[0]}"}
    answers = race(case, dict.fromkeys(NAMES, ("acceptance", body, headers)))
    assert {answer.status_code for answer in answers.values()} == {200}
    assert len({answer.headers["ETag"] for answer in answers.values()}) == 1
    replayed = [a for a in answers.values() if "Idempotency-Replayed" in a.headers]
    assert len(replayed) == 7
    assert [e["type"] for e in case.events()].count("CaseAccepted") == 1
    assert count(engine, LETTERS, case=case.id, to=DEPUTY) == 1
    check(engine, case, NAMES[0])
