"""What the assistant says of itself over the API."""

from fastapi.testclient import TestClient

from assistant.city import load_city
from assistant.settings import PROJECT_ROOT, Settings
from assistant.web.application import build_app
from tests.fakes import FakeConversation


def test_anybody_can_ask_who_answers() -> None:
    """Disclosure, model with origin, policy and retention are one request away, for everybody."""
    conversation = FakeConversation()
    conversation.city = load_city(PROJECT_ROOT / "corpus" / "kaohsiung")
    about = TestClient(build_app(conversation)).get("/api/v1/about").json()

    assert "not a person" in about["disclosure"]["en"]
    assert (about["model"]["name"], about["model"]["origin"]) == ("fake-model", "TW")
    assert (about["denied_model_origins"], about["retention_days"]) == (["CN"], Settings().retention_days)
    assert about["office"] == {"name": {}, "reach": ""}


def test_a_model_of_the_catalog_is_told_with_its_licence() -> None:
    """Who reuses an answer can see under which terms its model stands."""
    conversation = FakeConversation()
    conversation._health = type(conversation._health)(model=type(conversation._health.model)("gemma3-1b-it", "US"))
    about = TestClient(build_app(conversation)).get("/api/v1/about").json()

    assert about["model"]["licence"] == "Gemma Terms of Use"
