"""Which of two wordings of a turn the documents speak for, where its words alone do not decide."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from assistant.routing.followup import Candidate

SETTLED = 0.9  # probability at which the likelier wording needs no second search
MARGIN = 0.1  # by which new words alone have to be likelier, where the turn leans on an earlier one


class Likelihood(Protocol):
    """How likely what was found for a wording answers it, and whether that is in its own language (`same`)."""

    @property
    def probability(self) -> float:
        """Of an answer, 0..1."""

    @property
    def mode(self) -> str:
        """`same` or `across`: probabilities of the two do not compare."""


_Found = TypeVar("_Found")


def decided(
    candidates: Sequence[Candidate], search: Callable[[Candidate], _Found], judge: Callable[[_Found], Likelihood]
) -> _Found:
    """What was found for the wording that the documents speak for; searches for the second only where it may win.

    A turn that leans keeps its earlier topic, unless its words alone are clearly likelier to have an answer. Where only
    one of the two has its best passage in the reader's language, that one is taken: a few words without their topic
    are often nearest to something in another language.
    """
    first = search(candidates[0])
    if len(candidates) == 1 or _settled(judge(first)):
        return first
    second = search(candidates[1])
    ours, theirs = judge(first), judge(second)
    if ours.mode != theirs.mode:
        return first if ours.mode == "same" else second
    margin = MARGIN if candidates[0].joined else 0.0
    return second if theirs.probability > ours.probability + margin else first


def _settled(likelihood: Likelihood) -> bool:
    return likelihood.mode == "same" and likelihood.probability >= SETTLED
