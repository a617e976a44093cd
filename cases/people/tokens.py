"""Secrets that open a door: made here, kept only as SHA-256, and what a token is good for.

A token has 256 bits of chance, so a plain hash is enough: there is nothing to guess.
"""

import secrets
from collections.abc import Iterable
from hashlib import sha256

from cases.people.account_errors import AccountInvalid, OutOfScope
from cases.roles import INTERNAL, actor

PREFIX = "pq_"
READ, REPORT = "read", "report"
_POST = "post:"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# What a platform that only brings cases must reach: the case, its files, whose place it is.
_REPORTING = frozenset({"/v1/cases", "/v1/attachments", "/v1/assignments"})


def fresh() -> str:
    """A new bearer token; the only moment it is seen whole."""
    return PREFIX + secrets.token_urlsafe(32)


def fresh_secret() -> str:
    """A new session id or CSRF token."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def checked_scope(scope: Iterable[str]) -> tuple[str, ...]:
    """A token's scope, in order and without doubles.

    `read` only reads, `report` only brings cases, `post:NAME` acts only for that post; nothing
    means all the account may do.

    Raises:
        AccountInvalid: a word we do not know.
    """
    words = tuple(dict.fromkeys(scope))
    for word in words:
        if word in (READ, REPORT):
            continue
        if not word.startswith(_POST) or actor(word.removeprefix(_POST)).role in INTERNAL:
            raise AccountInvalid(f"令牌范围“{word[:40]}”不认识：只有 read、report 和 post:岗位")
    return words


def posts_in_scope(scope: Iterable[str], posts: tuple[str, ...]) -> tuple[str, ...]:
    """The posts a token may act for, of those its account holds."""
    only = {word.removeprefix(_POST) for word in scope if word.startswith(_POST)}
    return tuple(post for post in posts if post in only) if only else posts


def check_scope(scope: Iterable[str], method: str, path: str) -> None:
    """Refuse what a token was not made for.

    Raises:
        OutOfScope: says so.
    """
    kinds = {word for word in scope if word in (READ, REPORT)}
    if not kinds:
        return
    if READ in kinds and method in _READING:
        return
    if REPORT in kinds and method == "POST" and path in _REPORTING:
        return
    raise OutOfScope("这个令牌不能办这件事，请换一个范围合适的令牌")
