"""The gazetteer in PostGIS: what goes in comes out, changes have versions, two people teach."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import text

from boundaries.gazetteer_seed import seed_gazetteer
from boundaries.locate import Locator
from boundaries.surroundings import Surroundings
from geo import gazetteer, labels
from geo.datums import Datum, from_cgcs2000
from geo.gazetteer import Gazetteers
from geo.labels import Label, Offered
from geo.places import Alias, NameKind, Quality
from geo.points import LonLat
from geo.registers.errors import UnusableRegister
from geo.registers.importing import Wanted, take_in
from store.engine import transaction

NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
TODAY = date(2026, 3, 11)
MARKET = "p:仓场路331号"


def of(conn, key, day=TODAY):
    return next((p for p in gazetteer.load(conn, day).places if p.id == key), None)


def test_the_shipped_one_comes_out_as_it_went_in(conn):
    loaded = gazetteer.load(conn, TODAY)
    assert replace(loaded, version="") == replace(seed_gazetteer(), version="")
    assert loaded.version == gazetteer.version(conn) == "g1"


def test_a_change_has_a_version_and_keeps_what_people_taught(conn):
    conn.execute(
        text(
            "INSERT INTO gazetteer_alias (place_id, rank, text, kind)"
            " VALUES (:id, 1000, '老菜场', 'confirmed')"
        ),
        {"id": MARKET},
    )
    whole = seed_gazetteer()
    saved = gazetteer.save(conn, whole, by="test", at=NOW, reason="重载")
    assert (saved.version, saved.places) == (gazetteer.version(conn), len(whole.places))
    assert of(conn, MARKET).aliases[-1] == Alias(text="老菜场", kind=NameKind.CONFIRMED)


def test_it_is_installed_once(conn):
    assert not gazetteer.ensure(conn, seed_gazetteer(), by="test", at=NOW, reason="")
    assert gazetteer.version(conn) == "g1"


def test_a_retired_place_is_there_for_the_time_before(conn):
    day = date(2026, 3, 12)
    assert gazetteer.retire(conn, MARKET, on=day, by="test", at=NOW, reason="拆除") == "皋城菜场"
    assert of(conn, MARKET, TODAY).valid_to == day
    loaded = gazetteer.load(conn, day)
    assert MARKET not in {place.id for place in loaded.places}
    assert not [anchor for anchor in loaded.anchors if anchor.place_id == MARKET]
    assert gazetteer.retire(conn, "p:没有", on=day, by="test", at=NOW, reason="") is None


def test_the_same_object_until_something_changes(conn):
    held = Gazetteers()
    first = held.current(conn, NOW)
    assert held.current(conn, NOW + timedelta(days=1)) is first
    gazetteer.retire(conn, MARKET, on=TODAY, by="test", at=NOW, reason="拆除")
    second = held.current(conn, NOW)
    assert second is not first
    assert MARKET not in {place.id for place in second.places}


def test_one_loading_for_many_askers(engine):
    held, found = Gazetteers(), []

    def ask():
        with transaction(engine) as conn:
            found.append(held.current(conn, NOW))
            found.append(held.current(conn, NOW))

    askers = [Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(found) == 8
    assert len({id(one) for one in found}) == 1


def confirm(conn, account, name="老菜场", chosen=f"place:{MARKET}", at=NOW):
    label = Label(
        id=uuid4(),
        case_id=uuid4(),
        at=at,
        account=account,
        clause=f"在{name}门口",
        chosen=chosen,
        point=LonLat(121.2650, 31.3830),
        radius_m=60.0,
        unmatched_name=name,
        candidates=(Offered(key=f"place:{MARKET}", confidence=0.4),),
        outcome="ask",
        gazetteer_version="g1",
    )
    labels.add_label(conn, label)
    return label


def test_labels_come_out_as_they_went_in(conn):
    label = confirm(conn, "a")
    assert labels.labels(conn) == (label,)
    assert labels.labels(conn, since=NOW + timedelta(seconds=1)) == ()


def test_a_name_is_learned_from_two_people(conn):
    confirm(conn, "a")
    confirm(conn, "a")
    assert labels.learn(conn, at=NOW) == ()
    confirm(conn, "b")
    assert labels.learn(conn, at=NOW, names=["老菜场"]) == (("老菜场", MARKET),)
    assert labels.learn(conn, at=NOW) == ()
    assert labels.learned_aliases(conn) == (("老菜场", MARKET),)
    assert gazetteer.version(conn) != "g1"
    assert Alias(text="老菜场", kind=NameKind.CONFIRMED) in of(conn, MARKET).aliases


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("老菜场", "place:p:仓场路365号"),  # another chose another place
        ("老菜场", "crossing:仓场路×和政路"),
        ("嘉乐广场", None),  # somebody else's name
        ("新成路", None),
        ("永靖路", None),  # a road known by addresses only
        ("电话12345678", None),
        ("市", None),
    ],
)
def test_what_is_not_learned(conn, name, other):
    confirm(conn, "a", name)
    confirm(conn, "b", name)
    if other:
        confirm(conn, "c", name, other)
    assert labels.learn(conn, at=NOW) == ()


def test_the_last_word_of_a_person_counts(conn):
    confirm(conn, "a", chosen="place:p:仓场路365号")
    confirm(conn, "b")
    confirm(conn, "a", at=NOW + timedelta(minutes=1))
    assert labels.learn(conn, at=NOW) == (("老菜场", MARKET),)


def bring(conn, rows, name="门牌.csv", **wanted):
    where = Surroundings.of(Locator().territory(conn, NOW)).where
    wanted = Wanted(**{"crs": "CGCS2000", "quality": Quality.SURVEYED, **wanted})
    return take_in(conn, name, rows.encode(), wanted, where=where, by="test", at=NOW)


def table(conn, datum=Datum.CGCS2000):
    at = of(conn, MARKET).point
    lon, lat = from_cgcs2000(lon=at.lon, lat=at.lat, datum=datum)
    return (
        "名称,地址,经度,纬度\n"
        f"皋城菜场,仓场路331号,{lon + 1e-4},{lat}\n"
        f",仓场路333号,{lon},{lat + 1e-4}\n"
        f",仓场路365号,{lon + 0.02},{lat}\n"
    )


def test_a_trial_changes_nothing_and_the_import_keeps_conflicts_out(conn):
    rows = table(conn)
    trial = bring(conn, rows, dry_run=True)
    assert (trial.new, trial.changed, trial.conflict_counts) == (1, 1, {"moved": 1})
    assert (trial.written, gazetteer.version(conn)) == (False, "g1")
    done = bring(conn, rows, source="区地名办")
    assert done.written
    assert done.version == gazetteer.version(conn) != "g1"
    assert of(conn, MARKET).quality is Quality.SURVEYED
    assert of(conn, MARKET).radius_m == 5.0
    new = of(conn, "p:仓场路333号")
    assert (new.scope, new.source) == ("in", "区地名办")
    assert of(conn, "p:仓场路365号").quality is Quality.A
    again = bring(conn, rows)
    assert (again.new, again.changed, again.unchanged, again.written) == (0, 0, 2, False)
    kept = conn.execute(text("SELECT name, crs, version FROM gazetteer_import")).one()
    assert tuple(kept) == ("门牌.csv", "CGCS2000", int(done.version[1:]))


def test_a_person_may_accept_conflicts(conn):
    assert bring(conn, table(conn), accept_conflicts=True).written
    assert of(conn, "p:仓场路365号").quality is Quality.SURVEYED


def test_the_datum_is_declared_or_nothing_is_read(conn):
    with pytest.raises(UnusableRegister, match="坐标系"):
        bring(conn, table(conn), crs=None)
    with pytest.raises(UnusableRegister, match="北京54"):
        bring(conn, table(conn), crs="北京54")
    shifted = table(conn, Datum.BD09)
    assert bring(conn, shifted, crs="BD-09", dry_run=True).conflict_counts == {"moved": 1}
    wrong = bring(conn, shifted, crs="WGS84", dry_run=True)
    assert wrong.conflict_counts == {"moved": 2}


def test_far_away_is_outside(conn):
    found = bring(conn, "名称,地址,经度,纬度\n某店,仓场路9号,116.4,39.9\n", dry_run=True)
    assert found.conflict_counts == {"outside": 1}
