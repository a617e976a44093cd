"""What a file is, by its content and never by its name (R58): pure.

Taken are photos (JPEG, PNG, WebP, HEIC), PDF, DOCX and XLSX without macros, and plain text.
"""

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from cases.files.errors import FileTooLarge, WrongType

__all__ = ["FileType", "recognise", "safe_name"]

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc"})
# Limits of a package's inside: what a word processor never writes, and what a bomb is made of.
_MOST_ENTRIES = 4_000
_MOST_UNPACKED = 256 * 1024 * 1024
_MOST_RATIO = 200
_RATIO_FROM = 1024 * 1024
_REFUSED = "只收照片（JPEG、PNG、WebP、HEIC）、PDF、Word（docx）、Excel（xlsx）和纯文本"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileType:
    """A kind of file: its media type, its endings (the first is ours), and if it is a photo."""

    media: str
    endings: tuple[str, ...]
    photo: bool = False


JPEG = FileType(media="image/jpeg", endings=(".jpg", ".jpeg"), photo=True)
PNG = FileType(media="image/png", endings=(".png",), photo=True)
WEBP = FileType(media="image/webp", endings=(".webp",), photo=True)
HEIC = FileType(media="image/heic", endings=(".heic", ".heif"), photo=True)
PDF = FileType(media="application/pdf", endings=(".pdf",))
DOCX = FileType(media=_WORD, endings=(".docx",))
XLSX = FileType(media=_SHEET, endings=(".xlsx",))
TEXT = FileType(media="text/plain; charset=utf-8", endings=(".txt",))
TEXT_GB = FileType(media="text/plain; charset=gb18030", endings=(".txt",))
BY_MEDIA = {
    one.media: one for one in (JPEG, PNG, WEBP, HEIC, PDF, DOCX, XLSX, TEXT, TEXT_GB)
}  # fmt: skip


def recognise(data: bytes) -> FileType:
    """The kind of a file.

    >>> recognise(b"%PDF-1.7 ... %%EOF").media
    'application/pdf'

    Raises:
        WrongType: none of the kinds we take; says why.
        FileTooLarge: a package that unpacks to too much.
    """
    if not data:
        raise WrongType("文件是空的，请重新选择")
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp":
        return _boxed(data)
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return _package(data)
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise WrongType("旧版 Office 文件（doc、xls）可能带宏，请另存为 docx、xlsx 或 PDF 再传")
    return _text(data)


def _boxed(data: bytes) -> FileType:
    # The major brand, or one of the compatible ones after the minor version.
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, 64, 4))}
    if data[8:12] in _HEIF_BRANDS or (brands & {b"heic", b"heix"} and b"avif" not in brands):
        return HEIC
    raise WrongType(f"视频和这种图片格式不收；{_REFUSED}")


def _pdf(data: bytes) -> FileType:
    if b"%%EOF" not in data[-2048:]:
        raise WrongType("PDF 不完整，请重新导出或重新上传")
    return PDF


def _package(data: bytes) -> FileType:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return _office(package)
    except (
        zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError
    ) as error:  # fmt: skip
        raise WrongType("文件损坏、加密或不是 Office 文件，请另存后再传") from error


def _office(package: zipfile.ZipFile) -> FileType:
    entries = package.infolist()
    _bounded(entries)
    names = {entry.filename for entry in entries}
    kind = DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None
    if kind is None or "[Content_Types].xml" not in names:
        raise WrongType(f"压缩包不收；{_REFUSED}")
    types = package.read("[Content_Types].xml")
    active = ("vbaproject", "vbadata", "activex", "macrosheets", "oleobject")
    if b"macroEnabled" in types or any(word in name.lower() for name in names for word in active):
        raise WrongType("文件带宏或嵌入程序，不收；请另存为不带宏的 docx、xlsx 或 PDF")
    _read_through(package, entries)
    return kind


def _bounded(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED:
        raise FileTooLarge("文件解开后过大，不收；请精简后再传")
    for entry in entries:
        if entry.file_size > _RATIO_FROM and entry.file_size > _MOST_RATIO * entry.compress_size:
            raise FileTooLarge("文件压缩比异常，疑似压缩炸弹，不收")


def _read_through(package: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack every entry once, piece by piece: lengths and checksums must be as they say."""
    for entry in entries:
        with package.open(entry) as part:
            head = part.read(64 * 1024)
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise WrongType("文件内含外部实体声明，不收；请重新另存")
            while part.read(1024 * 1024):
                pass


_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


def _text(data: bytes) -> FileType:
    for encoding, kind in (("utf-8-sig", TEXT), ("gb18030", TEXT_GB)):
        try:
            words = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _CONTROLS.search(words):
            break
        if words.lstrip().startswith(("<", "#!", "{\\rtf")):
            raise WrongType(f"网页、脚本和富文本不收；{_REFUSED}")
        return kind
    raise WrongType(f"不认识这种文件；{_REFUSED}")


# Signs a file name must not have anywhere, and signs that turn the direction of writing.
_UNSAFE = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]')
_LONGEST = 100


def safe_name(name: str, kind: FileType) -> str:
    r"""A name that is only a name, with the ending of what the file is.

    >>> safe_name("..\\照片.exe", JPEG), safe_name("a/b.JPEG", JPEG), safe_name("", PDF)
    ('照片.exe.jpg', 'b.JPEG', '附件.pdf')
    """
    last = re.split(r"[\\/]", name.encode("utf-8", "replace").decode())[-1]
    bare = _UNSAFE.sub("", last).strip(" .") or "附件"
    if bare.lower().endswith(kind.endings):
        stem, _, ending = bare.rpartition(".")
        return f"{stem[:_LONGEST] or '附件'}.{ending}"
    return bare[:_LONGEST] + kind.endings[0]
