"""Files of cases: brought by whoever works on them, read by whoever sees the case (R58)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi import Path as PathParam
from pydantic import BaseModel
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from api.deps import House, Now, Tx, Who, WhoBriefly, connected
from api.problems import NotFound
from cases import attachments, scope
from cases.errors import NotYourPost
from cases.files.errors import WrongType
from cases.queries import case as load
from cases.roles import Actor, scope_keys

router = APIRouter(prefix="/v1", tags=["attachments"])
# Asks who it is before a long body, and keeps no connection while it comes.
upload_router = APIRouter(prefix="/v1", tags=["attachments"])

Hash = Annotated[str, PathParam(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file")]
_CASE = Query(description="the case by which it is read: its id or number", max_length=60)
OfCase = Annotated[str | None, _CASE]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A body on its way in: the bytes and the name the sender gives them."""

    data: bytes
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A file of a case; when and where a photo was taken only within the case's desk."""

    sha256: str
    kind: str
    kind_label: str
    name: str
    type: str
    size: int
    width: int | None
    height: int | None
    version: int
    scanned: bool | None
    taken_at: datetime | None
    taken_lon: float | None
    taken_lat: float | None
    distance_m: float | None


class CaseFiles(BaseModel):
    """The files of a case, oldest first."""

    items: list[CaseFile]


async def sent_file(request: Request, _who: WhoBriefly) -> Sent:
    """The file of a multipart form, or the body itself with its name in X-Filename.

    `_who` first: nobody sends us fifty megabytes before saying who they are.
    """
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=5) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise WrongType("请用 file 字段上传一个文件")
            return Sent(data=await file.read(), name=file.filename or "")
    name = unquote(request.headers.get("x-filename", ""))
    return Sent(data=await request.body(), name=name)


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@upload_router.post("/attachments", status_code=201, openapi_extra=_BODY)
def attach(
    who: WhoBriefly, sent: Annotated[Sent, Depends(sent_file)], house: House, now: Now
) -> attachments.Stored:
    """Bring a file; a command refers to it by its hash within a week, or it is dropped.

    As a multipart form with the field `file`, or the bytes themselves with the name, URL-encoded,
    in `X-Filename`. What it is is read from its content. `scanned` is null where no virus scanner
    is set up.
    """
    if not scope_keys(who):
        raise NotYourPost("系统管理员不办案，不能上传附件")
    with connected(house.engine) as tx:
        policy = house.office.policy_at(tx, now)
    # Looked at while no connection is held: scanning and decoding take their time.
    limits = attachments.Limits(
        photo=policy.photo_most_mb * attachments.MIB,
        document=policy.document_most_mb * attachments.MIB,
        clamd=house.clamd,
    )
    file = attachments.examine(sent.data, sent.name, limits)
    with connected(house.engine) as tx:
        return attachments.store(tx, file, who, now)


@router.get(
    "/attachments/{sha256}",
    response_class=Response,
    responses={200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}},
)
def read(
    sha256: Hash,
    tx: Tx,
    who: Who,
    case: OfCase = None,
    exif: Annotated[str | None, Query(pattern="^keep$")] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A file, for who sees a case that refers to it, or brought it.

    A photo comes upright and without what it says of place and time; as it was taken
    (`exif=keep`) only within the desk of the case.
    """
    original = exif == "keep"
    file = _readable(tx, sha256, who, case, original=original)
    clean = file.has_photo and not original
    copy = "clean" if clean else "original"
    media = file.clean_media if clean and file.clean_media else file.media
    tag = f'"{sha256}.{copy}"'
    if if_none_match == tag:
        return Response(status_code=304, headers={"ETag": tag})
    name = file.name
    if clean and media != file.media:
        name = f"{Path(name).stem}.jpg"
    return _file(attachments.content(tx, sha256, copy), media=media, name=name, tag=tag)


@router.get(
    "/attachments/{sha256}/thumbnail",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {"schema": {"type": "string"}}}}},
)
def thumbnail(
    sha256: Hash,
    tx: Tx,
    who: Who,
    case: OfCase = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A photo at 320 pixels, as JPEG; other files have none."""
    file = _readable(tx, sha256, who, case)
    if not file.has_photo:
        raise NotFound("这个附件不是照片，没有缩略图")
    tag = f'"{sha256}.thumbnail"'
    if if_none_match == tag:
        return Response(status_code=304, headers={"ETag": tag})
    data = attachments.content(tx, sha256, "thumbnail")
    name = f"{Path(file.name).stem}-缩略图.jpg"
    return _file(data, media="image/jpeg", name=name, tag=tag, inline=True)


@router.get("/cases/{key}/attachments")
def of_case(key: str, tx: Tx, who: Who) -> CaseFiles:
    """The files of a case, with how far from it a photo was taken (within its desk only)."""
    id = scope.seen_id(tx, key, who)
    inside = attachments.inside(who, load(tx, id).desk)
    return CaseFiles(items=[_case_file(row, inside) for row in attachments.of_case(tx, id)])


def _case_file(row: dict[str, Any], inside: bool) -> CaseFile:
    told = {**row, "scanned": True if row["scanned"] else None}
    told["kind_label"] = attachments.KINDS.get(row["kind"], row["kind"])
    for fact in ("taken_at", "taken_lon", "taken_lat", "distance_m"):
        told[fact] = row[fact] if inside else None
    if told["distance_m"] is not None:
        told["distance_m"] = round(told["distance_m"], 1)
    return CaseFile(**told)


def _readable(
    tx: Tx, sha256: str, who: Actor, case: str | None, *, original: bool = False
) -> attachments.File:
    case_id = scope.seen_id(tx, case, who) if case else None
    file = attachments.readable(tx, sha256, who, case_id, original=original)
    if file is None and original and attachments.readable(tx, sha256, who, case_id):
        raise NotYourPost("照片原件（含拍摄时间、位置）只供本案分中心查看，请去掉 exif=keep")
    if file is None:
        raise NotFound("没有这个附件")
    return file


def _file(data: bytes, *, media: str, name: str, tag: str, inline: bool = False) -> Response:
    if not data:
        raise HTTPException(404, "没有这个附件")
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    how = "inline" if inline else "attachment"
    return Response(
        data,
        media_type=media,
        headers={
            "Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}",
            # A file somebody sent us is never a page of ours, whatever is in it.
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            # Another post may sit at the same screen: ask again whether it may.
            "Cache-Control": "private, no-cache",
            "ETag": tag,
        },
    )
