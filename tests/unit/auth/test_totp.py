"""Time-based codes against the test vectors of RFC 6238, appendix B."""

from base64 import b32encode
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from app.auth import totp

SECRET = b32encode(b"12345678901234567890").decode()
# Seconds since 1970 -> the code with eight digits (SHA-1); six digits are its last six.
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_of_the_standard(seconds: int, code: str) -> None:
    assert totp.step_of(SECRET, code[-6:], at(seconds), None) == seconds // 30


@pytest.mark.parametrize(("shift", "known"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_one_step_of_drift(shift: int, known: bool) -> None:
    found = totp.step_of(SECRET, "005924", at(1234567890 + shift), None)
    assert found == (41152263 if known else None)


def test_a_step_that_is_spent_and_all_before_it_are_over() -> None:
    present = at(1234567890)
    assert totp.step_of(SECRET, "005924", present, 41152262) == 41152263
    assert totp.step_of(SECRET, "005924", present, 41152263) is None
    assert totp.step_of(SECRET, "005924", present, 41152264) is None


@pytest.mark.parametrize("code", ["", "05924", "0005924", "005925", "００５９２４", "abcdef"])
def test_anything_else_is_wrong(code: str) -> None:
    assert totp.step_of(SECRET, code, at(1234567890), None) is None


def test_a_key_has_160_bits_and_is_fresh() -> None:
    keys = {totp.new_secret() for _ in range(50)}
    assert len(keys) == 50
    assert {len(key) * 5 for key in keys} == {160}


def test_the_address_names_person_and_installation() -> None:
    parts = urlsplit(totp.address(SECRET, "ani.rahma", "https://skm.kota.example:8443"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/e-SKM%20skm.kota.example:ani.rahma"
    query = parse_qs(parts.query)
    assert (query["secret"], query["issuer"]) == ([SECRET], ["e-SKM skm.kota.example"])


def test_a_key_is_typed_in_groups_of_four() -> None:
    assert totp.spaced("ABCDEFGHIJ") == "ABCD EFGH IJ"
