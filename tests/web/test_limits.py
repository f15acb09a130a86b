"""Limits at the door of the server: too often, too much, too slow, too many headers, and no files."""

import socket
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient

from assistant import wording
from assistant.admission import Gate, Refusal
from assistant.errors import TooManyQuestions
from assistant.people.keys import new_token
from assistant.schema import Question
from assistant.settings import Settings
from assistant.web.application import build_app
from assistant.web.connections import PunctualProtocol
from assistant.web.cookies import BROWSER
from assistant.web.limits import MOST_HEADERS
from tests.browser.serving import serve_in_thread
from tests.fakes import FakeConversation, FakeStream

BIKE = {"question": "公共腳踏車怎麼收費？"}


class LimitedConversation(FakeConversation):
    """The fake behind the gate of its settings, as the real one is; its answers end at once."""

    def __init__(self, **settings: object) -> None:
        super().__init__()
        self.settings = Settings(**settings)
        self.gate = Gate(self.settings)

    def stream(self, question: Question) -> FakeStream:
        entered = self.gate.enter(question.asker)
        if isinstance(entered, Refusal):
            text = wording.too_many(entered.reason, entered.wait_s, question.lang or "zh-TW")
            raise TooManyQuestions(entered.reason, entered.wait_s, text)
        if not self.settings.keep_conversations:
            entered.leave()
        return super().stream(question)


@pytest.fixture
def limited() -> Iterator[TestClient]:
    conversation = LimitedConversation(citizen_rates="2/minute", keep_conversations=False)
    with TestClient(build_app(conversation)) as client:
        client.cookies.set(BROWSER, new_token())
        yield client


@pytest.mark.parametrize("stream", [False, True])
def test_asking_too_often_is_a_problem_with_a_time(limited: TestClient, stream: bool) -> None:
    """429 with Retry-After and RFC 9457 details that name the seconds, in the language of the question."""
    for _ in range(2):
        assert limited.post("/api/v1/ask", json=BIKE).status_code == 200
    response = limited.post("/api/v1/ask", json=BIKE | {"stream": stream, "lang": "en"})
    assert (response.status_code, response.headers["content-type"]) == (429, "application/problem+json")
    wait_s = int(response.headers["retry-after"])
    assert 0 < wait_s <= 30
    assert response.json()["status"] == 429
    assert f"wait {wait_s} seconds" in response.json()["detail"]


def test_throwing_the_cookie_away_lifts_no_limit(limited: TestClient) -> None:
    """A script without a cookie jar is one person: its address."""
    limited.cookies.clear()
    statuses = []
    for _ in range(4):
        statuses.append(limited.post("/api/v1/ask", json=BIKE).status_code)
        limited.cookies.clear()
    assert statuses == [200, 200, 429, 429]


def test_a_header_buys_no_other_address(limited: TestClient) -> None:
    """Claims about the client's address count for nothing where no proxy is trusted."""
    statuses = []
    for n in range(3):
        limited.cookies.clear()
        headers = {"X-Forwarded-For": f"198.51.100.{n}", "Forwarded": f"for=198.51.100.{n}"}
        statuses.append(limited.post("/api/v1/ask", json=BIKE, headers=headers).status_code)
    assert statuses == [200, 200, 429]


def test_searches_have_the_same_rates(limited: TestClient) -> None:
    """A search costs as much as a question without its model."""
    statuses = [limited.get("/api/v1/search", params={"q": "車"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]


def test_a_full_city_is_a_503() -> None:
    """Where all open answers are taken, nobody is told that they asked too often."""
    conversation = LimitedConversation(all_open_answers=1)
    with TestClient(build_app(conversation)) as client:
        client.post("/api/v1/ask", json=BIKE)
        response = client.post("/api/v1/ask", json=BIKE)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")


def test_the_api_says_who_asks(client: TestClient, conversation: FakeConversation) -> None:
    """No question from the network is an operator's, which has no limits; and keys are in neither repr nor answer."""
    answer = client.post("/api/v1/ask", json=BIKE)
    asker = conversation.asked[0].asker
    assert (asker.kind, bool(asker.person), bool(asker.address)) == ("citizen", True, True)
    assert asker.person not in repr(conversation.asked[0]) + answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"history": [{"question": "a", "answer": "b" * 20_001}]}, 413),
        ({"history": [{"question": "a", "answer": "b" * 19_000}]}, 200),
        ({"history": [{"question": "a", "answer": "b"}] * 51}, 422),
        ({"id": "x" * 201}, 422),
        ({"question": "x" * 70_000}, 413),
    ],
)
def test_a_request_may_carry_only_so_much(client: TestClient, body: dict[str, object], status: int) -> None:
    """Turns, their characters, the id and the whole body are bounded."""
    assert client.post("/api/v1/ask", json=BIKE | body).status_code == status


@pytest.mark.parametrize(
    "headers", [{f"x-{n}": "1" for n in range(MOST_HEADERS + 1)}, {"x-long": "a" * 40_000}], ids=["many", "long"]
)
def test_headers_are_bounded(client: TestClient, headers: dict[str, str]) -> None:
    """More or longer ones than any browser sends are refused before anything reads them."""
    assert client.get("/healthz", headers=headers).status_code == 431


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/upload_progress?upload_id=1"])
def test_no_file_can_be_sent(client: TestClient, path: str) -> None:
    """The page takes no files, so the address for them does not exist."""
    response = client.post(path, files={"files": ("a.txt", b"text")})
    assert (response.status_code, response.json()["detail"]) == (404, "Files cannot be sent here.")


def read_to_end(url: str, sent: bytes) -> bytes:
    """What the server answers to the beginning of a request, until it closes the connection."""
    address = urlsplit(url)
    with closing(socket.create_connection((address.hostname, address.port), timeout=60)) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def test_a_body_has_to_arrive_in_time() -> None:
    """A request that announces more than it sends is ended with 408, and does not hold a place for ever."""
    conversation = FakeConversation()
    conversation.settings = Settings(body_timeout_s=0.2)
    head = b"POST /api/v1/ask HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
    with serve_in_thread(build_app(conversation)) as url:
        answer = read_to_end(url, head)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert conversation.asked == []


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: "], ids=["silent", "half"])
def test_the_head_of_a_request_has_to_arrive_in_time(monkeypatch: pytest.MonkeyPatch, sent: bytes) -> None:
    """A connection on which no whole head comes is closed, as slow-loris attacks leave them by the thousand."""
    monkeypatch.setattr(PunctualProtocol, "head_timeout_s", 0.2)
    with serve_in_thread(build_app(FakeConversation()), http=PunctualProtocol) as url:
        assert read_to_end(url, sent) == b""


def test_a_punctual_client_is_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several requests on one connection, and a stream that takes longer than a head may, are served whole."""
    monkeypatch.setattr(PunctualProtocol, "head_timeout_s", 0.2)
    with (
        serve_in_thread(build_app(FakeConversation()), http=PunctualProtocol) as url,
        httpx.Client(base_url=url, timeout=60) as client,
    ):
        answers = [client.post("/api/v1/ask", json={"question": "long", "stream": True}) for _ in range(2)]
    assert [answer.text.count("event: done") for answer in answers] == [1, 1]
