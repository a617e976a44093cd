"""Why a command is refused. Each says in Chinese what to do next."""

from uuid import UUID

from boundaries.model import Named


class CaseError(Exception):
    """Any refusal of this room; the text is a Chinese sentence for the screen."""


class CaseNotFound(CaseError):
    """There is no case of that number."""


class RefusalNotFound(CaseError):
    """There is no refusal of that id."""


class NotPermitted(CaseError):
    """The command does not fit the case as it stands."""


class WrongStatus(NotPermitted):
    """The case is at another step."""


class NotYourPost(NotPermitted):
    """Another post does this."""


class OutOfArea(NotPermitted):
    """The case lies elsewhere, so this desk cannot accept it (journey B)."""

    def __init__(self, text: str, belongs_to: Named | None) -> None:
        super().__init__(text)
        self.belongs_to = belongs_to


class GridOpen(NotPermitted):
    """The grid must be chosen first."""


class Conflict(CaseError):
    """Somebody else was quicker: the case has moved on."""

    def __init__(self, case_id: UUID, version: int) -> None:
        super().__init__("案件刚被他人更新，已载入新状态，请核对后再办")
        self.case_id = case_id
        self.version = version


class KeyReused(CaseError):
    """An Idempotency-Key that has named another command before."""
