"""Every door × every post × own and foreign, against a table written from the plan.

The house keeps nothing of what the posts do here: each commit is taken back, so that every request
finds the same world. No answer may hold a word, a number or an id of what its post does not see.
"""

import asyncio
import json
import uuid
from collections import Counter

import httpx2
import pytest
import signed
from access_table import NOBODY, OTHERS, POSTS, STREAM, UUID0
from fastapi.testclient import TestClient
from readable import wait_until_readable
from sqlalchemy import event
from two_worlds import EAST, NOW, WEST, build

from api import live
from api.app import create_app
from api.runtime import Runtime
from cases.policy import Policy
from store import feed
from store.engine import make_engine, transaction

pytestmark = pytest.mark.db
LETTERS = (*POSTS, NOBODY)


class World:
    """Two halves behind one house whose commits can be taken back."""

    def __init__(self, client, engine):
        self.client, self.engine = client, engine
        with transaction(engine) as conn:
            self.start = feed.head(conn)
        self.west, self.east = build(client, engine)
        wait_until_readable(engine)
        event.listen(engine, "commit", lambda conn: conn.connection.dbapi_connection.rollback())

    def names(self, probe, letter, *, own):
        """What the probe's thing is called, for this post."""
        half = self.west if own else self.east
        if probe.thing == "mail":
            return {"id": half.mail[POSTS[letter] if own and letter != NOBODY else half_of(own)]}
        if probe.thing == "account" and own:
            post = POSTS.get(letter, "admin")
            return {"name": post, "id": half.ids["account"]["tokens"][post]}
        return half.ids.get(probe.thing, {})

    def request(self, probe, letter, names):
        """What a post sends, with the names of what it is about."""
        headers = dict(probe.headers)
        if letter != NOBODY:
            headers |= signed.headers(POSTS[letter])
        asked = {"params": json.loads(named(json.dumps(probe.query), names)), "headers": headers}
        if isinstance(probe.body, bytes):
            asked["content"] = probe.body
        elif probe.body is not None:
            asked["json"] = json.loads(named(json.dumps(probe.body), names))
        return probe.method, named(probe.path, names), asked

    def send(self, probe, letter, names):
        """One request and its answer."""
        method, url, asked = self.request(probe, letter, names)
        return self.client.request(method, url, **asked)

    def send_all(self, requests):
        """Many at a time, in the loop of the application itself: that is much cheaper."""

        async def sent():
            transport = httpx2.ASGITransport(self.client.app, raise_app_exceptions=False)
            base = str(self.client.base_url)
            few = asyncio.Semaphore(4)
            async with httpx2.AsyncClient(transport=transport, base_url=base) as client:

                async def one(method, url, asked):
                    async with few:
                        return await client.request(method, url, **asked)

                return await asyncio.gather(*(one(*request) for request in requests))

        return self.client.portal.call(sent)


def half_of(own):
    return f"coordinator-{(WEST if own else EAST).desk}"


def named(text, names):
    for name, value in names.items():
        if isinstance(value, str):
            text = text.replace(f"{{{name}}}", value)
    return text


@pytest.fixture(scope="module")
def world(module_database, locator, geocoders):
    engine = make_engine(module_database, pool_size=5)
    house = Runtime(
        engine=engine,
        database_url=module_database,
        locator=locator,
        geocoders=geocoders,
        policy=Policy(auto_refuse=True),
        webhook_secret=b"only for tests",
        now=lambda: NOW,
        new_id=uuid.uuid4,
        demo=True,
    )
    try:
        with TestClient(
            create_app(house), base_url="http://127.0.0.1", raise_server_exceptions=False
        ) as client:
            yield World(client, engine)
    finally:
        engine.dispose()


def doors(app):
    """Every route there is, also those the OpenAPI does not tell of."""
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        waiting += getattr(getattr(route, "original_router", None), "routes", [])
        yield from (
            (method, route.path) for method in getattr(route, "methods", ()) if method != "HEAD"
        )


def door_of(probe):
    if probe.path.startswith("/v1/tiles/"):
        return probe.method, "/v1/tiles/{layer}/{z}/{x}/{y}.mvt"
    layer = probe.path.startswith("/v1/layers/")
    return probe.method, "/v1/layers/{id}" if layer else probe.path


def test_every_door_has_a_line_in_the_table(world):
    told = {door_of(probe) for probe in OTHERS} | {STREAM}
    assert told == set(doors(world.client.app))


def test_the_halves_are_as_full_as_they_should_be(world):
    """Else the matrix would prove nothing: whoever has a part reads the words of its own half."""
    for letter, post in POSTS.items():
        if letter == "A":
            continue
        headers = signed.headers(post)
        own = world.client.get(f"/v1/cases/{world.west.ids['case']['key']}", headers=headers)
        assert WEST.word in own.text, post
        listed = world.client.get("/v1/cases", headers=headers)
        assert WEST.word in listed.text, post
        shown = world.client.get("/v1/layers/cases", headers=headers)
        assert world.west.number in shown.text, post
    street = signed.headers(POSTS["S"])
    everything = [world.client.get(f"/v1/{path}", headers=street).text
                  for path in ("cases", "street-centre/refusals", "tasks", "roster")]  # fmt: skip
    assert all(word in text for text in everything for word in (WEST.word, EAST.word))


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: POSTS.get(letter, letter))
def test_who_may_open_which_door(world, letter):
    asked = [
        (probe, own, world.names(probe, letter, own=own))
        for probe in OTHERS
        for own in ((True, False) if probe.thing else (True,))
    ]
    answers = world.send_all([world.request(probe, letter, names) for probe, _, names in asked])
    wrong, told = [], []
    for (probe, own, names), answer in zip(asked, answers, strict=True):
        right = probe.expected(letter, own=own)
        where = f"{probe.method} {probe.path} {'own' if own else 'foreign'}"
        if answer.status_code not in right:
            wrong.append(f"{where}: {answer.status_code}, not {sorted(right)} {answer.text}")
        told += [f"{where} tells {word}" for word in leaks(world, letter, probe, names, answer)]
    assert not wrong, "\n".join(wrong)
    assert not told, "\n".join(told)


def leaks(world, letter, probe, names, answer):
    """What an answer tells of a half its post does not see, beyond what the request said itself."""
    if letter == "S" or (letter == "A" and probe.path.startswith(TOLD_TO_THE_ADMINISTRATOR)):
        return []
    halves = [world.east] if letter not in (NOBODY, "A") else [world.east, world.west]
    said = f"{probe.path} {json.dumps(names)} {answer.url}"
    text = answer.content.decode("utf-8", "replace")
    return [word for half in halves for word in half.secrets if word in text and word not in said]


# The administrator keeps the house running: which messages stand still and who looked at what, by
# the case's number or id, the roster, and letters to itself; never what a case says.
TOLD_TO_THE_ADMINISTRATOR = ("/v1/deliveries", "/v1/access-log", "/v1/mailbox", "/v1/roster",
                             "/v1/duty")  # fmt: skip


def test_a_foreign_case_answers_like_none_at_all(world):
    """Not a word more or less: nobody learns that there is such a case."""
    of_case = [(probe, letter) for probe in OTHERS if probe.thing == "case" for letter in "CZA"]
    none = {"key": UUID0, "other": UUID0}
    foreign, nothing = (
        world.send_all([world.request(probe, letter, names) for probe, letter in of_case])
        for names in (world.east.ids["case"], none)
    )
    for one, other in zip(foreign, nothing, strict=True):
        assert (one.status_code, one.text) == (other.status_code, other.text), one.url


def test_an_own_case_cannot_be_tied_to_a_foreign_one(world):
    key, other = world.west.ids["case"]["key"], world.east.ids["case"]["key"]
    told = []
    for name in (other, world.east.number, world.east.number[4:]):
        for step, body in (("merge", {"into": name}),
                           ("link", {"other": name, "kind": "related_to"})):  # fmt: skip
            answer = world.client.post(
                f"/v1/cases/{key}/{step}",
                json={**body, "reason": "同一处"},
                headers=signed.headers(POSTS["C"]),
            )
            told.append((answer.status_code, EAST.word in answer.text))
    assert Counter(told) == {(404, False): 6}


@pytest.mark.parametrize("letter", POSTS, ids=POSTS.get)
def test_a_known_number_opens_no_foreign_case(world, letter):
    """A report with the number of a case one does not see must not fetch that case."""
    report = {"source": EAST.source, "external_id": f"{EAST.word}-A", "title": "再次反映"}
    answer = world.client.post("/v1/cases", json=report, headers=signed.headers(POSTS[letter]))
    if letter != "S":
        text = answer.text.replace(f"{EAST.word}-A", "")
        assert [word for word in world.east.secrets if word in text] == []


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: POSTS.get(letter, letter))
def test_the_stream_tells_each_post_its_own_only(world, letter, monkeypatch):
    """The whole history of both halves is replayed to one post; the stream then ends at once."""
    monkeypatch.setattr(live, "LIFE_S", 0.0)
    headers = {} if letter == NOBODY else signed.headers(POSTS[letter])
    answer = world.client.get("/v1/live", headers=headers | {"Last-Event-ID": world.start})
    assert answer.status_code == (401 if letter == NOBODY else 200)
    heard = {half.half.word: half.ids["case"]["key"] in answer.text
             for half in (world.west, world.east)}  # fmt: skip
    sees = letter not in ("A", NOBODY)
    assert heard == {WEST.word: sees, EAST.word: letter == "S"}
    if letter != "S":
        foreign = ("140902", "140902-1", *world.east.secrets)
        assert [word for word in foreign if word in answer.text] == []
