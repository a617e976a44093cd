"""One-time codes: the vectors of RFC 6238, drift, and that each is good once."""

import base64
from datetime import UTC, datetime

import pytest

from cases.people import totp

RFC = base64.b32encode(b"12345678901234567890").decode()
AT = datetime(2026, 3, 11, 1, 30, 10, tzinfo=UTC)
STEP = int(AT.timestamp()) // 30


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(second, expected):
    assert totp.code(RFC, second // 30) == expected[-6:]


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_clock_may_be_off_by_one_step(off):
    assert totp.step_of(RFC, totp.code(RFC, STEP + off), AT, None) == STEP + off


@pytest.mark.parametrize("off", [-2, 2])
def test_a_code_of_another_time_is_refused(off):
    assert totp.step_of(RFC, totp.code(RFC, STEP + off), AT, None) is None


def test_a_used_code_and_those_before_it_are_refused():
    assert totp.step_of(RFC, totp.code(RFC, STEP), AT, used=STEP) is None
    assert totp.step_of(RFC, totp.code(RFC, STEP - 1), AT, used=STEP) is None
    assert totp.step_of(RFC, totp.code(RFC, STEP + 1), AT, used=STEP) == STEP + 1


@pytest.mark.parametrize("told", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345"])
def test_what_is_no_code_is_refused(told):
    assert totp.step_of(RFC, told, AT, None) is None


def test_spaces_as_apps_show_them_are_taken():
    digits = totp.code(RFC, STEP)
    assert totp.step_of(RFC, f"{digits[:3]} {digits[3:]}", AT, None) == STEP


def test_the_uri_names_account_and_secret():
    chance = bytes(range(20))
    secret = totp.secret_of(chance)
    assert base64.b32decode(secret) == chance
    assert totp.uri(secret, "admin").startswith(f"otpauth://totp/pianqu:admin?secret={secret}&")
