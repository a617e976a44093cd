"""Registers of cameras and people, and where the people are.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = """
CREATE TABLE camera (
    id text PRIMARY KEY,
    name text NOT NULL,
    geom geometry(Point, 4490) NOT NULL,
    heading real CONSTRAINT ck_camera_heading CHECK (heading >= 0 AND heading < 360),
    fov real CONSTRAINT ck_camera_fov CHECK (fov > 0 AND fov <= 360),
    range_m real CONSTRAINT ck_camera_range CHECK (range_m > 0),
    status text NOT NULL CONSTRAINT ck_camera_status CHECK (status IN ('online', 'offline')),
    sector text,
    updated_at timestamptz NOT NULL
);
CREATE INDEX ix_camera_geom ON camera USING gist (geom);
-- Posts stand for persons: the register keeps role accounts, never a person's name.
CREATE TABLE person (
    id text PRIMARY KEY,
    post text NOT NULL,
    name text NOT NULL,
    chip text NOT NULL,
    duty_mode text NOT NULL
        CONSTRAINT ck_person_duty_mode CHECK (duty_mode IN ('fixed', 'rota', 'sign_in')),
    sector text,
    post_geom geometry(Point, 4490),
    post_radius_m real CONSTRAINT ck_person_post_radius CHECK (post_radius_m > 0),
    device_token_hash text,
    CONSTRAINT ck_person_post CHECK ((post_geom IS NULL) = (post_radius_m IS NULL))
);
CREATE TABLE person_position (
    person_id text NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    fix_at timestamptz NOT NULL,
    geom geometry(Point, 4490) NOT NULL,
    accuracy_m real NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (person_id, fix_at)
);
-- For the purge: positions are kept 30 days and no longer (interfaces 7).
CREATE INDEX ix_person_position_fix_at ON person_position (fix_at);
CREATE VIEW person_now AS
    SELECT p.id, p.post, p.name, p.chip, p.duty_mode, p.sector, p.post_geom, p.post_radius_m,
           f.fix_at, f.accuracy_m, f.received_at, f.geom
    FROM person p
    LEFT JOIN LATERAL (
        SELECT fix_at, accuracy_m, received_at, geom FROM person_position
        WHERE person_id = p.id ORDER BY fix_at DESC LIMIT 1) f ON true;
"""


def upgrade() -> None:
    """Create the tables of `layers`."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them again."""
    op.execute("DROP VIEW person_now; DROP TABLE person_position, person, camera")
