"""Each test of people runs on SQLite, and on a real PostgreSQL where its programs are installed."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from assistant.people.people import People
from eval.postgres import find_binaries, find_user, running_postgres
from tests.people.place import Place

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def socket_folder() -> Iterator[Path]:
    binaries, user = find_binaries(), find_user()
    if binaries is None or user is None:
        pytest.skip("PostgreSQL is not installed, or there is nobody to run it as.")
    with running_postgres(binaries, user) as folder:
        yield folder


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    url = ""
    if request.param == "postgresql":
        schema = f"people{next(_numbers)}"  # one for each test: cheaper than a database, and as separate
        server = f"postgresql://people@/postgres?host={request.getfixturevalue('socket_folder')}"
        engine = sa.create_engine(server)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        engine.dispose()
        url = f"{server}&options=-csearch_path%3D{schema}"
    place = Place(tmp_path / "home", url)
    yield place
    place.close()


@pytest.fixture
def people(place: Place) -> People:
    return place.open()
