"""Looks over all reviewed answers: sets aside what may not be given any more, and takes back what may again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.people.people import People
from assistant.people.reviewed_answer import Reviewed, ReviewState
from assistant.reviewing.sources import fault_of
from assistant.store import Store

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer whose state a check changed; `reason` is why it is set aside, or empty where it is given again."""

    answer: Reviewed
    reason: str


def check_answers(people: People, store: Store, day: date) -> tuple[Checked, ...]:
    """Compare every answer with its documents as they are on a day.

    Raises:
        StoreError: the database cannot be read or written.
    """
    changed = []
    for answer in list(_answers(people)):
        fault = fault_of(answer, store, day)
        if fault and answer.state == ReviewState.ACTIVE:
            people.reviewed.set_aside(answer.id, fault.value)
            changed.append(Checked(answer, fault.value))
        elif fault is None and answer.state == ReviewState.SET_ASIDE:
            people.reviewed.take_back(answer.id)
            changed.append(Checked(answer, ""))
    return tuple(changed)


def _answers(people: People) -> Iterator[Reviewed]:
    for state in (ReviewState.ACTIVE, ReviewState.SET_ASIDE):
        first = 0
        while page := people.reviewed.list(state=state, first=first, limit=_AT_ONCE)[0]:
            yield from page
            first += len(page)
