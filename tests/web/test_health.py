"""Liveness and readiness."""

from fastapi.testclient import TestClient

from assistant.web.application import build_app
from tests.fakes import FakeConversation, FakeHealth


def test_alive_whatever_is_missing():
    """The process is alive even when nothing can be answered."""
    conversation = FakeConversation(health=FakeHealth(index_documents=0, engine="down", ready=False))

    assert TestClient(build_app(conversation)).get("/healthz").status_code == 200


def test_ready_while_the_engine_starts():
    """Extracts can be served while the model loads, so that readiness follows the conversation's word."""
    response = TestClient(build_app(FakeConversation(health=FakeHealth(engine="starting")))).get("/readyz")

    assert (response.status_code, response.json()["ready"]) == (200, True)
    assert response.json()["missing"] == ["engine"]


def test_not_ready_names_what_is_missing():
    """A load balancer sees 503, and a person sees which part is missing."""
    conversation = FakeConversation(health=FakeHealth(index_documents=0, ready=False))
    response = TestClient(build_app(conversation)).get("/readyz")

    assert (response.status_code, response.json()["missing"]) == (503, ["index"])
