"""The queue: what gets into it, who sees it, what an editor makes of it, and that forgetting reaches it."""

from dataclasses import replace

import pytest

from assistant.errors import PeopleError
from assistant.people.conversations import KeptTurn, Owner
from assistant.people.editor import Editor
from assistant.people.people import People
from assistant.people.unanswered import GroupState, NewGroup, Waiting, Why
from tests.people.place import Place
from tests.people.test_reviewed import DRAFT

MEI = Owner.account("1" * 32)
PARKS, ROADS, ADMIN = Editor("mei", "Parks"), Editor("lin", "Roads"), Editor("boss")


def keep(people: People, question: str, status: str = "no_evidence", audience: str = "public") -> str:
    conversation = people.conversations.start(MEI)
    return people.conversations.add_turn(MEI, conversation, KeptTurn(question, "-", status, "en", audience))


def placed(people: People, bureau: str = "Parks") -> int:
    """The group begun with the turn that waits."""
    (turn,) = people.unanswered.waiting(10)
    number = people.unanswered.place(turn, NewGroup(bureau, "words/1", b"\0\0"))
    assert number is not None
    return number


def test_unanswered_and_badly_answered_questions_wait(place: Place) -> None:
    """What was answered well does not, and what is placed waits no longer."""
    people = place.open()
    for question, status in (("none", "no_evidence"), ("good", "answered"), ("bad", "answered"), ("live", "blocked")):
        turn_id = keep(people, question, status)
        place.clock.move(seconds=1)
        if question == "bad":
            people.feedback.give(MEI, turn_id, "down")
        if question == "good":
            people.feedback.give(MEI, turn_id, "up")
    waiting = people.unanswered.waiting(10)
    assert [(one.question, one.why) for one in waiting] == [("none", Why.NO_EVIDENCE), ("bad", Why.THUMBS_DOWN)]
    people.unanswered.place(waiting[0], NewGroup("Parks", "words/1", b""))
    assert [one.question for one in people.unanswered.waiting(10)] == ["bad"]
    assert people.unanswered.place(waiting[0], NewGroup("Parks", "words/1", b"")) is None


def test_a_group_counts_and_shows_its_latest_questions(place: Place) -> None:
    """The page has the counts, the first and last time, and a few samples; showing one has more of them."""
    people = place.open()
    keep(people, "Are dogs allowed?")
    number = placed(people)
    for n in range(4):
        place.clock.move(hours=1)
        keep(people, f"May dogs enter? {n}")
        assert people.unanswered.place(people.unanswered.waiting(1)[0], number) == number
    ((group,), total) = people.unanswered.page(PARKS)
    assert (total, group.seen, group.bureau, group.state) == (1, 5, "Parks", GroupState.OPEN)
    assert group.samples == ("May dogs enter? 3", "May dogs enter? 2", "May dogs enter? 1")
    assert (group.last_seen - group.first_seen).total_seconds() == 4 * 3600
    assert len(people.unanswered.show(PARKS, group.id).samples) == 5


def test_another_bureau_sees_and_touches_nothing(people: People) -> None:
    """To an editor of another bureau a group is as none at all, by list and by id."""
    keep(people, "Are dogs allowed?")
    placed(people)
    ((group,), _) = people.unanswered.page(ADMIN)
    assert people.unanswered.page(ROADS) == ((), 0)
    for attempt in (
        lambda: people.unanswered.show(ROADS, group.id),
        lambda: people.unanswered.dismiss(ROADS, group.id, "x"),
        lambda: people.unanswered.answer(ROADS, group.id, replace(DRAFT, bureau="Roads")),
    ):
        with pytest.raises(PeopleError) as refusal:
            attempt()
        assert refusal.value.reason == "not_found"
    assert people.reviewed.list()[1] == 0


def test_a_question_on_what_another_bureau_keeps_to_itself_is_not_shown(people: People) -> None:
    """Whatever the bureau of its group, its audience decides who reads it; what two bureaus share nobody does."""
    keep(people, "What is in the memo?", audience="Roads")
    placed(people, "Parks")
    keep(people, "And in both memos?", audience="")
    assert people.unanswered.page(PARKS) == ((), 0)
    assert people.unanswered.page(ADMIN)[1] == 1
    assert people.unanswered.waiting(10) == ()


def test_an_answer_from_the_queue_closes_the_group_until_it_misses_a_question(place: Place) -> None:
    """Both are done or neither; a later question that still found nothing opens the group again."""
    people = place.open()
    keep(people, "Are dogs allowed?")
    number = placed(people)
    ((group,), _) = people.unanswered.page(PARKS)
    with pytest.raises(PeopleError):
        people.unanswered.answer(PARKS, group.id, replace(DRAFT, sources=()))
    assert people.unanswered.page(PARKS)[1] == 1
    approved = people.unanswered.answer(PARKS, group.id, DRAFT)
    ((answered,), _) = people.unanswered.page(PARKS, state=GroupState.ANSWERED)
    assert (answered.reviewed_id, people.unanswered.page(PARKS)) == (approved.id, ((), 0))
    place.clock.move(days=1)
    keep(people, "Any dogs?")
    people.unanswered.place(people.unanswered.waiting(1)[0], number)
    assert people.unanswered.page(PARKS)[1] == 1


def test_a_dismissed_group_stays_dismissed(place: Place) -> None:
    """Further questions are counted there and do not come back; the audit says who dismissed it and why."""
    people = place.open()
    keep(people, "Are dogs allowed?")
    number = placed(people)
    ((group,), _) = people.unanswered.page(PARKS)
    people.unanswered.dismiss(PARKS, group.id, "no matter of ours")
    place.clock.move(days=1)
    keep(people, "Any dogs?")
    people.unanswered.place(people.unanswered.waiting(1)[0], number)
    assert people.unanswered.page(PARKS) == ((), 0)
    assert people.unanswered.page(PARKS, state=GroupState.DISMISSED)[0][0].seen == 2
    row = people.audit.latest(1)[0]
    assert (row.who, row.what, row.reason) == ("mei", "questions_dismissed", "no matter of ours")


def test_what_is_forgotten_leaves_the_queue(people: People, place: Place) -> None:
    """Nobody's words stay behind in the queue, and no group without any."""
    keep(people, "My unicorn lives at home")
    placed(people)
    people.conversations.forget(MEI)
    assert people.unanswered.page(ADMIN) == ((), 0)
    assert people.unanswered.forget_empty() == 1
    assert place.execute("SELECT * FROM unanswered_groups") == []


def test_a_forgotten_turn_is_not_placed(people: People) -> None:
    """Forgetting between reading and placing leaves no empty group behind."""
    keep(people, "Are dogs allowed?")
    (turn,) = people.unanswered.waiting(1)
    people.conversations.forget(MEI)
    assert people.unanswered.place(turn, NewGroup("Parks", "words/1", b"")) is None
    assert people.unanswered.forget_empty() == 0


def test_a_question_never_joins_a_group_of_another_audience(people: People) -> None:
    """A group that citizens' questions began holds none that rests on staff documents."""
    keep(people, "Are dogs allowed?")
    number = placed(people)
    keep(people, "Are service dogs allowed?", audience="staff")
    (turn,) = people.unanswered.waiting(1)
    assert isinstance(turn, Waiting)
    assert people.unanswered.place(turn, number) is None


def test_pages_follow_each_other(place: Place) -> None:
    """A queue of any length is read page by page, what was asked most first."""
    people = place.open()
    for n in range(5):
        keep(people, f"Question {n}?")
        number = placed(people)
    keep(people, "Question 4 again?")
    people.unanswered.place(people.unanswered.waiting(1)[0], number)
    pages = [people.unanswered.page(PARKS, first=first, limit=2) for first in (0, 2, 4)]
    assert [(len(page), total) for page, total in pages] == [(2, 5), (2, 5), (1, 5)]
    ids = [group.id for page, _ in pages for group in page]
    assert len(set(ids)) == 5
    assert pages[0][0][0].seen == 2
