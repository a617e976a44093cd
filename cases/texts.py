"""The texts that lie beside the journal."""

from uuid import UUID

from sqlalchemy import Connection, text


def texts_of(conn: Connection, case_id: UUID) -> dict[str, str]:
    """The texts of a case by their hashes; purged ones are not there."""
    rows = conn.execute(
        text("SELECT digest, value FROM case_text WHERE case_id = :id"), {"id": case_id}
    )
    return {row.digest: row.value for row in rows}
