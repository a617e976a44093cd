"""Bodies, posts and who holds them, shifts, days, policy versions, tasks without a case.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = """
CREATE TABLE body (
    id text PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_body_kind CHECK (
        kind IN ('street_centre', 'sector_desk', 'station', 'department', 'force')),
    name text NOT NULL,
    area text,
    -- 4+16+X (A-5): rows, not constants; the list of sixteen comes from the street centre.
    force_group text CONSTRAINT ck_body_force_group CHECK (force_group IN ('4', '16', 'X')),
    force_kind text,
    -- What we inferred or made up as an example, until the street centre has said otherwise.
    provisional boolean NOT NULL DEFAULT false,
    note text
);
CREATE TABLE post (
    id text PRIMARY KEY,
    role text NOT NULL,
    area text,
    body text NOT NULL REFERENCES body (id),
    label text NOT NULL
);
CREATE TABLE staff (
    id text PRIMARY KEY,
    name text NOT NULL,
    body text NOT NULL REFERENCES body (id),
    wecom_id text,
    phone_masked text,
    duty_mode text CONSTRAINT ck_staff_duty_mode CHECK (
        duty_mode IN ('fixed', 'rota', 'sign_in')),
    active boolean NOT NULL DEFAULT true
);
CREATE TABLE holding (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    post text NOT NULL REFERENCES post (id),
    staff_id text NOT NULL REFERENCES staff (id),
    from_at timestamptz NOT NULL,
    to_at timestamptz,
    stand_in boolean NOT NULL DEFAULT false,
    authorised_by text,
    reason text,
    set_by text,
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT ck_holding_from_to CHECK (to_at IS NULL OR from_at < to_at),
    -- 代岗 says who allowed it and why, and when it ends.
    CONSTRAINT ck_holding_stand_in CHECK (
        NOT stand_in OR (authorised_by IS NOT NULL AND reason IS NOT NULL AND to_at IS NOT NULL)),
    -- One holder at a time; who stands in is beside, not instead.
    CONSTRAINT ex_holding_one_at_a_time EXCLUDE USING gist (
        post WITH =, tstzrange(from_at, to_at, '[)') WITH &&) WHERE (NOT stand_in)
);
CREATE INDEX ix_holding_post ON holding (post);
CREATE INDEX ix_holding_staff_id ON holding (staff_id);
-- Who may stand in for whom: data, not code. Any other pair is refused.
CREATE TABLE acting_for (
    role text NOT NULL,
    by_role text NOT NULL,
    authorised_by text[] NOT NULL,
    PRIMARY KEY (role, by_role)
);
-- 'duty': who is on duty when; 'running': hours a desk keeps on one day, before the rule;
-- 'closed': a day on which it does not run.
CREATE TABLE shift (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL DEFAULT 'duty' CONSTRAINT ck_shift_kind CHECK (
        kind IN ('duty', 'running', 'closed')),
    desk text NOT NULL,
    day date NOT NULL,
    start_at timestamptz NOT NULL,
    end_at timestamptz NOT NULL,
    staff_id text REFERENCES staff (id),
    post text REFERENCES post (id),
    signed_in_at timestamptz,
    signed_out_at timestamptz,
    set_by text,
    withdrawn_at timestamptz,
    CONSTRAINT ck_shift_start_end CHECK (start_at < end_at),
    CONSTRAINT ck_shift_who CHECK ((kind = 'duty') = (staff_id IS NOT NULL))
);
CREATE INDEX ix_shift_desk_day ON shift (desk, day);
CREATE UNIQUE INDEX uq_shift_staff_id_start_at ON shift (staff_id, start_at)
    WHERE withdrawn_at IS NULL;
-- 动态报到: the newest line of a person says whether it is there.
CREATE TABLE sign_in (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    staff_id text NOT NULL REFERENCES staff (id),
    desk text NOT NULL,
    at timestamptz NOT NULL,
    present boolean NOT NULL,
    set_by text NOT NULL
);
CREATE INDEX ix_sign_in_staff_id_at ON sign_in (staff_id, at DESC, id DESC);
CREATE TABLE running_hours (
    desk text NOT NULL,
    from_day date NOT NULL,
    opens time NOT NULL,
    closes time NOT NULL,
    on_weekends boolean NOT NULL DEFAULT false,
    on_holidays boolean NOT NULL DEFAULT false,
    set_by text NOT NULL,
    PRIMARY KEY (desk, from_day)
);
-- Days the street centre sets itself, before what the calendar of the State Council says.
CREATE TABLE day_override (
    day date PRIMARY KEY,
    worked boolean NOT NULL,
    reason text NOT NULL,
    set_by text NOT NULL
);
-- A version holds what it changes; a value in force is the newest one said of it.
CREATE TABLE policy_version (
    version integer PRIMARY KEY,
    values jsonb NOT NULL,
    valid_from timestamptz NOT NULL,
    set_by text NOT NULL,
    account text,
    reason text NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX ix_policy_version_valid_from ON policy_version (valid_from, version);
CREATE TRIGGER policy_version_append_only BEFORE UPDATE OR DELETE ON policy_version
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER policy_version_no_truncate BEFORE TRUNCATE ON policy_version
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
CREATE TABLE task (
    id uuid PRIMARY KEY,
    desk text,
    title text NOT NULL,
    text text NOT NULL,
    to_post text NOT NULL,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL,
    due_at timestamptz,
    status text NOT NULL CONSTRAINT ck_task_status CHECK (
        status IN ('given', 'taken_up', 'reported', 'returned', 'closed')),
    version integer NOT NULL
);
CREATE INDEX ix_task_desk_status ON task (desk, status);
CREATE INDEX ix_task_to_post_status ON task (to_post, status);
CREATE INDEX ix_task_due_at ON task (due_at) WHERE status <> 'closed';
CREATE TABLE task_event (
    task_id uuid NOT NULL REFERENCES task (id),
    version integer NOT NULL,
    type text NOT NULL,
    text text NOT NULL,
    actor text NOT NULL,
    account text,
    at timestamptz NOT NULL,
    PRIMARY KEY (task_id, version)
);
CREATE TRIGGER task_event_append_only BEFORE UPDATE OR DELETE ON task_event
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER task_event_no_truncate BEFORE TRUNCATE ON task_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
"""


def upgrade() -> None:
    """Create the tables of people, policy and tasks."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them again."""
    op.execute("""
        DROP TABLE task_event, task, policy_version, day_override, running_hours, sign_in, shift,
            acting_for, holding, staff, post, body
    """)
