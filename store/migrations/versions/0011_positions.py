"""Phones of people on duty, what was wrong with their positions, standing still, and absences.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"

VIEW = """
CREATE VIEW person_now AS
    SELECT p.id, p.post, p.name, p.chip, p.duty_mode, p.sector, p.post_geom, p.post_radius_m,
           {fix_at} AS fix_at, f.accuracy_m, f.received_at, f.geom
    FROM person p
    LEFT JOIN LATERAL (
        SELECT * FROM person_position
        WHERE person_id = p.id ORDER BY fix_at DESC LIMIT 1) f ON true;
"""

TABLES = """
-- A token is of one phone and of one person, and is kept as SHA-256.
CREATE TABLE person_device (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id text NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    label text NOT NULL,
    token_hash bytea NOT NULL CONSTRAINT uq_person_device_token_hash UNIQUE,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    last_seen_at timestamptz
);
CREATE INDEX ix_person_device_person_id ON person_device (person_id);
-- How often a phone's positions were not taken, by reason: never where it was.
CREATE TABLE person_device_problem (
    device_id bigint NOT NULL REFERENCES person_device (id) ON DELETE CASCADE,
    problem text NOT NULL,
    times bigint NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (device_id, problem)
);
-- Never used: nobody could set it.
ALTER TABLE person DROP COLUMN device_token_hash;
-- One who stands still stays on one row, from fix_at until until_at.
ALTER TABLE person_position ADD COLUMN until_at timestamptz,
    ADD CONSTRAINT ck_person_position_until CHECK (until_at > fix_at);
-- 未到岗: one open line a person; noted_at is when we first saw it, told_at is written in the
-- transaction of the message.
CREATE TABLE presence_absence (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id text NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    since timestamptz NOT NULL,
    noted_at timestamptz NOT NULL,
    told_at timestamptz,
    ended_at timestamptz
);
CREATE UNIQUE INDEX uq_presence_absence_open ON presence_absence (person_id)
    WHERE ended_at IS NULL;
CREATE INDEX ix_presence_absence_since ON presence_absence (since);
"""


def upgrade() -> None:
    """Create the tables and let the newest position be the end of a stay."""
    op.execute("DROP VIEW person_now")
    op.execute(TABLES)
    op.execute(VIEW.format(fix_at="coalesce(f.until_at, f.fix_at)"))


def downgrade() -> None:
    """Take it all back; tokens are gone."""
    op.execute("""
        DROP VIEW person_now;
        DROP TABLE presence_absence, person_device_problem, person_device;
        ALTER TABLE person_position DROP COLUMN until_at;
        ALTER TABLE person ADD COLUMN device_token_hash text;
    """)
    op.execute(VIEW.format(fix_at="f.fix_at"))
