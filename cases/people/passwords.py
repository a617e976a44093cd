"""Passwords: argon2id, a sentence when one is too weak, the same time for names we do not know."""

import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cases.people.account_errors import WeakPassword

SHORTEST, LONGEST = 10, 200
LONG_ENOUGH = 16
_EASY = ("password", "12345678", "qwerty", "1q2w3e", "admin", "pianqu", "abcdef", "11111", "00000")
# RFC 9106's second choice: 64 MiB, three passes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)
# Each takes 64 MiB: a crowd of log-ins must not take all the memory.
_AT_ONCE = threading.BoundedSemaphore(2)


def check_strength(password: str, name: str) -> None:
    """Refuse what is easy to guess.

    Raises:
        WeakPassword: says what to do.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(f"密码要有 {SHORTEST} 到 {LONGEST} 个字符")
    low = password.lower()
    if name.lower() in low or any(word in low for word in _EASY):
        raise WeakPassword("密码里不要有账号名或常见的词")
    kinds = (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum())
    if len(password) < LONG_ENOUGH and sum(any(map(k, password)) for k in kinds) < 3:
        raise WeakPassword(
            f"密码短于 {LONG_ENOUGH} 个字符时，要有大写字母、小写字母、数字、符号中的三种"
        )
    if len(set(password)) < 5:
        raise WeakPassword("密码里重复的字符太多")


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password; without a kept one the same work is done, and the answer no."""
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _nobodys(), password)
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash was made with weaker values than today's."""
    return _HASHER.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASHER.hash("nobody's password")
