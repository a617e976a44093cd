"""The demo's posts at the HTTP door: each request carries a real token of the post it names."""

from datetime import datetime

import httpx2

from cases.people import accounts
from store.engine import make_engine, transaction

LABEL, DAYS = "demo", 30
POST = "X-Pianqu-Post"
DEFAULT = "coordinator-140901"


class Passes:
    """A client's request hook: X-Pianqu-Post becomes the bearer token of that post's account.

    Tokens are made when first needed and end by themselves.
    """

    def __init__(self, database_url: str, now: datetime) -> None:
        self._url = database_url
        self._now = now
        self._tokens: dict[str, str] = {}

    def __call__(self, request: httpx2.Request) -> None:
        """Put the token in."""
        post = request.headers.get(POST, DEFAULT)
        if post not in self._tokens:
            self._tokens[post] = self._made(post)
        request.headers["Authorization"] = f"Bearer {self._tokens[post]}"

    def _made(self, post: str) -> str:
        engine = make_engine(self._url, pool_size=1)
        try:
            with transaction(engine) as conn:
                accounts.make_demo_accounts(conn, [post], self._now)
                return accounts.make_token(conn, post, now=self._now, label=LABEL, days=DAYS)
        finally:
            engine.dispose()
