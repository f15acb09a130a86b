"""Evidence: the few sentences of the passages that can answer, within a character budget."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.models.judge import Judgement
from assistant.schema import EvidenceSentence, Passage
from assistant.sentences import split_statements
from assistant.store import Store, Term

PASSAGES = 4
BUDGET = {"zh-TW": 420, "en": 1200}  # characters of each language; `python -m eval evidence` has the curve
MOST_SENTENCES = 12
COVERAGE_WEIGHT = 0.5
RANK_BONUS = 1.0
POINTED_BONUS = 1.0
EMBEDDED_SENTENCES = 12  # about 8 ms each on two cores; with 16, evidence holds no more answers
LINES_AFTER_OPENING = 4
_REFERS_BACK = re.compile(
    r"其(?!他|中)|該|此|這|上述|前述|前項|前開|但|惟|(?:It|This|That|These|Those|They|He|She|However|But)\b"
)

EmbedTexts = Callable[[list[str]], Sequence[Sequence[float]]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    passage: Passage
    rank: int
    start: int
    end: int
    text: str
    pointed: float = 0.0  # how sure the judge is that the answer is there

    @property
    def heading(self) -> str:
        """What stands above it: a row or an item alone often does not say what it is about."""
        return f"{self.passage.document.title} {self.passage.chunk.locator_at(self.start).section or ''}"

    @property
    def cost(self) -> float:
        """Its share of the budget."""
        return len(self.text) / BUDGET["zh-TW" if self.passage.document.language == "zh-TW" else "en"]


def select_evidence(
    store: Store,
    question: str,
    vector: Sequence[float],
    passages: Sequence[Passage],
    lang: str,
    embed: EmbedTexts,
    boilerplate: Sequence[str] = (),
    budget: float = 1.0,
    judged: Sequence[Judgement] = (),
) -> list[EvidenceSentence]:
    """The sentences that answer the question best, in reading order, best passage first.

    A sentence counts by its passage's score, by the share of the question's IDF mass that its words and its headings
    cover, by the cosine of its embedding, these two scaled over the candidates, and by how sure the judge is that the
    answer stands there. In another language than the question's, words cannot match and do not count.

    Args:
        boilerplate: what marks sentences, or table rows, that a city's documents all carry and that answer nothing.
        budget: how many times `BUDGET` the evidence may take.
        judged: the judgements of the first passages, in their order.
    """
    every = [c for rank, passage in enumerate(passages[:PASSAGES]) for c in _candidates(passage, rank, judged)]
    candidates = [c for c in every if not any(mark in c.text for mark in boilerplate)]
    if not candidates:
        return []
    terms = store.terms(question)
    covers = [coverage(store, terms, f"{c.heading}\n{c.text}") for c in candidates]
    scores, cosines = _scores(candidates, covers, vector, lang, embed)
    chosen = _within_budget(candidates, scores, budget)
    same = passages[0].document.language == lang
    relevance = {i: coverage(store, terms, candidates[i].text) if same else cosines.get(i, 0.0) for i in chosen}
    return [
        EvidenceSentence(c.passage, c.text, c.start, c.end, relevance[i], scores.get(i, 0.0), c.pointed)
        for i, c in enumerate(candidates)
        if i in chosen
    ]


def _scores(
    candidates: Sequence[_Candidate],
    covers: Sequence[float],
    vector: Sequence[float],
    lang: str,
    embed: EmbedTexts,
) -> tuple[dict[int, float], dict[int, float]]:
    """Scores and cosines of the candidates that are worth an embedding, by place."""
    ranks = [RANK_BONUS * c.passage.score + POINTED_BONUS * c.pointed for c in candidates]
    kept = sorted(range(len(candidates)), key=lambda i: -(covers[i] + ranks[i]))[:EMBEDDED_SENTENCES]
    cosines = [float(x) for x in np.asarray(embed([candidates[i].text for i in kept])) @ np.asarray(vector)]
    scores = {}
    for i, cover, cosine in zip(kept, _scaled([covers[i] for i in kept]), _scaled(cosines), strict=True):
        words = COVERAGE_WEIGHT if candidates[i].passage.document.language == lang else 0.0
        scores[i] = ranks[i] + words * cover + (1 - words) * cosine
    return scores, dict(zip(kept, cosines, strict=True))


def _within_budget(candidates: Sequence[_Candidate], scores: dict[int, float], budget: float) -> set[int]:
    chosen: set[int] = set()
    for index in sorted(scores, key=lambda i: (-scores[i], i)):
        for part in (index, *_neighbours(candidates, index)):
            fits = candidates[part].cost <= budget or not chosen
            if part not in chosen and fits and len(chosen) < MOST_SENTENCES:
                chosen.add(part)
                budget -= candidates[part].cost
    return chosen


def coverage(store: Store, terms: Sequence[Term], text: str) -> float:
    """Share of the terms' mass, by rarity, that a text covers by any of their wordings, 0..1."""
    mass = sum(store.rarity(term) for term in terms)
    having = set(store.query_tokens(text))
    here = [term for term in terms if any(having.issuperset(wording) for wording in term.wordings)]
    return sum(store.rarity(term) for term in here) / mass if mass > 0 else 0.0


def sentence_spans(passage: Passage) -> list[tuple[int, int]]:
    """Offsets in the chunk's text of what can be quoted: its sentences and lines, without headings above others."""
    text = passage.chunk.text
    spans = split_statements(text)
    return [span for span in spans if not _is_heading(text[slice(*span)], passage)] or spans


def _candidates(passage: Passage, rank: int, judged: Sequence[Judgement]) -> list[_Candidate]:
    text, base, spans = passage.chunk.text, passage.chunk.start, sentence_spans(passage)
    sure = _pointed(judged[rank], spans) if rank < len(judged) else [0.0] * len(spans)
    return [
        _Candidate(passage, rank, base + start, base + end, text[start:end], share)
        for (start, end), share in zip(spans, sure, strict=True)
    ]


def _pointed(judgement: Judgement, spans: Sequence[tuple[int, int]]) -> list[float]:
    """How sure the judge is that the answer is in each sentence: that there is one, and that it stands there."""
    there = 1 / (1 + math.exp(-judgement.answers))
    return [there * share for share in judgement.parts[: len(spans)]]


def _is_heading(sentence: str, passage: Passage) -> bool:
    """Whether a line only repeats the title or a heading, which the citation's place says already."""
    headings = (passage.chunk.locator.section or "").split(" > ")
    return sentence in headings or sentence == passage.document.title


def _neighbours(candidates: Sequence[_Candidate], index: int) -> list[int]:
    """What a sentence is worth little without: the lines that an opening announces, the sentence that it refers to."""
    text = candidates[index].text
    after = LINES_AFTER_OPENING if text.rstrip().endswith(("：", ":")) else 0
    before = 1 if _REFERS_BACK.match(text) else 0
    near = [*range(index + 1, index + 1 + after), *range(index - before, index)]
    return [i for i in near if 0 <= i < len(candidates) and candidates[i].rank == candidates[index].rank]


def _scaled(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low) if high > low else 1.0 for value in values]
