"""The API of one's own conversations: list, read, export, delete, and forget all."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from assistant.people.conversations import KeptConversation
from assistant.people.people import People
from assistant.web.callers import Callers, audiences_of

NO_STORE = {"Cache-Control": "no-store"}


def build_conversations_api(people: People, callers: Callers) -> APIRouter:
    """The routes under `/api/v1/conversations`; those of other people are answered as those that never were."""
    conversations = people.conversations
    router = APIRouter(prefix="/api/v1/conversations")

    @router.get("", response_model=None)
    def list_conversations(request: Request) -> Response:
        """The caller's conversations, the latest first; a title is the beginning of the first question."""
        caller = callers.of(request)
        kept = conversations.list(caller.owner, audiences_of(caller))
        return JSONResponse({"conversations": [_listed(one) for one in kept]}, headers=NO_STORE)

    @router.delete("", response_model=None)
    def forget_me(request: Request) -> Response:
        """Delete all that is kept of what the caller asked."""
        return JSONResponse({"forgotten": conversations.forget(callers.of(request).owner)}, headers=NO_STORE)

    @router.get("/{conversation_id}", response_model=None)
    def read_conversation(request: Request, conversation_id: str) -> Response:
        """A conversation with its turns; `withheld` counts those whose sources the caller may not read today."""
        caller = callers.of(request)
        return JSONResponse(conversations.export(caller.owner, conversation_id, audiences_of(caller)), headers=NO_STORE)

    @router.get("/{conversation_id}/export", response_model=None)
    def export_conversation(request: Request, conversation_id: str) -> Response:
        """The same as a file to keep."""
        caller = callers.of(request)
        exported = conversations.export(caller.owner, conversation_id, audiences_of(caller))
        named = {"Content-Disposition": f'attachment; filename="conversation-{exported["conversation"]}.json"'}
        return JSONResponse(exported, headers={**NO_STORE, **named})

    @router.delete("/{conversation_id}", response_model=None)
    def delete_conversation(request: Request, conversation_id: str) -> Response:
        """Delete a conversation with what was said of its answers."""
        conversations.delete(callers.of(request).owner, conversation_id)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=NO_STORE)

    return router


def _listed(kept: KeptConversation) -> dict[str, Any]:
    times = {"started_at": kept.started_at.isoformat(), "updated_at": kept.updated_at.isoformat()}
    return {"id": kept.id, "title": kept.title, **times}
