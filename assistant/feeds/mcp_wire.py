"""The wire of an MCP exchange: notes its first fault, and reads no more than a server may reasonably send."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from assistant.errors import FeedError, FeedMalformed, FeedTimeout, FeedTooLarge, FeedUnreachable
from assistant.feeds.exchange import masked, refusal
from assistant.feeds.source import FeedSource
from assistant.feeds.values import TELL_PUBLISHER

WIRE_BYTES = 256 * 1024
"""Of one response, the list of tools with all their descriptions too."""
LATER = "Ask again later."
_CLOSING_S = 0.4
_REFUSED_FROM = 400


class Watch:
    """The first fault that an exchange shows on the wire, where the protocol's library would wait on for an answer."""

    def __init__(self, source: FeedSource) -> None:
        self.source = source
        self.fault: FeedError | None = None
        self.noted = asyncio.Event()

    def note(self, fault: FeedError) -> None:
        """Keep a fault, and tell whoever waits for `noted`."""
        self.fault = self.fault or fault
        self.noted.set()

    async def heard(self, message: object) -> None:
        """Take what is no answer: what cannot be read ends the exchange, notifications are passed over."""
        if isinstance(message, Exception):
            self.note(malformed(self.source, "it sent what is no message of the protocol"))


class GuardedTransport(httpx.AsyncBaseTransport):
    """Notes faults of requests, and reads no more of a response than a server may reasonably send."""

    def __init__(self, watch: Watch) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self._watch = watch

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request."""
        if request.method == "DELETE":
            return await self._closed(request)
        try:
            response = await self._inner.handle_async_request(request)
        except httpx.TransportError as error:
            self._note(request, broken(self._watch.source, error))
            raise
        if response.status_code >= _REFUSED_FROM:
            self._note(request, refusal(response.status_code, masked(request.url)))
        if response.headers.get("content-encoding", "identity") not in {"identity", ""}:
            self._watch.note(malformed(self._watch.source, "it came packed, which was not asked for"))
            raise httpx.DecodingError("packed", request=request)
        stream = _Limited(response.stream, self._watch, request)
        return httpx.Response(
            response.status_code, headers=response.headers, stream=stream, extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _closed(self, request: httpx.Request) -> httpx.Response:
        """The status of the request that ends a session; it has little time, and its body is left unread."""
        try:
            async with asyncio.timeout(_CLOSING_S):
                response = await self._inner.handle_async_request(request)
                await response.aclose()
        except TimeoutError as error:
            raise httpx.ReadTimeout("The session was left open.", request=request) from error
        return httpx.Response(response.status_code)

    def _note(self, request: httpx.Request, fault: FeedError) -> None:
        """A server need not offer the stream that a GET asks for (405)."""
        if request.method == "POST":
            self._watch.note(fault)


class _Limited(httpx.AsyncByteStream):
    """A body that ends the exchange where it grows too long, or breaks off."""

    def __init__(self, inner: object, watch: Watch, request: httpx.Request) -> None:
        assert isinstance(inner, httpx.AsyncByteStream)
        self._inner, self._watch, self._request = inner, watch, request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, source = 0, self._watch.source
        try:
            async for piece in self._inner:
                size += len(piece)
                if size > WIRE_BYTES:
                    self._watch.note(FeedTooLarge(f"{source.name} sent more than {WIRE_BYTES} bytes.", TELL_PUBLISHER))
                    raise httpx.ReadError("too large", request=self._request)
                yield piece
        except httpx.TransportError as error:
            if self._request.method == "POST":
                self._watch.note(broken(source, error))
            raise

    async def aclose(self) -> None:
        """Close the response."""
        await self._inner.aclose()


def broken(source: FeedSource, error: BaseException) -> FeedError:
    """The fault for an exchange that came to no end."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, httpx.HTTPStatusError):
        return refusal(error.response.status_code, masked(error.request.url))
    if isinstance(error, httpx.TimeoutException):
        return FeedTimeout(f"{source.name} did not answer in time.", LATER)
    return FeedUnreachable(f"{source.name} is not reached, or broke off: {type(error).__name__}.", LATER)


def malformed(source: FeedSource, what: str) -> FeedMalformed:
    """The fault for what departs from the protocol; the server's own words stay out of it."""
    return FeedMalformed(f"{source.name} does not speak MCP as it should: {what}.", TELL_PUBLISHER)
