"""Every text an event can hold is declared: sealed beside the journal, or plain for ever."""

import typing
from dataclasses import fields, is_dataclass

import pytest

from cases import events as ev
from cases.sealing import SEALED

# Codes, names of posts and areas, numbers of papers, words of our own: kept as long as the journal.
PLAIN = {
    "asked_by", "by", "issuer", "owner", "post", "posts",  # posts, never persons
    "desk", "direction", "explanation", "to_sector", "code", "name",  # areas
    "call_outcome", "cause", "channel", "condition", "kind", "location_problem", "outcome",
    "proposal", "purpose", "reason_code", "result", "rule", "satisfaction", "source",  # codes
    "category",  # the source's or our class of the matter
    "changed", "crs", "raw_crs", "sha256",  # names of fields, datums, hashes
    "forward_no", "other_number",  # numbers of papers
    "number",  # of papers and cases; of a telephone only masked (cases.flow.coordinating)
}  # fmt: skip


def texts(kind, within=""):
    """The fields that hold strings, at any depth, with the class they are in."""
    inner = typing.get_args(kind)
    if inner:
        for one in inner:
            yield from texts(one, within)
    elif is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        for one in fields(kind):
            yield from texts(hints[one.name], f"{kind.__name__}.{one.name}")
    elif kind is str:
        yield within


@pytest.mark.parametrize("kind", ev.TYPES.values(), ids=lambda kind: kind.__name__)
def test_every_text_of_an_event_is_declared(kind):
    undeclared = {one for one in texts(kind) if one.rsplit(".", 1)[-1] not in SEALED | PLAIN}
    assert not undeclared, "say in cases.sealing.SEALED or here in PLAIN what it is"


def test_nothing_is_declared_twice_or_for_nothing():
    used = {one.rsplit(".", 1)[-1] for kind in ev.TYPES.values() for one in texts(kind)}
    assert not SEALED & PLAIN
    assert used == SEALED | PLAIN
