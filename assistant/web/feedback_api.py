"""The API of feedback: a thumb up or down on an answer of one's own, and why."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, StrictStr

from assistant.city import City
from assistant.people.feedback import MAX_REASON_CHARS
from assistant.people.people import People
from assistant.privacy import Purpose, known_of, mask
from assistant.text import detect_language
from assistant.web.callers import Callers
from assistant.web.conversations_api import NO_STORE


class FeedbackBody(BaseModel):
    """The body of `PUT /api/v1/turns/{turn_id}/feedback`."""

    verdict: Literal["up", "down"]
    reason: StrictStr = Field(default="", max_length=MAX_REASON_CHARS)


def build_feedback_api(people: People, callers: Callers, city: City) -> APIRouter:
    """The routes under `/api/v1/turns`; answers to other people are answered as those that never were."""
    known = known_of(city)
    router = APIRouter(prefix="/api/v1/turns")

    @router.put("/{turn_id}/feedback", response_model=None)
    def give_feedback(request: Request, turn_id: str, body: FeedbackBody) -> Response:
        """Say what one thinks of an answer, in place of what was said before; personal data are masked."""
        reason = mask(body.reason, detect_language(body.reason), Purpose.STORAGE, known).text
        people.feedback.give(callers.of(request).owner, turn_id, body.verdict, reason)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=NO_STORE)

    @router.delete("/{turn_id}/feedback", response_model=None)
    def withdraw_feedback(request: Request, turn_id: str) -> Response:
        """Take it back."""
        people.feedback.withdraw(callers.of(request).owner, turn_id)
        return Response(status_code=HTTPStatus.NO_CONTENT, headers=NO_STORE)

    return router
