"""Polarity: a sentence must not turn around what its source allows, demands, forbids, charges or denies."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.schema import Citation, Lang
from assistant.sentences import split_sentences
from assistant.text import detect_language, fold, keyword_tokens
from assistant.verification.claim import Claim
from assistant.verification.stance import Clause, Mark, clauses
from assistant.verification.yes_no import asked, deciding, says_only_verdict, verdict

LEAST_ALIKE = 0.5  # share of a clause's words that a source clause holds before the two are compared
MOST_ECHO = 0.15  # share of a sentence's rare words that are not the question's
LEAST_LEAD = 0.1  # by which the contradicting clause must be the more alike one
_TRANSLATED = ("permission", "duty", "charge")  # axes that are compared across languages
_CONDITIONAL = {
    "zh-TW": re.compile(r"未經|非經|除非|若未|如未|若無|如無|若不|如不|沒有?[^,。;]{1,12}[就則]|未[^,。;]{1,10}者"),
    "en": re.compile(r"\bunless\b|\bwithout\b|\bif\b[^.;]{1,40}\bnot\b|\bexcept\b|\botherwise\b"),
}
_NEGATED = {
    "zh-TW": re.compile(
        r"(?<![非免])(?:不|未|沒有?|無法|無須|無需|毋須|免|勿|尚未)"
        r"(?:得|可以?|能夠?|會|需要?|須|必|用|予|再|曾|應|要|被|有|任意|隨意)*([\u4e00-\u9fff]{2})"
    ),
    "en": re.compile(
        r"(?:\bnot|n't|\bcannot|\bnever|\bno longer|\bwithout|\bno need to|\bneed not)"
        r"(?: (?:be|been|being|have|has|to|allowed|permitted|required|able|need|needed|also|always|currently|yet|a|an|"
        r"the|any))* ([a-z]{4})"
    ),
}


@dataclass(frozen=True, slots=True)
class _Source:
    """A sentence of a citation: its folded text, its clauses, and its words with those of the headings above it."""

    text: str
    clauses: tuple[Clause, ...]
    words: frozenset[str]


def check_polarity(claim: Claim) -> str:
    """Drop a sentence that says the opposite of what it rests on, or a bare yes or no that no rule bears out."""
    if not claim.citations:
        return ""
    lang = detect_language(claim.sentence)
    said = clauses(claim.sentence, lang)
    words = _words(" ".join(clause.content for clause in said))
    sources = [source for citation in claim.citations for source in _sources(citation, lang)]
    nearest = max(sources, key=lambda source: _share(words, source.words), default=None)
    if nearest and _is_conditional(claim.sentence, lang) == _is_conditional(nearest.text, lang):
        turned = any(_is_turned(mark, clause, words, sources) for clause in said for mark in clause.marks if mark.sign)
        if turned or _turns_a_word(fold(claim.sentence), "\n".join(source.text for source in sources), lang):
            return "polarity"
    across = not sources and _turns_a_translation(said, claim.citations)
    return "polarity" if across or _turns_the_verdict(claim) else ""


def _sources(citation: Citation, lang: Lang) -> Iterator[_Source]:
    """The sentences of a quote in the language of the draft; across languages words cannot be aligned."""
    if detect_language(citation.quote) == lang:
        heading = f"{citation.title} {citation.locator.section or ''}"
        for start, end in split_sentences(citation.quote):
            text = citation.quote[start:end]
            yield _Source(fold(text), tuple(clauses(text, lang)), _words(f"{heading} {text}"))


def _turns_a_translation(said: Sequence[Clause], citations: Sequence[Citation]) -> bool:
    """Whether a draft and quotes in another language stand, each with all their clauses, on two sides of an axis."""
    quoted = [clause for c in citations for clause in clauses(c.quote, detect_language(c.quote))]
    both = [(_signs(said, axis), _signs(quoted, axis)) for axis in _TRANSLATED]
    return any(len(ours) == len(theirs) == 1 and ours != theirs for ours, theirs in both)


def _signs(parts: Sequence[Clause], axis: str) -> set[int]:
    return {mark.sign for clause in parts for mark in clause.marks if mark.axis == axis}


def _is_conditional(text: str, lang: Lang) -> bool:
    """Whether a text denies a condition: 未經許可不得進入 says the same as 經許可可以進入."""
    return bool(_CONDITIONAL[lang].search(fold(text)))


def _is_turned(mark: Mark, clause: Clause, whole: frozenset[str], sources: Sequence[_Source]) -> bool:
    """Whether the source clause most like this one stands on the other side of the axis."""
    if any(other.axis == mark.axis and other.sign != mark.sign for other in clause.marks):
        return False  # "adults pay and children ride free" says both
    words, alike = _topic(clause), {1: 0.0, -1: 0.0}
    for source in sources:
        for other in source.clauses:
            near = (_share(words, _topic(other)) + _share(whole, source.words)) / 2
            for theirs in other.marks:
                if theirs.axis == mark.axis:
                    alike[theirs.sign] = max(alike[theirs.sign], near)
    return alike[-mark.sign] >= LEAST_ALIKE and alike[-mark.sign] - alike[mark.sign] >= LEAST_LEAD


def _turns_a_word(text: str, source: str, lang: Lang) -> bool:
    """Whether a word is only ever denied in one of sentence and source, and only ever affirmed in the other."""
    denied, denied_there = (_NEGATED[lang].findall(each) for each in (text, source))
    return any(
        words.count(word) == one.count(word) and other.count(word) > 0 and word not in affirmed
        for words, one, other, affirmed in ((denied, text, source, denied_there), (denied_there, source, text, denied))
        for word in words
    )


def _turns_the_verdict(claim: Claim) -> bool:
    """Whether the sentence answers yes where the evidence says no, or nothing but a yes that no rule bears out."""
    if asked(claim.question) is None:
        return False
    given = verdict(claim.sentence, claim.question)
    if given is None:
        return False
    ruled = deciding(claim.question, claim.citations, claim.verifier.support)
    return given != ruled if ruled or _adds_nothing(claim) else False


def _adds_nothing(claim: Claim) -> bool:
    """Whether a sentence is a yes or no alone, or says the question's own words back: that is a yes or no too."""
    if says_only_verdict(claim.sentence):
        return True
    support = claim.verifier.support
    weights = {token: support.idf(token) for token in support.tokens(claim.sentence)}
    new = sum(weight for token, weight in weights.items() if token not in set(support.tokens(claim.question)))
    return new <= MOST_ECHO * sum(weights.values())


def _topic(clause: Clause) -> frozenset[str]:
    """The words of a clause beside its marks, or all of them where nothing else is said."""
    return _words(clause.content) or _words(clause.text)


def _words(text: str) -> frozenset[str]:
    """Chinese bigrams, and Latin words without their endings."""
    tokens = (token for token in keyword_tokens(text) if len(token) > 1 or token.isdigit())
    return frozenset(token[:5] if token.isascii() else token for token in tokens)


def _share(words: frozenset[str], held: frozenset[str]) -> float:
    return len(words & held) / len(words) if words else 1.0
