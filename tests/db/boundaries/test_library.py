"""Editions on the shelf: only a sound one comes into force, and old moments keep theirs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely
from sqlalchemy import text

from boundaries import library
from boundaries.errors import EditionNotFound, EditionsOverlap, NoEditionInForce, UnsoundEdition
from boundaries.locate import Locator, areas_of, edition_in_force
from boundaries.model import Level
from boundaries.seed import read_seed
from boundaries.territory import Territory

NOW = datetime(2026, 3, 11, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def seed():
    return read_seed()


def draft(conn, seed, areas=None, name="新版"):
    return library.save_draft(
        conn,
        name=name,
        areas=seed.areas if areas is None else areas,
        provisional=False,
        notice="",
        licence="",
        now=NOW,
    )


def renamed(seed, code, name):
    return [replace(a, name=name) if a.code == code else a for a in seed.areas]


def moved(seed, code, by=0.0003):
    """The areas with one community a little to the east: a gap here, an overlap there."""

    def shift(area):
        moved = shapely.transform(area.geometry, lambda xy: xy + np.array([by, 0.0]))
        return replace(area, geometry=moved)

    return [shift(a) if a.code == code else a for a in seed.areas]


def force(conn, seed, edition_id, at=NOW):
    return library.put_in_force(
        conn, edition_id, valid_from=at, split_line=seed.split_line, now=NOW
    )


def test_the_shipped_edition_is_in_force_sound_and_marked_provisional(conn, seed):
    edition = edition_in_force(conn, NOW)
    assert (edition.status, edition.provisional, edition.valid_to) == ("in_force", True, None)
    assert edition.valid_from == library.SEED_FROM
    assert "ODbL" in edition.licence
    assert not [f for f in edition.findings if f["severity"] == "error"]
    assert library.check(conn, edition.id, seed.split_line) == ()


def test_what_is_stored_is_what_was_shipped_to_the_last_bit(conn, seed):
    edition = edition_in_force(conn, NOW)
    stored = {(a.level, a.code, a.name): a.geometry for a in areas_of(conn, edition.id)}
    assert len(stored) == len(seed.areas)
    for area in seed.areas:
        kept = stored[area.level, area.code, area.name]
        assert (shapely.get_coordinates(kept) == shapely.get_coordinates(area.geometry)).all()


def test_the_seed_is_installed_once(engine):
    first = library.install_seed(engine, NOW)
    assert library.install_seed(engine, NOW + DAY) == first
    with engine.connect() as conn:
        assert len(library.editions(conn)) == 1


def test_a_draft_holds_nowhere(conn, seed):
    before = edition_in_force(conn, NOW)
    id = draft(conn, seed)
    assert edition_in_force(conn, NOW) == before
    assert library.editions(conn)[0].id == id
    assert library.editions(conn)[0].status == "draft"


def test_a_check_makes_a_sound_draft_checked_and_notes_the_findings_of_another(conn, seed):
    good, bad = draft(conn, seed), draft(conn, seed, moved(seed, "14090101"), name="坏")
    assert library.check(conn, good, seed.split_line) == ()
    found = library.check(conn, bad, seed.split_line)
    by_id = {edition.id: edition for edition in library.editions(conn)}
    assert by_id[good].status == "checked"
    assert by_id[bad].status == "draft"
    assert len(by_id[bad].findings) == len(found) > 0
    assert {finding["kind"] for finding in by_id[bad].findings} >= {"OVERLAP"}


def test_an_unsound_edition_is_refused_with_findings_and_nothing_changes(engine, seed):
    with engine.begin() as conn:
        id = draft(conn, seed, moved(seed, "14090203"))
        before = edition_in_force(conn, NOW)
        facts = conn.execute(text("SELECT count(*) FROM feed")).scalar_one()
    with pytest.raises(UnsoundEdition) as refusal, engine.begin() as conn:
        force(conn, seed, id)
    assert refusal.value.findings
    assert any("南陈" in finding.detail for finding in refusal.value.findings)
    with engine.begin() as conn:
        assert edition_in_force(conn, NOW) == before
        assert conn.execute(text("SELECT count(*) FROM feed")).scalar_one() == facts


def test_an_area_without_a_name_is_found_again_from_the_shelf(conn, seed):
    id = draft(conn, seed, renamed(seed, "14090101", None))
    assert "MISSING_NAME" in {finding.kind for finding in library.check(conn, id, None)}


def test_an_edition_without_a_street_is_refused_in_words(conn, seed):
    id = draft(conn, seed, [a for a in seed.areas if a.level is not Level.STREET])
    with pytest.raises(UnsoundEdition, match="街道"):
        force(conn, seed, id)


def test_a_new_edition_holds_from_its_moment_and_the_old_one_until_then(conn, seed):
    old = edition_in_force(conn, NOW)
    id = draft(conn, seed, renamed(seed, "14090101", "仓场新社区网格"))
    new = force(conn, seed, id, at=NOW)
    assert (new.id, new.status, new.valid_from) == (id, "in_force", NOW)
    assert edition_in_force(conn, NOW).id == id
    assert edition_in_force(conn, NOW - timedelta(microseconds=1)).id == old.id
    ended = next(e for e in library.editions(conn) if e.id == old.id)
    assert (ended.status, ended.valid_to) == ("retired", NOW)


def test_an_edition_of_the_future_leaves_the_present_alone(conn, seed):
    old = edition_in_force(conn, NOW)
    id = draft(conn, seed)
    force(conn, seed, id, at=NOW + 30 * DAY)
    assert edition_in_force(conn, NOW).id == old.id
    assert edition_in_force(conn, NOW + 30 * DAY).id == id


@pytest.mark.parametrize("at", [library.SEED_FROM, library.SEED_FROM - DAY])
def test_an_edition_cannot_begin_before_the_one_it_follows(conn, seed, at):
    id = draft(conn, seed)
    with pytest.raises(EditionsOverlap, match="新成路街道示意边界"):
        force(conn, seed, id, at=at)


def test_no_edition_before_the_first(conn):
    with pytest.raises(NoEditionInForce):
        edition_in_force(conn, library.SEED_FROM - timedelta(microseconds=1))


def test_an_edition_that_is_not_there(conn, seed):
    with pytest.raises(EditionNotFound, match="999"):
        library.check(conn, 999, None)
    with pytest.raises(EditionNotFound):
        force(conn, seed, 999)


def test_followers_hear_of_a_new_edition(conn, seed):
    id = draft(conn, seed)
    force(conn, seed, id)
    row = conn.execute(text("SELECT kind, subject, areas FROM feed ORDER BY id DESC LIMIT 1")).one()
    assert (row.kind, row.subject, row.areas) == ("edition", str(id), ["street"])


# the locator


def test_the_locator_loads_once_and_takes_up_a_new_edition_at_the_next_question(conn, seed):
    locator = Locator()
    first = locator.territory(conn, NOW)
    assert locator.territory(conn, NOW + DAY) is first
    force(conn, seed, draft(conn, seed, renamed(seed, "14090101", "仓场新社区网格")))
    second = locator.territory(conn, NOW)
    assert second is not first
    assert second.community("14090101").name == "仓场新社区网格"
    assert not second.edition.provisional
    assert "示意边界" not in second.edition_line
    assert locator.territory(conn, NOW - DAY) is first


def test_the_locator_keeps_only_a_few(conn, seed):
    locator = Locator(keep=2)
    first = locator.territory(conn, NOW - DAY)
    for n in range(2):
        force(conn, seed, draft(conn, seed, name=f"第{n}版"), at=NOW + n * DAY)
        locator.territory(conn, NOW + n * DAY)
    assert locator.territory(conn, NOW - DAY) is not first


def test_many_threads_share_one_territory(engine):
    from concurrent.futures import ThreadPoolExecutor

    locator = Locator()

    def ask(_n):
        with engine.connect() as conn:
            return locator.territory(conn, NOW)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(16)))
    assert len({id(territory) for territory in found}) == 1


def test_what_the_database_answers_is_what_the_files_answer(conn, seed):
    """The same labels from the stored areas as from the shipped ones, and as PostGIS says."""
    territory = Locator().territory(conn, NOW)
    assert isinstance(territory, Territory)
    west, south, east, north = seed.street.geometry.bounds
    lon, lat = np.random.default_rng(7).uniform((west, south), (east, north), (400, 2)).T
    labels = territory.index.labels(lon=lon, lat=lat)
    rows = conn.execute(
        text(
            "SELECT p.n, (SELECT min(a.code) FROM area a WHERE a.level = 'community'"
            " AND a.edition_id = :edition"
            " AND ST_Covers(a.geom, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4490))) AS code"
            " FROM unnest(CAST(:lon AS float8[]), CAST(:lat AS float8[]))"
            " WITH ORDINALITY AS p (lon, lat, n) ORDER BY p.n"
        ),
        {"edition": territory.edition.id, "lon": lon.tolist(), "lat": lat.tolist()},
    )
    codes = [territory.communities[at - 1].code if at else None for at in labels]
    assert [row.code for row in rows] == codes
    assert len(set(codes)) == 13
