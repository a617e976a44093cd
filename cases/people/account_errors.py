"""Why somebody is not let in, or an account not changed."""

from cases.errors import CaseError


class AccountError(CaseError):
    """Any refusal about accounts; the text is a Chinese sentence for the screen."""


class Unauthenticated(AccountError):
    """Nobody we know: no account, a wrong password, an ended session, a revoked token."""

    def __init__(self, text: str = "请先登录") -> None:
        super().__init__(text)


class BadCsrf(AccountError):
    """A browser's request without the session's own X-CSRF-Token."""


class OutOfScope(AccountError):
    """The token was not made for this."""


class PasswordChangeNeeded(AccountError):
    """The first password must be replaced before anything else."""


class TooManyAttempts(AccountError):
    """Locked or too fast; `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"尝试次数太多，请{max(1, -(-retry_after // 60))}分钟后再试")
        self.retry_after = retry_after


class AccountNotFound(AccountError):
    """There is no account, session or token of that name."""


class AccountExists(AccountError):
    """The name is taken."""


class AccountInvalid(AccountError):
    """The account cannot be made like this."""


class WeakPassword(AccountError):
    """The password is too easy to guess."""


class WrongCode(AccountError):
    """The second factor is missing or wrong."""

    def __init__(self, text: str, *, needed: bool = False) -> None:
        super().__init__(text)
        self.problem = "TOTP_REQUIRED" if needed else "TOTP_WRONG"
