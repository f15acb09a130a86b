"""Support: a sentence must say what a citation says, by shared words or, across languages, by meaning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.schema import Citation
from assistant.text import detect_language

LEAST_COVERAGE = 0.5
LEAST_COVERAGE_OF_PARAPHRASE = 0.25
LEAST_COSINE_OF_PARAPHRASE = 0.9
LEAST_COSINE_ACROSS = 0.84
SECOND_GAIN = 0.15
MOST_CITATIONS = 3


@dataclass(frozen=True, slots=True)
class SupportScorer:
    """How a sentence is compared with a quote: index terms, their rarity, and the cosine of two texts."""

    tokens: Callable[[str], list[str]]
    idf: Callable[[str], float]
    cosine: Callable[[str, str], float]


def supporting_citations(
    sentence: str, citations: Sequence[Citation], scorer: SupportScorer, question: str = ""
) -> list[Citation]:
    """The fewest citations that support a sentence, or none where nothing does.

    Within a language a sentence is supported when quotes cover `LEAST_COVERAGE` of the IDF mass of what it says beyond
    the question; a paraphrase may cover less where its meaning is close. Another quote is added only while it covers
    `SECOND_GAIN` more. Across languages the closest quote must reach `LEAST_COSINE_ACROSS`. The thresholds were set by
    eye on dev questions and are not calibrated yet.
    """
    lang = detect_language(sentence)
    same = [c for c in citations if detect_language(c.quote) == lang]
    chosen, covered = _cover(sentence, question, same, scorer)
    if covered >= LEAST_COVERAGE:
        return chosen
    if covered >= LEAST_COVERAGE_OF_PARAPHRASE:
        quotes = " ".join(c.quote for c in chosen)
        return chosen if scorer.cosine(sentence, quotes) >= LEAST_COSINE_OF_PARAPHRASE else []
    other = [c for c in citations if detect_language(c.quote) != lang]
    cosines = {c.n: scorer.cosine(sentence, c.quote) for c in other}
    best = max(other, key=lambda c: cosines[c.n], default=None)
    return [best] if best and cosines[best.n] >= LEAST_COSINE_ACROSS else []


def _cover(
    sentence: str, question: str, citations: Sequence[Citation], scorer: SupportScorer
) -> tuple[list[Citation], float]:
    tokens, given = scorer.tokens(sentence), set(scorer.tokens(question))
    said = [token for token in tokens if token not in given] or tokens
    open_mass = {token: scorer.idf(token) for token in said}
    total = sum(open_mass.values())
    if not total:
        return [], 0.0
    words = {c.n: set(scorer.tokens(f"{c.title} {c.locator.section or ''} {c.quote}")) for c in citations}
    chosen: list[Citation] = []
    covered = 0.0
    while len(chosen) < min(MOST_CITATIONS, len(citations)):
        gains = {c.n: sum(m for t, m in open_mass.items() if t in words[c.n]) / total for c in citations}
        best = max(citations, key=lambda c: gains[c.n])
        if gains[best.n] < (SECOND_GAIN if chosen else 1e-9):
            break
        chosen.append(best)
        covered += gains[best.n]
        open_mass = {t: m for t, m in open_mass.items() if t not in words[best.n]}
    return sorted(chosen, key=lambda c: c.n), covered
