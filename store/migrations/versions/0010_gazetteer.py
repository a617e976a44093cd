"""Gazetteer, its changes, and the examples people give by confirming a place.

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"

TABLES = """
CREATE TABLE gazetteer_place (
    id text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('compound', 'estate', 'building', 'gate', 'doorplate', 'poi',
        'village', 'community', 'town', 'district', 'asset')),
    name text,
    road text,
    lane integer,
    sublane integer,
    number integer,
    suffix text NOT NULL DEFAULT '',
    to_number integer,
    geom geometry(Point, 4490),
    radius_m double precision NOT NULL CHECK (radius_m > 0),
    size_m double precision NOT NULL DEFAULT 0 CHECK (size_m >= 0),
    quality text NOT NULL CHECK (quality IN ('S', 'A', 'B', 'C', 'D')),
    scope text NOT NULL CHECK (scope IN ('in', 'ring')),
    town text,
    area_code text,
    parent text REFERENCES gazetteer_place (id) DEFERRABLE INITIALLY DEFERRED,
    direction text CHECK (direction IN ('东', '南', '西', '北', '前', '后', '正')),
    source text NOT NULL DEFAULT '',
    valid_from date,
    valid_to date,
    CHECK (valid_from < valid_to),
    -- A namesake elsewhere is never a place of the street.
    CHECK (quality <> 'D' OR scope = 'ring'),
    CHECK (road IS NOT NULL
           OR (lane IS NULL AND sublane IS NULL AND number IS NULL AND to_number IS NULL))
);
CREATE INDEX ix_gazetteer_place_geom ON gazetteer_place USING gist (geom);
CREATE TABLE gazetteer_road (
    id text PRIMARY KEY,
    name text,
    geom geometry(LineString, 4490) NOT NULL,
    kind text NOT NULL CHECK (kind IN ('road', 'motorway')),
    width_m double precision NOT NULL CHECK (width_m > 0),
    radius_m double precision NOT NULL CHECK (radius_m > 0),
    sure_name boolean NOT NULL,
    source text NOT NULL DEFAULT '',
    valid_from date,
    valid_to date,
    CHECK (valid_from < valid_to)
);
CREATE INDEX ix_gazetteer_road_geom ON gazetteer_road USING gist (geom);
-- A name belongs to a place or to a road.
CREATE TABLE gazetteer_alias (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    place_id text REFERENCES gazetteer_place (id) ON DELETE CASCADE,
    road_id text REFERENCES gazetteer_road (id) ON DELETE CASCADE,
    rank integer NOT NULL,
    text text NOT NULL CHECK (text <> ''),
    kind text NOT NULL
        CHECK (kind IN ('official', 'short', 'old', 'brand', 'dialect', 'confirmed')),
    CHECK (num_nonnulls(place_id, road_id) = 1),
    CONSTRAINT gazetteer_alias_of_place UNIQUE (place_id, text),
    CONSTRAINT gazetteer_alias_of_road UNIQUE (road_id, text)
);
CREATE TABLE gazetteer_anchor (
    road_id text NOT NULL REFERENCES gazetteer_road (id) ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    unit text NOT NULL CHECK (unit IN ('号', '弄')),
    road text NOT NULL,
    along_m double precision NOT NULL CHECK (along_m >= 0),
    offset_m double precision NOT NULL,
    place_id text REFERENCES gazetteer_place (id) ON DELETE SET NULL,
    quality text NOT NULL CHECK (quality IN ('S', 'A', 'B', 'C', 'D')),
    PRIMARY KEY (road_id, number, unit)
);
-- One row a change; the newest is the gazetteer's version.
CREATE TABLE gazetteer_change (
    version bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    by text NOT NULL,
    reason text NOT NULL,
    source text NOT NULL DEFAULT '',
    counts jsonb NOT NULL DEFAULT '{}'
);
CREATE TABLE gazetteer_import (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    content_sha256 text NOT NULL CHECK (content_sha256 ~ '^[0-9a-f]{64}$'),
    name text NOT NULL,
    crs text,
    mapping jsonb NOT NULL,
    result jsonb NOT NULL,
    version bigint REFERENCES gazetteer_change (version),
    at timestamptz NOT NULL,
    by text NOT NULL
);
CREATE INDEX ix_gazetteer_import_content_sha256 ON gazetteer_import (content_sha256);
-- What a person confirmed: an example to learn from, with what the geocoder had offered.
CREATE TABLE geocode_label (
    id uuid PRIMARY KEY,
    case_id uuid,
    at timestamptz NOT NULL,
    account text NOT NULL,
    clause text NOT NULL,
    chosen text,
    geom geometry(Point, 4490),
    radius_m double precision CHECK (radius_m >= 0),
    unmatched_name text,
    candidates jsonb NOT NULL DEFAULT '[]',
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'ask', 'out_of_area', 'not_found')),
    gazetteer_version text NOT NULL
);
CREATE INDEX ix_geocode_label_geom ON geocode_label USING gist (geom);
CREATE INDEX ix_geocode_label_at ON geocode_label (at);
CREATE INDEX ix_geocode_label_unmatched_name ON geocode_label (unmatched_name)
    WHERE unmatched_name IS NOT NULL;
CREATE INDEX ix_geocode_label_case_id ON geocode_label (case_id);
"""


def upgrade() -> None:
    """Add them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Take them away again."""
    op.execute("""
        DROP TABLE geocode_label, gazetteer_import, gazetteer_change, gazetteer_anchor,
                   gazetteer_alias, gazetteer_road, gazetteer_place
    """)
