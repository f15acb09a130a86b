"""An application whose answers get lost on the way: what was asked is done, and nobody hears of it."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class LosesAnswers:
    """Passes requests on to an application, and loses the answers to those that are named in `lost`, once for each.

    Attributes:
        lost: "POST /fhir/Appointment"; of a name that stands there twice, two answers are lost.
        came: the requests that came, by the same names.
    """

    def __init__(self, app: App) -> None:
        self.app = app
        self.lost: list[str] = []
        self.came: list[str] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer, or hang up in the middle of the answer."""
        name = f"{scope.get('method', '')} {scope.get('path', '')}"
        self.came.append(name)
        if name not in self.lost:
            await self.app(scope, receive, send)
            return
        self.lost.remove(name)
        await self.app(scope, receive, _swallow)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})


async def _swallow(message: Message) -> None:
    pass
