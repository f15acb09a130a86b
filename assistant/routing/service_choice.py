"""Which services a message asks for, by the scores of the whole and of its parts, and whether it asks documents too."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from assistant.routing.live_words import Clause, supposes
from assistant.routing.service_model import Scores

# Chosen on the examples, each scored by a model that has not seen it, so that live and other messages are told apart
# equally well; a message that looks like nothing known needs no service.
LEAST = 0.25  # score of the service that a whole message is for
MARGIN = -0.05  # above the score of needing none
SUPPOSING = 0.3  # more, where the message only supposes something
PART_LEAST, PART_MARGIN = 0.5, 0.1  # the same for a part of a message, which has to be plainer
PART_WHOLE = 0.1  # score of the same service in the whole message
DOCUMENTS_LEAST, DOCUMENTS_MARGIN = 0.5, 0.3  # of a part that asks what only documents tell


@dataclass(frozen=True, slots=True)
class Chosen:
    """A service that is asked for, with the part of the message that asks; None where that is all of it."""

    name: str
    own: Clause | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The services of a message in the order in which it asks; documents alone where there are none."""

    services: tuple[Chosen, ...]
    documents: bool


def choose(whole: Scores, parts: Sequence[tuple[Clause, Scores]], text: str) -> Choice:
    """The services that a message asks for.

    The whole message decides on one service. Parts that ask plainly add others, or a service that the rest of the
    message hides; parts that ask about rules add the documents.
    """
    found: dict[str, Clause | None] = {}
    name, score = whole.services[0] if whole.services else ("", 0.0)
    if score >= max(LEAST, whole.none + MARGIN + SUPPOSING * supposes(text)):
        found[name] = None
    scores = dict(whole.services)
    documents = False
    for clause, part in parts:
        name, score = part.services[0]
        plain = score >= max(PART_LEAST, part.none + PART_MARGIN) and scores[name] >= PART_WHOLE
        if plain and name not in found and not supposes(clause.text):
            found[name] = clause
        documents |= part.documents >= max(DOCUMENTS_LEAST, score + DOCUMENTS_MARGIN)
    return Choice(_in_order(found, parts, apart=len(found) > 1 or documents), documents or not found)


def _in_order(
    found: dict[str, Clause | None], parts: Sequence[tuple[Clause, Scores]], *, apart: bool
) -> tuple[Chosen, ...]:
    """The services, each with its part where the message asks for more than one thing."""
    chosen = [Chosen(name, own or (_part_of(name, parts) if apart else None)) for name, own in found.items()]
    return tuple(sorted(chosen, key=lambda one: one.own.start if one.own else 0))


def _part_of(name: str, parts: Sequence[tuple[Clause, Scores]]) -> Clause | None:
    return max(parts, key=lambda one: dict(one[1].services)[name], default=(None, None))[0]


def without(choice: Choice, names: Collection[str]) -> Choice:
    """A choice without some services; the documents are asked in their place."""
    left = tuple(one for one in choice.services if one.name not in names)
    return choice if left == choice.services else Choice(left, True)
