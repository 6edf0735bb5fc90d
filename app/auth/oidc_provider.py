"""The identity provider of the settings, asked over HTTP. Needs the extra `oidc`: loaded when it is set up."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlsplit

import httpx
from joserfc.jwk import KeySet

from app.auth import oidc_tokens
from app.auth.mail import is_loopback
from app.auth.oidc import RETURN_PATH, SignOnFailed, Stranger, Travelling, is_safe, secret_of
from app.auth.oidc_tokens import KeyUnknown, TokenRefused
from app.core.settings import Settings

TIMEOUT = httpx.Timeout(5)
# The provider's addresses and keys are asked for again after so long, and not at once after a failure.
KEPT = timedelta(minutes=10)
PAUSE = timedelta(seconds=15)


@dataclass(slots=True)
class _Kept:
    metadata: Mapping[str, Any]
    keys: KeySet
    at: datetime


class HttpProvider:
    """The identity provider of the settings. Asks nobody but the issuer's own host, and keeps what it is told."""

    def __init__(self, settings: Settings) -> None:
        if settings.oidc_issuer is None or settings.oidc_client_id is None:
            raise ValueError("single sign-on is not set up")
        self.issuer = settings.oidc_issuer
        self._client_id = settings.oidc_client_id
        self._secret = secret_of(settings)
        self._return_address = settings.public_url + RETURN_PATH
        self._lock = threading.Lock()
        self._kept: _Kept | None = None
        self._failed_at: datetime | None = None

    def address(self, *, state: str, nonce: str, verifier: str, now: datetime) -> str:
        """Where somebody signs in. Raises SignOnFailed."""
        endpoint = self._endpoint(self._known(now).metadata, "authorization_endpoint")
        return oidc_tokens.authorization_address(
            endpoint,
            client_id=self._client_id,
            redirect_uri=self._return_address,
            scope="openid email",
            state=state,
            nonce=nonce,
            verifier=verifier,
        )

    def stranger(self, code: str, travelling: Travelling, now: datetime) -> Stranger:
        """Who came back with `code`. Raises SignOnFailed unless everything about the answer is right."""
        known = self._known(now)
        answer = self._redeem(code, travelling.verifier, known.metadata)
        access_token = answer.get("access_token")
        claims = self._verified(str(answer.get("id_token", "")), access_token, travelling.nonce, now)
        if "email" not in claims and access_token and "userinfo_endpoint" in known.metadata:
            claims = self._completed(claims, str(access_token), known.metadata)
        email = claims.get("email")
        is_verified = claims.get("email_verified") is True and isinstance(email, str)
        return Stranger(self.issuer, claims["sub"], str(email).strip().lower() if is_verified else None)

    def _verified(self, token: str, access_token: object, nonce: str, now: datetime) -> Mapping[str, Any]:
        def said_by(keys: KeySet) -> Mapping[str, Any]:
            return oidc_tokens.claims_of(
                token,
                keys,
                issuer=self.issuer,
                client_id=self._client_id,
                nonce=nonce,
                access_token=access_token if isinstance(access_token, str) else None,
                now=now,
            )

        try:
            try:
                return said_by(self._known(now).keys)
            except KeyUnknown:
                return said_by(self._known(now, again=True).keys)
        except TokenRefused as error:
            raise SignOnFailed(f"id_token: {error}") from None

    def _completed(
        self, claims: Mapping[str, Any], access_token: str, metadata: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """With the e-mail address from the userinfo endpoint, where the identity token does not carry it."""
        answer = self._asked(
            "GET",
            self._endpoint(metadata, "userinfo_endpoint"),
            headers={"Authorization": f"Bearer {access_token}"},
        )
        if answer.get("sub") != claims["sub"]:
            raise SignOnFailed("userinfo: another subject")
        return {**claims, **{name: answer[name] for name in ("email", "email_verified") if name in answer}}

    def _redeem(self, code: str, verifier: str, metadata: Mapping[str, Any]) -> Mapping[str, Any]:
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._return_address,
            "client_id": self._client_id,
            "code_verifier": verifier,
        }
        auth = None
        methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if self._secret is not None and "client_secret_basic" in methods:
            auth = httpx.BasicAuth(quote_plus(self._client_id), quote_plus(self._secret))  # RFC 6749, 2.3.1
        elif self._secret is not None:
            sent["client_secret"] = self._secret
        return self._asked("POST", self._endpoint(metadata, "token_endpoint"), data=sent, auth=auth)

    def _known(self, now: datetime, *, again: bool = False) -> _Kept:
        """The provider's addresses and keys; `again` when its keys seem to have changed."""
        with self._lock:
            kept = self._kept
            if kept is not None and now - kept.at < (PAUSE if again else KEPT):
                return kept
            if self._failed_at is not None and now - self._failed_at < PAUSE:
                raise SignOnFailed("provider: failed a moment ago")
            try:
                self._kept = self._discovered(now)
            except SignOnFailed:
                self._failed_at = now
                raise
            self._failed_at = None
            return self._kept

    def _discovered(self, now: datetime) -> _Kept:
        metadata = self._asked("GET", self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != self.issuer:
            raise SignOnFailed("discovery: another issuer")
        try:
            keys = oidc_tokens.key_set(self._asked("GET", self._endpoint(metadata, "jwks_uri")))
        except TokenRefused as error:
            raise SignOnFailed(str(error)) from None
        return _Kept(metadata, keys, now)

    def _endpoint(self, metadata: Mapping[str, Any], name: str) -> str:
        address = metadata.get(name)
        if not isinstance(address, str) or not is_safe(address):
            raise SignOnFailed(f"{name}: absent or not https")
        return address

    def _asked(self, method: str, address: str, **sent: Any) -> Mapping[str, Any]:
        """The JSON object at an address of the issuer's host."""
        if urlsplit(address).hostname != urlsplit(self.issuer).hostname or not is_safe(address):
            raise SignOnFailed("provider: an address on another host")
        headers = {"Accept": "application/json", **sent.pop("headers", {})}
        try:
            # A proxy of the environment has no business on this machine itself.
            outside = not is_loopback(urlsplit(address).hostname or "")
            with httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=outside) as client:
                answer = client.request(method, address, headers=headers, **sent)
            if answer.status_code != httpx.codes.OK:
                raise SignOnFailed(f"provider: status {answer.status_code}")
            found = answer.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise SignOnFailed(f"provider: {type(error).__name__}") from None
        if not isinstance(found, dict):
            raise SignOnFailed("provider: no JSON object")
        return found
