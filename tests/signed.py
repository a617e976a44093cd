"""Accounts and tokens of tests: every demo post has an account and the token `pq_test_<post>`."""

from datetime import datetime

import httpx2
from sqlalchemy import Connection

from cases.people import accounts, issuing

DEFAULT = "coordinator-140901"


def install(conn: Connection, now: datetime) -> None:
    """An account for every demo post, each with a known token."""
    posts = accounts.demo_posts(conn, now)
    accounts.make_demo_accounts(conn, posts, now)
    for post in posts:
        issuing.issue(conn, post, token(post), now=now, label="test")


def token(post: str = DEFAULT) -> str:
    """The known token of a post's account."""
    return f"pq_test_{post}"


def headers(post: str = DEFAULT) -> dict[str, str]:
    """What a program of the post sends."""
    return {"Authorization": f"Bearer {token(post)}"}


def client(base_url: str, post: str = DEFAULT) -> httpx2.Client:
    """A client that acts for a post; a request with X-Pianqu-Post acts for that one."""

    def default(request) -> None:
        request.headers.setdefault("X-Pianqu-Post", post)

    hooks = {"request": [default, sign]}
    return httpx2.Client(base_url=base_url, timeout=20, trust_env=False, event_hooks=hooks)


def sign(request) -> None:
    """A client's request hook: the header X-Pianqu-Post (or the default) becomes its token.

    A request with credentials of its own, a cookie or `X-Test-Nobody` stays as it is.
    """
    if request.headers.pop("x-test-nobody", None) is not None:
        return
    if "authorization" in request.headers or "pianqu_session=" in request.headers.get("cookie", ""):
        return
    post = request.headers.get("x-pianqu-post") or DEFAULT
    request.headers["Authorization"] = f"Bearer {token(post)}"
