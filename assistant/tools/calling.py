"""Calls the tools: one event loop in a thread for all feeds, a time limit for each, and faults said aloud."""

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any, TypeVar

from assistant.city import City
from assistant.errors import CityDataError, FeedError
from assistant.feeds.base import FeedSource, Fetcher
from assistant.places import Gazetteer
from assistant.schema import Status
from assistant.services import Service
from assistant.tools.base import Desk, Draft, Finding, Line, Request, Tool
from assistant.tools.texts import COMMON, say, trouble

KINDS = frozenset(
    """
    air_quality bikes_near building_energy bus_arrivals crowd_level drone_findings earthquakes emergency_rooms events
    features_near flood_risk mcp metro_status ondemand_booking ondemand_bus report_problem report_status robots
    sensors_near telemedicine_booking telemedicine_slots traffic warnings weather work_suspension
    """.split()
)
"""The kinds of service that a city's data can name, each a module of this room; imported only when it is asked."""

Result = TypeVar("Result")
log = logging.getLogger(__name__)
_ANSWER_S = 3.5  # a little more than one feed may take, so that what other feeds said is not lost with it
_ACT_S = 10.0
_CLOSE_S = 5.0


def tool_of(service: Service) -> Tool:
    """The tool of a service.

    Raises:
        CityDataError: there is no such kind.
    """
    kind = service.kind or service.name
    if kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        message = f"The service “{service.name}” is of the unknown kind “{kind}”."
        raise CityDataError(message, f"Known kinds are: {known}.")
    tool: Tool = importlib.import_module(f"assistant.tools.{kind}").TOOL
    return tool


@dataclass(frozen=True, slots=True)
class Live:
    """What the live services of a city need."""

    city: City
    gazetteer: Gazetteer
    sources: Mapping[str, FeedSource]


class LiveServices:
    """Answers requests for live services from any thread; a fault of a feed becomes a sentence, never a guess."""

    def __init__(self, live: Live) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="live-services", daemon=True)
        self._thread.start()
        self._desk = self._run(_open_desk(live))

    def call(self, requests: Sequence[Request]) -> list[Finding]:
        """What each request finds, all asked at once."""
        return self._run(self._call(requests))

    def act(self, request: Request, draft: Draft, key: str) -> Finding:
        """Do what a draft says, after the person's yes; the same key never does it twice."""
        return self._run(self._act(request, draft, key))

    def prepare(self, requests: Sequence[Request]) -> None:
        """Ask in the background, so that what takes long is there when a person asks."""
        asyncio.run_coroutine_threadsafe(self._call(requests), self._loop)

    def close(self) -> None:
        """End the connections and the thread."""
        self._run(_close_desk(self._desk))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_CLOSE_S)
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _call(self, requests: Sequence[Request]) -> list[Finding]:
        return list(await asyncio.gather(*(self._answer(request) for request in requests)))

    async def _answer(self, request: Request) -> Finding:
        if _is_closed_to(request):
            return _closed(request)
        return await self._limited(request, tool_of(request.service).answer(request, self._desk), _ANSWER_S)

    async def _act(self, request: Request, draft: Draft, key: str) -> Finding:
        if _is_closed_to(request):
            return _closed(request)
        act = tool_of(request.service).act
        if act is None:
            raise CityDataError(f"The service “{request.service.name}” cannot act.", "Correct `acts` in its table.")
        return await self._limited(request, act(request, draft.payload, key, self._desk), _ACT_S)

    async def _limited(self, request: Request, work: Awaitable[Finding], limit_s: float) -> Finding:
        try:
            async with asyncio.timeout(limit_s):
                return _with_service(request, await work)
        except TimeoutError:
            log.warning("service %s took too long", request.service.name)
            text = say(COMMON, "out_of_time", request.lang, title=request.service.title[request.lang])
            return Finding((Line(text),), status=Status.FEED_UNAVAILABLE)
        except FeedError as fault:
            return self._failed(request, fault)

    def _failed(self, request: Request, fault: FeedError) -> Finding:
        """Say that the service gives nothing now; why is in the log."""
        log.warning("service %s: %s", request.service.name, fault)
        named = _at_fault(request, fault, self._desk.sources)
        return Finding((trouble(named, fault, request.lang),), status=Status.FEED_UNAVAILABLE)


async def _open_desk(live: Live) -> Desk:
    return Desk(live.city, live.gazetteer, Fetcher(), live.sources)


async def _close_desk(desk: Desk) -> None:
    """End all that runs in the loop of the desk, in the order in which one needs the other."""
    await desk.close()
    await desk.fetcher.__aexit__()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=_CLOSE_S)
    await asyncio.get_running_loop().shutdown_asyncgens()


def _at_fault(request: Request, fault: FeedError, sources: Mapping[str, FeedSource]) -> FeedSource:
    """The feed that a fault is about; the service itself where it can be another publisher's."""
    titles: Mapping[Any, str] = request.service.title
    service = FeedSource(request.service.name, "", "", publisher=dict(titles))
    if fault.feed:
        return sources.get(fault.feed, service)
    found = {sources[name].publisher.get(request.lang): sources[name] for name in _set_up(request, sources)}
    return next(iter(found.values())) if len(found) == 1 else service


def _set_up(request: Request, sources: Mapping[str, FeedSource]) -> list[str]:
    return [name for name in request.service.feeds.values() if name in sources]


def _is_closed_to(request: Request) -> bool:
    """Whether the service is not for who asks; the router offers it to nobody else, and here nobody else gets it."""
    return request.service.audience != "public" and request.role != request.service.audience


def _closed(request: Request) -> Finding:
    text = say(COMMON, "staff_only", request.lang, title=request.service.title[request.lang])
    return Finding((Line(text),), status=Status.NO_EVIDENCE)


def _with_service(request: Request, finding: Finding) -> Finding:
    """The finding, with no line that points to a reading that is not there."""
    lines = tuple(line if line.reading < len(finding.readings) else Line(line.text) for line in finding.lines)
    return replace(finding, lines=lines)
