"""What can go wrong in the room of boundaries."""

from collections.abc import Sequence
from typing import Any


class BoundaryError(Exception):
    """Any refusal of this room."""


class NoEditionInForce(BoundaryError):
    """No edition of the boundaries holds at the moment asked for."""


class EditionNotFound(BoundaryError):
    """There is no edition of that number."""


class EditionsOverlap(BoundaryError):
    """Two editions would hold at the same moment."""


class UnsoundEdition(BoundaryError):
    """The edition has gaps, overlaps or broken nesting, so it may not come into force (R14)."""

    def __init__(self, findings: Sequence[Any]) -> None:
        super().__init__("; ".join(str(finding.detail) for finding in findings[:5]))
        self.findings = tuple(findings)
