"""Files of cases by their content's hash (R58): kept in the database, each content once.

A file is looked at first (`examine`, no database), then stored with its copies and the name of
who brought it, in one transaction; a command that refers to it is checked and linked in the
desk's own transaction. Nobody but the uploader sees it until a case refers to it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from cases.files.errors import AttachmentMissing, FileTooLarge
from cases.files.exif import Photo, read_photo
from cases.files.kinds import BY_MEDIA, FileType, recognise, safe_name
from cases.files.scanning import scan
from cases.roles import UNIT_LEADS, Actor
from cases.scope import SEEN, keys_of
from cases.work import Attachment

__all__ = [
    "KINDS", "Examined", "File", "Limits", "Stored", "broken", "check", "content", "examine",
    "forget_case", "inside", "link", "of_case", "purge_orphans", "readable", "sees",
    "store",
]  # fmt: skip

KINDS = {
    "before": "处置前照片", "after": "处置后照片", "check": "核查照片",
    "enforcement": "执法文书", "plan": "处置方案", "other": "其他",
}  # fmt: skip
ORPHANS_KEPT = timedelta(days=7)
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Policy values: the most bytes of a photo and of a document, and the scanner's address."""

    photo: int = 20 * MIB
    document: int = 50 * MIB
    clamd: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A file that may be stored."""

    sha256: str
    name: str
    kind: FileType
    data: bytes
    photo: Photo | None
    scanned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The answer to an upload; `scanned` is null where no virus scanner is set up."""

    sha256: str
    name: str
    type: str
    size: int
    width: int | None
    height: int | None
    taken_at: datetime | None
    taken_lon: float | None
    taken_lat: float | None
    scanned: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file a post may read: its facts and the name it goes by there."""

    sha256: str
    name: str
    media: str
    clean_media: str | None
    has_photo: bool


def examine(data: bytes, name: str, limits: Limits) -> Examined:
    """Look at a file before it is kept: kind, size, viruses, what a photo says.

    Raises:
        FileRefused: and its family; nothing is stored.
        ScannerUnavailable: the scanner is set up and does not answer.
    """
    kind = recognise(data)
    most = limits.photo if kind.photo else limits.document
    if len(data) > most:
        what = "照片" if kind.photo else "文件"
        raise FileTooLarge(f"{what}超过 {most // MIB} MB，请压缩后再传")
    # Before it is decoded: a decoder is what such a file would attack.
    if limits.clamd:
        scan(limits.clamd, data)
    return Examined(
        sha256=hashlib.sha256(data).hexdigest(),
        name=safe_name(name, kind),
        kind=kind,
        data=data,
        photo=read_photo(data, kind) if kind.photo else None,
        scanned=limits.clamd is not None,
    )


def store(conn: Connection, file: Examined, who: Actor, now: datetime) -> Stored:
    """Keep a file, its copies and who brought it; the same content again is the same row."""
    photo = file.photo
    fresh = conn.execute(
        text(
            "INSERT INTO attachment (sha256, media, size, width, height, taken_at, taken_lon,"
            " taken_lat, clean_media, scanned_at, stored_at) VALUES (:sha256, :media, :size,"
            " :width, :height, :taken_at, :lon, :lat, :clean_media, :scanned_at, :now)"
            " ON CONFLICT (sha256) DO UPDATE"
            " SET scanned_at = COALESCE(excluded.scanned_at, attachment.scanned_at)"
            " RETURNING xmax = 0"
        ),
        {
            "sha256": file.sha256,
            "media": file.kind.media,
            "size": len(file.data),
            "width": photo.width if photo else None,
            "height": photo.height if photo else None,
            "taken_at": photo.taken_at if photo else None,
            "lon": photo.lon if photo else None,
            "lat": photo.lat if photo else None,
            "clean_media": photo.clean_media if photo else None,
            "scanned_at": now if file.scanned else None,
            "now": now,
        },
    ).scalar_one()
    if fresh:
        _put(conn, file.sha256, "original", file.data)
        if photo:
            _put(conn, file.sha256, "clean", photo.clean)
            _put(conn, file.sha256, "thumbnail", photo.thumbnail)
    conn.execute(
        text(
            "INSERT INTO attachment_upload (sha256, uploader, name, at)"
            " VALUES (:sha256, :uploader, :name, :now)"
            " ON CONFLICT (sha256, uploader) DO UPDATE SET name = excluded.name, at = excluded.at"
        ),
        {"sha256": file.sha256, "uploader": _uploader(who), "name": file.name, "now": now},
    )
    return Stored(
        sha256=file.sha256,
        name=file.name,
        type=file.kind.media,
        size=len(file.data),
        width=photo.width if photo else None,
        height=photo.height if photo else None,
        taken_at=photo.taken_at if photo else None,
        taken_lon=photo.lon if photo else None,
        taken_lat=photo.lat if photo else None,
        scanned=True if file.scanned else None,
    )


def _put(conn: Connection, sha256: str, copy: str, data: bytes) -> None:
    statement = text(
        "INSERT INTO attachment_piece (sha256, copy, n, bytes) VALUES (:sha256, :copy, :n, :bytes)"
    )
    for n, at in enumerate(range(0, len(data), MIB)):
        piece = data[at : at + MIB]
        conn.execute(statement, {"sha256": sha256, "copy": copy, "n": n, "bytes": piece})


def _uploader(who: Actor) -> str:
    return f"account:{who.account}" if who.account else f"post:{who.post}"


_SEEN = (
    "SELECT 1 FROM case_attachment a JOIN case_now c ON c.id = a.case_id"  # noqa: S608
    f" WHERE a.sha256 = f.sha256 AND {SEEN}"
)
_OWN = "SELECT 1 FROM attachment_upload u WHERE u.sha256 = f.sha256 AND u.uploader = :uploader"


def check(conn: Connection, refs: Sequence[Attachment], actor: Actor) -> None:
    """Every file a command names is stored, of a known kind, and the actor's to use.

    The rows are held until the transaction ends, so that no purge comes between this and `link`.

    Raises:
        AttachmentMissing: says which.
    """
    if not refs:
        return
    for ref in refs:
        if ref.kind not in KINDS:
            raise AttachmentMissing(f"附件类别“{ref.kind[:20]}”不认识，应为：{'、'.join(KINDS)}")
    found = conn.execute(
        text(
            "SELECT f.sha256 FROM attachment f WHERE f.sha256 = ANY(:hashes)"  # noqa: S608
            f" AND (EXISTS ({_OWN}) OR EXISTS ({_SEEN})) FOR KEY SHARE OF f"
        ),
        {
            "hashes": [ref.sha256 for ref in refs],
            "uploader": _uploader(actor),
            "keys": keys_of(actor),
        },
    ).scalars()
    there = set(found)
    for ref in refs:
        if ref.sha256 not in there:
            raise AttachmentMissing(f"附件“{ref.name[:60]}”没有上传或已过期，请重新上传后再提交")


def link(conn: Connection, case_id: UUID, version: int, refs: Sequence[Attachment]) -> None:
    """Note that an event of a case refers to files; call it where the event is appended."""
    for ref in refs:
        conn.execute(
            text(
                "INSERT INTO case_attachment (case_id, version, sha256, kind, name)"
                " SELECT :case_id, :version, f.sha256, :kind, :name FROM attachment f"
                " WHERE f.sha256 = :sha256 ON CONFLICT DO NOTHING"
            ),
            {
                "case_id": case_id,
                "version": version,
                "sha256": ref.sha256,
                "kind": ref.kind,
                "name": ref.name[:120],
            },
        )


def sees(conn: Connection, case_id: UUID, who: Actor) -> bool:
    """Whether a case is visible to a post at all: its audience holds one of the post's keys."""
    return bool(
        conn.execute(
            text(f"SELECT 1 FROM case_now c WHERE c.id = :case_id AND {SEEN}"),  # noqa: S608
            {"case_id": case_id, "keys": keys_of(who)},
        ).scalar_one_or_none()
    )


def inside(who: Actor, desk: str | None) -> bool:
    """Whether a post is within the desk of a case: it sees where and when a photo was taken."""
    if who.role == "street-centre":
        return True
    own = who.role in {"coordinator", "inspector", "deputy", "head"} | UNIT_LEADS
    return own and who.desk is not None and desk in (None, who.desk)


def readable(
    conn: Connection, sha256: str, who: Actor, case_id: UUID | None, *, original: bool = False
) -> File | None:
    """The file, if the post may read it: through a case it sees, or as who brought it.

    `original` asks for a photo as it came, which only the case's desk and the uploader get.
    """
    rows = conn.execute(
        text(f"""
            SELECT f.media, f.clean_media, f.width IS NOT NULL AS has_photo, a.name, c.desk
            FROM attachment f JOIN case_attachment a USING (sha256)
            JOIN case_now c ON c.id = a.case_id
            WHERE f.sha256 = :sha256 AND {SEEN}
                AND (CAST(:case_id AS uuid) IS NULL OR a.case_id = :case_id)
            ORDER BY a.version DESC LIMIT 50
        """),  # noqa: S608 - a fixed fragment
        {"sha256": sha256, "keys": keys_of(who), "case_id": case_id},
    ).all()
    fitting = [row for row in rows if not original or inside(who, row.desk)]
    if not fitting and case_id is None:
        fitting = list(
            conn.execute(
                text("""
                    SELECT f.media, f.clean_media, f.width IS NOT NULL AS has_photo, u.name
                    FROM attachment f JOIN attachment_upload u USING (sha256)
                    WHERE f.sha256 = :sha256 AND u.uploader = :uploader
                """),
                {"sha256": sha256, "uploader": _uploader(who)},
            ).all()
        )
    if not fitting:
        return None
    row = fitting[0]
    return File(
        sha256=sha256,
        name=safe_name(row.name, BY_MEDIA[row.media]),
        media=row.media,
        clean_media=row.clean_media,
        has_photo=row.has_photo,
    )


def content(conn: Connection, sha256: str, copy: str) -> bytes:
    """The bytes of one copy: original, clean or thumbnail; empty where there is none."""
    pieces = conn.execute(
        text(
            "SELECT bytes FROM attachment_piece WHERE sha256 = :sha256 AND copy = :copy ORDER BY n"
        ),
        {"sha256": sha256, "copy": copy},
    ).scalars()
    return b"".join(bytes(piece) for piece in pieces)


def of_case(conn: Connection, case_id: UUID) -> Sequence[dict[str, Any]]:
    """The files of a case, oldest first, with their facts and how far the photo is from it."""
    rows = conn.execute(
        text("""
            SELECT a.sha256, a.kind, a.name, a.version, f.media AS type, f.size, f.width, f.height,
                   f.scanned_at IS NOT NULL AS scanned, f.taken_at, f.taken_lon, f.taken_lat,
                   ST_Distance(CAST(c.geom AS geography), CAST(ST_SetSRID(
                       ST_MakePoint(f.taken_lon, f.taken_lat), 4490) AS geography)) AS distance_m
            FROM case_attachment a JOIN attachment f USING (sha256)
            JOIN case_now c ON c.id = a.case_id
            WHERE a.case_id = :case_id ORDER BY a.version, a.kind, a.sha256
        """),
        {"case_id": case_id},
    ).mappings()
    return [dict(row) for row in rows]


def purge_orphans(conn: Connection, now: datetime, kept: timedelta = ORPHANS_KEPT) -> int:
    """Drop uploads older than a week, and files neither a case nor an upload refers to."""
    conn.execute(text("DELETE FROM attachment_upload WHERE at < :before"), {"before": now - kept})
    # Locked first and looked at again: an upload of the same content waits, or is seen.
    unused = (
        "NOT EXISTS (SELECT 1 FROM attachment_upload u WHERE u.sha256 = f.sha256)"
        " AND NOT EXISTS (SELECT 1 FROM case_attachment a WHERE a.sha256 = f.sha256)"
    )
    held = conn.execute(
        text(
            f"SELECT f.sha256 FROM attachment f WHERE {unused} LIMIT 500"  # noqa: S608 - fixed
            " FOR UPDATE OF f SKIP LOCKED"
        )
    ).scalars()
    return conn.execute(
        text(f"DELETE FROM attachment f WHERE f.sha256 = ANY(:held) AND {unused}"),  # noqa: S608
        {"held": list(held)},
    ).rowcount


def forget_case(conn: Connection, case_id: UUID) -> int:
    """Let go of a case's files when its retention ends; the next purge drops the unused ones."""
    return conn.execute(
        text("DELETE FROM case_attachment WHERE case_id = :case_id"), {"case_id": case_id}
    ).rowcount


def broken(conn: Connection) -> Sequence[str]:
    """The hashes of files whose stored bytes are no longer what was uploaded."""
    return list(
        conn.execute(
            text("""
                SELECT f.sha256 FROM attachment f LEFT JOIN LATERAL (
                    SELECT encode(sha256(string_agg(p.bytes, '' ORDER BY p.n)), 'hex') AS is_now
                    FROM attachment_piece p WHERE p.sha256 = f.sha256 AND p.copy = 'original'
                ) x ON true
                WHERE x.is_now IS DISTINCT FROM f.sha256 ORDER BY 1
            """)
        ).scalars()
    )
