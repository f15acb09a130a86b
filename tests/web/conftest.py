"""The API in front of the fake conversation."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.web.application import build_app
from tests.fakes import FakeConversation
from tests.people import conftest as databases
from tests.people.place import Place
from tests.web.accounts import Office

place, socket_folder = databases.place, databases.socket_folder  # SQLite, and PostgreSQL where it is installed


@pytest.fixture
def conversation() -> FakeConversation:
    return FakeConversation()


@pytest.fixture
def client(conversation: FakeConversation) -> Iterator[TestClient]:
    with TestClient(build_app(conversation)) as client:
        yield client


@pytest.fixture
def office(place: Place) -> Iterator[Office]:
    """The application with accounts."""
    office = Office(place)
    yield office
    office.close()
