"""Limits on what a request may be: headers, time to arrive, earlier turns, searches, and no uploads."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus

import anyio
import anyio.to_thread
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant import wording
from assistant.admission import Gate
from assistant.errors import TooManyQuestions
from assistant.schema import Asker, Turn
from assistant.text import detect_language
from assistant.web.problems import problem

MOST_HEADERS = 100
MOST_HEADER_BYTES = 32 * 1024
UPLOADS = ("/gradio_api/upload",)
NO_UPLOADS = "Files cannot be sent here."
TOO_MANY_HEADERS = (
    f"The request has more than {MOST_HEADERS} headers, or more than {MOST_HEADER_BYTES // 1024} KB of them."
)
TOO_SLOW = "The request did not arrive in time. Send it again."
TOO_MUCH_HISTORY = "The earlier turns have more than {most:,} characters together. Send fewer of them; five are read."


class RequestLimits:
    """ASGI middleware: refuses uploads, and requests whose headers are many or whose body is slow.

    Args:
        body_timeout_s: within which a body has to be here, from when it is first asked for.
    """

    def __init__(self, app: ASGIApp, body_timeout_s: float) -> None:
        self._app = app
        self._body_timeout_s = body_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse the request, or pass it on with a `receive` that has a deadline."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: Sequence[tuple[bytes, bytes]] = scope["headers"]
        if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > MOST_HEADER_BYTES:
            await problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, TOO_MANY_HEADERS)(scope, receive, send)
        elif scope["path"].startswith(UPLOADS):
            await problem(HTTPStatus.NOT_FOUND, NO_UPLOADS)(scope, receive, send)
        else:
            await self._app(scope, _in_time(receive, self._body_timeout_s), send)


def _in_time(receive: Receive, timeout_s: float) -> Receive:
    """Give on what comes in until the body is whole, or the time for it is over."""
    deadline: float | None = None
    is_whole = False

    async def receive_in_time() -> Message:
        nonlocal deadline, is_whole
        if is_whole:
            return await receive()
        deadline = anyio.current_time() + timeout_s if deadline is None else deadline
        try:
            with anyio.fail_after(max(deadline - anyio.current_time(), 0)):
                message = await receive()
        except TimeoutError as error:
            raise HTTPException(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW, {"Connection": "close"}) from error
        is_whole = not message.get("more_body", False)
        return message

    return receive_in_time


def check_history(turns: Sequence[Turn], most_chars: int) -> None:
    """Refuse more of earlier turns than a question may bring along.

    Raises:
        HTTPException: 413, there are too many characters.
    """
    if sum(len(turn.question) + len(turn.answer) for turn in turns) > most_chars:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TOO_MUCH_HISTORY.format(most=most_chars))


def check_search(gate: Gate, asker: Asker, query: str) -> None:
    """Count a search; searches have the rates of questions, and are counted apart from them.

    Raises:
        TooManyQuestions: there were too many.
    """
    refusal = gate.count(asker, "search")
    if refusal is not None:
        text = wording.too_many(refusal.reason, refusal.wait_s, detect_language(query))
        raise TooManyQuestions(refusal.reason, refusal.wait_s, text)


def threads_for(answers: int) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """A lifespan with a thread for each open answer besides those for short work.

    Streams wait for their next event in the threads of anyio's limiter: with its forty alone, as many people in the
    line for the model would keep everyone else from their evidence.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        limiter = anyio.to_thread.current_default_thread_limiter()
        limiter.total_tokens += answers
        yield
        limiter.total_tokens -= answers

    return lifespan
