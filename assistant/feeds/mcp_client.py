"""Calls one tool of a server of somebody else over the Model Context Protocol, within limits of time and size."""

import asyncio
import hashlib
import json
import logging
from collections.abc import Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import anyio
import httpx
from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.sessions import Connection, StdioConnection, StreamableHttpConnection
from mcp import ClientSession, McpError, types
from pydantic import ValidationError

from assistant import __version__
from assistant.errors import FeedError, FeedRefused, FeedTimeout, FeedTooLarge
from assistant.feeds.fetching import USER_AGENT
from assistant.feeds.mcp_wire import LATER, GuardedTransport, Watch, broken, malformed
from assistant.feeds.source import FeedSource
from assistant.feeds.values import TELL_PUBLISHER

RESULT_BYTES = 20_000
_MOST_PAGES = 10
_ANSWERED = 200
_CLOSING_S = 0.5
log = logging.getLogger(__name__)


class ToolState(StrEnum):
    """How a call of a tool ended."""

    SAID = "said"
    FAILED = "failed"
    """The tool itself says that it could not do what it was asked for."""
    GONE = "gone"
    """The server does not have the tool; nothing was called."""
    CHANGED = "changed"
    """Its input schema is not the one that the city has looked at; nothing was called."""


@dataclass(slots=True)
class ToolCall:
    """What is asked of a tool.

    Attributes:
        arguments: JSON values by parameter.
        schema_sha256: of the input schema that is expected, as `schema_hash` gives it; empty for any.
        sent: set once the call may have reached the server, whatever becomes of it.
    """

    tool: str
    arguments: Mapping[str, Any]
    schema_sha256: str = ""
    sent: bool = False


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What a tool answered, word for word: `texts`, and the members of its structured content."""

    state: ToolState
    texts: tuple[str, ...] = ()
    structured: Mapping[str, Any] = field(default_factory=dict)


Found = asyncio.Future[ToolAnswer | FeedError]


async def call_tool(source: FeedSource, call: ToolCall, timeout_s: float) -> ToolAnswer:
    """Open a session with a server, find the tool, call it once and close.

    What the server asks of us (sampling, elicitation, roots) is declined, and its descriptions are not read. Its
    output schema is not checked: a pattern in it could keep this process busy, and both are by the same author.

    Args:
        source: of `load_mcp_servers`.
        timeout_s: for everything; closing takes at most half a second more, or goes on by itself.

    Raises:
        FeedTimeout, FeedUnreachable, FeedRefused, FeedTooLarge, FeedMalformed: no answer; `call.sent` says whether the
            tool may have been called all the same.
    """
    if call.tool not in source.options["tools"]:
        raise FeedRefused(0, f"The tool {call.tool!r} of {source.name} is not allowed.", "Add it to `tools`.")
    logging.getLogger("mcp.client").setLevel(logging.CRITICAL)  # it writes what is sent, and what comes, into the log
    watch = Watch(source)
    found: Found = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(_exchange(source, call, timeout_s, watch, found))
    pending: set[asyncio.Future[Any]] = {found, task}
    try:
        await asyncio.wait(pending, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        if not found.done():
            task.cancel()  # once: a second time would break the closing of a program, which then might never end
    await asyncio.wait({task}, timeout=_CLOSING_S)
    if found.done():
        outcome = found.result()
    elif task.done() and not task.cancelled() and (error := task.exception()):
        raise error
    else:
        outcome = watch.fault or FeedTimeout(f"{source.name} did not answer in time.", LATER)
    if isinstance(outcome, FeedError):
        raise outcome
    return outcome


def schema_hash(schema: Mapping[str, Any]) -> str:
    """The SHA-256 of an input schema, the same for the same JSON in whatever order its members come."""
    written = json.dumps(schema, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _session(source: FeedSource, watch: Watch, timeout_s: float) -> AbstractAsyncContextManager[ClientSession]:
    """A session that is not begun yet; the library declines sampling, elicitation and roots unless told otherwise."""
    ours = types.Implementation(name="city-assistant", version=__version__)
    kwargs: dict[str, Any] = {"client_info": ours, "message_handler": watch.heard}
    secret = source.key.get_secret_value() if source.key else ""
    connection: Connection
    if source.options["transport"] == "stdio":
        command, *args = source.options["command"]
        env = {str(source.options["key_env"]): secret} if secret else None
        connection = StdioConnection(
            transport="stdio",
            command=command,
            args=args,
            env=env,
            encoding_error_handler="replace",
            session_kwargs=kwargs,
        )
    else:
        headers = {str(source.options["key_header"]): f"{source.options['key_prefix']}{secret}"} if secret else {}

        def client(
            headers: dict[str, str] | None = None,
            timeout: httpx.Timeout | None = None,
            auth: httpx.Auth | None = None,
        ) -> httpx.AsyncClient:
            own = {**(headers or {}), "User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
            return httpx.AsyncClient(
                transport=GuardedTransport(watch), headers=own, timeout=timeout, auth=auth, trust_env=False
            )

        connection = StreamableHttpConnection(
            transport="streamable_http",
            url=source.url,
            headers=headers,
            timeout=timeout_s,
            sse_read_timeout=timeout_s,
            httpx_client_factory=client,
            session_kwargs=kwargs,
        )
    return MultiServerMCPClient({source.name: connection}).session(source.name, auto_initialize=False)


async def _exchange(source: FeedSource, call: ToolCall, timeout_s: float, watch: Watch, found: Found) -> None:
    """Put what comes of a call into `found` as soon as it is known, and close the session."""
    try:
        async with _session(source, watch, timeout_s) as session:
            found.set_result(await _outcome(_converse(session, source, call), watch))
    except (OSError, httpx.HTTPError) as error:
        _settle(found, watch.fault or broken(source, error))
    except ExceptionGroup as group:
        _, others = group.split((OSError, httpx.HTTPError, anyio.BrokenResourceError, anyio.ClosedResourceError))
        if others is not None:
            raise
        _settle(found, watch.fault or broken(source, group))


def _settle(found: Found, fault: FeedError) -> None:
    """A fault counts only where there is no outcome yet."""
    if not found.done():
        found.set_result(fault)


async def _outcome(work: Coroutine[Any, Any, ToolAnswer], watch: Watch) -> ToolAnswer | FeedError:
    """What comes of an exchange; returned and not raised, for a session wraps what is raised in it."""
    task, alarm = asyncio.ensure_future(work), asyncio.ensure_future(watch.noted.wait())
    try:
        await asyncio.wait({task, alarm}, return_when=asyncio.FIRST_COMPLETED)
        return watch.fault or await task
    except FeedError as fault:
        return fault
    except McpError as error:
        return _of_protocol(watch.source, error)
    except ValidationError:
        return malformed(watch.source, "it sent a message that the protocol does not know")
    except (anyio.BrokenResourceError, anyio.ClosedResourceError) as error:
        return broken(watch.source, error)
    finally:
        task.cancel()
        alarm.cancel()
        await asyncio.gather(task, alarm, return_exceptions=True)


async def _converse(session: ClientSession, source: FeedSource, call: ToolCall) -> ToolAnswer:
    """Greet, look at the tool, and call it."""
    try:
        await session.initialize()
    except RuntimeError as error:  # so the library says that it does not know the server's version
        raise malformed(source, "it speaks a version of the protocol that is not known here") from error
    tool = await _find(session, call.tool)
    if tool is None:
        log.warning("the MCP server %s has no tool %s", source.name, call.tool)
        return ToolAnswer(ToolState.GONE)
    found = schema_hash(tool.inputSchema)
    if call.schema_sha256 not in {"", found}:
        log.warning("the input schema of %s of the MCP server %s is now %s", call.tool, source.name, found)
        return ToolAnswer(ToolState.CHANGED)
    params = types.CallToolRequestParams(name=call.tool, arguments=dict(call.arguments))
    asked = types.ClientRequest(types.CallToolRequest(params=params))
    call.sent = True
    result = await session.send_request(asked, types.CallToolResult)
    if len(result.model_dump_json(exclude_none=True).encode()) > RESULT_BYTES:
        raise FeedTooLarge(f"{source.name} answered with more than {RESULT_BYTES} bytes.", TELL_PUBLISHER)
    if result.isError:
        return ToolAnswer(ToolState.FAILED)
    return ToolAnswer(ToolState.SAID, tuple(_texts(result)), result.structuredContent or {})


async def _find(session: ClientSession, name: str) -> types.Tool | None:
    """The tool of a name; none where the server does not list it within the first pages."""
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
        found = next((tool for tool in page.tools if tool.name == name), None)
        if found or not page.nextCursor:
            return found
        cursor = page.nextCursor
    return None


def _texts(result: types.CallToolResult) -> list[str]:
    """The texts among the contents; images, sounds and links are passed over."""
    texts = []
    for one in result.content:
        if isinstance(one, types.TextContent):
            texts.append(one.text)
        elif isinstance(one, types.EmbeddedResource) and isinstance(one.resource, types.TextResourceContents):
            texts.append(one.resource.text)
    return texts


def _of_protocol(source: FeedSource, error: McpError) -> FeedError:
    """The fault for an error of the protocol; the server's own words stay out of it."""
    if error.error.code == types.CONNECTION_CLOSED:
        return broken(source, error)
    return FeedRefused(_ANSWERED, f"{source.name} answered with the error {error.error.code}.", TELL_PUBLISHER)
