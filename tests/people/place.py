"""Where the tests keep people: a home, a database, a clock that they set, and a hasher that is quick."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher

from assistant.people.account import Account, AccountRole
from assistant.people.conversations import KeptTurn
from assistant.people.database import database_url
from assistant.people.people import People, open_people
from assistant.settings import Settings, load_settings

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "stapled violet harbours"
OTHER = "nine quiet tram engines"
ADDRESS = "192.0.2.7"


class Clock:
    """A clock that stands still until it is moved, either way."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


def quick_hasher() -> PasswordHasher:
    """Argon2 with as little work as it allows."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class Place:
    """A database of people, and means to look at it and to change it behind the assistant's back."""

    home: Path
    url: str = ""
    clock: Clock = field(default_factory=Clock)
    opened: list[People] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return load_settings(home=self.home, database_url=self.url)

    @property
    def anchors(self) -> Path:
        return self.settings.log_dir / "audit-anchors.jsonl"

    def open(self, hasher: PasswordHasher | None = None) -> People:
        people = open_people(self.settings, self.clock, hasher or quick_hasher())
        self.opened.append(people)
        return people

    def reopen(self, **settings: object) -> People:
        """The same with other settings."""
        return open_people(self.settings.model_copy(update=settings), self.clock, quick_hasher())

    def close(self) -> None:
        for people in self.opened:
            people.close()

    def execute(self, *statements: str) -> list[Sequence[Any]]:
        """Run statements as somebody with the database's own tools would; gives the rows of the last."""
        engine = sa.create_engine(database_url(self.settings))
        rows: list[Sequence[Any]] = []
        with engine.begin() as connection:
            for statement in statements:
                result = connection.exec_driver_sql(statement)
                rows = [tuple(row) for row in result] if result.returns_rows else []
        engine.dispose()
        return rows

    def dump(self) -> str:
        """Everything that the tables hold, as text."""
        tables = "accounts sessions tokens attempts conversations turns feedback audit".split()
        return json.dumps([self.execute(f"SELECT * FROM {table}") for table in tables], default=str)

    def argument(self) -> str:
        """What another process needs to open the same."""
        return json.dumps({"home": str(self.home), "url": self.url, "now": self.clock.now.isoformat()})


def place_of(argument: str) -> Place:
    """The place that an argument names."""
    values = json.loads(argument)
    return Place(Path(values["home"]), values["url"], Clock(datetime.fromisoformat(values["now"])))


def add(people: People, name: str, role: AccountRole = AccountRole.STAFF, bureau: str = "") -> Account:
    """An account with the password of the tests."""
    bureau = bureau or ("Parks" if role == AccountRole.EDITOR else "")
    return people.accounts.add(name, role, PASSWORD, by="test", bureau=bureau)


def turn(question: str = "When is the library open?", audience: str = "public", **details: object) -> KeptTurn:
    """A turn of a conversation."""
    return KeptTurn(question, "From 9 to 21 [1].", "answered", "en", audience, details)
