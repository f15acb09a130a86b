"""Support: a sentence must say what a citation says, by shared words or, across languages, by meaning."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import groupby

from assistant.schema import Citation
from assistant.text import CJK, detect_language, fold, squeeze
from assistant.verification.claim import Claim, SupportScorer
from assistant.verification.figures import claimed_figures, unsupported_figures

__all__ = ["SupportScorer", "check_support", "supporting_citations"]

LEAST_COSINE_WITH_FIGURES = 0.78  # set by eye on dev questions; unrelated texts of two languages have .74 to .77
SECOND_GAIN = 0.15
MOST_CITATIONS = 3
_TITLE = re.compile(r"《([^《》]+)》")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9&+-]+")
_ENGLISH_NAME = re.compile(r"(?<![.!?:;\"“(] )(?<!^)\b[A-Z][A-Za-z]+(?:['’]s)?")
_NO_NAMES = frozenset(
    "yes no nt twd roc am pm if the you your it this that new taiwan dollars monday tuesday wednesday thursday friday "
    "saturday sunday january february march april may june july august september october november december".split()
)
_UNHEARD_OF = "\ufffd"
_CHINESE = re.compile(f"[{CJK}]+")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least and most that a sentence needs; `support.toml` has them, fitted by `python -m eval support`."""

    least_coverage: float
    least_coverage_of_paraphrase: float
    least_cosine_of_paraphrase: float
    least_cosine_across: float
    most_novelty: float


def check_support(claim: Claim) -> str:
    """Drop a sentence that no citation carries, or that names what neither citations nor question name."""
    return "support" if not claim.citations or _names_more(claim) else ""


def supporting_citations(
    sentence: str, citations: Sequence[Citation], scorer: SupportScorer, question: str = ""
) -> list[Citation]:
    """The fewest citations that support a sentence, or none where nothing does.

    Within a language a sentence is supported when quotes cover enough of the IDF mass of what it says beyond the
    question; a paraphrase may cover less where its meaning is close. Another quote is added only while it covers
    `SECOND_GAIN` more. Across languages the closest quote must be close enough.
    """
    limits, lang = thresholds(), detect_language(sentence)
    same = [c for c in citations if detect_language(c.quote) == lang]
    chosen, covered = cover(sentence, question, same, scorer)
    if covered >= limits.least_coverage:
        return chosen
    if covered >= limits.least_coverage_of_paraphrase:
        quotes = " ".join(c.quote for c in chosen)
        if scorer.cosine(sentence, quotes) >= limits.least_cosine_of_paraphrase:
            return chosen
    return _across(sentence, question, [c for c in citations if detect_language(c.quote) != lang], scorer)


def _across(sentence: str, question: str, citations: Sequence[Citation], scorer: SupportScorer) -> list[Citation]:
    """The closest citation in another language; it may be less close where it holds a figure that the sentence adds."""
    figures = set(claimed_figures(sentence)) - set(claimed_figures(question))
    cosines = {c.n: scorer.cosine(sentence, c.quote) for c in citations}
    for best in sorted(citations, key=lambda c: -cosines[c.n]):
        anchored = figures and not unsupported_figures(sentence, [best.quote])
        if cosines[best.n] >= (LEAST_COSINE_WITH_FIGURES if anchored else thresholds().least_cosine_across):
            return [best]
    return []


def cover(
    sentence: str, question: str, citations: Sequence[Citation], scorer: SupportScorer
) -> tuple[list[Citation], float]:
    """The citations that cover most of what a sentence says beyond the question, and the share that they cover."""
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


def _names_more(claim: Claim) -> bool:
    """Whether a sentence has a name that is new: a Latin one, a title, or rare Chinese characters in a row."""
    known = [*claim.contexts, *(citation.bureau for citation in claim.citations), claim.question]
    lang = detect_language(claim.sentence)
    if new_titles(claim.sentence, known) or new_names(claim.sentence, known):
        return True
    same = all(detect_language(citation.quote) == lang for citation in claim.citations)
    return (
        lang == "zh-TW" and same and novelty(claim.sentence, known, claim.verifier.support) > thresholds().most_novelty
    )


def new_titles(sentence: str, known: Iterable[str]) -> list[str]:
    """The titles in 《》 that no known text holds."""
    text = "\n".join(squeeze(each) for each in known)
    return [title for title in _TITLE.findall(sentence) if squeeze(title) not in text]


def new_names(sentence: str, known: Sequence[str]) -> list[str]:
    """Latin words of a Chinese sentence, or capitalised ones within an English one, that no known text holds.

    An English sentence over Chinese texts has its names in a spelling of its own and is not judged.
    """
    text, bare = fold("\n".join(known)), _LINK.sub(" ", sentence)
    if detect_language(sentence) == "zh-TW":
        words = _LATIN.findall(bare)
    elif _CHINESE.search(known[0] if known else ""):
        return []
    else:
        words = [name.removesuffix("'s").removesuffix("’s") for name in _ENGLISH_NAME.findall(bare)]
    return [word for word in words if fold(word).rstrip("s") not in text and fold(word) not in _NO_NAMES]


def novelty(sentence: str, known: Iterable[str], scorer: SupportScorer) -> float:
    """How many unheard-of words the newest stretch of a Chinese sentence is worth: 1 is one that no document has.

    A stretch is a run of character pairs that no known text holds; the pairs at its ends, where known words merely meet
    in a new order, do not count.
    """
    text = fold("\n".join(known))
    held = {text[place : place + 2] for place in range(len(text) - 1)}
    most = 0.0
    for run in _CHINESE.findall(fold(sentence)):
        pairs = [run[place : place + 2] for place in range(len(run) - 1)]
        for new, stretch in groupby(range(len(pairs)), key=lambda place: pairs[place] not in held):
            places = list(stretch)
            inner = [p for p in places if 0 < p < len(pairs) - 1 and places[0] < p < places[-1]] if new else []
            ends = [p for p in places if p in (0, len(pairs) - 1)] if new and len(places) > 1 else []
            most = max(most, sum(_rarity(pairs[place], scorer) for place in (*inner, *ends)))
    return most / (scorer.idf(_UNHEARD_OF) or 1.0)


def _rarity(pair: str, scorer: SupportScorer) -> float:
    """How rare a pair is: no rarer than its characters together, because 以透 of 可以透過 is only where words meet."""
    return min(scorer.idf(pair), scorer.idf(pair[0]) + scorer.idf(pair[1]))


@lru_cache(maxsize=1)
def thresholds() -> Thresholds:
    """Read `support.toml`, which `python -m eval support` writes."""
    text = resources.files(__package__).joinpath("support.toml").read_text(encoding="utf-8")
    return Thresholds(**tomllib.loads(text))
