"""Identifiers, languages, secrets, settings and cross-site checks."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import ValidationError
from starlette.datastructures import Headers

from app.core import secrets
from app.core.ids import READABLE, readable, uuid7
from app.core.messages import language_of, translate
from app.core.security import is_cross_site
from app.core.settings import Settings
from app.core.tokens import bearer, new_token, token_hash


def test_uuid7_has_its_version_and_variant_and_grows_with_time() -> None:
    made = [uuid7() for _ in range(200)]
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}
    assert len(set(made)) == 200
    milliseconds = [one.int >> 80 for one in made]
    assert milliseconds == sorted(milliseconds)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (bytes(5), "0000-0000"),
        (b"\xff" * 5, "ZZZZ-ZZZZ"),
        # 0b00001_00010_00011_00100_00101_00110_00111_01000
        (bytes([0b00001000, 0b10000110, 0b01000010, 0b10011000, 0b11101000]), "1234-5678"),
    ],
)
def test_readable_codes(value: bytes, expected: str) -> None:
    assert readable(value) == expected


def test_readable_codes_avoid_letters_that_look_like_digits() -> None:
    assert not set(READABLE) & set("ILOU")
    with pytest.raises(ValueError, match="5 bytes"):
        readable(bytes(4))


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "id"),
        ("", "id"),
        ("en", "en"),
        ("en-GB,en;q=0.8", "en"),
        ("id-ID,id;q=0.9,en;q=0.5", "id"),
        ("en;q=0.3,id;q=0.7", "id"),
        ("fr,en;q=0.4", "en"),
        ("fr", "id"),
        ("*", "id"),
        ("en;q=0", "id"),
        ("en;q=rubbish, id", "id"),
        ("x" * 10_000, "id"),
    ],
)
def test_language_of_a_header(header: str | None, language: str) -> None:
    assert language_of(header) == language


def test_an_untranslated_text_stays_indonesian_and_is_filled() -> None:
    assert translate("Belum ada terjemahan {n}", "en", {"n": 3}) == "Belum ada terjemahan 3"


def test_the_secret_key_is_made_once_with_0600(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret.key"
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: secrets.load_or_create(path), range(32)))
    assert len(keys) == 1
    assert len(keys.pop()) == 32
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("content", ["not hexadecimal", "ab" * 31])
def test_an_unusable_key_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secret.key"
    path.write_text(content)
    with pytest.raises(secrets.SecretKeyError, match=r"secret\.key"):
        secrets.load_or_create(path)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:///var/x.db", "sqlite:///var/x.db"),
    ],
)
def test_database_addresses(given: str, used: str) -> None:
    assert Settings(database_url=given).database_url == used


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValidationError, match="ESKM_DATABASE_URL"):
        Settings(database_url="mysql://x")


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"host": "skm.example", "origin": "https://skm.example"}, False),
        ({"host": "skm.example", "origin": "https://evil.example"}, True),
        ({"host": "skm.example", "origin": "null"}, True),
        ({"host": "skm.example", "origin": "https://evil.example", "sec-fetch-site": "same-origin"}, False),
    ],
)
def test_cross_site_requests(headers: dict[str, str], refused: bool) -> None:
    assert is_cross_site(Headers(headers)) is refused


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (None, None),
        ("", None),
        ("Basic x", None),
        ("Bearer", None),
        ("Bearer  abc ", "abc"),
        ("bearer abc", "abc"),
    ],
)
def test_bearer_tokens(header: str | None, token: str | None) -> None:
    assert bearer(header) == token


def test_tokens_are_long_and_only_their_hash_is_kept() -> None:
    token = new_token("eskm")
    assert token.startswith("eskm_")
    assert len(token) > 40
    assert token not in token_hash(token)
    assert token_hash(token) == token_hash(token)
    assert UUID(token_hash(token)[:32])
