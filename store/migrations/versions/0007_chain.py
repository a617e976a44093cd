"""The journal is chained by hash, and its texts lie beside it.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = """
ALTER TABLE case_event
    ADD COLUMN account text,
    ADD COLUMN prev_hash bytea,
    ADD COLUMN hash bytea;
ALTER TABLE case_now ADD COLUMN chain_head bytea;
-- What people wrote: the event holds a salted hash in its place, so purging it breaks no chain.
CREATE TABLE case_text (
    digest text PRIMARY KEY,
    case_id uuid NOT NULL,
    salt bytea NOT NULL,
    value text NOT NULL
);
CREATE INDEX ix_case_text_case_id ON case_text (case_id);
CREATE FUNCTION refuse_rewording() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Only the purge may delete, and says so for its own transaction; nobody rewrites.
    IF TG_OP = 'DELETE' AND current_setting('pianqu.purging', true) = 'yes' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'texts of the journal are kept'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER case_text_kept BEFORE UPDATE OR DELETE ON case_text
    FOR EACH ROW EXECUTE FUNCTION refuse_rewording();
CREATE TRIGGER case_text_no_truncate BEFORE TRUNCATE ON case_text
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
-- Up to which version the purge has taken a case's texts: a text missing above it was stolen.
CREATE TABLE case_purge (
    case_id uuid NOT NULL,
    version integer NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (case_id, version)
);
CREATE TRIGGER case_purge_append_only BEFORE UPDATE OR DELETE ON case_purge
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
-- Where all chains stand, now and then: finds tails that were cut off together with the head.
-- An anchor names the heads that moved since the one before; its digest covers that one's.
CREATE TABLE audit_anchor (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    cases bigint NOT NULL,
    events bigint NOT NULL,
    digest text NOT NULL
);
CREATE TABLE audit_head (
    anchor_id bigint NOT NULL REFERENCES audit_anchor (id),
    case_id uuid NOT NULL,
    version integer NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (anchor_id, case_id)
);
CREATE INDEX ix_audit_head_case_id_version ON audit_head (case_id, version);
CREATE TRIGGER audit_anchor_append_only BEFORE UPDATE OR DELETE ON audit_anchor
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER audit_anchor_no_truncate BEFORE TRUNCATE ON audit_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER audit_head_append_only BEFORE UPDATE OR DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TABLE purge_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    what text NOT NULL,
    rows bigint NOT NULL,
    older_than timestamptz NOT NULL
);
"""


def upgrade() -> None:
    """Add the chain, the texts, the anchors and the purge's own log."""
    op.execute(TABLES)


def downgrade() -> None:
    """Take them away again."""
    op.execute("""
        DROP TABLE purge_log, audit_head, audit_anchor, case_purge, case_text;
        DROP FUNCTION refuse_rewording;
        ALTER TABLE case_now DROP COLUMN chain_head;
        ALTER TABLE case_event DROP COLUMN account, DROP COLUMN prev_hash, DROP COLUMN hash;
    """)
