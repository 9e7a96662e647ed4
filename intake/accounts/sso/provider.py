"""The OpenID provider: Authorization Code with PKCE, state and nonce (OpenID Connect Core, 3.1).

Authlib speaks OAuth; joserfc, its own library for tokens, checks signatures. Nothing is kept
between sign-ins: they are rare, and keys that the provider has withdrawn count no more.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from intake.staff_settings import OidcSettings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures of a private key alone: neither ``none`` nor one under a shared secret."""
TIMEOUT = 10.0
"""Seconds that one answer of the provider may take."""
LEEWAY = 60
"""Seconds by which the provider's clock may be wrong."""
_DISCOVERY = "/.well-known/openid-configuration"

Claims = Mapping[str, Any]


class SsoFailed(Exception):
    """The provider's answer does not count; the message is a class of reason, no claim."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What we sent the browser away with, and must see again."""

    url: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class Provider:
    """One provider of single sign-on."""

    def __init__(self, settings: OidcSettings, redirect_uri: str) -> None:
        self._settings = settings
        self._redirect_uri = redirect_uri

    def begin(self, state: str) -> Begun:
        """Where to send the browser. Raises SsoFailed."""
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        try:
            with self._client() as client:
                found = self._discovered(client)
                url, _ = client.create_authorization_url(
                    found["authorization_endpoint"],
                    state=state,
                    code_verifier=verifier,
                    nonce=nonce,
                )
        except _TROUBLE as error:
            raise SsoFailed(type(error).__name__) from None
        return Begun(url, state, nonce, verifier)

    def finish(self, code: str, *, nonce: str, verifier: str, at: datetime) -> Claims:
        """Who signed in there, by their own words. Raises SsoFailed."""
        try:
            with self._client() as client:
                found = self._discovered(client)
                token = client.fetch_token(
                    found["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    timeout=TIMEOUT,
                )
                claims = self._checked(client, found, token, nonce=nonce, at=at)
                return self._with_more(client, found, claims)
        except _TROUBLE as error:
            # The type only: the text can repeat what was sent.
            raise SsoFailed(type(error).__name__) from None

    def _client(self) -> Any:
        return OAuth2Session(
            self._settings.client_id,
            self._settings.client_secret,
            redirect_uri=self._redirect_uri,
            scope=self._settings.scopes,
            code_challenge_method="S256",
        )

    def _discovered(self, client: Any) -> Mapping[str, Any]:
        address = self._settings.issuer.rstrip("/") + _DISCOVERY
        found = self._json(client, address)
        # OpenID Connect Discovery, 4.3: another issuer's document is an attack.
        if found.get("issuer") != self._settings.issuer:
            raise SsoFailed("another issuer")
        return found

    def _checked(
        self, client: Any, found: Mapping[str, Any], token: Mapping[str, Any],
        *, nonce: str, at: datetime,
    ) -> Claims:  # fmt: skip
        if not isinstance(token.get("id_token"), str):
            raise SsoFailed("no id_token")
        keys = KeySet.import_key_set(self._json(client, found["jwks_uri"]))  # type: ignore[arg-type]
        decoded = jwt.decode(token["id_token"], keys, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": self._settings.issuer},
                "aud": {"essential": True, "value": self._settings.client_id},
            },
            {
                "nonce": nonce,
                "client_id": self._settings.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
        return dict(claims)

    def _with_more(self, client: Any, found: Mapping[str, Any], claims: Claims) -> Claims:
        """Claims that the provider tells only at its userinfo address, where it has one."""
        address = found.get("userinfo_endpoint")
        if not address:
            return claims
        more = self._json(client, address, withhold_token=False)
        # OpenID Connect Core, 5.3.2: another subject's answer must not be used.
        if more.get("sub") != claims["sub"]:
            raise SsoFailed("another subject")
        return {**more, **claims}

    def _json(self, client: Any, address: str, *, withhold_token: bool = True) -> Mapping[str, Any]:
        answer = client.get(address, timeout=TIMEOUT, withhold_token=withhold_token)
        answer.raise_for_status()
        found = answer.json()
        if not isinstance(found, dict):
            raise SsoFailed("no JSON object")
        return found


_TROUBLE = (
    requests.RequestException, AuthlibBaseError, JoseError, ValueError, KeyError, TypeError,
    AttributeError,
)  # fmt: skip
"""What a provider that is down, broken or hostile can cause."""
