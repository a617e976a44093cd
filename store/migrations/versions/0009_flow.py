"""What the flow adds to the projection: class, owner, audience; clocks with subject and policy.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"

TABLES = """
-- Which clocks an event started and stopped, so that a replay needs no policy and no calendar.
ALTER TABLE case_event ADD COLUMN clocks jsonb;
ALTER TABLE case_now
    ADD COLUMN kind text,
    ADD COLUMN grades text[] NOT NULL DEFAULT '{}',
    ADD COLUMN owner text NOT NULL DEFAULT 'street-centre',
    ADD COLUMN station text,
    ADD COLUMN audience text[] NOT NULL DEFAULT '{street}',
    ADD COLUMN parties text[] NOT NULL DEFAULT '{}',
    ADD COLUMN handed_over boolean NOT NULL DEFAULT false,
    ADD COLUMN closed_at timestamptz;
CREATE INDEX ix_case_now_audience ON case_now USING gin (audience);
CREATE INDEX ix_case_now_owner ON case_now (owner);
-- The short number of a day (1124-0031), found without looking through all of them.
CREATE INDEX ix_case_now_short ON case_now (substr(number, 5));
ALTER TABLE deadline
    ADD COLUMN subject text NOT NULL DEFAULT '',
    ADD COLUMN policy_version integer NOT NULL DEFAULT 0,
    ADD COLUMN warned boolean NOT NULL DEFAULT false;
CREATE INDEX ix_deadline_warn_at ON deadline (warn_at)
    WHERE stopped_at IS NULL AND NOT warned AND NOT breached;
CREATE TABLE idempotency (
    account text NOT NULL,
    key text NOT NULL,
    body_hash text NOT NULL,
    status integer NOT NULL,
    answer jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX ix_idempotency_at ON idempotency (at);
DROP VIEW map_case;
CREATE VIEW map_case AS
    SELECT c.id, c.number, c.status, c.source, c.title, c.urgent, c.supervised, c.desk, c.sector,
           c.community, c.received_at, d.started_at, d.warn_at, d.due_at, c.geom,
           c.kind, c.grades, c.owner, c.audience
    FROM case_now c
    LEFT JOIN LATERAL (
        SELECT started_at, warn_at, due_at FROM deadline
        WHERE case_id = c.id AND stopped_at IS NULL ORDER BY due_at LIMIT 1) d ON true
    WHERE c.geom IS NOT NULL
      AND c.status NOT IN ('rejected_out_of_area', 'returned_to_source', 'merged', 'withdrawn',
                           'closed', 'archived');
"""


def upgrade() -> None:
    """Add the columns and the table of answers already given."""
    op.execute(TABLES)


def downgrade() -> None:
    """Take them away again."""
    op.execute("""
        DROP VIEW map_case;
        DROP TABLE idempotency;
        DROP INDEX ix_case_now_short, ix_deadline_warn_at;
        ALTER TABLE deadline DROP COLUMN subject, DROP COLUMN policy_version, DROP COLUMN warned;
        ALTER TABLE case_now DROP COLUMN kind, DROP COLUMN grades, DROP COLUMN owner,
            DROP COLUMN station, DROP COLUMN audience, DROP COLUMN parties,
            DROP COLUMN handed_over, DROP COLUMN closed_at;
        ALTER TABLE case_event DROP COLUMN clocks;
        CREATE VIEW map_case AS
            SELECT c.id, c.number, c.status, c.source, c.title, c.urgent, c.supervised, c.desk,
                   c.sector, c.community, c.received_at, d.started_at, d.warn_at, d.due_at, c.geom
            FROM case_now c
            LEFT JOIN LATERAL (
                SELECT started_at, warn_at, due_at FROM deadline
                WHERE case_id = c.id AND stopped_at IS NULL ORDER BY due_at LIMIT 1) d ON true
            WHERE c.geom IS NOT NULL AND c.status <> 'rejected_out_of_area'
    """)
