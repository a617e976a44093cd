"""Serves the built front end: its pages and their files, under a strict Content-Security-Policy.

The built files come from npm at set-up (`web/app`, never committed). Hashed files under `/assets`
never change and are cached for a year; the page itself is asked for anew each time, so a new
release shows at the next reload.
"""

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.types import Scope

DIST = Path(__file__).parent / "app" / "dist"
# One built page; the address says which workplace it opens (web/app/src/shell/pages.ts).
PAGES = (
    "/",
    "/refusals",
    "/tasks",
    "/roster",
    "/policy",
    "/deliveries",
    "/accounts",
    "/security",
    "/field",
    "/print",
    "/wall",
)
REPAIR = "scripts/setup-web"

# Nothing else gets into the policy, whatever the setting says.
_HOST = re.compile(r"[A-Za-z0-9.:{}\[\]-]+")
_LOOSE_FILES = {
    "/theme.js": "text/javascript",
    "/icon.svg": "image/svg+xml",
    "/icon-192.png": "image/png",
    "/icon-512.png": "image/png",
    # The phone page off line: its worker keeps the page's own files and nothing else.
    "/field-worker.js": "text/javascript",
    "/manifest.webmanifest": "application/manifest+json",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), geolocation=()",
}
# At a case the phone shows where one stands and takes photos: for this page alone.
_FIELD = "/field"
_FIELD_PERMISSIONS = "camera=(self), microphone=(), payment=(), geolocation=(self)"


def content_security_policy(basemap_url: str | None = None) -> str:
    """The policy of the pages; an operator's base map is the only other origin.

    MapLibre sets styles through the CSSOM, which needs no `unsafe-inline`; its worker is a file.
    """
    origin = _origin(basemap_url)
    outside = f" {origin}" if origin else ""
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "worker-src 'self'",
            f"img-src 'self' data: blob:{outside}",
            f"connect-src 'self'{outside}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def mount_site(app: FastAPI, dist: Path = DIST, *, basemap_url: str | None = None) -> None:
    """Add the pages and their files to the app; call it last, after the API's own routes.

    Args:
        app: the application that serves the API.
        dist: the built front end.
        basemap_url: the operator's tile address, whose origin the pages may then ask.
    """
    headers = {
        **_HEADERS,
        "Content-Security-Policy": content_security_policy(basemap_url),
        "Cache-Control": "no-cache",
    }

    for path in PAGES:
        _add_page(app, path, dist / "index.html", headers)
    for path, media_type in _LOOSE_FILES.items():
        _add_file(app, path, dist / path[1:], media_type, headers)
    # The folder may be built after the server started: no check here, a missing file is a 404.
    app.mount("/assets", _Assets(directory=dist / "assets", check_dir=False), name="assets")


def _add_page(app: FastAPI, path: str, index: Path, headers: Mapping[str, str]) -> None:
    told = dict(headers)
    if path == _FIELD:
        told["Permissions-Policy"] = _FIELD_PERMISSIONS

    def page() -> Response:
        return FileResponse(index, headers=told) if index.is_file() else _not_built(told)

    app.add_api_route(path, page, methods=["GET", "HEAD"], include_in_schema=False)


def _add_file(
    app: FastAPI, path: str, file: Path, media_type: str, headers: Mapping[str, str]
) -> None:
    def send() -> Response:
        if not file.is_file():
            return Response(status_code=404)
        return FileResponse(file, media_type=media_type, headers=dict(headers))

    app.add_api_route(path, send, methods=["GET", "HEAD"], include_in_schema=False)


class _Assets(StaticFiles):
    """Files whose names carry their hash."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.status_code < 400:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _origin(url: str | None) -> str | None:
    """Scheme and host of an address, or None for none and for one of our own."""
    parts = urlsplit(url or "")
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    # A template may vary the host ("t{s}.example"): the policy has a wildcard for that.
    host = parts.netloc.split("@")[-1]
    if not _HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{'*.' + host.split('.', 1)[1] if '{' in host else host}"


def _not_built(headers: Mapping[str, str]) -> HTMLResponse:
    body = (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>页面尚未构建</title>'
        "<h1>页面尚未构建</h1><p>接口已在运行，网页还没有生成。请在项目目录运行后刷新本页：</p>"
        f"<pre>{escape(REPAIR)}</pre></html>"
    )
    return HTMLResponse(body, status_code=503, headers=dict(headers))
