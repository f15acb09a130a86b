"""Signing out at the city's provider of identities: its notice, from server to server, ends the sessions here."""

import logging
import time
from http import HTTPStatus
from typing import Any

from joserfc import jwt
from joserfc.jwt import JWTClaimsRegistry
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assistant.errors import PeopleError
from assistant.people.identities import SignOutNotice
from assistant.people.people import People
from assistant.web.oidc import FAULTS, LEEWAY_S, Provider, ProviderFault

log = logging.getLogger(__name__)
SIGN_OUT_NOTICE = "/sign-in/provider/sign-out-notice"
_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_TYPES = ("jwt", "logout+jwt")
_OLDEST_S = 600
_NO_STORE = {"Cache-Control": "no-store"}


def build_provider_sign_out(provider: Provider, people: People) -> Route:
    """The route that the provider tells of sign-outs (OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8)."""

    async def take(request: Request) -> Response:
        try:
            token = (await request.form()).get("logout_token")
            if not isinstance(token, str):
                raise ProviderFault("there is no logout token")
            notice = notice_of(await provider.verify(token), provider)
            await run_in_threadpool(people.identities.sign_out, notice)
        except (*FAULTS, PeopleError) as error:
            known = isinstance(error, ProviderFault)
            log.warning("a notice of signing out was refused: %s", error if known else type(error).__name__)
            return JSONResponse({"error": "invalid_request"}, HTTPStatus.BAD_REQUEST, _NO_STORE)
        return Response(headers=_NO_STORE)

    return Route(SIGN_OUT_NOTICE, take, methods=["POST"])


def notice_of(token: jwt.Token, provider: Provider) -> SignOutNotice:
    """What a signed token says of who signed out.

    It has to be a logout token for us, made lately: an ID token, which has no event and perhaps a nonce, ends nothing.
    The time of making is asked for and the end only read where there is one, because some providers give none; a
    notice that is refused leaves somebody signed in.

    Raises:
        ProviderFault: and others of `FAULTS`, a claim is missing or not as it has to be.
    """
    claims = token.claims
    if str(token.header.get("typ", "JWT")).casefold() not in _TYPES:
        raise ProviderFault("the token is of another type")
    JWTClaimsRegistry(
        leeway=LEEWAY_S,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        iat={"essential": True},
        jti={"essential": True},
    ).validate(claims)
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(_EVENT), dict):
        raise ProviderFault("the token tells of no sign-out")
    if "nonce" in claims:
        raise ProviderFault("the token has a nonce, as ID tokens have")
    if time.time() - claims["iat"] > _OLDEST_S:
        raise ProviderFault("the token is old")
    subject, session = _text(claims, "sub"), _text(claims, "sid")
    if not (subject or session):
        raise ProviderFault("the token names neither person nor session")
    return SignOutNotice(provider.issuer, str(claims["jti"]), subject, session)


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str):
        raise ProviderFault(f"{name} is no text")
    return value
