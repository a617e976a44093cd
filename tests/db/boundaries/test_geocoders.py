"""One geocoder for as long as neither the gazetteer nor the grids have changed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from conftest import SEED_AT
from sqlalchemy import event

from boundaries.errors import NoEditionInForce
from boundaries.gazetteer_seed import seed_gazetteer
from boundaries.geocoders import Geocoders
from boundaries.locate import Locator
from geo import gazetteer
from store.engine import transaction


def test_it_is_built_once_and_anew_after_a_change(conn):
    geocoders = Geocoders(Locator())
    first = geocoders.finders(conn, SEED_AT)
    assert geocoders.finders(conn, SEED_AT) is first
    assert first.geocoder is geocoders.current(conn, SEED_AT)
    known = first.geocoder.geocode("叶城路505弄")
    assert known.outcome.value == "accepted"
    assert known.gazetteer_version == first.gazetteer.version
    place = next(p for p in seed_gazetteer().places if p.id == "p:叶城路505弄")
    renamed = replace(place, name="新名花园", aliases=())
    gazetteer.store(conn, [renamed], by="test", at=SEED_AT, reason="更名")
    second = geocoders.finders(conn, SEED_AT)
    assert second is not first
    assert second.geocoder.geocode("叶城路505弄").found.label.startswith("新名花园")


def test_many_threads_build_it_once(engine):
    geocoders = Geocoders(Locator())

    def ask(_):
        with transaction(engine) as conn:
            return geocoders.current(conn, SEED_AT)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(map(id, pool.map(ask, range(8))))) == 1


def test_in_one_transaction_it_is_asked_for_once(conn):
    geocoders = Geocoders(Locator())
    geocoders.current(conn, SEED_AT)
    seen = []
    event.listen(conn, "before_cursor_execute", lambda *told: seen.append(told[2]))
    geocoders.current(conn, SEED_AT)
    assert seen == []


def test_without_an_edition_there_is_none(conn):
    with pytest.raises(NoEditionInForce):
        Geocoders(Locator()).current(conn, SEED_AT.replace(year=2000))
