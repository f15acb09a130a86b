"""The FastAPI application: API, health, problem details, headers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.web.api import build_api
from assistant.web.problems import add_problem_handlers
from assistant.web.security import BodyLimit, SecurityHeaders

if TYPE_CHECKING:
    from assistant.conversation import Conversation, Health


def build_app(conversation: Conversation) -> FastAPI:
    """The web application without its pages; `assistant.ui.citizen.mount_ui` adds them."""
    app = FastAPI(
        title="City assistant", version="1", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json"
    )
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
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

    app.include_router(build_api(conversation))

    @app.api_route("/api/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    def unknown(path: str) -> None:
        """Keep unknown API paths from the pages, which take everything else."""
        raise HTTPException(HTTPStatus.NOT_FOUND, f"There is no /api/{path}. See /api/v1/openapi.json.")

    return app


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
