"""What keeps a browser's other pages away from a server without accounts, and bodies small.

The server listens on loopback only. A page of another origin could still send it requests, or
reach it by a name that resolves to loopback; both are refused here. Plain ASGI, so that streams
pass through untouched.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import BY_STATUS, problem

MOST_BYTES = 4 * 1024 * 1024
# A file of up to 50 MB and the form around it (R58); `cases.attachments` says what a file may be.
MOST_OF_FILES = 51 * 1024 * 1024
_FILES = "/v1/attachments"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_SAFE = {"GET", "HEAD", "OPTIONS"}


class Guard:
    """Refuses foreign hosts, foreign origins and bodies over 4 MiB, declared or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = MOST_OF_FILES if scope["path"] == _FILES else MOST_BYTES
        refusal = _refusal(scope["method"], Headers(scope=scope), most)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, _counted(receive, most), _marked(send))


def _refusal(method: str, headers: Headers, most: int) -> Response | None:
    if _name(f"//{headers.get('host', '')}") not in _LOOPBACK:
        return problem(BY_STATUS[403], "只在本机使用：请用 127.0.0.1 访问")
    origin = headers.get("origin")
    if origin and method not in _SAFE and _name(origin) not in _LOOPBACK:
        return problem(BY_STATUS[403], "不接受其他网页发来的操作")
    length = headers.get("content-length", "0")
    if not (length.isascii() and length.isdigit()) or int(length) > most:
        return problem(BY_STATUS[413], f"一次最多 {most // 1024 // 1024} MiB")
    return None


def _counted(receive: Receive, most: int) -> Receive:
    """A body sent in chunks declares no length, so it is counted as it comes."""
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > most:
            raise HTTPException(413, f"一次最多 {most // 1024 // 1024} MiB")
        return message

    return counted


def _marked(send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("X-Content-Type-Options", "nosniff")
        await send(message)

    return marked


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
