"""The strength of passwords and how they are kept, and a token's scope."""

import pytest

from cases.people import passwords, tokens
from cases.people.account_errors import AccountInvalid, OutOfScope, WeakPassword


@pytest.mark.parametrize(
    "word",
    ["short", "Aa1!" * 3, "alllowercase", "my-password-12A", "Zhang-desk-77!", "x" * 201, "1" * 20],
)
def test_easy_passwords_are_refused(word):
    with pytest.raises(WeakPassword):
        passwords.check_strength(word, "zhang-desk")


def test_a_password_is_kept_as_a_hash():
    passwords.check_strength("Wet-Stone-41", "zhang-desk")
    passwords.check_strength("four plain words in a row", "zhang-desk")
    kept = passwords.hashed("Wet-Stone-41")
    assert kept.startswith("$argon2id$")
    assert passwords.matches(kept, "Wet-Stone-41")
    assert not passwords.matches(kept, "Wet-Stone-42")
    assert not passwords.matches(None, "nobody's password")


def test_the_scope_of_a_token():
    assert tokens.checked_scope(["read", "read", "post:street-centre"]) == (
        "read", "post:street-centre",
    )  # fmt: skip
    for word in ("everything", "post:router"):
        with pytest.raises(AccountInvalid):
            tokens.checked_scope([word])
    tokens.check_scope([], "DELETE", "/v1/accounts/x")
    with pytest.raises(OutOfScope):
        tokens.check_scope(["report"], "POST", "/v1/cases/1/acceptance")
    held = ("coordinator-140901", "inspector-140901")
    assert tokens.posts_in_scope(["post:inspector-140901"], held) == held[1:]
    assert tokens.posts_in_scope(["post:street-centre"], held) == ()
