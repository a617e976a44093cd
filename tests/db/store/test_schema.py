"""The tables written in the rooms mirror the schema; the revisions are its truth (8.5)."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from geoalchemy2.alembic_helpers import include_object
from sqlalchemy import inspect, text

import boundaries.tables
import geo.tables  # noqa: F401 - its tables go into the one metadata
import layers.tables  # noqa: F401 - its tables go into the one metadata
from store.metadata import metadata


@pytest.fixture
def mirrored(conn):
    def only_ours(thing, name, kind, reflected, compare_to):
        # Tables nobody mirrors (cases are written with SQL) are none of this test's business.
        table = thing if kind == "table" else thing.table
        if table.name not in metadata.tables:
            return False
        return include_object(thing, name, kind, reflected, compare_to)

    def only_our_names(name, kind, _parents):
        return kind != "table" or name in metadata.tables

    options = {
        "include_object": only_ours,
        "include_name": only_our_names,
        "compare_type": True,
    }
    return MigrationContext.configure(conn, opts=options)


def test_the_mirror_is_true(mirrored):
    differences = compare_metadata(mirrored, metadata)
    assert [str(difference)[:200] for difference in differences] == []


def test_the_mirror_would_show_a_difference(mirrored, conn):
    conn.execute(text("ALTER TABLE area ADD COLUMN colour text"))
    conn.execute(text("ALTER TABLE camera ALTER COLUMN name DROP NOT NULL"))
    conn.execute(text("DROP INDEX ix_area_geom"))
    found = str(compare_metadata(mirrored, metadata))
    assert all(word in found for word in ("colour", "modify_nullable", "ix_area_geom"))


def test_every_room_with_tables_is_mirrored():
    expected = {"edition", "area", "base_feature", "camera", "person", "geocode_label"}
    assert expected <= set(metadata.tables)
    assert boundaries.tables.edition.metadata is metadata


def test_every_geometry_is_in_the_one_datum_and_indexed(conn):
    rows = conn.execute(
        text(
            "SELECT f_table_name, f_geometry_column, srid FROM geometry_columns"
            " WHERE f_table_schema = 'public'"
        )
    ).all()
    assert {row.srid for row in rows} == {4490}
    tables = set(inspect(conn).get_table_names())
    indexed = conn.execute(
        text("SELECT tablename, indexdef FROM pg_indexes WHERE indexdef LIKE '%gist (geom%'")
    )
    with_index = {row.tablename for row in indexed}
    assert {"area", "base_feature", "case_now", "camera", "gazetteer_place"} <= with_index & tables


def test_every_moment_carries_its_zone(conn):
    naive = conn.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'timestamp without time zone'"
        )
    ).all()
    assert naive == []
