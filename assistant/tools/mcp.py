"""A tool of somebody else, called over MCP: what it says is quoted as its publisher's, and never taken as more."""

import logging
from collections.abc import Mapping
from typing import Any

from assistant.errors import FeedError
from assistant.feeds.base import FeedSource
from assistant.feeds.mcp_client import ToolAnswer, ToolCall, ToolState, call_tool
from assistant.feeds.mcp_servers import McpOptions, mcp_options
from assistant.feeds.values import moment
from assistant.schema import Status
from assistant.tools.base import Desk, Draft, Finding, Line, Request, Tool, fresh_enough, reading_of
from assistant.tools.mcp_input import Filled, filled
from assistant.tools.mcp_words import plain_lines
from assistant.tools.texts import quoted, say, trouble

_TEXTS = "mcp"
_ANSWER_S, _ACT_S = 2.8, 8.5  # with closing the session less than the framework allows
log = logging.getLogger(__name__)


async def answer(request: Request, desk: Desk) -> Finding:
    """What the tool says, line by line; of one that acts, a draft of what it would be called with.

    Raises:
        CityDataError: the options are malformed.
    """
    options = mcp_options(request.service)
    source = desk.sources.get(options.server)
    if source is None:
        return _not_asked(request)
    given = filled(request, options)
    if isinstance(given, Finding):
        return given
    if request.service.acts:
        return _offered(request, options, source, given)
    call = ToolCall(options.tool, given.values, options.schema_sha256)
    try:
        said = await call_tool(source, call, min(source.options["timeout_s"], _ANSWER_S))
    except FeedError as fault:
        log.warning("service %s: %s", request.service.name, fault)
        return Finding((trouble(source, fault, request.lang),), status=Status.FEED_UNAVAILABLE)
    if said.state != ToolState.SAID:
        return Finding((_line(said.state.value, request, source),), status=Status.FEED_UNAVAILABLE)
    return _told(request, desk, options, source, said)


async def act(request: Request, payload: Mapping[str, Any], key: str, desk: Desk) -> Finding:
    """Call the tool with what the draft says, and with our key where the tool takes one.

    Without a parameter for the key a second try could do it twice: then nothing is tried again once it was sent.

    Raises:
        CityDataError: the options are malformed.
    """
    options = mcp_options(request.service)
    source = desk.sources.get(options.server)
    if source is None:
        return _not_asked(request)
    arguments = {**payload["arguments"], **({options.key: key} if options.key else {})}
    call = ToolCall(options.tool, arguments, options.schema_sha256)
    try:
        said = await call_tool(source, call, _ACT_S)
    except FeedError as fault:
        log.warning("service %s: %s", request.service.name, fault)
        if not call.sent:
            return Finding((_line("not_reached", request, source),), status=Status.FEED_UNAVAILABLE)
        if options.key:
            return Finding((_line("unknown", request, source),), status=Status.FEED_UNAVAILABLE)
        return Finding((_line("unknown_for_good", request, source),), status=Status.PARTIAL)
    if said.state == ToolState.SAID:
        return _told(request, desk, options, source, said)
    if said.state == ToolState.FAILED:
        return Finding((_line("not_done", request, source),), status=Status.NO_EVIDENCE)
    lines = (_line(said.state.value, request, source), _line("nothing_sent", request, source))
    return Finding(lines, status=Status.NO_EVIDENCE)


def _told(request: Request, desk: Desk, options: McpOptions, source: FeedSource, said: ToolAnswer) -> Finding:
    """Each line of the answer in quotation marks; the first says whose words they are."""
    lines, more = plain_lines(said)
    observed_at = moment(said.structured.get(options.observed), desk.city.timezone) if options.observed else None
    data: dict[str, object] = {"tool": options.tool, "said": lines, "more": more}
    reading = reading_of(request, source, data, observed_at=observed_at)
    if not lines:
        key = "done_silently" if request.service.acts else "silent"
        status = Status.ANSWERED if request.service.acts else Status.NO_EVIDENCE
        return Finding((_line(key, request, source, 0),), (reading,), status)
    told = [
        _line("said" if number == 0 else "went_on", request, source, 0, said=one) for number, one in enumerate(lines)
    ]
    told += [_line("more", request, source, 0)] if more else []
    is_old = observed_at is not None and not fresh_enough(request, source, observed_at)
    return Finding(tuple(told), (reading,), Status.PARTIAL if is_old else Status.ANSWERED)


def _offered(request: Request, options: McpOptions, source: FeedSource, given: Filled) -> Finding:
    """Everything that would be sent, and to whom; nothing is sent yet."""
    lines = [_item(request, options, parameter, value, given) for parameter, value in given.values.items()]
    lines.append(_line("draft_to", request, source).text)
    draft = Draft(request.service.name, tuple(lines), {"arguments": dict(given.values)})
    return Finding((_line("offer", request, source),), draft=draft)


def _item(request: Request, options: McpOptions, parameter: str, value: object, given: Filled) -> str:
    label = options.labels.get(given.arguments.get(parameter, ""), {}).get(request.lang, parameter)
    return say(_TEXTS, "draft_item", request.lang, label=label, value=value)


def _not_asked(request: Request) -> Finding:
    """Say that the server is not set up: its key is missing, or nobody outside is asked."""
    text = say(_TEXTS, "not_asked", request.lang, title=request.service.title[request.lang])
    return Finding((Line(text),), status=Status.FEED_UNAVAILABLE)


def _line(key: str, request: Request, source: FeedSource, reading: int = -1, **values: object) -> Line:
    publisher = source.publisher.get(request.lang) or source.name
    title = request.service.title[request.lang]
    return Line(say(_TEXTS, key, request.lang, publisher=publisher, title=quoted(title), **values), reading)


TOOL = Tool(answer, act)
