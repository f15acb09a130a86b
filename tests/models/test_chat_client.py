"""What the one client of all engines promises, against a small server of the OpenAI protocol."""

import time
from collections.abc import Generator, Mapping
from typing import Any

import pytest

from assistant.errors import EngineUnavailable
from assistant.models.chat_client import ChatClient, is_loopback

QUESTION = [("system", "Be brief."), ("user", "Count.")]


def ask(url: str, timeout_s: float = 10.0, extra: Mapping[str, object] | None = None) -> Generator[str]:
    """Ask the server at a URL to count."""
    client = ChatClient(url, "m", timeout_s)
    return client.stream(QUESTION, max_tokens=7, stop=["four"], temperature=0.0, extra=extra or {})


def test_text_comes_as_it_is_written(chat_server: Any) -> None:
    """The deltas arrive in order and unchanged, spaces included."""
    assert list(ask(chat_server.url)) == ["one", " two", " three"]


def test_the_request_carries_what_was_asked(chat_server: Any) -> None:
    """Messages, limits and further fields reach the server under the names that engines know."""
    list(ask(chat_server.url, extra={"grammar": "root ::= [a-z]+"}))
    request = chat_server.requests[0]
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert (request["max_tokens"], request["stop"], request["temperature"]) == (7, ["four"], 0.0)
    assert request["grammar"] == "root ::= [a-z]+"


@pytest.mark.parametrize("failure", ["cut", "unfinished", "refused", "unreachable"])
def test_every_failure_is_engine_unavailable(chat_server: Any, dead_url: str, failure: str) -> None:
    """A cut, an answer without an end, an HTTP error and a closed port all raise the same fault."""
    chat_server.cut = failure == "cut"
    chat_server.finish = failure != "unfinished"
    chat_server.status = 500 if failure == "refused" else 200
    with pytest.raises(EngineUnavailable, match="did not answer"):
        list(ask(f"{dead_url}/v1" if failure == "unreachable" else chat_server.url))


def test_a_request_that_is_too_long_is_told_apart(chat_server: Any) -> None:
    """A request that the engine refuses will not succeed later either, and the cure says so."""
    chat_server.status = 400
    with pytest.raises(EngineUnavailable, match=r"refused the request.*CONTEXT_TOKENS"):
        list(ask(chat_server.url))


def test_a_silent_server_does_not_hang_the_answer(chat_server: Any) -> None:
    """A server that stops sending is given up after the time that the settings allow."""
    chat_server.silent = True
    started = time.monotonic()
    with pytest.raises(EngineUnavailable, match="Timeout"):
        list(ask(chat_server.url, timeout_s=0.5))
    assert time.monotonic() - started < 5


def test_an_answer_without_end_is_stopped(chat_server: Any) -> None:
    """A server that goes on sending is stopped at the deadline too."""
    chat_server.words = [" word"] * 20_000
    with pytest.raises(EngineUnavailable, match="had not finished"):
        list(ask(chat_server.url, timeout_s=0.2))


def test_closing_the_iterator_ends_the_request(chat_server: Any) -> None:
    """Whoever stops reading frees the server at once."""
    chat_server.words = [" word"] * 20_000
    answer = ask(chat_server.url)
    next(answer)
    answer.close()
    assert chat_server.client_left.wait(10)


def test_proxies_never_see_what_stays_on_this_machine(chat_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment is not used for loopback addresses."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert "".join(ask(chat_server.url)) == "one two three"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:1/v1", True),
        ("http://localhost/v1", True),
        ("http://[::1]:2", True),
        ("http://llm.city/v1", False),
    ],
)
def test_loopback_addresses_are_known(url: str, expected: bool) -> None:
    """Addresses of this machine are told from others without any look-up."""
    assert is_loopback(url) is expected
