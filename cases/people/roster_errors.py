"""Why a change to the roster is refused; each sentence says what to do instead."""

from dataclasses import dataclass

from cases.errors import CaseError


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing that is wrong with a line, in Chinese."""

    detail: str


class RosterInvalid(CaseError):
    """The roster cannot be changed like this."""

    def __init__(self, *details: str) -> None:
        super().__init__("；".join(details))
        self.findings = tuple(Mistake(detail=d) for d in details)


class PostTaken(RosterInvalid):
    """Somebody else holds the post in that time."""


class NotOnRoster(CaseError):
    """There is no such body, person, post, holding or shift."""


class HoldingMoved(CaseError):
    """Somebody else has changed the holding since; `version` is its present one."""

    def __init__(self, version: int) -> None:
        super().__init__("这条任职刚被他人修改，请核对后再改")
        self.version = version
