"""Change numbers: how other threads and processes see at once that answers or topics are not what they were."""

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from assistant.people.audit import Act
from assistant.people.database import Database
from assistant.people.review_tables import changes


class Changing(StrEnum):
    """What has a number that grows with each change."""

    REVIEWED = "reviewed"
    TOPICS = "topics"


@dataclass(frozen=True, slots=True)
class Latest:
    """The numbers of the latest changes."""

    reviewed: int
    topics: int


def next_change(act: Act, what: Changing) -> int:
    """Within an act: the number of this change; all acts wait for each other, so that no two have the same."""
    mine = changes.c.name == what.value
    act.connection.execute(sa.update(changes).where(mine).values(number=changes.c.number + 1))
    return int(act.connection.execute(sa.select(changes.c.number).where(mine)).scalar_one())


class Changes:
    """Reads the change numbers of one database.

    Raises:
        StoreError: the database cannot be read.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self) -> Latest:
        """The number of the latest change of each."""
        with self._database.reading() as connection:
            numbers = {row.name: row.number for row in connection.execute(sa.select(changes))}
        return Latest(numbers[Changing.REVIEWED.value], numbers[Changing.TOPICS.value])
