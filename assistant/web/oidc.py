"""Signing in by the city's provider of identities: OpenID Connect, authorization code with PKCE, state and nonce."""

import hashlib
import hmac
import ipaddress
import logging
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.errors import PeopleError, SettingsError
from assistant.people.identities import Identity
from assistant.people.people import People
from assistant.people.sign_in import SignInState
from assistant.settings import Settings
from assistant.web.callers import Callers
from assistant.web.pages import Pages, go, safe_next
from assistant.web.roles import ClaimRules
from assistant.web.sign_in import SIGN_IN

log = logging.getLogger(__name__)
START, CALLBACK = "/sign-in/provider", "/sign-in/provider/callback"
_NAME, _COOKIE, _NEXT = "provider", "city-assistant-provider", "next"
LEEWAY_S = 60
"""How far clocks may differ."""
_TIMEOUT_S, _ATTEMPT_S, _KEYS_S = 10, 600, 60
_LONGEST_SESSION = 255  # characters
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has; `none`, and secrets that the client shares, prove less."""
_DISCOVERY = "/.well-known/openid-configuration"


class ProviderFault(Exception):
    """What the provider says, or what claims to come from it, cannot be used."""


FAULTS = (AuthlibBaseError, JoseError, httpx2.HTTPError, ProviderFault, ValueError, KeyError, TypeError, RuntimeError)
"""What authlib lets through of an answer that is late, malformed, unsigned or not meant for us."""


class Provider:
    """The city's provider of identities, found by its issuer (OpenID Connect Discovery 1.0) when first needed.

    Raises:
        SettingsError: the settings are incomplete, or would send secrets over the network unencrypted.
    """

    def __init__(self, settings: Settings, rules: ClaimRules) -> None:
        self.issuer, self._rules = settings.oidc_issuer, rules
        self.client_id, self._secret = settings.oidc_client_id, settings.oidc_client_secret
        self.public_url = settings.public_url.rstrip("/")
        self._keys_rest_until = 0.0
        if not (self.client_id and self._secret.get_secret_value() and self.public_url):
            raise SettingsError(
                "Signing in by a provider takes a client and the address of the assistant.",
                "Set CITY_ASSISTANT_OIDC_CLIENT_ID, CITY_ASSISTANT_OIDC_CLIENT_SECRET and CITY_ASSISTANT_PUBLIC_URL.",
            )
        for url in (self.issuer, self.public_url):
            if not _is_protected(url):
                raise SettingsError(f"{url} is not protected by HTTPS.", "Use an https address.")
        self._app: Any = OAuth().register(
            _NAME,
            client_id=self.client_id,
            client_secret=self._secret.get_secret_value(),
            server_metadata_url=self.issuer.rstrip("/") + _DISCOVERY,
            client_kwargs={
                "scope": " ".join(("openid", *rules.scopes)),
                "code_challenge_method": "S256",
                "timeout": _TIMEOUT_S,
                "leeway": 0,  # a token of a minute, which some providers give, is used at once
            },
        )

    @property
    def attempt_cookie(self) -> Middleware:
        """Keeps state, nonce and code verifier of an attempt in the browser's own signed cookie, for ten minutes."""
        secure = self.public_url.startswith("https:")
        key = hmac.new(self._secret.get_secret_value().encode(), b"attempt cookie", hashlib.sha256).hexdigest()
        return Middleware(
            SessionMiddleware,
            secret_key=key,
            session_cookie=f"__Host-{_COOKIE}" if secure else _COOKIE,
            max_age=_ATTEMPT_S,
            same_site="lax",  # the provider sends the browser back with it
            https_only=secure,
        )

    async def send(self, request: Request, onward: str) -> Response:
        """Send the browser to the provider.

        Raises:
            ProviderFault: and others of `FAULTS`, the provider cannot be reached or used.
        """
        await self._metadata()
        request.session.clear()  # one attempt at a time; the cookie stays small
        request.session[_NEXT] = onward
        return cast(Response, await self._app.authorize_redirect(request, self.public_url + CALLBACK))

    async def receive(self, request: Request) -> dict[str, Any]:
        """The claims of the person whom the provider has sent back; each attempt is good once.

        Checked are state and nonce, issuer (also RFC 9207's parameter, against mix-up), audience, times and signature.

        Raises:
            ProviderFault: and others of `FAULTS`, anything is not as it has to be.
        """
        metadata = await self._metadata()
        said = request.query_params.get("iss")
        if said != self.issuer and (said or metadata.get("authorization_response_iss_parameter_supported")):
            raise ProviderFault("the answer comes from another issuer")
        token = await self._app.authorize_access_token(
            request,
            claims_options={
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
            },
            leeway=LEEWAY_S,
        )
        claims = token.get("userinfo")
        if not claims or not claims.get("nonce"):
            raise ProviderFault("there is no ID token for this attempt")
        if self._rules.is_complete(claims) or not metadata.get("userinfo_endpoint"):
            return dict(claims)
        more = await self._app.userinfo(token=token)
        if more.get("sub") != claims["sub"]:  # OpenID Connect Core 1.0, 5.3.2
            raise ProviderFault("the claims are about somebody else")
        return {**more, **claims}

    def identity(self, claims: Mapping[str, Any]) -> Identity:
        """Whom claims are about."""
        session = claims.get("sid")
        session = session if isinstance(session, str) and len(session) <= _LONGEST_SESSION else ""
        return Identity(self.issuer, str(claims["sub"]), self._rules.name(claims), session)

    async def verify(self, token: str) -> jwt.Token:
        """What a token says that the provider has signed; its claims are yet to be checked.

        Keys are asked for anew where it names one that is not known, but not more often than once a minute: anybody
        may send tokens.

        Raises:
            ProviderFault: and others of `FAULTS`, it is no token, or nobody knows who signed it.
        """
        metadata = await self._metadata()
        signed = JWSRegistry(algorithms=metadata["id_token_signing_alg_values_supported"], strict_check_header=False)
        try:
            return jwt.decode(token, KeySet.import_key_set(await self._app.fetch_jwk_set()), registry=signed)
        except InvalidKeyIdError:
            if time.monotonic() < self._keys_rest_until:
                raise
            self._keys_rest_until = time.monotonic() + _KEYS_S
            keys = await self._app.fetch_jwk_set(force=True)
            return jwt.decode(token, KeySet.import_key_set(keys), registry=signed)

    async def _metadata(self) -> Mapping[str, Any]:
        metadata: dict[str, Any] = await self._app.load_server_metadata()
        if metadata.get("issuer") != self.issuer:  # OpenID Connect Discovery 1.0, 4.3
            metadata.pop("_loaded_at", None)
            raise ProviderFault("the provider calls itself by another name")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [one for one in offered if one in _ALGORITHMS]
        return metadata


def build_oidc(provider: Provider, rules: ClaimRules, callers: Callers, people: People, pages: Pages) -> list[Route]:
    """The routes to the provider and back."""

    async def start(request: Request) -> Response:
        try:
            response = await provider.send(request, safe_next(request.query_params.get("next", "/")))
        except FAULTS as error:
            return failed(request, error)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def finish(request: Request) -> Response:
        onward = safe_next(str(request.session.get(_NEXT, "/")))
        try:
            claims = await provider.receive(request)
        except FAULTS as error:
            return failed(request, error)
        finally:
            request.session.clear()
        return await run_in_threadpool(begin, request, claims, onward)

    def begin(request: Request, claims: Mapping[str, Any], onward: str) -> Response:
        before, address = callers.cookies.session(request), callers.of(request).address
        try:
            done = people.identities.sign_in(provider.identity(claims), rules.grant(claims), address, before)
        except PeopleError as error:
            log.warning("a role of the provider's cannot be given: %s", error.reason)
            return pages.tell(request, "provider_denied", "/", "to_chat", HTTPStatus.FORBIDDEN)
        if done.state != SignInState.SIGNED_IN:
            return pages.tell(request, "provider_denied", "/", "to_chat", HTTPStatus.FORBIDDEN)
        response = go(onward)
        callers.cookies.set_session(request, response, done.token)
        return response

    def failed(request: Request, error: Exception) -> Response:
        log.warning("signing in by the provider failed: %s", _name_of(error))
        return pages.tell(request, "provider_failed", SIGN_IN, "sign_in", HTTPStatus.BAD_GATEWAY)

    attempt = [provider.attempt_cookie]
    return [Route(START, start, middleware=attempt), Route(CALLBACK, finish, middleware=attempt)]


def _name_of(error: Exception) -> str:
    """What went wrong, without anything that a browser or a provider wrote."""
    return str(error) if isinstance(error, ProviderFault) else type(error).__name__


def _is_protected(url: str) -> bool:
    """HTTPS, or within this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme == "https" or host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
