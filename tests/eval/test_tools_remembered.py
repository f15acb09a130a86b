"""A city that stands still is asked once for each document."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from eval.tools.remembered import Remembered


class Counting:
    """Says how often it was asked; and 404 to what it does not know."""

    def __init__(self) -> None:
        self.asked = 0

    def answer(self, request: Request) -> PlainTextResponse:
        self.asked += 1
        return PlainTextResponse(f"{self.asked} {request.url.netloc}", 404 if "no" in request.query_params else 200)


def client_of(city: Counting) -> TestClient:
    return TestClient(Remembered(Starlette(routes=[Route("/", city.answer, methods=["GET", "POST"])])))


def test_the_same_question_has_the_same_answer() -> None:
    """Another query, and another host, which links would name, are other questions."""
    client = client_of(Counting())
    assert [client.get("/").text, client.get("/").text] == ["1 testserver"] * 2
    assert client.get("/?a=1").text == "2 testserver"
    assert client.get("/", headers={"host": "other"}).text == "3 other"


def test_what_is_sent_may_change_every_answer() -> None:
    """Nothing is remembered over it."""
    client = client_of(Counting())
    client.get("/")
    assert client.post("/").text == "2 testserver"
    assert client.get("/").text == "3 testserver"


def test_what_is_not_there_is_asked_again() -> None:
    """Only good answers are remembered."""
    client = client_of(Counting())
    assert [client.get("/?no=1").text[0], client.get("/?no=1").text[0]] == ["1", "2"]
