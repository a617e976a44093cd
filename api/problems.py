"""The one table from error to answer, as RFC 9457 problem+json with a Chinese title."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from boundaries.errors import (
    EditionNotFound,
    EditionsOverlap,
    NoEditionInForce,
    UnsoundEdition,
)
from cases.channels.signing import BadSignature
from cases.errors import (
    CaseError,
    CaseNotFound,
    Conflict,
    GridOpen,
    KeyReused,
    NotPermitted,
    NotYourPost,
    OutOfArea,
    RefusalNotFound,
    WrongStatus,
)
from cases.files.errors import (
    AttachmentMissing,
    FileInfected,
    FileTooLarge,
    ScannerUnavailable,
    WrongType,
)
from cases.mailbox import MailNotFound
from cases.people.account_errors import (
    AccountExists,
    AccountInvalid,
    AccountNotFound,
    BadCsrf,
    OutOfScope,
    PasswordChangeNeeded,
    TooManyAttempts,
    Unauthenticated,
    WeakPassword,
    WrongCode,
)
from cases.people.roster_errors import HoldingMoved, NotOnRoster, PostTaken, RosterInvalid
from cases.policies import PolicyMoved
from cases.policy import PolicyInvalid
from cases.queries import BadCursor
from cases.tasks import TaskMoved, TaskNotFound
from geo.registers.errors import UnusableRegister
from layers.errors import UnknownDevice, UnknownPerson
from store.errors import DatabaseUnavailable


@dataclass(frozen=True, slots=True)
class Kind:
    """A row of the table: the stable end of the type URI, the status and the title."""

    slug: str
    status: int
    title: str


class BadLocation(Exception):
    """A pair of numbers that must not be placed on the map; `problem` says why."""

    def __init__(self, problem: str, message: str) -> None:
        super().__init__(message)
        self.problem = problem


class NotFound(Exception):
    """There is nothing of that name."""


class NotReady(Exception):
    """It exists but is not done yet."""


class PreconditionMissing(Exception):
    """A change that must say which version it was made on does not (RFC 6585)."""


class TooLarge(Exception):
    """More than one call may carry."""


PROBLEMS: dict[type[Exception], Kind] = {
    Unauthenticated: Kind("unauthenticated", 401, "没有登录"),
    WrongCode: Kind("unauthenticated", 401, "没有登录"),
    TooManyAttempts: Kind("too-many-attempts", 429, "尝试次数太多"),
    BadCsrf: Kind("csrf", 403, "页面已过期"),
    OutOfScope: Kind("token-scope", 403, "令牌范围不够"),
    PasswordChangeNeeded: Kind("password-change-needed", 403, "请先修改密码"),
    AccountNotFound: Kind("not-found", 404, "没有找到"),
    AccountExists: Kind("account-exists", 409, "账号已经有了"),
    AccountInvalid: Kind("account-invalid", 422, "账号不能这样设"),
    WeakPassword: Kind("weak-password", 422, "密码太弱"),
    OutOfArea: Kind("out-of-area", 409, "不在本片区"),
    GridOpen: Kind("grid-open", 409, "网格还没有定"),
    WrongStatus: Kind("wrong-status", 409, "案件不在这一步"),
    NotYourPost: Kind("not-your-post", 403, "不是本岗位的操作"),
    NotPermitted: Kind("not-permitted", 409, "现在不能这样办"),
    Conflict: Kind("version-conflict", 409, "案件已被他人更新"),
    CaseNotFound: Kind("not-found", 404, "没有找到"),
    RefusalNotFound: Kind("not-found", 404, "没有找到"),
    MailNotFound: Kind("not-found", 404, "没有找到"),
    EditionNotFound: Kind("not-found", 404, "没有找到"),
    NotFound: Kind("not-found", 404, "没有找到"),
    KeyReused: Kind("idempotency-key", 422, "幂等键已用于另一操作"),
    UnknownPerson: Kind("not-found", 404, "没有找到"),
    UnknownDevice: Kind("not-found", 404, "没有找到"),
    NotReady: Kind("not-ready", 409, "还没有完成"),
    TooLarge: Kind("too-large", 413, "内容太多"),
    NoEditionInForce: Kind("no-edition", 503, "没有启用的网格版本"),
    UnsoundEdition: Kind("unsound-edition", 409, "网格版本有缺陷，不能启用"),
    EditionsOverlap: Kind("editions-overlap", 409, "启用时间相互重叠"),
    BadLocation: Kind("bad-location", 422, "位置不能用"),
    BadCursor: Kind("bad-input", 422, "输入有误"),
    BadSignature: Kind("bad-signature", 401, "签名不符"),
    WrongType: Kind("file-type", 415, "不收这种文件"),
    FileTooLarge: Kind("file-too-large", 413, "文件太大"),
    FileInfected: Kind("file-infected", 422, "文件含病毒"),
    ScannerUnavailable: Kind("scanner-unavailable", 503, "病毒扫描暂不可用"),
    AttachmentMissing: Kind("attachment-missing", 422, "附件不存在"),
    PostTaken: Kind("post-taken", 409, "岗位已有任职人"),
    RosterInvalid: Kind("roster-invalid", 422, "名册不能这样改"),
    UnusableRegister: Kind("register-unusable", 422, "地名地址表不能用"),
    NotOnRoster: Kind("not-found", 404, "没有找到"),
    PolicyInvalid: Kind("policy-invalid", 422, "参数值有误"),
    PolicyMoved: Kind("precondition-failed", 412, "已被他人修改"),
    HoldingMoved: Kind("precondition-failed", 412, "已被他人修改"),
    PreconditionMissing: Kind("precondition-required", 428, "要写明所见的版本"),
    TaskNotFound: Kind("not-found", 404, "没有找到"),
    TaskMoved: Kind("version-conflict", 409, "已被他人更新"),
    DatabaseUnavailable: Kind("unavailable", 503, "数据库暂不可用"),
}
BAD_INPUT = Kind("bad-input", 422, "输入有误")
BY_STATUS = {
    403: Kind("forbidden", 403, "不允许"),
    404: Kind("not-found", 404, "没有找到"),
    405: Kind("method-not-allowed", 405, "不支持这种请求"),
    413: Kind("too-large", 413, "内容太多"),
}
INTERNAL = Kind("internal", 500, "系统出错，已记录")
_WORDS = {"type": "string"}
_PROBLEM = {
    "title": "Problem",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _WORDS,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is amiss, in Chinese, and what to do"},
        "reason_code": _WORDS,
        "belongs_to": {"type": "object", "properties": {"code": {}, "name": _WORDS}},
        "version": {"type": "integer", "description": "the case's version by now"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"pointer": _WORDS, "detail": _WORDS}},
        },
    },
}
# How every operation may refuse; in the OpenAPI this takes the place of FastAPI's own 422.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": words, "content": {"application/problem+json": {"schema": _PROBLEM}}}
    for status, words in (("4XX", "Refused (RFC 9457)."), ("5XX", "Not possible now (RFC 9457)."))
}


def problem(
    kind: Kind, detail: str, *, headers: dict[str, str] | None = None, **members: Any
) -> JSONResponse:
    """A problem+json answer."""
    body = {
        "type": f"/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        **{name: value for name, value in members.items() if value is not None},
    }
    return JSONResponse(body, kind.status, headers=headers, media_type="application/problem+json")


def answer(error: Exception) -> JSONResponse:
    """The answer to one of our own errors."""
    kind = next(PROBLEMS[base] for base in type(error).__mro__ if base in PROBLEMS)
    belongs_to = getattr(error, "belongs_to", None)
    findings = getattr(error, "findings", None)
    return problem(
        kind,
        str(error),
        headers=_headers(kind, error),
        reason_code=getattr(error, "problem", None),
        belongs_to=msgspec.to_builtins(belongs_to) if belongs_to else None,
        version=getattr(error, "version", None),
        errors=[{"detail": str(f.detail)} for f in findings] if findings else None,
    )


def _headers(kind: Kind, error: Exception) -> dict[str, str] | None:
    if kind.status == 401 and kind.slug == "unauthenticated":
        return {"WWW-Authenticate": 'Bearer realm="pianqu"'}
    after = getattr(error, "retry_after", None)
    return {"Retry-After": str(after)} if after is not None else None


def input_errors(error: RequestValidationError) -> list[dict[str, str]]:
    """Each mistake with a JSON pointer to its place."""
    return [
        {
            "pointer": "/" + "/".join(_safe(str(part)) for part in mistake["loc"][1:]),
            "detail": _safe(str(mistake["msg"])),
        }
        for mistake in error.errors()
    ]


def _safe(words: str) -> str:
    """Words that survive being JSON: a lone surrogate of the input must not break the answer."""
    return words.encode("utf-8", "replace").decode()[:300]


Unreadable = Callable[[Request, Sequence[dict[str, str]]], Awaitable[None]]


def install(app: FastAPI, keep_unreadable: Unreadable) -> None:
    """Register the handlers; `keep_unreadable` stores the bytes of a report we cannot read."""

    def own(_request: Request, error: Exception) -> Response:
        return answer(error)

    async def bad_input(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return await unreadable(request, input_errors(error))

    async def unreadable(request: Request, mistakes: list[dict[str, str]]) -> Response:
        try:
            await keep_unreadable(request, mistakes)
        except CaseError as refused:
            # Nobody we know, so nothing is kept and nothing told of the input.
            return answer(refused)
        return problem(BAD_INPUT, _first(mistakes), errors=mistakes)

    async def plain(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 400:
            # FastAPI's word for a body that is no text at all; like any unreadable one it is 422.
            return await unreadable(request, [{"pointer": "/", "detail": "请求体不是可读的 JSON"}])
        kind = BY_STATUS.get(error.status_code)
        kind = kind or Kind("error", error.status_code, "请求没有办成")
        return problem(kind, str(error.detail), headers=dict(error.headers or {}))

    def unexpected(_request: Request, _error: Exception) -> Response:
        return problem(INTERNAL, "请稍后再试；若仍出错请联系管理员")

    def gone(_request: Request, _error: Exception) -> Response:
        # Nobody is there to read it; a caller that was killed is no fault of ours to log.
        return Response(status_code=400)

    for kind in PROBLEMS:
        app.add_exception_handler(kind, own)
    app.add_exception_handler(RequestValidationError, bad_input)
    app.add_exception_handler(HTTPException, plain)
    app.add_exception_handler(ClientDisconnect, gone)
    app.add_exception_handler(Exception, unexpected)


def _first(mistakes: Sequence[dict[str, str]]) -> str:
    if not mistakes:
        return "请核对输入"
    return f"{mistakes[0]['pointer']}：{mistakes[0]['detail']}"
