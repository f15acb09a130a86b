"""Reviewed answers: who may approve and withdraw them, what is refused, and what the audit says."""

from dataclasses import replace
from datetime import timedelta

import pytest

from assistant.errors import PeopleError
from assistant.people.editor import Editor
from assistant.people.people import People
from assistant.people.reviewed_answer import Draft, ReviewState, Source
from tests.people.place import START, Place

PARKS, ROADS, ADMIN = Editor("mei", "Parks"), Editor("lin", "Roads"), Editor("boss")
DRAFT = Draft(
    bureau="Parks",
    answers={"en": "Dogs may enter on a leash."},
    wordings={"en": ["May dogs enter the park?"]},
    sources=(Source("park", "Dogs on a leash may enter.", False, "0" * 64),),
    expires_on=(START + timedelta(days=30)).date(),
)


def test_an_approved_answer_is_kept_as_it_was_written(people: People) -> None:
    """Texts, wordings and sources come back unchanged, with who approved them and when."""
    kept = people.reviewed.get(people.reviewed.approve(PARKS, DRAFT, "asked often").id)
    assert (kept.answers, kept.sources, kept.expires_on) == (DRAFT.answers, DRAFT.sources, DRAFT.expires_on)
    assert kept.wordings == {"en": ("May dogs enter the park?",)}
    assert (kept.approved_by, kept.approved_at, kept.state) == ("mei", START, ReviewState.ACTIVE)
    row = people.audit.latest(1)[0]
    assert (row.who, row.what, row.target, row.reason) == ("mei", "answer_approved", kept.id, "Parks. asked often")


def test_an_editor_of_another_bureau_can_neither_approve_nor_withdraw(people: People) -> None:
    """What a bureau says is said by its own editors, or by an admin."""
    known = people.reviewed.approve(PARKS, DRAFT)
    for attempt in (
        lambda: people.reviewed.approve(ROADS, DRAFT),
        lambda: people.reviewed.withdraw(ROADS, known.id, "no"),
    ):
        with pytest.raises(PeopleError) as refusal:
            attempt()
        assert refusal.value.reason == "other_bureau"
    assert people.reviewed.list()[1] == 1
    assert people.reviewed.withdraw(ADMIN, known.id, "wrong").state == ReviewState.WITHDRAWN


def test_an_answer_for_another_bureau_is_as_none_at_all(people: People) -> None:
    """An editor does not learn by an id what another bureau tells its own staff."""
    known = people.reviewed.approve(PARKS, replace(DRAFT, audience="Parks"))
    for attempt in (
        lambda: people.reviewed.get(known.id, ROADS),
        lambda: people.reviewed.withdraw(ROADS, known.id, "x"),
    ):
        with pytest.raises(PeopleError) as refusal:
            attempt()
        assert refusal.value.reason == "not_found"
    assert people.reviewed.list(ROADS) == ((), 0)
    assert people.reviewed.list(PARKS)[1] == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bureau": " "}, "no_bureau"),
        ({"audience": "Roads"}, "bad_audience"),
        ({"answers": {"en": " "}}, "bad_answer"),
        ({"answers": {"en": "x" * 5001}}, "bad_answer"),
        ({"answers": {"en": "Yes.", "zh-TW": "可以。"}}, "no_wording"),
        ({"wordings": {"en": ["x" * 301]}}, "long_wording"),
        ({"wordings": {"en": [f"Question {n}?" for n in range(41)]}}, "many_wordings"),
        ({"sources": ()}, "no_source"),
        ({"expires_on": (START - timedelta(days=1)).date()}, "bad_expiry"),
        ({"expires_on": (START + timedelta(days=800)).date()}, "bad_expiry"),
    ],
)
def test_half_an_answer_is_refused(people: People, change: dict[str, object], reason: str) -> None:
    """Each part of an approval is checked before anything is kept."""
    with pytest.raises(PeopleError) as refusal:
        people.reviewed.approve(ADMIN, replace(DRAFT, **change))
    assert (refusal.value.reason, people.reviewed.list()[1]) == (reason, 0)


def test_an_answer_is_set_aside_once_and_may_be_given_again(people: People) -> None:
    """Setting aside is an act of the assistant in the audit, repeated or not; a withdrawn answer stays withdrawn."""
    known = people.reviewed.approve(PARKS, DRAFT)
    people.reviewed.set_aside(known.id, "source_changed")
    people.reviewed.set_aside(known.id, "expired")
    aside = people.reviewed.get(known.id)
    assert (aside.state, aside.reason) == (ReviewState.SET_ASIDE, "source_changed")
    people.reviewed.take_back(known.id)
    people.reviewed.withdraw(PARKS, known.id, "new rule")
    people.reviewed.take_back(known.id)
    assert people.reviewed.get(known.id).state == ReviewState.WITHDRAWN
    acts = [row.what for row in people.audit.latest(9)]
    assert acts == ["answer_withdrawn", "answer_given_again", "answer_set_aside", "answer_approved"]
    assert people.audit.verify().is_whole


def test_changes_are_seen_from_a_number_on(place: Place) -> None:
    """Another process reads no more than what changed since it last looked."""
    people, other = place.open(), place.open()
    first, second = people.reviewed.approve(PARKS, DRAFT), people.reviewed.approve(PARKS, DRAFT)
    seen = other.changes.latest().reviewed
    people.reviewed.withdraw(PARKS, first.id, "wrong")
    assert [one.id for one in other.reviewed.changed_after(0)] == [second.id, first.id]
    assert [one.id for one in other.reviewed.changed_after(seen)] == [first.id]
    assert (other.changes.latest().reviewed, other.changes.latest().topics) == (seen + 1, 0)


def test_an_answer_is_withdrawn_for_a_reason(people: People) -> None:
    """The audit says why."""
    known = people.reviewed.approve(PARKS, DRAFT)
    with pytest.raises(PeopleError) as refusal:
        people.reviewed.withdraw(PARKS, known.id, "  ")
    assert refusal.value.reason == "no_reason"
