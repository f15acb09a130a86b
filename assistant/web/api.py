"""The JSON and SSE API, version 1: ask, search, documents."""

from collections.abc import Callable
from datetime import date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, StrictStr
from starlette.exceptions import HTTPException

from assistant.schema import Document, Question, Turn
from assistant.web.streaming import MEDIA_TYPE, EventResponse
from assistant.wire import answer_json, search_json

if TYPE_CHECKING:
    from assistant.conversation import Conversation

NO_STAFF = "There are no staff accounts on this interface yet; ask with role citizen, or on the server's command line."


class TurnBody(BaseModel):
    """One earlier exchange."""

    question: StrictStr
    answer: StrictStr


class AskBody(BaseModel):
    """The body of `POST /api/v1/ask`."""

    question: StrictStr
    id: StrictStr = ""
    lang: Literal["auto", "zh-TW", "en"] = "auto"
    role: Literal["citizen", "staff"] = "citizen"
    as_of: date | datetime | None = None
    history: list[TurnBody] = Field(default_factory=list, max_length=50)
    stream: bool = False


def build_api(conversation: "Conversation") -> APIRouter:
    """The routes under `/api/v1`, for the public only: documents of other audiences do not exist here."""
    router = APIRouter(prefix="/api/v1")
    router.add_api_route("/ask", _make_ask(conversation), methods=["POST"], response_model=None)
    router.add_api_route("/search", _make_search(conversation), methods=["GET"])
    router.add_api_route("/documents/{document_id:path}", _make_document(conversation), methods=["GET"])
    return router


def read_question(body: AskBody) -> Question:
    """The question that a request asks.

    Raises:
        HTTPException: 403, the request claims a role that it cannot prove.
    """
    if body.role != "citizen":
        raise HTTPException(HTTPStatus.FORBIDDEN, NO_STAFF)
    return Question(
        text=body.question,
        id=body.id,
        lang=None if body.lang == "auto" else body.lang,
        as_of=body.as_of,
        history=tuple(Turn(turn.question, turn.answer) for turn in body.history),
    )


def document_json(document: Document) -> dict[str, Any]:
    """What the public may know of a document, dates in ISO 8601."""
    dates = ("published", "effective_from", "effective_to")
    data = {name: getattr(document, name) for name in document.__dataclass_fields__}
    return data | {name: data[name].isoformat() if data[name] else None for name in dates}


def _make_ask(conversation: "Conversation") -> Callable[..., Response]:
    def ask(body: AskBody, accept: Annotated[str, Header()] = "") -> Response:
        """Answer a question, as JSON or, on request, as server-sent events."""
        question = read_question(body)
        if body.stream or MEDIA_TYPE in accept:
            return EventResponse(conversation.stream(question))
        return JSONResponse(answer_json(conversation.ask(question)), headers={"Cache-Control": "no-store"})

    return ask


def _make_search(conversation: "Conversation") -> Callable[..., dict[str, Any]]:
    def search(
        q: Annotated[str, Query(min_length=1, max_length=conversation.settings.max_question_chars)],
        k: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> dict[str, Any]:
        """Passages of public documents, best first."""
        return search_json("", conversation.search(q, k, "citizen"))

    return search


def _make_document(conversation: "Conversation") -> Callable[..., dict[str, Any]]:
    def document(document_id: str) -> dict[str, Any]:
        """A public document: its metadata and stored text."""
        found, text = conversation.document(document_id, "citizen")
        return {"document": document_json(found), "text": text}

    return document
