"""Accounts, browser sessions, bearer tokens, and the log of who looked at what.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = """
-- An account acts for one post, or for the posts a person of the roster holds at the moment.
CREATE TABLE account (
    name text PRIMARY KEY,
    label text NOT NULL,
    post text,
    -- staff.id; the roster is a later revision, so no foreign key.
    staff_id text,
    password_hash text,
    must_change_password boolean NOT NULL DEFAULT false,
    totp_secret text,
    totp_confirmed_at timestamptz,
    -- The newest time step a code was taken for: a code counts once (RFC 6238, 5.2).
    totp_used_step bigint,
    oidc_subject text CONSTRAINT uq_account_oidc_subject UNIQUE,
    demo boolean NOT NULL DEFAULT false,
    demo_order integer,
    disabled_at timestamptz,
    failed_attempts integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT ck_account_acts_for CHECK (num_nonnulls(post, staff_id) = 1)
);
CREATE INDEX ix_account_staff_id ON account (staff_id);
-- Ids and tokens are kept as SHA-256: what is read here opens nothing.
CREATE TABLE session (
    id_hash bytea PRIMARY KEY,
    account text NOT NULL REFERENCES account (name) ON DELETE CASCADE,
    post text,
    csrf text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX ix_session_account ON session (account);
CREATE INDEX ix_session_expires_at ON session (expires_at);
CREATE TABLE token (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account text NOT NULL REFERENCES account (name) ON DELETE CASCADE,
    hash bytea NOT NULL CONSTRAINT uq_token_hash UNIQUE,
    label text NOT NULL,
    scope text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX ix_token_account ON token (account);
CREATE TABLE access_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    account text NOT NULL,
    action text NOT NULL,
    subject text,
    reason text,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX ix_access_log_subject ON access_log (subject, at);
CREATE INDEX ix_access_log_account ON access_log (account, action, at);
CREATE INDEX ix_access_log_at ON access_log (at);
CREATE INDEX ix_access_log_from ON access_log ((detail ->> 'from'), at)
    WHERE action = 'session.failure';
-- Lines are never rewritten; old ones go by the retention period (policy: access_log_days).
CREATE TRIGGER access_log_no_rewriting BEFORE UPDATE ON access_log
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
"""


def upgrade() -> None:
    """Create the tables of the accounts."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them again."""
    op.execute("DROP TABLE access_log, token, session, account")
