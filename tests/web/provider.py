"""A provider of identities on loopback that can be told to lie, for what a real one never does."""

import base64
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from assistant.people.keys import new_id
from tests.browser.serving import serve_in_thread

CLIENT_ID, CLIENT_SECRET = "city-assistant", "a secret of the client"
SIGNED_OUT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass
class LyingProvider:
    """What it says; every value can be changed between requests."""

    issuer: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "a"})
    without_id_token: bool = False
    asked: dict[str, str] = field(default_factory=dict)
    keys_given: int = 0
    exchanged: list[dict[str, str]] = field(default_factory=list)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "a"}))
    signing_key: Any = None

    def remember(self, location: str) -> str:
        """Take the request that the browser brings; gives its state."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        return self.asked["state"]

    def sign_out_token(self, **changes: Any) -> str:
        """A notice that the person has signed out, signed; a change of None takes a claim out."""
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "u-1", "iat": now, "exp": now + 120, "jti": new_id()}
        said |= {"events": {SIGNED_OUT: {}}, **changes}
        kept = {name: value for name, value in said.items() if value is not None}
        every = JWSRegistry(algorithms=["RS256", "HS256", "none"])
        header = {"typ": "logout+jwt", **self.header}
        return jwt.encode(header, kept, self.signing_key or self.key, registry=every)

    def id_token(self) -> str:
        """What is said of the person, signed."""
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT_ID, "sub": "u-1", "iat": now, "exp": now + 60}
        said |= {"nonce": self.asked.get("nonce"), **self.claims}
        kept = {name: value for name, value in said.items() if value is not None}
        every = JWSRegistry(algorithms=["RS256", "HS256", "none"])
        return jwt.encode(self.header, kept, self.signing_key or self.key, registry=every)


def build_provider(provider: LyingProvider) -> FastAPI:
    """Its pages, but for the one where people sign in."""
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def discover() -> JSONResponse:
        standard = {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/auth",
            "token_endpoint": f"{provider.issuer}/token",
            "userinfo_endpoint": f"{provider.issuer}/me",
            "jwks_uri": f"{provider.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return JSONResponse(standard | provider.metadata)

    @app.get("/jwks")
    def keys() -> JSONResponse:
        provider.keys_given += 1
        return JSONResponse(KeySet([provider.key]).as_dict(private=False))

    @app.post("/token")
    async def exchange(request: Request) -> JSONResponse:
        form = {name: str(value) for name, value in (await request.form()).items()}
        provider.exchanged.append(form)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != provider.asked.get("code_challenge"):
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = {"access_token": "t", "token_type": "Bearer", "expires_in": 60}
        return JSONResponse(token if provider.without_id_token else {**token, "id_token": provider.id_token()})

    @app.get("/me")
    def userinfo() -> JSONResponse:
        return JSONResponse({"sub": "u-1", **provider.userinfo})

    return app


@contextmanager
def running_provider() -> Iterator[LyingProvider]:
    """The provider while the block runs."""
    provider = LyingProvider()
    with serve_in_thread(build_provider(provider)) as url:
        provider.issuer = url
        yield provider


def shared_secret() -> OctKey:
    """The client's secret as a key: what a client could sign itself."""
    return OctKey.import_key(CLIENT_SECRET)
