"""Has the judge read the best passages beside the question: whether they answer, and in which of their sentences."""

from collections.abc import Callable, Sequence
from typing import Literal

from assistant.models.judge import Judgement, Read
from assistant.retrieval.evidence import PASSAGES, sentence_spans
from assistant.schema import Passage

LEAST_THERE = 1.0  # log odds that the passage answers
LEAST_SURE = 2.0  # log odds of yes against no

JudgeTexts = Callable[[str, Sequence[Read]], Sequence[Judgement]]


def judge_passages(judge: JudgeTexts, question: str, passages: Sequence[Passage]) -> list[Judgement]:
    """A judgement of each of the first passages; its parts are their sentences."""
    return list(judge(question, [_read(passage) for passage in passages[:PASSAGES]]))


def _read(passage: Passage) -> Read:
    section = (passage.chunk.locator.section or "").rpartition(" > ")[2]
    return Read(f"{passage.document.title} {section}".strip(), passage.chunk.text, tuple(sentence_spans(passage)))


def yes_or_no(judged: Sequence[Judgement]) -> Literal["yes", "no"] | None:
    """What the passage that answers best says to a yes/no question; None where the judge is not sure."""
    best = max(judged, key=lambda judgement: judgement.answers, default=None)
    if best is None or best.answers < LEAST_THERE or abs(best.yes) < LEAST_SURE:
        return None
    return "yes" if best.yes > 0 else "no"
