"""Alembic revisions, SQL inside: the schema's truth."""
