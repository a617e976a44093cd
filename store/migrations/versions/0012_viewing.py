"""Who has which case open just now, for the others who have it open, too.

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"

TABLES = """
-- Unlogged: worth nothing after a minute, so nothing is written twice and nothing is kept.
CREATE UNLOGGED TABLE case_viewing (
    case_id uuid NOT NULL,
    mark text NOT NULL,
    post text NOT NULL,
    step text,
    at timestamptz NOT NULL,
    PRIMARY KEY (case_id, mark)
);
"""


def upgrade() -> None:
    """Add the table."""
    op.execute(TABLES)


def downgrade() -> None:
    """Take it away again."""
    op.execute("DROP TABLE case_viewing")
