"""What keeps a browser's other pages away from a server without accounts, and bodies small.

The server listens on loopback only. A page of another origin could still send it requests, or
reach it by a name that resolves to loopback; both are refused here.
"""

from urllib.parse import urlsplit

from fastapi import Request, Response
from starlette.middleware.base import RequestResponseEndpoint

from api.problems import BY_STATUS, problem

MOST_BYTES = 4 * 1024 * 1024
_LOOPBACK = {"127.0.0.1", "localhost", "::1", "testserver"}
_SAFE = {"GET", "HEAD", "OPTIONS"}


async def guard(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Refuse foreign hosts, foreign origins and bodies over 4 MiB."""
    host = _name(f"//{request.headers.get('host', '')}")
    if host not in _LOOPBACK:
        return problem(BY_STATUS[403], "只在本机使用：请用 127.0.0.1 访问")
    origin = request.headers.get("origin")
    if origin and request.method not in _SAFE and _name(origin) not in _LOOPBACK:
        return problem(BY_STATUS[403], "不接受其他网页发来的操作")
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > MOST_BYTES:
        return problem(BY_STATUS[413], "一次最多 4 MiB")
    response = await call_next(request)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _name(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
