"""Editions, areas, base-map features and the feed.

Revision ID: 0001
Revises:
"""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables of `boundaries` and the durable feed."""
    op.execute("CREATE EXTENSION IF NOT EXISTS postgis")
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("""
        CREATE TABLE edition (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text NOT NULL UNIQUE,
            status text NOT NULL DEFAULT 'draft'
                CONSTRAINT ck_edition_status
                CHECK (status IN ('draft', 'checked', 'in_force', 'retired')),
            provisional boolean NOT NULL,
            valid_from timestamptz,
            valid_to timestamptz,
            notice text NOT NULL,
            licence text NOT NULL,
            findings jsonb NOT NULL DEFAULT '[]',
            created_at timestamptz NOT NULL,
            CONSTRAINT ck_edition_validity CHECK (valid_to IS NULL OR valid_from < valid_to),
            CONSTRAINT ck_edition_dated
                CHECK (status NOT IN ('in_force', 'retired') OR valid_from IS NOT NULL),
            -- Two editions never hold at the same moment.
            CONSTRAINT ex_edition_one_at_a_time EXCLUDE USING gist (
                tstzrange(valid_from, valid_to, '[)') WITH &&)
                WHERE (status IN ('in_force', 'retired'))
        )""")
    op.execute("""
        CREATE TABLE area (
            edition_id bigint NOT NULL REFERENCES edition (id),
            level text NOT NULL CONSTRAINT ck_area_level CHECK (
                level IN ('street', 'sector', 'community', 'police_area', 'neighbour')),
            key text NOT NULL,
            code text,
            name text NOT NULL,
            parent text,
            provisional boolean NOT NULL,
            properties jsonb NOT NULL DEFAULT '{}',
            geom geometry(MultiPolygon, 4490) NOT NULL,
            PRIMARY KEY (edition_id, level, key)
        )""")
    op.execute("CREATE INDEX ix_area_geom ON area USING gist (geom)")
    op.execute("""
        CREATE TABLE base_feature (
            layer text NOT NULL,
            id text NOT NULL,
            properties jsonb NOT NULL DEFAULT '{}',
            geom geometry(Geometry, 4490) NOT NULL,
            PRIMARY KEY (layer, id)
        )""")
    op.execute("CREATE INDEX ix_base_feature_geom ON base_feature USING gist (geom)")
    # Ordered by (xid, id), read only below pg_snapshot_xmin: no gap, no lock (architecture 8.4).
    op.execute("""
        CREATE TABLE feed (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            kind text NOT NULL,
            subject text NOT NULL,
            type text NOT NULL,
            areas text[] NOT NULL DEFAULT '{}',
            at timestamptz NOT NULL
        )""")
    op.execute("CREATE INDEX ix_feed_xid_id ON feed (xid, id)")
    # The epoch changes when a dump is restored elsewhere, as transaction numbers start anew.
    op.execute("CREATE TABLE feed_epoch (epoch text NOT NULL)")
    op.execute("INSERT INTO feed_epoch VALUES (substr(md5(random()::text), 1, 8))")


def downgrade() -> None:
    """Drop them again."""
    for table in ("feed_epoch", "feed", "base_feature", "area", "edition"):
        op.execute(f"DROP TABLE {table}")
