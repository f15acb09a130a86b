"""The FastAPI application: API, health, problem details, headers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.keeping import Keeping
from assistant.web.about import build_about
from assistant.web.api import build_api
from assistant.web.callers import Callers
from assistant.web.conversations_api import build_conversations_api
from assistant.web.cookies import BrowserMarks
from assistant.web.csrf import SameSite
from assistant.web.feedback_api import build_feedback_api
from assistant.web.limits import RequestLimits, threads_for
from assistant.web.oidc import Provider, build_oidc
from assistant.web.pages import Pages
from assistant.web.problems import add_problem_handlers
from assistant.web.provider_sign_out import build_provider_sign_out
from assistant.web.proxies import TrustedProxies
from assistant.web.roles import load_claim_rules
from assistant.web.security import BodyLimit, SecurityHeaders
from assistant.web.sign_in import build_sign_in

if TYPE_CHECKING:
    from assistant.conversation import Conversation, Health
    from assistant.people.people import People
    from assistant.settings import Settings


def build_app(conversation: Conversation, people: People | None = None) -> FastAPI:
    """The web application without its chat page; `assistant.ui.citizen.mount_ui` adds it.

    `app.state.callers` tells who sends requests, `app.state.keeping` asks for them and keeps what was answered.

    Args:
        people: who may sign in; None: nobody, and everyone is a citizen.
    """
    app = FastAPI(
        title="City assistant",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=threads_for(conversation.settings.all_open_answers),
    )
    settings = conversation.settings
    callers = Callers(people, settings, [bureau.name for bureau in conversation.city.bureaus])
    keeping = Keeping(conversation, people)
    app.state.callers, app.state.keeping = callers, keeping
    _add_middleware(app, callers, settings)
    add_problem_handlers(app)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """The process is alive."""
        return {"status": "alive"}

    @app.get("/readyz", response_model=None)
    def readyz() -> JSONResponse:
        """The assistant can answer; else which part is missing."""
        health = conversation.health()
        status = HTTPStatus.OK if health.ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse(readiness_json(health), status)

    app.include_router(build_about(conversation))
    app.include_router(build_api(conversation, callers, keeping))
    if people is not None:
        app.include_router(build_conversations_api(people, callers))
        app.include_router(build_feedback_api(people, callers, conversation.city))
        _add_accounts(app, callers, people, conversation)

    @app.api_route("/api/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    def unknown(path: str) -> None:
        """Keep unknown API paths from the pages, which take everything else."""
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no /api/{path}. See /api/v1/openapi.json.")

    return app


def _add_middleware(app: FastAPI, callers: Callers, settings: Settings) -> None:
    """The last one added sees a request first."""
    app.add_middleware(BodyLimit)
    app.add_middleware(SameSite, callers=callers, public_url=settings.public_url)
    app.add_middleware(BrowserMarks, cookies=callers.cookies)
    app.add_middleware(RequestLimits, body_timeout_s=settings.body_timeout_s)
    app.add_middleware(SecurityHeaders, public_url=settings.public_url)
    app.add_middleware(TrustedProxies, count=settings.trusted_proxies)


def _add_accounts(app: FastAPI, callers: Callers, people: People, conversation: Conversation) -> None:
    settings, pages = conversation.settings, Pages(callers, conversation.city)
    app.include_router(build_sign_in(callers, people, pages, has_provider=bool(settings.oidc_issuer)))
    if settings.oidc_issuer:
        rules = load_claim_rules(settings.city_dir, [bureau.name for bureau in conversation.city.bureaus])
        provider = Provider(settings, rules)
        app.router.routes.extend(build_oidc(provider, rules, callers, people, pages))
        app.router.routes.append(build_provider_sign_out(provider, people))


def readiness_json(health: Health) -> dict[str, Any]:
    """The state of each part, and the names of those that are missing."""
    missing = [] if health.index_documents else ["index"]
    missing += [] if health.engine in ("ready", "off") else ["engine"]
    return {
        "ready": health.ready,
        "missing": missing,
        "index_documents": health.index_documents,
        "index_chunks": health.index_chunks,
        "engine": health.engine,
        "model": {"name": health.model.name, "origin": health.model.origin},
    }
