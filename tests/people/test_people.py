"""What is forgotten when its time has come, and what stays."""

from assistant.people.account import AccountRole
from assistant.people.conversations import Owner
from assistant.people.people import Purged
from assistant.people.sign_in import SignInState
from assistant.settings import load_settings
from tests.people.place import ADDRESS, PASSWORD, Place, add, turn

MEI = Owner.account("1" * 32)


def test_turns_are_deleted_after_the_retention_time(place: Place) -> None:
    """Thirty days, counted for each turn: a conversation that goes on does not keep its beginning for ever."""
    people = place.open()
    gone, goes_on = people.conversations.start(MEI), people.conversations.start(MEI)
    for conversation in (gone, goes_on):
        people.feedback.give(MEI, people.conversations.add_turn(MEI, conversation, turn("old")), "up")
    place.clock.move(days=20)
    people.conversations.add_turn(MEI, goes_on, turn("new"))
    place.clock.move(days=10)
    assert people.purge(place.clock.now) == Purged(0, 0, 0, 0, 0)
    place.clock.move(seconds=1)
    assert people.purge(place.clock.now) == Purged(turns=2, conversations=1, sessions=0, tokens=0, attempts=0)
    assert [one.id for one in people.conversations.list(MEI)] == [goes_on]
    assert [one.question for one in people.conversations.turns(MEI, goes_on)] == ["new"]
    assert people.feedback.list(["public"]) == ()


def test_a_turn_after_the_purge_has_a_number_of_its_own(place: Place) -> None:
    """A conversation whose first turns are gone goes on counting."""
    people = place.open()
    conversation = people.conversations.start(MEI)
    people.conversations.add_turn(MEI, conversation, turn("old"))
    place.clock.move(days=31)
    people.conversations.add_turn(MEI, conversation, turn("new"))
    people.purge(place.clock.now)
    people.conversations.add_turn(MEI, conversation, turn("newer"))
    assert [one.number for one in people.conversations.turns(MEI, conversation)] == [2, 3]


def test_the_retention_time_is_a_setting(place: Place) -> None:
    """A city that has to keep less does."""
    people = place.open()
    people.conversations.add_turn(MEI, people.conversations.start(MEI), turn())
    place.clock.move(days=8)
    assert people.purge(place.clock.now).turns == 0
    assert load_settings(home=place.home).retention_days == 30
    place.opened.append(shorter := place.reopen(retention_days=7))
    assert shorter.purge(place.clock.now).turns == 1


def test_what_has_ended_is_deleted_and_the_audit_stays(place: Place) -> None:
    """Sessions, tokens and attempts that count for nothing any more go; acts of staff do not."""
    people = place.open()
    add(people, "mei")
    add(people, "eve", AccountRole.EVALUATOR)
    people.tokens.issue("eve", "", by="boss")
    people.sign_in.sign_in("mei", PASSWORD, ADDRESS)
    people.sign_in.sign_in("mei", "wrong", ADDRESS)
    rows = len(list(people.audit.rows()))
    place.clock.move(minutes=30)
    assert people.purge(place.clock.now) == Purged(0, 0, 0, 0, 0)
    place.clock.move(days=90)
    assert people.purge(place.clock.now) == Purged(turns=0, conversations=0, sessions=1, tokens=1, attempts=2)
    assert len(list(people.audit.rows())) == rows
    assert people.sign_in.sign_in("mei", PASSWORD).state == SignInState.SIGNED_IN


def test_a_clock_that_went_back_purges_nothing(place: Place) -> None:
    """What is from the future is not older than anything."""
    people = place.open()
    people.conversations.add_turn(MEI, people.conversations.start(MEI), turn())
    place.clock.move(days=-400)
    assert people.purge(place.clock.now) == Purged(0, 0, 0, 0, 0)
