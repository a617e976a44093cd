"""Telling people: deliveries per recipient, the mailbox on screen, who is told next.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"

TABLES = """
-- `seq` is the order of writing: what is told one recipient about one subject goes in this order.
ALTER TABLE outbox
    ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN recipient text,
    ADD COLUMN channel text,
    ADD COLUMN provider_id text,
    ADD COLUMN read_at timestamptz;
CREATE INDEX ix_outbox_subject_seq ON outbox (subject, seq) WHERE status = 'pending';
CREATE INDEX ix_outbox_recipient_created_at ON outbox (recipient, created_at);
CREATE INDEX ix_outbox_created_at ON outbox (created_at);
-- The inbox on screen; its id is the id of the outbox row that carries it outside.
CREATE TABLE mailbox (
    id uuid PRIMARY KEY,
    recipient text NOT NULL,
    case_id uuid,
    case_number text,
    kind text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    urgent boolean NOT NULL DEFAULT false,
    place text,
    appointment_at timestamptz,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    read_by text,
    acknowledged_at timestamptz,
    acknowledged_by text,
    reminded_at timestamptz,
    hold_until timestamptz
);
CREATE INDEX ix_mailbox_recipient_created_at ON mailbox (recipient, created_at);
CREATE INDEX ix_mailbox_case_id ON mailbox (case_id);
CREATE INDEX ix_mailbox_unanswered ON mailbox (created_at)
    WHERE urgent AND read_at IS NULL AND acknowledged_at IS NULL;
-- Who is told when a post does not answer, nearest first; the street centre may change it.
CREATE TABLE next_in_line (
    role text NOT NULL,
    step integer NOT NULL CONSTRAINT ck_next_in_line_step CHECK (step > 0),
    next_role text NOT NULL,
    PRIMARY KEY (role, step)
);
INSERT INTO next_in_line (role, step, next_role) VALUES
    ('station', 1, 'coordinator'), ('station', 2, 'deputy'),
    ('responder', 1, 'coordinator'), ('responder', 2, 'deputy'),
    ('patrol', 1, 'inspector'), ('patrol', 2, 'coordinator'),
    ('department', 1, 'coordinator'), ('department', 2, 'deputy'),
    ('police', 1, 'coordinator'), ('police', 2, 'deputy'),
    ('chengguan', 1, 'coordinator'), ('chengguan', 2, 'deputy'),
    ('market', 1, 'coordinator'), ('market', 2, 'deputy'),
    ('coordinator', 1, 'deputy'), ('coordinator', 2, 'head'),
    ('inspector', 1, 'coordinator'), ('inspector', 2, 'deputy'),
    ('deputy', 1, 'coordinator'), ('deputy', 2, 'head'),
    ('head', 1, 'deputy'), ('head', 2, 'street-centre');
-- Step 0 is the reminder to the post itself; each step once.
CREATE TABLE mailbox_step (
    mail_id uuid NOT NULL REFERENCES mailbox (id) ON DELETE CASCADE,
    step integer NOT NULL,
    told text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (mail_id, step)
);
-- What WeCom has told us; the signature is the key, so a replayed call changes nothing.
CREATE TABLE wecom_event (
    signature text PRIMARY KEY,
    at timestamptz NOT NULL,
    event text NOT NULL,
    from_user text,
    task_id text
);
CREATE INDEX ix_wecom_event_at ON wecom_event (at);
"""


def upgrade() -> None:
    """Widen the outbox; create the mailbox."""
    op.execute(TABLES)


def downgrade() -> None:
    """Narrow and drop them again."""
    op.execute("""
        DROP TABLE wecom_event, mailbox_step, next_in_line, mailbox;
        DROP INDEX ix_outbox_created_at;
        ALTER TABLE outbox DROP COLUMN seq, DROP COLUMN recipient, DROP COLUMN channel,
            DROP COLUMN provider_id, DROP COLUMN read_at;
    """)
