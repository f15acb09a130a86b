"""Gathering: questions that mean the same stand together, whoever gathers them and when."""

import numpy as np

from assistant.people.conversations import KeptTurn, Owner
from assistant.people.editor import Editor
from assistant.people.people import People
from assistant.reviewing.gathering import Gathering
from assistant.reviewing.matching import Vector
from assistant.schema import Lang
from tests.people import conftest as databases
from tests.people.place import Place

place, socket_folder = databases.place, databases.socket_folder  # SQLite, and PostgreSQL where it is installed

MEI, ADMIN = Owner.account("1" * 32), Editor("boss")
ANGLES = {"dogs": 0.0, "dog": 0.3, "cats": 1.5}  # cosines of .96 and .07


def embed(text: str, lang: Lang) -> Vector:
    angle = ANGLES[text.split()[0]]
    return np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)


def gathering(people: People, asked: list[str] | None = None) -> Gathering:
    def bureau_of(question: str, lang: Lang, audience: str) -> str:
        if asked is not None:
            asked.append(question)
        return "Parks"

    return Gathering(people, embed, "two/1", bureau_of)


def keep(people: People, *questions: str, audience: str = "public", lang: str = "en") -> None:
    for question in questions:
        turn = KeptTurn(question, "-", "no_evidence", lang, audience)
        people.conversations.add_turn(MEI, people.conversations.start(MEI), turn)


def counts(people: People) -> list[int]:
    return [group.seen for group in people.unanswered.page(ADMIN)[0]]


def test_questions_that_mean_the_same_stand_together(place: Place) -> None:
    """A search for the bureau is made once for each group, and none for questions that join it."""
    people, asked = place.open(), []
    keep(people, "dogs 1", "dog 2", "cats 1", "dogs 3")
    assert gathering(people, asked).gather() == 4
    assert (counts(people), len(asked)) == ([3, 1], 2)


def test_gathering_costs_what_is_new(place: Place) -> None:
    """A second run finds nothing to do, and a limit leaves the rest for the next one."""
    people = place.open()
    keep(people, "dogs 1", "dogs 2", "cats 1")
    first = gathering(people)
    assert [first.gather(2), first.gather(2), first.gather(2)] == [2, 1, 0]
    assert counts(people) == [2, 1]


def test_another_process_joins_the_groups_that_there_are(place: Place) -> None:
    """Groups are known to whoever gathers next, also those begun meanwhile."""
    people, other = place.open(), place.open()
    keep(people, "dogs 1")
    ours, theirs = gathering(people), gathering(other)
    ours.gather()
    keep(people, "dogs 2", "cats 1")
    theirs.gather()
    keep(people, "cats 2")
    ours.gather()
    assert counts(people) == [2, 2]


def test_languages_and_audiences_are_kept_apart(place: Place) -> None:
    """A question that rests on staff documents never stands among citizens'."""
    people = place.open()
    keep(people, "dogs 1")
    keep(people, "dogs 2", audience="staff")
    keep(people, "dogs 3", lang="zh-TW")
    gathering(people).gather()
    assert counts(people) == [1, 1, 1]


def test_a_group_that_was_forgotten_is_begun_again(place: Place) -> None:
    """Who gathered before the forgetting remembers a group that is gone, and is not led astray."""
    people = place.open()
    ours = gathering(people)
    keep(people, "dogs 1")
    ours.gather()
    people.conversations.forget(MEI)
    keep(people, "dogs 2")
    ours.gather()
    assert counts(people) == [1]
