"""Feedback: of one's own turns alone, one for each, and read by those who may see the turn."""

import pytest

from assistant.errors import PeopleError
from assistant.people.conversations import Owner
from assistant.people.keys import new_id, new_token
from assistant.people.people import People
from tests.people.place import Place, turn

MEI = Owner.account("1" * 32)


def kept(people: People, audience: str = "public", owner: Owner = MEI) -> str:
    return people.conversations.add_turn(owner, people.conversations.start(owner), turn(audience=audience))


def test_a_verdict_takes_the_place_of_the_one_before(place: Place) -> None:
    """Whoever changes their mind is counted once."""
    people = place.open()
    turn_id = kept(people)
    people.feedback.give(MEI, turn_id, "up")
    people.feedback.give(MEI, turn_id, "down", "the fee is wrong")
    said = people.feedback.list(["public"])
    assert [(one.turn.id, one.verdict, one.reason) for one in said] == [(turn_id, "down", "the fee is wrong")]
    people.feedback.withdraw(MEI, turn_id)
    assert people.feedback.list(["public"]) == ()


def test_nobody_speaks_for_another(people: People) -> None:
    """Feedback on a turn of somebody else is refused as on one that does not exist."""
    turn_id = kept(people)
    for owner, name in [(Owner.account("2" * 32), turn_id), (Owner.browser(new_token()), turn_id), (MEI, new_id())]:
        for attempt in (
            lambda o=owner, n=name: people.feedback.give(o, n, "down", "bad"),
            lambda o=owner, n=name: people.feedback.withdraw(o, n),
        ):
            with pytest.raises(PeopleError) as refusal:
                attempt()
            assert refusal.value.reason == "not_found"
    assert people.feedback.list(["public"]) == ()


def test_a_list_shows_what_its_reader_may_see(place: Place) -> None:
    """An editor of another bureau does not read a bureau's answers by way of the feedback on them."""
    people = place.open()
    for audience in ("public", "staff", "Parks"):
        people.feedback.give(MEI, kept(people, audience), "down", f"from {audience}")
        place.clock.move(seconds=1)
    people.feedback.give(MEI, kept(people), "up")
    assert [one.reason for one in people.feedback.list(["public", "Roads"], "down")] == ["from public"]
    assert [one.reason for one in people.feedback.list(["Parks", "staff"])] == ["from Parks", "from staff"]
    assert people.feedback.list([]) == ()


def test_a_reason_is_cut_and_kept_as_text(people: People) -> None:
    """A very long reason does not fill the database, and odd signs do not break it."""
    people.feedback.give(MEI, kept(people), "down", "\x00'; DROP TABLE feedback; --" + "x" * 5000)
    assert people.feedback.list(["public"])[0].reason.startswith("\ufffd'; DROP TABLE")
    assert len(people.feedback.list(["public"])[0].reason) == 2000
