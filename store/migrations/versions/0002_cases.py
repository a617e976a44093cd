"""Cases: the journal, its projection, numbers, reports, refusals, deadlines and the outbox.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = """
CREATE TABLE case_event (
    case_id uuid NOT NULL,
    version integer NOT NULL,
    type text NOT NULL,
    data jsonb NOT NULL,
    actor text NOT NULL,
    on_behalf_of text,
    at timestamptz NOT NULL,
    PRIMARY KEY (case_id, version)
);
CREATE SEQUENCE case_serial;
CREATE TABLE case_day (day date PRIMARY KEY, base bigint NOT NULL);
CREATE TABLE case_now (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL,
    source text NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    category text,
    address text,
    urgent boolean NOT NULL,
    supervised boolean NOT NULL,
    desk text,
    sector text,
    community text,
    reason_code text,
    proposal text,
    state jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    accepted_at timestamptz,
    geom geometry(Point, 4490)
);
CREATE INDEX ix_case_now_geom ON case_now USING gist (geom);
CREATE INDEX ix_case_now_status_received_at ON case_now (status, received_at);
CREATE INDEX ix_case_now_desk_received_at ON case_now (desk, received_at);
CREATE INDEX ix_case_now_received_at_id ON case_now (received_at, id);
CREATE TABLE case_number (
    kind text NOT NULL,
    number text NOT NULL,
    case_id uuid NOT NULL,
    PRIMARY KEY (kind, number)
);
CREATE INDEX ix_case_number_case_id ON case_number (case_id);
-- Every report that reached us, as it came; people's names and numbers in a table of their own.
CREATE TABLE case_report (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    content_hash text NOT NULL,
    body jsonb NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX ix_case_report_case_id ON case_report (case_id);
CREATE TABLE case_reporter (
    report_id uuid PRIMARY KEY REFERENCES case_report (id) ON DELETE CASCADE,
    name text,
    phone text
);
CREATE TABLE intake_rejected (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    content_type text,
    detail jsonb NOT NULL,
    body bytea NOT NULL
);
CREATE TABLE deadline (
    case_id uuid NOT NULL,
    code text NOT NULL,
    seq integer NOT NULL,
    started_at timestamptz NOT NULL,
    warn_at timestamptz NOT NULL,
    internal_due_at timestamptz,
    due_at timestamptz NOT NULL,
    stopped_at timestamptz,
    breached boolean NOT NULL DEFAULT false,
    PRIMARY KEY (case_id, code, seq)
);
CREATE INDEX ix_deadline_due_at ON deadline (due_at) WHERE stopped_at IS NULL AND NOT breached;
CREATE TABLE refusal (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    desk text,
    state text NOT NULL,
    rejected_at timestamptz NOT NULL
);
CREATE INDEX ix_refusal_state_rejected_at ON refusal (state, rejected_at);
CREATE INDEX ix_refusal_case_id ON refusal (case_id);
CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    topic text NOT NULL,
    subject text NOT NULL,
    payload jsonb NOT NULL,
    status text NOT NULL DEFAULT 'pending'
        CONSTRAINT ck_outbox_status CHECK (status IN ('pending', 'delivered', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    delivered_at timestamptz,
    last_error text
);
CREATE INDEX ix_outbox_next_at ON outbox (next_at) WHERE status = 'pending';
CREATE INDEX ix_outbox_subject ON outbox (subject);
-- What the built-in street centre has received: its own side of the wire.
CREATE TABLE street_centre_inbox (
    delivery_id uuid PRIMARY KEY,
    received_at timestamptz NOT NULL,
    copies integer NOT NULL DEFAULT 1,
    message jsonb NOT NULL
);
CREATE TABLE heartbeat (process text PRIMARY KEY, at timestamptz NOT NULL);
CREATE TABLE report_job (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    desk text,
    status text NOT NULL DEFAULT 'queued'
        CONSTRAINT ck_report_job_status CHECK (status IN ('queued', 'running', 'done', 'failed')),
    progress real NOT NULL DEFAULT 0,
    detail text,
    requested_at timestamptz NOT NULL,
    finished_at timestamptz,
    file bytea
);
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER case_event_append_only BEFORE UPDATE OR DELETE ON case_event
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER case_event_no_truncate BEFORE TRUNCATE ON case_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE VIEW map_case AS
    SELECT c.id, c.number, c.status, c.source, c.title, c.urgent, c.supervised, c.desk, c.sector,
           c.community, c.received_at, d.started_at, d.warn_at, d.due_at, c.geom
    FROM case_now c
    LEFT JOIN LATERAL (
        SELECT started_at, warn_at, due_at FROM deadline
        WHERE case_id = c.id AND stopped_at IS NULL ORDER BY due_at LIMIT 1) d ON true
    WHERE c.geom IS NOT NULL AND c.status <> 'rejected_out_of_area';
"""


def upgrade() -> None:
    """Create the tables of `cases` and of the outbox."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them again."""
    op.execute("""
        DROP VIEW map_case;
        DROP TABLE report_job, heartbeat, street_centre_inbox, outbox, refusal, deadline,
            intake_rejected, case_reporter, case_report, case_number, case_now, case_day,
            case_event;
        DROP SEQUENCE case_serial;
        DROP FUNCTION refuse_rewriting;
    """)
