"""Weighs what was found: the judge's opinion of the best passages, their evidence, and how likely it answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.models.judge import Judgement
from assistant.retrieval.confidence import Answerability, answerability
from assistant.retrieval.evidence import EmbedTexts, select_evidence
from assistant.retrieval.judging import JudgeTexts, judge_passages
from assistant.retrieval.retriever import Found
from assistant.schema import EvidenceSentence, Passage
from assistant.store import Store


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the passages found for a question hold of its answer; `judged` are the first of them."""

    judged: list[Judgement]
    evidence: list[EvidenceSentence]
    confidence: Answerability


@dataclass(frozen=True, slots=True)
class Scales:
    """What it takes to weigh the passages of one index.

    Attributes:
        boilerplate: what marks sentences, or table rows, that a city's documents all carry and that answer nothing.
    """

    store: Store
    embed: EmbedTexts
    judge: JudgeTexts
    boilerplate: Sequence[str] = ()

    def weigh(self, found: Found, passages: Sequence[Passage] | None = None, budget: float = 1.0) -> Weighed:
        """Weigh what was found for a question.

        Args:
            passages: these instead of those found.
            budget: how many times the usual length the evidence may take.
        """
        passages = found.passages if passages is None else passages
        judged = judge_passages(self.judge, found.question, passages)
        evidence = select_evidence(
            self.store,
            found.question,
            found.vector,
            passages,
            found.language,
            self.embed,
            self.boilerplate,
            budget,
            judged,
        )
        confidence = answerability(self.store, found.question, passages, evidence, found.language, found.names, judged)
        return Weighed(judged, evidence, confidence)
