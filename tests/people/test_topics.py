"""Closed topics: who closes and opens them, for how long, and what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.errors import PeopleError
from assistant.people.editor import Editor
from assistant.people.people import People
from assistant.people.topic import TopicDraft
from tests.people.place import START, Place

PARKS, ROADS, ADMIN = Editor("mei", "Parks"), Editor("lin", "Roads"), Editor("boss")
DRAFT = TopicDraft("election", ("選舉", "Who will win?"), {"zh-TW": "目前不回答。", "en": "Not now."}, bureau="Parks")


def test_a_topic_is_closed_until_somebody_opens_it(people: People) -> None:
    """Closing and opening stand in the audit with their reasons."""
    closed = people.topics.close(PARKS, DRAFT, "campaign")
    assert (people.topics.list(), closed.is_closed(START)) == ((closed,), True)
    opened = people.topics.open(ADMIN, closed.id, "over")
    assert (people.topics.list(), opened.is_closed(START)) == ((), False)
    assert people.topics.list(opened=True) == (opened,)
    acts = [(row.who, row.what, row.reason) for row in people.audit.latest(2)]
    assert acts == [("boss", "topic_opened", "over"), ("mei", "topic_closed", "campaign")]


def test_a_topic_opens_by_itself(people: People) -> None:
    """It is closed up to its end and not a moment longer."""
    closed = people.topics.close(ADMIN, replace(DRAFT, until=START + timedelta(hours=1)), "works")
    assert closed.is_closed(START + timedelta(minutes=59))
    assert not closed.is_closed(START + timedelta(hours=1))


def test_an_editor_leaves_other_bureaus_topics_alone(people: People) -> None:
    """Neither closing in another's name nor opening what another closed is possible."""
    closed = people.topics.close(PARKS, DRAFT, "x")
    for attempt in (
        lambda: people.topics.close(ROADS, DRAFT, "x"),
        lambda: people.topics.close(ROADS, replace(DRAFT, bureau=""), "x"),
        lambda: people.topics.open(ROADS, closed.id, "x"),
    ):
        with pytest.raises(PeopleError) as refusal:
            attempt()
        assert refusal.value.reason == "other_bureau"
    assert people.topics.list() == (closed,)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": " "}, "bad_name"),
        ({"wordings": ()}, "bad_wording"),
        ({"wordings": ("的",)}, "bad_wording"),
        ({"wordings": ("？！",)}, "bad_wording"),
        ({"texts": {"en": "Not now."}}, "bad_text"),
        ({"until": START}, "bad_until"),
    ],
)
def test_half_a_topic_is_refused(people: People, change: dict[str, object], reason: str) -> None:
    """A wording of one sign would close everything, and a text in one language leaves others without an answer."""
    with pytest.raises(PeopleError) as refusal:
        people.topics.close(ADMIN, replace(DRAFT, **change), "x")
    assert (refusal.value.reason, people.topics.list()) == (reason, ())


def test_nothing_is_closed_or_opened_without_a_reason(place: Place) -> None:
    """The audit says why."""
    people = place.open()
    closed = people.topics.close(ADMIN, DRAFT, "x")
    for attempt in (lambda: people.topics.close(ADMIN, DRAFT, " "), lambda: people.topics.open(ADMIN, closed.id, "")):
        with pytest.raises(PeopleError) as refusal:
            attempt()
        assert refusal.value.reason == "no_reason"
