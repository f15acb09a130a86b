"""Server-sent events (WHATWG HTML, 9.2) of one answer, stopped when the client goes away."""

import json
from collections.abc import AsyncIterator

import anyio
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.concurrency import iterate_in_threadpool
from starlette.types import Receive, Scope, Send

from assistant.schema import Answer, DoneEvent, EventStream
from assistant.wire import answer_json, event_json

MEDIA_TYPE = "text/event-stream"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventResponse(StreamingResponse):
    """Events named by their kind, as they come; a client that leaves closes the iterator, and so stops the model."""

    def __init__(self, events: EventStream) -> None:
        self._events = events
        super().__init__(_encode_events(events), media_type=MEDIA_TYPE, headers=_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events while watching for the client to leave."""
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._watch, receive, tasks.cancel_scope)
                await self.stream_response(send)
                tasks.cancel_scope.cancel()
        finally:
            self._events.close()

    async def _watch(self, receive: Receive, scope: anyio.CancelScope) -> None:
        await self.listen_for_disconnect(receive)
        self._events.close()
        scope.cancel()


class AnswerResponse(Response):
    """The whole answer as JSON; a client that leaves before it is there closes the events, and so stops the model."""

    def __init__(self, events: EventStream) -> None:
        self._events = events
        super().__init__(media_type="application/json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait for the answer while watching for the client to leave; then send it."""
        answer: Answer | None = None
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._watch, receive)
                async for event in iterate_in_threadpool(self._events):
                    answer = event.answer if isinstance(event, DoneEvent) else None
                tasks.cancel_scope.cancel()
        finally:
            self._events.close()
        if answer is not None:
            await JSONResponse(answer_json(answer), headers={"Cache-Control": "no-store"})(scope, receive, send)

    async def _watch(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            continue
        self._events.close()


async def _encode_events(events: EventStream) -> AsyncIterator[str]:
    async for event in iterate_in_threadpool(events):
        yield f"event: {event.kind}\ndata: {json.dumps(event_json(event), ensure_ascii=False)}\n\n"
