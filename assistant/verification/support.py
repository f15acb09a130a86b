"""Support: a sentence must say what a citation says, by shared words or, across languages, by meaning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.schema import Citation
from assistant.text import detect_language

LEAST_COVERAGE = 0.6
LEAST_COSINE = 0.84
SECOND_GAIN = 0.15
MOST_CITATIONS = 3


@dataclass(frozen=True, slots=True)
class SupportScorer:
    """How a sentence is compared with a quote: index terms, their rarity, and the cosine of two texts."""

    tokens: Callable[[str], list[str]]
    idf: Callable[[str], float]
    cosine: Callable[[str, str], float]


def supporting_citations(sentence: str, citations: Sequence[Citation], scorer: SupportScorer) -> list[Citation]:
    """The fewest citations that support a sentence, or none where nothing does.

    Within a language a sentence is supported when its quotes cover at least `LEAST_COVERAGE` of its IDF mass;
    another quote is added only while it covers `SECOND_GAIN` more. Across languages the closest quote must
    reach `LEAST_COSINE`.
    """
    lang = detect_language(sentence)
    same = [c for c in citations if detect_language(c.quote) == lang]
    chosen, covered = _cover(sentence, same, scorer)
    if covered >= LEAST_COVERAGE:
        return chosen
    other = [c for c in citations if detect_language(c.quote) != lang]
    cosines = {c.n: scorer.cosine(sentence, c.quote) for c in other}
    best = max(other, key=lambda c: cosines[c.n], default=None)
    return [best] if best and cosines[best.n] >= LEAST_COSINE else []


def _cover(sentence: str, citations: Sequence[Citation], scorer: SupportScorer) -> tuple[list[Citation], float]:
    open_mass = {token: scorer.idf(token) for token in scorer.tokens(sentence)}
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
