"""What keeps other pages of a browser away, and bodies small.

A page of another origin could send us requests, or reach us by a name that resolves to our
address; both are refused here. Allowed are loopback and the public names of the settings. Plain
ASGI, so that streams pass through untouched.
"""

from collections.abc import Collection
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
_HSTS = "max-age=31536000"


class Guard:
    """Refuses foreign hosts, foreign origins and bodies over 4 MiB, declared or not."""

    def __init__(self, app: ASGIApp, public_hosts: Collection[str] = ()) -> None:
        self._app = app
        self._public = frozenset(public_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = MOST_OF_FILES if scope["path"] == _FILES else MOST_BYTES
        refusal = self._refusal(scope["method"], Headers(scope=scope), most)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        await self._app(scope, _counted(receive, most), _marked(send, scope["scheme"]))

    def _refusal(self, method: str, headers: Headers, most: int) -> Response | None:
        if _name(f"//{headers.get('host', '')}") not in _LOOPBACK | self._public:
            return problem(BY_STATUS[403], "请用本系统公布的地址访问")
        origin = headers.get("origin")
        if origin and method not in _SAFE and not self._is_ours(origin):
            return problem(BY_STATUS[403], "不接受其他网页发来的操作")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length) > most:
            return problem(BY_STATUS[413], f"一次最多 {most // 1024 // 1024} MiB")
        return None

    def _is_ours(self, origin: str) -> bool:
        name = _name(origin)
        # In clear, anybody on the way could have written the page.
        return name in _LOOPBACK or (name in self._public and origin.startswith("https://"))


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


def _marked(send: Send, scheme: str) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            if scheme == "https":
                headers.setdefault("Strict-Transport-Security", _HSTS)
        await send(message)

    return marked


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
