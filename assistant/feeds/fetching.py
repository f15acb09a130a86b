"""Asks publishers for what they have now: within limits, once for many, and without telling the key."""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from json import dumps

import httpx

from assistant import __version__
from assistant.errors import FeedError, FeedRefused, FeedTimeout, FeedUnreachable
from assistant.feeds.exchange import (
    MaskedTransport,
    masked,
    publishers_age_s,
    read_body,
    refusal,
    retry_after_s,
    true_address,
    without,
)
from assistant.feeds.source import FeedSource, Fetched

USER_AGENT = f"city-assistant/{__version__}"
MAX_BYTES = 8 * 1024 * 1024
_BUDGET_S = 3.0
_LONGEST_WAIT_S = 1.0
_MOST_REDIRECTS = 3
_MOST_ENTRIES = 128
_MOST_CACHED_BYTES = 64 * 1024 * 1024
_REFUSAL_BYTES = 64 * 1024
_MAY_PASS = frozenset({429, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Params = Mapping[str, str | int | float]


@dataclass(slots=True)
class _Kept:
    """An answer in the cache; `asked` is on the fetcher's clock."""

    fetched: Fetched
    asked: float
    fresh_s: float
    conditions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Request:
    """What is sent, and the address as it may be shown."""

    method: str
    source: FeedSource
    address: httpx.URL
    shown: httpx.URL
    headers: Mapping[str, str]
    data: Mapping[str, str] | None = None
    json: object = None
    age_of: Callable[[bytes], float] | None = None
    reads: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        asked = dumps(self.json, sort_keys=True) if self.json is not None else ""
        return (self.source.name, str(self.address), tuple(sorted(self.headers.items())), asked)

    @property
    def limit(self) -> int:
        return int(self.source.options.get("max_bytes", MAX_BYTES))


@dataclass(frozen=True, slots=True)
class _Rest:
    """Until when, on the fetcher's clock, a publisher asked to be left alone, and with which status."""

    until: float
    status: int


class _MayPass(Exception):
    """A fault that may be gone in a moment, and how long the publisher asks to wait."""

    def __init__(self, fault: FeedError, wait_s: float | None = None) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.wait_s = wait_s


class Fetcher:
    """Asks publishers for what they have now; an async context manager that belongs to one event loop.

    It never answers with old content in place of an error unless asked to. Keys occur in no error, log or address
    that it gives out. Redirects are followed on the same host alone.

    Args:
        budget_s: for one call as a whole, a second attempt and its wait included.
        proxy: URL of an HTTP proxy, or nothing.
        clock: seconds that only rise; tests set it.
    """

    def __init__(
        self,
        *,
        budget_s: float = _BUDGET_S,
        proxy: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._budget_s = budget_s
        self._clock = clock
        self._cache: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()
        self._running: dict[tuple[object, ...], asyncio.Task[Fetched]] = {}
        self._resting: dict[str, _Rest] = {}
        self._client = httpx.AsyncClient(
            transport=MaskedTransport(httpx.AsyncHTTPTransport(proxy=proxy)),
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
            timeout=httpx.Timeout(budget_s, connect=budget_s / 2),
            trust_env=False,
        )

    async def __aenter__(self) -> "Fetcher":
        return self

    async def __aexit__(self, *_: object) -> None:
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await self._client.aclose()

    async def get(
        self,
        source: FeedSource,
        *,
        url: str | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        query: object = None,
        max_age_s: float | None = None,
        age_of: Callable[[bytes], float] | None = None,
        stale_if_error: bool = False,
    ) -> Fetched:
        """What a source has now, or had no longer ago than its publisher (or `max_age_s`) allows.

        An answer is kept for at least `refresh_s` and at most `stale_s` of the source. Calls for the same at the same
        time share one request. A source that asks to wait (Retry-After) is left alone for so long, at most `stale_s`.

        Args:
            url: another address of the source, on its host or one of the option `hosts`.
            query: a JSON document that is sent by POST, for services that are read in this way.
            max_age_s: instead of the publisher's own age.
            age_of: for how many seconds the document itself says that it is fresh, beside what HTTP says.
            stale_if_error: answer with what is kept, however old (see `fetched_at`), where the source fails.

        Raises:
            FeedTimeout, FeedUnreachable, FeedRefused, FeedTooLarge, FeedMalformed: no answer.
        """
        method = "GET" if query is None else "POST"
        request = replace(_request(method, source, url, params, headers), json=query, age_of=age_of, reads=True)
        kept = self._cache.get(request.key)
        if kept and self._clock() - kept.asked < _fresh_s(source, kept.fresh_s if max_age_s is None else max_age_s):
            self._cache.move_to_end(request.key)
            return replace(kept.fetched, from_cache=True)
        try:
            return await self._shared(request)
        except FeedError as fault:
            fault.feed = source.name
            if stale_if_error and kept:
                return replace(kept.fetched, from_cache=True)
            raise

    async def post(
        self,
        source: FeedSource,
        *,
        url: str,
        data: Mapping[str, str] | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Send a form (`data`) or a JSON document once: what changes something is never repeated, kept or redirected.

        Raises:
            FeedTimeout, FeedUnreachable: it is unknown whether the publisher has received it.
            FeedRefused, FeedTooLarge, FeedMalformed: as `get`.
        """
        request = _request("POST", source, url, None, headers)
        try:
            return await self._within_budget(replace(request, data=data, json=json))
        except FeedError as fault:
            fault.feed = source.name
            raise

    async def _shared(self, request: _Request) -> Fetched:
        """The answer to the request that is under way for all who ask the same, begun where there is none."""
        rest = self._resting.get(request.source.name)
        if rest and self._clock() < rest.until:
            raise FeedRefused(rest.status, f"{request.shown} asked to be left alone for a while.", "Ask again later.")
        task = self._running.get(request.key)
        if task is None:
            task = asyncio.create_task(self._within_budget(request))
            self._running[request.key] = task
            task.add_done_callback(lambda done: self._finished(request, done))
        return await asyncio.shield(task)

    def _finished(self, request: _Request, task: asyncio.Task[Fetched]) -> None:
        self._running.pop(request.key, None)
        if not task.cancelled():
            task.exception()  # every caller may have left; then nobody else looks at it

    async def _within_budget(self, request: _Request) -> Fetched:
        try:
            async with asyncio.timeout(self._budget_s):
                return await self._attempt_twice(request)
        except TimeoutError:
            raise _late(request) from None

    async def _attempt_twice(self, request: _Request) -> Fetched:
        try:
            return await self._follow(request)
        except _MayPass as again:
            wait_s = random.uniform(0.05, 0.25) if again.wait_s is None else again.wait_s  # noqa: S311  # jitter
            if wait_s > _LONGEST_WAIT_S and isinstance(again.fault, FeedRefused):
                until = self._clock() + min(wait_s, request.source.stale_s)
                self._resting[request.source.name] = _Rest(until, again.fault.status)
            if not request.reads or wait_s > _LONGEST_WAIT_S:
                raise again.fault from again.__cause__
        await asyncio.sleep(wait_s)
        try:
            return await self._follow(request)
        except _MayPass as again:
            raise again.fault from again.__cause__

    async def _follow(self, request: _Request) -> Fetched:
        address = request.address
        for _ in range(_MOST_REDIRECTS + 1):
            answer = await self._exchange(request, address)
            if isinstance(answer, Fetched):
                return answer
            address = answer
        raise FeedRefused(302, f"{request.shown} redirects again and again.", "Correct the URL in the city's data.")

    async def _exchange(self, request: _Request, address: httpx.URL) -> Fetched | httpx.URL:
        """The answer, or the address where it is."""
        kept = self._cache.get(request.key) if request.reads else None
        shown = masked(address, _secret(request.source))
        try:
            async with self._client.stream(
                request.method,
                shown,
                headers={**request.headers, **(kept.conditions if kept else {})},
                data=request.data,
                json=request.json,
                extensions=true_address(address),
            ) as response:
                if kept and response.status_code == 304:
                    return self._keep(request, response, replace(kept.fetched, fetched_at=_now(), from_cache=True))
                if response.status_code in _REDIRECTS and request.method == "GET":
                    return _redirected(request, address, response.headers.get("location", ""))
                if not response.is_success:
                    raise await _refused(response, shown)
                content = await read_body(response, request.limit, shown)
                return self._keep(request, response, _fetched(request, response, shown, content))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise _MayPass(_unreached(request, error)) from error
        except httpx.TimeoutException as error:
            raise _late(request) from error
        except (httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError) as error:
            raise _MayPass(_unreached(request, error)) from error
        except httpx.HTTPError as error:
            raise _unreached(request, error) from error

    def _keep(self, request: _Request, response: httpx.Response, fetched: Fetched) -> Fetched:
        if not request.reads:
            return fetched
        names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        conditions = {sent: response.headers[name] for name, sent in names.items() if name in response.headers}
        before = self._cache.pop(request.key, None)
        if before and fetched.from_cache:
            conditions = {**before.conditions, **conditions}
        fresh_s = max(publishers_age_s(response), request.age_of(fetched.content) if request.age_of else 0.0)
        self._cache[request.key] = _Kept(fetched, self._clock(), fresh_s, conditions)
        while len(self._cache) > _MOST_ENTRIES or self._cached_bytes() > _MOST_CACHED_BYTES:
            self._cache.popitem(last=False)
        return fetched

    def _cached_bytes(self) -> int:
        return sum(len(kept.fetched.content) for kept in self._cache.values())


def _request(
    method: str, source: FeedSource, url: str | None, params: Params | None, headers: Mapping[str, str] | None
) -> _Request:
    """Check where a request goes: to a plain address on a host of the source."""
    try:
        address, home = httpx.URL(url or source.url), httpx.URL(source.url)
    except (httpx.InvalidURL, TypeError) as error:
        raise FeedRefused(0, f"An address of {source.name} is no valid URL.", "Correct the city's data.") from error
    address = address.copy_merge_params(dict(params)) if params else address
    shown = masked(address, _secret(source))
    if address.scheme not in {"http", "https"} or not address.host or address.userinfo:
        raise FeedRefused(0, f"{source.name} has an address that is no plain http or https URL.", "Correct it.")
    if (home.scheme, address.scheme, address.port) == ("https", "http", None):
        address = address.copy_with(scheme="https")  # services behind a proxy often link to themselves so
    if address.host not in {home.host, *source.options.get("hosts", ())} or (home.scheme, address.scheme) == (
        "https",
        "http",
    ):
        cure = "Add the host to the option “hosts” of the source if that is right."
        raise FeedRefused(0, f"{shown} is not on the host of {source.name}, or not encrypted as it is.", cure)
    return _Request(method, source, address, masked(address, _secret(source)), dict(headers or {}))


def _redirected(request: _Request, address: httpx.URL, location: str) -> httpx.URL:
    """Where a redirect leads: the same host and port, not from https to http."""
    try:
        target = address.join(location)
    except httpx.InvalidURL:
        target = httpx.URL("")
    same = (target.host, target.port) == (address.host, address.port)
    if not same or (address.scheme, target.scheme) == ("https", "http") or target.userinfo:
        shown = masked(target, _secret(request.source)).copy_with(userinfo=None)
        message = f"{request.shown} redirects to {shown or 'no valid URL'}."
        raise FeedRefused(302, message, "Use that address in the city's data if it is right.")
    return target


async def _refused(response: httpx.Response, shown: httpx.URL) -> Exception:
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) >= _REFUSAL_BYTES:
            break
    fault = refusal(response.status_code, shown, bytes(content[:_REFUSAL_BYTES]))
    return _MayPass(fault, retry_after_s(response, _now())) if response.status_code in _MAY_PASS else fault


def _fetched(request: _Request, response: httpx.Response, shown: httpx.URL, content: bytes) -> Fetched:
    location = without(response.headers.get("location", ""), _secret(request.source))
    return Fetched(content, response.headers.get("content-type", ""), str(shown), _now(), False, location)


def _fresh_s(source: FeedSource, publishers_s: float) -> float:
    return max(source.refresh_s, min(publishers_s, source.stale_s))


def _secret(source: FeedSource) -> str:
    return source.key.get_secret_value() if source.key else ""


def _now() -> datetime:
    return datetime.now(UTC)


def _late(request: _Request) -> FeedTimeout:
    return FeedTimeout(f"{request.shown} did not answer in time.", "Ask again later.")


def _unreached(request: _Request, error: httpx.HTTPError) -> FeedUnreachable:
    words = without(str(error), _secret(request.source)) or type(error).__name__
    return FeedUnreachable(f"{request.shown} is not reached: {words}.", "Ask again later.")
