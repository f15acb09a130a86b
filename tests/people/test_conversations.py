"""Conversations: each owner's alone, whole in an export, and gone when they are to be forgotten."""

import json

import pytest

from assistant.errors import PeopleError
from assistant.people.conversations import Owner
from assistant.people.keys import new_id, new_token
from assistant.people.people import People
from tests.people.place import Place, turn
from tests.people.racing import race
from tests.people.test_accounts import INJECTIONS

MEI, LIN = Owner.account("1" * 32), Owner.account("2" * 32)


def begun(people: People, owner: Owner = MEI, *questions: str) -> str:
    conversation = people.conversations.start(owner)
    for question in questions or ("When is the library open?",):
        people.conversations.add_turn(owner, conversation, turn(question))
    return conversation


def test_turns_come_back_in_their_order_as_they_were_kept(place: Place) -> None:
    """Texts in any script, details with any JSON values, numbers from one."""
    people = place.open()
    conversation = people.conversations.start(MEI)
    kept = [turn("圖書館幾點開？🙂", citations=[{"n": 1, "quote": "九點"}]), turn("And on Sunday?\n\t'\"; --")]
    ids = [people.conversations.add_turn(MEI, conversation, one) for one in kept]
    found = people.conversations.turns(MEI, conversation)
    assert [(one.id, one.number, one.question, one.details) for one in found] == [
        (ids[n], n + 1, kept[n].question, kept[n].details) for n in range(2)
    ]
    assert {one.asked_at for one in found} == {place.clock.now}


def test_another_persons_conversation_is_none(people: People) -> None:
    """Reading, adding to, exporting and deleting with its id fail just as with an id that was made up."""
    conversation = begun(people)
    strangers = [LIN, Owner.browser(new_token()), Owner("account:"), Owner("%"), Owner(MEI.key.upper())]
    refusals = set()
    for owner in strangers:
        for name in (conversation, new_id()):
            for attempt in (
                lambda o=owner, c=name: people.conversations.turns(o, c),
                lambda o=owner, c=name: people.conversations.add_turn(o, c, turn("mine now?")),
                lambda o=owner, c=name: people.conversations.export(o, c),
                lambda o=owner, c=name: people.conversations.delete(o, c),
            ):
                with pytest.raises(PeopleError) as refusal:
                    attempt()
                refusals.add((refusal.value.reason, str(refusal.value)))
        assert people.conversations.list(owner) == ()
        assert people.conversations.forget(owner) == 0
    assert len(refusals) == 1
    assert len(people.conversations.turns(MEI, conversation)) == 1


@pytest.mark.parametrize("text", [*INJECTIONS, f"x' OR owner='{MEI.key}"])
def test_ids_that_mean_something_to_sql_find_nothing(people: People, text: str) -> None:
    """An id from a link is a value in every statement."""
    conversation = begun(people)
    for owner in (MEI, LIN, Owner(text.replace("\x00", "").replace("\ud800", ""))):
        with pytest.raises(PeopleError, match="no such conversation"):
            people.conversations.turns(owner, text)
    assert len(people.conversations.turns(MEI, conversation)) == 1


@pytest.mark.parametrize("text", INJECTIONS)
def test_whatever_is_asked_is_kept_as_text(people: People, text: str) -> None:
    """Text that means something to a program comes back as it was, but for signs that no database can keep."""
    conversation = begun(people, MEI, text)
    question = people.conversations.turns(MEI, conversation)[0].question
    assert question == text.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")


def test_a_browser_is_known_by_its_token_alone(place: Place) -> None:
    """The token is kept hashed; what is in the table opens nothing, and no made-up mark is taken."""
    people, token = place.open(), new_token()
    conversation = begun(people, Owner.browser(token))
    assert people.conversations.turns(Owner.browser(token), conversation)
    assert token not in place.dump()
    for forged in (
        "",
        "1",
        "a" * 42,
        token + "a",
        "' OR 1=1 --".ljust(43),
        place.execute("SELECT owner FROM conversations")[0][0],
    ):
        with pytest.raises(PeopleError) as refusal:
            Owner.browser(forged)
        assert refusal.value.reason == "bad_token"


def test_a_turn_is_seen_only_by_who_may_see_its_sources(people: People) -> None:
    """Who has left a bureau does not read its documents in their own history, neither in lists nor in exports."""
    conversation = people.conversations.start(MEI)
    for audience in ("Parks", "staff", "public"):
        people.conversations.add_turn(MEI, conversation, turn(f"for {audience}", audience=audience))
    asked = {
        audiences: [one.question for one in people.conversations.turns(MEI, conversation, audiences)]
        for audiences in (("public",), ("public", "staff"), ("public", "staff", "Parks"), ("Roads",), ())
    }
    assert list(asked.values()) == [
        ["for public"],
        ["for staff", "for public"],
        ["for Parks", "for staff", "for public"],
        [],
        [],
    ]
    assert [one.question for one in people.conversations.turns(MEI, conversation)] == ["for public"]
    exported = people.conversations.export(MEI, conversation)
    assert "Parks" not in json.dumps(exported)
    assert exported["withheld"] == 2
    assert [one.title for one in people.conversations.list(MEI)] == [""]
    assert [one.title for one in people.conversations.list(MEI, ("Parks",))] == ["for Parks"]


def test_an_export_is_all_that_is_kept_of_a_conversation(place: Place) -> None:
    """JSON with every turn and what its owner said of it, and nothing that tells of others."""
    people = place.open()
    conversation = begun(people, MEI, "one", "two")
    begun(people, LIN, "of somebody else")
    first = people.conversations.turns(MEI, conversation)[0]
    people.feedback.give(MEI, first.id, "down", "too short")
    exported = json.loads(json.dumps(people.conversations.export(MEI, conversation), ensure_ascii=False))
    assert exported["conversation"] == conversation
    assert exported["withheld"] == 0
    assert exported["turns"][0] == {
        "id": first.id,
        "number": 1,
        "question": "one",
        "answer": "From 9 to 21 [1].",
        "status": "answered",
        "lang": "en",
        "details": {},
        "asked_at": place.clock.now.isoformat(),
        "feedback": {"verdict": "down", "reason": "too short"},
    }
    assert [one["question"] for one in exported["turns"]] == ["one", "two"]


def test_the_latest_conversation_stands_first(place: Place) -> None:
    """A conversation that goes on moves up; titles are the beginning of the first question."""
    people = place.open()
    first = begun(people, MEI, "first " * 40, "second turn")
    place.clock.move(minutes=1)
    second = begun(people, MEI, "another")
    listed = people.conversations.list(MEI)
    assert [(one.id, one.title) for one in listed] == [(second, "another"), (first, ("first " * 40)[:80])]
    place.clock.move(minutes=1)
    people.conversations.add_turn(MEI, first, turn("going on"))
    assert [one.id for one in people.conversations.list(MEI, limit=1)] == [first]


def test_a_conversation_without_an_answer_is_not_listed(place: Place) -> None:
    """One whose first answer nobody waited for is in no list, and is deleted after an hour; others stay."""
    people = place.open()
    kept = begun(people)
    empty = people.conversations.start(MEI)
    assert [one.id for one in people.conversations.list(MEI)] == [kept]
    place.clock.move(minutes=59)
    assert people.purge(place.clock.now).conversations == 0
    assert people.conversations.has(MEI, empty)
    place.clock.move(minutes=2)
    assert people.purge(place.clock.now).conversations == 1
    assert not people.conversations.has(MEI, empty)
    assert people.conversations.has(MEI, kept)


def test_what_would_be_forgotten_is_counted_first(place: Place) -> None:
    """Turns and conversations that `forget_before` deletes, those of an owner, and all."""
    people = place.open()
    begun(people, MEI, "one", "two")
    goes_on = begun(people, LIN, "three")
    place.clock.move(days=2)
    people.conversations.add_turn(LIN, goes_on, turn("four"))
    counted = people.conversations.count_before(place.clock.now)
    assert counted == (3, 1)
    assert (people.conversations.count(MEI), people.conversations.count()) == ((2, 1), (4, 2))
    assert people.conversations.forget_before(place.clock.now) == counted
    assert people.conversations.count() == (1, 1)


def test_forget_me_leaves_nothing(place: Place) -> None:
    """Conversations, turns and feedback of the owner are gone, those of others are not."""
    people = place.open()
    for owner in (MEI, MEI, LIN):
        conversation = begun(people, owner, f"of {owner.key}")
        people.feedback.give(owner, people.conversations.turns(owner, conversation)[0].id, "up")
    assert people.conversations.forget(MEI) == 2
    assert people.conversations.list(MEI) == ()
    counts = [place.execute(f"SELECT count(*) FROM {name}")[0][0] for name in ("conversations", "turns", "feedback")]
    assert counts == [1, 1, 1]
    assert MEI.key not in place.dump()


def test_a_deleted_conversation_is_gone(people: People) -> None:
    """A turn that comes late, from an answer that was still being written, does not bring it back."""
    conversation, other = begun(people), begun(people)
    people.conversations.delete(MEI, conversation)
    with pytest.raises(PeopleError):
        people.conversations.add_turn(MEI, conversation, turn())
    assert [one.id for one in people.conversations.list(MEI)] == [other]


def test_turns_that_are_kept_at_once_are_all_kept(place: Place) -> None:
    """Several processes and threads number their turns without gaps and without losing one."""
    people, owner = place.open(), Owner.account("racer")
    conversation = begun(people, owner)
    ids = race(place, "add_turn", times=10)
    first, *found = people.conversations.turns(owner, conversation)
    assert [one.number for one in (first, *found)] == list(range(1, 22))
    assert {one.id for one in found} == set(ids)
