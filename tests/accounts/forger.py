"""A provider whose id_tokens are what a test wants: forged, stale, or meant for somebody else."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, jsonify
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from joserfc.util import urlsafe_b64encode

from tests.serving import serving

CLIENT = "intake"


@dataclass
class Forger:
    """What it will say next."""

    issuer: str
    key: RSAKey
    claims: dict[str, Any] = field(default_factory=dict)
    nonce: str = ""
    algorithm: str = "RS256"
    signs_with: RSAKey | OctKey | None = None
    userinfo: dict[str, Any] = field(default_factory=lambda: {"sub": "u1"})
    announced: str | None = None
    """The issuer that its discovery document names."""

    def token(self) -> str:
        at = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": "u1", "iat": at, "exp": at + 300,
            "nonce": self.nonce, **self.claims,
        }  # fmt: skip
        told = {name: value for name, value in claims.items() if value is not None}
        if self.algorithm == "none":
            parts = ({"alg": "none"}, told)
            return ".".join(urlsafe_b64encode(json.dumps(p).encode()).decode() for p in parts) + "."
        header = {"alg": self.algorithm, "kid": self.key.kid}
        signer = self.signs_with or self.key
        return jwt.encode(header, told, signer, algorithms=[self.algorithm])


@contextmanager
def forging() -> Iterator[Forger]:
    """Serve it on loopback."""
    app = Flask("forger")
    key = RSAKey.generate_key(2048, {"use": "sig"})
    key.ensure_kid()
    with serving(app) as server:
        forger = Forger(f"http://127.0.0.1:{server.port}", key)
        _routes(app, forger)
        yield forger


def _routes(app: Flask, forger: Forger) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        return jsonify(
            issuer=forger.announced or forger.issuer,
            authorization_endpoint=f"{forger.issuer}/authorize",
            token_endpoint=f"{forger.issuer}/token",
            userinfo_endpoint=f"{forger.issuer}/userinfo",
            jwks_uri=f"{forger.issuer}/jwks",
        )

    @app.get("/jwks")
    def jwks() -> Any:
        return jsonify(KeySet([forger.key]).as_dict(private=False))

    @app.post("/token")
    def token() -> Any:
        return jsonify(access_token="a", token_type="Bearer", id_token=forger.token())

    @app.get("/userinfo")
    def userinfo() -> Any:
        return jsonify(forger.userinfo)
