"""The chain and the seals: nothing is lost, nothing can be changed unseen, nothing is guessed."""

import hashlib
import itertools
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.chain import Sealed, event_hash, genesis
from cases.sealing import PURGED, digest, digests, seal, unseal

EVENT = Sealed(
    case_id=uuid.UUID(int=7),
    version=3,
    type="Urged",
    data={"post": "station-14090101", "text": {"#": "00"}, "radius": 20.0},
    actor="coordinator-140901",
    account="c1",
    on_behalf_of=None,
    at=datetime(2026, 3, 11, 1, 30, 0, 123456, tzinfo=UTC),
    clocks=None,
)
START = genesis(EVENT.case_id)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["title", "text", "code", "name"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


def salts():
    count = itertools.count()
    return lambda: next(count).to_bytes(16, "big")


@pytest.mark.parametrize(
    "changed",
    [
        {"case_id": uuid.UUID(int=8)}, {"version": 4}, {"type": "Urge"}, {"data": {}},
        {"actor": "x"}, {"account": None}, {"on_behalf_of": "x"},
        {"at": EVENT.at + timedelta(microseconds=1)}, {"clocks": {}},
    ],
)  # fmt: skip
def test_every_part_of_an_event_is_in_its_hash(changed):
    assert event_hash(START, replace(EVENT, **changed)) != event_hash(START, EVENT)


def test_the_event_before_is_in_the_hash():
    assert event_hash(b"\0" * 32, EVENT) != event_hash(START, EVENT)


def test_the_bytes_are_those_that_are_documented():
    """Whoever checks a history with another program needs them to stay (decision 0016)."""
    written = (
        '["00000000-0000-0000-0000-000000000007",3,"Urged",'
        '{"post":"station-14090101","radius":20,"text":{"#":"00"}},'
        '"coordinator-140901","c1",null,"2026-03-11T01:30:00.123456+00:00",null]'
    )
    assert hashlib.sha256(b"pianqu case " + EVENT.case_id.bytes).digest() == START
    assert hashlib.sha256(START + written.encode()).digest() == event_hash(START, EVENT)


def test_zone_and_way_of_writing_numbers_do_not_matter():
    other = replace(
        EVENT,
        at=EVENT.at.astimezone(timezone(timedelta(hours=8))),
        data={"radius": 20, "text": {"#": "00"}, "post": "station-14090101"},
    )
    assert event_hash(START, other) == event_hash(START, EVENT)


@given(JSON)
def test_what_is_sealed_is_unsealed_again(data):
    data = {"told": data}
    sealed, texts = seal(data, salts())
    assert unseal(sealed, {one.digest: one.value for one in texts}) == data
    assert sorted(digests(sealed)) == sorted(one.digest for one in texts)
    for one in texts:
        assert digest(one.salt, one.value) == one.digest


def test_no_text_stays_and_what_is_purged_says_so():
    data = {
        "report": {"title": "占道", "address": "某路1号", "category": "市容"},
        "attachments": [{"name": "张三家.jpg", "sha256": "ab"}],
        "belongs_to": {"name": "南陈社区网格"},
        "forces": ["某某物业"],
        "reason": None,
    }
    sealed, texts = seal(data, salts())
    whole = json.dumps(sealed, ensure_ascii=False)
    assert not any(text in whole for text in ("占道", "某路", "张三", "物业"))
    assert "南陈社区网格" in whole
    assert len(texts) == 4
    gone = unseal(sealed, {})
    assert gone["report"] == {"title": PURGED, "address": PURGED, "category": "市容"}
    assert gone["reason"] is None


def test_the_same_text_twice_has_two_hashes():
    sealed, _ = seal([{"text": "是"}, {"text": "是"}], salts())
    assert sealed[0] != sealed[1]
