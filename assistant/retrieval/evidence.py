"""Evidence: the few sentences of the passages that can answer, within a character budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.schema import EvidenceSentence, Lang, Passage
from assistant.sentences import split_sentences
from assistant.store import Store

PASSAGES = 4
BUDGET = {
    "zh-TW": 420,
    "en": 1200,
}  # characters: 420 keep the answer in 96.7 % of DRCD questions at a quarter of the tokens
MOST_SENTENCES = 12
COVERAGE_WEIGHT = 0.5
RANK_BONUS = 0.5
EMBEDDED_SENTENCES = 14  # about 8 ms each on two cores

EmbedTexts = Callable[[list[str]], Sequence[Sequence[float]]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    passage: Passage
    rank: int
    position: int
    start: int
    end: int
    text: str


def select_evidence(
    store: Store,
    question: str,
    vector: Sequence[float],
    passages: Sequence[Passage],
    lang: Lang,
    embed: EmbedTexts,
    boilerplate: Sequence[str] = (),
) -> list[EvidenceSentence]:
    """The sentences that answer the question best, in reading order, best passage first.

    A sentence counts by the share of the question's IDF mass that its words cover and by the cosine of its
    embedding, each scaled over the candidates. All evidence is in the language of the best passage.

    Args:
        boilerplate: what marks sentences, or table rows, that a city's documents all carry and that answer nothing.
    """
    language = passages[0].document.language if passages else lang
    ours = [passage for passage in passages if passage.document.language == language][:PASSAGES]
    every = [c for rank, passage in enumerate(ours) for c in _candidates(passage, rank)]
    candidates = [c for c in every if not any(mark in c.text for mark in boilerplate)]
    if not candidates:
        return []
    tokens = store.query_tokens(question)
    covers = [coverage(store, tokens, c.text) for c in candidates]
    candidates, covers = _shortlist(candidates, covers)
    cosines = [float(x) for x in np.asarray(embed([c.text for c in candidates])) @ np.asarray(vector)]
    words = COVERAGE_WEIGHT if language == lang else 0.0
    scores = [
        words * cover + (1 - words) * cosine + RANK_BONUS * candidate.passage.score
        for cover, cosine, candidate in zip(_scaled(covers), _scaled(cosines), candidates, strict=True)
    ]
    chosen = _within_budget(candidates, scores, BUDGET["zh-TW" if language == "zh-TW" else "en"])
    relevance = covers if language == lang else cosines
    return [
        EvidenceSentence(
            candidates[i].passage, candidates[i].text, candidates[i].start, candidates[i].end, relevance[i]
        )
        for i in sorted(chosen, key=lambda i: (candidates[i].rank, candidates[i].position))
    ]


def _shortlist(candidates: list[_Candidate], covers: list[float]) -> tuple[list[_Candidate], list[float]]:
    """The candidates worth an embedding: best passage and best covered first."""
    order = sorted(range(len(candidates)), key=lambda i: (candidates[i].rank > 0, -covers[i]))[:EMBEDDED_SENTENCES]
    kept = sorted(order)
    return [candidates[i] for i in kept], [covers[i] for i in kept]


def _within_budget(candidates: Sequence[_Candidate], scores: Sequence[float], budget: int) -> set[int]:
    chosen: set[int] = set()
    for index in sorted(range(len(candidates)), key=lambda i: -scores[i]):
        for part in (index, *_continuation(candidates, index)):
            fits = len(candidates[part].text) <= budget or not chosen
            if part not in chosen and fits and len(chosen) < MOST_SENTENCES:
                chosen.add(part)
                budget -= len(candidates[part].text)
    return chosen


def coverage(store: Store, question_tokens: Sequence[str], text: str) -> float:
    """Share of the question's IDF mass that the words of a text cover, 0..1."""
    mass = sum(store.idf(token) for token in question_tokens)
    if mass <= 0:
        return 0.0
    having = set(store.query_tokens(text))
    return sum(store.idf(token) for token in question_tokens if token in having) / mass


def sentence_spans(passage: Passage) -> list[tuple[int, int]]:
    """Offsets in the chunk's text of what can be quoted: its sentences and lines, without headings above others."""
    text = passage.chunk.text
    spans = _lines_or_sentences(text)
    return [span for span in spans if not _is_heading(text[slice(*span)], passage)] or spans


def _candidates(passage: Passage, rank: int) -> list[_Candidate]:
    text, base = passage.chunk.text, passage.chunk.start
    return [
        _Candidate(passage, rank, position, base + start, base + end, text[start:end])
        for position, (start, end) in enumerate(sentence_spans(passage))
    ]


def _lines_or_sentences(text: str) -> list[tuple[int, int]]:
    """Sentences; parts that a semicolon separates in one line stay together, as a table row means nothing in pieces."""
    spans: list[tuple[int, int]] = []
    for start, end in split_sentences(text):
        if spans and text[spans[-1][1] - 1] in ";；" and "\n" not in text[spans[-1][1] : start]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _is_heading(sentence: str, passage: Passage) -> bool:
    """Whether a line only repeats the title or a heading, which the citation's place says already."""
    headings = (passage.chunk.locator.section or "").split(" > ")
    return sentence in headings or sentence == passage.document.title


def _continuation(candidates: Sequence[_Candidate], index: int) -> list[int]:
    """What an opening like 應備文件： or a heading line is worth nothing without: the next lines of its passage."""
    opening = candidates[index].text.rstrip().endswith(("：", ":"))
    following = range(index + 1, min(index + (5 if opening else 1), len(candidates)))
    return [i for i in following if candidates[i].rank == candidates[index].rank]


def _scaled(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    return [(value - low) / (high - low) if high > low else 1.0 for value in values]
