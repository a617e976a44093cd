"""The tables of the attachments: facts, bytes in pieces, who brought them, which cases use them.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = """
CREATE TABLE attachment (
    sha256 text PRIMARY KEY
        CONSTRAINT ck_attachment_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    media text NOT NULL,
    size bigint NOT NULL,
    width integer,
    height integer,
    taken_at timestamptz,
    taken_lon float8,
    taken_lat float8,
    clean_media text,
    scanned_at timestamptz,
    stored_at timestamptz NOT NULL
);
-- The bytes in pieces of a mebibyte: an original is kept as it came, a photo also without its
-- facts (clean) and small (thumbnail).
CREATE TABLE attachment_piece (
    sha256 text NOT NULL REFERENCES attachment (sha256) ON DELETE CASCADE,
    copy text NOT NULL
        CONSTRAINT ck_attachment_piece_copy CHECK (copy IN ('original', 'clean', 'thumbnail')),
    n integer NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (sha256, copy, n)
);
-- Photos and packages are compressed already.
ALTER TABLE attachment_piece ALTER COLUMN bytes SET STORAGE EXTERNAL;
-- Who brought it, and until when nobody else sees it: the row goes after a week.
CREATE TABLE attachment_upload (
    sha256 text NOT NULL REFERENCES attachment (sha256) ON DELETE CASCADE,
    uploader text NOT NULL,
    name text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (sha256, uploader)
);
CREATE INDEX ix_attachment_upload_at ON attachment_upload (at);
-- What a case refers to; the reference keeps the file from being purged.
CREATE TABLE case_attachment (
    case_id uuid NOT NULL,
    version integer NOT NULL,
    sha256 text NOT NULL REFERENCES attachment (sha256),
    kind text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (case_id, version, sha256, kind)
);
CREATE INDEX ix_case_attachment_sha256 ON case_attachment (sha256);
"""


def upgrade() -> None:
    """Create them."""
    op.execute(TABLES)


def downgrade() -> None:
    """Drop them again."""
    op.execute("DROP TABLE case_attachment, attachment_upload, attachment_piece, attachment;")
