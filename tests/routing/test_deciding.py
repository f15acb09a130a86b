"""Deciding between the wordings of a turn by what is found for them."""

from dataclasses import dataclass

from assistant.routing.deciding import MARGIN, decided
from assistant.routing.followup import Candidate

ALONE, JOINED = Candidate("alone", "alone"), Candidate("joined", "joined", joined=True)


@dataclass(frozen=True)
class Judged:
    """A likelihood that a test decides."""

    probability: float
    mode: str = "same"


def decide(candidates: tuple[Candidate, ...], **judged: Judged) -> tuple[str, list[str]]:
    """The wording that is taken, and the wordings that were searched for."""
    searched: list[str] = []

    def search(candidate: Candidate) -> str:
        searched.append(candidate.search)
        return candidate.search

    return decided(candidates, search, lambda found: judged[found]), searched


def test_one_wording_is_taken_as_it_is() -> None:
    """There is nothing to decide."""
    assert decide((JOINED,), joined=Judged(0.0)) == ("joined", ["joined"])


def test_a_likely_answer_needs_no_second_search() -> None:
    """The likelier wording was right."""
    assert decide((ALONE, JOINED), alone=Judged(0.95)) == ("alone", ["alone"])


def test_the_likelier_answer_wins() -> None:
    """A short question that finds little alone was a follow-up."""
    assert decide((ALONE, JOINED), alone=Judged(0.3), joined=Judged(0.4))[0] == "joined"
    assert decide((ALONE, JOINED), alone=Judged(0.5), joined=Judged(0.4))[0] == "alone"


def test_a_turn_that_leans_keeps_its_topic_unless_clearly_wrong() -> None:
    """A little more probability does not take the topic away."""
    assert decide((JOINED, ALONE), joined=Judged(0.5), alone=Judged(0.5 + MARGIN / 2))[0] == "joined"
    assert decide((JOINED, ALONE), joined=Judged(0.5), alone=Judged(0.5 + MARGIN * 2))[0] == "alone"


def test_an_answer_in_the_readers_language_is_preferred() -> None:
    """Probabilities of the two modes do not compare."""
    assert decide((ALONE, JOINED), alone=Judged(0.95, "across"), joined=Judged(0.3))[0] == "joined"
