"""The JSON and SSE API, version 1: ask, search, documents."""

from collections.abc import Callable
from datetime import date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, StrictStr
from starlette.exceptions import HTTPException

from assistant.admission import Gate, asker_of
from assistant.keeping import Keeping
from assistant.people.account import AccountRole
from assistant.people.caller import Caller
from assistant.schema import Document, Question, Role, Turn
from assistant.web.callers import Callers
from assistant.web.limits import check_history, check_search
from assistant.web.streaming import MEDIA_TYPE, AnswerResponse, EventResponse
from assistant.wire import search_json

if TYPE_CHECKING:
    from assistant.conversation import Conversation

NO_STAFF = "Only staff may ask with role staff: sign in, or send the token of an account that may."


class TurnBody(BaseModel):
    """One earlier exchange."""

    question: StrictStr
    answer: StrictStr


class AskBody(BaseModel):
    """The body of `POST /api/v1/ask`."""

    question: StrictStr
    id: StrictStr = Field(default="", max_length=200)
    lang: Literal["auto", "zh-TW", "en"] = "auto"
    role: Literal["citizen", "staff"] | None = None
    as_of: date | datetime | None = None
    history: list[TurnBody] = Field(default_factory=list, max_length=50)
    conversation_id: StrictStr = ""
    stream: bool = False


def build_api(conversation: "Conversation", callers: Callers, keeping: Keeping) -> APIRouter:
    """The routes under `/api/v1`; documents that the caller may not read do not exist for them."""
    router = APIRouter(prefix="/api/v1")
    most_chars = conversation.settings.max_history_chars
    router.add_api_route("/ask", _make_ask(callers, keeping, most_chars), methods=["POST"], response_model=None)
    router.add_api_route("/search", _make_search(conversation, callers), methods=["GET"])
    router.add_api_route("/documents/{document_id:path}", _make_document(conversation, callers), methods=["GET"])
    return router


def allowed_role(caller: Caller, wanted: Role | None) -> tuple[Role, str]:
    """As what a request is answered, and the bureau whose documents it opens besides.

    Whoever may ask as staff may ask as a citizen. An evaluator who says nothing does, so that measuring what citizens
    get needs no care.

    Raises:
        HTTPException: 403, the request claims a role that it cannot prove.
    """
    if wanted == "staff" and caller.role != "staff":
        raise HTTPException(HTTPStatus.FORBIDDEN, NO_STAFF)
    if wanted is None and caller.account is not None and caller.account.role == AccountRole.EVALUATOR:
        return "citizen", ""
    role = wanted or caller.role
    return (role, caller.bureau) if role == "staff" else (role, "")


def read_question(body: AskBody, caller: Caller) -> Question:
    """The question that a request asks.

    Raises:
        HTTPException: 403, the request claims a role that it cannot prove.
    """
    role, bureau = allowed_role(caller, body.role)
    return Question(
        text=body.question,
        id=body.id,
        lang=None if body.lang == "auto" else body.lang,
        role=role,
        bureau=bureau,
        as_of=body.as_of,
        history=tuple(Turn(turn.question, turn.answer) for turn in body.history),
        asker=asker_of(caller),
    )


def document_json(document: Document) -> dict[str, Any]:
    """What the public may know of a document, dates in ISO 8601."""
    dates = ("published", "effective_from", "effective_to")
    data = {name: getattr(document, name) for name in document.__dataclass_fields__}
    return data | {name: data[name].isoformat() if data[name] else None for name in dates}


def _make_ask(callers: Callers, keeping: Keeping, most_history_chars: int) -> Callable[..., Response]:
    def ask(request: Request, body: AskBody, accept: Annotated[str, Header()] = "") -> Response:
        """Answer a question, as JSON or, on request, as server-sent events."""
        caller = callers.of(request)
        question = read_question(body, caller)
        check_history(question.history, most_history_chars)
        events = keeping.stream(question, caller.owner, body.conversation_id)
        return EventResponse(events) if body.stream or MEDIA_TYPE in accept else AnswerResponse(events)

    return ask


def _make_search(conversation: "Conversation", callers: Callers) -> Callable[..., dict[str, Any]]:
    gate = Gate(conversation.settings)

    def search(
        request: Request,
        q: Annotated[str, Query(min_length=1, max_length=conversation.settings.max_question_chars)],
        k: Annotated[int, Query(ge=1, le=50)] = 10,
        role: Literal["citizen", "staff"] | None = None,
    ) -> dict[str, Any]:
        """Passages of documents that the caller may read, best first."""
        caller = callers.of(request)
        allowed, bureau = allowed_role(caller, role)
        check_search(gate, asker_of(caller), q)
        return search_json("", conversation.search(q, k, allowed, bureau=bureau))

    return search


def _make_document(conversation: "Conversation", callers: Callers) -> Callable[..., dict[str, Any]]:
    def document(request: Request, document_id: str, role: Literal["citizen", "staff"] | None = None) -> dict[str, Any]:
        """A document that the caller may read: its metadata and stored text."""
        allowed, bureau = allowed_role(callers.of(request), role)
        found, text = conversation.document(document_id, allowed, bureau)
        return {"document": document_json(found), "text": text}

    return document
