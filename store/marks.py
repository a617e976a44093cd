"""Whether a database holds only invented data: noted in the database itself.

The note is a comment on the table of migrations, which whoever migrates owns; it goes where a copy
of the database goes. Only a database with this note is ever emptied.
"""

from sqlalchemy import Connection, text

DEMO = "pianqu demo: every case in this database is invented"


def mark_demo(connection: Connection) -> None:
    """Note that everything in this database is invented."""
    connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{DEMO}'"))


def is_demo(connection: Connection) -> bool:
    """Whether the database says of itself that everything in it is invented."""
    note = text("SELECT obj_description(to_regclass('alembic_version'), 'pg_class')")
    return connection.execute(note).scalar() == DEMO
