"""Identity tokens (OpenID Connect Core 1.0) and PKCE (RFC 7636). Needs the extra `oidc`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

# Asymmetric only: with HS256 the client's secret, or a public key taken for one, could sign.
ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
]
LEEWAY_SECONDS = 60
# An identity token proves a sign-in of this moment, however long the provider lets it live.
AGE_SECONDS_MAX = 600


class TokenRefused(Exception):
    """The token proves nothing; the message says why, for the log."""


class KeyUnknown(TokenRefused):
    """Not signed with a key of the set: the provider may have changed its keys."""


def authorization_address(endpoint: str, **asked: str) -> str:
    """Where the browser goes to sign in. `verifier` is sent as its S256 challenge, all else as it is."""
    verifier = asked.pop("verifier")
    return str(
        prepare_grant_uri(
            endpoint,
            response_type="code",
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            **asked,
        )
    )


def key_set(document: Mapping[str, Any]) -> KeySet:
    """The provider's public keys. Raises TokenRefused for a document that holds none."""
    try:
        return KeySet.import_key_set(dict(document))  # type: ignore[arg-type]
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise TokenRefused(f"jwks: {type(error).__name__}") from None


def claims_of(
    token: str,
    keys: KeySet,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str | None,
    now: datetime,
) -> Mapping[str, Any]:
    """What the provider says of the person, once everything about it is verified. Raises TokenRefused.

    Signature by an allowed algorithm, issuer, audience and authorized party, expiry and age, our nonce, and the
    hash of the access token where there is one (OpenID Connect Core 1.0, 3.1.3.7).
    """
    try:
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": issuer},
                "sub": {"essential": True},
                "aud": {"essential": True, "value": client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            params={"client_id": client_id, "nonce": nonce, "access_token": access_token},
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
    except (InvalidKeyIdError, BadSignatureError) as error:
        # A provider with a single key need not name it, so a new key may also look like a wrong signature.
        raise KeyUnknown(type(error).__name__) from None
    except (JoseError, TypeError, ValueError) as error:
        raise TokenRefused(f"{type(error).__name__}: {error}") from None
    if claims["iat"] < now.timestamp() - AGE_SECONDS_MAX:
        raise TokenRefused("iat: too old")
    return dict(claims)
