"""The client of MCP against servers that break off, refuse, or speak something else, and against a program."""

import asyncio
import gzip
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from assistant.errors import FeedError, FeedMalformed, FeedRefused, FeedTimeout, FeedTooLarge, FeedUnreachable
from assistant.feeds.mcp_client import ToolAnswer, ToolCall, ToolState, call_tool, schema_hash
from assistant.feeds.source import FeedSource
from tests.browser.serving import serve_in_thread
from tests.feeds.hostile import wrong_values

VERSION = {"protocolVersion": "2025-06-18", "capabilities": {"tools": {}}, "serverInfo": {"name": "s", "version": "1"}}
TOOLS = {"tools": [{"name": "weather", "inputSchema": {"type": "object"}}]}
SAID = {"content": [{"type": "text", "text": "sunny"}]}
PROGRAM = """
import json, os, sys
answers = json.loads(sys.argv[1])
for line in sys.stdin:
    asked = json.loads(line)
    if "id" in asked:
        result = answers[asked["method"]]
        if asked["method"] == "tools/call":
            text = os.environ.get("OFFICE_KEY", "") + str(asked["params"]["arguments"])
            result = {"content": [{"type": "text", "text": text}]}
        print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result}), flush=True)
"""
Answer = Callable[[dict[str, Any]], Response]


def source(url: str, **options: object) -> FeedSource:
    own = {
        "transport": "streamable_http",
        "tools": {"weather"},
        "key_env": "OFFICE_KEY",
        "key_header": "Authorization",
        "key_prefix": "Bearer ",
    }
    return FeedSource("office", "mcp", url, key=SecretStr("s3cr3t"), options={**own, **options})


def ask(to: FeedSource, call: ToolCall | None = None, timeout_s: float = 1.5) -> ToolAnswer:
    return asyncio.run(call_tool(to, call or ToolCall("weather", {"town": "X"}), timeout_s))


def result(asked: dict[str, Any], **results: object) -> Response:
    """What a server without sessions answers, with other results for some methods."""
    own = {"initialize": VERSION, "tools/list": TOOLS, "tools/call": SAID}
    found = {**own, **{name.replace("_", "/"): value for name, value in results.items()}}.get(asked["method"])
    if "id" not in asked:
        return Response(status_code=202)
    body = {"jsonrpc": "2.0", "id": asked["id"], **(found if "error" in found else {"result": found})}  # type: ignore
    return Response(json.dumps(body), media_type="application/json")


@contextmanager
def server(answer: Answer, heard: list[Request] | None = None) -> Iterator[str]:
    """A server made by hand; it offers no stream of its own."""

    async def post(request: Request) -> Response:
        if heard is not None:
            heard.append(request)
        return answer(json.loads(await request.body()))

    with serve_in_thread(Starlette(routes=[Route("/mcp", post, methods=["POST"])])) as url:  # type: ignore[arg-type]
        yield f"{url}/mcp"


def instead(method: str, response: Callable[[], Response]) -> Answer:
    """A server that answers one method in its own way."""
    return lambda asked: response() if asked["method"] == method else result(asked)


async def _broken_off() -> Any:
    yield b'{"jsonrpc"'
    raise ConnectionError


def _endless() -> Any:
    while True:
        params = {"level": "info", "data": "x" * 60_000}
        note = json.dumps({"jsonrpc": "2.0", "method": "notifications/message", "params": params})
        yield f"event: message\ndata: {note}\n\n".encode()


def test_a_server_without_sessions_is_asked_and_gets_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """The key and what a person said go to the server alone, and no log has them."""
    caplog.set_level(logging.DEBUG)
    heard: list[Request] = []
    with server(result, heard) as url:
        assert ask(source(url), ToolCall("weather", {"phone": "0912345678"})) == ToolAnswer(ToolState.SAID, ("sunny",))
    assert {request.headers["authorization"] for request in heard} == {"Bearer s3cr3t"}
    assert "s3cr3t" not in caplog.text
    assert "0912345678" not in caplog.text


@pytest.mark.parametrize("method", ["initialize", "tools/list", "tools/call"])
@pytest.mark.parametrize(
    ("response", "fault"),
    [
        (lambda: Response(status_code=401), FeedRefused),
        (lambda: Response(status_code=404), FeedRefused),
        (lambda: Response(status_code=500), FeedRefused),
        (lambda: Response(status_code=302, headers={"Location": "http://evil.example/mcp"}), FeedRefused),
        (lambda: Response("<html>", media_type="text/html"), FeedMalformed),
        (lambda: Response("{", media_type="application/json"), FeedMalformed),
        (lambda: Response("[" * 50_000, media_type="application/json"), FeedMalformed),
        (lambda: Response("x" * 300_000, media_type="application/json"), FeedTooLarge),
        (lambda: StreamingResponse(_endless(), media_type="text/event-stream"), FeedTooLarge),
        (
            lambda: Response(gzip.compress(b"{}"), media_type="application/json", headers={"Content-Encoding": "gzip"}),
            FeedMalformed,
        ),
        (lambda: StreamingResponse(_broken_off(), media_type="application/json"), FeedUnreachable),
    ],
)
def test_each_fault_on_the_wire_ends_the_call_at_once(
    method: str, response: Callable[[], Response], fault: type[FeedError]
) -> None:
    """Whenever it comes, it is named, long before the time is up; whether the tool may have been called is known."""
    call = ToolCall("weather", {})
    with server(instead(method, response)) as url, pytest.raises(fault):
        ask(source(url), call, 30)
    assert call.sent is (method == "tools/call")


@pytest.mark.parametrize(
    ("results", "fault"),
    [
        ({"tools_call": {"error": {"code": -32602, "message": "secret words"}}}, FeedRefused),
        ({"tools_call": {"content": "sunny"}}, FeedMalformed),
        ({"tools_call": {"content": [{"type": "text", "text": "x" * 20_001}]}}, FeedTooLarge),
        ({"tools_list": {"tools": [{"name": 5}]}}, FeedMalformed),
        ({"initialize": {**VERSION, "protocolVersion": "1999-01-01"}}, FeedMalformed),
        ({"initialize": {}}, FeedMalformed),
    ],
)
def test_an_answer_that_is_none_is_a_fault(results: dict[str, object], fault: type[FeedError]) -> None:
    """The server's own words stay out of it."""
    with server(lambda asked: result(asked, **results)) as url, pytest.raises(fault) as caught:
        ask(source(url), timeout_s=30)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("method", ["initialize", "tools/list", "tools/call"])
def test_values_of_the_wrong_type_are_faults_or_still_an_answer(method: str) -> None:
    """Whatever a server sends in their place, nothing else comes of it."""
    own = {"initialize": VERSION, "tools/list": TOOLS, "tools/call": {**SAID, "structuredContent": {"a": [1]}}}
    broken = list(wrong_values({"jsonrpc": "2.0", "id": 1, "result": own[method]}, 25))

    def answer(asked: dict[str, Any]) -> Response:
        if asked["method"] != method:
            return result(asked)
        document = json.loads(broken.pop())
        if isinstance(document.get("id"), int):
            document["id"] = asked["id"]
        return Response(json.dumps(document), media_type="application/json")

    with server(answer) as url:
        while broken:
            with suppress(FeedError):
                assert ask(source(url), timeout_s=0.3).state in ToolState


def test_a_silent_stream_ends_with_the_time() -> None:
    """A server that ends its stream without an answer is late."""
    quiet = instead("tools/call", lambda: Response(": nothing\n\n", media_type="text/event-stream"))
    with server(quiet) as url, pytest.raises(FeedTimeout):
        ask(source(url), timeout_s=0.3)


def test_a_tool_on_a_later_page_is_found_and_pages_do_not_go_on_for_ever() -> None:
    """Ten pages are looked through."""
    pages: list[str] = []

    def paged(asked: dict[str, Any]) -> Response:
        if asked["method"] == "tools/list":
            pages.append(asked.get("params", {}).get("cursor") or "")
            return result(asked, tools_list={"tools": TOOLS["tools"] if len(pages) == 3 else [], "nextCursor": "on"})
        return result(asked)

    with server(paged) as url:
        assert ask(source(url)).state == ToolState.SAID
        pages += [""] * 10
        assert ask(source(url)).state == ToolState.GONE
    assert len(pages) == 23


def test_texts_of_a_result_are_taken_and_nothing_else() -> None:
    """Images and links are passed over, embedded texts are not, and the output schema is not looked at."""
    content = [
        {"type": "image", "data": "eA==", "mimeType": "image/png"},
        {"type": "resource_link", "name": "x", "uri": "https://evil.example"},
        {"type": "resource", "resource": {"uri": "file:///a", "text": "inside"}},
        *SAID["content"],
    ]
    tools = {"tools": [{**TOOLS["tools"][0], "outputSchema": {"type": "object", "required": ["missing"]}}]}  # type: ignore
    call = {"content": content, "structuredContent": {"a": 1}}
    with server(lambda asked: result(asked, tools_call=call, tools_list=tools)) as url:
        assert ask(source(url)) == ToolAnswer(ToolState.SAID, ("inside", "sunny"), {"a": 1})


def test_a_schema_has_one_hash_in_whatever_order_it_comes() -> None:
    """What changes is what counts."""
    first = schema_hash({"type": "object", "required": ["a", "b"]})
    assert first == schema_hash({"required": ["a", "b"], "type": "object"})
    assert first != schema_hash({"required": ["b", "a"], "type": "object"})


def test_a_program_is_asked_and_gets_the_key_in_its_environment(tmp_path: Path) -> None:
    """It runs for the call alone, and sees of our environment what the protocol's library leaves."""
    (tmp_path / "server.py").write_text(PROGRAM, encoding="utf-8")
    answers = json.dumps({"initialize": VERSION, "tools/list": TOOLS, "tools/call": None})
    command = (sys.executable, str(tmp_path / "server.py"), answers)
    found = ask(source("", transport="stdio", command=command), timeout_s=20)
    assert found.texts == ("s3cr3t{'town': 'X'}",)


@pytest.mark.parametrize("command", [("/nowhere/server",), (sys.executable, "-c", "")])
def test_a_program_that_does_not_run_is_not_reached(command: tuple[str, ...]) -> None:
    """One that is not there, and one that ends at once."""
    with pytest.raises(FeedUnreachable):
        ask(source("", transport="stdio", command=command), timeout_s=20)
