"""Errors of the API as RFC 9457 problem details with a text that a person can act on."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant.errors import AssistantError, DocumentError, EngineUnavailable, PeopleError, StoreError, TooManyQuestions

MEDIA_TYPE = "application/problem+json"


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem document; `type` about:blank says that the title is the status' own phrase."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(body, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every expected fault of the API with a problem document."""
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(AssistantError, _on_assistant_error)


async def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, error.detail, error.headers)


async def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    faults = [f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors()]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "The request cannot be used. " + "; ".join(faults))


async def _on_assistant_error(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, DocumentError | PeopleError) and error.reason == "not_found":
        return problem(HTTPStatus.NOT_FOUND, str(error))
    if isinstance(error, TooManyQuestions):
        status = HTTPStatus.SERVICE_UNAVAILABLE if error.reason == "full" else HTTPStatus.TOO_MANY_REQUESTS
        return problem(status, str(error), {"Retry-After": str(error.wait_s)})
    if isinstance(error, EngineUnavailable | StoreError):
        return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, str(error))
