"""Which version a change was made on: `If-Match`, asked for where two could undo each other."""

from typing import Annotated

from fastapi import Header

from api.problems import BadLocation, PreconditionMissing

IfMatch = Annotated[
    str | None, Header(description='The version that was read, as its ETag: `"7"`.', max_length=40)
]


def expected(if_match: str | None) -> int:
    """The version in an `If-Match`.

    >>> expected('"7"')
    7

    Raises:
        PreconditionMissing: there is none.
        BadLocation: it is no version.
    """
    if if_match is None:
        raise PreconditionMissing('请带 If-Match，写明修改所依据的版本，如 "7"')
    number = if_match.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise BadLocation("BAD_INPUT", 'If-Match 应为版本号，如 "7"')
    return int(number)


def etag(version: int) -> str:
    """A version as an ETag."""
    return f'"{version}"'
