"""The API in front of the fake conversation."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.web.application import build_app
from tests.fakes import FakeConversation


@pytest.fixture
def conversation() -> FakeConversation:
    return FakeConversation()


@pytest.fixture
def client(conversation: FakeConversation) -> Iterator[TestClient]:
    with TestClient(build_app(conversation)) as client:
        yield client
