"""Identity tokens that prove nothing: each differs from a good one in a single thing."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from app.auth.oidc_tokens import KeyUnknown, TokenRefused, claims_of, key_set

NOW = datetime(2026, 10, 15, 3, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER, CLIENT = "https://id.kota.example", "eskm"
GOOD: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "s-1",
    "aud": CLIENT,
    "exp": AT + 300,
    "iat": AT,
    "nonce": "n-1",
}
RSA, OTHER, EC = RSAKey.generate_key(2048), RSAKey.generate_key(2048), ECKey.generate_key("P-256")
KEYS = key_set(KeySet([RSA, EC]).as_dict())  # type: ignore[arg-type]


def signed(claims: dict[str, Any], key: Any = RSA, algorithm: str = "RS256", kid: str | None = None) -> str:
    header = {"alg": algorithm, "kid": kid or RSA.kid}
    return jwt.encode(header, claims, key, algorithms=[algorithm])


def read(token: str, access_token: str | None = "a-1") -> Any:
    return claims_of(
        token, KEYS, issuer=ISSUER, client_id=CLIENT, nonce="n-1", access_token=access_token, now=NOW
    )


def left_half(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"aud": [CLIENT]},
        {"aud": [CLIENT, "other"], "azp": CLIENT},
        {"exp": AT - 59},  # clocks differ by a minute at most
        {"iat": AT + 59},
        {"at_hash": left_half("a-1")},
    ],
)
def test_good_tokens(more: dict[str, Any]) -> None:
    assert read(signed({**GOOD, **more}))["sub"] == "s-1"
    assert read(signed({**GOOD, **more}, EC, "ES256", EC.kid))["sub"] == "s-1"


@pytest.mark.parametrize(
    "more",
    [
        {"iss": "https://id.kota.example/"},
        {"aud": "other"},
        {"aud": []},
        {"aud": ["other"], "azp": CLIENT},
        {"aud": [CLIENT, "other"]},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"azp": "other"},
        {"exp": AT - 61},
        {"exp": "tomorrow"},
        {"nbf": AT + 120},
        {"iat": AT + 61},
        {"iat": AT - 601},
        {"iat": None},
        {"nonce": "n-2"},
        {"nonce": ""},
        {"sub": ""},
        {"sub": 7},
        {"at_hash": left_half("a-2")},
    ],
)
def test_tokens_that_say_something_else(more: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        read(signed({**GOOD, **more}))


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_tokens_that_leave_something_out(missing: str) -> None:
    with pytest.raises(TokenRefused):
        read(signed({name: value for name, value in GOOD.items() if name != missing}))


def test_tokens_that_somebody_else_signed() -> None:
    with pytest.raises(TokenRefused):
        read(signed(GOOD, OTHER))
    with pytest.raises(KeyUnknown):
        read(signed(GOOD, OTHER, kid=OTHER.kid or "other"))
    with pytest.raises(TokenRefused):
        read(signed(GOOD, OctKey.import_key("the client's secret, which is long enough"), "HS256"))


def test_a_public_key_is_no_secret() -> None:
    """The old confusion: HS256 with the public key as its secret, which everybody has."""
    head = {"alg": "HS256", "kid": RSA.kid}
    first = ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (head, GOOD)
    )
    mac = hmac.new(RSA.as_pem(private=False), first.encode(), hashlib.sha256).digest()
    with pytest.raises(TokenRefused):
        read(f"{first}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")


def test_an_unsigned_or_altered_token() -> None:
    head, body, signature = signed(GOOD).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    other = base64.urlsafe_b64encode(json.dumps({**GOOD, "sub": "s-2"}).encode()).rstrip(b"=").decode()
    for token in (f"{none}.{body}.", f"{head}.{other}.{signature}", f"{head}.{body}.", "", "a.b", "a.b.c"):
        with pytest.raises(TokenRefused):
            read(token)


@pytest.mark.parametrize("document", [{}, {"keys": []}, {"keys": 7}, {"keys": [{"kty": "oct"}]}])
def test_documents_without_a_key(document: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        key_set(document)
