"""A city whose clock stands still writes each document once; what is asked again is answered from memory."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OK = 200


class Remembered:
    """An ASGI application before another: the same question has the same answer, until something is sent to it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answers: dict[tuple[bytes, ...], list[Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or ask and remember; links in an answer hold the host that was asked."""
        if scope["method"] != "GET":
            self._answers.clear()
            await self._app(scope, receive, send)
            return
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        key = (*hosts, scope["raw_path"], scope["query_string"])
        answer = self._answers.get(key)
        if answer is None:
            answer = []

            async def keep(message: Message) -> None:
                answer.append(message)

            await self._app(scope, receive, keep)
            if answer[0]["status"] == _OK:
                self._answers[key] = answer
        for message in answer:
            await send(message)
